"""Reading snapshots: always the newest good one, never an old file, from any thread or process."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from store import (
    Limits,
    OldSnapshotError,
    SlowQueryError,
    Snapshot,
    StoreError,
    Warehouse,
    current_snapshot,
)
from store.shelf import Shelf
from tests.store.landed import NOW, dossier, land
from tests.store.prepared import prepare_published, publish_figures

ROOT = Path(__file__).parents[2]
RECEIVED = "select coalesce(sum(dossiers_received), 0)::int from dossier_delta"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare_published(tmp_path / "home")


@pytest.fixture
def published(home: Path) -> Snapshot:
    return current_snapshot(home)


def add(warehouse: Warehouse, code: str) -> None:
    warehouse.load(
        land(warehouse.home, {"dossier": [dossier(code, received_at="2026-07-01")]}), NOW
    )


def damage(home: Path, snapshot: Snapshot) -> None:
    """Flip one bit in the middle of a snapshot's file."""
    path = home / "snapshots" / snapshot.entry.file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def another_process(home: Path) -> Shelf:
    """What a process that starts now would serve."""
    return Shelf(home, Limits())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_before_the_first_publish_the_way_on_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"No snapshot in .*: python app\.py collect --once$"):
        current_snapshot(tmp_path)


def test_the_same_snapshot_is_served_until_the_next_is_published(
    warehouse: Warehouse, published: Snapshot
) -> None:
    assert current_snapshot(warehouse.home) is published
    newer = publish_figures(warehouse)
    assert current_snapshot(warehouse.home) is newer
    assert newer.version != published.version


def test_a_new_snapshot_is_seen_while_the_old_one_is_still_in_use(
    warehouse: Warehouse, published: Snapshot
) -> None:
    assert published.rows(RECEIVED) == [(1,)]
    for number in range(4):  # by now the first file is gone
        add(warehouse, f"B{number}")
        assert publish_figures(warehouse).rows(RECEIVED) == [(number + 2,)]
    assert published.rows(RECEIVED) == [(1,)]


def test_serving_many_snapshots_in_turn_leaves_no_file_open(
    warehouse: Warehouse, published: Snapshot
) -> None:
    published.rows(RECEIVED)
    before = open_files()
    for _ in range(6):
        publish_figures(warehouse).rows(RECEIVED)
        current_snapshot(warehouse.home).frame(RECEIVED)
    assert open_files() <= before + 2  # the last one and its base


def test_a_damaged_snapshot_is_passed_over_for_the_one_before_and_told(
    warehouse: Warehouse, published: Snapshot
) -> None:
    home = warehouse.home
    damaged = publish_figures(warehouse)
    damage(home, damaged)
    found = another_process(home).current()
    assert found.version == published.version
    assert found.rows(RECEIVED) == [(1,)]
    assert found.notice is not None
    assert damaged.version in found.notice
    assert found.notice.endswith(
        f"its SHA-256 is not the published one. {found.version} is served."
    )


def test_when_every_snapshot_is_damaged_nothing_is_served(
    warehouse: Warehouse, published: Snapshot
) -> None:
    (warehouse.home / "snapshots" / published.entry.file).unlink()
    with pytest.raises(StoreError, match=r"No such file.*Publish again"):
        another_process(warehouse.home).current()


def test_a_damaged_pointer_leaves_what_is_served_and_says_so(
    warehouse: Warehouse, published: Snapshot
) -> None:
    (warehouse.home / "snapshots/CURRENT.json").write_text("[")
    found = current_snapshot(warehouse.home)
    assert found.version == published.version
    assert found.notice is not None
    assert "CURRENT.json is damaged" in found.notice
    with pytest.raises(StoreError, match=r"CURRENT\.json is damaged"):
        another_process(warehouse.home).current()


def test_a_file_is_checked_once_and_then_trusted(warehouse: Warehouse, published: Snapshot) -> None:
    published.rows(RECEIVED)
    (warehouse.home / "snapshots" / published.entry.file).unlink()
    (warehouse.home / "snapshots/CURRENT.json").touch()
    assert current_snapshot(warehouse.home).rows(RECEIVED) == [(1,)]


READER = """
import sys, time
from pathlib import Path
from store import shelf

home = Path(sys.argv[1])
served = shelf.current_snapshot(home)
served.rows("from meta")
print(served.version, flush=True)
sys.stdin.readline()
(only,) = shelf._shelves.values()
end = time.monotonic() + 30
while only._served is served and time.monotonic() < end:
    time.sleep(0.01)
print(only._served.version, only._served._reader.is_open)
"""


