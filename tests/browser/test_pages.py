"""What a visitor does: opening, drilling, going back, choosing, searching, looking behind."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.pages import NUMBERS
from benchmarks.seen import Visitor
from tests.browser.conftest import Watched, Web

pytestmark = pytest.mark.browser

A_POINT_IN_A_PROVINCE = """() => {
  const [x, y] = [...document.querySelectorAll('path.choroplethlocation')].map((path) => {
    const box = path.getBBox();
    const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
    const place = middle.matrixTransform(path.getScreenCTM());
    return path.isPointInFill(middle) ? [place.x, place.y] : null;
  }).find((point) => point);
  return [x, y];
}"""
SIDEWAYS = """[...document.querySelectorAll('main .ioc-table-wrap')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).length"""
CUT_TEXTS = """[...document.querySelectorAll('.ioc-card *')]
  .filter((one) => one.children.length === 0 && one.textContent)
  .filter((one) => getComputedStyle(one).display !== 'inline')
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.className + ': ' + one.textContent)"""


def shared_alike(stranger: Watched, page: Page) -> None:
    """Whoever gets the link of a page sees all of it the same, in a browser of their own."""
    shared = stranger.open(page.url.removeprefix(stranger.address)).locator("main")
    end = time.monotonic() + 20
    while shared.inner_text() != page.locator("main").inner_text():
        assert time.monotonic() < end, "the two pages do not become alike"
        page.wait_for_timeout(100)


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/", "Việt Nam"),
        ("/area/25", "Tỉnh Phú Thọ"),
        ("/area/237@2025-06-30?from=2025-01-02&to=2025-06-30", "Huyện Lâm Thao"),
        ("/area/08521", "Xã Phùng Nguyên"),
        ("/area/20333", "Đặc khu Hoàng Sa"),
        ("/metric/docs_signed_rate?area=25", "Tỷ lệ văn bản ký số"),
        ("/index766?area=25&period=last_month", "Bộ chỉ số theo Quyết định 766/QĐ-TTg"),
        ("/compare?area=25&with=04", "So sánh"),
        ("/methodology", "Phương pháp: chỉ tiêu được tính thế nào"),
        ("/sources", "Nguồn số liệu"),
        ("/area/25?grian=month", "Không đọc được địa chỉ này"),
    ],
)
def test_a_page_opens_by_its_address_and_is_quiet(
    visitor: Watched, address: str, heading: str
) -> None:
    page = visitor.open(address)
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("main")).to_have_count(1)


def test_a_click_in_the_ranking_leads_inside_and_back_leads_back(visitor: Watched) -> None:
    page = visitor.open("/area/25?metric=dossiers_received")
    page.get_by_role("link", name="Xã Phùng Nguyên").first.click()
    expect(page.locator("h1")).to_have_text("Xã Phùng Nguyên")
    assert page.url.endswith("/area/08521?metric=dossiers_received")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Tỉnh Phú Thọ")
    expect(page.locator("#area-trend-head h3")).to_have_text("Hồ sơ tiếp nhận")


def test_a_click_on_the_map_leads_to_the_province(visitor: Watched) -> None:
    page = visitor.open("/")
    visitor.until("document.querySelectorAll('path.choroplethlocation').length >= 34")
    page.locator("#overview-map").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(A_POINT_IN_A_PROVINCE))
    page.wait_for_url(re.compile(r"/area/\d\d$"))
    expect(page.locator("h1")).not_to_have_text("Việt Nam")


def test_the_map_of_the_country_shows_both_archipelagos(visitor: Watched) -> None:
    page = visitor.open("/")
    expect(
        page.locator("#overview-map .scatterlayer text, #overview-map .scattergeo text")
    ).to_have_text(["QĐ. Hoàng Sa", "QĐ. Trường Sa"])


def test_the_language_changes_everything_and_stays(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("#area-concerns h2")).to_have_text("Needs attention")
    assert "lang=en" in page.url
    assert page.evaluate("document.documentElement.lang") == "en"
    visitor.open("/area/04")
    expect(page.locator("#area-concerns h2")).to_have_text("Needs attention")


def test_the_theme_changes_charts_too_and_stays(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    visitor.until("document.querySelector('.js-plotly-plot')?.layout")
    ink = "document.querySelector('.js-plotly-plot').layout.font.color"
    light = page.evaluate(ink)
    page.get_by_role("button", name="Đổi giao diện sáng, tối").click()
    visitor.until(f"{ink} !== '{light}'")
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    visitor.open("/area/04")
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"


def test_a_card_opens_what_is_behind_its_number(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.locator("article[data-metric=on_time_rate_resolved] .ioc-card__value").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Căn cứ pháp lý")
    expect(drawer).to_contain_text(re.compile(r"[\d.]+ / [\d.]+ = \d+,\d"))
    with page.expect_download() as download:
        drawer.get_by_role("link", name="Tải số liệu (CSV)").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_an_area_is_found_without_accents_and_by_keyboard(visitor: Watched) -> None:
    page = visitor.open("/")
    page.locator("#search").click()
    page.keyboard.type("phung nguyen", delay=30)
    option = page.get_by_role("option", name="Xã Phùng Nguyên, Tỉnh Phú Thọ", exact=True)
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Xã Phùng Nguyên")
    assert page.url.endswith("/area/08521")


def test_an_old_district_is_found_by_its_name(visitor: Watched) -> None:
    page = visitor.open("/")
    page.locator("#search").click()
    page.keyboard.type("huyen lam thao", delay=30)
    page.get_by_role("option", name=re.compile("^Huyện Lâm Thao")).click()
    expect(page.locator("h1")).to_have_text("Huyện Lâm Thao")


def test_period_and_grain_are_addresses(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.get_by_role("link", name="Năm trước").click()
    expect(page.locator(".ioc-pagehead__lead")).to_contain_text("01/01/2025 – 31/12/2025")
    page.get_by_role("link", name="Quý", exact=True).click()
    page.wait_for_url("**grain=quarter**")
    assert "period=last_year" in page.url
    expect(page.get_by_role("link", name="Năm trước")).to_have_attribute("aria-current", "true")


def test_a_filter_is_found_chosen_shared_and_taken_away(
    visitor: Watched, stranger: Watched
) -> None:
    page = visitor.open("/area/25")
    received = page.locator("article[data-metric=dossiers_received] .ioc-card__value")
    whole = received.inner_text()
    page.get_by_text("Bộ lọc", exact=True).click()
    page.locator("#filter-by-field").click()
    page.keyboard.type("dat dai", delay=30)
    page.get_by_role("option", name="Đất đai (DD)").click()
    page.wait_for_url("**/area/25?field=DD")
    expect(page.locator(".ioc-chip")).to_have_text(["Lĩnh vực: Đất đai"])
    expect(received).not_to_have_text(whole)
    shared_alike(stranger, page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Bỏ lọc Lĩnh vực: Đất đai").click()
    page.wait_for_url("**/area/25")
    expect(received).to_have_text(whole)
    page.go_back()
    expect(page.locator(".ioc-chip")).to_have_text(["Lĩnh vực: Đất đai"])


def test_what_a_field_says_after_the_visitor_went_back_is_no_choice(visitor: Watched) -> None:
    page = visitor.open("/area/25?field=DD")
    page.get_by_role("link", name="Bỏ lọc Lĩnh vực: Đất đai").click()
    page.wait_for_url("**/area/25")
    page.go_back()
    for said in ([], ["HT"]):  # a picker repeats of itself what it was told before
        page.evaluate("said => dash_clientside.set_props('filter-by-field', {value: said})", said)
        page.wait_for_function(
            "() => String(dash_component_api.getLayout('filter-by-field').props.value) === 'DD'"
        )
    expect(page.locator(".ioc-chip")).to_have_text(["Lĩnh vực: Đất đai"])
    assert page.url.endswith("/area/25?field=DD")


def test_a_metrics_page_is_drilled_cut_shared_and_left_again(
    visitor: Watched, stranger: Watched
) -> None:
    page = visitor.open("/area/25")
    page.get_by_role("link", name="Hồ sơ tiếp nhận").first.click()
    expect(page.locator("h1")).to_have_text("Hồ sơ tiếp nhận")
    assert page.url.endswith("/metric/dossiers_received?area=25")
    page.locator("#metric-field").get_by_role("link", name="Đất đai").click()
    expect(page.locator(".ioc-chip")).to_have_text(["Địa bàn: Tỉnh Phú Thọ", "Lĩnh vực: Đất đai"])
    ranked = page.locator("#metric-ranking").get_by_role("link", name="Xã Phùng Nguyên")
    expect(ranked).to_have_attribute("href", re.compile("field=DD"))
    ranked.click()
    page.wait_for_url("**/metric/dossiers_received?area=08521&field=DD")
    shared_alike(stranger, page)
    page.go_back()
    page.get_by_role("link", name="Bỏ lọc Địa bàn: Tỉnh Phú Thọ").click()
    page.wait_for_url("**/metric/dossiers_received?field=DD")
    page.get_by_role("navigation", name="Vị trí").get_by_role("link", name="Chỉ tiêu").click()
    page.get_by_label("Tìm chỉ tiêu").fill("gui hoan toan dien tu")
    page.wait_for_url("**/methodology?**q=gui+hoan+toan+dien+tu")
    expect(page.locator(".ioc-entry").first).to_contain_text("gửi hoàn toàn điện tử")


def test_areas_are_put_side_by_side_found_shared_and_taken_away(
    visitor: Watched, stranger: Watched
) -> None:
    page = visitor.open("/compare?area=25")
    names = page.locator("#compare-matrix thead th a:not(.ioc-chip__remove)")
    expect(names).to_have_text(["Tỉnh Phú Thọ", "Việt Nam"])
    page.locator("#compare-places").get_by_role("link", name="Tỉnh Cao Bằng").click()
    expect(names).to_have_text(["Tỉnh Phú Thọ", "Tỉnh Cao Bằng", "Việt Nam"])
    page.locator("#search").click()
    page.keyboard.type("phung nguyen", delay=30)
    page.get_by_role("option", name="Xã Phùng Nguyên, Tỉnh Phú Thọ", exact=True).click()
    page.wait_for_url("**/compare?area=25&with=04&with=08521")
    page.locator("#compare-metrics").click()
    page.keyboard.type("van ban di", delay=30)
    page.get_by_role("option", name="Văn bản đi", exact=True).click()
    expect(page.locator("#compare-matrix tbody tr")).to_have_count(6)
    shared_alike(stranger, page)
    page.get_by_role("link", name="Bỏ lọc Tỉnh Phú Thọ").click()
    expect(names).to_have_text(["Tỉnh Cao Bằng", "Xã Phùng Nguyên", "Việt Nam"])
    page.go_back()
    expect(names).to_have_count(4)


def test_another_metric_changes_trend_map_and_ranking(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.locator("#area-metric").click()
    page.locator("#area-metric").fill("van ban di")
    page.get_by_role("option", name="Văn bản đi", exact=True).click()
    expect(page.locator("#area-trend-head h3")).to_have_text("Văn bản đi")
    expect(page.locator("#area-ranking .ioc-panel__note")).to_contain_text("Văn bản đi")
    assert "metric=docs_sent" in page.url


def test_the_table_behind_the_trend_opens(visitor: Watched) -> None:
    page = visitor.open("/area/25")
    page.get_by_text("Bảng số liệu").click()
    expect(page.locator("#area-trend-foot tbody tr")).to_have_count(24)


def test_a_filter_that_is_no_more_is_told_and_never_left_out(visitor: Watched) -> None:
    page = visitor.open("/area/25?field=gone&channel=online")
    expect(page.locator("h1")).to_have_text("Không đọc được địa chỉ này")
    page.wait_for_timeout(1000)  # its picker has let go of it by then
    assert page.url.endswith("/area/25?field=gone&channel=online")
    expect(page.locator("h1")).to_have_text("Không đọc được địa chỉ này")
    page.get_by_role("link", name=re.compile("Đến địa chỉ gần nhất")).click()
    page.wait_for_url("**/area/25?channel=online")
    expect(page.locator(".ioc-chip")).to_have_text(["Kênh: Trực tuyến"])


def test_a_wrong_address_offers_the_nearest(visitor: Watched) -> None:
    page = visitor.open("/area/25?metric=on_time_rate_resolve")
    page.get_by_role("link", name=re.compile("Đến địa chỉ gần nhất")).click()
    expect(page.locator("h1")).to_have_text("Tỉnh Phú Thọ")


def test_the_books_of_collecting_are_cards_on_a_phone(visitor: Watched) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    page = visitor.open("/sources")
    assert page.evaluate(SIDEWAYS) == 0
    first = page.locator("#sources-batches tbody tr").first
    named = first.locator("td").evaluate_all("all => all.map((one) => one.dataset.label)")
    assert named[:2] == ["Nguồn", "Kết quả"]


@pytest.mark.parametrize("address", ["/", "/area/25"])
def test_no_text_on_a_card_is_cut_off(visitor: Watched, address: str) -> None:
    page = visitor.open(address)
    for width in (1920, 1366, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        assert page.evaluate(CUT_TEXTS) == [], width


def test_a_benchmark_sees_the_first_number_before_the_page_has_settled(
    browser: Browser, web: Web
) -> None:
    visitor = Visitor(browser, NUMBERS, charts=1)
    seen = visitor.opens(f"{web.address}/area/08521")
    visitor.close()
    assert seen.first is not None
    assert 0 < seen.first < seen.settled
    assert seen.sent > 100_000


def test_a_pack_is_put_on_schedule_paused_and_taken_off_again(visitor: Watched) -> None:
    page = visitor.page
    page.goto(visitor.address + "/packs")
    desk = page.locator(".ioc-packs__schedule")
    expect(desk).to_contain_text("Chưa có lịch gửi nào.", timeout=60_000)
    to, note = desk.locator("textarea"), desk.locator("[role=status]")
    arrange = desk.get_by_role("button", name="Đặt lịch gửi")
    desk.locator("select").select_option("mon")
    desk.locator("[data-hour=at]").fill("06:30")
    assert desk.locator("[data-hour=until]").input_value() == "07:15"  # waits as long as before
    to.fill("vp@elsewhere.example")
    arrange.click()
    expect(note).to_contain_text("chỉ được gửi tới tinh.example.vn")
    visitor.complaints.clear()  # the browser tells of the answer 400
    to.fill("vp@tinh.example.vn")
    arrange.click()
    expect(note).to_contain_text("Đã đặt lịch. Lần gửi tới: 06:30")
    line = desk.locator(".ioc-packs__scheduled")
    expect(line).to_contain_text("Thứ Hai hằng tuần, 06:30 · PowerPoint, PDF · vp@tinh.example.vn")
    line.get_by_role("button", name="Tạm dừng").click()
    expect(line).to_contain_text("Đang tạm dừng")
    line.get_by_role("button", name="Gửi tiếp").click()
    expect(line).to_contain_text("Lần tới: 06:30")
    line.get_by_role("button", name="Xóa lịch").click()
    expect(desk).to_contain_text("Chưa có lịch gửi nào.")
