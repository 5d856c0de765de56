"""Whole columns of dates at once: the twin of `dates.instant` and `dates.day`.

Texts of one length and one shape are digits at the same places, so a million of them are read
by a few dozen operations on a matrix of bytes.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from datasources.reading.arrow import INSTANT, Column, Flags, Numbers
from datasources.reading.dates import (
    DAY_END,
    DIGITS,
    EARLIEST,
    LATEST,
    NOTHING,
    Layout,
    day,
    layout_of,
)
from domain.errors import RecordError

Bytes = NDArray[np.uint8]
Small = NDArray[np.int32]
Number = TypeVar("Number", np.int32, np.uint8)
Group = tuple[Numbers, Bytes, Layout | None]

SECOND = 1_000_000
DAY = 86_400 * SECOND
MANY_SHAPES = 64
MONTH_STARTS: Numbers = (
    np.arange(f"{EARLIEST}-01", f"{LATEST + 1}-02", dtype="datetime64[M]")
    .astype("datetime64[D]")
    .astype(np.int64)
)
"""The day number (since 1970) on which each month begins."""


def instants(
    texts: Column,
    zone: ZoneInfo,
    patterns: tuple[str, ...] = (),
    *,
    day_end: bool = False,
) -> tuple[Column, Flags]:
    """The texts as instants in UTC, null for none, and which of the texts are no date."""
    micros = np.zeros(len(texts), dtype=np.int64)
    valid = np.zeros(len(texts), dtype=np.bool_)
    bad = np.zeros(len(texts), dtype=np.bool_)
    for rows, matrix in by_length(texts):
        for group, digits, layout in _by_layout(matrix, patterns):
            at = rows[group]
            if layout is None:
                bad[at] = True
            else:
                micros[at], valid[at], bad[at] = _block(digits, layout, zone, day_end)
    return pa.array(micros, mask=~valid).cast(INSTANT), bad


def days(texts: Column, zone: ZoneInfo, patterns: tuple[str, ...] = ()) -> tuple[Column, Flags]:
    """The texts as days, null for none, and which of the texts are no date; few differ."""
    read: dict[str | None, tuple[date | None, bool]] = {}
    for text in texts.unique().to_pylist():
        try:
            read[text] = day(text, zone, patterns), False
        except RecordError:
            read[text] = None, True
    found = [read[text] for text in texts.to_pylist()]
    bad = np.array([wrong for _, wrong in found], dtype=np.bool_)
    return pa.array([when for when, _ in found], pa.date32()), bad


def by_length(texts: Column) -> Iterator[tuple[Numbers, Bytes]]:
    """Rows whose texts are equally long, and their bytes as a matrix; empty texts left out."""
    lengths = np.diff(_offsets_of(texts))
    if texts.null_count:
        lengths[np.asarray(texts.is_null())] = 0
    for length in np.flatnonzero(np.bincount(lengths, minlength=1)):
        if length:
            rows = np.flatnonzero(lengths == length)
            same = texts if len(rows) == len(texts) else texts.take(rows)
            yield rows, _matrix(same, int(length))


def _offsets_of(texts: Column) -> NDArray[np.int32]:
    """Where each text begins in the bytes of them all, and where the last one ends."""
    if not len(texts):
        return np.zeros(1, dtype=np.int32)
    offsets = _numbers_in(texts, 1, np.int32)
    return offsets[texts.offset : texts.offset + len(texts) + 1]


def _matrix(texts: Column, length: int) -> Bytes:
    """The bytes of texts that are all `length` long, one row each, without a copy."""
    first = int(_offsets_of(texts)[0])
    flat = _numbers_in(texts, 2, np.uint8)[first : first + len(texts) * length]
    return flat.reshape(len(texts), length)


def _numbers_in(texts: Column, place: int, kind: type[Number]) -> NDArray[Number]:
    """One of the two buffers behind texts: 1 where each begins, 2 their bytes."""
    buffer: Any = texts.buffers()[place]
    return np.frombuffer(buffer, dtype=kind)


def _by_layout(matrix: Bytes, patterns: tuple[str, ...]) -> Iterator[Group]:
    """Rows of one shape at a time, their digits as numbers, and their layout; None for no date."""
    left = np.arange(len(matrix))
    for _ in range(MANY_SHAPES):
        if not len(left):
            return
        text = matrix[0].tobytes().decode("latin-1")
        shape = text.translate(DIGITS)
        # A digit may be 0 to 9 more than the shape's 0; anything else must be the same.
        above = matrix - np.frombuffer(shape.encode("latin-1"), dtype=np.uint8)
        room = np.array([9 if letter == "0" else 0 for letter in shape], dtype=np.uint8)
        wrong = above > room
        other = wrong.any(axis=1) if wrong.any() else np.zeros(len(matrix), dtype=np.bool_)
        if shape.strip() not in NOTHING:
            rows = np.flatnonzero(~other)
            yield (
                left[rows],
                above if len(rows) == len(above) else above[rows],
                layout_of(shape, patterns),
            )
        matrix, left = matrix[other], left[other]
    yield from _rubbish(matrix, left, patterns)


def _rubbish(matrix: Bytes, left: Numbers, patterns: tuple[str, ...]) -> Iterator[Group]:
    """The same for a column of endlessly many shapes, such as names: one pass, row by row."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row in range(len(matrix)):
        shape = matrix[row].tobytes().decode("latin-1").translate(DIGITS)
        if shape.strip() not in NOTHING:
            groups[shape if layout_of(shape, patterns) else ""].append(row)
    for shape, rows in groups.items():
        base = np.frombuffer(shape.encode("latin-1"), dtype=np.uint8) if shape else np.uint8(0)
        yield left[rows], matrix[rows] - base, layout_of(shape, patterns)


