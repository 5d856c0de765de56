"""On a phone nothing lies beside the screen, on any page there is."""

import pytest
from playwright.sync_api import Browser

from dashboards.pages import PAGES
from dashboards.subjects import subject_names
from tests.browser.conftest import Web, watched

pytestmark = pytest.mark.browser

ADDRESSES = {
    "area": ["/area/25", "/area/08521"],
    "metric": ["/metric/on_time_rate_resolved?area=25&field=DD"],
    "compare": ["/compare?area=25&with=04"],
    "index766": ["/index766?area=25&period=last_month"],
    "subject": [f"/subject/{one}?area=25" for one in subject_names()[:1]],
    "ranking": ["/ranking?area=25", "/ranking?level=commune&group=above"],
    "dossiers": ["/dossiers?list=overdue&area=25"],
}
"""Addresses of a page beside its own name."""
SIDEWAYS = "[document.scrollingElement.scrollWidth, window.innerWidth]"
REGIONS = """[...document.querySelectorAll('main .ioc-table-wrap')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).length"""


def addresses() -> list[str]:
    named = {name: [f"/{name}"] for name in PAGES} | {"overview": ["/"]} | ADDRESSES
    return [one for name in PAGES for one in named[name]]


def test_no_page_is_wider_than_a_phone(browser: Browser, web: Web) -> None:
    with watched(browser, web, viewport={"width": 390, "height": 844}) as visitor:
        wide = {}
        for address in addresses():
            page = visitor.open(address)
            content, screen = page.evaluate(SIDEWAYS)
            if content > screen:
                wide[address] = content
        assert wide == {}
        visitor.check()


def test_the_books_of_collecting_are_cards_that_need_no_sideways_scrolling(
    browser: Browser, web: Web
) -> None:
    with watched(browser, web, viewport={"width": 390, "height": 844}) as visitor:
        page = visitor.open("/sources")
        assert page.evaluate(REGIONS) == 0
        first = page.locator("#sources-batches tbody tr").first
        named = first.locator("td").evaluate_all("all => all.map((one) => one.dataset.label)")
        assert named[:2] == ["Nguồn", "Kết quả"]
        visitor.check()
