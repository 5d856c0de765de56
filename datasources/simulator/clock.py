"""The clock of the simulated provinces: local seconds, days by number, working days by ordinal.

Instants are whole seconds since 1970-01-01 00:00 on the clocks of Vietnam, which have known no
summer time since. So a day is a division, and UTC is seven hours less.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts
from domain.calendar import load_calendar

NEVER = 2**62
DAY = 86_400
HOUR = 3_600
MINUTE = 60
OFFSET = 7 * HOUR

OPENS, CLOSES, TERM_ENDS = 7 * HOUR + 30 * MINUTE, 16 * HOUR + 45 * MINUTE, 17 * HOUR

EPOCH = date(1970, 1, 1)
FIRST, LAST = date(2019, 1, 1), date(2040, 12, 31)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(number: int) -> date:
    """The date of a day's number."""
    return EPOCH + timedelta(days=number)


def local_seconds(instant: datetime) -> int:
    """The whole second of an instant that carries its zone, on Vietnam's clocks."""
    return int(instant.timestamp()) + OFFSET


def instant_of(seconds: int) -> datetime:
    """The instant of a local second, in UTC."""
    return datetime.fromtimestamp(seconds - OFFSET, UTC)


def end_of_day(day: date) -> int:
    """The last second of a day."""
    return (day_number(day) + 1) * DAY - 1


def day_of(seconds: Counts) -> Counts:
    """The number of the day of each second."""
    return seconds // DAY


def within_hours(day: Counts, share: NDArray[np.float64]) -> Counts:
    """A second within the opening hours of each day, outside the break at noon."""
    worked = (share * (CLOSES - OPENS - 2 * HOUR)).astype(np.int64)
    return day * DAY + OPENS + worked + np.where(worked > 4 * HOUR, 2 * HOUR, 0)


@dataclass(frozen=True)
class WorkDays:
    """Working days numbered 1, 2, 3 …, so that counting with them is adding.

    `is_working` and `ordinal` are indexed by the days since FIRST; `day_at` by the ordinal.
    """

    first: int
    is_working: NDArray[np.bool_]
    ordinals: Counts
    days: Counts

    def works(self, day: Counts) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.is_working[day - self.first]
        return found

    def ordinal(self, day: Counts) -> Counts:
        """The ordinal of each day, or of the last working day before it."""
        found: Counts = self.ordinals[day - self.first]
        return found

    def day(self, ordinal: Counts) -> Counts:
        """The day of each ordinal."""
        found: Counts = self.days[np.clip(ordinal - 1, 0, len(self.days) - 1)]
        return found

    def after(self, day: Counts, n: Counts | int) -> Counts:
        """The n-th working day after each day, the day itself not counted and kept for n = 0."""
        return np.where(np.asarray(n) == 0, day, self.day(self.ordinal(day) + n))


@cache
def work_days() -> WorkDays:
    """The shipped working calendar, with the likely holidays of the years still to be decided."""
    calendar = load_calendar()
    count = (LAST - FIRST).days + 1
    works = [calendar.is_likely_working(FIRST + timedelta(days=i)) for i in range(count)]
    is_working = np.array(works, dtype=np.bool_)
    days = np.flatnonzero(is_working) + day_number(FIRST)
    return WorkDays(day_number(FIRST), is_working, np.cumsum(is_working), days)
