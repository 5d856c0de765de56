"""A wall misses no version, never leaves its page, and never shows old numbers unmarked."""

import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from domain.dossier import VIETNAM
from store.progress import Progress, forget, note_progress
from tests.browser.conftest import Watched, Web, watched

pytestmark = pytest.mark.browser
POLL = 0.05
REFRESHES = 100
MISSED = "online_dossier_rate"
SIZES = ((1920, 1080), (1080, 1920))
HALL = """
[hall]
title = "Sảnh"
area = "25"
seconds = {seconds}
jump_to_red = true
night = "{night}"
[[hall.slides]]
[[hall.slides.tiles]]
kind = "text"
text = "Bản {number}"
[[hall.slides.tiles]]
kind = "clock"
[[hall.slides]]
[[hall.slides.tiles]]
kind = "values"
metrics = ["{metric}"]
"""
NEVER = "00:00-00:00"


def declare(
    home: Path,
    number: int,
    night: str = NEVER,
    metric: str = "dossiers_received",
    seconds: int = 30,
) -> None:
    """A new version of the playlist, all of it or nothing."""
    file = home / "config" / "wall.toml"
    held = file.with_suffix(".tmp")
    held.write_text(HALL.format(number=number, night=night, metric=metric, seconds=seconds))
    held.replace(file)


