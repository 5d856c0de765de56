"""One form to fill in: its period, its areas and what it asks of each; passed on as JSON.

Whoever knows the catalogue puts a form together. The template is written from it, and a filled
workbook is read against it, so both always mean the same rows.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from domain.period import Grain, ReportingCalendar, Span, period_end, period_start

VERSION = "1"
SHEET, GUIDE, MEMO = "Số liệu", "Hướng dẫn", "_toan_canh"
HEADERS = (
    "Chỉ tiêu",
    "Đơn vị",
    "Mã đơn vị",
    "Tử số hoặc số đếm",
    "Mẫu số",
    "Tỷ lệ hoặc điểm",
    "Đơn vị tính",
    "Mã chỉ tiêu",
)
HEADER_ROW = 5
"""As people count rows; the figures begin below it."""

NUMERATOR, DENOMINATOR, VALUE = "D", "E", "F"
Asks = Literal["count", "ratio", "score", "rate"]
FILLED: dict[Asks, str] = {"count": "D", "ratio": "DE", "score": "F", "rate": "DEF"}
"""The columns that people fill in; a rate may be told by its counts, or where nobody knows them
by its value alone."""

NAMED_ON_DAY = timedelta(days=20)


class Item(msgspec.Struct, frozen=True):
    """One metric as a form asks for it, in the words of the catalogue.

    `whole` numbers count things. `percent` figures have a numerator within the denominator.
    `levels` are those of the areas it is asked of.
    """

    metric: str
    name: str
    unit: str
    asks: Asks
    percent: bool
    whole: bool
    levels: tuple[str, ...]
    numerator: str = ""
    denominator: str = ""
    meaning: str = ""
    explanation: str = ""
    basis: str = ""


class Place(msgspec.Struct, frozen=True):
    """One area that a form has rows for."""

    area_id: str
    code: str
    name: str
    level: str


class Form(msgspec.Struct, frozen=True):
    """One form for one period and for one area, or several: `area` is that choice's key."""

    source: str
    title: str
    owner: str
    period: str
    period_name: str
    area: str
    area_name: str
    items: tuple[Item, ...]
    places: tuple[Place, ...]

    def rows(self) -> Iterator[tuple[Item, Place]]:
        """Every row, metric by metric: those of the areas whose level it is asked of."""
        for item in self.items:
            for place in self.places:
                if place.level in item.levels:
                    yield item, place


def period_key(span: Span, grain: Grain, calendar: ReportingCalendar) -> str:
    """A period as an address writes it: 2026-10, 2026-Q4, 2026; a month by its name."""
    is_named_later = calendar is ReportingCalendar.ND09
    named = span.start + NAMED_ON_DAY if is_named_later else span.start
    if grain is Grain.MONTH:
        return f"{named:%Y-%m}"
    return f"{named.year}-Q{(named.month + 2) // 3}" if grain is Grain.QUARTER else f"{named.year}"


def period_of(key: str, grain: Grain, calendar: ReportingCalendar) -> Span | None:
    """The period of a key; None where it is none of the grain."""
    year, _, rest = key.partition("-")
    months = {Grain.MONTH: rest, Grain.QUARTER: _first_month(rest), Grain.YEAR: "01"}
    try:
        day = date(int(year), int(months[grain]), 1)
        span = Span(period_start(day, grain, calendar), period_end(day, grain, calendar))
    except (ValueError, KeyError, OverflowError):
        return None
    return span if period_key(span, grain, calendar) == key else None


def recent_periods(
    today: date, grain: Grain, calendar: ReportingCalendar, number: int
) -> list[Span]:
    """The period that runs, and those before it, the newest first."""
    start = period_start(today, grain, calendar)
    found = [Span(start, period_end(start, grain, calendar))]
    while len(found) < number:
        start = period_start(found[-1].start - timedelta(days=1), grain, calendar)
        found.append(Span(start, found[-1].start))
    return found


def _first_month(quarter: str) -> str:
    number = quarter.removeprefix("Q")
    return str(3 * int(number) - 2) if number.isdecimal() and number.isascii() else ""
