"""Every page: what the server spends on it, what comes over the wire, and when it can be read.

    python -m benchmarks --only pages

The web is the real server with two processes, the visitor is Chromium, and nothing is kept by
either when a page is opened. Then a page of six charts is opened in turn with the same six built
in Vizro, on the same snapshot, each in its own server and its own environment.
"""

import json
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from benchmarks.beside import SixCharts, vizro
from benchmarks.page import FIELD, PAGES
from benchmarks.province import PROVINCE
from benchmarks.query import ROOT, build, refuse_difference
from benchmarks.report import MET, MISSED, Line, sheet, table
from benchmarks.rival import environment
from benchmarks.seen import Seen, Visitor, chromium, middle
from benchmarks.timing import Spent
from benchmarks.visible import web
from domain.period import Span
from store import current_snapshot
from tests.browser import addresses as known

COLD_MS, AGAIN_MS = 150, 20
FIRST_SECONDS, SENT, SENT_AGAIN = 1.5, 1_300_000, 150_000
HEADER = ("page", "server, first", "again", "later parts", "first number", "settled", "sent",
          "sent again", "verdict")  # fmt: skip
NUMBERS = "main .ioc-card__value, main .ioc-ranking__value, main td, main .ioc-figure"
METRIC = "on_time_rate_resolved"
WAYS = {"as it comes": False, "with Flask-Compress": True}

NOTES = (
    "Server: milliseconds of the first answer, which holds the figures (of all processors).",
    "First: nothing of the page was asked for before. Later parts: what it asks for by itself.",
    "First number: painted in Chromium; neither it nor the server has kept anything.",
    "Settled: after that nothing changes, nothing is under way, and every chart is drawn.",
    "Budgets: ≤ 150 ms, again ≤ 20 ms; first number ≤ 1.5 s; sent ≤ 1,300 kB, again ≤ 150 kB.",
)
VIZRO_NOTES = (
    "A metric of a province: trend, map, ranking, distribution, and cuts by field and channel.",
    "Ours is the whole page, with all that stands beside the charts. Vizro's are the charts alone.",
    "Vizro: one statement for each chart, on rolled-up tables, and a cache of files.",
    "Compared: the better of Vizro as it comes, and of Vizro with Flask-Compress. Ratio: ÷ ours.",
    "The figures of both were compared and are equal.",
)


def addresses() -> list[str]:
    """Every page of figures, narrowed to what the invented province has."""
    return [one.replace("field=DD", f"field={FIELD}") for one in known.addresses()]


def run(folder: Path, cache: Path | None, number: int, rounds: int) -> str:
    """All pages among so many dossiers; Vizro's environment is in `cache`, None is without it."""
    home = folder / "query"
    if not home.exists():
        build(home, number)
    served = _served(home, rounds)
    rows = []
    with web(home, "demo") as url, chromium() as browser:
        for address in addresses():
            seen, again = _seen(browser, home, url, address, rounds)
            rows.append(row(address, served[address], seen, again))
        notes = (f"{number:,} dossiers; medians of {rounds} rounds.", *NOTES)
        report = sheet("Every page", HEADER, rows, notes)
        if cache is None:
            return report
        charts = _charts(home, folder)
        lines = _beside(browser, environment(cache, "vizro"), (home, url), charts, rounds)
    return report + "\n" + table("Six charts, and the same in Vizro", lines, VIZRO_NOTES)


# ---- what the server spends


def _served(home: Path, rounds: int) -> dict[str, dict[str, Spent]]:
    """By address: the median of the first answer, the next, and what comes later."""
    command = [sys.executable, "-m", "benchmarks.served", str(home), str(rounds), *addresses()]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    return {
        address: {when: _median([Spent(**one) for one in spent]) for when, spent in told.items()}
        for address, told in found.items()
    }


