"""Promises to people at the command line, whether a collector runs or not."""

import threading
from pathlib import Path
from typing import Any

import pytest

from datasources.running.preview import checked
from datasources.running.requests import FOLDER, Request, ask, request_of, waiting
from datasources.running.scheduler import Collector
from domain.errors import StoreError
from store import Warehouse
from tests.datasources.collecting import books_of
from tests.datasources.home import NOW, Home
from tests.datasources.test_collector import SOURCES, Served, received
from tests.datasources.test_worker import wait_until
from tests.store.prepared import prepare


@pytest.fixture
def desk(home: Home) -> Home:
    home.configure(SOURCES)
    rows = "".join(f"{number},15/07/2020,25\n" for number in range(30))
    home.write("in/a.csv", f"code,at,area\n{rows}31,,99\n")
    return home


def asked(home: Home, action: Any, **more: Any) -> tuple[int, list[str]]:
    told: list[str] = []
    collector = Collector(prepare(home.path), now=lambda: NOW, tell=told.append)
    status = collector.answer(request_of(action, "desk", "Lan", NOW, **more))
    return status, told


def compared(home: Home) -> str:
    with checked(home.path, "desk", NOW) as (_, folder):
        assert folder is not None
        status, told = asked(home, "compare", folder=folder)
    assert status == 0
    return told[0]


def test_a_check_tells_what_would_be_new_changed_unchanged_and_rejected(desk: Home) -> None:
    asked(desk, "run")
    rows = "".join(f"{number},15/07/2020,25\n" for number in range(29))
    desk.write("in/a.csv", f"code,at,area\n{rows}29,16/07/2020,25\n77,16/07/2020,25\n31,,99\n")
    before = warehouse_of(desk)
    assert compared(desk) == (
        "Compared with what is known, 32 dossier: 1 new, 1 changed, 29 unchanged, "
        "0 duplicate, 1 rejected."
    )
    assert warehouse_of(desk) == before
    assert list((desk.path / "landing").glob(".looked-at-*")) == []


def test_what_vanished_before_it_was_compared_is_a_sentence(desk: Home) -> None:
    asked(desk, "run")
    with checked(desk.path, "desk", NOW) as (_, folder):
        assert folder is not None
        (folder / "records-dossier.parquet").write_bytes(b"PAR1")
        with pytest.raises(StoreError, match="could not be compared"):
            asked(desk, "compare", folder=folder)


def warehouse_of(home: Home) -> list[Any]:
    with Warehouse.open(home.path) as warehouse:
        tables = ("dossier", "rejected", "batch", "cursor", "dossier_delta", "source")
        return [
            sorted(map(str, warehouse.connection.execute(f"from {one}").fetchall()))
            for one in tables
        ]


def test_a_running_collector_compares_runs_and_decides_for_the_one_who_asks(desk: Home) -> None:
    with Served(desk):
        wait_until(lambda: received(desk) == 30, seconds=30)
        desk.write("in/b.csv", "code,at,area\n40,16/07/2020,25\n")
        assert "31 unchanged" not in compared(desk)
        assert "1 new" in compared(desk)
        status, told = asked(desk, "run")
        assert status == 0
        assert told[0].startswith("desk: 1 rows, 1 records = 1 new")
        wait_until(lambda: received(desk) == 31, seconds=30)
        assert asked(desk, "accept") == (2, ["desk: no batch waits for a decision."])
    assert list((desk.path / FOLDER).iterdir()) == []


def test_a_request_that_nobody_takes_up_is_withdrawn(tmp_path: Path) -> None:
    request = request_of("run", "desk", "Lan", NOW)
    assert ask(tmp_path, request, seconds=0.3) is None
    assert waiting(tmp_path) == []


