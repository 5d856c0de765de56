"""Promises of the child process: limits hold, it ends in time, and it knows no secret."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from datasources.reading.landed import read_landed
from datasources.running.children import PROJECT, Children
from datasources.running.job import Job, Outcome
from datasources.running.worker import join
from tests.datasources.home import Home
from tests.datasources.system import System, drip, running

SOURCE = """
[desk]
kind = "csv"
record = "dossier"
path = "in/*.csv"
{keys}
[desk.columns]
dossier_code = "code"
competent_area = "area"
"""
PORTAL = """
[portal]
kind = "dvcqg"
url = "{url}"
allow_http = true
agency = "H44"
username = "ioc"
password_file = "config/password"
answer_seconds = 60
"""


@pytest.fixture
def desk(home: Home) -> Home:
    home.configure(SOURCE.format(keys=""))
    home.write("in/a.csv", "code,area\n1,25\n")
    return home


@pytest.fixture
def portal(home: Home) -> Iterator[Home]:
    """A system that answers a byte at a time."""
    with running(System(always=drip)) as system:
        home.configure(PORTAL.format(url=system.url))
        password = home.path / "config" / "password"
        password.write_text("x")
        password.chmod(0o600)
        yield home


def test_a_child_hands_back_the_folder_that_landed(desk: Home) -> None:
    outcome = Children().run(desk.job("desk"))
    assert outcome.folder is not None, outcome.error
    assert read_landed(Path(outcome.folder)).manifest["records_read"] == {"dossier": 1}


WITHOUT = """
import sys
from datasources.reading.arrow import encoded, spread, without_pandas
without_pandas()
import pyarrow as pa
places, values = encoded(pa.array(["a", "b", "a"]))
assert spread(values, places, pa.string()).to_pylist() == ["a", "b", "a"]
assert "pandas" not in sys.modules
"""


def test_a_child_does_not_load_pandas_which_takes_longer_than_reading(desk: Home) -> None:
    subprocess.run([sys.executable, "-c", WITHOUT], check=True, cwd=PROJECT, timeout=60)


def test_a_child_hands_back_a_sentence_and_leaves_nothing_half_made(desk: Home) -> None:
    desk.write("in/b.csv", "code,place\n1,25\n")
    outcome = Children().run(desk.job("desk"))
    assert outcome.error is not None
    assert outcome.error.startswith("desk: b.csv has no column 'area'.")
    assert outcome.suspect
    assert [path for path in (desk.path / "landing").rglob("*") if path.is_file()] == []


def test_a_wrong_configuration_is_a_sentence_too(desk: Home) -> None:
    desk.configure(SOURCE.format(keys="pathh = 1"))
    outcome = Children().run(desk.job("desk"))
    assert outcome.error is not None
    assert "[desk]: pathh is no key" in outcome.error


def test_a_child_that_needs_too_much_memory_ends_and_the_parent_lives(home: Home) -> None:
    home.configure(SOURCE.format(keys="memory_mb = 512"))
    lines = b"".join(b"%d,25%s\n" % (number, b" " * 50_000) for number in range(10_000))
    home.write("in/bomb.csv", b"code,area\n" + lines)
    outcome = Children().run(home.job("desk"))
    assert outcome.error is not None
    assert "memory" in outcome.error
    assert list((home.path / "landing" / "desk").glob("*")) == []


def test_a_child_that_takes_too_long_is_stopped_with_all_it_started(portal: Home) -> None:
    began = time.monotonic()
    # The order says two seconds to the parent; the child believes it has a minute.
    outcome = Children().run(msgspec.structs.replace(portal.job("portal"), seconds=2.0))
    assert outcome.error is not None
    assert time.monotonic() - began < 6
    assert readers() == []


def test_stopping_ends_every_child_at_once_and_starts_no_more(portal: Home) -> None:
    children = Children()
    found: list[Outcome] = []
    job = portal.job("portal", seconds=60.0)
    running = threading.Thread(target=lambda: found.append(children.run(job)))
    running.start()
    wait_until(lambda: len(readers()) == 1)
    began = time.monotonic()
    children.stop()
    running.join(timeout=5)
    assert time.monotonic() - began < 3
    assert found[0].error is not None
    assert readers() == []
    refused = children.run(job)
    assert refused.error is not None
    assert "the collector is ending" in refused.error


def test_a_child_ends_when_its_parent_is_killed(portal: Home) -> None:
    program = (
        "import sys, msgspec\n"
        "from datasources.running.children import Children\n"
        "from datasources.running.job import Job\n"
        "Children().run(msgspec.json.decode(sys.argv[1], type=Job))\n"
    )
    order = msgspec.json.encode(portal.job("portal", seconds=60.0)).decode()
    parent = subprocess.Popen([sys.executable, "-c", program, order], cwd=PROJECT)
    wait_until(lambda: len(children_of(parent.pid)) == 1)
    [child] = children_of(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not Path(f"/proc/{child}").exists())


def test_a_child_gets_no_secret_of_the_environment(
    portal: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOC_SECRET_KEY", "k" * 32)
    children = Children()
    running = threading.Thread(target=lambda: children.run(portal.job("portal", seconds=60.0)))
    running.start()
    wait_until(lambda: len(readers()) == 1)
    [child] = readers()
    wait_until(lambda: b"datasources.running.worker" in Path(f"/proc/{child}/cmdline").read_bytes())
    environment = Path(f"/proc/{child}/environ").read_bytes()
    limits = Path(f"/proc/{child}/limits").read_text()
    children.stop()
    running.join()
    assert b"kkkk" not in environment
    assert "Max core file size" in limits


def test_a_child_that_is_no_longer_there_is_a_sentence(portal: Home) -> None:
    children = Children()
    found: list[Outcome] = []
    running = threading.Thread(
        target=lambda: found.append(children.run(portal.job("portal", seconds=60.0)))
    )
    running.start()
    wait_until(lambda: len(readers()) == 1)
    os.kill(readers()[0], signal.SIGABRT)
    running.join(timeout=5)
    assert found[0].error is not None
    assert found[0].error.startswith("portal was stopped (signal 6)")


def test_many_sources_are_read_at_once(desk: Home) -> None:
    children = Children()
    outcomes: list[Outcome] = []

    def run(number: int) -> None:
        job: Job = msgspec.structs.replace(desk.job("desk"), root=str(desk.path / str(number)))
        outcomes.append(children.run(job))

    threads = [threading.Thread(target=run, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.error for outcome in outcomes] == [None] * 3


def test_what_is_remembered_joins_the_cursor_and_none_forgets() -> None:
    cursor: dict[str, Any] = {"files": {"a": 1, "b": 2}, "until": {"x": "1"}}
    join(cursor, {"files": {"b": None, "c": 3}, "until": {"y": "2"}})
    assert cursor == {"files": {"a": 1, "c": 3}, "until": {"x": "1", "y": "2"}}


def readers() -> list[int]:
    """The reading processes that we started and that have not ended."""
    found = []
    for child in children_of(os.getpid()):
        try:
            if b"datasources.running.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def children_of(pid: int) -> list[int]:
    """The processes that were started by another and have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def wait_until(condition: Any, seconds: float = 10.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.05)
