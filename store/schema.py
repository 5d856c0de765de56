"""The form of the warehouse: created once, then moved forward by numbered files, never back."""

from datetime import UTC, datetime
from pathlib import Path

from domain.errors import StoreError
from store.connection import Connection
from store.sql import ROOM, run, scalar, sql_file, transaction

MIGRATIONS = ROOM / "migrations"

EXISTS = "select exists (from duckdb_tables() where table_name = 'schema_version')"
FINGERPRINT = "select fingerprint from derived where name = $name"
REMEMBER = """
delete from derived where name = $name;

insert into derived values ($name, $fingerprint);
"""
MOVE_ON = "update schema_version set version = $version, applied_at = $now"


def migrate(connection: Connection, migrations: Path = MIGRATIONS) -> int:
    """Bring a warehouse to the newest form, each step in one transaction.

    Returns its version. Raises StoreError if a newer program has already moved it on.
    """
    if not scalar(connection, EXISTS):
        _apply(connection, sql_file("schema.sql"))
    version = schema_version(connection)
    steps = migration_files(migrations)
    newest = max(steps, default=1)
    if version > newest:
        raise StoreError(
            f"The warehouse has schema {version}, this program knows {newest}. "
            "Install the newer release again, or restore a backup."
        )
    for number in range(version + 1, newest + 1):
        _apply(connection, steps[number].read_text(encoding="utf-8"), number)
    return newest


def schema_version(connection: Connection) -> int:
    """The number of the last migration the warehouse went through."""
    return int(scalar(connection, "select version from schema_version"))


def fingerprint_of(connection: Connection, name: str) -> str | None:
    """What something was last derived from, None if it never was."""
    found: str | None = scalar(connection, FINGERPRINT, {"name": name})
    return found


def remember_fingerprint(connection: Connection, name: str, fingerprint: str) -> None:
    """Note what something was derived from now."""
    run(connection, REMEMBER, {"name": name, "fingerprint": fingerprint})


def counted_anew(record: str) -> str:
    """What `derived` calls the last time that all of a kind of record was counted anew.

    The same rules may come back after others, and number effects and batches otherwise.
    """
    return f"{record} counted anew"


def migration_files(folder: Path) -> dict[int, Path]:
    """The files NNNN_what_it_does.sql by number: 2, 3 and so on. Raises StoreError at a gap."""
    found = {int(path.name[:4]): path for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))}
    expected = list(range(2, len(found) + 2))
    if list(found) != expected:
        raise StoreError(f"{folder} must hold migrations {expected}, but holds {list(found)}.")
    return found


def _apply(connection: Connection, sql: str, number: int | None = None) -> None:
    with transaction(connection):
        run(connection, sql)
        if number is not None:
            run(connection, MOVE_ON, {"version": number, "now": datetime.now(UTC)})
