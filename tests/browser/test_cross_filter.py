"""A click on a chart, a map, a bar or a row narrows the page; chips tell it, and back undoes it."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import A_POINT_IN_A_PROVINCE

pytestmark = pytest.mark.browser

A_MONTH = """() => {
  const points = [...document.querySelectorAll('#metric-trend .scatterlayer .point')];
  const box = points[points.length - 6].getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""

LEADS = """document.querySelector('#metric-{chart} .js-plotly-plot').data
  .some((trace) => JSON.stringify(trace.customdata || '').includes('{to}'))"""
"""Whether a chart is drawn for what was chosen: until then a click leads where it led before."""


def test_clicks_narrow_chips_tell_and_back_undoes(visitor: Watched) -> None:
    page = visitor.open("/metric/dossiers_received")
    chips = page.locator(".ioc-chip")
    expect(chips).to_have_count(0)

    page.locator("#metric-field").get_by_role("link", name="Đất đai").click()
    expect(chips).to_have_text(["Lĩnh vực: Đất đai"])
    online = page.locator("#metric-channel").get_by_role("link", name="Trực tuyến")
    expect(online).to_have_attribute("href", re.compile("field=DD"))  # a cut comes by itself
    online.click()
    expect(chips).to_have_text(["Lĩnh vực: Đất đai", "Kênh: Trực tuyến"])

    visitor.until(LEADS.format(chart="map", to="field=DD&channel=online"))
    page.locator("#metric-map").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(A_POINT_IN_A_PROVINCE))
    page.wait_for_url(re.compile(r"area=\d\d&field=DD&channel=online$"))
    expect(chips).to_have_count(3)
    page.go_back()
    expect(chips).to_have_text(["Lĩnh vực: Đất đai", "Kênh: Trực tuyến"])

    page.locator("#metric-ranking").get_by_role("link", name="Tỉnh Phú Thọ").click()
    expect(chips.first).to_have_text("Địa bàn: Tỉnh Phú Thọ")
    visitor.until(LEADS.format(chart="trend", to="area=25"))
    page.locator("#metric-trend").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(A_MONTH))
    page.wait_for_url(re.compile(r"from=\d{4}-\d\d-01&to=\d{4}-\d\d-\d\d"))
    expect(chips).to_have_count(4)
    expect(chips.nth(1)).to_contain_text("Kỳ: ")
    page.go_back()
    expect(chips).to_have_count(3)


def test_clicks_before_the_page_is_drawn_anew_keep_what_was_chosen_before(
    visitor: Watched,
) -> None:
    page = visitor.open("/metric/dossiers_received")
    online = page.locator("#metric-channel").get_by_role("link", name="Trực tuyến")
    online.wait_for()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/_dash-update-component*", hold)
    page.locator("#metric-field").get_by_role("link", name="Đất đai").click()
    visitor.until("location.search === '?field=DD'")
    assert "field" not in (online.get_attribute("href") or "")  # it was drawn before
    online.click()
    visitor.until("location.search === '?channel=online&field=DD'")
    page.locator("#metric-trend").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(A_MONTH))
    visitor.until("/from=/.test(location.search)")
    for route in held:
        route.continue_()
    page.unroute("**/_dash-update-component*")
    chips = page.locator(".ioc-chip")
    expect(chips).to_have_count(3)
    expect(chips.nth(0)).to_contain_text("Kỳ: ")
    expect(chips.nth(1)).to_have_text("Lĩnh vực: Đất đai")
    expect(chips.nth(2)).to_have_text("Kênh: Trực tuyến")
