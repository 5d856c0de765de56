from datetime import UTC, date, datetime

import pytest

from domain.calendar import load_calendar
from domain.deadline import (
    PausePolicy,
    TermUnit,
    due_after_pause,
    due_date,
    near_due_from,
    paused_days,
    reception_due,
    worked_days,
)
from domain.dossier import VIETNAM, Pause
from domain.errors import RecordError

CALENDAR = load_calendar()


def july(day: int) -> date:
    return date(2020, 7, day)


def pause(start: int, end: int | None) -> Pause:
    """A pause from and to nine in the morning of days in July 2020, in Vietnam."""
    nine = [None if day is None else datetime(2020, 7, day, 2, tzinfo=UTC) for day in (start, end)]
    assert nine[0] is not None
    return Pause(nine[0], nine[1])


@pytest.mark.parametrize(
    ("term", "unit", "due"),
    [
        (5, TermUnit.WORKING_DAY, july(20)),  # Monday 13 July and five working days
        (8, TermUnit.WORKING_HOUR, july(14)),
        (9, TermUnit.WORKING_HOUR, july(15)),
        (4, TermUnit.CALENDAR_DAY, july(17)),
        (5, TermUnit.CALENDAR_DAY, july(20)),  # the 18th is a Saturday
        (1, TermUnit.MONTH, date(2020, 8, 13)),
    ],
)
def test_a_term_ends_on_its_last_working_day(term: int, unit: TermUnit, due: date) -> None:
    assert due_date(july(13), term, CALENDAR, unit) == due


def test_a_term_cannot_be_negative() -> None:
    with pytest.raises(RecordError, match="must be 0 or more"):
        due_date(july(13), -1, CALENDAR)


def test_a_pause_moves_the_due_date_by_its_working_days() -> None:
    # Received on Monday the 13th with five days; paused on the 15th, 16th and 17th.
    assert due_after_pause(july(20), [pause(15, 20)], CALENDAR) == july(23)


def test_a_restarted_term_runs_whole_again() -> None:
    moved = due_after_pause(
        july(20), [pause(15, 20)], CALENDAR, PausePolicy.RESTART, start=july(13)
    )
    assert moved == july(27)
    with pytest.raises(RecordError, match="start must be given"):
        due_after_pause(july(20), [pause(15, 20)], CALENDAR, PausePolicy.RESTART)


def test_a_province_may_choose_that_pauses_move_nothing() -> None:
    assert due_after_pause(july(20), [pause(15, None)], CALENDAR, PausePolicy.NONE) == july(20)


def test_while_a_pause_lasts_there_is_no_due_date() -> None:
    assert due_after_pause(july(20), [pause(15, None)], CALENDAR) is None


def test_a_pause_after_the_term_moves_nothing() -> None:
    assert due_after_pause(july(20), [pause(21, 25)], CALENDAR) == july(20)
    on_the_last_day = due_after_pause(july(20), [pause(20, 22)], CALENDAR)
    assert on_the_last_day == july(22)


def test_a_second_pause_counts_if_it_begins_in_the_moved_term() -> None:
    # The first moves the due day to the 23rd, the second (the 22nd and 23rd) to the 27th.
    assert due_after_pause(july(20), [pause(22, 24), pause(15, 20)], CALENDAR) == july(27)


def test_pauses_that_overlap_count_once() -> None:
    assert paused_days([pause(16, 18), pause(14, 17), pause(20, 20), pause(25, None)]) == [
        (july(14), july(18)),
        (july(25), None),
    ]


@pytest.mark.parametrize(
    ("due", "first"),
    [
        (date(2020, 7, 16), date(2020, 7, 15)),  # a Thursday
        (date(2020, 7, 20), date(2020, 7, 17)),  # a Monday: from Friday on
        (date(2020, 7, 18), date(2020, 7, 16)),  # a Saturday: Friday is the one day left
        (date(2026, 2, 23), date(2026, 2, 13)),  # after Tết 2026
        (date(2025, 4, 28), date(2025, 4, 26)),  # 26/4/2025 was a Saturday that was worked
        (date(2026, 1, 5), date(2025, 12, 31)),  # 2/1/2026 was exchanged
    ],
)
def test_a_dossier_is_near_due_while_one_working_day_is_left(due: date, first: date) -> None:
    assert near_due_from(due, CALENDAR) == first
    assert CALENDAR.between(first, due) == 1


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2020-07-14 16:30", "2020-07-15 16:30"),
        ("2020-07-14 05:10", "2020-07-15 08:00"),
        ("2020-07-14 21:45", "2020-07-15 17:00"),
        ("2020-07-17 10:00", "2020-07-20 10:00"),  # over a weekend
        ("2020-07-18 10:00", "2020-07-21 08:00"),  # a Saturday begins on Monday
        ("2024-05-03 10:00", "2024-05-04 10:00"),  # 4/5/2024 was a Saturday that was worked
        ("2026-02-13 10:00", "2026-02-23 10:00"),  # over Tết
    ],
)
def test_what_is_sent_online_is_received_within_eight_working_hours(sent: str, due: str) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=VIETNAM) for one in (sent, due)]
    assert reception_due(moments[0], CALENDAR) == moments[1]


def test_the_days_a_dossier_took_are_working_days_without_its_pauses() -> None:
    monday, friday_after = july(13), july(24)
    assert worked_days(monday, friday_after, [], CALENDAR) == 9
    assert worked_days(monday, friday_after, [pause(15, 20)], CALENDAR) == 6
    assert worked_days(monday, friday_after, [pause(13, 15)], CALENDAR) == 8
    assert worked_days(monday, friday_after, [pause(22, None)], CALENDAR) == 7
    assert worked_days(monday, monday, [pause(13, 15)], CALENDAR) == 0
