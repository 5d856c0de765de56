"""What a snapshot holds, and the proof that it holds the same as the warehouse."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain.area import Boundaries
from domain.errors import StoreError
from store.connection import Connection
from store.deltas import DIMENSIONS, GRAIN
from store.facts import Count, counts
from store.schema import schema_version
from store.sql import drop_temporary, listed, quoted, run, sql_file

BATCHES_KEPT = 200
REJECTED_KEPT = 1000

# Half a snapshot is thrown away and never recovered, so it needs no log.
ATTACH = "attach '{path}' as snapshot (recovery_mode no_wal_writes)"

TOTALS = "select {sums} from {table} {where}"

COUNTRY = "where level = 'country' and boundaries = $boundaries"

TABLES = "select table_name from duckdb_tables() where not temporary and not internal"


@dataclass(frozen=True)
class Totals:
    """The sum of every measure: of all deltas, and of those of days up to the horizon."""

    published: Mapping[str, Mapping[str, float]]
    rolled: Mapping[str, Mapping[str, float]]


def totals(connection: Connection, horizon: date) -> Totals:
    """What the warehouse holds of every measure."""
    days = {"horizon": horizon}
    return Totals(
        {
            record: sums(connection, f"{record}_delta", count.measures)
            for record, count in counts().items()
        },
        {
            record: sums(
                connection, f"{record}_delta", count.measures, "where day <= $horizon", days
            )
            for record, count in counts().items()
        },
    )


def sums(
    connection: Connection,
    table: str,
    measures: tuple[str, ...],
    where: str = "",
    params: Mapping[str, Any] | None = None,
) -> dict[str, float]:
    """The sum of each measure over a table."""
    sql = TOTALS.format(table=table, where=where, sums=listed(measures, "coalesce(sum({}), 0)"))
    row = connection.execute(sql, dict(params) if params else None).fetchone() or ()
    return dict(zip(measures, row, strict=True))


def write(connection: Connection, path: Path, version: str, now: datetime, horizon: date) -> None:
    """Write a snapshot file from the warehouse's connection."""
    params = {
        "version": version,
        "now": now,
        "horizon": horizon,
        "schema_version": schema_version(connection),
        "batches_kept": BATCHES_KEPT,
        "rejected_kept": REJECTED_KEPT,
    }
    run(connection, ATTACH, path=str(path).replace("'", "''"))
    try:
        run(connection, sql_file("snapshot.sql"), params)
        for count in counts().values():
            _write_counts(connection, count, params)
    finally:
        connection.execute("detach snapshot")
    drop_temporary(connection)


def _write_counts(connection: Connection, count: Count, params: Mapping[str, Any]) -> None:
    kind = "double" if count.measure_type == "double" else "bigint"
    names = {
        "record": count.record,
        "measures": listed(count.measures),
        "sums": listed(count.measures, f"cast(sum({{0}}) as {kind}) as {{0}}"),
        "keys": "".join(f"{quoted(key)}, " for key in count.keys),
        "grain": listed(GRAIN),
        "dimensions": listed(DIMENSIONS),
    }
    run(connection, sql_file("rollup.sql"), params, **names)
    if count.keeps_deltas:
        run(connection, sql_file("snapshot_counts.sql"), params, **names)


def scan(connection: Connection) -> None:
    """Read every value of every table: DuckDB checks a block's checksum when it reads it."""
    for (table,) in connection.execute(TABLES).fetchall():
        run(connection, "select bit_xor(hash(columns(*))) from {table}", table=quoted(table))


def compare(connection: Connection, expected: Totals) -> None:
    """Check every total against the warehouse's. Raises StoreError if one differs."""
    for record, count in counts().items():
        measures = count.measures
        if count.keeps_deltas:
            table = f"{record}_known"
            _equal(table, sums(connection, table, measures), expected.published[record])
        for table in count.rolled_tables:
            for boundaries in Boundaries:
                found = sums(connection, table, measures, COUNTRY, {"boundaries": str(boundaries)})
                _equal(f"{table} ({boundaries})", found, expected.rolled[record])


def _equal(table: str, found: Mapping[str, float], expected: Mapping[str, float]) -> None:
    for measure, total in expected.items():
        if not math.isclose(found[measure], total, rel_tol=1e-9, abs_tol=1e-6):
            raise StoreError(
                f"{table} holds {found[measure]:g} {measure}, the warehouse {total:g}."
            )


def is_simulated(connection: Connection) -> bool:
    """Whether the snapshot holds invented data."""
    row = connection.execute("select simulated from meta").fetchone()
    return bool(row and row[0])


def data_as_of(connection: Connection) -> dict[str, datetime | None]:
    """How far each source's data reach."""
    return dict(connection.execute("select source, data_as_of from source order by 1").fetchall())
