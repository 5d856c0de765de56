"""Publishing: checked before it is named, complete, and without a single dossier."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from domain.measure import measures
from store import Snapshot, SourceInfo, StoreError, Warehouse, current_snapshot, publish
from store.pointer import read_pointer
from tests.store.landed import NO_RESERVE, NOW, document, dossier, land
from tests.store.prepared import publish_figures

ROOT = Path(__file__).parents[2]

DIMENSIONS = [
    *["source", "area_id", "organisation", "receiving_area_id", "receiving_organisation"],
    *["procedure_code", "field_code", "channel", "leaf_level"],
]
AREA_DAY = ["boundaries", "level", "area_id", "leaf_level", "source", "day", "origin_day"]
AREA_MONTH = ["boundaries", "level", "area_id", "leaf_level", "source", "month", "origin_month"]
OBSERVATION = [
    *["source", "metric", "area_id", "level", "period_start", "period_end", "numerator"],
    *["denominator", "value", "as_reported", "standalone", "citation", "note", "known_from"],
]
PROMISED = {
    "meta": ["version", "built_at", "horizon", "simulated", "schema_version"],
    "area_link": [
        *["boundaries", "area_id", "level", "ancestor_id", "valid_from", "valid_until", "estimated"]
    ],
    "source": [
        *["source", "kind", "records", "title_vi", "title_en", "owner", "simulated", "schedule"],
        *["expected_by", "expected_every_s", "grace_s", "hard_max_s", "up", "up_reason"],
        *["last_attempt_at", "last_success_at", "data_as_of", "suspect", "doubt", "failures"],
        "retry_at",
    ],
    "batch": [
        *["batch_id", "source", "kind", "started_at", "finished_at", "status", "rows_read", "read"],
        *["new", "changed", "unchanged", "duplicate", "rejected", "data_as_of", "message"],
        *["origin_sha256", "origin_bytes", "decision", "decided_by", "decided_at"],
    ],
    "feed": ["source", "area_id", "organisation", "expected", "told_at", "reaches"],
    "promise": [
        *["source", "area_id", "organisation", "due_day", "noted_at", "kept", "state"],
        *["reminder", "delivered_at"],
    ],
    "rejected": ["batch_id", "source", "row_number", "field", "rule", "reason"],
    "dossier_delta": ["day", "origin_day", *DIMENSIONS],
    "dossier_known": ["known_day", "day", "origin_day", *DIMENSIONS],
    "document_delta": ["day", "origin_day", *DIMENSIONS],
    "document_known": ["known_day", "day", "origin_day", *DIMENSIONS],
    "dossier_area_day": [*AREA_DAY, "estimated"],
    "document_area_day": [*AREA_DAY, "estimated"],
    "dossier_area_month": [*AREA_MONTH, "estimated"],
    "document_area_month": [*AREA_MONTH, "estimated"],
    "dossier_area_cut_month": [*AREA_MONTH, "estimated", "field_code", "channel", "touched"],
    "observation": OBSERVATION,
    "observation_known": [*OBSERVATION, "known_to"],
    "observation_area_day": [*AREA_DAY, "measure", "estimated", "value"],
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """What is published before anything came."""
    home = tmp_path_factory.mktemp("empty")
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        return publish_figures(warehouse)


@pytest.mark.parametrize("table", PROMISED)
def test_even_an_empty_snapshot_has_every_table_and_column(empty: Snapshot, table: str) -> None:
    expected = set(PROMISED[table])
    record = table.partition("_")[0]
    if table.startswith(("dossier", "document")):
        expected |= {one.id for one in measures().values() if one.record == record}
    assert set(empty.frame(f"from {table}").columns) == expected


def test_a_snapshot_says_what_it_is(warehouse: Warehouse, home: Path) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A", received_at="2026-11-01")]}), NOW)
    snapshot = publish_figures(warehouse)
    assert snapshot.version == "ioc-20261122T010000-1"
    assert (snapshot.built_at, snapshot.horizon) == (NOW, date(2026, 11, 22))
    assert snapshot.totals["dossier"]["dossiers_received"] == 1
    (reached,) = snapshot.data_as_of.values()
    assert str(reached) == "2026-11-22 00:00:00+07:00"
    pointer = json.loads((home / "snapshots/CURRENT.json").read_text())
    assert pointer["file"] == "ioc-20261122T010000-1.duckdb"
    assert pointer["totals"] == snapshot.totals
    assert snapshot.rows("select version, horizon from meta") == [
        (snapshot.version, snapshot.horizon)
    ]


def test_invented_figures_are_marked_as_invented(warehouse: Warehouse, home: Path) -> None:
    warehouse.register_sources([SourceInfo("demo", "csv", simulated=True)])
    assert not publish_figures(warehouse).simulated
    warehouse.load(land(home, {"dossier": [dossier("A")]}, source="demo", simulated=True), NOW)
    assert publish_figures(warehouse).simulated


def test_no_dossier_and_no_document_leaves_the_warehouse(warehouse: Warehouse, home: Path) -> None:
    told = {
        "dossier": [dossier("CANARY-1", received_at="2026-11-01")],
        "document": [document("CANARY-2", "2026-11-01")],
    }
    warehouse.load(land(home, told), NOW)
    snapshot = publish_figures(warehouse)
    tables = snapshot.rows("select table_name from duckdb_tables() where not temporary")
    assert len(tables) > 10
    for (table,) in tables:
        assert not any("CANARY" in str(row) for row in snapshot.rows(f"from {table}")), table
    assert b"CANARY" not in (home / "snapshots" / snapshot.entry.file).read_bytes()


def test_publishing_again_gives_a_name_never_used_before_even_in_the_same_second(
    warehouse: Warehouse, home: Path
) -> None:
    versions = [publish_figures(warehouse).version for _ in range(2)]
    assert versions == [f"ioc-20261122T010000-{number}" for number in (1, 2)]
    # Nor is a name used again whose file was never pointed to.
    (home / "snapshots/ioc-20261122T010000-7.duckdb").write_bytes(b"left by a crash")
    assert publish_figures(warehouse).version == "ioc-20261122T010000-8"


def test_three_snapshots_and_their_base_are_kept_and_halves_of_a_crash_removed(
    warehouse: Warehouse, home: Path
) -> None:
    folder = home / "snapshots"
    (folder / "ioc-20200101T000000-0.duckdb.tmp").write_bytes(b"half")
    (folder / "ioc-20200101T000000-0.duckdb.tmp.wal").write_bytes(b"half")
    for _ in range(5):
        publish(warehouse, home, NOW)
    files = {path.name for path in folder.iterdir()}
    kept = {f"ioc-20261122T010000-{n}.duckdb" for n in (1, 3, 4, 5)}
    assert files == {"CURRENT.json", *kept, "dossiers-20261122T010000-1.duckdb"}
    pointer = read_pointer(home)
    assert pointer is not None
    assert [entry.version[-1] for entry in pointer.entries] == ["5", "4", "3"]


READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.readline()
"""


