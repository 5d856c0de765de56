"""A full disk: what was acknowledged stays, what was not is not there, readers never notice."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Warehouse, current_snapshot
from tests.faults.collecting import collector, land_batches, state, undisturbed
from tests.store.landed import NO_RESERVE

RECEIVED = "select coalesce(sum(dossiers_received), 0)::int from dossier_delta"
MEGABYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes. Only the superuser can have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def told(home: Path, *options: str) -> tuple[int, list[str]]:
    """How the collector ended, and the folders it said it had loaded."""
    process = collector(home, *options)
    output, _ = process.communicate(timeout=120)
    loaded = [line.split()[1] for line in output.splitlines() if line.startswith("loaded")]
    return process.returncode, loaded


def booked(home: Path) -> list[str]:
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        rows = warehouse.connection.execute("select landing from batch order by 1").fetchall()
    return [folder for (folder,) in rows]


def test_files_that_may_not_grow_end_the_collector_and_cost_nothing_acknowledged(
    home: Path, tmp_path: Path
) -> None:
    land_batches(home, 1)
    told(home)
    before = current_snapshot(home)
    dossiers = land_batches(home, 3, each=2500)
    limit = (home / "warehouse.duckdb").stat().st_size + MEGABYTE // 4

    code, loaded = told(home, "--file-limit", str(limit))
    assert code not in (0, -9)
    assert len(loaded) < 3
    assert set(loaded) <= set(booked(home))
    assert current_snapshot(home).version >= before.version
    assert current_snapshot(home).notice is None

    assert told(home)[0] == 0
    assert current_snapshot(home).rows(RECEIVED) == [(dossiers,)]
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        assert state(warehouse) == undisturbed(home, tmp_path / "undisturbed")


def test_a_full_file_system_keeps_the_last_snapshot_and_every_acknowledged_batch(
    home: Path, small_disk: Path, tmp_path: Path
) -> None:
    full = small_disk / "home"
    full.mkdir()
    (full / "landing").symlink_to(home / "landing")
    land_batches(home, 1)
    assert told(full)[0] == 0
    before = current_snapshot(full).rows(RECEIVED)
    filler = small_disk / "filler"
    free = os.statvfs(small_disk)
    filler.write_bytes(b"\0" * (free.f_bavail * free.f_frsize - MEGABYTE // 2))
    dossiers = land_batches(home, 3, each=2500)

    code, loaded = told(full)
    assert code not in (0, -9)
    assert current_snapshot(full).rows(RECEIVED) == before

    filler.unlink()
    assert set(loaded) <= set(booked(full))
    assert told(full)[0] == 0
    assert current_snapshot(full).rows(RECEIVED) == [(dossiers,)]
    with Warehouse.open(full, reserve=NO_RESERVE) as warehouse:
        assert state(warehouse) == undisturbed(home, tmp_path / "undisturbed")
