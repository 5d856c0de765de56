"""Where every part of a slide stands, for any shape of screen, from one set of rules.

Everything is measured in the size of the smallest text: a screen is always 45 of them high, and
as wide as its shape makes it: 80 at 16:9, 107 at 21:9, 25 when it stands upright. What does not
fit beside goes to a page of its own: nothing is made smaller than can be read from five metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

LINES = 45.0
MARGIN, GAP = 0.9, 0.7
HEAD, FOOT = 4.3, 2.3
UPRIGHT, UPRIGHT_HEAD, UPRIGHT_TICKER, UPRIGHT_SMALL = 40.0, 5.7, 7.4, 16.0
"""A narrower screen stands upright: words take more lines, and of large parts each has a page."""
SMALL_WIDTH, SMALL_HEIGHT = 17.0, 11.8
LARGE_WIDTH, LARGE_HEIGHT = 30.0, 16.5
STRIP_HEIGHT, TICKER_HEIGHT = 13.2, 4.6
BEST_RATIO = 1.55
NARROWEST, WIDEST = 18.0, 200.0
EMPTY_PLACE = 0.8
"""How much a row that is not full weighs against the best shape."""


@dataclass(frozen=True)
class Room:
    """A rectangle, in sizes of the smallest text, from the upper left corner of the screen."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Part:
    """Something to be placed: `size` is small, large or ticker; `share` its width beside others."""

    key: str
    size: str
    share: float = 1.0


Placed = tuple[tuple[Part, Room], ...]


@dataclass(frozen=True)
class Sheet:
    """A screen: its width, and its height of 45 lines divided by the playlist's scale."""

    width: float
    height: float = LINES

    @classmethod
    def of(cls, ratio: float, scale: float) -> "Sheet":
        """The sheet of a screen that is `ratio` times as wide as high."""
        height = LINES / scale
        return cls(round(min(max(ratio * height, NARROWEST), WIDEST), 2), height)

    @property
    def stage(self) -> Room:
        """The room between head and foot."""
        head = UPRIGHT_HEAD if self.width < UPRIGHT else HEAD
        return Room(MARGIN, head, self.width - 2 * MARGIN, self.height - head - FOOT)


def pages(parts: Sequence[Part], sheet: Sheet) -> list[Placed]:
    """The parts in their order with their rooms, on as few pages as they can be read on."""
    stage = sheet.stage
    tickers = [part for part in parts if part.size == "ticker"]
    small = [part for part in parts if part.size == "small"]
    large = [part for part in parts if part.size == "large"]
    if not small and not large:
        return [_grid(tickers, stage, 1)]
    ticker = UPRIGHT_TICKER if sheet.width < UPRIGHT else TICKER_HEIGHT
    below = (ticker + GAP) * len(tickers)
    main = Room(stage.x, stage.y, stage.width, stage.height - below)
    found = _main(small, large, main)
    floor = Room(stage.x, main.y + main.height + GAP, stage.width, below - GAP)
    return [(*page, *_grid(tickers, floor, 1)) for page in found]


def _main(small: Sequence[Part], large: Sequence[Part], room: Room) -> list[Placed]:
    if not large:
        return _smalls(small, room)
    if not small:
        return _larges(large, room)
    fits = len(small) * (SMALL_WIDTH + GAP) <= room.width + GAP
    if not fits or room.height - STRIP_HEIGHT - GAP < LARGE_HEIGHT:
        return [*_smalls(small, room), *_larges(large, room)]
    strip = Room(room.x, room.y, room.width, STRIP_HEIGHT)
    top = _grid(small, strip, len(small))
    rest = Room(room.x, room.y + STRIP_HEIGHT + GAP, room.width, room.height - STRIP_HEIGHT - GAP)
    first, *others = _larges(large, rest)
    return [(*top, *first), *([] if not others else _larges(large[len(first) :], room))]


def _smalls(parts: Sequence[Part], room: Room) -> list[Placed]:
    most = max(1, int((room.width + GAP) // (SMALL_WIDTH + GAP)))
    least = UPRIGHT_SMALL if room.width < UPRIGHT else SMALL_HEIGHT
    rows = max(1, int((room.height + GAP) // (least + GAP)))
    found = []
    for group in _evenly(parts, most * rows):
        columns = min(
            range(max(1, ceil(len(group) / rows)), min(most, len(group)) + 1),
            key=lambda columns: _awkwardness(len(group), columns, room),
        )
        found.append(_grid(group, room, columns))
    return found


def _awkwardness(count: int, columns: int, room: Room) -> float:
    """How far the shape of so many tiles in so many columns is from the best one."""
    rows = ceil(count / columns)
    width = (room.width - GAP * (columns - 1)) / columns
    ratio = width / ((room.height - GAP * (rows - 1)) / rows)
    return abs(ratio - BEST_RATIO) + EMPTY_PLACE * (count % columns > 0)


def _larges(parts: Sequence[Part], room: Room) -> list[Placed]:
    most = max(1, int((room.width + GAP) // (LARGE_WIDTH + GAP)))
    rows = max(1, int((room.height + GAP) // (LARGE_HEIGHT + GAP)))
    rows = 1 if room.width < UPRIGHT else rows
    return [_grid(group, room, min(most, len(group))) for group in _evenly(parts, most * rows)]


def _evenly(parts: Sequence[Part], most: int) -> list[Sequence[Part]]:
    """Groups of at most so many, as equal as can be."""
    count = ceil(len(parts) / most)
    each = ceil(len(parts) / count) if count else 1
    return [parts[start : start + each] for start in range(0, len(parts), each)]


def _grid(parts: Sequence[Part], room: Room, columns: int) -> Placed:
    """Rows of so many, as high as each other; a row's width is shared as its parts ask."""
    rows = [parts[start : start + columns] for start in range(0, len(parts), columns)]
    if not rows:
        return ()
    height = (room.height - GAP * (len(rows) - 1)) / len(rows)
    found: list[tuple[Part, Room]] = []
    for number, row in enumerate(rows):
        x, y = room.x, room.y + number * (height + GAP)
        width = room.width - GAP * (len(row) - 1)
        total = sum(part.share for part in row)
        is_short = number and len(row) < columns  # the last row keeps the columns above it
        for part in row:
            own = width * part.share / total
            if is_short:
                own = (room.width - GAP * (columns - 1)) / columns
            found.append((part, Room(round(x, 2), round(y, 2), round(own, 2), round(height, 2))))
            x += own + GAP
    return tuple(found)
