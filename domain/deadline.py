"""Deadlines recomputed for an audit. A due date that a source gives is never replaced."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.calendar import WorkingCalendar
from domain.dossier import VIETNAM, Pause, local_day
from domain.errors import RecordError
from domain.period import add_months

HOURS_A_DAY = 8
OPENS, CLOSES = time(8), time(17)
"""Between these hours a dossier sent online is taken to have come in working time."""


class TermUnit(StrEnum):
    """What the term of a procedure is counted in."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class PausePolicy(StrEnum):
    """What a pause does to the deadline: moves it on, starts the term again, or nothing."""

    STOP_RESUME = "stop_resume"
    RESTART = "restart"
    NONE = "none"


def due_date(
    start: date, term: int, calendar: WorkingCalendar, unit: TermUnit = TermUnit.WORKING_DAY
) -> date:
    """The last day of a term; the day of reception itself does not count.

    Hours are working hours, eight to a working day, rounded up to whole days. Calendar days
    and months that end on a day off end on the next working day (Civil Code 2015, Art. 148).
    """
    if term < 0:
        raise RecordError(f"A term of {term} is not possible: it must be 0 or more.")
    if unit is TermUnit.WORKING_DAY:
        return calendar.add(start, term)
    if unit is TermUnit.WORKING_HOUR:
        return calendar.add(start, -(-term // HOURS_A_DAY))
    last = add_months(start, term) if unit is TermUnit.MONTH else start + timedelta(days=term)
    return last if calendar.is_working(last) else calendar.add(last, 1)


def due_after_pause(
    due: date,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    policy: PausePolicy = PausePolicy.STOP_RESUME,
    *,
    start: date | None = None,
) -> date | None:
    """Where pauses move a due date; None while a pause lasts and the clock stands still.

    A pause takes the working days from the day it begins up to, not including, the day it
    ends. One that begins after the due date moves nothing: the term had already run out.
    RESTART gives the whole term again from the day work goes on, and needs the `start`.
    """
    if policy is PausePolicy.NONE:
        return due
    if policy is PausePolicy.RESTART and start is None:
        raise RecordError("To restart a term after a pause, its start must be given.")
    term = 0 if start is None else calendar.between(start, due)
    for first, end in paused_days(pauses):
        if first > due:
            break
        if end is None:
            return None
        if policy is PausePolicy.RESTART:
            due = calendar.add(end, term)
        else:
            due = calendar.add(due, _working_days(first, end, calendar))
    return due


def near_due_from(due: date, calendar: WorkingCalendar) -> date:
    """The first day at whose end at most one working day is left until, and with, a due day.

    A due day of a year that is not confirmed is counted with its predicted holidays: this warns,
    and no deadline is moved by it.
    """
    day, is_left = due, False
    while not (is_left and calendar.is_likely_working(day)):
        is_left |= calendar.is_likely_working(day)
        day -= timedelta(days=1)
    return day


def reception_due(submitted_at: datetime, calendar: WorkingCalendar) -> datetime:
    """By when a dossier sent online has to be received: eight working hours, a working day.

    What comes in on a day off or before opening counts from the opening of the next working
    day, what comes after closing from the end of that day. Raises CalendarError.
    """
    moment = submitted_at.astimezone(VIETNAM)
    day, hour = moment.date(), moment.time()
    if not calendar.is_working(day):
        day, hour = calendar.add(day, 1), OPENS
    until = calendar.add(day, 1)
    return datetime.combine(until, min(max(hour, OPENS), CLOSES), VIETNAM)


def worked_days(
    received: date, finished: date, pauses: Sequence[Pause], calendar: WorkingCalendar
) -> int:
    """Working days a dossier took: the day of reception does not count, that of the result does.

    The working days of pauses are left out, from the day each begins up to, not including, the
    day it ends. Raises CalendarError.
    """
    morrow = received + timedelta(days=1)
    spans = [
        (max(first, morrow), min(end or finished, finished)) for first, end in paused_days(pauses)
    ]
    waited = sum(_working_days(*span, calendar) for span in spans if span[0] < span[1])
    return calendar.between(received, finished) - waited


def _working_days(first: date, end: date, calendar: WorkingCalendar) -> int:
    eve = timedelta(days=1)
    return calendar.between(first - eve, end - eve)


def paused_days(pauses: Sequence[Pause]) -> list[tuple[date, date | None]]:
    """The days of several pauses as half-open spans, oldest first, overlaps joined.

    The end is None for a pause that lasts; a pause within one day holds no day.
    """
    days = sorted(
        (local_day(pause.start), date.max if pause.end is None else local_day(pause.end))
        for pause in pauses
    )
    merged: list[tuple[date, date]] = []
    for first, end in days:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((first, end))
    return [(first, None if end == date.max else end) for first, end in merged if first < end]
