"""What the page of submissions needs of whoever reads workbooks and keeps their book.

Forms come from sources and workbooks are read by them; pages know neither. Whoever wires the
program hands a `Desk` to `create_app`; without one the page says that the feature is off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from domain.scope import Scope

Figures = tuple[float | None, float | None, float | None]
"""Numerator, denominator, value; None where there is none."""

Change = Literal["wrong", "new", "changed", "unchanged", "empty"]
Fate = Literal["received", "held", "loaded", "failed", "refused"]


class Refused(Exception):  # noqa: N818  (an answer, not a failure)
    """What cannot be done: the key of its sentence below `submit.refused_`, and its gaps."""

    def __init__(self, key: str, **gaps: str) -> None:
        super().__init__(key)
        self.key = key
        self.gaps = gaps


@dataclass(frozen=True)
class Choice:
    """One form for one period and one choice of areas, as the page's address writes them."""

    form: str
    period: str
    area: str


@dataclass(frozen=True)
class Option:
    """Something to choose: its key and what people call it."""

    key: str
    name: str


@dataclass(frozen=True)
class FormInfo:
    """A form that somebody may fill in. `problem` says what is wrong with its stanza."""

    key: str
    name: str
    owner: str
    metrics: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong and where: the cell, or "" for the whole file; key below `submit.problem_`."""

    cell: str
    key: str
    gaps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One row of the form as it was filled in: what stood in its cells, and what it means.

    `row` is its number in the sheet, `asks` says which of D, E and F are filled in, `old` what
    was submitted last.
    """

    row: int
    metric: str
    area: str
    unit: str
    asks: str
    shown: tuple[str, str, str]
    old: Figures | None
    new: Figures | None
    change: Change
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Preview:
    """A workbook, read and not yet submitted.

    `problems` are those of the whole file, `absent` the rows of the form that it lacks; `other`
    is what it was made for, if that is something else. `draft` is set when it may be confirmed.
    """

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    absent: int = 0
    other: Choice | None = None
    draft: str = ""
    sha256: str = ""

    def count(self, change: Change) -> int:
        """How many rows have changed in this way."""
        return sum(row.change == change for row in self.rows)


@dataclass(frozen=True)
class Entry:
    """One submission in the book, and its fate so far."""

    receipt: str
    period: str
    area: str
    person: str
    submitted_at: datetime
    sha256: str
    bytes: int
    figures: int
    fate: Fate
    settled_at: datetime | None
    detail: str = ""


@dataclass(frozen=True)
class Asked:
    """What a form asks for one choice: its rows, and how many metrics and areas they are."""

    name: str
    period: str
    area: str
    metrics: int
    areas: int
    rows: int


class Desk(Protocol):
    """Where forms are handed out and handed in. Areas outside the scope do not exist for it."""

    def forms(self, language: str) -> Sequence[FormInfo]:
        """Every form there is."""
        ...

    def periods(self, form: str, language: str) -> Sequence[Option]:
        """The periods of a form, the newest first; that which ended last is the usual one."""
        ...

    def usual_period(self, form: str) -> str:
        """The key of the period that ended last. Raises Refused."""
        ...

    def areas(self, form: str, period: str, scope: Scope, language: str) -> Sequence[Option]:
        """Who may submit for a period, several at once first. Raises Refused."""
        ...

    def asked(self, choice: Choice, scope: Scope, language: str) -> Asked:
        """What a form asks. Raises Refused."""
        ...

    def template(self, choice: Choice, scope: Scope) -> bytes:
        """The workbook to fill in. Raises Refused."""
        ...

    def preview(
        self, choice: Choice, content: bytes, person: str, scope: Scope, language: str
    ) -> Preview:
        """What a filled workbook says; kept as a draft if nothing is wrong. Raises Refused."""
        ...

    def confirm(self, draft: str, person: str, scope: Scope) -> str:
        """Submit a draft; the receipt. The same draft again gives the same one. Raises Refused."""
        ...

    def cancel(self, draft: str, person: str) -> None:
        """Forget a draft."""
        ...

    def entries(self, form: str, scope: Scope, language: str, most: int) -> Sequence[Entry]:
        """The last submissions of a form, the newest first."""
        ...
