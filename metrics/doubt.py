"""What rules of doubt have in common: how they look, and what a finding says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from domain.calendar import WorkingCalendar
from domain.errors import SelectionError
from domain.period import Grain, Span
from domain.scope import Scope
from metrics.formula import Text
from metrics.metric import Metric
from metrics.quality_rules import QualityRule
from metrics.query import query
from metrics.rules import Rules
from metrics.selection import By, Selection
from store import Snapshot

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One figure in doubt: which, where, when, by which rule, and what was expected.

    `value` and `expected` are in the metric's unit; `words` say it in a sentence.
    """

    rule: str
    metric: str
    area_id: str
    area_name: str
    span: Span
    value: float
    expected: float
    words: Text
    citation: str = ""


@dataclass(frozen=True)
class Look:
    """One search for findings."""

    selection: Selection
    scope: Scope
    snapshot: Snapshot
    now: datetime
    rules: Rules

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return self.rules.calendar

    def metric(self, name: str) -> Metric:
        return self.rules.catalogue.metric(name)

    def rows(self, metrics: tuple[str, ...], span: Span, grain: Grain | None) -> pd.DataFrame:
        """The values of the area and of those directly in it, where there are any."""
        asked = Selection(
            metrics,
            span,
            self.selection.area,
            grain,
            boundaries=self.selection.boundaries,
            as_of=self.selection.as_of,
            reporting=self.selection.reporting,
        )
        frames = [self._ask(asked)]
        try:
            frames.append(self._ask(replace(asked, by=By.AREA)))
        except SelectionError:  # nothing lies in it
            return frames[0]
        return pd.concat(frames, ignore_index=True)

    def _ask(self, asked: Selection) -> pd.DataFrame:
        frame = query(asked, self.scope, self.snapshot, now=self.now, rules=self.rules)
        return frame[frame["value"].notna() & ~frame["open"]]


def records(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a frame by the names of its columns."""
    yield from frame.to_dict("records")  # type: ignore[misc]  # keys are column names


def span_of(row: Row) -> Span:
    """The period a row is of."""
    return Span(row["period_start"], row["period_end"])


def cells_of(frame: pd.DataFrame) -> dict[tuple[str, Span, bool], dict[str, Row]]:
    """By area, period and whether printed: the row of each metric."""
    found: dict[tuple[str, Span, bool], dict[str, Row]] = {}
    for row in records(frame):
        cell = found.setdefault((row["area_id"], span_of(row), row["reported"]), {})
        cell.setdefault(row["metric"], row)
    return found


def finding(
    look: Look,
    rule: QualityRule,
    row: Row,
    expected: float,
    words: Text,
    *,
    value: float | None = None,
) -> Finding:
    """A finding about the figure of a row, with its area and days before its words."""
    name = look.rules.register.get(row["area_id"]).full_name
    days = f"{row['period_start']:%d/%m/%Y}–{span_of(row).last_day:%d/%m/%Y}"
    return Finding(
        rule.id,
        row["metric"],
        row["area_id"],
        name,
        span_of(row),
        float(row["value"]) if value is None else value,
        expected,
        Text(
            f"{rule.name.vi}. {name}, {days}: {words.vi}.",
            f"{rule.name.en}. {name}, {days}: {words.en}.",
        ),
        row["citation"],
    )


def en(number: float, decimals: int = 0) -> str:
    """A number as it is written in English."""
    return f"{number:,.{decimals}f}"


def vi(number: float, decimals: int = 0) -> str:
    """A number as it is written in Vietnamese."""
    return en(number, decimals).translate(str.maketrans(",.", ".,"))
