"""Two spans that can be compared: an unfinished one with as many working days of the other."""

from dataclasses import dataclass
from datetime import date

from domain.calendar import WorkingCalendar
from domain.errors import PeriodError
from domain.period import DAY, Span
from metrics.formula import Text


@dataclass(frozen=True)
class Pair:
    """The days compared; `working_days` of each where the period is not over, else None."""

    now: Span
    other: Span
    working_days: int | None = None

    @property
    def words(self) -> Text:
        """Which days of the other span these are compared with."""
        days = Text(_days(self.other), _days(self.other))
        if self.working_days is None:
            return days
        return Text(
            f"{self.working_days} ngày làm việc đầu kỳ ({days.vi})",
            f"the first {self.working_days} working days ({days.en})",
        )


def pair(span: Span, other: Span, told_until: date, calendar: WorkingCalendar) -> Pair:
    """A span and another, cut alike.

    `told_until` is the first day whose figures are not whole. A span that is over by then is
    compared whole. Of one that is not, the days told are compared with the days of the other
    that hold as many working days, with the days off that follow if the last day told is one.
    Raises PeriodError if no working day of the span is told yet, CalendarError if a year is
    not confirmed.
    """
    if span.end <= told_until:
        return Pair(span, other)
    if told_until <= span.start:
        raise PeriodError("No day of the period is whole in the figures yet.")
    told = Span(span.start, told_until)
    count = calendar.between(told.start - DAY, told.last_day)
    if count == 0:
        raise PeriodError("No working day of the period is whole in the figures yet.")
    last = calendar.add(other.start - DAY, count)
    if not calendar.is_working(told.last_day):
        last = calendar.add(last, 1) - DAY
    return Pair(told, Span(other.start, min(last + DAY, other.end)), count)


def _days(span: Span) -> str:
    if span.days == 1:
        return f"{span.start:%d/%m/%Y}"
    return f"{span.start:%d/%m/%Y}–{span.last_day:%d/%m/%Y}"
