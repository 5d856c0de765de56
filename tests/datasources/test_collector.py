"""Promises of the collector: every row accounted for, no failure contagious, no trace left."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from datasources.running.children import PROJECT
from datasources.running.scheduler import Collector
from store import Warehouse, current_snapshot
from tests.datasources.home import NOW, Home
from tests.datasources.system import System, drip, running
from tests.datasources.test_worker import PORTAL, wait_until
from tests.store.prepared import prepare

SOURCES = """
[desk]
kind = "csv"
title = { vi = "Một cửa", en = "One-stop" }
owner = "Sở Tư pháp"
record = "dossier"
path = "in/*.csv"
expected_by = "17:00"
[desk.columns]
dossier_code = "code"
received_at = "at"
competent_area = "area"
"""
BROKEN = """
[broken]
kind = "csv"
record = "dossier"
path = "nowhere/*.csv"
[broken.columns]
dossier_code = "code"
competent_area = "area"
"""


class Told(list[str]):
    """What the collector said."""

    def about(self, source: str) -> str:
        [line] = [line for line in self if line.startswith((source, f"failed: {source}"))]
        return line


@dataclass(frozen=True)
class Collected:
    """A home after one run, for those who only look."""

    home: Home
    status: int
    told: Told

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return current_snapshot(self.home.path).rows(sql, {})


def filled(home: Home, sources: str = SOURCES) -> Home:
    home.configure(sources)
    rows = "".join(f"{number},15/07/2020,25\n" for number in range(30))
    home.write("in/a.csv", f"code,at,area\n{rows}31,,99\n")
    return home


@pytest.fixture
def desk(home: Home) -> Home:
    return filled(home)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    home = filled(Home(tmp_path_factory.mktemp("home")), SOURCES + BROKEN)
    return Collected(home, *run(home))


def run(home: Home, *only: str, now: datetime = NOW) -> tuple[int, Told]:
    told = Told()
    status = Collector(prepare(home.path), now=lambda: now, tell=told.append).run_once(only or None)
    return status, told


def test_every_source_is_collected_loaded_and_published(collected: Collected) -> None:
    assert collected.told.about("desk") == (
        "desk: 31 rows, 31 records = 30 new + 0 changed + 0 unchanged + 0 duplicate + 1 rejected"
        "; data up to 15/07/2020 00:00"
    )
    assert collected.rows("select sum(dossiers_received) from dossier_delta") == [(30,)]


def test_the_reasons_for_refusals_are_told_with_their_rows(collected: Collected) -> None:
    [line] = [line for line in collected.told if "rejected: " in line]
    assert "1 rejected: competent_area is no area of the register" in line
    assert "(row 32)" in line


def test_a_source_that_fails_is_told_and_the_others_are_published(collected: Collected) -> None:
    assert collected.status == 3
    assert collected.told.about("broken") == (
        "failed: broken: no file matches nowhere/*.csv. Check path in config/sources.toml."
    )
    states = dict(collected.rows("select source, up from source"))
    assert states == {"press": True, "desk": True, "broken": False}


def test_what_the_configuration_says_of_a_source_is_published(collected: Collected) -> None:
    [row] = collected.rows(
        "select kind, records, title_vi, title_en, owner, simulated, schedule, "
        "expected_by::varchar, expected_every_s, hard_max_s from source where source = 'desk'"
    )
    assert row == (
        "csv", "dossier", "Một cửa", "One-stop", "Sở Tư pháp", False, "*/15 * * * *",
        "17:00:00", 900, 72 * 3600,
    )  # fmt: skip


def test_the_printed_figures_promise_no_next_time(collected: Collected) -> None:
    [row] = collected.rows(
        "select title_vi, simulated, schedule, expected_every_s, hard_max_s from source "
        "where source = 'press'"
    )
    assert row == ("Số liệu báo chí", False, None, None, None)


def test_a_second_run_reads_nothing_again_and_says_so(desk: Home) -> None:
    run(desk, "desk")
    status, told = run(desk, "desk")
    assert (status, told) == (0, ["desk: nothing new"])
    assert len(list((desk.path / "landing" / "desk").iterdir())) == 1


def test_a_failure_is_booked_with_its_sentence_and_data_that_lie_are_suspect(desk: Home) -> None:
    desk.write("in/b.csv", "code,at,place\n1,,25\n")
    assert run(desk, "desk")[0] == 3
    [row] = current_snapshot(desk.path).rows(
        "select up, up_reason, suspect from source where source = 'desk'", {}
    )
    assert row[0] is False
    assert "b.csv has no column 'area'" in row[1]
    assert row[2] is True


def test_only_what_is_asked_for_is_collected(desk: Home) -> None:
    desk.configure(SOURCES + BROKEN)
    status, told = run(desk, "desk")
    assert status == 0
    assert [line for line in told if "broken" in line or "press" in line] == []


def test_the_cursor_of_a_source_moves_only_with_what_was_loaded(desk: Home) -> None:
    run(desk, "desk")
    desk.write("in/b.csv", "code,at,place\n1,,25\n")
    run(desk, "desk")
    with Warehouse.open(desk.path) as warehouse:
        assert list(warehouse.cursor("desk")["files"]) == ["a.csv"]
    desk.write("in/b.csv", "code,at,area\nb,16/07/2020,25\n")
    status, told = run(desk, "desk")
    assert status == 0
    assert "1 new" in told.about("desk")


def test_what_landed_before_a_crash_is_loaded_at_the_next_start(desk: Home) -> None:
    landed = desk.collect("desk")
    assert landed.folder.exists()
    (desk.path / "in" / "a.csv").unlink()
    desk.write("in/b.csv", "code,at,area\nb,16/07/2020,25\n")
    status, told = run(desk, "desk")
    assert status == 0
    assert [line.split(";")[0] for line in told if line.startswith("desk")] == [
        "desk: 31 rows, 31 records = 30 new + 0 changed + 0 unchanged + 0 duplicate + 1 rejected",
        "desk: 1 rows, 1 records = 1 new + 0 changed + 0 unchanged + 0 duplicate + 0 rejected",
    ]


def test_a_run_that_died_while_reading_leaves_nothing_for_the_next(desk: Home) -> None:
    half = desk.path / "landing" / "desk" / ".tmp-4711"
    half.mkdir(parents=True)
    (half / "records-dossier.parquet").write_bytes(b"PAR1")
    assert run(desk, "desk")[0] == 0
    assert not half.exists()


def test_a_landed_folder_that_the_disk_damaged_is_set_aside_and_read_again(desk: Home) -> None:
    landed = desk.collect("desk").folder
    path = landed / "records-dossier.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    status, told = run(desk, "desk")
    assert status == 3
    assert "could not be loaded" in told[0]
    assert not landed.exists()
    assert [one.name for one in landed.parent.glob(".damaged-*")] == [f".damaged-{landed.name}"]
    # The cursor had not moved, so the same run read the file again.
    assert current_snapshot(desk.path).rows(
        "select sum(dossiers_received) from dossier_delta", {}
    ) == [(30,)]
    assert run(desk, "desk")[0] == 0


def test_a_second_collector_says_who_is_at_work_and_ends_with_75(desk: Home) -> None:
    with Warehouse.open(desk.path):
        status, told = run(desk, "desk")
    assert status == 75
    assert f"process {os.getpid()}" in told[0]


def test_a_home_without_sources_is_an_error_before_anything_is_made(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "app", "collect", "--once"]
    ended = subprocess.run(  # noqa: PLW1510  (its status is the promise)
        program, cwd=PROJECT, env={**os.environ, "IOC_HOME": str(tmp_path)}, capture_output=True
    )
    assert ended.returncode == 2
    assert b"config/sources.toml does not exist" in ended.stderr
    assert list(tmp_path.iterdir()) == []


# ---- served ---------------------------------------------------------------------------------


class Served:
    """A collector that serves in a thread of this process."""

    def __init__(self, home: Home, now: datetime | None = None) -> None:
        self.told = Told()
        self.stop = threading.Event()
        self.status: int | None = None
        clock = (lambda: now) if now else (lambda: datetime.now(UTC))
        self.collector = Collector(prepare(home.path), now=clock, tell=self.told.append)
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        self.status = self.collector.serve(self.stop)

    def __enter__(self) -> "Served":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(timeout=10)
        assert not self.thread.is_alive()


def received(home: Home) -> int:
    """What the current snapshot counts; 0 before there is one."""
    if not (home.path / "snapshots" / "CURRENT.json").exists():
        return 0
    rows = current_snapshot(home.path).rows("select sum(dossiers_received) from dossier_delta", {})
    return int(rows[0][0] or 0)


def test_a_source_that_was_never_collected_is_collected_at_once_and_published(desk: Home) -> None:
    with Served(desk) as served:
        wait_until(lambda: received(desk) == 30, seconds=30)
    assert served.status == 0


def test_a_run_that_was_missed_is_made_up_for_once_and_one_that_was_not_is_not(desk: Home) -> None:
    yearly = SOURCES.replace('expected_by = "17:00"', 'schedule = "0 0 1 1 *"')
    desk.configure(yearly)
    run(desk, now=datetime.now(UTC) - timedelta(days=400))
    desk.write("in/b.csv", "code,at,area\nb,16/07/2020,25\n")
    with Served(desk):
        wait_until(lambda: received(desk) == 31, seconds=30)
    desk.write("in/c.csv", "code,at,area\nc,16/07/2020,25\n")
    with Served(desk) as served:
        time.sleep(3)
    assert [line for line in served.told if line.startswith("desk")] == []


def test_a_changed_configuration_is_taken_over_and_a_wrong_one_is_not(desk: Home) -> None:
    with Served(desk) as served:
        wait_until(lambda: received(desk) == 30, seconds=30)
        (desk.path / "config" / "sources.toml").write_text("[desk]\nkind = 'cvs'\n")
        wait_until(lambda: any("stay as they were" in line for line in served.told))
        other = SOURCES.replace("[desk", "[counter").replace("in/*.csv", "more/*.csv")
        desk.write("more/a.csv", "code,at,area\nx,15/07/2020,25\n")
        (desk.path / "config" / "sources.toml").write_text(SOURCES + other, encoding="utf-8")
        wait_until(lambda: received(desk) == 31, seconds=30)


def test_a_collector_that_is_told_to_end_ends_in_seconds_without_a_child_or_a_lock(
    desk: Home,
) -> None:
    with running(System(always=drip)) as system:
        desk.configure(SOURCES + PORTAL.format(url=system.url))
        password = desk.path / "config" / "password"
        password.write_text("x")
        password.chmod(0o600)
        serving = serve(desk)  # Ctrl-C, which is SIGINT, is pressed in tests/test_app.py
        wait_until(lambda: len(system.asked) > 0, seconds=30)
        wait_until(lambda: received(desk) == 30, seconds=30)
        began = time.monotonic()
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=10) == 0
        assert time.monotonic() - began < 5
        assert workers_of(desk) == []
        Warehouse.open(desk.path).close()


def test_a_collector_that_is_killed_leaves_no_child_and_no_lock(desk: Home) -> None:
    with running(System(always=drip)) as system:
        desk.configure(SOURCES + PORTAL.format(url=system.url))
        password = desk.path / "config" / "password"
        password.write_text("x")
        password.chmod(0o600)
        serving = serve(desk)
        wait_until(lambda: len(system.asked) > 0, seconds=30)
        serving.kill()
        serving.wait()
        wait_until(lambda: workers_of(desk) == [])
        Warehouse.open(desk.path).close()


def serve(home: Home) -> "subprocess.Popen[bytes]":
    program = [sys.executable, "-m", "app", "collect"]
    environment = {**os.environ, "IOC_HOME": str(home.path)}
    return subprocess.Popen(program, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)


def workers_of(home: Home) -> list[int]:
    """The reading children that work for a home: they run in it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if path.readlink() == home.path:
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
