"""How long a committed batch takes to become a changed number on a page that is open.

The collector's part happens here (commit, then publish); the web is a real server and the page
is open in Chromium, asking every two seconds whether there is a new snapshot.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.forms import land
from benchmarks.province import changed, dossiers, only
from benchmarks.query import ROOT, build, newest
from benchmarks.report import Line, table
from benchmarks.timing import Spent, fastest, timed
from domain.dossier import local_day
from domain.period import Span
from store import Warehouse, publish

BUDGET, PUBLISHED = 3.0, 0.5
ARRIVING, TOLD_AGAIN = 1_000, 5_000
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader"]
CARD = '.ioc-card[data-metric="dossiers_received"] .ioc-card__value'
CHANGED = "([card, before]) => document.querySelector(card).textContent !== before"
START_SECONDS, PAGE_MS = 60, 60_000


def run(folder: Path, number: int, rounds: int) -> str:
    """Let batches of 1,000 dossiers arrive among so many; returns the report."""
    home = folder / "query"
    if not home.exists():
        build(home, number)
    published: list[Spent] = []
    grown = _changes(home, number, rounds)
    with web(home) as url, _page(f"{url}/area/25") as page, Warehouse.open(home) as warehouse:
        visible = [_arrival(warehouse, page, place, published) for place in range(rounds)]
    whole, publishing = median(visible), median(one.wall for one in published)
    is_met = whole <= BUDGET
    lines = [
        Line("committed → on the open page", _s(whole), budget=f"≤ {BUDGET:.0f} s", is_met=is_met),
        Line("  of it publishing", str(Spent(publishing, fastest(published).processor))),
        Line("  of it noticed, answered, drawn", _s(whole - publishing)),
        Line(
            f"{TOLD_AGAIN:,} rows changed → published",
            str(grown),
            budget=f"≤ {PUBLISHED} s",
            is_met=grown.wall <= PUBLISHED,
        ),
    ]
    notes = (
        f"{ARRIVING:,} dossiers arriving among {number:,}; medians of {rounds} arrivals.",
        "The page asks every two seconds: one second of the last line is waiting, on average.",
    )
    return table("From the commit to the eye", lines, notes)


def _changes(home: Path, number: int, rounds: int) -> Spent:
    """What publishing takes after some dossiers were told otherwise, in the fastest round."""
    today = local_day(datetime.now(UTC))
    part, share = newest(number, today)
    known = dossiers(share, part, today)
    spent: list[Spent] = []
    with Warehouse.open(home) as warehouse:
        for place in range(rounds):
            told = changed(known, min(TOLD_AGAIN, share // 2), today, seed=100 + place)
            rows = np.flatnonzero(told.finished != known.finished)
            now = datetime.now(UTC)
            warehouse.load(land(only(told, rows), home / "landing", "onestop", now), now)
            with timed(spent):
                publish(warehouse, home, now)
    return fastest(spent)


def _arrival(warehouse: Warehouse, page: Page, place: int, published: list[Spent]) -> float:
    """Load a batch, publish it, and wait until the number of received dossiers has changed.

    Returns the seconds from the commit to the changed number.
    """
    now = datetime.now(UTC)
    today = local_day(now)
    arriving = dossiers(ARRIVING, Span(today - timedelta(days=7), today), seed=1000 + place)
    folder = land(arriving, warehouse.home / "landing", f"arrival_{place}", now)
    before = page.text_content(CARD)
    warehouse.load(folder, now)
    committed = time.perf_counter()
    with timed(published):
        publish(warehouse, warehouse.home, datetime.now(UTC))
    page.wait_for_function(CHANGED, arg=[CARD, before], timeout=PAGE_MS)
    return time.perf_counter() - committed


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


@contextmanager
def _page(address: str) -> Iterator[Page]:
    """A page open in Chromium, drawn."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
        page.goto(address, timeout=PAGE_MS)
        page.wait_for_selector(CARD, timeout=PAGE_MS)
        yield page
        browser.close()


@contextmanager
def web(home: Path, openness: str = "loopback") -> Iterator[str]:
    """The web of a home on a free port, as `python app.py serve` starts it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    plain = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    settings = {"IOC_HOME": str(home), "IOC_PORT": f"{port}", "IOC_OPEN": openness}
    command = [sys.executable, "app.py", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=plain | settings)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_until_ready(url: str) -> None:
    """Raises TimeoutError if the web is not there in time."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} was not ready within {START_SECONDS} seconds.")
