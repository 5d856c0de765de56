"""What a snapshot holds, and the proof that it holds the same as the warehouse."""

import math
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress, product
from pathlib import Path
from typing import Any

from domain.area import Boundaries
from domain.dossier import local_day
from domain.errors import StoreError
from store.beside import (
    SMALL,
    SNAPSHOT,
    WRITTEN,
    attached,
    columns_of,
    make_room,
    make_room_rolled,
    show_both,
)
from store.connection import Connection
from store.cuts import cut_names, write_cuts
from store.deltas import DIMENSIONS, GRAIN, tell_the_time
from store.facts import Count, counts
from store.growth import NEW, Base, base_of, has_grown_much, note
from store.schema import schema_version
from store.sql import drop_temporary, listed, quoted, run, scalar, sql_file

HERE = "main"
BATCHES_KEPT = 200
REJECTED_KEPT = 1000

COME = """
create or replace temp table arrived as
select * from {record}_delta where batch_id > $since
"""
# What was known before, of days that have come since.
DUE = """
union all
select * from {record}_delta
where batch_id <= $since and day > $rolled_to and day <= $horizon
"""

MOVED = "select {moves} from arrived"
HAS_ARRIVED = "select exists (from {arriving})"
HAS_OBSERVED = "select exists (from observation where batch_id > $since)"

TOTALS = "select {sums} from {table} {where}"

# Of what is tallied: each effect as often as it was named.
TALLIED = """
select {sums}
from (select effect_id, count(*) as times from {tally} {where} group by effect_id)
join {effect} using (effect_id)
"""

SPREAD_SUMS = """
select coalesce(sum(amount * times), 0), coalesce(sum(times), 0) from {table} {where}
"""

SINCE = "where batch_id > $since"
AHEAD = f"{SINCE} and day > $horizon"
COUNTRY = {one: f"where level = 'country' and is_{one}" for one in Boundaries}

SIMULATED = "select simulated from {at}.meta"
REACHED = "select source, data_as_of from {at}.source order by 1"
READ_WHOLE = "select bit_xor(hash(columns(*))) from {place}.{table}"

TABLES = """
select case when $at = 'main' then 'main' else concat($at, '.', schema_name) end, table_name
from duckdb_tables()
where database_name = case when $at = 'main' then current_database() else $at end
    and not temporary
    and not internal
"""


@dataclass(frozen=True)
class Totals:
    """The sum of every measure: of all deltas, and of those of days up to the horizon."""

    published: Mapping[str, Mapping[str, float]]
    rolled: Mapping[str, Mapping[str, float]]


def totals(connection: Connection, horizon: date, base: Base = NEW) -> Totals:
    """What the warehouse holds of every measure, or what came of it since a base."""
    published, rolled = {}, {}
    params = {"since": base.batch_id}
    for record, count in counts().items():
        if base.came is not None and record not in base.came:
            published[record] = rolled[record] = dict.fromkeys(count.measures, 0.0)
            continue
        published[record] = counted(connection, count, SINCE, params)
        # Few days lie ahead, so these are sooner added up than all the others once more.
        ahead = counted(connection, count, AHEAD, {**params, "horizon": horizon})
        rolled[record] = {one: published[record][one] - ahead[one] for one in count.measures}
    return Totals(published, rolled)


