"""How documents are counted where they come to: one by one, by hand, in whatever order they come.

The first of July 2026 was a Wednesday; the second working day after it was Friday the third.
"""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from store import Warehouse
from store.deltas import Due
from store.facts import counts
from store.recount import recount
from tests.store.landed import COMMUNE, NOW, PROVINCE, document, land, local
from tests.store.prepared import publish_figures
from tests.store.test_known import deltas
from tests.store.test_measures_services import counted

WEEK = timedelta(days=7)
RECEIVED, ACCEPTED = "docs_received", "docs_accepted_timed"
MINUTES, JUDGED, IN_TIME = (
    "docs_acceptance_minutes",
    "docs_acceptance_judged",
    "docs_accepted_in_time",
)
LETTER = document("A", "2026-07-01", sender_area=PROVINCE)


def told(status: str, at: str = "2026-07-01", hour: int = 9, **more: Any) -> dict[str, Any]:
    """What the commune says of the document A."""
    row = {"document_id": "A", "organisation": "H44.1", "area": COMMUNE}
    return {**row, "status": status, "at": local(at, hour), **more}


def found(warehouse: Warehouse, table: str = "receipt") -> dict[str, list[Any]]:
    """What was counted, without the measures that stay 0."""
    sql = "select column_name from duckdb_columns() where table_name = 'receipt_delta'"
    names = [name for (name,) in warehouse.connection.execute(sql).fetchall()]
    measures = (one for one in names if one.startswith("docs_"))
    rows = counted(warehouse, *measures, table=table)
    return {name: days for name, days in rows.items() if days}


def events(warehouse: Warehouse, home: Path, *rows: dict[str, Any]) -> dict[str, list[Any]]:
    warehouse.load(land(home, {"document_status": list(rows), "document": [LETTER]}), NOW)
    return found(warehouse)


def accepted(minutes: int, day: str, *, in_time: bool = True) -> dict[str, list[Any]]:
    judged = {JUDGED: [(day, 1)], **({IN_TIME: [(day, 1)]} if in_time else {})}
    took = {MINUTES: [(day, minutes)]} if minutes else {}
    return {ACCEPTED: [(day, 1)], **took, **judged}


def test_a_document_is_received_once_whatever_its_receiver_tells_of_it(
    warehouse: Warehouse, home: Path
) -> None:
    steps = [
        *(told("01"), told("01", hour=10), told("03", hour=11), told("03", hour=12)),
        *(told("05", "2026-07-02"), told("06", "2026-07-06"), told("13", "2026-07-07")),
    ]
    assert events(warehouse, home, *steps) == {
        RECEIVED: [("07-01", 1)],
        **accepted(120, "07-01"),
    }


def test_ten_receivers_are_ten_receipts_of_one_document(warehouse: Warehouse, home: Path) -> None:
    steps = [told("01", organisation=f"H44.{number}") for number in range(10)]
    assert events(warehouse, home, *steps)[RECEIVED] == [("07-01", 10)]


CASES: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
    # Without an arrival the moment it was sent stands for it: eight in the morning.
    ([told("03")], {RECEIVED: [("07-01", 1)], **accepted(60, "07-01")}),
    ([told("06")], {RECEIVED: [("07-01", 1)], **accepted(60, "07-01")}),
    # Clocks differ: nobody accepts before it arrives.
    (
        [told("01", hour=10), told("03")],
        {RECEIVED: [("07-01", 1)], **accepted(0, "07-01")},
    ),
    # The day after is in time, the second working day is not, and is judged but once.
    (
        [told("01"), told("03", "2026-07-02", 9)],
        {RECEIVED: [("07-01", 1)], **accepted(24 * 60, "07-02")},
    ),
    (
        [told("01"), told("03", "2026-07-06", 9)],
        {
            RECEIVED: [("07-01", 1)],
            ACCEPTED: [("07-06", 1)],
            MINUTES: [("07-06", 5 * 24 * 60)],
            JUDGED: [("07-03", 1)],
        },
    ),
    ([told("01")], {RECEIVED: [("07-01", 1)], JUDGED: [("07-03", 1)]}),
    # Refused, and refused at first.
    (
        [told("01"), told("02", hour=10)],
        {RECEIVED: [("07-01", 1)], "docs_refused": [("07-01", 1)]},
    ),
    (
        [told("02"), told("03", hour=10)],
        {RECEIVED: [("07-01", 1)], **accepted(120, "07-01")},
    ),
    # A day off is nobody's: come on Saturday, to be accepted until Monday is over.
    (
        [told("01", "2026-07-04"), told("03", "2026-07-06")],
        {RECEIVED: [("07-04", 1)], **accepted(2 * 24 * 60, "07-06")},
    ),
    # Who recalls, and whose area nobody knows, has received nothing here.
    ([told("13")], {}),
    ([told("01", area="")], {}),
]


