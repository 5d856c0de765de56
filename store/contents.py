"""What a snapshot holds, and the proof that it holds the same as the warehouse."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain.area import Boundaries
from domain.dossier import local_day
from domain.errors import StoreError
from store.connection import Connection
from store.deltas import DIMENSIONS, GRAIN
from store.facts import Count, counts
from store.growth import DETACH, NEW, Base, attach, base_of, has_grown_much, note
from store.schema import schema_version
from store.sql import drop_temporary, listed, quoted, run, scalar, sql_file

BATCHES_KEPT = 200
REJECTED_KEPT = 1000

ARRIVED = """
create or replace temp table arrived as
select * from {record}_delta where batch_id > $since
union all
select * from {record}_delta
where batch_id <= $since and day > $rolled_to and day <= $horizon;
"""

HAS_ARRIVED = "select exists (from {arriving})"
HAS_OBSERVED = "select exists (from observation where batch_id > $since)"

TOTALS = "select {sums} from {table} {where}"

# Of what is tallied: each effect as often as it was named.
TALLIED = """
select {sums}
from (select effect_id, count(*) as times from {record}_tally {where} group by effect_id)
join {record}_effect using (effect_id)
"""

SPREAD_SUMS = """
select coalesce(sum(amount * times), 0), coalesce(sum(times), 0) from {table} {where}
"""

COUNTRY = "where level = 'country' and boundaries = $boundaries"

READ_WHOLE = "select bit_xor(hash(columns(*))) from {table}"

TABLES = "select table_name from duckdb_tables() where not temporary and not internal"


@dataclass(frozen=True)
class Totals:
    """The sum of every measure: of all deltas, and of those of days up to the horizon."""

    published: Mapping[str, Mapping[str, float]]
    rolled: Mapping[str, Mapping[str, float]]


def totals(connection: Connection, horizon: date) -> Totals:
    """What the warehouse holds of every measure."""
    published, rolled = {}, {}
    for record, count in counts().items():
        published[record] = counted(connection, count)
        # Few days lie ahead, so these are sooner added up than all the others once more.
        ahead = counted(connection, count, "where day > $horizon", {"horizon": horizon})
        rolled[record] = {one: published[record][one] - ahead[one] for one in count.measures}
    return Totals(published, rolled)


def counted(
    connection: Connection, count: Count, where: str = "", params: Mapping[str, Any] | None = None
) -> dict[str, float]:
    """The sum of each measure over all deltas of one kind of record, or over some."""
    if not count.is_tallied:
        return sums(connection, f"{count.record}_delta", count.measures, where, params)
    sql = TALLIED.format(
        record=count.record,
        where=where,
        sums=listed(count.measures, "coalesce(sum({} * times), 0)"),
    )
    row = connection.execute(sql, dict(params) if params else None).fetchone() or ()
    return dict(zip(count.measures, row, strict=True))


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


def write(connection: Connection, path: Path, version: str, now: datetime, *, grow: bool) -> bool:
    """Write a snapshot file from the warehouse's connection; with `grow` into a copy of the last.

    Returns False if the copy is not one that can grow: then it is of no use.
    """
    horizon = local_day(now)
    attach(connection, path)
    try:
        base = base_of(connection, horizon) if grow else NEW
        if base is None:
            return False
        _write(connection, base, version, now, horizon)
    finally:
        connection.execute(DETACH)
    drop_temporary(connection)
    return True


def _write(connection: Connection, base: Base, version: str, now: datetime, horizon: date) -> None:
    params = {
        "version": version,
        "now": now,
        "horizon": horizon,
        "schema_version": schema_version(connection),
        "batches_kept": BATCHES_KEPT,
        "rejected_kept": REJECTED_KEPT,
        "since": base.batch_id,
        "rolled_to": base.horizon,
    }
    run(connection, sql_file("snapshot.sql"), params)
    run(connection, sql_file("snapshot_names.sql"), params)
    if base.is_new or scalar(connection, HAS_OBSERVED, {"since": base.batch_id}):
        run(connection, sql_file("snapshot_observations.sql"), params)
    run(connection, sql_file("snapshot_rescheduled.sql"), params)
    for count in counts().values():
        _write_counts(connection, count, base, params)
    is_sorted = has_grown_much(connection, base)
    if is_sorted:
        _sort(connection)
    note(connection, None if is_sorted else base.built_rows)


def _write_counts(
    connection: Connection, count: Count, base: Base, params: Mapping[str, Any]
) -> None:
    """Write or add to the rollups and deltas of one kind of record: nothing where nothing came."""
    names = _names(count)
    if base.is_new:
        tables = ("snapshot_tables", "snapshot_counts_tables", "snapshot_spread_tables")
        for file in _files(count, *tables):
            run(connection, file, None, **names)
    else:
        run(connection, ARRIVED, params, record=count.record)
    arriving = f"{count.record}_delta" if base.is_new else "arrived"
    if not scalar(connection, HAS_ARRIVED.format(arriving=arriving)):
        return
    rolled = f"snapshot.{count.record}_area" if base.is_new else "rolled"
    for file in _files(count, "rollup", "snapshot_counts", "snapshot_spread"):
        run(connection, file, params, arriving=arriving, rolled=rolled, **names)


def _files(count: Count, *names: str) -> list[str]:
    """The texts about its rollup, its tallies and its spread, as far as it has them."""
    has = (True, count.is_tallied, count.spread is not None)
    return [sql_file(f"{name}.sql") for name, is_there in zip(names, has, strict=True) if is_there]


def _sort(connection: Connection) -> None:
    """Add up and sort all rollups of the attached snapshot again."""
    for count in counts().values():
        sorting = ("snapshot_sorted", "snapshot_months_sorted", "snapshot_spread_sorted")
        for file in _files(count, *sorting):
            run(connection, file, None, **_names(count))


def _names(count: Count) -> dict[str, str]:
    """What the statements about one kind of record are filled in with."""
    kind = "double" if count.measure_type == "double" else "bigint"
    total, number = count.spread or ("", "")
    return {
        "total": quoted(total),
        "number": quoted(number),
        "record": count.record,
        "measures": listed(count.measures),
        "sum_columns": listed(count.measures, f"{{}} {kind}"),
        "sums": listed(count.measures, f"cast(sum({{0}}) as {kind}) as {{0}}"),
        "carried_sums": ", ".join(_carried(one, count, kind) for one in count.measures),
        "carries": " or ".join(f"sum(sign * {quoted(one)}) <> 0" for one in count.stocks)
        or "false",
        "keys": "".join(f"{quoted(key)}, " for key in count.keys),
        "key_columns": "".join(f"{quoted(key)} varchar, " for key in count.keys),
        "grain": listed(GRAIN),
        "dimensions": listed(DIMENSIONS),
    }


def _carried(measure: str, count: Count, kind: str) -> str:
    """What an area takes along of a measure when it comes to lie in another: stocks alone."""
    told = f"sum(sign * {quoted(measure)})" if measure in count.stocks else "0"
    return f"cast({told} as {kind}) as {quoted(measure)}"


def check(connection: Connection, expected: Totals) -> None:
    """Read every value of a snapshot, and check every total against the warehouse's.

    Raises StoreError if a total differs.
    """
    read_whole(connection)
    for record, count in counts().items():
        if count.is_tallied:
            found = counted(connection, count)
            check_sums(f"{record}_tally", found, expected.published[record])
        for table in count.rolled_tables:
            for boundaries in Boundaries:
                params = {"boundaries": str(boundaries)}
                found = sums(connection, table, count.measures, COUNTRY, params)
                check_sums(f"{table} ({boundaries})", found, expected.rolled[record])
        if count.spread is not None:
            for boundaries in Boundaries:
                _check_spread(connection, count, boundaries, expected.rolled[record])


def _check_spread(
    connection: Connection, count: Count, boundaries: Boundaries, expected: Mapping[str, float]
) -> None:
    """Amounts times how often each was there are what the events add up to."""
    total, number = count.spread or ("", "")
    table = f"{count.record}_area_spread"
    sql = SPREAD_SUMS.format(table=table, where=COUNTRY)
    rows = connection.execute(sql, {"boundaries": str(boundaries)})
    found = dict(zip((total, number), rows.fetchone() or (), strict=True))
    check_sums(table, found, {one: expected[one] for one in (total, number)})


def read_whole(connection: Connection) -> None:
    """Read every value of a file: DuckDB checks a block's checksum when it reads it."""
    for (table,) in connection.execute(TABLES).fetchall():
        connection.execute(READ_WHOLE.format(table=quoted(table))).fetchall()


def check_sums(table: str, found: Mapping[str, float], expected: Mapping[str, float]) -> None:
    """Raise StoreError if a table does not hold what the warehouse does."""
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
