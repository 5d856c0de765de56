"""A snapshot that grew from the last holds the same as one that is built anew."""

import random
import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.area import Level, register
from store import Snapshot, Warehouse, current_snapshot
from tests.store.landed import COMMUNE, NO_RESERVE, NOW, document, dossier, land, step
from tests.store.prepared import prepare_published, publish_figures

DIMENSIONS = "source, area_id, leaf_level, organisation, procedure_code, field_code, channel"
VIEWS = {
    "dossier_area_day": "boundaries, level, area_id, leaf_level, source, day, origin_day",
    "dossier_area_month": "boundaries, level, area_id, leaf_level, source, month, origin_month",
    "dossier_area_cut_month": "boundaries, level, area_id, leaf_level, source, field_code, channel,"
    " month, origin_month, estimated",
    "document_area_day": "boundaries, level, area_id, leaf_level, source, day, origin_day",
    "observation_area_day": "boundaries, level, area_id, measure, source, day, origin_day",
    "dossier_known": f"known_day, day, origin_day, {DIMENSIONS}",
    "document_delta": f"day, origin_day, {DIMENSIONS}",
}
MEASURES = {
    "dossier": (
        *("dossiers_received", "dossiers_resolved_late", "dossiers_pending"),
        *("dossiers_pending_overdue", "dossiers_paused", "dossiers_lapsed"),
    ),
    "document": ("docs_sent", "docs_electronic", "docs_revoked"),
    "observation": ("value",),
}
BEGINNING = date(2025, 3, 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare_published(tmp_path / "home")


@pytest.fixture
def published(home: Path) -> Snapshot:
    """The snapshot of a home, which can grow."""
    return current_snapshot(home)


def counted(snapshot: Snapshot) -> dict[str, Any]:
    """Everything a snapshot counts, added up; rows that add up to nothing count for nothing."""
    found: dict[str, Any] = {}
    for view, keys in VIEWS.items():
        names = MEASURES[view.partition("_")[0]]
        sums = ", ".join(f"sum({name})::double as {name}" for name in names)
        some = " or ".join(f"sum({name}) <> 0" for name in names)
        sql = f"select {keys}, {sums} from {view} group by all having {some} order by all"
        found[view] = snapshot.rows(sql)
    for table in ("observation_known", "source", "batch", "rejected", "area_link"):
        found[table] = snapshot.rows(f"from {table} order by all")
    return found


def grown_rows(snapshot: Snapshot) -> int:
    """How many rows were added to the rollups since they were built; 0 for a new snapshot."""
    tables = ("dossier_area", "document_area", "observation_area")
    counts = " + ".join(f"(select count(*) from {table})" for table in tables)
    ((rows,),) = snapshot.rows(f"select {counts} - built_rows from growth")
    return int(rows)


def built_anew(warehouse: Warehouse, now: datetime) -> Snapshot:
    (warehouse.home / "snapshots/CURRENT.json").unlink()
    snapshot = publish_figures(warehouse, now)
    assert grown_rows(snapshot) == 0
    return snapshot


def a_day(chance: random.Random, first: date = BEGINNING, days: int = 620) -> date:
    return first + timedelta(days=chance.randrange(days))


def a_dossier(chance: random.Random, areas: Sequence[str], code: str) -> dict[str, Any]:
    """A dossier as some batch tells it: the next may tell it otherwise."""
    area, day = chance.choice(areas), a_day(chance)
    done = day + timedelta(days=chance.randint(0, 60))
    ends = {"finished_at": str(done), "status": 10} if chance.random() < 0.6 else {}
    return dossier(
        code,
        receiving_area=area,
        competent_area=area,
        received_at=str(day),
        due_at=str(day + timedelta(days=chance.randint(1, 40))),
        channel=chance.choice(["online", "direct"]),
        procedure_code=chance.choice(["P1", "P2"]),
        field_code=chance.choice(["DD", "TP"]),
        **ends,
    )


def a_batch(chance: random.Random, areas: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Dossiers and documents, new ones and ones told before, steps, and observed figures."""
    codes = chance.sample(range(60), chance.randint(0, 25))
    months = chance.sample(range(1, 12), chance.randint(0, 3))
    steps = [(code, a_day(chance)) for code in chance.sample(range(70), chance.randint(0, 10))]
    return {
        "dossier": [a_dossier(chance, areas, f"D{code}") for code in codes],
        "dossier_event": [
            step(f"D{code}", str(day), chance.choice([2, 5, 4, 9])) for code, day in steps
        ],
        "document": [
            document(f"M{code}", str(a_day(chance)), paper=chance.random() < 0.5)
            for code in chance.sample(range(30), chance.randint(0, 8))
        ],
        "observation": [
            {
                "metric": "work_files_online_rate",
                "area": COMMUNE,
                "level": "",
                "period_start": date(2026, month, 1),
                "period_end": date(2026, month + 1, 1),
                "numerator": float(chance.randint(0, 9)),
                "denominator": 10.0,
            }
            for month in months
        ],
    }


@pytest.mark.parametrize("seed", range(2))
def test_after_any_batches_a_grown_snapshot_counts_what_one_built_anew_does(
    warehouse: Warehouse, seed: int
) -> None:
    chance = random.Random(seed)
    communes = sorted(a.area_id for a in register().areas.values() if a.level is Level.COMMUNE)
    areas = [*chance.sample(communes, 5), COMMUNE]
    now, grew = NOW, 0
    snapshot = current_snapshot(warehouse.home)
    for _ in range(5):
        for _ in range(chance.randint(0, 2)):
            told = a_batch(chance, areas)
            warehouse.load(land(warehouse.home, told, source=chance.choice("ab")), now)
        snapshot = publish_figures(warehouse, now)
        grew += grown_rows(snapshot) > 0
        now += timedelta(hours=chance.choice([1, 20, 50]))
    assert grew >= 2
    grown = counted(snapshot)
    assert grown == counted(built_anew(warehouse, snapshot.built_at))


def test_days_that_lay_ahead_are_rolled_up_when_they_come(warehouse: Warehouse) -> None:
    overdue = "select coalesce(sum(dossiers_pending_overdue), 0)::int from dossier_area_{}"
    overdue += " where boundaries = 'today' and level = 'country'"
    due = dossier("A", received_at="2026-11-20", due_at="2026-11-22")
    warehouse.load(land(warehouse.home, {"dossier": [due]}), NOW)
    published = [publish_figures(warehouse, NOW + timedelta(days=days)) for days in (0, 1, 1, 2)]
    for cut in ("day", "month"):
        found = [snapshot.rows(overdue.format(cut)) for snapshot in published[1:]]
        assert found == [[(1,)]] * 3
    assert grown_rows(published[-1]) > 0


def add(warehouse: Warehouse, code: str) -> None:
    """Load one dossier received on 1 July 2026."""
    told = {"dossier": [dossier(code, received_at="2026-07-01")]}
    warehouse.load(land(warehouse.home, told), NOW)


def received(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    return snapshot.rows("select sum(dossiers_received)::int from dossier_delta")


def test_the_snapshot_it_grew_from_stays_as_it_was(
    warehouse: Warehouse, published: Snapshot
) -> None:
    path = warehouse.home / "snapshots" / published.entry.file
    before = path.read_bytes()
    add(warehouse, "B")
    grown = publish_figures(warehouse)
    assert (grown_rows(grown) > 0, received(grown)) == (True, [(2,)])
    assert path.read_bytes() == before


def test_a_damaged_last_snapshot_is_not_grown_from(
    warehouse: Warehouse, published: Snapshot
) -> None:
    path = warehouse.home / "snapshots" / published.entry.file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink()
    path.write_bytes(content)
    add(warehouse, "B")
    snapshot = publish_figures(warehouse)
    assert (grown_rows(snapshot), received(snapshot)) == (0, [(2,)])


def test_a_last_snapshot_that_was_cut_short_is_not_grown_from(
    warehouse: Warehouse, published: Snapshot
) -> None:
    path = warehouse.home / "snapshots" / published.entry.file
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) // 2])
    snapshot = publish_figures(warehouse)
    assert (grown_rows(snapshot), received(snapshot)) == (0, [(1,)])


def test_when_the_horizon_goes_back_a_snapshot_is_built_anew(
    warehouse: Warehouse, published: Snapshot
) -> None:
    snapshot = publish_figures(warehouse, NOW - timedelta(days=200))
    assert grown_rows(snapshot) == 0
    assert snapshot.rows("select count(*) from dossier_area_day") == [(0,)]


def test_a_warehouse_put_back_to_an_older_state_does_not_add_to_what_it_never_knew(
    warehouse: Warehouse, published: Snapshot
) -> None:
    warehouse.close()
    kept = shutil.copy2(warehouse.home / "warehouse.duckdb", warehouse.home / "kept.duckdb")
    with Warehouse.open(warehouse.home, reserve=NO_RESERVE) as opened:
        add(opened, "B")
        publish_figures(opened)
    shutil.copy2(kept, warehouse.home / "warehouse.duckdb")
    with Warehouse.open(warehouse.home, reserve=NO_RESERVE) as opened:
        add(opened, "C")
        snapshot = publish_figures(opened)
    assert received(snapshot) == [(2,)]


def test_what_is_counted_by_other_rules_is_published_anew(
    warehouse: Warehouse, published: Snapshot
) -> None:
    warehouse.connection.execute("update derived set fingerprint = 'other' where name = 'dossier'")
    assert grown_rows(publish_figures(warehouse)) == 0


def test_rollups_that_grew_much_are_added_up_and_sorted_again(
    warehouse: Warehouse, published: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.growth.BESIDE_ROWS", 0)
    monkeypatch.setattr("store.growth.GROWN_ROWS", 3)
    snapshot, grown = published, []
    for number in range(8):
        add(warehouse, f"B{number}")
        snapshot = publish_figures(warehouse)
        grown.append(grown_rows(snapshot))
        if not grown[-1]:
            break
    assert max(grown) > 0
    assert grown[-1] == 0
    assert counted(snapshot) == counted(built_anew(warehouse, NOW))
