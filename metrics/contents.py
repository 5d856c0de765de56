"""What a snapshot holds, looked up once per snapshot and forgotten with it.

A snapshot never changes, so neither do these answers; they spare every question the queries
about things that are not there.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import pandas as pd

from domain.area import Boundaries
from metrics import statements
from metrics.selection import DIMENSIONS
from store import Snapshot

Answer = TypeVar("Answer")

_answers: WeakKeyDictionary[Snapshot, dict[tuple[str, ...], Any]] = WeakKeyDictionary()


def first_months(snapshot: Snapshot, record: str, boundaries: Boundaries) -> pd.Series:
    """The first month of events counted at an area's own level, by area id."""

    def look() -> pd.Series:
        sql = statements.FIRST_MONTHS.format(record=record)
        return snapshot.frame(sql, {"map": boundaries.value}).set_index("area_id")["first_day"]

    return remembered(snapshot, ("first_months", record, boundaries.value), look)


def observed_metrics(snapshot: Snapshot) -> frozenset[tuple[str, bool]]:
    """The metrics there are observations of, and whether they stand alone."""

    def look() -> frozenset[tuple[str, bool]]:
        rows = snapshot.rows(statements.OBSERVED_METRICS)
        return frozenset((str(metric), bool(standalone)) for metric, standalone in rows)

    return remembered(snapshot, ("observed_metrics",), look)


def has_table(snapshot: Snapshot, name: str) -> bool:
    """Whether there is a table: one that came with a new version of the program may not be yet.

    It is there as soon as anything is published.
    """

    def look() -> bool:
        return bool(snapshot.rows(statements.HAS_TABLE, {"name": name}))

    return remembered(snapshot, ("has_table", name), look)


def told_names(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """What codes are called: by dimension, then by code.

    A snapshot published before there were names has none until the next one.
    """

    def look() -> dict[str, dict[str, str]]:
        names: dict[str, dict[str, str]] = {}
        if not has_table(snapshot, "name"):
            return names
        for dimension, code, name in snapshot.rows(statements.NAMES):
            names.setdefault(dimension, {})[code] = name
        return names

    return remembered(snapshot, ("names",), look)


def dimension_values(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The codes of each dimension that anything was counted for, in order."""

    def look() -> dict[str, tuple[str, ...]]:
        return {
            by.value: tuple(
                str(code)
                for (code,) in snapshot.rows(statements.DIMENSION_VALUES.format(column=column))
            )
            for by, column in DIMENSIONS["dossier"].items()
        }

    return remembered(snapshot, ("dimension_values",), look)


def remembered(snapshot: Snapshot, question: tuple[str, ...], look: Callable[[], Answer]) -> Answer:
    """What `look` found in a snapshot, looked up the first time it is asked."""
    known = _answers.setdefault(snapshot, {})
    if question not in known:
        known[question] = look()
    return cast("Answer", known[question])
