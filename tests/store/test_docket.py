"""The docket: every dossier with its share in every count, in files of its own."""

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from domain.area import Level, register
from domain.measure import measures
from store import Snapshot, StoreError, Warehouse, current_snapshot, publish
from tests.store.landed import COMMUNE, NOW, dossier, land, step
from tests.store.prepared import prepare_published
from tests.store.test_growth import a_batch

MEASURES = [one.id for one in measures().values() if one.record == "dossier"]
STEPS = f"""
select source, dossier_code, step.area_id, day, origin_day, {", ".join(MEASURES)}
from step join dossier using (id) order by all
"""
DOSSIERS = "select * exclude (id) from dossier order by source, dossier_code"


def told(snapshot: Snapshot) -> tuple[Any, Any]:
    """All that a docket tells, whatever parts it has."""
    return snapshot.docket.rows(DOSSIERS), snapshot.docket.rows(STEPS)


def parts(snapshot: Snapshot) -> list[str]:
    assert snapshot.entry.docket is not None
    return [part.file for part in snapshot.entry.docket.parts]


def load(warehouse: Warehouse, *codes: str, **fields: Any) -> None:
    rows = [dossier(code, **{"received_at": "2026-11-01", **fields}) for code in codes]
    warehouse.load(land(warehouse.home, {"dossier": rows}), NOW)


def anew(warehouse: Warehouse) -> Snapshot:
    (warehouse.home / "snapshots/CURRENT.json").unlink()
    return publish(warehouse, warehouse.home, NOW)


def test_after_any_batches_the_parts_tell_what_one_written_anew_does(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)
    communes = sorted(a.area_id for a in register().areas.values() if a.level is Level.COMMUNE)
    areas = [*chance.sample(communes, 5), COMMUNE]
    snapshot, most = publish(warehouse, warehouse.home, NOW), 0
    for _ in range(4):
        warehouse.load(land(warehouse.home, a_batch(chance, areas)), NOW)
        snapshot = publish(warehouse, warehouse.home, NOW)
        most = max(most, len(parts(snapshot)))
    assert most >= 3
    grown = told(snapshot)
    monkeypatch.setattr("store.docket.AT_ONCE", 30)  # as where there are too many for one go
    whole = anew(warehouse)
    assert len(parts(whole)) == 1
    assert grown == told(whole)


def test_its_steps_add_up_to_the_figures(warehouse: Warehouse) -> None:
    load(warehouse, "A", due_at="2026-11-05")
    load(warehouse, "B", due_at="2026-11-05", finished_at="2026-11-03", status=9)
    snapshot = publish(warehouse, warehouse.home, NOW)
    sums = ", ".join(f"sum({name})" for name in MEASURES)
    (row,) = snapshot.docket.rows(f"select {sums} from step")
    assert dict(zip(MEASURES, row, strict=True)) == snapshot.totals["dossier"]


def test_a_dossier_stands_as_the_newest_part_tells_it(warehouse: Warehouse) -> None:
    load(warehouse, *(f"D{n}" for n in range(5)))
    publish(warehouse, warehouse.home, NOW)
    load(warehouse, "D3", finished_at="2026-11-04", status=10)
    snapshot = publish(warehouse, warehouse.home, NOW)
    assert len(parts(snapshot)) == 2
    counts = "select count(*), count(finished_at), count(distinct dossier_code) from dossier"
    assert snapshot.docket.rows(counts) == [(5, 1, 5)]
    resolved = "select sum(dossiers_resolved)::int, sum(dossiers_received)::int from step"
    assert snapshot.docket.rows(resolved) == [(1, 5)]


def test_a_step_told_later_changes_its_dossier(warehouse: Warehouse) -> None:
    load(warehouse, "A", status=2)
    publish(warehouse, warehouse.home, NOW)
    warehouse.load(land(warehouse.home, {"dossier_event": [step("A", "2026-11-06", 5)]}), NOW)
    snapshot = publish(warehouse, warehouse.home, NOW)
    ((status, paused),) = snapshot.docket.rows("select status, len(pauses) from dossier")
    assert (status, paused) == (5, 1)


def test_where_no_dossier_was_touched_no_file_is_written(warehouse: Warehouse) -> None:
    load(warehouse, "A")
    first = publish(warehouse, warehouse.home, NOW)
    second = publish(warehouse, warehouse.home, NOW + timedelta(hours=1))
    assert first.version != second.version
    assert parts(first) == parts(second)


