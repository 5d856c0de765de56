"""Growing a snapshot: what was published before is copied whole, and only the new is added.

Counts are sums, so the rows of a batch are rolled up by themselves and appended to the rows that
are there. That holds only if the copy has every earlier batch and was made by the rules that
still hold; if anything differs, the next snapshot is built anew.
"""

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from store.connection import Connection
from store.facts import counts
from store.pointer import FOLDER, Entry, sha256_of
from store.schema import schema_version
from store.sql import quoted, run, scalar, sql_file

NOTHING = -1
"""The batch before the first, and before those that were counted anew."""

RULES = (
    *("snapshot.sql", "snapshot_observations.sql", "snapshot_names.sql", "rollup.sql"),
    *("snapshot_tables.sql", "snapshot_counts_tables.sql", "snapshot_spread_tables.sql"),
    *("snapshot_counts.sql", "snapshot_spread.sql", "snapshot_rescheduled.sql"),
    *("snapshot_sorted.sql", "snapshot_months_sorted.sql", "snapshot_spread_sorted.sql"),
)

# Rollups that have grown by more than this are added up and sorted again.
GROWN_SHARE, GROWN_ROWS = 0.15, 100_000

ATTACH = "attach '{path}' as snapshot (recovery_mode no_wal_writes)"
DETACH = "detach snapshot"

NOTE = """
create or replace table snapshot.growth as
select
    cast($rules as varchar) as rules,
    cast($books as varchar) as books,
    cast($batch_id as bigint) as batch_id,
    cast($built_rows as bigint) as built_rows;
"""

HAS_GROWTH = """
select exists (
    from duckdb_tables() where database_name = 'snapshot' and table_name = 'growth'
)
"""
READ = """
select rules, books, batch_id, built_rows, horizon from snapshot.growth, snapshot.meta
"""

# Every batch is told apart by when it was booked and what landed.
BOOKS = """
select concat(
    count(*), '-', bit_xor(hash(batch_id, finished_at, source, status, manifest_sha256))
)
from batch
where batch_id <= $batch_id
"""
ROLLED_ROWS = "select count(*) from snapshot.{table}"
LAST_BATCH = "select coalesce(max(batch_id), 0) from batch"
DERIVED = "select name, fingerprint from derived order by name"


@dataclass(frozen=True)
class Base:
    """What a new snapshot grows from: all batches up to `batch_id`, rolled up to `horizon`.

    `built_rows` is how many rows its rollups had when they were built; None is a new file.
    """

    batch_id: int = NOTHING
    horizon: date = date.max
    built_rows: int | None = None

    @property
    def is_new(self) -> bool:
        return self.built_rows is None


NEW = Base()


def copy_last(home: Path, before: tuple[Entry, ...], path: Path) -> bool:
    """Copy the snapshot published last to a new file; False if there is none, or not intact.

    Damage is found before the warehouse opens the copy: then it could no longer be given up.
    """
    if not before:
        return False
    last = home / FOLDER / before[0].file
    try:
        with ThreadPoolExecutor(1) as beside:
            sha256 = beside.submit(sha256_of, last)
            shutil.copyfile(last, path)
            return sha256.result() == before[0].sha256
    except OSError:
        return False


def attach(connection: Connection, path: Path) -> None:
    """Attach a snapshot's file for writing, under the name `snapshot`."""
    run(connection, ATTACH, path=str(path).replace("'", "''"))


def base_of(connection: Connection, horizon: date) -> Base | None:
    """What the attached copy can grow from; None if it has to be built anew."""
    if not scalar(connection, HAS_GROWTH):
        return None
    row = connection.execute(READ).fetchone()
    if row is None:
        return None
    rules, books, batch_id, built_rows, rolled_to = row
    is_ours = rules == rules_of(connection) and books == books_until(connection, batch_id)
    return Base(batch_id, rolled_to, built_rows) if is_ours and rolled_to <= horizon else None


def has_grown_much(connection: Connection, base: Base) -> bool:
    """Whether so much was added to the attached snapshot that it should be sorted again."""
    if base.built_rows is None:
        return False
    return rolled_rows(connection) > base.built_rows * (1 + GROWN_SHARE) + GROWN_ROWS


def note(connection: Connection, built_rows: int | None) -> None:
    """Write into the attached snapshot what the next one needs to know to grow from it.

    `built_rows` is None where all rows of its rollups have just been built or sorted.
    """
    last = int(scalar(connection, LAST_BATCH))
    built = rolled_rows(connection) if built_rows is None else built_rows
    params = {"rules": rules_of(connection), "books": books_until(connection, last)}
    run(connection, NOTE, {**params, "batch_id": last, "built_rows": built})


def rolled_rows(connection: Connection) -> int:
    """How many rows the attached snapshot's rollups have."""
    return sum(
        int(scalar(connection, ROLLED_ROWS.format(table=quoted(f"{record}_area"))))
        for record in counts()
    )


def rules_of(connection: Connection) -> str:
    """Names the rules a snapshot is made by: other ones, and everything is built anew."""
    derived = connection.execute(DERIVED).fetchall()
    texts = [sql_file(name) for name in RULES]
    told = repr((schema_version(connection), derived, texts, sorted(counts())))
    return hashlib.sha256(told.encode()).hexdigest()


def books_until(connection: Connection, batch_id: int) -> str:
    """Names all batches up to one: a warehouse put back to an older state has other ones."""
    return str(scalar(connection, BOOKS, {"batch_id": batch_id}))