def _median(spent: list[Spent]) -> Spent:
    ranked = sorted(spent, key=lambda one: one.wall)
    return ranked[len(ranked) // 2]


# ---- what a visitor sees


def _seen(browser: Browser, home: Path, url: str, address: str, rounds: int) -> tuple[Seen, Seen]:
    """A page in browsers that know nothing, and then loaded again in the same ones."""
    visits, again = [], []
    for _ in range(rounds):
        forget(home / "cache" / "drawn")
        visitor = Visitor(browser, NUMBERS)
        visits.append(visitor.opens(url + address))
        again.append(visitor.reloads())
        visitor.close()
    return middle(visits), middle(again)


def forget(kept: Path) -> None:
    """Empty a folder of answers that were kept."""
    for file in kept.glob("*"):
        file.unlink(missing_ok=True)


def row(address: str, served: dict[str, Spent], seen: Seen, again: Seen) -> tuple[str, ...]:
    """A page's line: what it took, and which of its budgets it broke."""
    missed = [
        name
        for name, is_missed in {
            "server": served["first"].wall * 1000 > COLD_MS,
            "again": served["again"].wall * 1000 > AGAIN_MS,
            "first number": (seen.first or 0.0) > FIRST_SECONDS,
            "sent": seen.sent > SENT,
            "sent again": again.sent > SENT_AGAIN,
        }.items()
        if is_missed
    ]
    return (
        address,
        *(_ms(served[when]) for when in ("first", "again", "later")),
        "–" if seen.first is None else f"{seen.first:.2f} s",
        f"{seen.settled:.2f} s",
        f"{seen.sent / 1000:,.0f} kB",
        f"{again.sent / 1000:,.0f} kB",
        f"{MISSED}: {', '.join(missed)}" if missed else MET,
    )


def _ms(spent: Spent) -> str:
    return f"{spent.wall * 1000:.0f} ({spent.processor * 1000:.0f})"


# ---- the same charts in Vizro


def _charts(home: Path, folder: Path) -> SixCharts:
    """The last twelve months of the province, and twelve more under the trend."""
    snapshot = current_snapshot(home)
    span, trend = PAGES["months"].spans(snapshot.horizon)
    entry, files = snapshot.entry, home / "snapshots"
    base = files / entry.base.file if entry.base else None
    return SixCharts(folder, files / entry.file, base, PROVINCE, span, trend)


def _beside(
    browser: Browser, python: Path, ours: tuple[Path, str], charts: SixCharts, rounds: int
) -> list[Line]:
    """One page and the other in turn: with nothing kept anywhere, and with what the server kept."""
    home, url = ours
    address = f"{url}/metric/{METRIC}?area=25&from={charts.span.start}&to={charts.span.last_day}"
    visits: dict[str, dict[str, list[Seen]]] = {}

    def visit(side: str, address: str, numbers: str, kept: Path, drawn: int = 6) -> dict[str, Any]:
        forget(kept)
        values: dict[str, Any] = {}
        for when in ("first", "again"):
            visitor = Visitor(browser, numbers, drawn)
            visits.setdefault(side, {}).setdefault(when, []).append(visitor.opens(address))
            values = visitor.page.evaluate(SixCharts.VALUES)
            visitor.close()
        return values

    with vizro(python, charts, WAYS) as rivals:
        for side, rival in rivals.items():  # once before it counts: both servers have started up
            drawn = visit(side, rival, SixCharts.NUMBERS, charts.cache)
            _refuse_differences(url, charts, drawn)
        visit("ours", address, NUMBERS, home / "cache" / "drawn", 3)
        visits.clear()
        for _ in range(rounds):
            visit("ours", address, NUMBERS, home / "cache" / "drawn", 3)
            for side, rival in rivals.items():
                visit(side, rival, SixCharts.NUMBERS, charts.cache)
    medians = {
        side: {when: middle(some) for when, some in told.items()} for side, told in visits.items()
    }
    return [line for when in ("first", "again") for line in _compared(when, medians)]


def _compared(when: str, medians: dict[str, dict[str, Seen]]) -> list[Line]:
    told = {side: found[when] for side, found in medians.items()}
    mine = told.pop("ours")
    kept = {"first": "nothing kept", "again": "kept by the server"}[when]
    first, settled = (
        min(_first(one) for one in told.values()),
        min(o.settled for o in told.values()),
    )
    sent = min(one.sent for one in told.values())
    return [
        Line(f"first number, {kept}", f"{_first(mine):.2f} s", f"{first:.2f} s",
             first / _first(mine)),
        Line(f"settled, {kept}", f"{mine.settled:.2f} s", f"{settled:.2f} s",
             settled / mine.settled),
        Line(f"sent, {kept}", f"{mine.sent / 1000:,.0f} kB", f"{sent / 1000:,.0f} kB",
             sent / mine.sent),
    ]  # fmt: skip


def _first(seen: Seen) -> float:
    """Raises ValueError where a page of charts shows no number."""
    if seen.first is None:
        raise ValueError("A page of six charts shows no number.")
    return seen.first


def _refuse_differences(url: str, charts: SixCharts, drawn: dict[str, Any]) -> None:
    """What Vizro drew must be what our API answers. Raises ValueError."""
    for part, how in SixCharts.ASKED.items():
        span: Span = charts.trend if part == "trend" else charts.span
        asked = f"metric={METRIC}&area=25&from={span.start}&to={span.end}&boundaries=today&{how}"
        with urllib.request.urlopen(f"{url}/api/v1/query?{asked}", timeout=60) as answer:  # noqa: S310 - our own server
            values = json.load(answer)["values"]
        ours = {_name(part, one): [one["value"]] for one in values if one["value"] is not None}
        refuse_difference(part, ours, {name: [one] for name, one in drawn[part].items()})


def _name(part: str, value: dict[str, Any]) -> str:
    """A value's name as Vizro draws it: its month, the code of its area, or what it is cut by."""
    if part == "trend":
        return date.fromisoformat(value["period_start"]).isoformat()
    return str(value["area"] if part == "map" else value["dimension_value"])
