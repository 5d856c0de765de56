"""A page as a visitor sees it: Chromium says when the first number stands there, and when all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader"]
PAGE_MS, QUIET_SECONDS, PATIENCE_SECONDS = 60_000, 0.5, 90.0
POLLED = "/version"  # what open pages ask for as long as they are open
WATCH = """
window.seen = {first: null, last: 0};
const shown = () => {
  if (window.seen.first !== null) return;
  const found = [...document.querySelectorAll('NUMBERS')];
  if (!found.some((one) => /\\d/.test(one.textContent))) return;
  window.seen.first = 0;
  const painted = () => { window.seen.first = performance.now(); };
  requestAnimationFrame(() => requestAnimationFrame(painted));
};
const unseen = (one) => (document.head && document.head.contains(one.target))
  || ['aria-busy', 'data-dash-is-loading'].includes(one.attributeName);  // open pages keep asking
new MutationObserver((changes) => {
  if (changes.every(unseen)) return;
  window.seen.last = performance.now();
  shown();
}).observe(document, {childList: true, subtree: true, characterData: true, attributes: true});
"""
UNFINISHED = "#first, [aria-busy=true], .ioc-skeleton, ._dash-loading"
STATE = f"""() => {{
  const plots = [...document.querySelectorAll('.js-plotly-plot')];
  return {{
    ...window.seen,
    now: performance.now(),
    busy: document.querySelectorAll('{UNFINISHED}').length,
    blank: plots.filter((one) => !one.data).length,
    drawn: plots.filter((one) => (one.data || []).length).length
  }};
}}"""


@dataclass(frozen=True)
class Seen:
    """One visit: seconds from asking until the first number is painted (None: there is none),
    until nothing changes any more, and the bytes that came over the wire."""

    first: float | None
    settled: float
    sent: int


def middle(visits: list[Seen]) -> Seen:
    """The median of each."""
    firsts = [one.first for one in visits if one.first is not None]
    return Seen(
        median(firsts) if firsts else None,
        median(one.settled for one in visits),
        round(median(one.sent for one in visits)),
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """Somebody whose browser has seen nothing yet, before one page.

    `numbers` is the selector of the elements that hold the page's numbers, and so many `charts`
    at least must have been drawn.
    """

    def __init__(self, browser: Browser, numbers: str, charts: int = 0) -> None:
        self._charts = charts
        screen: Any = {"width": 1366, "height": 768}
        self.context = browser.new_context(viewport=screen, locale="vi-VN")
        self.context.add_init_script(WATCH.replace("NUMBERS", numbers))
        self.page: Page = self.context.new_page()
        self._wire: CDPSession = self.context.new_cdp_session(self.page)
        self._pending: dict[str, str] = {}
        self._sent = 0
        self._wire.send("Network.enable")
        self._wire.on("Network.requestWillBeSent", self._asked)
        self._wire.on("Network.loadingFinished", self._arrived)
        self._wire.on("Network.loadingFailed", self._arrived)

    def _asked(self, event: dict[str, Any]) -> None:
        if POLLED not in event["request"]["url"]:
            self._pending[event["requestId"]] = event["request"]["url"]

    def _arrived(self, event: dict[str, Any]) -> None:
        self._pending.pop(event["requestId"], None)
        self._sent += round(event.get("encodedDataLength", 0))

    def opens(self, address: str) -> Seen:
        """The page at an address, seen until it has settled."""
        self._sent = 0
        self.page.goto(address, timeout=PAGE_MS)
        return self._settled(address)

    def reloads(self) -> Seen:
        """The same page again, with all that the browser has kept."""
        self._sent = 0
        self.page.reload(timeout=PAGE_MS)
        return self._settled(self.page.url)

    def _settled(self, address: str) -> Seen:
        """Raises TimeoutError where a page goes on changing, or waits for something for ever."""
        state: dict[str, Any] = {}
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            self.page.wait_for_timeout(100)
            state = self.page.evaluate(STATE)
            is_quiet = state["now"] - state["last"] > QUIET_SECONDS * 1000
            is_whole = not state["busy"] and not state["blank"] and state["drawn"] >= self._charts
            if is_quiet and is_whole and not self._pending:
                first = state["first"]
                return Seen(first / 1000 if first else None, state["last"] / 1000, self._sent)
        raise TimeoutError(f"{address} did not settle: {state}, {list(self._pending.values())}.")

    def close(self) -> None:
        self.context.close()
