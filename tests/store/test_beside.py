"""What comes on the day of a base is published in a small file beside it."""

import json
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store import Snapshot, StoreError, Warehouse, current_snapshot, publish
from store.beside import show_both
from store.docket import _ranges
from store.docket_reading import refuse_damaged
from store.pointer import is_intact, sha256_of
from tests.store.landed import COMMUNE, NOW, document, dossier, land, step
from tests.store.prepared import prepare_published, publish_figures
from tests.store.test_growth import built_anew, counted

NUMBERS = """
select
    (select sum(dossiers_received)::int from dossier_delta),
    (
        select sum(dossiers_received)::int
        from dossier_area_month
        where level = 'country' and boundaries = 'today'
    ),
    (
        select sum(dossiers_received)::int
        from dossier_area_day
        where area_id = $commune and boundaries = 'then'
    )
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare_published(tmp_path / "home")


def add(warehouse: Warehouse, code: str, **more: Any) -> None:
    """Load one dossier received on 1 July 2026."""
    told = {"dossier": [dossier(code, received_at="2026-07-01", **more)]}
    warehouse.load(land(warehouse.home, told), NOW)


def received(snapshot: Snapshot) -> tuple[int, ...]:
    """The received dossiers of all events, of the country's months and of the commune's days."""
    ((events, months, days),) = snapshot.rows(NUMBERS, {"commune": COMMUNE})
    return (events, months, days)


def files(warehouse: Warehouse) -> set[str]:
    return {path.name for path in (warehouse.home / "snapshots").glob("ioc-*")}


def damage(path: Path) -> None:
    """Put another file with one other byte in its place."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink()
    path.write_bytes(content)


def test_what_came_since_stands_in_a_small_file_and_is_read_as_one_with_its_base(
    warehouse: Warehouse,
) -> None:
    whole = current_snapshot(warehouse.home)
    add(warehouse, "B")
    second = publish_figures(warehouse)
    add(warehouse, "C")
    third = publish_figures(warehouse)
    assert whole.entry.base is None
    for one in (second, third):
        assert one.entry.base is not None
        assert one.entry.base.file == whole.entry.file
        assert one.entry.bytes < whole.entry.bytes / 2
    assert [received(one) for one in (whole, second, third)] == [(1,) * 3, (2,) * 3, (3,) * 3]
    assert [one.totals["dossier"]["dossiers_received"] for one in (whole, second, third)] == [
        1,
        2,
        3,
    ]
    assert third.rows("select count(*) from added.dossier_tally") == [(2,)]


def test_beside_a_base_a_measure_that_nothing_was_added_to_takes_no_room_and_is_still_told(
    warehouse: Warehouse,
) -> None:
    add(warehouse, "B", finished_at="2026-07-03", status=10)
    snapshot = publish_figures(warehouse)
    added = {name for name, *_ in snapshot.rows("describe added.dossier_area")}
    told = {name for name, *_ in snapshot.rows("describe dossier_area")}
    assert {"dossiers_received", "dossiers_resolved"} <= added
    assert "dossiers_refused" not in added
    assert "dossiers_refused" in told
    ((refused, resolved),) = snapshot.rows(
        "select sum(dossiers_refused)::int, sum(dossiers_resolved)::int from dossier_area"
        " where level = 'country' and is_today"
    )
    assert (refused, resolved) == (0, 1)


def test_beside_a_base_every_kind_of_record_is_told_as_in_one_built_anew(
    warehouse: Warehouse,
) -> None:
    add(warehouse, "B", finished_at="2026-07-03", status=10, channel="direct")
    told = {
        "dossier_event": [step("A", "2026-07-02", 5)],
        "document": [document("M1", "2026-07-01")],
    }
    warehouse.load(land(warehouse.home, told), NOW)
    beside = publish_figures(warehouse)
    assert beside.entry.base is not None
    assert counted(beside) == counted(built_anew(warehouse, NOW))


def test_a_dossier_told_otherwise_is_counted_once(warehouse: Warehouse) -> None:
    add(warehouse, "A", updated_at="2026-07-05", finished_at="2026-07-04", status=10)
    snapshot = publish(warehouse, warehouse.home, NOW)
    assert snapshot.entry.base is not None
    assert received(snapshot) == (1, 1, 1)
    resolved = "select sum(dossiers_resolved)::int, sum(dossiers_pending)::int from dossier_delta"
    assert snapshot.rows(resolved) == [(1, 0)]
    assert snapshot.docket.rows("select dossier_code, is_open from dossier") == [("A", False)]


def test_the_first_publication_of_the_next_day_is_whole_again(warehouse: Warehouse) -> None:
    add(warehouse, "B")
    publish_figures(warehouse)
    add(warehouse, "C")
    next_day = publish_figures(warehouse, NOW + timedelta(days=1))
    assert next_day.entry.base is None
    assert received(next_day) == (3, 3, 3)


