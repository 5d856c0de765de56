"""The pages of subjects as a department lives in them: opened, narrowed, drilled, shared, left."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import CUT_TEXTS, shared_alike

pytestmark = pytest.mark.browser

JOURNEYS = [
    ("documents", "Văn bản và ký số", "docs_sent", "Văn bản đi"),
    ("services", "Dịch vụ công trực tuyến và thanh toán", "dossiers_received", "Hồ sơ tiếp nhận"),
    ("digitisation", "Số hóa hồ sơ và kết quả", "dossiers_resolved", "Hồ sơ đã giải quyết"),
    ("work", "Hồ sơ công việc, nhiệm vụ và báo cáo", "work_files_online_rate",
     "Tỷ lệ hồ sơ công việc xử lý trên môi trường mạng"),
    ("feedback", "Phản ánh, kiến nghị", "feedback_received", "Phản ánh, kiến nghị tiếp nhận"),
    ("infrastructure", "Hạ tầng số và chuyển đổi số", "agencies_lan_rate",
     "Tỷ lệ cơ quan có mạng nội bộ"),
    ("sectors", "Chuyên ngành", "water_station_uptime",
     "Tỷ lệ hoạt động của trạm quan trắc nước"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "title", "metric", "metric_title"), JOURNEYS)
def test_a_subject_is_opened_drilled_shared_and_left_again(
    visitor: Watched, stranger: Watched, name: str, title: str, metric: str, metric_title: str
) -> None:
    page = visitor.open(f"/subject/{name}?area=25")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".ioc-subjects [aria-current]")).to_have_count(1)
    page.get_by_role("link", name="12 tháng").click()
    page.wait_for_url(f"**/subject/{name}?area=25&period=twelve")
    shared_alike(stranger, page)
    page.locator(f"article[data-metric={metric}]").get_by_role(
        "link", name=metric_title, exact=True
    ).click()
    expect(page.locator("h1")).to_have_text(metric_title)
    page.go_back()
    expect(page.locator("h1")).to_have_text(title)
    ranked = page.locator("#subject-ranking .ioc-ranking__name a, #subject-ranking .ioc-empty")
    expect(ranked.first).to_be_visible()
    if page.locator("#subject-ranking .ioc-ranking__name a").count():
        ranked.first.click()
        page.wait_for_url(re.compile(rf"/subject/{name}\?area=\d{{5}}&period=twelve"))
        expect(page.locator("h1")).to_have_text(title)


def test_a_subject_is_narrowed_from_its_cut_and_its_metric_is_chosen(visitor: Watched) -> None:
    page = visitor.open("/subject/feedback?area=25")
    page.locator("#subject-cuts").get_by_role("link", name="Môi trường").click()
    page.wait_for_url("**/subject/feedback?area=25&field=MT")
    expect(page.locator(".ioc-chip")).to_have_text(
        ["Địa bàn: Tỉnh Phú Thọ", "Lĩnh vực: Môi trường"]
    )
    drawn = page.locator("article[data-metric=feedback_received] h3 a")
    expect(drawn).to_have_attribute("href", re.compile("field=MT"))
    page.locator("#subject-metric").click()
    page.get_by_role("option", name="Phản ánh, kiến nghị tiếp nhận", exact=True).click()
    page.wait_for_url("**metric=feedback_received**")
    expect(page.locator("#subject-trend-head h3")).to_have_text("Phản ánh, kiến nghị tiếp nhận")
    page.locator(".ioc-subjects").get_by_role("link", name="Số hóa").click()
    expect(page.locator("h1")).to_have_text("Số hóa hồ sơ và kết quả")
    assert page.url.endswith("/subject/digitisation?area=25&field=MT")
    page.locator(".ioc-subjects").get_by_role("link", name="Chỉ số 766").click()
    expect(page.locator("h1")).to_have_text("Bộ chỉ số theo Quyết định 766/QĐ-TTg")


@pytest.mark.parametrize("name", ["documents", "sectors"])
def test_a_subject_cuts_no_text_on_any_screen(visitor: Watched, name: str) -> None:
    page = visitor.open(f"/subject/{name}?area=25")
    for width in (1920, 1366, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(300)
        assert page.evaluate(CUT_TEXTS) == [], width
