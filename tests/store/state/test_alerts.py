"""The book of alerts: states, who changed them, and that one is one."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.state.alert_rows import Key, Seen, Step
from store.state.alert_steps import latest, take
from store.state.alerts import (
    Act,
    NotNowError,
    Watch,
    act_on,
    alert_of,
    alerts,
    entries_of,
)
from store.state.audit import Deed, verified
from store.state.database import FILE
from store.state.words import WordError, spoken

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
KEY = Key("overdue", "dossiers_pending_overdue", "25@2025-07-01")
SEEN = Seen("ioc-1", value=3, bound=0, numerator=3, version=2)


def deed(actor: str = "lan", minutes: int = 0) -> Deed:
    return Deed(NOON + timedelta(minutes=minutes), actor, "10.0.0.7", "alert.act")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert take(tmp_path, [Step(KEY, None, "raise", SEEN, "urgent")], NOON) == 1
    return tmp_path


def test_an_alert_goes_from_open_to_closed_and_every_step_has_its_author(home: Path) -> None:
    acts: tuple[Act, ...] = ("acknowledge", "explain", "close")
    states = [act_on(home, 1, act, f"lời {act}", deed(minutes=5)).state for act in acts]
    assert states == ["acknowledged", "explained", "closed"]
    told = [(one.actor, one.act, one.word, one.value) for one in entries_of(home, 1)]
    assert told == [
        ("collector", "raise", "", 3),
        ("lan", "acknowledge", "lời acknowledge", 3),
        ("lan", "explain", "lời explain", 3),
        ("lan", "close", "lời close", 3),
    ]
    closed = alert_of(home, 1)
    assert closed is not None
    assert closed.ended_by == "lan"
    assert verified(home).problem is None


@pytest.mark.parametrize("act", ["acknowledge", "explain", "close"])
def test_what_is_closed_is_left_as_it_is(home: Path, act: Act) -> None:
    act_on(home, 1, "close", "xong", deed())
    with pytest.raises(NotNowError, match="is closed now"):
        act_on(home, 1, act, "nữa", deed())
    assert len(entries_of(home, 1)) == 2


def test_of_two_who_acknowledge_at_once_one_is_told_so(home: Path) -> None:
    act_on(home, 1, "acknowledge", "", deed("lan"))
    with pytest.raises(NotNowError, match="is acknowledged now"):
        act_on(home, 1, "acknowledge", "", deed("minh"))


def test_nothing_happens_to_an_alert_that_is_not_there(home: Path) -> None:
    with pytest.raises(NotNowError, match="does not exist"):
        act_on(home, 99, "close", "xong", deed())
    assert alert_of(home, 99) is None


def test_there_are_never_two_alerts_about_the_same(home: Path) -> None:
    with pytest.raises(Exception, match="UNIQUE"):
        take(home, [Step(KEY, None, "raise", SEEN, "urgent")], NOON)
    assert len(alerts(home)) == 1


def test_a_closed_alert_is_not_reopened_beside_a_newer_one(home: Path) -> None:
    first = act_on(home, 1, "close", "xong", deed())
    take(home, [Step(KEY, first, "raise", SEEN, "urgent")], NOON)
    with pytest.raises(NotNowError, match="The alert 2 about the same is under way"):
        act_on(home, 1, "reopen", "chưa xong", deed())


def test_the_program_leaves_alone_what_a_person_changed_meanwhile(home: Path) -> None:
    [held] = latest(home, "overdue").values()
    act_on(home, 1, "explain", "do nghỉ lễ", deed(minutes=1))
    assert take(home, [Step(KEY, held, "recover", good_since=NOON)], NOON) == 0
    explained = alert_of(home, 1)
    assert explained is not None
    assert explained.state == "explained"


def test_the_watch_counts_what_is_under_way(home: Path) -> None:
    watch = Watch(home)
    assert list(watch.places()) == [("25@2025-07-01", "", "urgent")]
    act_on(home, 1, "close", "xong", deed())
    assert list(watch.places()) == []


def test_a_change_and_its_entry_in_the_trail_are_kept_together_or_not_at_all(home: Path) -> None:
    with sqlite3.connect(home / FILE) as file:
        file.execute("create trigger stop before insert on audit begin"
                     " select raise(abort, 'the disk is full'); end")  # fmt: skip
    with pytest.raises(Exception, match="the disk is full"):
        act_on(home, 1, "close", "xong", deed())
    still = alert_of(home, 1)
    assert still is not None
    assert still.state == "open"


def test_what_people_write_is_plain_text_of_bounded_length() -> None:
    assert spoken("  Do  nghỉ\r\n\r\n\r\n\r\nlễ \x00\u202e ") == "Do  nghỉ\n\nlễ"
    assert spoken("Hô\u0300 sơ") == "Hồ sơ"
    assert spoken("", needed=False) == ""
    with pytest.raises(WordError, match="empty"):
        spoken(" \u200b\n ")
    with pytest.raises(WordError, match="5,000 characters; 2,000"):
        spoken("x" * 5000)
