"""Takes the pictures of next Monday's slides being made: `python -m docs.meeting`.

A department's way from the page "Bộ tài liệu" to a file, step by step, as the manuals tell it.
Without --url it starts the program as docs/screenshots.py does. The last picture is the file
itself, drawn by LibreOffice.
"""

import argparse
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from docs.screenshots import ARGUMENTS, CHROMIUM, IMAGES, PAGE_MS, demo, packed

SIZE = {"width": 1280, "height": 800}
MADE_MS, STILL_MS = 180_000, 500
COLOURS = 96
AREA = "Tỉnh Phú Thọ"
COMMENT = "Đề nghị các xã còn hồ sơ quá hạn báo cáo nguyên nhân trước thứ Tư."
SLIDE = 4  # of the file: the first chart


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m docs.meeting", description=__doc__)
    parser.add_argument("--url", help="a running program, such as http://127.0.0.1:8050")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if asked.url:
            _take(browser, asked.url.rstrip("/"))
        else:
            with demo() as url:
                _take(browser, url)
        browser.close()


def _take(browser: Browser, url: str) -> None:
    """Choose, comment, look, take away; a picture of each."""
    context = browser.new_context(
        viewport=SIZE,  # type: ignore[arg-type]  # Playwright's own kind of dictionary
        color_scheme="light",
        reduced_motion="reduce",
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        accept_downloads=True,
    )
    page = context.new_page()
    page.goto(f"{url}/packs", timeout=PAGE_MS)
    page.wait_for_selector(".ioc-packs__schedule h2", timeout=PAGE_MS)
    page.locator(".ioc-packs__area input").fill(AREA)
    _keep(page, "giao-ban-1")
    section = page.locator(".ioc-packs__section").nth(1)
    section.locator("textarea").fill(COMMENT)
    section.evaluate("one => one.scrollIntoView({block: 'center'})")
    _keep(page, "giao-ban-2")
    page.get_by_role("button", name="Xem trước", exact=True).click()
    page.wait_for_selector(".ioc-packs__pages img", timeout=MADE_MS)
    page.locator(".ioc-packs__pages img").nth(2).scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.images].slice(0, 4).every(image => image.complete)", timeout=PAGE_MS
    )
    _keep(page, "giao-ban-3")
    page.evaluate("window.scrollTo(0, 0)")
    with page.expect_download(timeout=MADE_MS) as download:
        page.get_by_role("button", name="PowerPoint", exact=True).click()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "giao-ban.pptx"
        download.value.save_as(file)
        _keep_file("giao-ban-4", _slide(file))
    context.close()


def _keep(page: Page, name: str) -> None:
    """The window as it is, in few colours: it is mostly text on white."""
    page.wait_for_timeout(STILL_MS)
    _keep_file(name, page.screenshot(animations="disabled"))


def _keep_file(name: str, picture: bytes) -> None:
    few, held = Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS), BytesIO()
    few.save(held, "PNG")
    small = packed(held.getvalue())
    (IMAGES / f"{name}.png").write_bytes(small)
    print(f"{name}.png  {len(small) / 1000:,.0f} kB")


def _slide(file: Path) -> bytes:
    """A slide as LibreOffice draws it."""
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(file.parent)]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=300)
    with pypdfium2.PdfDocument(file.with_suffix(".pdf")) as document:
        drawn, held = document[SLIDE - 1].render(scale=1.4).to_pil(), BytesIO()
    drawn.save(held, "PNG")
    return held.getvalue()


if __name__ == "__main__":
    main()
