"""What files to take away cost: the weekly pack, and the pages while twenty people want one.

    python -m benchmarks --only exports

The pack is made in a process of its own. The pages are those of the real web, asked over HTTP by
two readers, every question a new one; the files are made by the program's own builder.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.query import ROOT, build
from benchmarks.report import Line, table
from benchmarks.timing import Spent, fastest, timed
from benchmarks.visible import web
from dashboards.exports.forms import form_named
from dashboards.exports.making import Maker
from dashboards.exports.recipe import shipped_recipe
from dashboards.exports.wanted import Wanted, scope_written
from domain.scope import EVERYTHING
from metrics.rules import rules
from metrics.snapshots import current_snapshot
from store.state import exports

PACK_SECONDS, PAGE_SECONDS = 5.0, 1.0
PEOPLE, READERS = 20, 2
PAUSE_SECONDS, QUIET_SECONDS, PATIENCE_SECONDS = 0.25, 10.0, 600.0
FORMS = ("pptx", "pdf")
AREA = "25"


def run(folder: Path, number: int, rounds: int) -> str:
    """The weekly pack and twenty wishes at once, on so many dossiers; returns the report."""
    home = folder / "query"
    if not home.exists():
        build(home, number)
    packs = [pack_in_a_process(home) for _ in range(rounds)]
    wholes = [sum(one.values(), Spent(0, 0)) for one in packs]
    whole = fastest(wholes)
    lines = [
        Line(
            "the weekly pack, 12 slides, PPTX and PDF",
            str(whole),
            budget=f"≤ {PACK_SECONDS:.0f} s",
            is_met=whole.wall <= PACK_SECONDS,
        ),
        *(Line(f"  {name}", str(fastest([one[name] for one in packs]))) for name in packs[0]),
        *_at_once(home),
    ]
    notes = (
        f"{number:,} dossiers; the fastest of {rounds}, processor time in brackets.",
        f"{PEOPLE} people want the pack as PPTX at once; {READERS} readers ask the web meanwhile.",
    )
    return table("Files to take away", lines, notes)


def _at_once(home: Path) -> list[Line]:
    """The pages when nothing is made, and while twenty packs are."""
    with web(home) as url:
        quiet = reading(url, time.monotonic() + QUIET_SECONDS, lambda: False)
        ids = wishes(home, PEOPLE)
        began = time.perf_counter()
        builder = subprocess.Popen([sys.executable, "app.py", "export", "build"], cwd=ROOT,
                                   env=_environment(home))  # fmt: skip
        try:
            end = time.monotonic() + PATIENCE_SECONDS
            busy = reading(url, end, lambda: not exports.has_waiting(home))
            took = time.perf_counter() - began
        finally:
            builder.terminate()
            builder.wait(timeout=30)
    lost = len(ids) - made_of(home, ids)
    slow = p95(busy)
    return [
        Line(f"{PEOPLE} packs asked at once, all made", f"{took:.1f} s"),
        Line("  lost", f"{lost}", budget="0", is_met=lost == 0),
        Line(
            f"  95 of 100 answers of the web ({len(busy)})",
            f"{slow * 1000:.0f} ms",
            f"{p95(quiet) * 1000:.0f} ms when quiet",
            slow / p95(quiet),
            f"< {PAGE_SECONDS:.0f} s",
            is_met=slow < PAGE_SECONDS,
        ),
    ]


def wishes(home: Path, count: int) -> list[str]:
    """So many people want the weekly pack; the ids of their files."""
    wanted = Wanted(
        what="pack", form="pptx", recipe=shipped_recipe("giao-ban-tuan"), area=AREA
    ).model_dump_json()
    now, scope = datetime.now(UTC), scope_written(EVERYTHING)
    return [exports.ask(home, f"person-{one}", scope, wanted, now) for one in range(count)]


def made_of(home: Path, ids: list[str]) -> int:
    """How many of the files are there."""
    now, scope = datetime.now(UTC), scope_written(EVERYTHING)
    found = [
        exports.export_of(home, export_id, f"person-{place}", scope, now)
        for place, export_id in enumerate(ids)
    ]
    return sum(one is not None and one.state == "done" for one in found)


def reading(url: str, end: float, is_over: Callable[[], bool]) -> list[float]:
    """Seconds of each answer, asked until it is over, or the end has come."""
    spent: list[float] = []

    def read(addresses: Iterator[str]) -> None:
        while time.monotonic() < end and not is_over():
            began = time.perf_counter()
            with urllib.request.urlopen(url + next(addresses), timeout=60) as answer:  # noqa: S310 - our own server
                answer.read()
            spent.append(time.perf_counter() - began)
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=read, args=(_addresses(one),)) for one in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spent


def _addresses(reader: int) -> Iterator[str]:
    """Pages, and figures of ever another span, so that nothing was kept from before."""
    day = date(2024, 1, 1) + timedelta(days=reader)
    while True:
        yield "/area/25" if reader % 2 else "/"
        for metric in ("on_time_rate_resolved", "dossiers_received"):
            day += timedelta(days=READERS)
            until = day + timedelta(days=90)
            yield f"/api/v1/query?metric={metric}&area={AREA}&from={day}&to={until}&by=area"


def p95(spent: list[float]) -> float:
    """95 of 100 took no longer."""
    return sorted(spent)[int(0.95 * (len(spent) - 1))]


def pack_in_a_process(home: Path) -> dict[str, Spent]:
    """What each part of the pack took, in a process that has just started."""
    command = [sys.executable, "-m", "benchmarks.exports", str(home)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name: Spent(**one) for name, one in json.loads(done.stdout).items()}


def pack(home: Path) -> dict[str, Spent]:
    """What the figures and each form of the weekly pack took."""
    spent: list[Spent] = []
    with timed(spent):
        maker = Maker(current_snapshot(home), rules(home / "config"), EVERYTHING, datetime.now(UTC))
        folder = maker.pack(shipped_recipe("giao-ban-tuan"), AREA)
    for name in FORMS:
        with timed(spent):
            form_named(name).write(folder, home / "config")
    return dict(zip(("figures", *FORMS), spent, strict=True))


def _environment(home: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    return {**plain, "IOC_HOME": str(home)}


if __name__ == "__main__":
    print(json.dumps(pack(Path(sys.argv[1])), default=vars))
