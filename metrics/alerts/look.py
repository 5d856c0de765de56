"""What rules are judged by, and what comes of it: a snapshot, an instant, and judgements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import isnan
from typing import Any

import pandas as pd

from domain.freshness import Freshness
from domain.scope import EVERYTHING
from metrics.query import query
from metrics.rules import Rules
from metrics.selection import Selection
from store import Snapshot
from store.state.alerts import Key, Seen

Row = Mapping[str, Any]
TRUSTED = (Freshness.FRESH.value, Freshness.HOLIDAY.value)
"""The states in which figures may be called well."""


class Verdict(StrEnum):
    """What is found of one thing.

    BETWEEN is neither well enough to end an alert nor bad enough to begin one.
    """

    BAD = "bad"
    GOOD = "good"
    BETWEEN = "between"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judgement:
    """One thing judged, and what was seen."""

    key: Key
    verdict: Verdict
    seen: Seen


@dataclass(frozen=True)
class Look:
    """What rules are judged by: one snapshot at one instant."""

    snapshot: Snapshot
    now: datetime
    rules: Rules

    @property
    def horizon(self) -> date:
        return self.snapshot.horizon

    def ask(self, selection: Selection) -> pd.DataFrame:
        """The values of a selection, for nobody in particular."""
        return query(selection, EVERYTHING, self.snapshot, now=self.now, rules=self.rules)


def records(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a frame."""
    yield from frame.to_dict("records")  # type: ignore[misc]  # keys are column names


def seen_in(row: Row, bound: float | None) -> Seen:
    """What a row of values shows, against the bound it is held to."""
    return Seen(
        row["snapshot"],
        row["period_start"],
        row["period_end"],
        number(row["numerator"]),
        number(row["denominator"]),
        number(row["value"]),
        bound,
        _whole(row["coverage_reported"]),
        row["freshness"],
        version=int(row["definition_version"]),
        simulated=bool(row["simulated"]),
    )


def number(value: Any) -> float | None:
    """A number, or None for what is missing."""
    return None if value is None or isnan(value) else float(value)


def _whole(value: Any) -> int | None:
    told = number(value)
    return None if told is None else int(told)
