"""kill -9 at any moment: nothing acknowledged is lost, nothing is half, readers never notice."""

import random
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from store import StoreError, Warehouse, current_snapshot
from store.crashpoint import STEPS
from tests.faults.collecting import collect, collector, land_batches, state, undisturbed
from tests.store.landed import NO_RESERVE
from tests.store.prepared import prepare

RECEIVED = "select coalesce(sum(dossiers_received), 0)::int from dossier_delta"
IN_LOADING = ("after_stage", "before_commit", "after_commit")


def loaded(home: Path) -> list[str]:
    """The landed folders that are in the books, if the accounting of each adds up."""
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        wrong = warehouse.connection.execute(
            'select * from batch where "read" <> new + changed + unchanged + duplicate + rejected'
        ).fetchall()
        assert wrong == []
        rows = warehouse.connection.execute("select landing from batch order by 1").fetchall()
    return [folder for (folder,) in rows]


@dataclass(frozen=True)
class Half:
    """A home of which one batch is published and one waits, and what both come to."""

    home: Path
    dossiers: int
    whole: dict[str, Any]


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Half:
    home = prepare(tmp_path_factory.mktemp("half"))
    land_batches(home, 1)
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        collect(warehouse)
    dossiers = land_batches(home, 1)
    return Half(home, dossiers, undisturbed(home, tmp_path_factory.mktemp("undisturbed") / "home"))


@pytest.mark.parametrize("step", STEPS)
def test_dying_at_any_named_step_leaves_a_whole_state_and_the_next_run_completes_it(
    half: Half, tmp_path: Path, step: str
) -> None:
    home = shutil.copytree(half.home, tmp_path / "home")
    before = current_snapshot(home).version

    killed = collector(home, "--crash-at", step)
    told, _ = killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert told.count("loaded") == (0 if step in IN_LOADING else 1)
    assert len(loaded(home)) == (1 if step in ("after_stage", "before_commit") else 2)
    moved = current_snapshot(home).version != before
    assert moved is (step == "after_pointer")

    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        collect(warehouse)
        assert state(warehouse) == half.whole
    assert len(loaded(home)) == 2
    assert list((home / "snapshots").glob("*.tmp*")) == []
    assert current_snapshot(home).rows(RECEIVED) == [(half.dossiers,)]


class Watcher(threading.Thread):
    """A reader that never stops asking, and writes down what must never happen."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home = home
        self.reads = 0
        self.faults: list[str] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        newest = 0
        while not self.stopped.wait(0.03):
            try:
                snapshot = current_snapshot(self.home)
                (found,) = snapshot.rows(RECEIVED)
            except StoreError as error:
                if "No snapshot in" not in error.message:
                    self.faults.append(error.message)
                continue
            number = int(snapshot.version.rpartition("-")[2])
            if number < newest:
                self.faults.append(f"went back from {newest} to {number}")
            if found[0] != snapshot.totals["dossier"]["dossiers_received"]:
                self.faults.append(f"{snapshot.version} holds {found[0]}")
            newest = number
            self.reads += 1


def test_kills_at_random_moments_lose_nothing_and_double_nothing(
    home: Path, tmp_path: Path, fault_number: int
) -> None:
    chance = random.Random(fault_number)
    dossiers = land_batches(home, 2 * fault_number)
    acknowledged: set[str] = set()
    watcher = Watcher(home)
    watcher.start()
    for _ in range(fault_number):
        killed = collector(home)
        assert killed.stdout is not None
        assert killed.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0, 1.5))
        killed.kill()
        told, _ = killed.communicate()
        acknowledged |= {line.split()[1] for line in told.splitlines() if "loaded" in line}
        assert acknowledged <= set(loaded(home))
    last = collector(home)
    last.communicate(timeout=300)
    watcher.stopped.set()
    watcher.join()
    assert last.returncode == 0
    assert watcher.faults == []
    assert current_snapshot(home).rows(RECEIVED) == [(dossiers,)]
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        assert state(warehouse) == undisturbed(home, tmp_path / "undisturbed")
