"""What SQL may reach: the warehouse its landing folders and snapshots, a snapshot nothing."""

import ast
from pathlib import Path

import duckdb
import pytest

from domain.errors import StoreError
from store.connection import (
    Connection,
    Limits,
    connect_snapshot,
    connect_warehouse,
    refuse_unsafe_duckdb,
)

ROOM = Path(__file__).parents[2] / "store"

# Ways out of a database that is only read: to other files, other hosts, other settings.
PROBES = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_parquet('{outside}/told.parquet')",
    "select * from '{outside}/told.csv'",
    "select * from glob('{outside}/*')",
    "copy (select 1) to '{outside}/written.csv'",
    "export database '{outside}/exported'",
    "attach '{outside}/other.duckdb' as other",
    "select * from python_variable",
    "install httpfs",
    "load httpfs",
    "select * from read_csv('http://127.0.0.1:9/x.csv')",
    "create persistent secret escape (type http)",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set memory_limit = '64GB'",
    "call enable_logging('QueryLog', storage = 'file', storage_path = '{outside}')",
    "pragma profiling_output = '{outside}/profile'",
]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that no database may touch, with files worth reading."""
    folder = tmp_path / "outside"
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 1 as a) to '{folder}/told.parquet'")
        connection.execute(f"copy (select 1 as a) to '{folder}/told.csv'")
    with duckdb.connect(folder / "other.duckdb") as connection:
        connection.execute("create table t as select 1 as a")
    return folder


@pytest.fixture
def snapshot(tmp_path: Path) -> Connection:
    path = tmp_path / "snapshot.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create table t as select range as a from range(10)")
    return connect_snapshot(path)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("probe", PROBES)
def test_no_statement_leads_out_of_a_snapshot(
    snapshot: Connection, outside: Path, probe: str
) -> None:
    before = names(outside)
    python_variable = [1]
    with pytest.raises(duckdb.Error):
        snapshot.cursor().execute(probe.format(outside=outside)).fetchall()
    assert names(outside) == before
    assert python_variable == [1]


@pytest.mark.parametrize("probe", PROBES)
def test_no_statement_leads_out_of_the_warehouse_and_its_folders(
    tmp_path: Path, outside: Path, probe: str
) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    connection = connect_warehouse(tmp_path / "warehouse.duckdb", reachable=[landing])
    before = names(outside)
    with pytest.raises(duckdb.Error):
        connection.execute(probe.format(outside=outside)).fetchall()
    with pytest.raises(duckdb.Error):
        connection.execute(f"select * from read_csv('{landing}/../outside/told.csv')").fetchall()
    assert names(outside) == before


def test_a_snapshot_cannot_be_written(snapshot: Connection) -> None:
    for statement in ("insert into t values (1)", "create table u (a int)", "drop table t"):
        with pytest.raises(duckdb.Error):
            snapshot.cursor().execute(statement)


def test_the_warehouse_reads_what_landed(tmp_path: Path, outside: Path) -> None:
    connection = connect_warehouse(tmp_path / "warehouse.duckdb", reachable=[outside])
    found = connection.execute(f"select a from read_parquet('{outside}/told.parquet')").fetchall()
    assert found == [(1,)]


def test_a_day_begins_at_midnight_in_vietnam(snapshot: Connection) -> None:
    late = "cast(timestamptz '2026-02-28 23:00:00Z' as date)"
    assert snapshot.cursor().execute(f"select cast({late} as varchar)").fetchall() == [
        ("2026-03-01",)
    ]


def test_a_slow_query_is_stopped_and_the_next_one_works(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.duckdb"
    duckdb.connect(path).close()
    connection = connect_snapshot(path, Limits(timeout_ms=100))
    endless = (
        "select count(*) from range(10_000_000) a, range(10_000_000) b where a.range = -b.range"
    )
    with pytest.raises(duckdb.InterruptException):
        connection.cursor().execute(endless).fetchall()
    assert connection.cursor().execute("select 1").fetchall() == [(1,)]


def test_a_duckdb_that_can_lose_rows_on_a_full_disk_is_refused() -> None:
    refuse_unsafe_duckdb("2.0.0")
    with pytest.raises(StoreError, match=r"DuckDB 1\.4\.5 can lose committed rows"):
        refuse_unsafe_duckdb("1.4.5")


@pytest.mark.parametrize("rows", [200_000, 1_000_000])
def test_a_large_insert_after_an_empty_one_is_seen_at_once(tmp_path: Path, rows: int) -> None:
    # With DuckDB 2.0.0's own settings the sum below is null until the file is opened again.
    connection = connect_warehouse(tmp_path / "warehouse.duckdb", limits=Limits(threads=2))
    connection.execute("create table told as select range as a from range($rows)", {"rows": rows})
    connection.execute("create table kept (a bigint)")
    connection.execute("begin")
    connection.execute("insert into kept select a from told where a < 0")
    connection.execute("insert into kept select a from told")
    assert connection.execute("select sum(a) from kept").fetchall() == [(rows * (rows - 1) // 2,)]


def test_only_one_module_opens_duckdb() -> None:
    opening = {
        path.name
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "duckdb.connect"
    }
    assert opening == {"connection.py"}