def test_what_the_statuses_of_a_receipt_count_as(warehouse: Warehouse, home: Path) -> None:
    steps = [
        step | {"organisation": f"H44.{number}"}
        for number, (case, _) in enumerate(CASES)
        for step in case
    ]
    warehouse.load(land(home, {"document_status": steps, "document": [LETTER]}), NOW)
    for number, (_, count) in enumerate(CASES):
        warehouse.connection.execute(
            "create or replace temp view one_delta as from receipt_delta "
            f"join dimension using (dimension_id) where organisation = 'H44.{number}'"
        )
        assert found(warehouse, "one") == count, CASES[number]


def test_an_area_that_is_told_once_is_the_receipts(warehouse: Warehouse, home: Path) -> None:
    later = told("03", "2026-07-02", area="")
    assert events(warehouse, home, told("01"), later)[IN_TIME] == [("07-02", 1)]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)], ids=str)
def test_document_and_statuses_may_come_in_any_order(
    warehouse: Warehouse, home: Path, order: tuple[int, ...]
) -> None:
    batches = [
        {"document": [LETTER]},
        {"document_status": [told("03", hour=11)]},
        {"document_status": [told("01")]},
    ]
    for number, one in enumerate(order):
        warehouse.load(land(home, batches[one]), NOW + number * WEEK)
    assert found(warehouse) == {RECEIVED: [("07-01", 1)], **accepted(120, "07-01")}


def test_a_revocation_is_no_document_however_late_that_is_known(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.load(land(home, {"document_status": [told("01"), told("03")]}), NOW)
    assert found(warehouse)[RECEIVED] == [("07-01", 1)]
    warehouse.load(land(home, {"document": [LETTER | {"business": 1}]}), NOW + WEEK)
    assert found(warehouse) == {}


def test_the_area_is_that_of_the_first_status_and_what_was_open_goes_to_the_heir(
    warehouse: Warehouse, home: Path
) -> None:
    """Until July 2025 the commune was another; what it had not accepted is its successor's."""
    steps = [told("01", "2025-06-30", area="08518@"), told("03", "2025-07-01", area="08518@")]
    warehouse.load(land(home, {"document_status": steps}), NOW)
    rows = warehouse.connection.execute(
        "select area_id, sum(docs_received), sum(docs_accepted_in_time) "
        "from receipt_delta join dimension using (dimension_id) group by 1 order by 1"
    ).fetchall()
    assert [row[1:] for row in rows] == [(1, 0), (0, 1)]
    assert rows[0][0] == "08518@"


def test_counted_anew_or_grown_the_receipts_are_the_same(warehouse: Warehouse, home: Path) -> None:
    chance = random.Random(3)
    for number in range(6):
        letters = [
            document(f"X{one}", "2026-07-01", business=chance.randrange(2))
            for one in chance.sample(range(12), 4)
        ]
        steps = [
            told(
                chance.choice(["01", "02", "03", "05"]),
                f"2026-07-{chance.randint(1, 9):02}",
                document_id=f"X{one}",
                organisation=chance.choice(["H44.1", "H44.2"]),
                area=chance.choice([COMMUNE, PROVINCE]),
            )
            for one in chance.sample(range(12), 8)
        ]
        batch = {"document": letters, "document_status": steps}
        warehouse.load(land(home, batch), NOW + number * WEEK)
        if number == 2:
            publish_figures(warehouse, NOW + number * WEEK)
    snapshot = publish_figures(warehouse, NOW + 5 * WEEK)
    before = deltas(warehouse, "receipt")
    assert len(before) > 20
    sums = "select level, area_id, day, sum(docs_received), sum(docs_acceptance_minutes)"
    told_by_area = (
        f"{sums} from receipt_area_day where boundaries = 'then' group by all order by all"
    )
    grown = snapshot.rows(told_by_area)
    recount(warehouse.connection, Due(counts()["receipt"], "the same rules"), 5, lambda *_: None)
    assert deltas(warehouse, "receipt") == before
    (home / "snapshots/CURRENT.json").unlink()
    anew = publish_figures(warehouse, NOW + 5 * WEEK)
    assert [row for row in anew.rows(told_by_area) if any(row[3:])] == [
        row for row in grown if any(row[3:])
    ]


def test_a_batch_that_landed_before_receivers_had_areas_is_still_loaded(
    warehouse: Warehouse, home: Path
) -> None:
    folder = land(home, {"document_status": [told("01")]})
    file = folder / "records-document_status.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["area"]), file)
    warehouse.load(folder, NOW)
    assert warehouse.connection.execute("select area from document_status").fetchall() == [(None,)]
    assert found(warehouse) == {}
    warehouse.load(land(home, {"document_status": [told("01")]}), NOW + WEEK)
    assert found(warehouse)[RECEIVED] == [("07-01", 1)]