def test_a_snapshot_that_is_open_elsewhere_is_not_removed(warehouse: Warehouse, home: Path) -> None:
    publish_figures(warehouse)  # the base of all others, which stays
    first = publish_figures(warehouse)
    path = home / "snapshots" / first.entry.file
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "open\n"
    for _ in range(3):
        publish_figures(warehouse)
    assert path.exists()
    reader.communicate("\n")
    publish_figures(warehouse)
    assert not path.exists()


def test_a_snapshot_whose_totals_differ_is_not_published(warehouse: Warehouse, home: Path) -> None:
    before = publish_figures(warehouse)
    warehouse.load(land(home, {"dossier": [dossier("A", received_at="2026-11-01")]}), NOW)
    warehouse.connection.execute("delete from area_link where level = 'country'")
    with pytest.raises(StoreError, match=r"holds 0 dossiers_received, the warehouse 1"):
        publish_figures(warehouse)
    assert current_snapshot(home).version == before.version
    assert list((home / "snapshots").glob("*.tmp")) == []


def test_nothing_is_published_when_the_disk_is_nearly_full(
    warehouse: Warehouse, home: Path
) -> None:
    with pytest.raises(StoreError, match=r"publishing stops below 1000000000 MB"):
        publish(warehouse, home, NOW, free_mb=10**9)
    with pytest.raises(StoreError, match="No snapshot in"):
        current_snapshot(home)


def test_the_books_of_a_source_are_published_up_to_200_batches(
    warehouse: Warehouse, home: Path
) -> None:
    for number in range(203):
        at = NOW + timedelta(minutes=number)
        warehouse.fail("permits", "csv", NOW, f"Attempt {number}", at)
    snapshot = publish_figures(warehouse, NOW + timedelta(days=1))
    batches = snapshot.batches()
    assert len(batches) == 200
    assert batches.iloc[0]["message"] == "Attempt 202"
    (told,) = snapshot.sources
    assert (told["source"], told["up_reason"]) == ("permits", "Attempt 202")


def test_reasons_of_refusal_are_published_without_values(warehouse: Warehouse, home: Path) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A", competent_area="12345@")]}), NOW)
    snapshot = publish_figures(warehouse)
    assert snapshot.rows("from rejected") == [
        (1, "permits", 1, "competent_area", "area", "The register has no such area.")
    ]


def test_a_damaged_pointer_is_replaced_by_the_next_publish(
    warehouse: Warehouse, home: Path
) -> None:
    publish_figures(warehouse)
    (home / "snapshots/CURRENT.json").write_text('{"version": "ioc')
    assert publish_figures(warehouse).version == "ioc-20261122T010000-2"


def test_a_published_file_needs_nothing_beside_it(warehouse: Warehouse, home: Path) -> None:
    snapshot = publish_figures(warehouse)
    path = home / "snapshots" / snapshot.entry.file
    assert not path.with_name(f"{path.name}.wal").exists()
    alone = path.rename(home / "alone.duckdb")
    with duckdb.connect(alone, read_only=True) as connection:
        assert connection.execute("select version from meta").fetchall() == [(snapshot.version,)]
