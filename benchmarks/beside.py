"""The same six charts in Vizro: its servers, one for every way of deploying it."""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from benchmarks.rival import HERE
from dashboards.geography import GEO
from domain.period import Span

START_SECONDS = 120
GUNICORN = ["-m", "gunicorn", "--workers", "2", "--threads", "4", "--log-level", "error",
            "--no-control-socket"]  # fmt: skip


@dataclass(frozen=True)
class SixCharts:
    """What the charts are of: a province in `span`, its trend in `trend`, from one snapshot."""

    folder: Path
    snapshot: Path
    base: Path | None
    area: str
    span: Span
    trend: Span

    NUMBERS: ClassVar[str] = ".js-plotly-plot text"
    ASKED: ClassVar[Mapping[str, str]] = {
        "trend": "grain=month",
        "map": "by=area",
        "field": "by=field",
        "channel": "by=channel",
    }
    """What our API is asked for each chart whose values are compared."""
    VALUES: ClassVar[str] = """() => {
      const told = {};
      for (const [id, name, value] of [['trend', 'x', 'y'], ['map', 'locations', 'z'],
                                       ['field', 'y', 'x'], ['channel', 'y', 'x']]) {
        const plot = document.querySelector(`#${id} .js-plotly-plot`);
        if (!plot) return {};
        const trace = plot._fullData[0], values = Array.from(trace[value]);
        told[id] = Object.fromEntries(Array.from(trace[name],
          (one, place) => [String(one).replace(/^(\\d{4}-\\d\\d-\\d\\d).*/, '$1'), values[place]]));
      }
      return told;
    }"""

    @property
    def cache(self) -> Path:
        """Where Vizro keeps what it loaded."""
        return self.folder / "vizro-cache"

    def written(self, *, compress: bool) -> Path:
        """The question as the file that rival_vizro.py reads."""
        file = self.folder / f"vizro-{compress}.json"
        code = self.area.partition("@")[0]
        asked = {
            "snapshot": str(self.snapshot),
            "base": str(self.base or ""),
            "cache": str(self.cache),
            "area": self.area,
            "start": f"{self.span.start}",
            "end": f"{self.span.end}",
            "trend_start": f"{self.trend.start}",
            "shapes": str(GEO / "communes" / f"{code}.json"),
            "compress": compress,
        }
        file.write_text(json.dumps(asked), encoding="utf-8")
        return file


@contextmanager
def vizro(python: Path, charts: SixCharts, ways: Mapping[str, bool]) -> Iterator[dict[str, str]]:
    """Servers of the charts, as its manual deploys them: with gunicorn. Their addresses by way."""
    with ExitStack() as stack:
        yield {
            way: stack.enter_context(_server(python, charts.written(compress=compress)))
            for way, compress in ways.items()
        }


@contextmanager
def _server(python: Path, asked: Path) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    command = [str(python), *GUNICORN, "--bind", address, f"rival_vizro:web({str(asked)!r})"]
    server = subprocess.Popen(command, cwd=HERE)
    try:
        _wait_until_ready(server, f"http://{address}")
        yield f"http://{address}/"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str) -> None:
    """Raises TimeoutError if the charts are not there in time, or the server has ended."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - our own machine
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"Vizro was not ready at {url} within {START_SECONDS} seconds.")
