"""A leader asks from a card, a commune answers: two people, two browsers, one book."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from domain.scope import Scope
from store.state.alert_rows import Key, Seen, Step
from store.state.alert_steps import take
from store.state.explanations import explanation_of
from tests.browser.conftest import Watched, Web, watched
from tests.dashboards.conftest import NOW
from tests.dashboards.logging_in import PASSWORD, add

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE = "08521@2025-07-01"
SCRIPT = "Vì sao trễ? <script>alert(1)</script>"
LONGEST = "Quản lý và Bảo trì công trình đường bộ " * 12


@pytest.fixture(scope="module")
def peopled(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A home with a leader of the province, somebody of a commune, and alerts of it."""
    home = tmp_path_factory.mktemp("peopled") / "home"
    shutil.copytree(made_home, home)
    add(home, "chu.tich", "leader", Scope(frozenset({"25@2025-07-01"})))
    add(home, "xa.nay", "commune", Scope(frozenset({HERE})))
    seen = Seen("ioc-1", date(2026, 11, 1), date(2026, 11, 23), 13, 15, 86.7, 95, version=1)
    names = ("on_time_low", "a_rule_that_is_gone", LONGEST)
    steps = [
        Step(Key(name, "on_time_rate_resolved", HERE), None, "raise", seen, "urgent")
        for name in names
    ]
    take(home, steps, NOW)
    web = Web(home)
    web.start()
    yield web
    web.stop()


def log_in(visitor: Watched, name: str, path: str) -> None:
    page = visitor.page
    page.goto(visitor.address + path)
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    visitor.until("!document.getElementById('first') && document.querySelector('#page h1')")


def test_a_leader_asks_from_a_card_and_the_commune_answers(browser: Browser, peopled: Web) -> None:
    with watched(browser, peopled) as leader, watched(browser, peopled) as commune:
        # From the card to its definition, and from there to the form.
        log_in(leader, "chu.tich", "/area/08521?from=2026-01-01&to=2026-10-31")
        page = leader.page
        page.locator("article[data-metric=on_time_rate_resolved] .ioc-info").click()
        page.locator("#drawer-body").get_by_role("link", name="Yêu cầu giải trình").click()
        page.wait_for_url("**/alerts/ask/on_time_rate_resolved/**")
        expect(page.locator(".ioc-case")).to_contain_text("Xã Phùng Nguyên")
        page.get_by_role("button", name="Gửi yêu cầu").click()
        expect(page.get_by_role("alert")).to_contain_text("Hãy ghi nội dung")
        page.get_by_label("Cần giải trình điều gì").fill(SCRIPT)
        page.get_by_role("button", name="Gửi yêu cầu").click()
        expect(page.get_by_role("status").first).to_contain_text("Đã gửi yêu cầu số 1")
        expect(page.locator("#alerts-form")).to_be_hidden()

        # The commune finds it under its own, answers by keyboard, with a link.
        log_in(commune, "xa.nay", "/alerts/requests")
        page = commune.page
        expect(page.locator(".ioc-nav__count")).to_have_text("4")
        row = page.locator(".ioc-alert__title a")
        expect(row).to_have_count(1)
        row.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/alerts/request/1")
        expect(page.locator(".ioc-said__text")).to_have_text(SCRIPT)
        page.get_by_label("Nội dung giải trình").focus()
        page.keyboard.type("Do lỗi liên thông.")
        page.keyboard.press("Tab")
        page.keyboard.type("https://vanban.example.vn/12")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Đã gửi giải trình")
        expect(page.locator(".ioc-said__item")).to_have_count(2)

        # The leader reads it beside the figure, and accepts it.
        page = leader.open("/area/08521?from=2026-01-01&to=2026-10-31")
        card = page.locator("article[data-metric=on_time_rate_resolved]")
        expect(card).to_contain_text("có giải trình")
        card.locator(".ioc-info").click()
        expect(page.get_by_role("dialog")).to_contain_text("Do lỗi liên thông.")
        page.get_by_role("dialog").get_by_role("link", name="Đã trả lời").click()
        page.wait_for_url("**/alerts/request/1")
        page.get_by_role("button", name="Chấp nhận").click()
        expect(page.get_by_role("status").first).to_contain_text("Đã chấp nhận")
        one = explanation_of(peopled.home, 1)
        assert one is not None
        assert one.state == "accepted"
        leader.check()
        commune.check()


def test_an_alert_is_acknowledged_and_back_leads_to_the_list(
    browser: Browser, peopled: Web
) -> None:
    with watched(browser, peopled) as commune:
        log_in(commune, "xa.nay", "/alerts")
        page = commune.page
        page.locator(".ioc-alert__title a").first.click()
        page.get_by_role("button", name="Tiếp nhận").click()
        expect(page.get_by_role("status").first).to_contain_text("Đã tiếp nhận")
        expect(page.locator(".ioc-said__item")).to_have_count(2)
        expect(page.get_by_role("button", name="Đóng")).to_have_count(0)
        page.go_back()
        expect(page.locator(".ioc-alert")).to_have_count(3)
        commune.check()


def test_the_pages_fit_a_phone_and_a_wall_with_the_longest_names(
    browser: Browser, peopled: Web
) -> None:
    with watched(browser, peopled, viewport={"width": 390, "height": 844}) as visitor:
        log_in(visitor, "chu.tich", "/alerts?lang=en")
        for path in ("/alerts", "/alerts/3", "/alerts/requests"):
            for width in (390, 1920):
                visitor.page.set_viewport_size({"width": width, "height": 844})
                page = visitor.open(f"{path}?lang=en")
                expect(page.locator(".ioc-alerts__tabs a").first).to_be_visible()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        visitor.check()
