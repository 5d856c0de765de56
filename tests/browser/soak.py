"""A wall left alone (`make soak`): a server killed twenty times, and ten thousand refreshes.

    python -m tests.browser.soak --refreshes 10000 --kills 20

The refreshes run on a beat forty times as fast as in use: every one with other words, every
fourth with other values, another chart, map and ranking, while slides turn. The kills (SIGKILL,
at any moment of the beat) run at the beat in use. Prints what it measured, and fails where a
promise was not kept.
"""

import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.dashboards.made_up import made_up_home

FAST, USUAL = 0.05, 2.0
WARM, LINE = 1000, 500
"""Growth counts from when Chromium has compiled what runs each time: 25 kB more until then."""
WHOLE = 4  # so many refreshes change words alone before everything changes
SCREEN: Any = {"width": 640, "height": 360}  # as much to draw and to forget, fewer pixels to paint
STILL = 1500  # milliseconds: no tile fades in any more
MOST_GROWTH, MOST_SECONDS_AWAY = 0.05, 30.0
PERIODS = ("year", "quarter", "month", "last_month", "twelve", "last_year")
WALL = """
[soak]
title = "Thử lâu"
area = "25"
seconds = {seconds}
[[soak.slides]]
[[soak.slides.tiles]]
kind = "text"
text = "Bản {number}."
[[soak.slides.tiles]]
kind = "clock"
[[soak.slides]]
[[soak.slides.tiles]]
kind = "values"
period = "{period}"
metrics = ["dossiers_received", "on_time_rate_resolved", "docs_signed_rate"]
[[soak.slides.tiles]]
kind = "chart"
period = "{period}"
metric = "on_time_rate_resolved"
[[soak.slides]]
[[soak.slides.tiles]]
kind = "map"
period = "{period}"
metric = "on_time_rate_resolved"
[[soak.slides.tiles]]
kind = "ranking"
period = "{period}"
metric = "dossiers_received"
"""
WATCH = """
window.last = 0;
window.missed = [];
window.away = [];
new MutationObserver(() => {
  const found = /Bản (\\d+)\\./.exec(document.querySelector('[data-part=stage]').textContent);
  const number = found && Number(found[1]);
  if (!number || number === last) return;
  if (number !== last + 1) missed.push(last + 1);
  window.last = number;
}).observe(document.querySelector('[data-part=stage]'), { childList: true, subtree: true });
window.addEventListener('beforeunload', () => away.push(location.href));
"""
DIGESTS = "[...document.querySelectorAll('.ioc-place')].map((one) => one.dataset.digest).join()"
BANNER = "document.querySelector('[data-part=banner]')"
PLACE = "document.querySelector('.ioc-wall').dataset.place"


def serve(home: Path, port: int, beat: float) -> None:
    """The web of a home in this process, until it is killed."""
    import logging

    from dashboards.shell import create_app

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(home, poll_seconds=beat)
    app.server.run(port=port, threaded=True)


class Server:
    """The web as a process of its own that can be killed."""

    def __init__(self, home: Path, beat: float) -> None:
        self.home, self.beat = home, beat
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        where = [str(self.home), str(self.port), str(self.beat)]
        command = [sys.executable, "-m", "tests.browser.soak", "--serve", *where]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def serving(home: Path, beat: float) -> Iterator[Server]:
    server = Server(home, beat)
    server.start()
    server.wait()
    try:
        yield server
    finally:
        server.kill()


def declare(home: Path, number: int, seconds: int = 5) -> None:
    """Another version of every slide, all of it or nothing."""
    file = home / "config" / "wall.toml"
    held = file.with_suffix(".tmp")
    period = PERIODS[number // WHOLE % len(PERIODS)]
    held.write_text(WALL.format(number=number, period=period, seconds=seconds))
    held.replace(file)


def until(page: Page, truth: str, seconds: float) -> float:
    """Seconds until an expression holds; fails after `seconds`."""
    began = time.monotonic()
    while not page.evaluate(truth):
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"after {waited:.1f} s still not: {truth}")
        page.wait_for_timeout(10)
    return time.monotonic() - began


def shown(page: Page, number: int, seconds: float) -> None:
    """Wait for a version to be on the screen; asks the same each time, which keeps nothing."""
    end = time.monotonic() + seconds
    while page.evaluate("window.last") != number:
        if time.monotonic() > end:
            raise AssertionError(f"version {number} is not shown after {seconds:.0f} s")
        time.sleep(0.01)


