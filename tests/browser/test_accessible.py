"""Every page, on every screen and in both themes, by what a program can check of WCAG 2.2 AA."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from domain.scope import EVERYTHING
from store.state import sessions
from store.state.people import add_person, change_password, set_totp
from tests.browser.addresses import PLAIN, addresses
from tests.browser.conftest import SCREEN, Web, watched
from tests.dashboards.logging_in import KEPT, SECRET, deed

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {**RULES, "runOnly": ["color-contrast", "link-in-text-block"]}
"""What a theme changes; the rest is the same in both."""
THEMES = {"light": RULES, "dark": COLOURS}
ROWS = {"exclude": [["tbody tr:nth-child(n+13)"]]}
"""Of a table of 148 communes the first 12 are looked at: the others are like them."""
PHONE: ViewportSize = {"width": 390, "height": 844}
WALL: ViewportSize = {"width": 1920, "height": 1080}
TOO_WIDE = "document.scrollingElement.scrollWidth - window.innerWidth"
AT_REST = "!document.querySelector('[aria-busy=true]')"
"""No part is being drawn anew: until it is, the old one is pale."""
SCHEME = "document.documentElement.dataset.mantineColorScheme"


def violations(page: Page, rules: Any) -> list[str]:
    """One line per rule that is broken: what, and the first three places."""
    found = Axe().run(page, ROWS, rules).response["violations"]
    return [
        f"{one['id']}: " + " | ".join(f"{n['target']} {n['any'][:1]}" for n in one["nodes"][:3])
        for one in found
    ]


def too_wide(page: Page) -> list[str]:
    """What to say of a page that lies beside the screen."""
    by = page.evaluate(TOO_WIDE)
    return [f"{by} pixels wider than {page.viewport_size}"] if by > 0 else []


@pytest.mark.timeout(600)  # some twenty pages
def test_a_page_of_figures_fits_every_screen_and_breaks_no_rule_in_either_theme(
    browser: Browser, web: Web
) -> None:
    broken = {}
    with watched(browser, web, reduced_motion="reduce") as visitor:
        for address in addresses():
            visitor.page.set_viewport_size(PHONE)
            page = visitor.open(address)
            found = too_wide(page)
            page.set_viewport_size(SCREEN)
            page.wait_for_timeout(300)  # what fades in is there
            visitor.until(AT_REST)
            found += violations(page, RULES)
            before = page.evaluate(SCHEME)  # the next page opens in the theme this one is left in
            page.get_by_role("button", name="Đổi giao diện sáng, tối").click()
            visitor.until(f"{SCHEME} !== '{before}'")
            page.wait_for_timeout(300)
            visitor.until(AT_REST)
            found += [f"the other theme than {before}: {one}" for one in violations(page, COLOURS)]
            for size in (SCREEN, WALL):
                page.set_viewport_size(size)
                found += too_wide(page)
            if found:
                broken[address] = found
        visitor.check()
    assert broken == {}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A home with an administrator, who is logged in."""
    home: Path = tmp_path_factory.mktemp("accessible")
    add_person(home, "quantri", "Nguyễn Văn Quản Trị", "administrator", EVERYTHING, KEPT, deed())
    change_password(home, "quantri", KEPT, deed())
    set_totp(home, "quantri", SECRET, deed())
    web = Web(home)
    web.start()
    yield web
    web.stop()


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_of_forms_breaks_no_rule(browser: Browser, office: Web, theme: str) -> None:
    token = sessions.begin(office.home, "quantri", "in", datetime.now(UTC), "127.0.0.1")
    with watched(browser, office, color_scheme=theme) as visitor:
        page = visitor.page
        broken = {}
        for address in PLAIN:
            if address == "/account":
                cookie = {"name": "ioc", "value": token, "url": office.address}
                page.context.add_cookies([cookie])  # type: ignore[list-item]  # as documented
            page.goto(office.address + address)
            if found := violations(page, THEMES[theme]):
                broken[address] = found
        assert broken == {}