def test_a_request_is_the_collectors_owners_alone(tmp_path: Path) -> None:
    seen: list[Request] = []
    modes: list[int] = []

    def look() -> None:
        folder = tmp_path / FOLDER
        wait_until(lambda: list(folder.glob("*.json")) != [])
        modes.extend(path.stat().st_mode & 0o777 for path in (folder, *folder.glob("*.json")))
        seen.extend(waiting(tmp_path))

    looking = threading.Thread(target=look)
    looking.start()
    ask(tmp_path, request_of("replay", "desk", "Lan", NOW, batch=7), seconds=1)
    looking.join()
    assert modes == [0o700, 0o600]
    assert [(one.action, one.batch, one.by) for one in seen] == [("replay", 7, "Lan")]


def test_a_replay_reads_everything_again_and_doubles_nothing(desk: Home) -> None:
    asked(desk, "run")
    status, told = asked(desk, "replay")
    assert status == 0
    assert told[0].startswith("desk: 31 rows, 31 records = 0 new + 0 changed + 30 unchanged")


def test_a_replay_of_one_batch_reads_its_files_alone_after_a_register_was_mended(
    home: Home,
) -> None:
    home.configure(SOURCES)
    with books_of(home, "2026-11-20 08:00") as books:
        home.write("in/a.csv", "code,at,area\n1,15/07/2020,25\n")
        books.run("desk")
        home.write("in/b.csv", "code,at,area\n2,15/07/2020,25\n")
        second = books.run("desk").batch_id
        request = request_of("replay", "desk", "Lan", NOW, batch=second)
        result = books.run("desk", request)
        assert (result.rows_read, result.total.unchanged) == (1, 1)
        assert set(books.warehouse.cursor("desk")["files"]) == {"a.csv", "b.csv"}
        assert books.run("desk").rows_read == 0


def test_a_replay_of_what_never_was_says_which_batches_there_are(desk: Home) -> None:
    asked(desk, "run")
    with pytest.raises(Exception, match="batch 99 brought nothing that could be read again"):
        asked(desk, "replay", batch=99)


def test_landed_batches_are_removed_in_time_but_never_what_waits(home: Home) -> None:
    home.configure(SOURCES)
    with books_of(home, "2025-01-10 08:00") as books:
        home.write("in/a.csv", "code,at,area\n1,15/07/2020,25\n")
        books.run("desk")
        landed = next((home.path / "landing" / "desk").iterdir())
        books.at("2026-01-10 08:00").ledger.tidy()
        assert landed.exists()
        books.at("2026-03-10 08:00").ledger.tidy()
        assert not landed.exists()
        waits = home.collect("desk", cursor={}).folder
        books.at("2028-03-10 08:00").ledger.tidy()
        assert waits.exists()


PUSHED = SOURCES.replace('path = "in/*.csv"', "push = true")


def arrive(home: Home, name: str, text: str) -> Path:
    """A document as the web leaves it."""
    return home.write(f"inbox/desk/{name}.csv", text)


def test_what_is_pushed_is_read_within_seconds_whatever_the_schedule(home: Home) -> None:
    home.configure(PUSHED.replace("[desk]", '[desk]\nschedule = "0 0 1 1 *"', 1))
    with Served(home) as served:
        wait_until(lambda: any(line.startswith("press") for line in served.told), seconds=30)
        arrive(home, "1", "code,at,area\n1,15/07/2020,25\n")
        wait_until(lambda: received(home) == 1, seconds=30)
        arrive(home, "2", "code,place\n1,25\n")
        arrive(home, "3", "code,at,area\n2,15/07/2020,25\n")
        wait_until(lambda: received(home) == 2, seconds=30)
    assert list((home.path / "inbox").rglob("*.csv")) == []


def test_a_pushed_document_of_the_wrong_kind_is_given_up_and_holds_up_nothing(home: Home) -> None:
    home.configure(PUSHED)
    with books_of(home, "2026-11-20 08:00") as books:
        arrive(home, "1", "").rename(home.path / "inbox" / "desk" / "1.json")
        for minute in range(5):
            books.at(f"2026-11-20 08:0{minute}").run("desk")
            assert not books.ledger.has_more("desk", books.sources["desk"])
        assert list((home.path / "inbox").rglob("*.json")) == []
        assert books.ledger.left_alone_until("desk") is None
        arrive(home, "2", "code,at,area\n2,15/07/2020,25\n")
        assert books.run("desk").status == "ok"