def counted(
    connection: Connection,
    count: Count,
    where: str = "",
    params: Mapping[str, Any] | None = None,
    at: tuple[str, str] = (HERE, HERE),
) -> dict[str, float]:
    """The sum of each measure over all deltas of one kind of record, or over some.

    `at` is where their effects and their tallies are.
    """
    if not count.is_tallied:
        return sums(connection, f"{count.record}_delta", count.measures, where, params)
    sql = TALLIED.format(
        effect=f"{at[0]}.{count.record}_effect",
        tally=f"{at[1]}.{count.record}_tally",
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


def with_base(
    added: Totals, base: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """The sum of every measure of a base and of what is added to it."""
    return {
        record: {one: base[record][one] + value for one, value in measures.items()}
        for record, measures in added.published.items()
    }


def write_anew(connection: Connection, path: Path, version: str, now: datetime) -> None:
    """Write a snapshot file from the warehouse's connection."""
    with attached(connection, path, SNAPSHOT, WRITTEN):
        _write(connection, NEW, version, now)
    drop_temporary(connection)


def write_into(connection: Connection, path: Path, version: str, now: datetime) -> bool:
    """Add what is new to a copy of the last base; False if that cannot grow, and is of no use."""
    with attached(connection, path, SNAPSHOT, WRITTEN):
        base = base_of(connection, local_day(now))
        if base is None:
            return False
        _write(connection, base, version, now)
    drop_temporary(connection)
    return True


def write_beside(
    connection: Connection, path: Path, version: str, now: datetime, base: Base
) -> None:
    """Write what is new since the attached base to a file of its own, on both cores."""
    with attached(connection, path, SNAPSHOT, SMALL):
        make_room(connection, base.came or ())
        with connection.cursor() as another, ThreadPoolExecutor(1) as beside:
            tell_the_time(another)
            names = beside.submit(_write_names, another, base, version, now)
            _write_all_counts(connection, base, now)
            names.result()
        note(connection, base.built_rows)
        show_both(connection)
    drop_temporary(connection)


def _write(connection: Connection, base: Base, version: str, now: datetime) -> None:
    if base.is_new:
        run(connection, sql_file("snapshot_areas.sql"))
    _write_names(connection, base, version, now)
    _write_all_counts(connection, base, now)
    is_sorted = has_grown_much(connection, base)
    if is_sorted:
        _sort(connection)
    note(connection, None if is_sorted else base.built_rows)


def _write_names(connection: Connection, base: Base, version: str, now: datetime) -> None:
    """Write what is needed to read the counts, and what is no count."""
    params = {
        "version": version,
        "now": now,
        "horizon": local_day(now),
        "schema_version": schema_version(connection),
        "batches_kept": BATCHES_KEPT,
        "rejected_kept": REJECTED_KEPT,
        "since": base.batch_id,
    }
    for file in ("snapshot.sql", "snapshot_names.sql", "snapshot_rescheduled.sql"):
        run(connection, sql_file(file), params, to=base.to, known=base.known)
    if base.is_new or scalar(connection, HAS_OBSERVED, {"since": base.batch_id}):
        run(connection, sql_file("snapshot_observations.sql"), params)


def _write_all_counts(connection: Connection, base: Base, now: datetime) -> None:
    params = {"horizon": local_day(now), "since": base.batch_id, "rolled_to": base.horizon}
    for count in counts().values():
        if base.came is None or count.record in base.came:
            _write_counts(connection, count, base, params)


def _write_counts(
    connection: Connection, count: Count, base: Base, params: Mapping[str, Any]
) -> None:
    """Write or add to the rollups and deltas of one kind of record: nothing where nothing came."""
    if base.is_new:
        tables = ("snapshot_tables", "snapshot_counts_tables", "snapshot_spread_tables")
        for file in _files(count, *tables, "snapshot_cuts_tables"):
            run(connection, file, None, **_names(count))
    else:
        come = COME if base.is_beside else COME + DUE
        run(connection, come, params, record=count.record)
    arriving = f"{count.record}_delta" if base.is_new else "arrived"
    if not scalar(connection, HAS_ARRIVED.format(arriving=arriving)):
        return
    moved = count.measures if base.is_new else _moved(connection, count)
    if base.is_beside:
        make_room_rolled(connection, count, moved)
    told = moved if base.is_beside else count.measures
    names = {**_names(count, moved, told), "to": base.to, "known": base.known}
    is_alone = base.is_new or base.is_beside
    rolled = f"{base.to}.{count.record}_area" if is_alone else "rolled"
    for file in _files(count, "rollup", "snapshot_counts", "snapshot_spread"):
        run(connection, file, params, arriving=arriving, rolled=rolled, **names)
    write_cuts(connection, count, arriving, params, names)


def _moved(connection: Connection, count: Count) -> tuple[str, ...]:
    """The measures that anything of what arrived adds to: a few changes move few of many."""
    row = connection.execute(MOVED.format(moves=listed(count.measures, "bool_or({} <> 0)")))
    return tuple(compress(count.measures, row.fetchone() or ()))


def _files(count: Count, *names: str) -> list[str]:
    """The texts about its rollup, tallies, spread and cuts, as far as it has them."""
    has = (True, count.is_tallied, count.spread is not None, bool(count.cuts))
    return [sql_file(f"{name}.sql") for name, is_there in zip(names, has, strict=False) if is_there]


def _sort(connection: Connection) -> None:
    """Add up and sort all rollups of the attached snapshot again."""
    for count in counts().values():
        sorting = ("snapshot_sorted", "snapshot_months_sorted", "snapshot_spread_sorted")
        for file in _files(count, *sorting, "snapshot_cuts_sorted"):
            run(connection, file, None, **_names(count, count.measures))


def _names(count: Count, moved: tuple[str, ...] = (), told: tuple[str, ...] = ()) -> dict[str, str]:
    """What the statements about one kind of record are filled in with.

    Of the measures that are `told`, all of them if not said, all but those that are `moved` are
    0, and are not added up.
    """
    told = told or count.measures
    kind = "double" if count.measure_type == "double" else "bigint"
    total, number = count.spread or ("", "")
    stocks = [one for one in count.stocks if one in moved]
    return {
        "total": quoted(total),
        "number": quoted(number),
        "record": count.record,
        "measures": listed(told),
        "sum_columns": listed(count.measures, f"{{}} {kind}"),
        "sums": _summed(told, moved, "sum({})", kind),
        "carried_sums": _summed(told, stocks, "sum(sign * {})", kind),
        "carries": " or ".join(f"sum(sign * {quoted(one)}) <> 0" for one in stocks) or "false",
        "keys": "".join(f"{quoted(key)}, " for key in count.keys),
        "key_columns": "".join(f"{quoted(key)} varchar, " for key in count.keys),
        "grain": listed(GRAIN),
        "dimensions": listed(DIMENSIONS),
        **cut_names(count),
    }


def _summed(told: Collection[str], some: Collection[str], template: str, kind: str) -> str:
    """The measures told, of which some are added up and the others are 0."""
    sums = {one: template.format(quoted(one)) if one in some else "0" for one in told}
    return ", ".join(f"cast({sql} as {kind}) as {quoted(one)}" for one, sql in sums.items())


def check(connection: Connection, expected: Totals, *, at: str = HERE, added: str = HERE) -> None:
    """Read every value of a snapshot's file, and check every total against the warehouse's.

    `at` is where the file is attached, `added` where its counts are: of a file beside a base
    those that it adds, and of some kinds of record none. Raises StoreError if a total differs.
    """
    read = read_whole(connection, at)
    for record, count in counts().items():
        if f"{record}_area" not in read:
            nothing = dict.fromkeys(count.measures, 0.0)
            check_sums(f"{record}_area", nothing, expected.published[record])
            continue
        if count.is_tallied:
            found = counted(connection, count, at=(at, added))
            check_sums(f"{record}_tally", found, expected.published[record])
        for table, boundaries in product(count.rolled_tables, Boundaries):
            found = _rolled_sums(connection, count, f"{added}.{table}", boundaries)
            check_sums(f"{table} ({boundaries})", found, expected.rolled[record])
        if count.spread is not None:
            for boundaries in Boundaries:
                _check_spread(connection, count, added, boundaries, expected.rolled[record])


def _rolled_sums(
    connection: Connection, count: Count, table: str, boundaries: Boundaries
) -> dict[str, float]:
    """The country's sum of each measure; 0 of those that a file beside a base leaves out."""
    columns = columns_of(connection, table)
    there = tuple(one for one in count.measures if one in columns)
    told = sums(connection, table, there, COUNTRY[boundaries])
    return {**dict.fromkeys(count.measures, 0.0), **told}


def _check_spread(
    connection: Connection,
    count: Count,
    added: str,
    boundaries: Boundaries,
    expected: Mapping[str, float],
) -> None:
    """Amounts times how often each was there are what the events add up to."""
    total, number = count.spread or ("", "")
    table = f"{count.record}_spread"
    sql = SPREAD_SUMS.format(table=f"{added}.{table}", where=COUNTRY[boundaries])
    found = dict(zip((total, number), connection.execute(sql).fetchone() or (), strict=True))
    check_sums(table, found, {one: expected[one] for one in (total, number)})


def read_whole(connection: Connection, at: str = HERE) -> set[str]:
    """Read every value of a file: DuckDB checks a block's checksum when it reads it.

    The names of its tables.
    """
    tables = connection.execute(TABLES, {"at": at}).fetchall()
    for place, table in tables:
        connection.execute(READ_WHOLE.format(place=place, table=quoted(table))).fetchall()
    return {table for _, table in tables}


def check_sums(table: str, found: Mapping[str, float], expected: Mapping[str, float]) -> None:
    """Raise StoreError if a table does not hold what the warehouse does."""
    for measure, total in expected.items():
        if not math.isclose(found[measure], total, rel_tol=1e-9, abs_tol=1e-6):
            raise StoreError(
                f"{table} holds {found[measure]:g} {measure}, the warehouse {total:g}."
            )


def is_simulated(connection: Connection, at: str = HERE) -> bool:
    """Whether the snapshot holds invented data."""
    return bool(scalar(connection, SIMULATED.format(at=at)))


def data_as_of(connection: Connection, at: str = HERE) -> dict[str, datetime | None]:
    """How far each source's data reach."""
    return dict(connection.execute(REACHED.format(at=at)).fetchall())
