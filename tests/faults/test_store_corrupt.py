"""Damaged files: never a wrong number, and a way on."""

import random
from pathlib import Path

import duckdb
import pytest

from store import Limits, StoreError, Warehouse, publish
from store.shelf import Shelf
from tests.faults.collecting import collector, land_batches, load_waiting, state
from tests.store.landed import NO_RESERVE, NOW

RECEIVED = "select coalesce(sum(dossiers_received), 0)::int from dossier_delta"


def spoil(path: Path, chance: random.Random) -> str:
    """Flip a bit, blank a block or cut the end off a file; say what was done."""
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    deed = chance.choice(["flip", "blank", "cut"])
    if deed == "flip":
        content[place] ^= 1 << chance.randrange(8)
    elif deed == "blank":
        content[place : place + 4096] = bytes(len(content[place : place + 4096]))
    else:
        del content[place:]
    path.unlink()
    path.write_bytes(content)
    return f"{deed} at {place}"


def test_a_damaged_snapshot_is_never_read(home: Path, fault_number: int) -> None:
    chance = random.Random(1)
    first = land_batches(home, 1)
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        load_waiting(warehouse)
        good = publish(warehouse, home, NOW)
        second = land_batches(home, 1)
        load_waiting(warehouse)
        newer = publish(warehouse, home, NOW)
    path = home / "snapshots" / newer.entry.file
    whole = path.read_bytes()
    for _ in range(5 * fault_number):
        deed = spoil(path, chance)
        found = Shelf(home, Limits()).current()  # as a new process would
        if path.read_bytes() == whole:  # it blanked what was blank
            assert found.rows(RECEIVED) == [(second,)]
        else:
            assert (found.version, found.rows(RECEIVED)) == (good.version, [(first,)]), deed
            assert found.notice is not None
        path.write_bytes(whole)


def test_a_damaged_warehouse_is_refused_or_right(home: Path, fault_number: int) -> None:
    chance = random.Random(2)
    land_batches(home, 2)
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        load_waiting(warehouse)
        expected = state(warehouse)
    path = home / "warehouse.duckdb"
    whole = path.read_bytes()
    for _ in range(fault_number):
        deed = spoil(path, chance)
        try:
            with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
                assert state(warehouse) == expected, deed
        except (StoreError, duckdb.Error):
            pass
        path.unlink()
        path.write_bytes(whole)


def test_a_log_that_cannot_be_replayed_is_set_aside_and_its_batches_come_again(
    home: Path, fault_number: int
) -> None:
    chance = random.Random(3)
    land_batches(home, 2)
    killed = collector(home, "--crash-at", "before_rename")
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    log = home / "warehouse.duckdb.wal"
    assert log.stat().st_size > 0
    kept = {path: path.read_bytes() for path in (log, home / "warehouse.duckdb")}
    expected = None
    for _ in range(fault_number):
        deed = spoil(log, chance)
        with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
            if warehouse.notice is not None:
                assert "is kept as" in warehouse.notice
                assert list((home / "quarantine").glob("*.wal"))
            load_waiting(warehouse)
            expected = expected or state(warehouse)
            assert state(warehouse) == expected, deed
        for path, content in kept.items():
            path.write_bytes(content)


def test_a_damaged_log_is_kept_for_inspection(home: Path) -> None:
    land_batches(home, 1)
    collector(home, "--crash-at", "after_commit").communicate(timeout=60)
    log = home / "warehouse.duckdb.wal"
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        assert warehouse.notice is not None
        assert "was damaged" in warehouse.notice
        assert warehouse.waiting() != []
    (kept,) = (home / "quarantine").iterdir()
    assert kept.read_bytes() == content


def test_a_warehouse_beyond_repair_says_what_to_do(home: Path) -> None:
    (home / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="Restore a backup, or collect into a new home"):
        Warehouse.open(home, reserve=NO_RESERVE)
