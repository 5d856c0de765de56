"""Loading a landed batch: every record is accounted for, and loading again changes nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store import Accounting, Limits, StoreError, Warehouse
from tests.store.landed import NO_RESERVE, NOW, document, dossier, land, step

LATER = NOW + timedelta(days=3)


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    return warehouse.connection.execute(sql).fetchall()


def contents(warehouse: Warehouse) -> dict[str, list[str]]:
    """Every row of every table."""
    tables = rows(warehouse, "select table_name from duckdb_tables() where not temporary")
    return {
        table: sorted(str(row) for row in rows(warehouse, f"from {table}")) for (table,) in tables
    }


def test_every_record_of_a_batch_is_accounted_for(warehouse: Warehouse, home: Path) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A", status=2), dossier("B")]}), NOW)
    second = [
        dossier("A", status=4),  # changed
        dossier("B"),  # unchanged
        dossier("C", status=2),  # the same again below: the last one wins
        dossier("C", status=4),
        dossier("D", competent_area="99999@"),  # no such area
        dossier(""),  # no name
        dossier("E"),  # new
    ]
    refused = [{"row": 8, "field": "due_at", "rule": "date", "reason": "No date was found."}]
    folder = land(home, {"dossier": second}, read={"dossier": 8}, rejected=refused)
    result = warehouse.load(folder, LATER)
    assert result.total == Accounting(
        read=8, new=2, changed=1, unchanged=1, duplicate=1, rejected=3
    )
    assert result.status == "ok"
    assert rows(warehouse, "select status from dossier where dossier_code = 'C'") == [(4,)]
    assert rows(warehouse, "select row_number, field, rule from rejected order by 1") == [
        (5, "competent_area", "area"),
        (6, "dossier_code", "key"),
        (8, "due_at", "date"),
    ]


def test_loading_the_same_batch_again_changes_nothing(warehouse: Warehouse, home: Path) -> None:
    folder = land(home, {"dossier": [dossier("A"), dossier("B")]}, cursor={"page": 7})
    first = warehouse.load(folder, NOW)
    before = contents(warehouse)
    again = warehouse.load(folder, LATER)
    assert again.replayed
    assert (again.batch_id, again.total) == (first.batch_id, first.total)
    assert contents(warehouse) == before


def test_the_same_records_in_another_batch_are_unchanged(warehouse: Warehouse, home: Path) -> None:
    records = [dossier("A", due_at="2026-07-16", status=2), dossier("B")]
    steps = [step("A", "2026-07-10", 4)]
    landed = {
        "dossier": records,
        "dossier_event": steps,
        "document": [document("X", "2026-07-01")],
    }
    warehouse.load(land(home, landed), NOW)
    facts = ("dossier", "dossier_event", "document", "dossier_delta", "document_delta")
    before = {table: rows(warehouse, f"from {table}") for table in facts}
    result = warehouse.load(land(home, landed), LATER)
    assert result.status == "unchanged"
    assert result.total == Accounting(read=4, unchanged=4)
    assert {table: rows(warehouse, f"from {table}") for table in facts} == before


def test_a_superseded_version_is_kept_and_says_until_when_it_held(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A", status=2)]}), NOW)
    warehouse.load(land(home, {"dossier": [dossier("A", status=4)]}), LATER)
    assert rows(warehouse, "select status, known_from, known_to from dossier order by 2") == [
        (2, NOW, LATER),
        (4, LATER, None),
    ]


def test_an_older_version_that_arrives_late_never_replaces_a_newer_one(
    warehouse: Warehouse, home: Path
) -> None:
    newer = dossier("A", status=4, updated_at="2026-07-10")
    older = dossier("A", status=2, updated_at="2026-07-09")
    warehouse.load(land(home, {"dossier": [newer]}), NOW)
    result = warehouse.load(land(home, {"dossier": [older]}), LATER)
    assert result.total == Accounting(read=1, unchanged=1)
    assert rows(warehouse, "select status from dossier") == [(4,)]


def test_within_a_batch_the_newest_version_wins_wherever_it_stands(
    warehouse: Warehouse, home: Path
) -> None:
    newer = dossier("A", status=4, updated_at="2026-07-10")
    older = dossier("A", status=2, updated_at="2026-07-09")
    result = warehouse.load(land(home, {"dossier": [newer, older]}), NOW)
    assert result.total == Accounting(read=2, new=1, duplicate=1)
    assert rows(warehouse, "select status from dossier") == [(4,)]


def test_many_records_told_again_are_sorted_into_the_same_piles_as_few(
    warehouse: Warehouse, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.staging.MANY", 1)
    first = [dossier(f"D{n}", received_at="2026-07-01", updated_at="2026-07-10") for n in range(9)]
    warehouse.load(land(home, {"dossier": first}), NOW)
    again = [
        *first[:5],  # the same
        first[5] | {"channel": "online"},  # changed
        first[6] | {"updated_at": None, "pauses": None},  # what is told no more is a change too
        dossier(
            "D7", received_at="2026-07-02", updated_at="2026-07-09"
        ),  # older than what is known
        first[8] | {"competent_area": "12345@"},  # nowhere
        first[0],  # twice
        dossier("D9", received_at="2026-07-03"),  # new
    ]
    result = warehouse.load(land(home, {"dossier": again}), NOW + timedelta(days=7))
    assert result.total == Accounting(11, new=1, changed=2, unchanged=6, duplicate=1, rejected=1)
    channel = "select channel from dossier where dossier_code = 'D5' and known_to is null"
    assert warehouse.connection.execute(channel).fetchall() == [("online",)]


def test_two_sources_may_use_the_same_codes(warehouse: Warehouse, home: Path) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A", status=2)]}), NOW)
    result = warehouse.load(land(home, {"dossier": [dossier("A", status=4)]}, source="b"), NOW)
    assert result.total.new == 1


def test_a_batch_that_does_not_add_up_is_refused_whole(warehouse: Warehouse, home: Path) -> None:
    folder = land(home, {"dossier": [dossier("A")]}, read={"dossier": 5}, rejected=[])
    manifest = folder / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"rejected": {"dossier": 4}', '"rejected": {}')
    )
    before = contents(warehouse)
    with pytest.raises(StoreError, match="dossier does not add up"):
        warehouse.load(folder, NOW)
    assert contents(warehouse) == before


def test_a_landed_file_that_is_damaged_leaves_the_warehouse_as_it_was(
    warehouse: Warehouse, home: Path
) -> None:
    folder = land(home, {"dossier": [dossier("A")]})
    parquet = folder / "records-dossier.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-40])
    before = contents(warehouse)
    with pytest.raises(StoreError, match="nothing of it was kept"):
        warehouse.load(folder, NOW)
    assert contents(warehouse) == before
    assert warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW).total.new == 1


@pytest.mark.parametrize(
    ("spoil", "fact"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "not landed whole"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "records-dossier.parquet").unlink(), "lacks records-dossier"),
        (
            lambda folder: (folder / "manifest.json").write_text(
                (folder / "manifest.json").read_text().replace('["dossier"]', '["dosier"]')
            ),
            "names the record kind 'dosier'",
        ),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_and_says_what_is_wrong(
    warehouse: Warehouse, home: Path, spoil: Any, fact: str
) -> None:
    folder = land(home, {"dossier": [dossier("A")]})
    spoil(folder)
    with pytest.raises(StoreError, match=fact):
        warehouse.load(folder, NOW)


def test_a_batch_moves_the_cursor_and_a_batch_without_one_leaves_it(
    warehouse: Warehouse, home: Path
) -> None:
    assert warehouse.cursor("permits") is None
    warehouse.load(land(home, {"dossier": []}, cursor={"seen": ["a", 7]}), NOW)
    warehouse.load(land(home, {"dossier": [dossier("A")]}), LATER)
    assert warehouse.cursor("permits") == {"seen": ["a", 7]}


def test_time_in_the_books_never_stands_still_or_goes_back(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A", status=2)]}), NOW)
    warehouse.load(land(home, {"dossier": [dossier("A", status=4)]}), NOW - timedelta(days=9))
    held = rows(warehouse, "select known_from, known_to from dossier order by known_from")
    assert held[0] == (NOW, held[1][0])
    assert held[1][0] > NOW


def test_landed_folders_that_were_never_loaded_are_known(warehouse: Warehouse, home: Path) -> None:
    loaded = land(home, {"dossier": [dossier("A")]})
    waiting = land(home, {"dossier": [dossier("B")]})
    half = land(home, {"dossier": [dossier("C")]})
    half.rename(half.with_name(f".tmp-{half.name}"))
    damaged = land(home, {"dossier": [dossier("D")]})
    (damaged / "records-dossier.parquet").unlink()
    warehouse.load(loaded, NOW)
    assert warehouse.waiting() == [waiting, damaged]


def test_no_batch_is_loaded_when_the_disk_is_nearly_full(home: Path) -> None:
    with Warehouse.open(home, reserve=type(NO_RESERVE)(load_mb=10**9)) as warehouse:
        with pytest.raises(StoreError, match=r"Only \d+ MB are free .* collecting stops below"):
            warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW)
        assert warehouse.last_batches() == []


def test_a_batch_that_needs_more_memory_than_there_may_be_is_refused_with_what_to_do(
    home: Path,
) -> None:
    folder = land(home, {"dossier": [dossier(f"D{number}") for number in range(3000)]})
    with Warehouse.open(home, reserve=NO_RESERVE, limits=Limits(memory="10MB")) as warehouse:
        with pytest.raises(StoreError, match=r"than 10MB of memory.* Raise IOC_COLLECT_MEMORY_LI"):
            warehouse.load(folder, NOW)
        assert warehouse.last_batches() == []
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        assert warehouse.load(folder, NOW).total.new == 3000


def test_a_closed_warehouse_says_that_it_is_closed(home: Path) -> None:
    warehouse = Warehouse.open(home, reserve=NO_RESERVE)
    warehouse.close()
    with pytest.raises(StoreError, match="is closed"):
        warehouse.last_batches()
