"""What a page asks for, once through `metrics.query` and once as bare SQL.

    python -m benchmarks.page HOME USED PAGE ours|bare TIMES

is one process of the comparison in query.py. It asks the snapshot of the home USED, so that all
is loaded; then that of HOME is published to it, and it asks the first time and TIMES times more,
and prints what that took and the values as JSON.
"""

import json
import sys
import tempfile
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
from benchmarks.timing import Spent, timed
from domain.area import COUNTRY_ID, Boundaries, Level
from domain.errors import IocError
from domain.period import Grain, ReportingCalendar, Span, add_months, period_start
from domain.scope import EVERYTHING
from metrics.query import query
from metrics.rules import rules
from metrics.selection import By, Selection
from store import current_snapshot
from store.pointer import FOLDER, Pointer, read_pointer, write_pointer

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
FIELD = FIELD_CODES[3]

Values = dict[str, list[float | None]]
Part = Callable[[], Values]


@dataclass(frozen=True)
class Page:
    """A page: by which months it counts and whether it is narrowed to one field.

    `area` is the id of the area it is about; its first answers may take `cold_ms`.
    """

    title: str
    reporting: ReportingCalendar = ReportingCalendar.MONTH
    filters: tuple[tuple[str, str], ...] = ()
    area: str = PROVINCE
    parts: tuple[str, ...] = ("cards", "trend", "ranking")
    cold_ms: float = 150.0
    trend_months: int = 24

    def spans(self, horizon: date) -> tuple[Span, Span]:
        """The span of cards and ranking, the twelve months up to now; and that of the trend."""
        last = period_start(horizon, Grain.MONTH, self.reporting)
        end = horizon + timedelta(days=1)
        return Span(add_months(last, -11), end), Span(add_months(last, 1 - self.trend_months), end)


PAGES: Mapping[str, Page] = {
    "months": Page("by calendar month"),
    "reporting": Page("by the months of reports, 15th to 14th", ReportingCalendar.ND09),
    "filtered": Page("of one field of administration", filters=(("field", FIELD),)),
}
COUNTRY: Mapping[str, Page] = {
    "country": Page(
        "the country",
        area=COUNTRY_ID,
        parts=("map", "ranking", "trend"),
        cold_ms=400.0,
        trend_months=12,
    ),
}


def parts_of_ours(home: Path, page: Page) -> dict[str, Part]:
    """The page's parts, each through `metrics.query` on the current snapshot."""
    snapshot, by, now = current_snapshot(home), rules(), datetime.now(UTC)
    span, trend = page.spans(snapshot.horizon)

    def ask(metrics: tuple[str, ...], span: Span, **cut: Any) -> Any:
        selection = Selection(
            metrics,
            span,
            area=page.area.rstrip("@"),
            boundaries=Boundaries.TODAY,
            filters=page.filters,
            reporting=page.reporting,
            **cut,
        )
        return query(selection, EVERYTHING, snapshot, now=now, rules=by)

    known: dict[str, Part] = {
        "cards": lambda: _values(ask(CARDS, span)),
        "trend": lambda: _values(ask(CARDS, trend, grain=Grain.MONTH)),
        "ranking": lambda: _values(ask(RANKED, span, by=By.AREA)),
        "map": lambda: _values(ask(RANKED, span, by=By.AREA, level=Level.COMMUNE)),
    }
    return {name: known[name] for name in page.parts}


def parts_of_bare(home: Path, page: Page) -> dict[str, Part]:
    """The same numbers by SQL written for just this page, on the same files."""
    pointer = read_pointer(home)
    assert pointer is not None
    entry = pointer.current
    connection = duckdb.connect(home / FOLDER / entry.file, read_only=True, config={"threads": 2})
    if entry.base is not None:
        connection.execute(f"attach '{home / FOLDER / entry.base.file}' as base (read_only)")
    connection.execute("set TimeZone = 'Asia/Ho_Chi_Minh'")
    span, trend = page.spans(entry.horizon)
    known = bare.parts(connection, bare.Asked(page.area, span, trend, page.reporting, page.filters))
    return {name: known[name] for name in page.parts}


def _values(frame: Any) -> Values:
    """Values by metric and area, in the order of the periods."""
    found: Values = {}
    for metric, area, value in zip(frame["metric"], frame["area_id"], frame["value"], strict=True):
        found.setdefault(f"{metric} {area}", []).append(None if isnan(value) else float(value))
    return found


def measured(open_parts: Callable[[], dict[str, Part]], times: int) -> dict[str, Any]:
    """What opening took, each part the first time, and each part again and again; its values."""
    opening: list[Spent] = []
    with timed(opening):
        parts = open_parts()
    first: dict[str, list[Spent]] = {name: [] for name in parts}
    again: dict[str, list[Spent]] = {name: [] for name in parts}
    values: dict[str, Values] = {}
    for name, part in parts.items():
        with timed(first[name]):
            values[name] = part()
    for _ in range(times):
        for name, part in parts.items():
            with timed(again[name]):
                part()
    return {"opening": opening, "first": first, "again": again, "values": values}


def published_again(used: Path, folder: Path) -> Path:
    """A home that serves what USED does, for another snapshot to be published to."""
    (folder / FOLDER).mkdir()
    _publish(used, folder)
    return folder


def take_in(home: Path, serving: Path) -> None:
    """Publish the snapshot of HOME to a home this process serves, and wait until it has it."""
    version = _publish(home, serving)
    while current_snapshot(serving).version != version:
        time.sleep(0.001)


def _publish(home: Path, serving: Path) -> str:
    """Put the current snapshot of one home into another; its version."""
    pointer = read_pointer(home)
    assert pointer is not None
    entry = pointer.current
    for file in entry.figures:
        (serving / FOLDER / file).hardlink_to(home / FOLDER / file)
    write_pointer(serving, Pointer((entry,)))
    return entry.version


def main(home: Path, used: Path, page: Page, side: str, times: int) -> None:
    """Measure one side of a page on `home`, as in a server that has been serving `used`."""
    opener = {"ours": parts_of_ours, "bare": parts_of_bare}[side]
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        serving = published_again(used, Path(folder))
        taken_in: list[Spent] = []
        try:
            for part in opener(serving, page).values():
                part()
            with timed(taken_in):
                take_in(home, serving)
            answer = {"taken_in": taken_in, **measured(lambda: opener(serving, page), times)}
        except IocError as error:
            answer = {"error": error.message}
    print(json.dumps(answer, default=vars))


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        {**PAGES, **COUNTRY}[sys.argv[3]],
        sys.argv[4],
        int(sys.argv[5]),
    )
