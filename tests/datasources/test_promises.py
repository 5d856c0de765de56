"""Promises about who was late: by the working calendar, each area by itself, over Tết too."""

from datetime import date, datetime, timedelta

import pytest

from domain.calendar import load_calendar
from domain.dossier import VIETNAM
from domain.freshness import freshness
from domain.period import Span
from domain.scope import EVERYTHING
from metrics.feeds import feeds_of
from metrics.query import query
from metrics.rules import rules
from metrics.selection import Selection
from store import current_snapshot, oversight
from tests.datasources.collecting import Books, books_of
from tests.datasources.home import Home

SOURCE = """
[desk]
kind = "csv"
record = "dossier"
path = "in"
expected_by = "17:00"
[desk.columns]
dossier_code = "code"
received_at = "at"
competent_area = "area"
"""


@pytest.fixture
def desk(home: Home) -> Home:
    home.configure(SOURCE)
    return home


def deliver(home: Home, day: date, *areas: str) -> None:
    rows = "".join(f"{day:%m%d}-{area},{day:%d/%m/%Y} 10:00,{area}\n" for area in areas or ("25",))
    home.write(f"in/{day}.csv", f"code,at,area\n{rows}")


def state(books: Books) -> str:
    found = oversight.attendance(books.warehouse, "desk")
    assert found is not None
    return freshness(found.clock, books.now, load_calendar()).value


PROMISES = (
    "select due_day, kept, reminder, delivered_at is not null from promise where area_id = ''"
)


def test_unplugged_before_tet_it_is_late_then_stale_and_catches_up_without_doubling(
    desk: Home,
) -> None:
    calendar = load_calendar()
    with books_of(desk, "2026-02-09 08:00") as books:
        for day in (date(2026, 2, 9), date(2026, 2, 10), date(2026, 2, 11)):
            deliver(desk, day)
            books.at(f"{day} 17:30").run("desk")
            assert state(books) == "fresh"
        books.at("2026-02-12 16:59").run("desk")
        assert state(books) == "fresh"  # nothing was due yet
        books.at("2026-02-12 17:30").run("desk")
        assert state(books) == "late"
        books.at("2026-02-13 17:30").run("desk")
        assert state(books) == "late"
        # Tết 2026: Monday 16 to Friday 20 February. Days off neither age it nor break a promise.
        for number in range(9):
            day = date(2026, 2, 14) + timedelta(days=number)
            assert not calendar.is_working(day)
            books.at(f"{day} 17:30").run("desk")
            assert state(books) == "late"
        books.at("2026-02-23 17:30").run("desk")
        assert state(books) == "stale"  # three working days without data
        missed = books.rows(f"{PROMISES} and not kept order by due_day")
        assert missed == [
            (date(2026, 2, 12), False, 1, False),
            (date(2026, 2, 13), False, 0, False),
            (date(2026, 2, 23), False, 0, False),
        ]
        for day in (date(2026, 2, 12), date(2026, 2, 13), date(2026, 2, 23)):
            deliver(desk, day)
        books.at("2026-02-23 18:00").run("desk")
        assert state(books) == "fresh"
        assert all(row[3] for row in books.rows(f"{PROMISES} and not kept"))
        told = books.one("select sum(dossiers_received) from dossier_delta")
        assert told == 6
        assert books.run("desk").status == "unchanged"
        assert books.one("select sum(dossiers_received) from dossier_delta") == 6


def test_a_source_that_never_delivered_is_never_fine(desk: Home) -> None:
    with books_of(desk, "2026-02-09 08:00") as books:
        books.run("desk")
        books.at("2026-02-09 17:30").run("desk")
        assert state(books) == "never"
        assert books.rows("select kept, state, reminder from promise") == [(False, "never", 1)]


def test_nothing_was_due_before_it_was_first_tried(desk: Home) -> None:
    with books_of(desk, "2026-02-09 08:00") as books:
        books.run("desk")
        assert books.rows("select * from promise") == []


def test_each_lateness_brings_a_reminder_and_a_long_one_more(desk: Home) -> None:
    with books_of(desk, "2026-03-02 08:00") as books:
        books.run("desk")
        days = [date(2026, 3, 2) + timedelta(days=number) for number in range(30)]
        for day in days:
            if day == date(2026, 3, 11):
                deliver(desk, day)
            books.at(f"{day} 17:30").run("desk")
        told = books.rows("select due_day, reminder from promise where reminder > 0 order by 1")
        # Seven missed, one kept, then fourteen missed: the 1st and 6th, the 1st, 6th and 11th.
        assert [number for _, number in told] == [1, 2, 3, 4, 5]
        assert told[2][0] == date(2026, 3, 12)


