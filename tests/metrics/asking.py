"""Asking a snapshot in one line, for tests."""

from datetime import date, datetime
from typing import Any

import pandas as pd

from domain.period import Span
from domain.scope import EVERYTHING, Scope
from metrics import By, Selection, query
from store import Snapshot
from tests.metrics.collected import at

NOW = at("2025-10-05 10:00")


def ask(
    snapshot: Snapshot,
    metrics: str | tuple[str, ...],
    area: str | None = "25",
    span: Span | int = 2020,
    *,
    now: datetime = NOW,
    scope: Scope = EVERYTHING,
    **cut: Any,
) -> pd.DataFrame:
    """The frame of a selection; a year is its whole span."""
    names = (metrics,) if isinstance(metrics, str) else metrics
    days = Span.of_year(span) if isinstance(span, int) else span
    return query(Selection(names, days, area, **cut), scope, snapshot, now=now)


def value(snapshot: Snapshot, metric: str, *where: Any, **cut: Any) -> float:
    """The only value of a selection."""
    frame = ask(snapshot, metric, *where, **cut)
    assert len(frame) == 1
    return float(frame["value"].iloc[0])


def days(start: str, end: str) -> Span:
    """The span from `start` up to, not including, `end`."""
    return Span(date.fromisoformat(start), date.fromisoformat(end))


__all__ = ["NOW", "By", "ask", "days", "value"]