def _block(
    digits: Bytes, layout: Layout, zone: ZoneInfo, day_end: bool
) -> tuple[Numbers, Flags, Flags]:
    """Microseconds since 1970 in UTC, which rows hold a date, and which are wrong."""
    year, month, day_, hour, minute, second = (
        _number(digits, part)
        for part in (
            layout.year, layout.month, layout.day, layout.hour, layout.minute, layout.second,
        )
    )  # fmt: skip
    zero = (year <= 1) & (month == year) & (day_ == year)
    good = (year >= EARLIEST) & (year <= LATEST) & (month >= 1) & (month <= 12) & (day_ >= 1)
    good &= (hour <= 23) & (minute <= 59) & (second <= 59)
    place = np.where(good, (year - EARLIEST) * 12 + month - 1, 0)
    starts = MONTH_STARTS[place]
    good &= day_ <= MONTH_STARTS[place + 1] - starts
    of_day = hour * 3600 + minute * 60 + second
    micros = ((starts + day_ - 1) * 86_400 + of_day) * SECOND + _fraction(digits, layout.fraction)
    if day_end and layout.hour is None:
        micros += DAY_END // timedelta(microseconds=1)
    offsets, offset_good = _offsets(digits, layout, np.where(good, micros, 0), zone)
    good &= offset_good
    return micros - offsets, good & ~zero, ~good & ~zero


def _number(digits: Bytes, part: slice | None) -> Small:
    """The number whose digits stand in some columns; 0 where the layout has none."""
    total = np.zeros(len(digits), dtype=np.int32)
    for column in range(part.start, part.stop) if part else ():
        total *= 10
        total += digits[:, column]
    return total


def _fraction(digits: Bytes, part: slice | None) -> Small:
    """Microseconds; what is finer is cut off."""
    if part is None:
        return np.zeros(1, dtype=np.int32)
    width = min(part.stop - part.start, 6)
    scale = np.int32(10 ** (6 - width))
    return _number(digits, slice(part.start, part.start + width)) * scale


def _offsets(
    digits: Bytes, layout: Layout, walls: Numbers, zone: ZoneInfo
) -> tuple[Numbers, Flags]:
    """By how much each wall time is ahead of UTC, in microseconds, and where that can be."""
    fine = np.ones(1, dtype=np.bool_)
    if layout.zone is None:
        return _zone_offsets(walls, zone), fine
    if layout.zone in "Zz":
        return np.zeros(1, dtype=np.int64), fine
    hour_at = layout.zone_at + 1
    minute_at = layout.zone_at + len(layout.zone) - 2
    hours = _number(digits, slice(hour_at, hour_at + 2)).astype(np.int64)
    minutes = _number(digits, slice(minute_at, minute_at + 2) if len(layout.zone) > 3 else None)
    sign = -1 if layout.zone[0] == "-" else 1
    return sign * (hours * 60 + minutes) * 60 * SECOND, (hours <= 15) & (minutes <= 59)


def _zone_offsets(walls: Numbers, zone: ZoneInfo) -> Numbers:
    first, last = int(walls.min()) // DAY, int(walls.max()) // DAY
    begins, offsets = _wall_offsets(zone, first, last + 1)
    if len(offsets) == 1:
        return offsets
    return offsets[np.searchsorted(begins, walls, side="right") - 1]


@lru_cache(maxsize=256)
def _wall_offsets(zone: ZoneInfo, first: int, last: int) -> tuple[Numbers, Numbers]:
    """From which wall time on which offset holds, between two day numbers.

    The earlier offset where a wall time comes twice or never, as Python's own dates have it.
    """
    begins, offsets = [first * DAY], [_offset_at(first * DAY, zone)]
    for number in range(first + 1, last + 1):
        offset = _offset_at(number * DAY, zone)
        if offset != offsets[-1]:
            begins.append(_change(number * DAY - DAY, number * DAY, zone))
            offsets.append(offset)
    return np.array(begins), np.array(offsets)


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """The first wall time, to the second, at which the offset is that of `after`."""
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        if _offset_at(middle, zone) == _offset_at(after, zone):
            after = middle
        else:
            before = middle
    return after


def _offset_at(wall: int, zone: ZoneInfo) -> int:
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=wall)).replace(tzinfo=zone)
    offset = moment.utcoffset() or timedelta(0)
    return offset // timedelta(microseconds=1)
