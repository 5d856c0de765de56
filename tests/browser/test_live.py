"""Figures that change under an open page, and a server that goes away and comes back."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from store import Reserve, Warehouse, publish
from tests.browser.conftest import Watched, Web, watched
from tests.dashboards.made_up import made_up_home
from tests.metrics.collected import VIETNAM, Collected, dossier

pytestmark = pytest.mark.browser
ADDRESS = "/area/25?metric=dossiers_received&grain=year"
NEW_PHU_THO = "25@2025-07-01"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web of its own, whose home may change."""
    home = tmp_path_factory.mktemp("live")
    made_up_home(home, first=date(2026, 9, 1), last=date(2026, 11, 20), per_day=5)
    web = Web(home)
    web.start()
    yield web
    web.stop()


@pytest.fixture
def watcher(seat: Watched) -> Watched:
    """Somebody whose page may complain: its server goes away."""
    seat.begin()
    return seat


def deliver_more(home: Path, count: int, source: str) -> None:
    """`count` more dossiers of Phú Thọ land, are loaded, and are published."""
    more = [
        dossier(f"MORE{number}", "2026-11-20", area=NEW_PHU_THO, due="2026-12-01")
        for number in range(count)
    ]
    collected = Collected(home).deliver(
        more, source=source, reaches="2026-11-20 09:00", known="2026-11-20 09:00"
    )
    with Warehouse.open(home, reserve=Reserve(0, 0)) as warehouse:
        for folder, moment in collected._landings:
            warehouse.load(folder, moment)
        publish(warehouse, home, datetime(2026, 11, 20, 10, tzinfo=VIETNAM), free_mb=0)


def received(watcher: Watched) -> int:
    card = watcher.page.locator("article[data-metric=dossiers_received] .ioc-card__value")
    return int(card.inner_text().replace(".", ""))


def test_a_server_that_is_gone_is_told_and_one_that_is_back_is_welcomed(
    watcher: Watched, web: Web
) -> None:
    page = watcher.open(ADDRESS)
    before = received(watcher)
    page.wait_for_timeout(1500)
    web.stop()
    banner = page.locator(".ioc-banner--offline")
    expect(banner).to_be_visible(timeout=6_000)
    expect(banner).to_contain_text("Mất kết nối máy chủ từ")
    expect(banner).to_contain_text("số liệu lúc 08:00 20/11/2026")
    assert received(watcher) == before
    web.start()
    expect(banner).to_have_count(0, timeout=6_000)
    assert received(watcher) == before


def test_a_new_snapshot_shows_by_itself_and_nothing_is_lost(watcher: Watched, web: Web) -> None:
    page = watcher.open(ADDRESS)
    before = received(watcher)
    page.get_by_text("Bảng số liệu").click()
    page.evaluate("window.scrollTo(0, 400); window.notReloaded = true")
    scrolled = page.evaluate("window.scrollY")
    deliver_more(web.home, 40, "first")
    card = page.locator("article[data-metric=dossiers_received] .ioc-card__value")
    expect(card).to_have_text(f"{before + 40:,}".replace(",", "."), timeout=10_000)
    assert page.url.endswith(ADDRESS)
    assert page.evaluate("window.notReloaded") is True
    assert page.evaluate("window.scrollY") == scrolled
    assert page.locator("#area-trend-foot details").get_attribute("open") is not None
    expect(page.locator("#area-trend-head h3")).to_have_text("Hồ sơ tiếp nhận")
    watcher.check()


def test_figures_whose_answer_was_lost_on_its_way_are_asked_for_again(
    watcher: Watched, web: Web
) -> None:
    page = watcher.open(ADDRESS)
    before = received(watcher)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if "area-trend" in (route.request.post_data or "") and not lost:
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/_dash-update-component*", lose)
    deliver_more(web.home, 40, "second")
    card = page.locator("article[data-metric=dossiers_received] .ioc-card__value")
    expect(card).to_have_text(f"{before + 40:,}".replace(",", "."), timeout=30_000)
    assert len(lost) == 1


def test_figures_published_while_the_server_was_gone_are_shown_when_it_is_back(
    watcher: Watched, web: Web
) -> None:
    page = watcher.open(ADDRESS)
    before = received(watcher)
    web.stop()
    deliver_more(web.home, 7, "third")
    expect(page.locator(".ioc-banner--offline")).to_be_visible(timeout=6_000)
    web.start()
    card = page.locator("article[data-metric=dossiers_received] .ioc-card__value")
    expect(card).to_have_text(f"{before + 7:,}".replace(",", "."), timeout=8_000)


def test_a_wall_left_open_before_the_first_snapshot_fills_itself(
    browser: Browser, tmp_path: Path
) -> None:
    empty = tmp_path / "new"
    empty.mkdir()
    web = Web(empty)
    web.start()
    try:
        with watched(browser, web) as watcher:
            page = watcher.open("/")
            expect(page.locator("h1")).to_have_text("Chưa có bản số liệu nào")
            expect(page.locator("main")).to_contain_text("Bộ thu thập chưa công bố lần nào")
            made_up_home(empty, first=date(2026, 11, 2), last=date(2026, 11, 20), per_day=5)
            expect(page.locator("h1")).to_have_text("Việt Nam", timeout=10_000)
    finally:
        web.stop()
