"""A file beside its base: what it adds stands in its schema `added`, its views show both as one.

For the tables of the base that nothing is added to, and are not written anew, there is a view
too. So whoever reads finds every table and view under the name it has in a whole snapshot.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from store.connection import Connection
from store.facts import Count, counts
from store.sql import listed, quoted, transaction

BASE, SNAPSHOT = "base", "snapshot"
ADDED = f"{SNAPSHOT}.added"
WRITTEN = "recovery_mode no_wal_writes"
SMALL = f"{WRITTEN}, block_size 65536"
READ_ONLY = "read_only"

MAKE_ADDED = f"create schema {ADDED}"
MAKE_TABLE = "create table snapshot.added.{table} as select * {left_out} from base.{table} limit 0"
LEFT_OUT = "exclude ({columns})"
SHOW_BOTH = """
create view snapshot.{table} as
from base.{table}
union all by name
select *{zeros} from snapshot.added.{table}
"""
SHOW_BASE = "create view snapshot.{table} as from base.{table}"
TABLES = """
select concat(database_name, '.', schema_name), table_name
from duckdb_tables()
where database_name in ('base', 'snapshot')
order by all
"""
NO_ROWS = "from {table} limit 0"
VIEWS = """
select database_name, view_name, sql
from duckdb_views()
where database_name in ('base', 'snapshot') and not internal
order by view_oid
"""
# Tables that every snapshot has rows to add to.
ALWAYS_ADDED = ("dimension", "rescheduled")
MAKE_VIEW, MAKE_VIEW_HERE = "CREATE VIEW ", "CREATE VIEW snapshot."


@contextmanager
def attached(connection: Connection, path: Path, name: str, how: str) -> Iterator[None]:
    """A file of a snapshot attached: to be written as `snapshot`, or to be read as `base`."""
    literal = str(path).replace("'", "''")
    connection.execute(f"attach '{literal}' as {name} ({how})")
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def make_room(connection: Connection, came: Iterable[str]) -> None:
    """Make empty tables in the attached file for what is added to those of the base."""
    connection.execute(MAKE_ADDED)
    known = counts()
    for table in (*ALWAYS_ADDED, *(table for one in came for table in known[one].event_tables)):
        connection.execute(MAKE_TABLE.format(table=quoted(table), left_out=""))


def make_room_rolled(connection: Connection, count: Count, moved: Iterable[str]) -> None:
    """Make empty tables for its rollups, without the measures that nothing is added to.

    Writing a column costs as much where it says 0 in every row, and a few thousand changes move
    a third of them.
    """
    still = listed(one for one in count.measures if one not in set(moved))
    left_out = LEFT_OUT.format(columns=still) if still else ""
    for table in count.rolled_tables:
        connection.execute(MAKE_TABLE.format(table=quoted(table), left_out=left_out))


def columns_of(connection: Connection, table: str) -> list[str]:
    """The columns of a table, in their order."""
    return [name for name, *_ in connection.execute(NO_ROWS.format(table=table)).description or ()]


def show_both(connection: Connection) -> None:
    """Let the attached file show its base and what it adds as one."""
    with transaction(connection):
        found = connection.execute(TABLES).fetchall()
        for table in (table for place, table in found if place == "base.main"):
            if (ADDED, table) in found:
                added = columns_of(connection, f"{ADDED}.{table}")
                still = [
                    one for one in columns_of(connection, f"{BASE}.{table}") if one not in added
                ]
                zeros = "".join(f", 0 as {quoted(one)}" for one in still)
                connection.execute(SHOW_BOTH.format(table=quoted(table), zeros=zeros))
            elif ("snapshot.main", table) not in found:
                connection.execute(SHOW_BASE.format(table=quoted(table)))
        views = connection.execute(VIEWS).fetchall()
        there = {name for place, name, _ in views if place == "snapshot"}
        for place, name, sql in views:
            if place == "base" and name not in there:
                connection.execute(sql.replace(MAKE_VIEW, MAKE_VIEW_HERE, 1))