def test_each_area_that_is_expected_is_judged_by_itself(desk: Home) -> None:
    desk.configure(SOURCE.replace("[desk]", '[desk]\nexpected_from = ["25", "01"]', 1))
    with books_of(desk, "2026-03-02 08:00") as books:
        deliver(desk, date(2026, 3, 2), "25", "01")
        books.at("2026-03-02 17:30").run("desk")
        deliver(desk, date(2026, 3, 3), "25")
        books.at("2026-03-03 17:30").run("desk")
        late = books.rows("select area_id, due_day from promise where area_id <> '' and not kept")
        assert late == [("01@2025-07-01", date(2026, 3, 3))]
        kept = books.rows("select area_id from promise where area_id <> '' and kept order by all")
        assert len(kept) == 3


def test_one_that_is_not_known_is_told_and_holds_up_nothing(desk: Home) -> None:
    desk.configure(SOURCE.replace("[desk]", '[desk]\nexpected_from = ["99/commune"]', 1))
    with books_of(desk, "2026-03-02 08:00") as books:
        assert any("expected_from names '99/commune'" in line for line in books.told)
        deliver(desk, date(2026, 3, 2))
        assert books.run("desk").status == "ok"


def test_a_day_on_which_nothing_was_tried_is_held_against_nobody(desk: Home) -> None:
    with books_of(desk, "2026-03-02 08:00") as books:
        deliver(desk, date(2026, 3, 2))
        books.at("2026-03-02 17:30").run("desk")
        for number in (3, 4, 5):
            deliver(desk, date(2026, 3, number))
        books.at("2026-03-05 17:30").run("desk")
        assert books.one("select count(*) from promise where not kept") == 0


def test_instants_of_the_ledger_are_those_of_the_clock(desk: Home) -> None:
    with books_of(desk, "2026-03-02 08:00") as books:
        books.run("desk")
        books.at("2026-03-02 17:30").run("desk")
        noted = books.one("select noted_at from promise")
        assert noted == datetime(2026, 3, 2, 17, 30, tzinfo=VIETNAM)


def test_who_was_on_time_and_how_often_somebody_was_reminded_are_figures_like_others(
    desk: Home,
) -> None:
    desk.configure(SOURCE.replace("[desk]", '[desk]\nwithin = "25"', 1))
    with books_of(desk, "2026-03-02 08:00") as books:
        for number in range(2, 7):  # Monday to Friday; nothing comes on Wednesday
            if number != 4:
                deliver(desk, date(2026, 3, number))
            books.at(f"2026-03-{number:02} 17:30").run("desk")
        books.at("2026-03-07 00:01").ledger.tidy()
        books.ledger.tidy()
        assert books.ledger.publish()
        march = Span(date(2026, 3, 1), date(2026, 4, 1))
        metrics = ("feed_freshness_rate", "data_reminder_count")
        for area in ("25", None):
            frame = query(
                Selection(metrics, march, area),
                EVERYTHING,
                current_snapshot(desk.path),
                now=books.now,
                rules=rules(desk.path / "config"),
            )
            assert frame["value"].tolist() == [80.0, 1.0]
            assert frame["denominator"].tolist()[0] == 5


MONTHLY = """
[desk]
kind = "observations"
path = "in"
stale_after_hours = 1080
"""


def test_figures_of_a_month_are_stale_once_the_next_month_should_long_be_there(desk: Home) -> None:
    desk.configure(MONTHLY)
    head = "metric,area,period_start,period_end,numerator,denominator\n"
    january = "work_files_online_rate,25,2026-01-01,2026-02-01,90,100\n"
    with books_of(desk, "2026-02-09 08:00") as books:
        desk.write("in/figures.csv", head + january)
        books.run("desk")
        # 45 days from the end of January, Tết or not: figures by hand promise no hour of a day.
        for day, told in (("2026-03-17 17:30", "fresh"), ("2026-03-18 00:30", "stale")):
            books.at(day).run("desk")
            assert state(books) == told
        assert books.rows("select * from promise where not kept") == []
        february = january.replace("2026-02-01", "2026-03-01").replace("2026-01-01", "2026-02-01")
        desk.write("in/figures.csv", head + january + february)
        assert books.run("desk").total.new == 1
        assert state(books) == "fresh"


def test_each_who_delivers_has_a_state_of_its_own(desk: Home) -> None:
    desk.configure(SOURCE.replace("[desk]", '[desk]\nexpected_from = ["25", "01", "H44.13"]', 1))
    with books_of(desk, "2026-03-02 08:00") as books:
        deliver(desk, date(2026, 3, 2), "25", "04")
        books.at("2026-03-02 17:30").run("desk")
        assert books.ledger.publish()
        feeds = feeds_of(current_snapshot(desk.path), books.now, load_calendar())
        found = {
            (one.area_id.partition("@")[0], one.organisation): (str(one.state), one.reminders)
            for one in feeds
            if one.source == "desk"
        }
        assert found == {
            ("", ""): ("fresh", 0),
            ("25", ""): ("fresh", 0),
            ("04", ""): ("fresh", 0),
            ("01", ""): ("never", 1),
            ("", "H44.13"): ("never", 1),
        }
