"""Values that come with a type (JSON, a database, a workbook) as the texts that are harmonised.

A type says more than a text: a number has no decimal comma, an instant no order of day and
month. So each is written in the one way that is read back without a doubt.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pyarrow as pa

from datasources.reading.arrow import Column

UNREADABLE: tuple[type[Exception], ...] = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What the JSON reader raises of what it cannot read: broken, no UTF-8, nested without end."""

ISO_FORMS = (
    "yyyy-MM-dd",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd HH:mm:ssZ",
    "yyyy-MM-dd HH:mm:ss.f",
    "yyyy-MM-dd HH:mm:ss.fZ",
)
"""How typed dates are written here: known beside the formats that a stanza gives for texts."""

LARGEST = 10**18
EPOCHS = {"s": 1.0, "ms": 1000.0}


class ShapeError(Exception):
    """A value that is not one plain value; says what it is, and not what it holds."""


def text_of(value: object, decimal: str = ".") -> str | None:  # noqa: PLR0911  (one per type)
    """One value as text, None for none. `decimal` is the sign the source's texts have in numbers.

    A list of plain values becomes its parts joined by ";". Raises ShapeError.
    """
    match value:
        case None | "":
            return None
        case str():
            return _writable(value)
        case bool():
            return "true" if value else "false"
        case int():
            return _whole(value)
        case float() | Decimal():
            return _fraction(Decimal(repr(value)) if isinstance(value, float) else value, decimal)
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time() | UUID():
            return str(value)
        case list() | tuple():
            return ";".join(text_of(part, decimal) or "" for part in _plain(value))
    raise ShapeError("is not one plain value")


def epoch_text(value: object, unit: str) -> object:
    """A count of seconds or milliseconds since 1970 as an instant; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return datetime.fromtimestamp(value / EPOCHS[unit], UTC)
    except (ValueError, OverflowError, OSError):
        raise ShapeError("is no time since 1970") from None


def column_of(texts: Sequence[str | None]) -> Column:
    """A column of texts."""
    return pa.array(texts, pa.string())


def texts_at_once(values: Sequence[Any]) -> "Column | None":
    """A column of one plain type as texts; None where its values have to be looked at singly."""
    kinds = {type(one) for one in values} - {type(None)}
    try:
        if kinds <= {str}:
            return pa.array(values, pa.string())
        if kinds == {int}:
            return pa.array(values, pa.int64()).cast(pa.string())
        if kinds == {date}:
            return pa.array(values, pa.date32()).cast(pa.string())
        if kinds == {datetime}:
            zoned = {one.tzinfo is not None for one in values if one is not None}
            if len(zoned) == 1:
                zone = "UTC" if zoned.pop() else None
                return pa.array(values, pa.timestamp("us", zone)).cast(pa.string())
    except (pa.ArrowInvalid, OverflowError, UnicodeError):
        return None
    return None


def _writable(text: str) -> str:
    """The text, if it can be written at all: half a pair of surrogates cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ShapeError("is no text that can be written") from None
    return text


def _whole(number: int) -> str:
    if abs(number) >= LARGEST:
        raise ShapeError("is a number too large to be meant")
    return str(number)


def _fraction(number: Decimal, decimal: str) -> str | None:
    if not number.is_finite():
        return None
    if abs(number) >= LARGEST:
        raise ShapeError("is a number too large to be meant")
    if number == number.to_integral_value():
        return str(int(number))
    return f"{number:f}".replace(".", decimal)


def _plain(parts: Iterable[object]) -> Iterable[object]:
    for part in parts:
        if isinstance(part, list | tuple | dict):
            raise ShapeError("is a list of lists or objects")
        yield part
