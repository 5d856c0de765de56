"""Promises to and about a source that keeps failing."""

from datetime import UTC, datetime, timedelta

from datasources.running import breaker
from tests.datasources.collecting import books_of
from tests.datasources.home import Home

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SOURCE = """
[desk]
kind = "csv"
record = "dossier"
path = "in/*.csv"
[desk.columns]
dossier_code = "code"
competent_area = "area"
"""


def test_four_failures_change_nothing_and_the_fifth_makes_it_pause() -> None:
    assert [breaker.retry_at("desk", number, NOW) for number in range(5)] == [None] * 5
    paused = breaker.retry_at("desk", 5, NOW)
    assert paused is not None
    assert timedelta(minutes=4) <= paused - NOW <= timedelta(minutes=5)


def test_pauses_grow_up_to_an_hour_and_never_beyond() -> None:
    pauses = [breaker.retry_at("desk", number, NOW) for number in (5, 6, 7, 8, 9, 50)]
    minutes = [round((one - NOW).total_seconds() / 60) for one in pauses if one is not None]
    for told, longest in zip(minutes, (5, 10, 20, 40, 60, 60), strict=True):
        assert 0.8 * longest - 1 <= told <= longest


def test_sources_that_failed_together_do_not_come_back_together() -> None:
    moments = {breaker.retry_at(f"source{number}", 5, NOW) for number in range(20)}
    assert len(moments) == 20


def test_it_is_left_alone_seen_to_be_and_back_on_its_schedule_after_one_good_try(
    home: Home,
) -> None:
    home.configure(SOURCE)
    with books_of(home, "2026-11-20 08:00") as books:
        for minute in range(5):
            books.at(f"2026-11-20 08:0{minute}").run("desk")
        until = books.ledger.left_alone_until("desk")
        assert until is not None
        assert any("has failed 5 times in a row" in line for line in books.told)
        assert books.rows("select failures, retry_at from source where source = 'desk'") == [
            (5, until)
        ]
        books.at("2026-11-20 08:10")
        assert books.ledger.left_alone_until("desk") is None
        home.write("in/a.csv", "code,area\n1,25\n")
        assert books.run("desk").status == "ok"
        assert books.rows("select failures, retry_at from source where source = 'desk'") == [
            (0, None)
        ]


def test_a_mended_stanza_is_tried_at_once(home: Home) -> None:
    home.configure(SOURCE)
    with books_of(home, "2026-11-20 08:00") as books:
        for _ in range(6):
            books.run("desk")
        assert books.ledger.left_alone_until("desk") is not None
        home.configure(SOURCE.replace("in/*.csv", "out/*.csv"))
        books.begin()
        assert books.ledger.left_alone_until("desk") is None
