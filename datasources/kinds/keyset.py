"""How far a table was read: the last row's (updated, key), kept from run to run.

A position remembers what type it is of, because a database compares like with like: an instant
with an instant, a text with a text of the same form.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from datasources.reading.dates import DIGITS, Layout, instant, layout_of
from domain.errors import RecordError

PARTS = ("year", "month", "day", "hour", "minute", "second")
WIDTHS = (4, 2, 2, 2, 2, 2)


class Position(NamedTuple):
    """The last row that was read; `done` where nothing was left after it."""

    updated: Any
    key: Any
    done: bool

    def told(self) -> dict[str, Any]:
        """The position for the cursor."""
        return {
            "updated": _packed(self.updated),
            "key": _packed(self.key),
            "done": self.done,
        }


def position_of(told: dict[str, Any]) -> Position:
    """A position from the cursor."""
    return Position(_unpacked(told["updated"]), _unpacked(told.get("key")), told["done"])


def earlier(updated: Any, by: timedelta, zone: ZoneInfo, limit: datetime | None = None) -> Any:
    """The same kind of value, so much earlier, and not later than `limit`.

    A plain number, such as a version, stays what it is. Raises RecordError for a text that does
    not stand in the order of time.
    """
    moment = moment_of(updated, zone)
    if moment is None:
        return updated
    return in_form_of(updated, min(moment - by, limit or moment), zone)


def moment_of(updated: Any, zone: ZoneInfo) -> datetime | None:
    """The instant that a value stands for, None for a number. Raises RecordError."""
    match updated:
        case datetime():
            return (updated if updated.tzinfo else updated.replace(tzinfo=zone)).astimezone(UTC)
        case date():
            return datetime.combine(updated, time.min, zone).astimezone(UTC)
        case str():
            _sortable(updated)
            return instant(updated, zone)
    return None


def in_form_of(updated: Any, moment: datetime, zone: ZoneInfo) -> Any:
    """An instant as a value of the same kind and form as `updated`. Raises RecordError."""
    match updated:
        case datetime():
            return moment if updated.tzinfo else moment.astimezone(zone).replace(tzinfo=None)
        case date():
            return moment.astimezone(zone).date()
        case str():
            return _rewritten(updated, moment, zone)
    return updated


def _rewritten(text: str, moment: datetime, zone: ZoneInfo) -> str:
    """A text of the same form for another instant; a finer fraction than seconds becomes 0."""
    layout = _sortable(text)
    before = instant(text, zone)
    if before is None:
        raise RecordError("is no date")
    # The wall clock of the text moves by as much as the instant does.
    wall = datetime(*_numbers(text, layout)) + (moment - before)  # noqa: DTZ001  (a wall time)
    letters = list(text)
    for part, width in zip(PARTS, WIDTHS, strict=True):
        place = getattr(layout, part)
        if place:
            letters[place] = f"{getattr(wall, part):0{width}}"
    if layout.fraction:
        letters[layout.fraction] = "0" * (layout.fraction.stop - layout.fraction.start)
    return "".join(letters)


def _numbers(text: str, layout: Layout) -> tuple[int, int, int, int, int, int]:
    year, month, day, hour, minute, second = (
        int(text[place]) if (place := getattr(layout, part)) else 0 for part in PARTS
    )
    return year, month, day, hour, minute, second


def _sortable(text: str) -> Layout:
    """The layout of a text whose order is that of time: year first, every part at full width."""
    layout = layout_of(text.translate(DIGITS)) if text.isascii() else None
    if layout is None or layout.year.start != 0:
        raise RecordError("is a text that is not in the order of time")
    for part, width in zip(PARTS, WIDTHS, strict=True):
        place = getattr(layout, part)
        if place and place.stop - place.start != width:
            raise RecordError("is a text that is not in the order of time")
    return layout


def _packed(value: Any) -> list[str] | None:
    match value:
        case None:
            return None
        case datetime():
            return ["instant" if value.tzinfo else "wall", value.isoformat()]
        case date():
            return ["day", value.isoformat()]
        case UUID():
            return ["uuid", str(value)]
        case int() | Decimal():
            return ["number", str(value)]
    return ["text", str(value)]


def _unpacked(told: list[str] | None) -> Any:
    if told is None:
        return None
    kind, text = told
    match kind:
        case "instant" | "wall":
            return datetime.fromisoformat(text)
        case "day":
            return date.fromisoformat(text)
        case "uuid":
            return UUID(text)
        case "number":
            return int(text) if "." not in text else Decimal(text)
    return text
