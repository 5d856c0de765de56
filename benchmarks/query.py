"""A page's figures: through `metrics.query`, and by bare SQL on the same snapshot.

A snapshot is built by the real warehouse from landed batches. Then pairs of fresh processes,
ours and bare in turn, ask for the same page; the figures they get must be equal.
"""

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.forms import land
from benchmarks.page import PAGES
from benchmarks.province import dossiers
from benchmarks.report import Line, table
from domain.dossier import local_day
from domain.period import Span
from store import Warehouse, publish

ROOT = Path(__file__).parent.parent
YEARS = 3
BATCH = 1_000_000
COLD_MS, BARE_RATIO, AGAIN = 150.0, 1.5, 10

NOTES = (
    "A page: twelve cards over a year, the same over 24 months, ranking and map of all communes.",
    "First: the snapshot is new to the process. Ours opens it and checks its SHA-256.",
    "Again: the file is open, and nothing is cached on either side.",
    "The figures of both sides were compared and are equal.",
)

Answer = dict[str, Any]


def run(folder: Path, number: int, pairs: int) -> str:
    """Build, ask and compare; returns the report."""
    home = folder / "query"
    built = build(home, number)
    lines: list[Line] = []
    for name, page in PAGES.items():
        lines += compared(page.title, *answers(home, name, pairs))
    notes = (f"{number:,} dossiers, {pairs} pairs of processes, medians. {built}", *NOTES)
    return table("A page's figures", lines, notes)


def build(home: Path, number: int) -> str:
    """A home with a snapshot of so many dossiers; says how long loading and publishing took."""
    now = datetime.now(UTC)
    today = local_day(now)
    span = Span(date(today.year - YEARS, 1, 1), today)
    loading = 0.0
    home.mkdir(parents=True)
    with Warehouse.open(home) as warehouse:
        for part in _parts(span, math.ceil(number / BATCH)):
            share = number * part.days // span.days
            landed = land(dossiers(share, part, today), home / "landing", "onestop", now)
            started = time.perf_counter()
            warehouse.load(landed, now)
            loading += time.perf_counter() - started
        started = time.perf_counter()
        publish(warehouse, home, now)
        publishing = time.perf_counter() - started
    return f"Loading them took {loading:.1f} s, publishing {publishing:.1f} s."


def _parts(span: Span, number: int) -> list[Span]:
    """A span in so many parts, one after the other."""
    edges = [
        span.start + timedelta(days=span.days * place // number) for place in range(number + 1)
    ]
    return [Span(start, end) for start, end in pairwise(edges)]


def answers(home: Path, page: str, pairs: int) -> tuple[list[Answer], list[Answer]]:
    """What each process of each pair measured: ours and bare. Raises ValueError if they differ."""
    ours: list[Answer] = []
    bare: list[Answer] = []
    for _ in range(pairs):
        ours.append(_asked(home, page, "ours"))
        bare.append(_asked(home, page, "bare"))
    for part, values in ours[0].get("values", {}).items():
        refuse_difference(f"{page}, {part}", values, bare[0]["values"][part])
    return ours, bare


def _asked(home: Path, page: str, side: str) -> Answer:
    command = [sys.executable, "-m", "benchmarks.page", str(home), page, side, str(AGAIN)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    answer: Answer = json.loads(done.stdout)
    return answer


def refuse_difference(what: str, ours: dict[str, Any], bare: dict[str, Any]) -> None:
    """A comparison of speed means nothing where the figures differ. Raises ValueError."""
    for name, values in ours.items():
        others = bare.get(name, [None] * len(values))
        for one, other in zip(values, others, strict=True):
            if (one or 0.0) != other and not math.isclose(one or 0.0, other or 0.0, rel_tol=1e-9):
                raise ValueError(f"{what}: {name} is {one}, by bare SQL {other}.")


def compared(title: str, ours: Sequence[Answer], bare: Sequence[Answer]) -> list[Line]:
    """The lines of one page: whole for the first time, whole again, and its parts again."""
    budgets = (f"≤ {COLD_MS:.0f} ms", f"≤ {BARE_RATIO}×")
    if errors := [one["error"] for one in ours if "error" in one]:
        return [Line(title, errors[0], _ms(sum(_again(bare).values())), None, budgets[0], False)]
    first, bare_first = (median(map(_first, side)) for side in (ours, bare))
    opening, bare_opening = (median(one["opening"] for one in side) for side in (ours, bare))
    again, bare_again = _again(ours), _again(bare)
    whole, bare_whole = sum(again.values()), sum(bare_again.values())
    return [
        _line(f"{title}: first", first, bare_first, budgets[0], first <= COLD_MS),
        _line("  of it opening", opening, bare_opening),
        _line(f"{title}: again", whole, bare_whole, budgets[1], whole <= BARE_RATIO * bare_whole),
        *(_line(f"  of it {part}", ms, bare_again[part]) for part, ms in again.items()),
    ]


def _line(
    what: str, ours: float, bare: float, budget: str = "", is_met: bool | None = None
) -> Line:
    return Line(what, _ms(ours), _ms(bare), ours / bare, budget, is_met)


def _first(answer: Answer) -> float:
    return float(answer["opening"] + sum(answer["first"].values()))


def _again(side: Sequence[Answer]) -> dict[str, float]:
    """The median of each part over all processes and repetitions."""
    parts = side[0]["again"]
    return {part: median(ms for answer in side for ms in answer["again"][part]) for part in parts}


def _ms(value: float) -> str:
    return f"{value:.1f} ms"
