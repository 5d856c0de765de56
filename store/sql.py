"""SQL of this room: read from the files beside the code, filled in, run statement by statement.

Values are always bound as `$named` parameters. What is filled in as {text} are names of tables
and columns, and only such as this room or the domain's declarations hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from store.connection import Connection

# `observed` belongs to the connection, for as long as it lives.
TEMPORARY = "select table_name from duckdb_tables() where temporary and table_name <> 'observed'"

ROOM = Path(__file__).parent


@cache
def sql_file(name: str) -> str:
    """The text of a file of this room, such as "measures/dossier.sql"."""
    return (ROOM / name).read_text(encoding="utf-8")


def run(
    connection: Connection, sql: str, params: Mapping[str, Any] | None = None, **names: str
) -> int:
    """Run each statement of a text with the parameters it names.

    Returns the number of rows the last one changed, 0 if it changes none.
    """
    changed = 0
    for statement in connection.extract_statements(sql.format(**names)):
        wanted = {name: (params or {})[name] for name in statement.named_parameters}
        changed = max(connection.execute(statement, wanted or None).rowcount, 0)
    return changed


def drop_temporary(connection: Connection) -> None:
    """Give back the memory of what was made on the way to a batch or a snapshot."""
    for (name,) in connection.execute(TEMPORARY).fetchall():
        run(connection, "drop table {name}", name=quoted(name))


def scalar(connection: Connection, sql: str, params: Mapping[str, Any] | None = None) -> Any:
    """The first value of the first row, None if there is no row."""
    row = connection.execute(sql, dict(params) if params else None).fetchone()
    return None if row is None else row[0]


def quoted(name: str) -> str:
    """A column's name, safe even if SQL has another use for the word."""
    return f'"{name}"'


def listed(names: Iterable[str], template: str = "{}") -> str:
    """Columns as SQL lists them; `template` says what is done with each."""
    return ", ".join(template.format(quoted(name)) for name in names)


def matched(columns: Iterable[str], left: str, right: str) -> str:
    """The condition that two rows hold the same in all these columns."""
    return " and ".join(f"{left}.{quoted(one)} = {right}.{quoted(one)}" for one in columns)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of it or nothing. After a FatalException DuckDB can only be left, not rolled back."""
    connection.execute("begin")
    try:
        yield
        connection.execute("commit")
    except duckdb.FatalException:
        raise
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("rollback")
        raise
