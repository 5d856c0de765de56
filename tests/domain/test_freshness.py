from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from domain.calendar import load_calendar
from domain.freshness import Freshness, SourceClock, freshness, worst

CALENDAR = load_calendar()
HOUR, DAY = 3600, 86400


def at(text: str) -> datetime:
    """An hour of the clock in Vietnam, as it is stored: in UTC."""
    return datetime.fromisoformat(f"{text}:00+07:00").astimezone(UTC)


# Sends its figures on working days by 17:00; half an hour of grace, stale after two days.
DAILY = SourceClock(
    up=True,
    last_success_at=at("2026-11-18T16:40"),
    data_as_of=at("2026-11-18T16:00"),
    expected_by=time(17),
    grace_s=HOUR // 2,
    hard_max_s=2 * DAY,
)
# Answers every quarter of an hour, day and night; its data may be six hours old.
STATION = SourceClock(
    up=True,
    last_success_at=at("2026-11-18T16:40"),
    data_as_of=at("2026-11-18T16:00"),
    expected_every_s=HOUR // 4,
    grace_s=300,
    hard_max_s=6 * HOUR,
)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-18T17:00", Freshness.FRESH),
        ("2026-11-19T17:29", Freshness.FRESH),  # Thursday's hour has passed, its grace has not
        ("2026-11-19T17:30", Freshness.LATE),
        ("2026-11-20T16:00", Freshness.LATE),
        ("2026-11-20T16:01", Freshness.STALE),
    ],
)
def test_a_daily_source_is_late_after_its_hour_and_stale_after_its_limit(
    now: str, expected: Freshness
) -> None:
    assert freshness(DAILY, at(now), CALENDAR) is expected


def test_days_off_do_not_age_a_source_of_working_days() -> None:
    # Friday the 13th of February 2026 at 16:00; Tết lasts until Sunday the 22nd.
    friday = replace(
        DAILY, last_success_at=at("2026-02-13T16:40"), data_as_of=at("2026-02-13T16:00")
    )
    assert freshness(friday, at("2026-02-18T12:00"), CALENDAR) is Freshness.HOLIDAY
    assert freshness(friday, at("2026-02-23T17:00"), CALENDAR) is Freshness.FRESH
    assert freshness(friday, at("2026-02-23T17:30"), CALENDAR) is Freshness.LATE
    assert freshness(friday, at("2026-02-25T08:00"), CALENDAR) is Freshness.STALE


def test_a_server_switched_off_on_a_day_off_is_no_news() -> None:
    sunday = at("2026-11-22T12:00")
    friday = replace(DAILY, data_as_of=at("2026-11-20T16:00"), up=False)
    assert freshness(friday, sunday, CALENDAR) is Freshness.HOLIDAY
    missed = replace(friday, data_as_of=at("2026-11-19T16:00"))
    assert freshness(missed, sunday, CALENDAR) is Freshness.DOWN


def test_a_year_without_a_confirmed_calendar_still_has_a_freshness() -> None:
    new_year = replace(DAILY, data_as_of=at("2026-12-31T16:00"))
    assert freshness(new_year, at("2027-01-01T12:00"), CALENDAR) is Freshness.HOLIDAY


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-18T17:00", Freshness.FRESH),
        ("2026-11-18T17:01", Freshness.LATE),
        ("2026-11-18T22:00", Freshness.LATE),
        ("2026-11-18T22:01", Freshness.STALE),
    ],
)
def test_a_source_that_answers_often_is_late_by_its_answers_and_stale_by_its_data(
    now: str, expected: Freshness
) -> None:
    assert freshness(STATION, at(now), CALENDAR) is expected


def test_answers_without_new_data_do_not_keep_old_data_fresh() -> None:
    frozen = replace(STATION, last_success_at=at("2026-11-18T23:00"))
    assert freshness(frozen, at("2026-11-18T23:01"), CALENDAR) is Freshness.STALE


def test_what_never_came_is_never_and_not_down() -> None:
    assert freshness(SourceClock(up=False), at("2026-11-18T17:00"), CALENDAR) is Freshness.NEVER


def test_who_answers_but_has_delivered_nothing_is_never_fine() -> None:
    empty = replace(DAILY, last_success_at=at("2026-11-18T17:00"), data_as_of=None)
    assert freshness(empty, at("2026-11-18T17:30"), CALENDAR) is Freshness.NEVER


def test_an_archive_promises_nothing_and_is_never_late() -> None:
    then = at("2020-12-31T12:00")
    archive = SourceClock(up=True, last_success_at=then, data_as_of=then)
    assert freshness(archive, at("2026-11-18T17:00"), CALENDAR) is Freshness.FRESH


def test_the_doubtful_the_broken_and_the_impossible_are_said() -> None:
    now = at("2026-11-18T17:00")
    assert freshness(replace(DAILY, up=False), now, CALENDAR) is Freshness.DOWN
    assert freshness(replace(DAILY, suspect=True), now, CALENDAR) is Freshness.SUSPECT
    ahead = replace(DAILY, data_as_of=at("2026-11-18T17:06"))
    assert freshness(ahead, now, CALENDAR) is Freshness.FUTURE
    near = replace(DAILY, data_as_of=at("2026-11-18T17:05"))
    assert freshness(near, now, CALENDAR) is Freshness.FRESH
    old = replace(DAILY, up=False)
    assert freshness(old, at("2026-11-25T17:00"), CALENDAR) is Freshness.STALE


def test_a_metric_is_as_fresh_as_its_worst_source() -> None:
    assert worst([Freshness.FRESH, Freshness.DOWN, Freshness.LATE]) is Freshness.DOWN
    assert worst([Freshness.STALE, Freshness.DOWN]) is Freshness.STALE
    assert worst([]) is Freshness.NEVER
    assert min(Freshness, key=lambda state: state.severity) is Freshness.FRESH
    assert len({state.severity for state in Freshness}) == len(Freshness)
