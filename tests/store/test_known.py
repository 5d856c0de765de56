"""What was known when: corrections change today's figures and leave those of the past."""

import random
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.dossier import local_day
from store import Warehouse, progress_of, tallies
from store.deltas import Due
from store.facts import counts
from store.progress import Progress
from store.recount import recount
from tests.store.landed import COMMUNE, NO_RESERVE, NOW, document, dossier, land, local, step
from tests.store.prepared import publish_figures
from tests.store.test_steps import history, in_batches

ROOT = Path(__file__).parents[2]
WEEK = timedelta(days=7)


def resolved(warehouse: Warehouse, known: date) -> tuple[int, int]:
    """Early and late results, as they were known at the end of a day."""
    sql = (
        "select coalesce(sum(dossiers_resolved_early), 0), coalesce(sum(dossiers_resolved_late), 0)"
        " from dossier_delta where known_day <= $known"
    )
    row = warehouse.connection.execute(sql, {"known": known}).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def test_a_late_correction_changes_today_and_leaves_what_was_known_before(
    warehouse: Warehouse, home: Path
) -> None:
    told = dossier("A", received_at="2026-11-01", due_at="2026-11-10", finished_at="2026-11-09")
    warehouse.load(land(home, {"dossier": [told]}), NOW)
    corrected = told | {"finished_at": local("2026-11-12")}
    warehouse.load(land(home, {"dossier": [corrected]}), NOW + WEEK)
    assert resolved(warehouse, NOW.date()) == (1, 0)
    assert resolved(warehouse, (NOW + WEEK - timedelta(days=1)).date()) == (1, 0)
    assert resolved(warehouse, (NOW + WEEK).date()) == (0, 1)


def test_what_a_correction_leaves_alone_is_not_counted_again(
    warehouse: Warehouse, home: Path
) -> None:
    told = dossier("A", received_at="2026-11-01", due_at="2026-11-10")
    warehouse.load(land(home, {"dossier": [told]}), NOW)
    warehouse.load(
        land(home, {"dossier": [told | {"finished_at": local("2026-11-09")}]}), NOW + WEEK
    )
    added = warehouse.connection.execute(
        "select day, sum(dossiers_received)::int, sum(dossiers_resolved)::int, "
        "sum(dossiers_pending)::int, sum(dossiers_pending_overdue)::int, "
        "sum(dossiers_lapsed)::int "
        "from dossier_delta where known_day > $first group by day, origin_day order by all",
        {"first": NOW.date()},
    ).fetchall()
    # One result; the term will not run out on the 11th any more.
    assert added == [
        (date(2026, 11, 9), 0, 1, -1, 0, 0),
        (date(2026, 11, 11), 0, 0, 0, -1, 0),
        (date(2026, 11, 11), 0, 0, 0, 0, -1),
    ]


def test_a_dossier_that_moves_to_another_area_leaves_the_first(
    warehouse: Warehouse, home: Path
) -> None:
    told = dossier("A", received_at="2026-11-01")
    warehouse.load(land(home, {"dossier": [told]}), NOW)
    moved = told | {"competent_area": "25@2025-07-01"}
    warehouse.load(land(home, {"dossier": [moved]}), NOW + WEEK)
    found = warehouse.connection.execute(
        "select area_id, sum(dossiers_received) from dossier_delta "
        "join dimension using (dimension_id) group by 1 order by 1"
    ).fetchall()
    assert found == [(COMMUNE, 0), ("25@2025-07-01", 1)]


def deltas(warehouse: Warehouse, record: str) -> list[tuple[Any, ...]]:
    """What was appended, by everything that tells it apart, without what cancels out."""
    count = counts()[record]
    keys = ", ".join(("known_day", "day", "origin_day", "dimension_id", *count.keys))
    sums = ", ".join(f"sum({measure})" for measure in count.measures)
    sql = f"select {keys}, {sums} from {record}_delta group by {keys} order by all"
    wide = len(count.keys) + 4
    return [row for row in warehouse.connection.execute(sql).fetchall() if any(row[wide:])]