def test_a_part_takes_in_those_before_it_that_are_no_larger(warehouse: Warehouse) -> None:
    load(warehouse, *(f"D{n}" for n in range(9)))
    files = [parts(publish(warehouse, warehouse.home, NOW))]
    for number in range(4):
        load(warehouse, f"E{number}")
        files.append(parts(publish(warehouse, warehouse.home, NOW)))
    assert [len(one) for one in files] == [1, 2, 2, 3, 2]
    kept = {path.name for path in (warehouse.home / "snapshots").glob("dossiers-*")}
    assert kept == {file for one in files[-3:] for file in one}


def test_half_of_it_superseded_it_is_written_anew(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.docket.SMALL_ROWS", 0)
    load(warehouse, *(f"D{n}" for n in range(4)))
    publish(warehouse, warehouse.home, NOW)
    load(warehouse, "D1", "D2", "D3", due_at="2026-11-30")
    assert len(parts(publish(warehouse, warehouse.home, NOW))) == 1


def test_a_damaged_part_is_refused_and_the_figures_stay(warehouse: Warehouse, home: Path) -> None:
    load(warehouse, "A")
    publish(warehouse, home, NOW)
    (path,) = (home / "snapshots").glob("dossiers-*")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.unlink()
    path.write_bytes(content)
    snapshot = current_snapshot(home)
    assert snapshot.rows("select sum(dossiers_received)::int from dossier_delta") == [(1,)]
    with pytest.raises(StoreError, match="damaged"):
        snapshot.docket.rows("from dossier")
    path.unlink()
    assert len(told(publish(warehouse, home, NOW + timedelta(hours=1)))[0]) == 1


def test_other_rules_of_counting_write_it_anew(warehouse: Warehouse) -> None:
    load(warehouse, "A", "B")
    publish(warehouse, warehouse.home, NOW)
    load(warehouse, "B", due_at="2026-11-30")
    warehouse.connection.execute("update derived set fingerprint = 'other' where name = 'area'")
    assert len(parts(publish(warehouse, warehouse.home, NOW))) == 1


def test_only_the_docket_names_dossiers(warehouse: Warehouse, home: Path) -> None:
    load(warehouse, "H44-0000-TEST-CODE")
    publish(warehouse, home, NOW)
    (figures,) = (home / "snapshots").glob("ioc-*")
    (docket,) = (home / "snapshots").glob("dossiers-*")
    assert b"TEST-CODE" not in figures.read_bytes()
    assert b"TEST-CODE" in docket.read_bytes()


def test_it_holds_codes_dates_and_states_and_no_text_about_people(warehouse: Warehouse) -> None:
    """Whoever adds a column decides here that it tells of no person."""
    load(warehouse, "A")
    snapshot = publish(warehouse, warehouse.home, NOW)
    rows = snapshot.docket.rows("select column_name from (describe dossier)")
    assert {name for (name,) in rows} == {
        *["id", "source", "dossier_code", "procedure_code", "procedure_name", "field_code"],
        *["field_name", "channel", "organisation", "receiving_organisation", "area_id"],
        *["receiving_area_id", "submitted_at", "received_at", "due_at", "finished_at"],
        *["returned_at", "refused_at", "withdrawn_at", "reception_due_at", "updated_at"],
        *["status", "deadline_precision", "supplements", "pauses", "steps", "is_open"],
        *["last_day", "ended_day", "known_from", "batch_id"],
    }


@pytest.fixture(scope="module")
def docket(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One dossier's."""
    return current_snapshot(prepare_published(tmp_path_factory.mktemp("one") / "home")).docket


@pytest.mark.parametrize(
    "escape",
    [
        "select * from read_text('/etc/passwd')",
        "attach '/tmp/other.duckdb'",
        "copy (select 1) to '/tmp/out.csv'",
        "set enable_external_access = true",
        "drop table part_0.dossier",
    ],
)
def test_nobody_gets_out_of_it(docket: Snapshot, escape: str) -> None:
    with pytest.raises((StoreError, duckdb.Error)):
        docket.rows(escape)
    assert docket.rows("select count(*) from dossier") == [(1,)]


def test_figures_published_without_a_docket_say_so(tmp_path: Path) -> None:
    home = prepare_published(tmp_path / "home")
    path = home / "snapshots/CURRENT.json"
    pointer = json.loads(path.read_text())
    del pointer["docket"]
    path.unlink()
    path.write_text(json.dumps(pointer))
    with pytest.raises(StoreError, match="without its dossiers"):
        _ = current_snapshot(home).docket
