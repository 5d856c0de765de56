"""How reports of citizens and versions of procedures are counted, one by one and by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store import Warehouse
from tests.store.landed import COMMUNE, NOW, land, local
from tests.store.test_measures_services import counted

PROVINCE = "25@2025-07-01"
STOCKS = ("feedback_pending", "feedback_pending_overdue")


def report(code: str = "P", **told: Any) -> dict[str, Any]:
    """A report of the first of July that is due on the sixth."""
    row = {
        "feedback_code": code,
        "area": COMMUNE,
        "received_at": "2026-07-01",
        "due_at": "2026-07-06",
        "status": "received",
        **told,
    }
    return {
        name: local(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in row.items()
    }


def events(warehouse: Warehouse, home: Path, *rows: dict[str, Any]) -> dict[str, list[Any]]:
    """What these reports count as, without the measures that stay 0."""
    warehouse.load(land(home, {"feedback": list(rows)}), NOW)
    sql = "select column_name from duckdb_columns() where table_name = 'feedback_delta'"
    names = [name for (name,) in warehouse.connection.execute(sql).fetchall()]
    found = counted(
        warehouse, *(one for one in names if one.startswith("feedback_")), table="feedback"
    )
    return {name.removeprefix("feedback_"): days for name, days in found.items() if days}


RECEIVED = {"received": [("07-01", 1)], "in_competence": [("07-01", 1)], "due": [("07-01", 1)]}


def answered(*names: str, day: str) -> dict[str, list[Any]]:
    return {name: [(day, 1)] for name in ("given_answer", "answered", *names)}


def test_a_report_in_time(warehouse: Warehouse, home: Path) -> None:
    done = report(answered_at="2026-07-06", status="answered", satisfied=True)
    assert events(warehouse, home, done) == {
        **RECEIVED,
        "pending": [("07-01", 1), ("07-06", -1)],
        **answered("answered_on_time", "answered_well", "rated", "satisfied", day="07-06"),
    }


def test_a_late_report_was_overdue_from_the_day_after_its_due_day(
    warehouse: Warehouse, home: Path
) -> None:
    done = report(answered_at="2026-07-10", status="answered")
    assert events(warehouse, home, done) == {
        **RECEIVED,
        "pending": [("07-01", 1), ("07-10", -1)],
        "pending_overdue": [("07-07", 1), ("07-10", -1)],
        "lapsed": [("07-07", 1)],
        **answered("answered_late", day="07-10"),
    }


def test_one_answered_the_day_after_its_due_day_is_late_and_was_never_overdue(
    warehouse: Warehouse, home: Path
) -> None:
    found = events(warehouse, home, report(answered_at="2026-07-07", status="answered"))
    assert "pending_overdue" not in found
    assert found["lapsed"] == found["answered_late"] == [("07-07", 1)]


@pytest.mark.parametrize("status", ["forwarded", "refused"])
def test_what_is_anothers_to_answer_counts_as_received_and_no_further(
    warehouse: Warehouse, home: Path, status: str
) -> None:
    assert events(warehouse, home, report(status=status)) == {"received": [("07-01", 1)]}


def test_an_answer_that_was_not_accepted_leaves_the_report_open(
    warehouse: Warehouse, home: Path
) -> None:
    again = report(answered_at="2026-07-03", status="processing", reopened=True, satisfied=False)
    assert events(warehouse, home, again) == {
        **RECEIVED,
        "pending": [("07-01", 1)],
        "pending_overdue": [("07-07", 1)],
        "lapsed": [("07-07", 1)],
        **{name: [("07-03", 1)] for name in ("given_answer", "reopened", "rated")},
    }


def test_a_report_without_a_due_day_can_be_neither_late_nor_in_time(
    warehouse: Warehouse, home: Path
) -> None:
    found = events(
        warehouse, home, report(due_at=None, answered_at="2026-07-09", status="answered")
    )
    assert found == {
        "received": [("07-01", 1)],
        "in_competence": [("07-01", 1)],
        "pending": [("07-01", 1), ("07-09", -1)],
        **answered("answered_well", day="07-09"),
    }


def test_a_report_that_lapses_is_remembered_under_the_day_it_came(
    warehouse: Warehouse, home: Path
) -> None:
    events(warehouse, home, report())
    sql = "select origin_day from feedback_delta where feedback_lapsed <> 0"
    assert warehouse.connection.execute(sql).fetchall() == [(date(2026, 7, 1),)]


def test_an_answer_told_later_takes_the_report_out_of_what_is_open(
    warehouse: Warehouse, home: Path
) -> None:
    events(warehouse, home, report())
    found = events(warehouse, home, report(answered_at="2026-07-05", status="answered"))
    assert found["pending"] == [("07-01", 1), ("07-05", -1)]
    assert not found.keys() & {"pending_overdue", "lapsed"}


def version(valid_from: str, valid_until: str | None = None, **told: Any) -> dict[str, Any]:
    return {
        "procedure_code": "1.001193",
        "owner_area": PROVINCE,
        "valid_from": date.fromisoformat(valid_from),
        "valid_until": date.fromisoformat(valid_until) if valid_until else None,
        **told,
    }


def catalogue(warehouse: Warehouse, home: Path, *rows: dict[str, Any]) -> dict[str, list[Any]]:
    warehouse.load(land(home, {"procedure": list(rows)}), NOW)
    sql = "select column_name from duckdb_columns() where table_name = 'procedure_delta'"
    names = [name for (name,) in warehouse.connection.execute(sql).fetchall()]
    found = counted(
        warehouse, *(one for one in names if one.startswith("procedures_")), table="procedure"
    )
    return {name.removeprefix("procedures_"): days for name, days in found.items() if days}


def test_a_procedure_is_in_force_from_its_first_day_until_before_its_end(
    warehouse: Warehouse, home: Path
) -> None:
    found = catalogue(warehouse, home, version("2026-01-01", "2026-07-01"))
    assert found == {"total": [("01-01", 1), ("07-01", -1)]}


def test_a_new_version_changes_the_level_and_not_the_number(
    warehouse: Warehouse, home: Path
) -> None:
    found = catalogue(
        warehouse,
        home,
        version("2026-01-01", "2026-07-01", service_level="3", linked=False),
        version("2026-07-01", service_level="full", linked=True),
    )
    assert found["total"] == found["level_told"] == found["online"] == [("01-01", 1)]
    assert found["fully_online"] == found["linked"] == [("07-01", 1)]
    assert found["linked_told"] == [("01-01", 1)]


@pytest.mark.parametrize(
    ("level", "online", "fully"),
    [
        ("1", 0, 0),
        ("2", 0, 0),
        ("3", 1, 0),
        ("4", 1, 1),
        ("information", 0, 0),
        ("partial", 1, 0),
        ("full", 1, 1),
        ("", 0, 0),
    ],
)
def test_levels_of_both_schemes_say_what_is_online(
    warehouse: Warehouse, home: Path, level: str, online: int, fully: int
) -> None:
    found = catalogue(warehouse, home, version("2026-01-01", service_level=level))
    assert ("online" in found, "fully_online" in found) == (bool(online), bool(fully))
    assert ("level_told" in found) == bool(level)


def test_payment_online_counts_only_where_there_is_a_fee(warehouse: Warehouse, home: Path) -> None:
    told = [(True, True), (True, False), (True, None), (False, True), (None, None)]
    rows = [
        version("2026-01-01", procedure_code=str(number), has_fee=fee, online_payment=paid)
        for number, (fee, paid) in enumerate(told)
    ]
    found = catalogue(warehouse, home, *rows)
    assert found["with_fee"] == [("01-01", 3)]
    assert found["payment_told"] == [("01-01", 2)]
    assert found["online_payment"] == [("01-01", 1)]


def test_hours_of_stations_are_added_up_by_their_day_in_vietnam(
    warehouse: Warehouse, home: Path
) -> None:
    hours = [
        {
            "station": "S1",
            "hour": local("2026-07-01", hour),
            "area": COMMUNE,
            "readings": readings,
            "expected": 4,
            "exceeded": readings < 4,
        }
        for hour, readings in ((0, 4), (6, 3), (23, 2))
    ]
    warehouse.load(land(home, {"station_hour": hours}), NOW)
    names = ("station_readings", "station_readings_expected", "station_exceedance_hours")
    found = counted(warehouse, *names, table="station_hour")
    assert [found[name] for name in names] == [[("07-01", 9)], [("07-01", 12)], [("07-01", 2)]]