def test_when_much_has_come_the_next_publication_takes_it_in(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.growth.BESIDE_ROWS", 2)
    bases = []
    for code in "BCDE":
        add(warehouse, code)
        bases.append(publish_figures(warehouse).entry.base is not None)
    assert bases == [True, True, False, True]
    assert received(current_snapshot(warehouse.home)) == (5, 5, 5)


def test_a_base_is_kept_as_long_as_a_kept_snapshot_adds_to_it(warehouse: Warehouse) -> None:
    base = current_snapshot(warehouse.home).entry.file
    for code in "BCDE":
        add(warehouse, code)
        publish_figures(warehouse)
    assert base in files(warehouse)
    assert len(files(warehouse)) == 4
    for days in (1, 2, 3):
        publish_figures(warehouse, NOW + timedelta(days=days))
    assert base not in files(warehouse)
    assert len(files(warehouse)) == 3


def test_a_damaged_base_is_neither_added_to_nor_served(warehouse: Warehouse) -> None:
    add(warehouse, "B")
    base = publish_figures(warehouse).entry.base
    assert base is not None
    damage(warehouse.home / "snapshots" / base.file)
    with pytest.raises(StoreError, match="damaged"):
        current_snapshot(warehouse.home.rename(warehouse.home.with_name("moved")))
    warehouse.home.with_name("moved").rename(warehouse.home)
    add(warehouse, "C")
    anew = publish_figures(warehouse)
    assert (anew.entry.base, received(anew)) == (None, (3, 3, 3))


def test_a_snapshot_of_another_base_is_kept_for_the_day_on_which_this_one_is_damaged(
    warehouse: Warehouse,
) -> None:
    for code in "BCDE":
        add(warehouse, code)
        publish_figures(warehouse, NOW + timedelta(days=1, minutes=ord(code)))
    base = current_snapshot(warehouse.home).entry.base
    assert base is not None
    damage(warehouse.home / "snapshots" / base.file)
    moved = warehouse.home.rename(warehouse.home.with_name("moved"))
    served = current_snapshot(moved)
    assert received(served) == (1, 1, 1)
    assert "damaged" in (served.notice or "")
    moved.rename(warehouse.home)


def test_what_does_not_add_up_is_not_published_beside_its_base(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lose_an_event(connection: Any) -> None:
        connection.execute("delete from snapshot.added.dossier_tally where rowid = 0")
        show_both(connection)

    monkeypatch.setattr("store.contents.show_both", lose_an_event)
    add(warehouse, "B")
    snapshot = publish_figures(warehouse)
    assert "dossier_tally holds" in caplog.text
    assert (snapshot.entry.base, received(snapshot)) == (None, (2, 2, 2))


def test_a_publication_that_fails_beside_its_base_leaves_nothing_attached(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    is_attached = threading.Event()

    def look_late(*told: Any) -> list[tuple[int, int]]:
        is_attached.set()
        time.sleep(0.1)  # what fails meanwhile has to wait
        return _ranges(*told)

    def fail(*told: Any) -> None:
        assert is_attached.wait(60)
        monkeypatch.undo()
        raise StoreError("No room is left.")

    monkeypatch.setattr("store.docket._ranges", look_late)
    monkeypatch.setattr("store.contents.make_room", fail)
    for code, is_beside in (("B", False), ("C", True)):
        add(warehouse, code)
        snapshot = publish(warehouse, warehouse.home, NOW)
        assert (snapshot.entry.base is not None) is is_beside
    assert received(current_snapshot(warehouse.home)) == (3, 3, 3)
    assert "No room is left" in caplog.text
    attached = "select database_name from duckdb_databases() where not internal"
    assert warehouse.connection.execute(attached).fetchall() == [("warehouse",)]


def test_another_process_reads_both_files_and_keeps_them_while_it_does(
    warehouse: Warehouse,
) -> None:
    add(warehouse, "B")
    beside = publish_figures(warehouse)
    code = (
        "import sys; from pathlib import Path; from store import current_snapshot\n"
        "snapshot = current_snapshot(Path(sys.argv[1]))\n"
        "sql = 'select sum(dossiers_received)::int from dossier_delta'\n"
        "print(snapshot.rows(sql)[0][0], flush=True); sys.stdin.read()\n"
        "print(snapshot.rows(sql)[0][0], flush=True)"
    )
    command = [sys.executable, "-c", code, str(warehouse.home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=dict(os.environ), **pipes) as reader:  # type: ignore[call-overload]
        assert reader.stdout.readline() == "2\n"
        for days in (1, 2, 3, 4):
            publish_figures(warehouse, NOW + timedelta(days=days))
        assert set(beside.entry.figures) <= files(warehouse)
        rest, _ = reader.communicate()
    assert rest == "2\n"


def test_a_pointer_of_an_earlier_version_names_no_base(warehouse: Warehouse) -> None:
    path = warehouse.home / "snapshots/CURRENT.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    del plain["base"]
    path.write_text(json.dumps(plain), encoding="utf-8")
    add(warehouse, "B")
    assert received(publish_figures(warehouse)) == (2, 2, 2)


def test_a_part_of_the_docket_that_changes_after_it_was_read_is_found(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"good")
    sha256 = "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"
    refuse_damaged(path, sha256)
    path.write_bytes(b"worse")
    with pytest.raises(StoreError, match="damaged"):
        refuse_damaged(path, sha256)


def test_a_file_that_lost_bytes_and_no_time_stamp_is_found_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"good")
    stamp, sha256 = path.stat().st_mtime_ns, sha256_of(path)
    assert is_intact(path, sha256)
    path.write_bytes(b"gone")
    os.utime(path, ns=(stamp, stamp))
    monkeypatch.setattr("store.pointer.AGAIN_SECONDS", 1e-9)
    assert not is_intact(path, sha256)
