"""From a figure to one dossier and back, with the mouse and by the keyboard alone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, Web, watched

pytestmark = pytest.mark.browser


def test_from_a_card_to_the_list_behind_it_to_a_dossier_and_back(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.locator('.ioc-card[data-metric="dossiers_received"] button').first.click()
    page.get_by_role("link", name="Xem hồ sơ").click()
    expect(page.locator("h1")).to_have_text("Hồ sơ tính vào tử số: Hồ sơ tiếp nhận")
    expect(page.locator("#dossiers-body")).to_contain_text("Khớp với con số")
    assert "metric=dossiers_received" in page.url
    assert "area=25" in page.url
    code = page.locator(".ioc-docket__table tbody th a").first
    told = code.inner_text()
    code.click()
    expect(page.locator("h1")).to_have_text(told)
    expect(page.locator(".ioc-course")).to_contain_text("Được tiếp nhận")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Hồ sơ tính vào tử số: Hồ sơ tiếp nhận")


def test_the_lists_of_the_morning_are_reached_by_the_keyboard(visitor: Watched) -> None:
    page = visitor.open("/dossiers?area=25")
    page.locator(".ioc-alerts__tabs a", has_text="Quá hạn").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("list=overdue"))
    expect(page.locator(".ioc-docket__table")).to_be_visible()
    page.get_by_role("link", name="Hẹn trả").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("sort=due"))
    expect(page.locator('th[aria-sort="ascending"]')).to_have_text("Hẹn trả")


def step_to(page: Page, what: str, most: int = 150) -> None:
    """Press Tab until what is named so has the focus, as somebody without a mouse does."""
    focused = "((one) => one.getAttribute('aria-label') || one.innerText)(document.activeElement)"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(focused).startswith(what):
            return
    raise AssertionError(f"{most} steps do not lead to {what!r}")


def test_from_the_overview_to_a_dossier_without_a_mouse(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    name = page.locator('.ioc-card[data-metric="dossiers_pending_overdue"] button').get_attribute(
        "aria-label"
    )
    step_to(page, str(name))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Xem hồ sơ")).to_be_visible()
    step_to(page, "Xem hồ sơ")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Hồ sơ tính vào tử số: Hồ sơ đang giải quyết quá hạn")
    code = page.locator(".ioc-docket__table tbody th a").first.inner_text()
    step_to(page, code)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(code)
    page.go_back()  # Alt and the left arrow; Chromium has no window to hear them here
    expect(page.locator("h1")).to_have_text("Hồ sơ tính vào tử số: Hồ sơ đang giải quyết quá hạn")


def test_on_a_phone_nothing_runs_out_of_the_screen(browser: Browser, web: Web) -> None:
    with watched(browser, web, viewport={"width": 390, "height": 844}) as phone:
        page = phone.open("/dossiers?list=overdue&area=25")
        expect(page.locator(".ioc-docket__table")).to_be_visible()
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert page.evaluate(wide) is False
        phone.check()
