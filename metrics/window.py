"""When: the periods of a selection, up to the last day whose events are known."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from domain.period import Grain, ReportingCalendar, Span, period_end, period_start
from metrics.selection import Selection

Days = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]
DAY = timedelta(days=1)
ND09 = ReportingCalendar.ND09


@dataclass(frozen=True)
class Window:
    """The periods of a selection, oldest first, and what of them is known.

    `last_day` is the last day whose events count: the snapshot's horizon, or an earlier
    `as_of`. `is_open` tells, per period, that it was not finished then.
    """

    periods: tuple[Span, ...]
    last_day: date
    is_open: Flags

    @cached_property
    def starts(self) -> Days:
        return np.array([span.start for span in self.periods], dtype="datetime64[D]")

    @cached_property
    def ends(self) -> Days:
        """The first days after the periods."""
        return np.array([span.end for span in self.periods], dtype="datetime64[D]")

    @property
    def end(self) -> date:
        """The first day that no longer counts."""
        return min(self.periods[-1].end, self.last_day + DAY)

    @property
    def is_whole_months(self) -> bool:
        """Whether every period begins and ends with a month, as far as it is known."""
        return all(
            span.start.day == 1 and (span.end.day == 1 or span.end > self.last_day)
            for span in self.periods
        )


def window(selection: Selection, horizon: date) -> Window:
    """The window of a selection on a snapshot that knows the days up to `horizon`."""
    as_of = selection.as_of
    last_day = horizon if as_of is None else min(as_of, horizon)
    periods = tuple(selection.periods)
    # The horizon is the day of publishing, which is not over; a past as-of day is.
    finished = last_day + DAY if last_day < horizon else last_day
    is_open = [
        span.end > last_day + DAY
        if selection.grain is None
        else period_end(span.start, selection.grain, selection.reporting) > finished
        for span in periods
    ]
    return Window(periods, last_day, np.array(is_open, dtype=bool))


MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def period_number(day: str, selection: Selection) -> str:
    """SQL for the number of the period a day is in: from 0, -1 before the first.

    The same cut as domain.period makes, as arithmetic, so that no day is looked up.
    """
    start, grain = selection.span.start, selection.grain
    if grain is None:
        place = "0"
    elif grain in MONTHS:
        shift = " + (day({day}) >= 15)::int" if selection.reporting is ND09 else ""
        months = "(year({day}) * 12 + month({day}) - 1" + shift + ")"
        place = f"({months} // {MONTHS[grain]} - {_months(start, selection) // MONTHS[grain]})"
    else:
        length = 7 if grain is Grain.WEEK else 1
        place = f"(({{day}} - date '{period_start(start, grain)}') // {length})"
    return f"case when {day} < $start then -1 else {place.format(day=day)} end"


def _months(day: date, selection: Selection) -> int:
    """The number of the reporting month a day is in."""
    is_next = selection.reporting is ND09 and day.day >= 15
    return day.year * 12 + day.month - 1 + is_next
