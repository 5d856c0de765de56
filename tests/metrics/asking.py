"""Asking a snapshot in one line, for tests."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from domain.period import Span
from domain.scope import EVERYTHING, Scope
from metrics import By, Selection, query
from store import Snapshot
from store.snapshot import Reader
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


def counting_events(snapshot: Snapshot, folder: Path) -> Snapshot:
    """The same as an earlier version published it: without counts by field and channel."""
    ((path,),) = snapshot.rows("select path from duckdb_databases() where not internal")
    copy = shutil.copy(path, folder)
    with duckdb.connect(copy) as connection:
        for record in ("dossier", "feedback"):
            connection.execute(f"drop view {record}_area_cut_month")
            connection.execute(f"drop table {record}_cut_month")
    return Snapshot(snapshot.entry, Reader(Path(copy)))


__all__ = ["NOW", "By", "ask", "counting_events", "days", "value"]
