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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.forms import land
from benchmarks.province import dossiers
from benchmarks.query import ROOT, build
from benchmarks.report import Line, table
from domain.dossier import local_day
from domain.period import Span
from store import Warehouse, publish

BUDGET = 3.0
ARRIVING = 1_000
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader"]
CARD = '.ioc-card[data-metric="dossiers_received"] .ioc-card__value'
CHANGED = "([card, before]) => document.querySelector(card).textContent !== before"
START_SECONDS, PAGE_MS = 60, 60_000


@dataclass(frozen=True)
class Seen:
    """Seconds from the commit to the end of publishing, and to the changed number."""

    published: float
    visible: float


def run(folder: Path, number: int, rounds: int) -> str:
    """Let batches of 1,000 dossiers arrive among so many; returns the report."""
    home = folder / "query"
    if not home.exists():
        build(home, number)
    with _web(home) as url, _page(f"{url}/area/25") as page, Warehouse.open(home) as warehouse:
        seen = [_arrival(warehouse, page, place) for place in range(rounds)]
    visible, published = median(one.visible for one in seen), median(one.published for one in seen)
    drawn = median(one.visible - one.published for one in seen)
    lines = [
        Line(
            "committed → on the open page",
            f"{visible:.2f} s",
            budget=f"≤ {BUDGET:.0f} s",
            is_met=visible <= BUDGET,
        ),
        Line("  of it publishing", f"{published:.2f} s"),
        Line("  of it noticed, answered, drawn", f"{drawn:.2f} s"),
    ]
    notes = (
        f"{ARRIVING:,} dossiers arriving among {number:,}; medians of {rounds} arrivals.",
        "The page asks every two seconds: one second of the last line is waiting, on average.",
    )
    return table("From the commit to the eye", lines, notes)


def _arrival(warehouse: Warehouse, page: Page, place: int) -> Seen:
    """Load a batch, publish it, and wait until the number of received dossiers has changed."""
    now = datetime.now(UTC)
    today = local_day(now)
    span = Span(today - timedelta(days=7), today)
    arriving = dossiers(ARRIVING, span, seed=1000 + place)
    folder = land(arriving, warehouse.home / "landing", f"arrival_{place}", now)
    before = page.text_content(CARD)
    warehouse.load(folder, now)
    committed = time.perf_counter()
    publish(warehouse, warehouse.home, datetime.now(UTC))
    published = time.perf_counter() - committed
    page.wait_for_function(CHANGED, arg=[CARD, before], timeout=PAGE_MS)
    return Seen(published, time.perf_counter() - committed)


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
def _web(home: Path) -> Iterator[str]:
    """The web of a home on a free port, as `python app.py serve` starts it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    plain = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    settings = {"IOC_HOME": str(home), "IOC_PORT": str(port)}
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
