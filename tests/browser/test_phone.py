"""On a phone nothing lies beside the screen, on any page there is."""

import pytest
from playwright.sync_api import Browser

from tests.browser.addresses import addresses
from tests.browser.conftest import Web, watched

pytestmark = pytest.mark.browser

SIDEWAYS = "[document.scrollingElement.scrollWidth, window.innerWidth]"
REGIONS = """[...document.querySelectorAll('main .ioc-table-wrap')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).length"""


@pytest.mark.timeout(300)  # some twenty pages
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