def opened(browser: Browser, server: Server) -> Page:
    context = browser.new_context(viewport=SCREEN, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{server.address}/wall/soak")
    until(page, "document.querySelectorAll('.ioc-slide').length >= 3", 120)
    page.evaluate(WATCH)
    return page


def heap(page: Page, tools: CDPSession) -> dict[str, float]:
    """Bytes in use after a forced collection, and how many nodes and listeners there are.

    Always of the same slide at rest: what is on the screen takes more than what is not.
    """
    while page.evaluate(PLACE) != "0":
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(STILL)
    for _ in range(3):
        tools.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    page.keyboard.press("Escape")  # and on it turns
    return {name: found[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")}


def told(what: dict[str, float]) -> str:
    return (
        f"heap {what['JSHeapUsedSize'] / 1e6:.2f} MB, {what['Nodes']:.0f} nodes, "
        f"{what['JSEventListeners']:.0f} listeners"
    )


def refreshed(browser: Browser, home: Path, count: int) -> None:
    """Every version is shown, and the memory stays what it was."""
    declare(home, 0)
    with serving(home, FAST) as server:
        page = opened(browser, server)
        tools = page.context.new_cdp_session(page)
        tools.send("Performance.enable")
        first: dict[str, float] = {}
        began = time.monotonic()
        for number in range(1, count + 1):
            declare(home, number)
            shown(page, number, 60)
            if number in (1, WARM) or number % LINE == 0:
                now = heap(page, tools)
                first = now if number == WARM else first
                print(
                    f"  {number} refreshes, {time.monotonic() - began:.0f} s: {told(now)}",
                    flush=True,
                )
        last = heap(page, tools)
        missed = page.evaluate("window.missed")
        away, drawn = (
            page.evaluate("window.away"),
            page.evaluate("document.querySelector('.ioc-wall').dataset.drawn"),
        )
        page.context.close()
    growth = last["JSHeapUsedSize"] / (first or last)["JSHeapUsedSize"] - 1
    print(f"  {count} refreshes: {len(missed)} missed, {drawn} slides drawn, growth {growth:+.1%}")
    assert not missed, f"never shown: {missed[:5]}"
    assert not away, f"the page was left: {away}"
    assert growth < MOST_GROWTH, f"the heap has grown by {growth:.1%}"


def killed(browser: Browser, home: Path, count: int) -> None:
    """The banner comes in time, the last frame stays, the same slide is back soon."""
    chance, late, back = random.Random(7), [], []
    declare(home, 1)
    with serving(home, USUAL) as server:
        page = opened(browser, server)
        for number in range(2, count + 2):
            page.wait_for_timeout(chance.uniform(200, 4000))
            page.keyboard.press("Shift")  # a touch: the slide stays, so that it can be compared
            page.wait_for_timeout(200)
            frame, place = page.evaluate(DIGESTS), page.evaluate(PLACE)
            server.kill()
            late.append(until(page, f"!{BANNER}.hidden", 3 * USUAL))
            words = page.evaluate(f"{BANNER}.innerText")
            assert re.search(r"Mất kết nối máy chủ từ \d\d:\d\d", words), words
            assert page.evaluate(DIGESTS) == frame, "the last good frame is gone"
            declare(home, number)
            server.start()
            server.wait()
            back.append(until(page, f"{BANNER}.hidden", MOST_SECONDS_AWAY))
            shown(page, number, MOST_SECONDS_AWAY)
            assert page.evaluate(PLACE) == place, "another slide came back"
            assert "/login" not in page.url
            page.keyboard.press("Escape")
        away = page.evaluate("window.away")
        page.context.close()
    print(
        f"  {count} kills: banner after {max(late):.1f} s at most (beat {USUAL:.0f} s), "
        f"back {max(back):.1f} s at most after the server"
    )
    assert not away, f"the page was left: {away}"
    assert max(late) <= 2 * USUAL + 0.5, f"a banner took {max(late):.1f} s"


def main() -> None:
    asked = _arguments()
    if asked.serve:
        home, port, beat = asked.serve
        serve(Path(home), int(port), float(beat))
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        made_up_home(home, first=date(2025, 1, 2), last=date(2026, 11, 22), per_day=20)
        (home / "config").mkdir(exist_ok=True)
        how: dict[str, Any] = {"executable_path": CHROMIUM, "args": ARGUMENTS}
        browser = playwright.chromium.launch(**how)
        try:
            if asked.kills:
                killed(browser, home, asked.kills)
            if asked.refreshes:
                refreshed(browser, home, asked.refreshes)
        finally:
            browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refreshes", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--serve", nargs=3, metavar=("HOME", "PORT", "BEAT"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