@pytest.fixture(scope="module")
def hall(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    home = tmp_path_factory.mktemp("wall") / "home"
    shutil.copytree(made_home, home)
    (home / "config").mkdir(exist_ok=True)
    declare(home, 0)
    web = Web(home, poll_seconds=POLL)
    web.start()
    yield web
    web.stop()


def opened(watcher: Watched, path: str = "/wall/hall") -> Page:
    watcher.page.goto(watcher.address + path)
    watcher.until("document.querySelectorAll('.ioc-slide--on .ioc-place').length > 0")
    watcher.page.evaluate("window.notReloaded = true")
    return watcher.page


def shown(page: Page) -> list[str]:
    """The digests of all tiles there are, on the slide that is on and on the others."""
    found = "[...document.querySelectorAll('.ioc-place')].map((one) => one.dataset.digest)"
    return list(page.evaluate(found))


def test_every_version_is_shown_and_only_what_changed_is_drawn_anew(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        declare(hall.home, 0, seconds=600)  # the slide looked at stays, however slow it all is
        page = opened(watcher)
        watcher.until("document.querySelectorAll('.ioc-slide').length === 2")
        page.evaluate(
            "window.kept = [document.querySelector('[data-key$=dossiers_received]'),"
            " document.querySelector('.ioc-bigclock')]"
        )
        for number in range(1, REFRESHES + 1):
            declare(hall.home, number, seconds=600)
            watcher.until(f"document.body.innerText.includes('Bản {number}\\n')", seconds=8)
        assert page.evaluate("kept.every((one) => one.isConnected)") is True
        assert page.evaluate("document.querySelectorAll('.ioc-place').length") == 3
        assert page.evaluate("window.notReloaded") is True
        watcher.check()


def test_while_everything_is_counted_anew_the_wall_says_from_when_its_figures_are(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        page = opened(watcher)
        banner, now = page.locator("[data-part=banner]"), datetime.now(VIETNAM)
        expect(banner).to_be_hidden()
        note_progress(hall.home, Progress("dossier", 3, 11, now, now))
        expect(banner).to_contain_text("xong 3/11 phần")
        expect(banner).to_contain_text("đang hiện số liệu công bố lúc")
        forget(hall.home)
        expect(banner).to_be_hidden()
        watcher.check()


def test_a_server_killed_and_restarted_is_told_in_time_and_the_same_slide_stays(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        page = opened(watcher)
        watcher.until("document.querySelectorAll('.ioc-slide').length === 2")
        page.keyboard.press("ArrowRight")
        before = page.evaluate("document.querySelector('.ioc-wall').dataset.place")
        banner = page.locator("[data-part=banner]")
        for number in (2001, 2002):
            figures = shown(page)
            hall.stop()
            stopped = time.monotonic()
            expect(banner).to_be_visible(timeout=2_000)
            assert time.monotonic() - stopped < 2 * POLL + 1.5  # a busy machine is slow
            assert re.search(r"Mất kết nối máy chủ từ \d\d:\d\d", banner.inner_text())
            assert re.search(r"số liệu nhận lúc \d\d:\d\d", banner.inner_text())
            assert shown(page) == figures  # the last good frame, marked
            declare(hall.home, number)
            hall.start()
            expect(banner).to_be_hidden(timeout=30_000)
            watcher.until(
                f"document.querySelector('[data-part=stage]').textContent.includes('Bản {number}')"
            )
            assert page.evaluate("document.querySelector('.ioc-wall').dataset.place") == before
        assert page.url.endswith("/wall/hall")
        assert page.evaluate("window.notReloaded") is True


def test_an_answer_slower_than_the_beat_is_shown_and_no_two_are_under_way(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        page = opened(watcher)
        under_way: list[int] = [0, 0]

        def slowly(route: Route) -> None:
            under_way[0] += 1
            under_way[1] = max(under_way)
            time.sleep(3 * POLL)
            route.continue_()
            under_way[0] -= 1

        page.route("**/slide/*", slowly)
        declare(hall.home, 3001)
        watcher.until(
            "document.querySelector('[data-part=stage]').textContent.includes('Bản 3001')"
        )
        assert under_way[1] == 1  # never two at once
        page.unroute("**/slide/*")


PLACE = "document.querySelector('.ioc-wall').dataset.place"
SHIFTED = """() => {
  const { left, top } = document.querySelector('[data-part=moving]').getBoundingClientRect();
  return [left / innerWidth, top / innerHeight];
}"""


def test_a_wall_turns_stops_two_minutes_when_touched_and_moves_by_a_hundredth(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall, has_touch=True, reduced_motion="reduce") as watcher:
        watcher.page.clock.install()
        declare(hall.home, 4001)
        page = opened(watcher)
        watcher.until("document.querySelectorAll('.ioc-slide').length === 2")
        first, paused = page.evaluate(PLACE), page.locator("[data-part=paused]")
        page.clock.run_for(31_000)
        assert page.evaluate(PLACE) != first  # it turns by itself
        page.keyboard.press("ArrowRight")
        assert page.evaluate(PLACE) == first
        expect(paused).to_be_visible()
        page.keyboard.press("Escape")
        page.clock.run_for(500)
        expect(paused).to_be_hidden()
        page.touchscreen.tap(400, 300)
        page.clock.run_for(118_000)
        expect(paused).to_be_visible()
        assert page.evaluate(PLACE) == first
        page.clock.run_for(35_000)
        expect(paused).to_be_hidden()
        assert page.evaluate(PLACE) != first
        places = set()
        for _ in range(6):
            page.clock.fast_forward(61_000)
            page.clock.run_for(500)
            page.wait_for_timeout(50)
            across, down = page.evaluate(SHIFTED)
            assert max(abs(across), abs(down)) <= 0.01
            places.add((across, down))
        assert len(places) > 1  # nothing burns in
        watcher.check()


def test_what_is_missed_anew_comes_forward_and_the_night_is_dark(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        declare(hall.home, 5001)
        page = opened(watcher)
        watcher.until("document.querySelectorAll('.ioc-slide').length === 2")
        assert page.evaluate(PLACE) == "0"
        night = "!!document.querySelector('.ioc-wall--night')"
        dimmed = "getComputedStyle(document.querySelector('[data-part=moving]')).filter"
        assert [page.evaluate(night), page.evaluate(dimmed)] == [False, "none"]
        declare(hall.home, 5001, metric=MISSED)
        watcher.until(f"{PLACE} === '1'")
        assert page.locator(".ioc-slide--on .ioc-tile--missed").count() == 1
        now = datetime.now(VIETNAM)
        hours = [f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (-9, 9)]
        declare(hall.home, 5001, "-".join(hours), MISSED)
        watcher.until(night)
        assert page.evaluate(dimmed) == "brightness(0.45)"
        declare(hall.home, 5001, "-".join(reversed(hours)), MISSED)  # the rest of the day
        watcher.until(f"!{night}")
        watcher.check()


def test_a_page_loaded_while_the_server_is_down_waits_in_words_and_opens_by_itself(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        declare(hall.home, 6001)
        page = opened(watcher)
        watcher.until(
            "navigator.serviceWorker.getRegistrations().then((found) =>"
            " found.length === 2 && found.every((one) => one.active))"
        )
        hall.stop()
        for path in ("/screen", "/wall/hall"):  # what a screen opens when its power is back
            page.goto(hall.address + path)
            expect(page.locator("h1")).to_have_text("Đang chờ máy chủ…")
            assert page.locator("[data-part=stage]").count() == 0  # no figure is kept
        declare(hall.home, 6002)
        hall.start()
        expect(page.locator("[data-part=stage]")).to_contain_text("Bản 6002")
        assert page.url == f"{hall.address}/wall/hall"
        assert page.evaluate("window.violations") == []


SMALLEST = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.querySelector('.ioc-wall'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const slide = element.closest('.ioc-slide');
    if (!walk.currentNode.textContent.trim() || element.closest('[hidden], noscript')) continue;
    if (slide && !slide.classList.contains('ioc-slide--on')) continue;
    const svg = element.closest('svg');
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    found.push(scale * parseFloat(getComputedStyle(element).fontSize));
  }
  return window.innerHeight / Math.min(...found);
}"""
CUT = """() => [...document.querySelectorAll('.ioc-slide--on')]
  .flatMap((slide) => [...slide.querySelectorAll('.ioc-place > *, .ioc-large__body')])
  .filter((one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)
  .map((one) => one.className + ' ' + one.innerText.slice(0, 60))"""


def test_every_shipped_slide_can_be_read_from_five_metres_on_every_screen(
    browser: Browser, hall: Web
) -> None:
    with watched(browser, hall) as watcher:
        page = opened(watcher, "/wall/meeting?area=25")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            ratio = "(innerWidth / innerHeight).toFixed(3)"
            watcher.until(f"document.querySelector('.ioc-wall').dataset.ratio === {ratio}")
            for _ in range(page.evaluate("document.querySelectorAll('.ioc-slide').length")):
                assert page.evaluate(SMALLEST) <= 45.2, (width, height)
                assert page.evaluate(CUT) == [], (width, height)
                page.keyboard.press("ArrowRight")
