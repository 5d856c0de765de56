"""From the country to a commune and back, by keyboard alone, in the tree of areas."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def test_a_commune_is_reached_through_the_tree_by_keyboard(visitor: Watched) -> None:
    page = visitor.open("/?metric=dossiers_received")
    field = page.get_by_role("combobox", name="Địa bàn")
    field.focus()
    page.keyboard.press("ArrowDown")
    lines = page.get_by_role("treeitem")
    expect(lines).to_have_count(35)
    expect(lines.first).to_have_attribute("aria-current", "location")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    active = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
    assert page.evaluate(f"{active}.getAttribute('aria-level')") == "2"
    while page.evaluate(f"{active}.textContent") != "Tỉnh Phú Thọ":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(lines).to_have_count(35 + 148)
    page.keyboard.press("ArrowRight")
    first = page.evaluate(f"{active}.textContent")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(first)
    assert re.search(r"/area/\d{5}\?metric=dossiers_received$", page.url)
    expect(lines).to_have_count(0)
    trail = page.get_by_role("navigation", name="Vị trí")
    expect(trail.get_by_role("listitem")).to_have_text(["Việt Nam", "Tỉnh Phú Thọ", first])
    trail.get_by_role("link", name="Tỉnh Phú Thọ").click()
    expect(page.locator("h1")).to_have_text("Tỉnh Phú Thọ")
    page.go_back()
    expect(page.locator("h1")).to_have_text(first)


def test_escape_closes_and_what_is_shut_opens_again_where_one_is(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    field = page.get_by_role("combobox", name="Địa bàn")
    field.click()
    here = page.get_by_role("treeitem", name="Tỉnh Phú Thọ")
    expect(here).to_have_attribute("aria-expanded", "true")
    here.locator(".ioc-areas__twist").click()
    expect(here).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("treeitem")).to_have_count(35)
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("khong co noi nay")
    expect(page.locator(".ioc-areas__said")).to_have_text("Không tìm thấy địa bàn nào")
    page.keyboard.press("Tab")
    expect(field).to_have_value("")
