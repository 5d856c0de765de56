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
from store import Snapshot

Answer = TypeVar("Answer")

_answers: WeakKeyDictionary[Snapshot, dict[tuple[str, ...], Any]] = WeakKeyDictionary()


def first_months(snapshot: Snapshot, record: str, boundaries: Boundaries) -> pd.Series:
    """The first month of events counted at an area's own level, by area id."""

    def look() -> pd.Series:
        sql = statements.FIRST_MONTHS.format(record=record)
        return snapshot.frame(sql, {"map": boundaries.value}).set_index("area_id")["first_day"]

    return _remembered(snapshot, ("first_months", record, boundaries.value), look)


def observed_metrics(snapshot: Snapshot) -> frozenset[tuple[str, bool]]:
    """The metrics there are observations of, and whether they stand alone."""

    def look() -> frozenset[tuple[str, bool]]:
        rows = snapshot.rows(statements.OBSERVED_METRICS)
        return frozenset((str(metric), bool(standalone)) for metric, standalone in rows)

    return _remembered(snapshot, ("observed_metrics",), look)


def _remembered(
    snapshot: Snapshot, question: tuple[str, ...], look: Callable[[], Answer]
) -> Answer:
    known = _answers.setdefault(snapshot, {})
    if question not in known:
        known[question] = look()
    return cast("Answer", known[question])
