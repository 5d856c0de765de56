"""Takes the manuals' pictures from the running program: `python -m docs.screenshots`.

Without --url it starts the program with the simulated provinces in a folder of its own, and
waits until all of them have delivered. --all FOLDER takes every page in every size and theme.
"""

import argparse
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader"]
PAGES = {"overview": "/", "area": "/area/25", "sources": "/sources"}
SIZES = ((1920, 1080), (1366, 768), (390, 844))
THEMES = ("light", "dark")
LARGEST = 400_000  # bytes of a picture in the manuals
START_SECONDS, PAGE_MS, STILL_MS = 900, 60_000, 400
PNG = b"\x89PNG\r\n\x1a\n"

# The answers are there, and every chart has drawn what it got.
DRAWN = """() => {
  const main = document.querySelector('main');
  const charts = [...document.querySelectorAll('.js-plotly-plot')];
  return main && main.innerText.trim().length > 0
    && !document.querySelector('[aria-busy="true"], .ioc-skeleton, ._dash-loading')
    && document.querySelector('.ioc-card__value, .ioc-table, .ioc-empty')
    && charts.every(chart => chart.data && chart.data.length)
    && document.fonts.status === 'loaded'
    && [...document.images].every(image => image.complete);
}"""


def main() -> None:
    asked = _arguments()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if asked.url:
            _take(browser, asked.url.rstrip("/"), asked.all, asked.theme)
        else:
            with demo() as url:
                _take(browser, url, asked.all, asked.theme)
        browser.close()


def _take(browser: Browser, url: str, folder: Path | None, theme: str) -> None:
    """The manuals' pictures, or every page in every size and theme."""
    sizes, themes = (SIZES, THEMES) if folder else (SIZES[:1], (theme,))
    for size in sizes:
        for one in themes:
            for name, path in PAGES.items():
                plain = f"{name}-{size[0]}x{size[1]}-{one}" if folder else name
                picture = picture_of(browser, f"{url}{path}", size, one)
                _keep((folder or IMAGES) / f"{plain}.png", picture, is_manual=folder is None)


def picture_of(browser: Browser, address: str, size: tuple[int, int], theme: str) -> bytes:
    """A page as a PNG, once it is drawn; a telephone's width shows it down to the foot."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
    )
    context.add_init_script(f"localStorage.setItem('ioc-theme', '{theme}')")
    page = context.new_page()
    page.goto(address, timeout=PAGE_MS)
    settle(page)
    picture = page.screenshot(full_page=size[0] < 640, animations="disabled")
    context.close()
    return picture


def settle(page: Page) -> None:
    """Wait until everything is drawn, and stays so."""
    page.wait_for_function(DRAWN, timeout=PAGE_MS)
    page.wait_for_timeout(STILL_MS)
    page.wait_for_function(DRAWN, timeout=PAGE_MS)


def _keep(path: Path, picture: bytes, *, is_manual: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    small = packed(picture)
    if is_manual and len(small) > LARGEST:
        sys.exit(f"{path.name} has {len(small):,} bytes; the manuals take {LARGEST:,} at most.")
    path.write_bytes(small)
    print(f"{path}  {len(small) / 1000:,.0f} kB")


def packed(picture: bytes) -> bytes:
    """The same PNG, packed as tightly as its format allows: Chromium packs in a hurry."""
    chunks = list(_chunks(picture))
    pixels = b"".join(data for name, data in chunks if name == b"IDAT")
    tight = zlib.compress(zlib.decompress(pixels), 9)
    kept = [(name, data) for name, data in chunks if name in {b"IHDR", b"PLTE", b"tRNS"}]
    whole = [*kept, (b"IDAT", tight), (b"IEND", b"")]
    written = PNG + b"".join(_chunk(name, data) for name, data in whole)
    return min(written, picture, key=len)


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG)
    while place < len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        yield picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@contextmanager
def demo() -> Iterator[str]:
    """The program with its simulated provinces, all of them collected; ends with the block."""
    with tempfile.TemporaryDirectory(prefix="toan-canh-pictures-") as home:
        web, simulator = free_port(), free_port()
        settings = {"IOC_HOME": home, "IOC_PORT": f"{web}", "IOC_DEMO_PORT": f"{simulator}"}
        plain = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
        command = [sys.executable, "app.py", "run"]
        program = subprocess.Popen(command, cwd=ROOT, env=plain | settings)
        try:
            url = f"http://127.0.0.1:{web}"
            _wait_for_sources(url, program)
            yield url
        finally:
            program.terminate()
            program.wait(timeout=30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for_sources(url: str, program: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if program.poll() is not None:
            sys.exit(f"The program ended with status {program.returncode} before it was ready.")
        states = _states(url)
        if states and "never" not in states.values():
            return
        time.sleep(1)
    sys.exit(f"After {START_SECONDS} s some sources have not delivered: {_states(url)}.")


def _states(url: str) -> dict[str, str]:
    """How fresh each source is, by id; nothing before the first snapshot."""
    try:
        with urllib.request.urlopen(f"{url}/version", timeout=5) as answer:  # noqa: S310 - our own
            told = json.load(answer)["states"]
    except (OSError, ValueError, KeyError):
        return {}
    pairs = (state.partition("=") for state in told.split(",") if state)
    return {source: state for source, _, state in pairs}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m docs.screenshots", description=__doc__)
    parser.add_argument("--url", help="a running program, such as http://127.0.0.1:8050")
    parser.add_argument("--theme", choices=THEMES, default="light")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, size and theme")
    return parser.parse_args()


if __name__ == "__main__":
    main()
