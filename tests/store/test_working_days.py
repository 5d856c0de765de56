"""What is counted in working days: by the calendar of the home, and anew when that changes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import Warehouse, publish
from tests.store.landed import NO_RESERVE, NOW, VIETNAM, dossier, land
from tests.store.prepared import prepare_published

COLUMNS = "date,is_working,kind,note\n"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=VIETNAM)


def total(warehouse: Warehouse, measure: str, until: str = "9999-12-31") -> int:
    sql = f"select coalesce(sum({measure}), 0) from dossier_delta where day <= $day"
    row = warehouse.connection.execute(sql, {"day": until}).fetchone()
    assert row is not None
    return int(row[0])


def write_calendar(home: Path, text: str) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "calendar.csv").write_text(COLUMNS + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("told", "is_late"),
    [
        ({"received_at": at("06-16 09:59")}, 0),
        ({"received_at": at("06-16 10:01")}, 1),  # the same day, a minute late
        ({}, 1),  # never looked at
        ({"status": 3, "refused_at": at("06-15 16:00")}, 0),
        ({"status": 3}, 0),  # refused at a time nobody tells
        ({"status": 7, "withdrawn_at": at("06-18 16:00")}, 1),
        ({"received_at": at("06-17 10:00"), "reception_due_at": at("06-18 10:00")}, 0),
        ({"received_at": at("06-15 16:00"), "reception_due_at": at("06-15 15:00")}, 1),
    ],
)
def test_what_is_sent_online_is_late_where_it_was_not_received_in_time(
    warehouse: Warehouse, home: Path, told: dict[str, Any], is_late: int
) -> None:
    # Sent on Monday 15 June at ten: due on Tuesday at ten, unless its source says otherwise.
    sent = {"submitted_at": at("06-15 10:00"), "channel": "online", "status": 1}
    one = dossier("A", **(sent | told))
    warehouse.load(land(home, {"dossier": [one]}), NOW)
    assert total(warehouse, "dossiers_reception_due") == 1
    assert total(warehouse, "dossiers_reception_late") == is_late


def test_only_what_is_known_to_have_come_online_has_to_be_received_in_time(
    warehouse: Warehouse, home: Path
) -> None:
    at_the_counter = dossier("A", submitted_at="2026-06-15", received_at="2026-06-19")
    # Accepted at a time nobody tells: neither in time nor late.
    taken_up = dossier("B", submitted_at="2026-06-15", channel="online", status=4)
    warehouse.load(land(home, {"dossier": [at_the_counter, taken_up]}), NOW)
    assert total(warehouse, "dossiers_reception_due") == 0


def test_a_changed_calendar_counts_everything_anew(home: Path) -> None:
    # From Monday to Friday: four working days after the first.
    done = {"received_at": "2026-06-15", "finished_at": "2026-06-19", "status": 9}
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        warehouse.load(land(home, {"dossier": [dossier("A", **done)]}), NOW)
        assert total(warehouse, "dossiers_working_days") == 4
        write_calendar(home, "2026-06-17,0,holiday,Nghỉ riêng của tỉnh\n")
        later = NOW + timedelta(hours=1)
        warehouse.load(land(home, {"dossier": [dossier("B", **done)]}), later)
        assert total(warehouse, "dossiers_working_days") == 3 + 3
        # A file that cannot be read changes nothing, and is told.
        write_calendar(home, "2026-06-17,maybe,holiday,\n")
        warehouse.load(land(home, {"dossier": [dossier("C", **done)]}), later + timedelta(hours=1))
        assert total(warehouse, "dossiers_working_days") == 9
        assert "Until it is mended the last good calendar holds" in (warehouse.notice or "")
    with Warehouse.open(home, reserve=NO_RESERVE) as again:
        assert total(again, "dossiers_working_days") == 9


def test_a_year_nobody_has_confirmed_has_no_working_days(warehouse: Warehouse, home: Path) -> None:
    over = dossier("A", received_at="2026-12-30", finished_at="2027-01-05", status=9)
    warehouse.load(land(home, {"dossier": [over]}), NOW)
    assert total(warehouse, "dossiers_resolved") == 1
    assert total(warehouse, "dossiers_timed") == 0


def test_a_calendar_put_back_before_anything_was_published_takes_nothing_from_the_figures(
    tmp_path: Path,
) -> None:
    home = prepare_published(tmp_path / "published")
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        late = dossier("B", received_at="2026-07-01", due_at="2026-07-09", channel="online")
        warehouse.load(land(home, {"dossier": [late]}), NOW)
    write_calendar(home, "2026-07-06,0,holiday,Nghỉ riêng của tỉnh\n")
    Warehouse.open(home, reserve=NO_RESERVE).close()
    (home / "config" / "calendar.csv").unlink()
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        snapshot = publish(warehouse, home, NOW)
    assert snapshot.rows("select sum(dossiers_received)::int from dossier_delta") == [(2,)]
    assert snapshot.docket.rows("select sum(dossiers_received)::int from step") == [(2,)]
