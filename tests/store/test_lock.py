"""One collector at a time: the second is told who the first is, and a dead one holds nothing."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from store import BusyError, Warehouse
from tests.store.landed import NO_RESERVE

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from store import Reserve, Warehouse
Warehouse.open(Path(sys.argv[1]), reserve=Reserve(0, 0))
print("open", flush=True)
time.sleep(60)
"""


def holder(home: Path) -> subprocess.Popen[str]:
    """Another collector that has the home open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def test_a_second_collector_is_refused_by_name_until_the_first_is_killed(home: Path) -> None:
    with holder(home) as first:
        expected = f"by process {first.pid} on {re.escape(socket.gethostname())} since 2"
        with pytest.raises(BusyError, match=expected):
            Warehouse.open(home, reserve=NO_RESERVE)
        os.kill(first.pid, signal.SIGKILL)
    Warehouse.open(home, reserve=NO_RESERVE).close()


def test_a_second_collector_in_the_same_process_is_refused_too(warehouse: Warehouse) -> None:
    with pytest.raises(BusyError, match=f"process {os.getpid()}"):
        Warehouse.open(warehouse.home, reserve=NO_RESERVE)


def test_a_warehouse_that_could_not_be_opened_is_not_kept_locked(home: Path) -> None:
    (home / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    for _ in range(2):
        with pytest.raises(Exception, match=r"warehouse\.duckdb cannot be opened"):
            Warehouse.open(home, reserve=NO_RESERVE)


READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.readline()
"""


def test_a_warehouse_open_in_another_program_is_refused_and_its_log_left_alone(home: Path) -> None:
    path = home / "warehouse.duckdb"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "open\n"
    log = home / "warehouse.duckdb.wal"
    log.write_bytes(b"a log that must stay")
    with pytest.raises(BusyError, match=rf"Another program has .*PID {reader.pid}"):
        Warehouse.open(home, reserve=NO_RESERVE)
    assert log.read_bytes() == b"a log that must stay"
    reader.communicate("\n")


def test_a_lock_nobody_signed_is_still_a_lock(home: Path) -> None:
    with Warehouse.open(home, reserve=NO_RESERVE):
        (home / "warehouse.lock").write_text("")
        with pytest.raises(BusyError, match="by another process"):
            Warehouse.open(home, reserve=NO_RESERVE)
