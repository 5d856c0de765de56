"""A browser before the real web of a small home; every page must be quiet and keep to itself."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import BaseWSGIServer, make_server

from dashboards.digests.ways import MailServer
from dashboards.shell import create_app
from tests.dashboards.made_up import made_up_copy

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line per request helps nobody
CHROMIUM = "/usr/bin/chromium"
SCREEN: ViewportSize = {"width": 1366, "height": 768}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


MAIL = MailServer("127.0.0.1", 1, "none", "ioc@tinh.example.vn")
"""Nothing is sent: packs are mailed by the collector."""


class Web:
    """The web of one home on a port of its own; it can be stopped and started again."""

    def __init__(self, home: Path, **how: Any) -> None:
        self.home = home
        self.app = create_app(home, **{"poll_seconds": 1, **how})
        self.port = 0
        self._server: BaseWSGIServer | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        server = make_server("127.0.0.1", self.port, self.app.server, threaded=True)
        self._server, self.port = server, server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up_copy(tmp_path_factory, "browser")


@pytest.fixture(scope="session")
def web(made_home: Path) -> Iterator[Web]:
    web = Web(made_home, mail=MAIL)
    web.start()
    yield web
    web.stop()


expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="module")  # Playwright allows one at a time in a process
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """A page and everything it should not have done."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"asked outside: {request.url}")

    def begin(self) -> None:
        """Sit down as somebody new: nothing is kept but the program, which costs half of a page."""
        self.page.unroute_all()
        if self.page.url.startswith(self.address):
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.context.clear_cookies()
        self.page.goto("about:blank")
        self.page.set_viewport_size(SCREEN)
        self.page.emulate_media(media="null")
        self.complaints.clear()

    def open(self, path: str) -> Page:
        """Open an address, and wait until its figures and charts are there."""
        self.page.goto(self.address + path)
        self.until("!document.getElementById('first') && document.querySelector('h1')")
        self.until("[...document.querySelectorAll('.js-plotly-plot')].every(one => one.data)")
        return self.page

    def until(self, truth: str, seconds: float = 20) -> None:
        """Wait for an expression to hold. The page's policy forbids Playwright's own way."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(truth):
            assert time.monotonic() < end, f"still not: {truth}"
            self.page.wait_for_timeout(50)

    def check(self) -> None:
        violations = self.page.evaluate("window.violations")
        assert (self.complaints, violations) == ([], [])


@contextmanager
def watched(browser: Browser, web: Web, **how: Any) -> Iterator[Watched]:
    settings = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", **how}
    settings.setdefault("viewport", SCREEN)
    context = browser.new_context(**settings)
    context.add_init_script(VIOLATIONS)
    try:
        yield Watched(context, web.address)
    finally:
        context.close()


@pytest.fixture(scope="module")
def seat(browser: Browser, web: Web) -> Iterator[Watched]:
    with watched(browser, web) as seat:
        yield seat


@pytest.fixture(scope="module")
def other_seat(browser: Browser, web: Web) -> Iterator[Watched]:
    with watched(browser, web) as seat:
        yield seat


@pytest.fixture
def visitor(seat: Watched) -> Iterator[Watched]:
    """A visitor whose pages must have been quiet in the end."""
    seat.begin()
    yield seat
    seat.check()


@pytest.fixture
def stranger(other_seat: Watched) -> Iterator[Watched]:
    """Somebody else, in a browser of their own, who has seen nothing yet."""
    other_seat.begin()
    yield other_seat
    other_seat.check()


Visiting = Callable[[str], Page]
