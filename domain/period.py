"""Spans of days, the periods that cover them, and what to call a period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import PeriodError

DAY = timedelta(days=1)
ROMAN = ("I", "II", "III", "IV")
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Grain(StrEnum):
    """How fine a series is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ReportingCalendar(StrEnum):
    """Which months a report is made of.

    `ND09` is the administrative reporting month of Decree 09/2019/NĐ-CP: from the 15th of
    one month to the 14th of the next, named after the month it ends in. Its quarters and
    years are made of such months. Days and weeks are the same in both.
    """

    MONTH = "month"
    ND09 = "15-14"


@dataclass(frozen=True, order=True)
class Span:
    """Days from `start` up to, not including, `end`. Raises PeriodError if there is none."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodError(
                f"The span from {self.start} to {self.end} holds no day: "
                "its end, which is not included, must come after its start."
            )

    @classmethod
    def of_days(cls, first: date, last: date) -> "Span":
        """The span from `first` to `last`, both included."""
        return cls(first, last + DAY)

    @classmethod
    def of_year(cls, year: int) -> "Span":
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - DAY

    def contains(self, day: date) -> bool:
        return self.start <= day < self.end

    def clip(self, other: "Span") -> "Span | None":
        """What both spans share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def periods(
    span: Span, grain: Grain | None, reporting: ReportingCalendar = ReportingCalendar.MONTH
) -> list[Span]:
    """The periods that cover `span`, oldest first, none left out.

    The first and the last are clipped to the span. Without a grain the span is one period.
    """
    if grain is None:
        return [span]
    return list(_cut(span, grain, reporting))


def _cut(span: Span, grain: Grain, reporting: ReportingCalendar) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        end = min(period_end(start, grain, reporting), span.end)
        yield Span(start, end)
        start = end


def period_start(
    day: date, grain: Grain, reporting: ReportingCalendar = ReportingCalendar.MONTH
) -> date:
    """The first day of the period that holds `day`; weeks begin on Monday."""
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    named = _reporting_month(day, reporting)
    length = _MONTHS[grain]
    first = date(named.year, (named.month - 1) // length * length + 1, 1)
    if reporting is ReportingCalendar.ND09:
        return add_months(first, -1).replace(day=15)
    return first


def period_end(
    day: date, grain: Grain, reporting: ReportingCalendar = ReportingCalendar.MONTH
) -> date:
    """The first day after the period that holds `day`."""
    start = period_start(day, grain, reporting)
    if grain is Grain.DAY:
        return start + DAY
    if grain is Grain.WEEK:
        return start + timedelta(days=7)
    return add_months(start, _MONTHS[grain])


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def _reporting_month(day: date, reporting: ReportingCalendar) -> date:
    """The first day of the calendar month that the reporting month of `day` is named after."""
    if reporting is ReportingCalendar.ND09 and day.day >= 15:
        return add_months(day.replace(day=1), 1)
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _days_in_month(year, month + 1)))


def _days_in_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - DAY).day


def previous(span: Span) -> Span:
    """The span of the same length just before: whole months for whole months, else days."""
    months = _whole_months(span)
    if months:
        return Span(add_months(span.start, -months), span.start)
    return Span(span.start - (span.end - span.start), span.start)


def _whole_months(span: Span) -> int:
    """How many months lie between the ends, or 0 if they fall on different days of the month."""
    if span.start.day != span.end.day or span.start.day > 28:
        return 0
    return (span.end.year - span.start.year) * 12 + span.end.month - span.start.month


def same_last_year(span: Span) -> Span:
    """The same days one year earlier; whatever holds 29 February compares with 28 February."""
    end = span.end
    before = end.replace(month=3, day=1) if (end.month, end.day) == (2, 29) else end
    return Span(add_months(span.start, -12), add_months(before, -12))


def label(
    span: Span,
    grain: Grain | None,
    language: str = "vi",
    reporting: ReportingCalendar = ReportingCalendar.MONTH,
) -> str:
    """What people call a period: "Tháng 7/2020", "Quý IV/2020", "Tuần 53/2020"; "July 2020"."""
    vietnamese = language == "vi"
    if grain is None:
        return f"{_day(span.start, vietnamese)} – {_day(span.last_day, vietnamese)}"
    if grain is Grain.DAY:
        return _day(span.start, vietnamese)
    if grain is Grain.WEEK:
        year, week, _ = span.start.isocalendar()
        return f"Tuần {week}/{year}" if vietnamese else f"Week {week}, {year}"
    named = _reporting_month(span.start, reporting)
    if grain is Grain.MONTH:
        month = ENGLISH_MONTHS[named.month - 1]
        return f"Tháng {named.month}/{named.year}" if vietnamese else f"{month} {named.year}"
    if grain is Grain.QUARTER:
        quarter = (named.month - 1) // 3
        text = f"Quý {ROMAN[quarter]}/{named.year}"
        return text if vietnamese else f"Q{quarter + 1} {named.year}"
    return f"Năm {named.year}" if vietnamese else f"{named.year}"


def _day(day: date, vietnamese: bool) -> str:
    if vietnamese:
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {ENGLISH_MONTHS[day.month - 1][:3]} {day.year}"
