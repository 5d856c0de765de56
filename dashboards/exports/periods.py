"""Named periods: "last week" means another one every Monday, so that a recipe can be made again."""

from datetime import date

from domain.errors import PeriodError, suggestion
from domain.period import DAY, Grain, ReportingCalendar, Span, period_start
from metrics.locks import period_of

NAMED: dict[str, tuple[Grain, bool]] = {
    "last_week": (Grain.WEEK, True),
    "this_week": (Grain.WEEK, False),
    "last_month": (Grain.MONTH, True),
    "this_month": (Grain.MONTH, False),
    "last_quarter": (Grain.QUARTER, True),
    "this_quarter": (Grain.QUARTER, False),
    "last_year": (Grain.YEAR, True),
    "this_year": (Grain.YEAR, False),
}
"""The grain of each, and whether it is the last finished one; else it runs up to today."""


def named_period(
    text: str, today: date, calendar: ReportingCalendar = ReportingCalendar.MONTH
) -> Span:
    """The days of "last_week", or of 2025, 2025-Q2, 2025-06 and FROM..TO. Raises PeriodError.

    A named period is counted from `today` and not from the newest data: where these are late,
    the week is shown without them and says so.
    """
    if text in NAMED:
        grain, is_finished = NAMED[text]
        start = period_start(today, grain, calendar)
        if not is_finished:
            return Span.of_days(start, today)
        return Span(period_start(start - DAY, grain, calendar), start)
    if text[:1].isdigit():
        return period_of(text, calendar)
    hint = suggestion(text, NAMED) or f" There are: {', '.join(NAMED)}, 2025, 2025-Q2, 2025-06."
    raise PeriodError(f"There is no period '{text}'.{hint}")
