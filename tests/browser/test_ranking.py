"""A long ranking is sorted, turned over, shared, and left for an area, by clicks and by keys."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import shared_alike

pytestmark = pytest.mark.browser


def test_a_ranking_is_sorted_turned_over_and_shared(visitor: Watched, stranger: Watched) -> None:
    page = visitor.open("/area/25?metric=dossiers_received")
    page.get_by_role("link", name="Xem cả bảng").click()
    expect(page.locator("h1")).to_have_text("Xếp hạng: Tỉnh Phú Thọ")
    rows = page.locator("#ranking-table tbody tr")
    expect(rows).to_have_count(50)
    heading = page.get_by_role("columnheader", name="Đơn vị")
    heading.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(rows.first.locator("th")).to_have_text("Xã An Bình")
    page.get_by_role("link", name="Trang cuối").click()
    expect(rows).to_have_count(48)
    assert "column=name" in page.url
    assert "p=3" in page.url
    shared_alike(stranger, page)
    page.go_back()
    expect(rows).to_have_count(50)
    rows.first.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Xã An Bình")
    assert page.url.endswith("/area/08557?metric=dossiers_received") or "column" not in page.url