def test_a_running_process_checks_and_opens_a_new_snapshot_before_it_is_asked_for(
    warehouse: Warehouse, published: Snapshot
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(warehouse.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline().split() == [published.version]
    newer = publish_figures(warehouse)
    told, _ = process.communicate("\n", timeout=60)
    assert told.split() == [newer.version, "True"]


def test_looking_for_newer_snapshots_finds_a_damaged_one_too(
    warehouse: Warehouse, published: Snapshot
) -> None:
    found = another_process(warehouse.home)
    found.current()
    damage(warehouse.home, publish_figures(warehouse))
    found.look()
    assert found.current().version == published.version
    assert "is damaged" in (found.current().notice or "")


def test_threads_ask_at_the_same_time_and_each_gets_its_own_answer(published: Snapshot) -> None:
    answers: list[tuple[int, int]] = []

    def ask(number: int) -> None:
        for _ in range(20):
            found = published.rows(
                "select $number::int, count(*)::int from meta", {"number": number}
            )
            answers.append((number, found[0][0]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 160
    assert all(asked == answered for asked, answered in answers)


def answer_of_a_fork(home: Path) -> str:
    """What a forked process is told when it asks for the number of dossiers."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = str(current_snapshot(home).rows(RECEIVED))
        except StoreError as error:
            answer = error.message
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return told.read()


def test_a_forked_process_opens_its_own_connection(
    warehouse: Warehouse, published: Snapshot
) -> None:
    assert current_snapshot(warehouse.home) is published
    assert answer_of_a_fork(warehouse.home) == "[(1,)]"
    assert published.rows(RECEIVED) == [(1,)]


def test_a_forked_process_does_not_use_what_its_parent_had_open(
    warehouse: Warehouse, published: Snapshot
) -> None:
    published.rows(RECEIVED)
    assert "was open when this process was forked" in answer_of_a_fork(warehouse.home)
    publish_figures(warehouse)
    assert answer_of_a_fork(warehouse.home) == "[(1,)]"
    assert published.rows(RECEIVED) == [(1,)]


def test_a_slow_query_is_refused_in_words_and_the_next_is_answered(
    warehouse: Warehouse, published: Snapshot
) -> None:
    quick = Shelf(warehouse.home, Limits(timeout_ms=100)).current()
    endless = (
        "select count(*) from range(10_000_000) a, range(10_000_000) b where a.range = -b.range"
    )
    with pytest.raises(SlowQueryError, match=r"stopped after 0\.1 s"):
        quick.rows(endless)
    with pytest.raises(SlowQueryError, match=r"stopped after 0\.1 s"):
        quick.frame(endless)
    assert quick.rows(RECEIVED) == [(1,)]


def test_a_measure_that_an_earlier_version_did_not_count_is_told_of_without_the_statement(
    published: Snapshot,
) -> None:
    with pytest.raises(OldSnapshotError, match=r"earlier version .* next collection counts it\.$"):
        published.rows("select sum(counted_since_tomorrow) from dossier_delta")


def test_a_wrong_query_says_what_duckdb_said(published: Snapshot) -> None:
    with pytest.raises(StoreError, match=r"could not be read: .*no_such_table"):
        published.rows("select * from no_such_table")


def test_a_file_that_is_no_snapshot_cannot_be_opened(
    warehouse: Warehouse, published: Snapshot
) -> None:
    found = another_process(warehouse.home).current()
    (warehouse.home / "snapshots" / published.entry.file).write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreError, match="cannot be opened"):
        found.rows(RECEIVED)


def test_a_frame_has_days_as_dates_and_missing_values_as_missing(published: Snapshot) -> None:
    frame = published.frame("select day, origin_day, dossiers_received from dossier_delta")
    assert frame["day"].tolist() == [pd.Timestamp("2026-07-01")]
    assert frame["origin_day"].isna().all()


def test_parameters_are_bound_and_never_part_of_the_query(published: Snapshot) -> None:
    hostile = {"area": "x' or 1=1 --"}
    assert published.rows("select 1 from dossier_delta where area_id = $area", hostile) == []


def test_time_between_snapshots_does_not_matter_to_which_is_newest(
    warehouse: Warehouse, published: Snapshot
) -> None:
    # A clock set back an hour: the later publish is still the current one.
    later = publish_figures(warehouse, NOW - timedelta(hours=1))
    assert current_snapshot(warehouse.home).version == later.version
