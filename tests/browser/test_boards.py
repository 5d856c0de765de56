"""Somebody pins a chart and a figure, puts them in order, takes one away and puts it back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def test_a_board_is_put_together_by_pinning(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.get_by_role("button", name="Ghim vào bảng của tôi: Tỷ lệ giải quyết").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").last.fill("Tiến độ tỉnh")
    page.keyboard.press("Enter")
    expect(page.locator("#ioc-told")).to_contain_text("Đã ghim vào “Bảng của tôi”")
    page.locator("article[data-metric=dossiers_received] .ioc-card__value").click()
    page.locator(".ioc-drawer").get_by_role("button", name="Ghim vào bảng của tôi").click()
    page.locator("dialog.ioc-ask").get_by_role("button", name="Ghim", exact=True).click()
    page.locator("#ioc-told").get_by_role("link", name="Mở bảng").click()

    pins = page.locator(".ioc-pin")
    heads = page.locator(".ioc-pin h3.ioc-panel__title")
    expect(heads).to_have_text(["Tiến độ tỉnh", "Hồ sơ tiếp nhận · Tỉnh Phú Thọ"])
    visitor.until("document.querySelectorAll('.ioc-pin .js-plotly-plot').length === 1")
    pins.nth(1).get_by_role("button", name="Lên").click()
    expect(heads).to_have_text(["Hồ sơ tiếp nhận · Tỉnh Phú Thọ", "Tiến độ tỉnh"])
    pins.nth(0).get_by_role("button", name="Bỏ ghim").click()
    expect(heads).to_have_text(["Tiến độ tỉnh"])
    page.locator("#ioc-told").get_by_role("button", name="Hoàn tác").click()
    expect(heads).to_have_text(["Hồ sơ tiếp nhận · Tỉnh Phú Thọ", "Tiến độ tỉnh"])
    heads.nth(1).get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Tỉnh Phú Thọ")
    page.go_back()
    expect(heads).to_have_count(2)
    page.get_by_role("button", name="Xóa bảng").click()
    expect(page.locator("#my-board")).to_contain_text("Chưa có bảng nào")
