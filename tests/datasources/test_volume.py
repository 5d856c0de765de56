"""Promises about deliveries of an unusual size: held, seen, decided by a person, audited."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from datasources.running import volume
from datasources.running.volume import Day
from tests.datasources.collecting import Books, books_of
from tests.datasources.home import Home

MONDAY = date(2026, 11, 16)
SOURCE = """
[desk]
kind = "csv"
record = "dossier"
path = "in/*.csv"
schedule = "0 18 * * *"
[desk.columns]
dossier_code = "code"
received_at = "at"
competent_area = "area"
"""


def history(records: int, *, deliveries: int = 1, weeks: int = 8) -> dict[date, Day]:
    days = (MONDAY - timedelta(days=number) for number in range(1, 7 * weeks + 1))
    return {day: Day(deliveries, records) for day in days if day.weekday() < 5}


@pytest.mark.parametrize("records", [800, 1000, 1199])
def test_about_as_many_as_usual_is_believed(records: int) -> None:
    assert volume.doubt(records, MONDAY, history(1000), 0.2) is None


@pytest.mark.parametrize("records", [1, 790, 1210, 100_000])
def test_a_fifth_more_or_less_than_usual_is_not(records: int) -> None:
    told = volume.doubt(records, MONDAY, history(1000), 0.2)
    assert told == f"{records:,} records, where about 1,000 are usual on a Monday"


def test_small_numbers_may_vary_as_chance_has_it() -> None:
    assert volume.doubt(5, MONDAY, history(12), 0.2) is None
    assert volume.doubt(30, MONDAY, history(12), 0.2) is not None


def test_a_burst_of_a_small_feed_is_believed() -> None:
    often = history(6, deliveries=2)
    assert volume.doubt(18, MONDAY, often, 0.2) is None
    assert volume.doubt(22, MONDAY, often, 0.2) is not None


def test_without_four_such_weekdays_nothing_is_judged() -> None:
    assert volume.doubt(1, MONDAY, history(1000, weeks=3), 0.2) is None
    assert volume.doubt(1, MONDAY, history(1000, weeks=4), 0.2) is not None


def test_a_source_that_sends_all_day_is_judged_by_too_much_alone() -> None:
    often = history(1000, deliveries=90)
    assert volume.doubt(3, MONDAY, often, 0.2) is None
    assert volume.doubt(300, MONDAY, {**often, MONDAY: Day(40, 950)}, 0.2) is not None


def test_what_was_missed_may_come_at_once() -> None:
    silent = {day: told for day, told in history(1000).items() if day < MONDAY - timedelta(days=7)}
    assert volume.doubt(5900, MONDAY, silent, 0.2) is None  # five working days, and today
    assert volume.doubt(7500, MONDAY, silent, 0.2) is not None


def test_it_can_be_turned_off() -> None:
    assert volume.doubt(1, MONDAY, history(1000), 0) is None


def deliver(home: Home, day: date, number: int) -> Path:
    rows = "".join(f"{day:%m%d}-{one},{day:%d/%m/%Y},25\n" for one in range(number))
    return home.write(f"in/{day}.csv", f"code,at,area\n{rows}")


def six_weeks(home: Home, books: Books) -> None:
    """100 dossiers each Monday up to 9 November 2026."""
    for week in range(6, 0, -1):
        day = MONDAY - timedelta(weeks=week)
        deliver(home, day, 100)
        assert books.at(f"{day} 18:00").run("desk").status == "ok"


@pytest.fixture
def desk(home: Home) -> Home:
    home.configure(SOURCE)
    return home


def received(books: Books) -> int:
    return int(books.one("select coalesce(sum(dossiers_received), 0) from dossier_delta"))


STATE = "select suspect, doubt from source where source = 'desk'"


def test_a_jump_is_held_and_the_last_good_figures_stay_until_it_is_accepted(desk: Home) -> None:
    with books_of(desk, "2026-10-01 08:00") as books:
        six_weeks(desk, books)
        deliver(desk, MONDAY, 40)
        held = books.at(f"{MONDAY} 18:00").run("desk")
        assert (held.status, received(books)) == ("held", 600)
        assert books.rows(STATE) == [(True, "40 records, where about 100 are usual on a Monday")]
        assert books.warehouse.waiting() == []
        assert books.decide("accept", "desk") == 0
        assert received(books) == 640
        assert books.rows(STATE) == [(False, "")]
        audit = "select status, decision, decided_by, decided_at is not null from batch"
        assert books.rows(f"{audit} where decision <> ''") == [("held", "accepted", "Lan", True)]
        assert books.one("select message from batch order by batch_id desc") == "accepted by Lan"
        assert books.run("desk").status == "unchanged"


def test_what_is_refused_leaves_nothing_and_is_not_read_again(desk: Home) -> None:
    with books_of(desk, "2026-10-01 08:00") as books:
        six_weeks(desk, books)
        deliver(desk, MONDAY, 40)
        books.at(f"{MONDAY} 18:00").run("desk")
        landed = len(list((desk.path / "landing" / "desk").iterdir()))
        assert books.decide("refuse", "desk") == 0
        assert len(list((desk.path / "landing" / "desk").iterdir())) == landed - 1
        assert books.run("desk").status == "unchanged"
        assert received(books) == 600
        assert books.rows(STATE) == [(False, "")]


def test_the_same_doubtful_file_is_held_once_and_a_whole_one_takes_its_place(desk: Home) -> None:
    with books_of(desk, "2026-10-01 08:00") as books:
        six_weeks(desk, books)
        deliver(desk, MONDAY, 40)
        first = books.at(f"{MONDAY} 18:00").run("desk")
        again = books.at(f"{MONDAY} 18:15").run("desk")
        assert again.batch_id == first.batch_id
        deliver(desk, MONDAY, 101)
        assert books.at(f"{MONDAY} 18:30").run("desk").status == "ok"
        assert received(books) == 701
        assert books.one("select decision from batch where status = 'held'") == "superseded"
        assert books.rows(STATE) == [(False, "")]
        assert books.decide("accept", "desk") == 2


def test_a_held_batch_survives_a_restart_as_held(desk: Home) -> None:
    with books_of(desk, "2026-10-01 08:00") as books:
        six_weeks(desk, books)
        deliver(desk, MONDAY, 40)
        books.at(f"{MONDAY} 18:00").run("desk")
    with books_of(desk, f"{MONDAY} 19:00") as books:
        assert received(books) == 600
        assert books.decide("accept", "desk") == 0
        assert received(books) == 640
