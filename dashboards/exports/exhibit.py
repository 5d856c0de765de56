"""What is exported, described once: every format is written from an Exhibit and adds nothing.

An entry of a table carries the value as `query` gave it and the text people read, so that a
workbook holds the number and a page the words, and the two cannot part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from dashboards.charts.frame import Figure

MOST_ROWS = 100_000


class Kind(StrEnum):
    """What a column holds, which decides its alignment and its format in a workbook."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    INSTANT = "instant"


class Entry(NamedTuple):
    """One field of a table: the value, None where it is missing, and how it reads.

    A workbook shows a number with as many digits as its text has. `status` colours a verdict
    (met, near, missed, unknown); "" is no verdict.
    """

    value: str | float | date | datetime | None
    text: str
    status: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` is a share beside the others.

    `apart` columns stand in workbooks alone: on a page they would only take room.
    """

    heading: str
    kind: Kind = Kind.TEXT
    width: float = 1.0
    apart: bool = False

    @property
    def is_right(self) -> bool:
        """Whether its entries are set to the right."""
        return self.kind is not Kind.TEXT


@dataclass(frozen=True)
class Table:
    """Columns and rows; every row has an entry for every column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]

    @property
    def on_pages(self) -> "Table":
        """The table without the columns that only workbooks have."""
        kept = [number for number, column in enumerate(self.columns) if not column.apart]
        return Table(
            tuple(self.columns[number] for number in kept),
            tuple(tuple(row[number] for number in kept) for row in self.rows),
        )


@dataclass(frozen=True)
class Points:
    """A metric over periods: one value each, None is a gap.

    `opens` is the place of the running period, `printed` are figures published elsewhere, at
    their places; `bounds` are the ends of the axis of a rate, None lets counts start at 0.
    `events` are (place, text): what changed the meaning of the numbers before that period.
    """

    title: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    targets: tuple[float | None, ...]
    printed: tuple[float | None, ...]
    opens: int | None
    unit: str
    unit_name: str
    value_name: str
    target_name: str
    printed_name: str
    decimals: int
    language: str = "vi"
    bounds: tuple[float, float] | None = None
    events: tuple[tuple[int, str], ...] = ()

    @property
    def has_targets(self) -> bool:
        return any(one is not None for one in self.targets)

    @property
    def has_printed(self) -> bool:
        return any(one is not None for one in self.printed)


@dataclass(frozen=True)
class Bars:
    """Lines in an order, each with a value and the verdict that colours it.

    `decimals` are the digits the texts have. `most` is the largest value of all lines, also of
    those that are not drawn here: charts that stand side by side have one scale.
    """

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    texts: tuple[str, ...]
    statuses: tuple[str, ...]
    unit: str
    value_name: str
    decimals: int
    most: float


@dataclass(frozen=True)
class Mapped:
    """Areas on a map: the figure of the page's own map, and what its colours mean.

    `legend` are (colour, text) in order.
    """

    title: str
    figure: Figure
    legend: tuple[tuple[str, str], ...]
    caption: str


Chart = Points | Bars | Mapped


@dataclass(frozen=True)
class Exhibit:
    """One chart or table, or both, with everything that has to be said about it.

    `lead` says in a line which days, areas and unit; `source` where the figures are from, how
    far they reach and in which state; `facts` are (name, text) for the sheet "Giải thích".
    `remarks` are what qualifies the numbers, `comment` what the maker of a pack wrote.
    `table_apart` leaves the table to workbooks: the charts say it already, or say that there is
    nothing to draw. `said` are explanations of its figures, one a line. `late` names the
    sources whose data for it are late, doubtful or cut off.
    """

    key: str
    title: str
    lead: str
    source: str
    facts: tuple[tuple[str, str], ...]
    table: Table | None = None
    charts: tuple[Chart, ...] = ()
    remarks: tuple[str, ...] = ()
    comment: str = ""
    simulated: bool = False
    table_apart: bool = False
    said: tuple[str, ...] = ()
    late: tuple[str, ...] = ()

    @property
    def printed(self) -> Table | None:
        """The table as pages show it, where they do."""
        return None if self.table is None or self.table_apart else self.table.on_pages


@dataclass(frozen=True)
class Folder:
    """Exhibits in order, with a cover where there are several.

    `about` are (name, text) about all of them: area, period, snapshot, when and by whom made.
    """

    title: str
    subtitle: str
    exhibits: tuple[Exhibit, ...]
    about: tuple[tuple[str, str], ...]
    made_at: datetime
    language: str
    has_cover: bool = False

    @property
    def simulated(self) -> bool:
        return any(one.simulated for one in self.exhibits)

    @property
    def late(self) -> tuple[str, ...]:
        """The sources whose data are late for any exhibit, each once."""
        return tuple(dict.fromkeys(name for one in self.exhibits for name in one.late))


def texts(rows: Sequence[tuple[Entry, ...]]) -> list[list[str]]:
    """What people read of some rows."""
    return [[entry.text for entry in row] for row in rows]
