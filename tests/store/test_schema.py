"""The form of the warehouse: described column by column, moved forward and never back."""

from pathlib import Path
from typing import Any

import pytest

from domain.record import RECORDS
from store import StoreError, Warehouse
from store.connection import WRITING, Connection, connect_warehouse
from store.facts import SQL_TYPES
from store.schema import migrate, migration_files, schema_version


def columns(warehouse: Warehouse, what: str) -> list[tuple[Any, ...]]:
    sql = f"select {what} from duckdb_columns() where database_name = 'warehouse' and not internal"
    return warehouse.connection.execute(sql).fetchall()


def test_every_table_and_column_says_what_it_holds(warehouse: Warehouse) -> None:
    silent = [
        row[:2] for row in columns(warehouse, "table_name, column_name, comment") if not row[2]
    ]
    assert silent == []
    tables = "select table_name from duckdb_tables() where not temporary and comment is null"
    assert warehouse.connection.execute(tables).fetchall() == []


@pytest.mark.parametrize("kind", RECORDS)
def test_a_fact_table_has_the_columns_its_records_land_with(
    warehouse: Warehouse, kind: str
) -> None:
    held = {
        column: str(held_type).lower()
        for table, column, held_type in columns(warehouse, "table_name, column_name, data_type")
        if table == kind
    }
    landed = {field.name: SQL_TYPES[field.type] for field in RECORDS[kind]}
    assert {name: held[name] for name in landed} == {
        name: kind.replace("timestamptz", "timestamp with time zone")
        for name, kind in landed.items()
    }
    assert held.keys() - landed.keys() == {"source", "known_from", "known_to", "batch_id"}


@pytest.fixture
def first(tmp_path: Path) -> Connection:
    """A warehouse as schema.sql alone makes it."""
    connection = connect_warehouse(tmp_path / "first.duckdb", reachable=(), limits=WRITING)
    migrate(connection, tmp_path)
    return connection


def test_migrations_are_applied_in_order_and_once(first: Connection, tmp_path: Path) -> None:
    (tmp_path / "0002_note.sql").write_text(
        "create table note (a int);\ninsert into note values (2)"
    )
    (tmp_path / "0003_more.sql").write_text("insert into note values (3)")
    assert migrate(first, tmp_path) == 3
    assert migrate(first, tmp_path) == 3
    assert first.execute("from note order by a").fetchall() == [(2,), (3,)]


def test_a_migration_that_fails_leaves_the_version_before_it(
    first: Connection, tmp_path: Path
) -> None:
    (tmp_path / "0002_note.sql").write_text("create table note (a int)")
    (tmp_path / "0003_bad.sql").write_text(
        "insert into note values (3); insert into nowhere values (1)"
    )
    with pytest.raises(Exception, match="nowhere"):
        migrate(first, tmp_path)
    assert schema_version(first) == 2
    assert first.execute("from note").fetchall() == []


def test_a_warehouse_of_a_newer_release_is_refused(warehouse: Warehouse) -> None:
    warehouse.connection.execute("update schema_version set version = 99")
    with pytest.raises(StoreError, match="has schema 99, this program knows 2"):
        migrate(warehouse.connection)


def test_a_missing_migration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0003_more.sql").write_text("select 1")
    with pytest.raises(StoreError, match=r"must hold migrations \[2\], but holds \[3\]"):
        migration_files(tmp_path)
