"""The whole collector killed at random, while a real web answers: no read fails, no count errs."""

import csv
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import current_snapshot

ROOT = Path(__file__).parents[2]
SOURCES = """
[permits]
kind = "csv"
record = "dossier"
path = "files/*.csv"
[permits.columns]
dossier_code = "id"
received_at = "in"
due_at = "due"
finished_at = "out"
competent_area = "where"
"""
EACH = 2000
QUESTION = (
    "/api/v1/query?metric=dossiers_received,dossiers_resolved_late&area=25"
    "&from=2026-01-01&to=2026-11-01"
)


class Files:
    """A system that leaves files: new dossiers, and corrections of those it told before."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "files"
        self.folder.mkdir()
        self.late: dict[str, bool] = {}
        self.chance = random.Random(7)

    def write_one(self) -> None:
        """One more file; half of the known dossiers of a sample are corrected in it."""
        known = list(self.late)
        again = self.chance.sample(known, min(len(known), EACH // 10))
        fresh = [f"D{len(known) + number}" for number in range(EACH)]
        part = self.folder / "next.part"
        with part.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "in", "due", "out", "where"])
            for code in (*again, *fresh):
                self.late[code] = self.chance.random() < 0.3
                out = "2026-05-11" if self.late[code] else "2026-05-08"
                rows.writerow([code, "2026-05-04", "2026-05-08", out, "25"])
        past = time.time() - 60  # a file that is still being written is left alone
        os.utime(part, (past, past))
        part.rename(self.folder / f"{len(known):08}.csv")


def started(home: Path, *words: str, port: int = 8050) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    given = {
        "IOC_HOME": str(home),
        "IOC_PORT": str(port),
        "IOC_WEB_WORKERS": "1",
        "IOC_OPEN": "loopback",
    }
    with (home / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "app.py", *words], cwd=ROOT, env=kept | given, stdout=log, stderr=log
        )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(SOURCES)
    return tmp_path


@pytest.fixture
def web(home: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = started(home, "serve", port=port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


class Reader(threading.Thread):
    """Asks the web without rest, and writes down every answer that should not be."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url + QUESTION
        self.reads = 0
        self.failures: list[str] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        most = 0
        while not self.stopped.wait(0.05):
            try:
                received = answered(self.url)[0]
            except urllib.error.URLError as error:
                if self.reads:  # before the first answer the web is only starting
                    self.failures.append(str(error))
                continue
            if received < most:
                self.failures.append(f"{received} after {most}")
            most = received
            self.reads += 1


def answered(url: str) -> tuple[int, int]:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own address
        values: list[dict[str, Any]] = json.load(answer)["values"]
    return int(values[0]["value"]), int(values[1]["value"])


def workers(home: Path) -> list[str]:
    """Reading processes of this home that are still there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == home:
                found.append(process.name)
        except OSError:  # it ended meanwhile, or is somebody else's
            continue
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_collector_killed_at_random_loses_nothing_doubles_nothing_and_fails_no_reader(
    home: Path, web: str, fault_number: int
) -> None:
    files = Files(home)
    files.write_one()
    assert started(home, "collect", "--once").wait(120) == 0
    reader = Reader(web)
    reader.start()
    chance = random.Random(fault_number)
    for _ in range(fault_number):
        files.write_one()
        killed = started(home, "collect", "--once")
        time.sleep(chance.uniform(0.5, 4.0))
        killed.kill()
        killed.wait()
    assert started(home, "collect", "--once").wait(300) == 0
    time.sleep(1)
    reader.stopped.set()
    reader.join()

    assert reader.failures == []
    assert reader.reads > 0
    assert answered(web + QUESTION) == (len(files.late), sum(files.late.values()))
    books = current_snapshot(home).rows(
        """
        select sum(new), bool_and("read" = new + changed + unchanged + duplicate + rejected)
        from batch
        where source = 'permits' and status <> 'failed'
        """
    )
    assert books == [(len(files.late), True)]
    assert list((home / "landing").glob("**/.tmp*")) == []
    assert workers(home) == []
