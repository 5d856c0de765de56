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
from benchmarks.page import PAGES, Page
from benchmarks.province import dossiers
from benchmarks.report import Line, table
from benchmarks.timing import Spent
from domain.dossier import local_day
from domain.period import Span
from store import Warehouse, publish

ROOT = Path(__file__).parent.parent
YEARS = 3
BATCH = 1_000_000
FEW = 1_000
BARE_RATIO, AGAIN = 1.5, 10

NOTES = (
    "A page: twelve cards over a year, the same over 24 months, ranking and map of all communes.",
    "First: a running process meets a new snapshot. Ours was checked and opened by the thread that",
    "looks for new ones; what that took is told apart. Bare opens it and checks nothing.",
    "Again: the file is open, and nothing is cached on either side.",
    "In brackets: processor time, all cores together, which a busy machine does not stretch.",
    "The figures of both sides were compared and are equal.",
)

Answer = dict[str, Any]


def run(folder: Path, number: int, pairs: int, times: int = AGAIN) -> str:
    """Build, ask and compare; returns the report."""
    home, used = folder / "query", folder / "used"
    build(used, FEW)
    built = build(home, number)
    lines: list[Line] = []
    for name, page in PAGES.items():
        lines += compared(page, *answers((home, used), name, pairs, times))
    notes = (f"{number:,} dossiers, {pairs} pairs of processes, medians. {built}", *NOTES)
    return table("A page's figures", lines, notes)


def build(home: Path, number: int) -> str:
    """A home with a snapshot of so many dossiers; says how long loading and publishing took."""
    now = datetime.now(UTC)
    today = local_day(now)
    loading = 0.0
    home.mkdir(parents=True)
    with Warehouse.open(home) as warehouse:
        for part, share in _shares(number, today):
            landed = land(dossiers(share, part, today), home / "landing", "onestop", now)
            started = time.perf_counter()
            warehouse.load(landed, now)
            loading += time.perf_counter() - started
        started = time.perf_counter()
        publish(warehouse, home, now)
        publishing = time.perf_counter() - started
    return f"Loading them took {loading:.1f} s, publishing {publishing:.1f} s."


def newest(number: int, today: date) -> tuple[Span, int]:
    """The span of the last batch of so many dossiers, and how many are in it."""
    return _shares(number, today)[-1]


def _shares(number: int, today: date) -> list[tuple[Span, int]]:
    """The spans of all batches, and how many dossiers are in each."""
    span = Span(date(today.year - YEARS, 1, 1), today)
    parts = _parts(span, math.ceil(number / BATCH))
    return [(part, number * part.days // span.days) for part in parts]


def _parts(span: Span, number: int) -> list[Span]:
    """A span in so many parts, one after the other."""
    edges = [
        span.start + timedelta(days=span.days * place // number) for place in range(number + 1)
    ]
    return [Span(start, end) for start, end in pairwise(edges)]


def answers(
    homes: tuple[Path, Path], page: str, pairs: int, times: int
) -> tuple[list[Answer], list[Answer]]:
    """What each process of each pair measured: ours and bare. Raises ValueError if they differ."""
    ours: list[Answer] = []
    bare: list[Answer] = []
    for _ in range(pairs):
        ours.append(_asked(homes, page, "ours", times))
        bare.append(_asked(homes, page, "bare", times))
    for part, values in ours[0].get("values", {}).items():
        refuse_difference(f"{page}, {part}", values, bare[0]["values"][part])
    return ours, bare


def _asked(homes: tuple[Path, Path], page: str, side: str, times: int) -> Answer:
    command = [sys.executable, "-m", "benchmarks.page", *map(str, homes), page, side, str(times)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    answer: Answer = json.loads(done.stdout)
    return answer


def refuse_difference(what: str, ours: dict[str, Any], bare: dict[str, Any]) -> None:
    """A comparison of speed means nothing where the figures differ. Raises ValueError.

    Bare SQL has no rows where nothing happened: there, nothing and zero are the same.
    """
    for name, values in ours.items():
        others = bare.get(name, [None] * len(values))
        for one, other in zip(values, others, strict=True):
            if not math.isclose(one or 0.0, other or 0.0, rel_tol=1e-9):
                raise ValueError(f"{what}: {name} is {one}, by bare SQL {other}.")


def compared(page: Page, ours: Sequence[Answer], bare: Sequence[Answer]) -> list[Line]:
    """The lines of one page: whole for the first time, whole again, and its parts again."""
    title, budgets = page.title, (f"≤ {page.cold_ms:.0f} ms", f"≤ {BARE_RATIO}×")
    if errors := [one["error"] for one in ours if "error" in one]:
        return [Line(title, errors[0], _ms(_whole(_again(bare))), None, budgets[0], is_met=False)]
    first, bare_first = _whole(_first(ours)), _whole(_first(bare))
    opening, bare_opening = _opening(ours), _opening(bare)
    again, bare_again = _again(ours), _again(bare)
    whole, bare_whole = _whole(again), _whole(bare_again)
    cold, ratio = opening + first, whole.wall / bare_whole.wall
    return [
        _line(
            f"{title}: first",
            cold,
            bare_opening + bare_first,
            budgets[0],
            cold.wall * 1000 <= page.cold_ms,
        ),
        _line("  of it opening", opening, bare_opening),
        Line("  checked and opened before", _ms(_taken_in(ours))),
        _line(f"{title}: again", whole, bare_whole, budgets[1], ratio <= BARE_RATIO),
        *(_line(f"  of it {part}", spent, bare_again[part]) for part, spent in again.items()),
    ]


def _line(
    what: str, ours: Spent, bare: Spent, budget: str = "", is_met: bool | None = None
) -> Line:
    return Line(what, _ms(ours), _ms(bare), ours.wall / bare.wall, budget, is_met)


def _opening(side: Sequence[Answer]) -> Spent:
    return _median([spent for answer in side for spent in answer["opening"]])


def _taken_in(side: Sequence[Answer]) -> Spent:
    return _median([spent for answer in side for spent in answer["taken_in"]])


def _first(side: Sequence[Answer]) -> dict[str, Spent]:
    """The median of each part's first time."""
    return _medians(side, "first")


def _again(side: Sequence[Answer]) -> dict[str, Spent]:
    """The median of each part over all processes and repetitions."""
    return _medians(side, "again")


def _medians(side: Sequence[Answer], when: str) -> dict[str, Spent]:
    parts = side[0][when]
    return {part: _median([one for answer in side for one in answer[when][part]]) for part in parts}


def _median(spent: list[dict[str, float]]) -> Spent:
    return Spent(*(median(one[clock] for one in spent) for clock in ("wall", "processor")))


def _whole(parts: dict[str, Spent]) -> Spent:
    return sum(parts.values(), Spent(0.0, 0.0))


def _ms(spent: Spent) -> str:
    return f"{spent.wall * 1000:.0f} ms ({spent.processor * 1000:.0f} ms)"
