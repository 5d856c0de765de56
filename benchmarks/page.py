"""What a page about a province asks for, once through `metrics.query` and once as bare SQL.

    python -m benchmarks.page HOME PAGE ours|bare TIMES

is one process of the comparison in query.py: it opens the snapshot, asks the first time, then
TIMES times more, and prints milliseconds and values as JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import bare
from benchmarks.forms import FIELD_CODES
from benchmarks.province import PROVINCE
from domain.area import Boundaries
from domain.errors import IocError
from domain.period import Grain, ReportingCalendar, Span, add_months, period_start
from domain.scope import EVERYTHING
from metrics.query import query
from metrics.rules import rules
from metrics.selection import By, Selection
from store import current_snapshot
from store.pointer import FOLDER, read_pointer

CARDS = (
    "dossiers_received",
    "dossiers_resolved",
    "dossiers_resolved_early",
    "dossiers_resolved_on_time",
    "dossiers_resolved_late",
    "dossiers_pending",
    "dossiers_pending_overdue",
    "on_time_rate_resolved",
    "on_time_rate_qd766",
    "resolution_rate",
    "online_dossier_rate",
    "null_due_share",
)
RANKED = ("on_time_rate_resolved", "dossiers_received")
TREND_MONTHS = 24
FIELD = FIELD_CODES[3]

Values = dict[str, list[float | None]]
Part = Callable[[], Values]


@dataclass(frozen=True)
class Page:
    """A page: by which months it counts and whether it is narrowed to one field."""

    title: str
    reporting: ReportingCalendar = ReportingCalendar.MONTH
    filters: tuple[tuple[str, str], ...] = ()

    def spans(self, horizon: date) -> tuple[Span, Span]:
        """The span of cards and ranking, the twelve months up to now; and that of the trend."""
        last = period_start(horizon, Grain.MONTH, self.reporting)
        end = horizon + timedelta(days=1)
        return Span(add_months(last, -11), end), Span(add_months(last, 1 - TREND_MONTHS), end)


PAGES: Mapping[str, Page] = {
    "months": Page("by calendar month"),
    "reporting": Page("by the months of reports, 15th to 14th", ReportingCalendar.ND09),
    "filtered": Page("of one field of administration", filters=(("field", FIELD),)),
}


def parts_of_ours(home: Path, page: Page) -> dict[str, Part]:
    """Cards, trend, ranking with map, each through `metrics.query` on the current snapshot."""
    snapshot, by, now = current_snapshot(home), rules(), datetime.now(UTC)
    span, trend = page.spans(snapshot.horizon)

    def ask(metrics: tuple[str, ...], span: Span, **cut: Any) -> Any:
        selection = Selection(
            metrics,
            span,
            area=PROVINCE,
            boundaries=Boundaries.TODAY,
            filters=page.filters,
            reporting=page.reporting,
            **cut,
        )
        return query(selection, EVERYTHING, snapshot, now=now, rules=by)

    return {
        "cards": lambda: _values(ask(CARDS, span)),
        "trend": lambda: _values(ask(CARDS, trend, grain=Grain.MONTH)),
        "ranking": lambda: _values(ask(RANKED, span, by=By.AREA)),
    }


def parts_of_bare(home: Path, page: Page) -> dict[str, Part]:
    """The same numbers by SQL written for just this page, on the same file."""
    pointer = read_pointer(home)
    assert pointer is not None
    entry = pointer.current
    connection = duckdb.connect(home / FOLDER / entry.file, read_only=True, config={"threads": 2})
    connection.execute("set TimeZone = 'Asia/Ho_Chi_Minh'")
    span, trend = page.spans(entry.horizon)
    return bare.parts(connection, bare.Asked(PROVINCE, span, trend, page.reporting, page.filters))


def _values(frame: Any) -> Values:
    """Values by metric and area, in the order of the periods."""
    found: Values = {}
    for metric, area, value in zip(frame["metric"], frame["area_id"], frame["value"], strict=True):
        found.setdefault(f"{metric} {area}", []).append(None if isnan(value) else float(value))
    return found


def measured(open_parts: Callable[[], dict[str, Part]], times: int) -> dict[str, Any]:
    """Milliseconds of opening, of each part the first time, and of each part again and again."""
    started = time.perf_counter()
    parts = open_parts()
    opened = _since(started)
    values: dict[str, Values] = {}
    first: dict[str, float] = {}
    for name, part in parts.items():
        started = time.perf_counter()
        values[name] = part()
        first[name] = _since(started)
    again: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(times):
        for name, part in parts.items():
            started = time.perf_counter()
            part()
            again[name].append(_since(started))
    return {"opening": opened, "first": first, "again": again, "values": values}


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def main(home: Path, page: Page, side: str, times: int) -> None:
    # As in a server that has been running: everything is imported, the registers are read, and
    # DuckDB has been used; only the snapshot is new.
    rules()
    duckdb.connect().sql("select 1 as one").df()
    opener = {"ours": parts_of_ours, "bare": parts_of_bare}[side]
    try:
        print(json.dumps(measured(lambda: opener(home, page), times)))
    except IocError as error:
        print(json.dumps({"error": error.message}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), PAGES[sys.argv[2]], sys.argv[3], int(sys.argv[4]))
