"""The whole walk of a submission, from the empty form to the figure on the area's page."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from commands.submission_desk import SubmissionDesk
from dashboards.shell import create_app
from datasources.running.scheduler import Collector
from metrics.rules import rules
from tests.browser.conftest import VIOLATIONS, Watched
from tests.datasources.filling import Value, filled
from tests.store.prepared import prepare

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SOURCES = """
[work]
kind = "submissions"
title.vi = "Hồ sơ công việc"
title.en = "Work files"
metrics = ["work_files_online_rate", "household_businesses_active"]
grain = "month"
areas = ["25", "25/commune"]

[other]
kind = "submissions"
title.vi = "Biểu khác"
title.en = "Another form"
metrics = ["officials_pc_rate"]
grain = "quarter"
areas = ["25"]
"""
FIELD = "#submit-upload input[type=file]"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("submitting")
    (home / "config").mkdir()
    (home / "config" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    collect(home)  # the printed figures: there is something to show before anybody submits
    return home


def collect(home: Path) -> list[str]:
    told: list[str] = []
    Collector(prepare(home), now=lambda: NOW, tell=told.append).run_once()
    return told


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    desk = SubmissionDesk(home, lambda: rules(home / "config"), lambda: NOW)
    server = make_server(
        "127.0.0.1", 0, create_app(home, poll_seconds=1, desk=desk).server, threaded=True
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1366, "height": 768},
        accept_downloads=True,
    )
    context.add_init_script(VIOLATIONS)
    try:
        visitor = Watched(context, address)
        yield visitor
        visitor.check()
    finally:
        context.close()


def downloaded(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải biểu mẫu (.xlsx)").click()
    return Path(download.value.path()).read_bytes()


def uploaded(page: Page, book: bytes, cells: dict[str, Value]) -> None:
    file = {
        "name": "bieu.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": filled(book, cells),
    }
    page.locator(FIELD).set_input_files(file)  # type: ignore[arg-type]  # a file that is no file yet


def test_from_the_empty_form_to_the_figure_on_the_page_of_the_area(
    visitor: Watched, home: Path
) -> None:
    page = visitor.open("/submit")
    expect(page.locator("h1")).to_have_text("Nộp số liệu")
    expect(page.get_by_text("Chưa ai nộp biểu mẫu này")).to_be_visible()

    # Choosing is done by keyboard, and is an address.
    page.locator("#submit-area").click()
    page.keyboard.type("phung nguyen", delay=30)
    expect(page.get_by_role("option", name="Xã Phùng Nguyên", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit/work/2026-10/08521")
    book = downloaded(page)

    # A doubt stands at its cell, and nothing can be submitted.
    uploaded(page, book, {"D6": 120.0, "E6": 100.0, "D7": 12.0})
    expect(page.locator(".ioc-told__verdict")).to_contain_text("Có 1 chỗ cần sửa")
    expect(page.locator(".ioc-wrong")).to_have_text("120D6")
    expect(page.locator(".ioc-told__list")).to_contain_text("tử số lớn hơn mẫu số")
    expect(page.get_by_role("button", name="Nộp", exact=True)).to_have_count(0)

    # Mended, it is submitted, and waits.
    uploaded(page, book, {"D6": 96.0, "E6": 100.0, "D7": 12.0})
    expect(page.locator(".ioc-told__verdict")).to_contain_text("Đọc tốt, có thể nộp")
    page.get_by_role("button", name="Nộp", exact=True).click()
    expect(page.locator(".ioc-receipt")).to_contain_text("Đang chờ thu thập")

    # Collected, its fate is told on the open page, and the figure stands on the area's.
    assert any(told.startswith("work: 2 rows, 2 records = 2 new") for told in collect(home))
    expect(page.locator(".ioc-receipt")).to_contain_text("Đã vào số liệu lúc 10:00 22/11/2026")
    expect(page.locator(".ioc-entries tbody tr")).to_have_count(1)
    page = visitor.open("/area/08521?from=2026-10-01&to=2026-10-31")
    card = page.locator("article[data-metric=work_files_online_rate]")
    expect(card.locator(".ioc-card__value")).to_have_text("96,0")
    card.locator(".ioc-card__value").click()
    expect(page.get_by_role("dialog")).to_contain_text("96 / 100 = 96,0 %")
    expect(page.get_by_role("dialog")).to_contain_text("NguồnHồ sơ công việc")

    # Submitted again, it is compared with what was submitted before.
    page = visitor.open("/submit/work/2026-10/08521")
    expect(page.get_by_role("link", name="Tải biểu mẫu (.xlsx)")).to_be_visible()
    uploaded(page, book, {"D6": 97.0, "E6": 100.0})
    row = page.locator(".ioc-filled tbody tr").first
    expect(row).to_contain_text("96 / 100")
    expect(row).to_contain_text("Thay đổi")
    page.get_by_role("button", name="Không nộp").click()
    expect(page.locator(".ioc-preview")).to_have_count(0)


def test_another_choice_leaves_nothing_of_the_file_before(visitor: Watched) -> None:
    page = visitor.open("/submit/work/2026-10/25")
    book = downloaded(page)
    uploaded(page, book, {"D6": 1.0, "E6": 2.0})
    expect(page.locator(".ioc-preview")).to_be_visible()
    page.locator("#submit-form").click()
    page.get_by_role("option", name="Biểu khác").click()
    page.wait_for_url("**/submit/other")
    expect(page.locator(".ioc-preview")).to_have_count(0)
    expect(page.locator("#submit-period")).to_have_value("Quý III/2026")
    # The form's one area is chosen by itself; the file of the other form leads back.
    expect(page.get_by_role("link", name="Tải biểu mẫu (.xlsx)")).to_be_visible()
    uploaded(page, book, {"D6": 1.0, "E6": 2.0})
    expect(page.locator(".ioc-told__list")).to_contain_text("Tệp là của biểu mẫu khác.")
    page.get_by_role("link", name="Sang đúng biểu, kỳ, đơn vị của tệp này").click()
    page.wait_for_url("**/submit/work/2026-10/25")
    expect(page.locator("#submit-form")).to_have_value("Hồ sơ công việc")


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_the_page_fits_its_screen_in_either_language(
    visitor: Watched, size: tuple[int, int]
) -> None:
    width, height = size
    visitor.page.set_viewport_size({"width": width, "height": height})
    page = visitor.open("/submit/work/2026-10/25-commune?lang=en")
    expect(page.get_by_role("link", name="Download the form (.xlsx)")).to_be_visible()
    expect(page.get_by_text("Metrics: 2; areas: 148; rows: 296.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    field = page.locator(FIELD)
    expect(field).to_have_attribute("aria-label", "Upload the filled file")
    field.focus()
    expect(field).to_be_focused()
