"""Every page on paper: A4, a title, what it is narrowed to, how far it reaches, what is made up."""

from pathlib import Path

import pypdfium2
import pytest

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser

PAGES = {
    "/area/25?field=DD": ("Tỉnh Phú Thọ", "Lĩnh vực: Đất đai"),
    "/ranking?area=25&column=name": ("Xếp hạng: Tỉnh Phú Thọ", "Toàn bộ Tỉnh Phú Thọ"),
    "/dossiers?list=overdue&area=25": ("Hồ sơ", "Quá hạn"),
    "/sources": ("Nguồn số liệu", "Các lần thu thập gần đây"),
}
"""What stands on paper of a page: its title, and something it must not lose."""
PORTRAIT, LANDSCAPE = (595, 842), (842, 595)
ON_SCREEN_ONLY = ("Bộ tài liệu", "Tải số liệu", "Tải về", "Xem cả bảng", "Trang sau")
CLIPPED = """[...document.querySelectorAll('.js-plotly-plot .main-svg')]
  .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1).length"""


def sheets(path: Path) -> list[tuple[tuple[int, int], str]]:
    """Size in points and text of every sheet."""
    document = pypdfium2.PdfDocument(path)
    found = [
        ((round(page.get_width()), round(page.get_height())), page.get_textpage().get_text_range())
        for page in document
    ]
    document.close()
    return found


def test_pages_are_printed_whole_and_say_what_they_are(visitor: Watched, tmp_path: Path) -> None:
    for address, (title, kept) in PAGES.items():
        page = visitor.open(address)
        visitor.until("!document.querySelector('main .ioc-skeleton')")
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
        printed = sheets(tmp_path / "page.pdf")
        whole = " ".join(" ".join(text.split()) for _, text in printed)
        assert title in " ".join(printed[0][1].split()), address
        assert kept in whole, address
        size = LANDSCAPE if address.startswith("/dossiers") else PORTRAIT
        assert {one for one, _ in printed} == {size}, address
        for number, (_, text) in enumerate(printed, 1):
            assert "DỮ LIỆU MÔ PHỎNG" in text, (address, number)
            assert f"{number} / {len(printed)}" in text, (address, number)
            assert "22/11/2026" in text, (address, number)
        assert not [word for word in ON_SCREEN_ONLY if word in whole], address


def test_charts_are_as_wide_as_the_paper(visitor: Watched) -> None:
    page = visitor.open("/metric/on_time_rate_resolved?area=25")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # 186 mm at 96 dpi
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    visitor.until(f"{CLIPPED} === 0")
    assert page.locator(".js-plotly-plot").count() == 3