def test_counting_the_whole_history_anew_gives_what_was_counted_batch_by_batch(
    warehouse: Warehouse, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A batch is netted in several parts, the history in one each: the same is left of both.
    monkeypatch.setattr(tallies, "EVENTS_AT_ONCE", 50)
    chance = random.Random(1)
    # Half of them in a commune that ends while they are open.
    ending = {"receiving_area": "08518@", "competent_area": "08518@"}
    histories = [history(chance, f"D{number}") for number in range(40)]
    histories += [
        history(chance, f"E{number}", date(2025, 6, 26), **ending) for number in range(40)
    ]
    for number, batch in enumerate(in_batches(chance, histories, 6)):
        letters = [
            document(f"X{number}", "2026-07-01"),
            document("Y", "2026-07-02", paper=number % 2 == 1),
        ]
        warehouse.load(land(home, {**batch, "document": letters}), NOW + number * WEEK)
    before = {record: deltas(warehouse, record) for record in counts()}
    assert len(before["dossier"]) > 100
    monkeypatch.undo()
    told: list[tuple[int, int]] = []
    for count in counts().values():
        assert Progress(count.record, 0, 1, NOW, NOW).sentence  # all of it has a name
        due = Due(count, "the same rules")
        recount(warehouse.connection, due, 200, lambda *heard: told.append(heard))
    assert {record: deltas(warehouse, record) for record in counts()} == before
    assert (1, 2) in told  # of the dossiers, half in each part


KILLED = """
import os, sys
from pathlib import Path
from store import Limits, Warehouse

def tell(sentence):
    print(sentence, flush=True)
    if sys.argv[2] in sentence:
        os.kill(os.getpid(), 9)

Warehouse.open(Path(sys.argv[1]), limits=Limits(recounted=3), tell=tell).close()
"""


def killed(home: Path, at: str) -> list[str]:
    """What a collector tells that opens the warehouse, and is killed when it tells a thing."""
    command = [sys.executable, "-c", KILLED, str(home), at]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == -signal.SIGKILL, found.stderr
    return [line.rpartition(": ")[2] for line in found.stdout.splitlines()]


def test_other_rules_are_applied_to_all_that_is_known_part_by_part_and_a_kill_loses_no_part(
    home: Path,
) -> None:
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        told = {
            "dossier": [dossier(letter, received_at="2026-11-01") for letter in "ABCDE"],
            "dossier_event": [step(letter, "2026-11-05", 9) for letter in "ABC"],
        }
        warehouse.load(land(home, told), NOW)
        publish_figures(warehouse)
        before = deltas(warehouse, "dossier")
        warehouse.connection.execute(
            "update derived set fingerprint = 'last year' where name = 'dossier'"
        )
        warehouse.connection.execute("delete from dossier_tally")
    # Eight records and steps, about three at a time.
    assert killed(home, "1 of 3") == ["0 of 3 parts are done.", "1 of 3 parts are done."]
    progress = progress_of(home)
    assert progress is not None
    assert (progress.record, progress.done, progress.parts) == ("dossier", 1, 3)
    # The last step is in the books before it is told.
    assert killed(home, "3 of 3")[0] == "1 of 3 parts are done."
    sentences: list[str] = []
    with Warehouse.open(home, reserve=NO_RESERVE, tell=sentences.append) as warehouse:
        assert sentences == []
        assert progress_of(home) is None
        assert deltas(warehouse, "dossier") == before
        snapshot = publish_figures(warehouse, NOW + WEEK)
    assert snapshot.totals["dossier"]["dossiers_received"] == 5


def test_the_day_of_an_instant_is_the_one_on_vietnams_clocks_in_any_year(
    warehouse: Warehouse,
) -> None:
    chance = random.Random(1)
    first = datetime(1890, 1, 1, tzinfo=UTC)
    instants = [first + timedelta(minutes=chance.randrange(75_000_000)) for _ in range(500)]
    instants += [datetime(1975, 12, 31, 16, 59, 59, tzinfo=UTC) + WEEK * n for n in range(-3, 3)]
    for instant in instants:
        row = warehouse.connection.execute("select local_day($at)", {"at": instant}).fetchone()
        assert row == (local_day(instant),), instant
