"""Growing a snapshot: what was published before stays, and only the new is added.

Counts are sums, so the rows of a batch are rolled up by themselves and added to the rows that
are there. That holds only if these have every earlier batch and were made by the rules that
still hold; if anything differs, the next snapshot is built anew.

The new goes beside the old: the first snapshot of a day is one file, the base, and each later
one a small file with all that came since (beside.py). So some thousand changes among millions of
dossiers are published without writing or reading the millions again. On the next day, or when
much has come, the base is copied, the new is added to the copy, and that is read and compared
whole before it is the next base.
"""

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from store.beside import ADDED, BASE, SNAPSHOT
from store.connection import Connection
from store.facts import counts
from store.pointer import BaseFile, sha256_of
from store.schema import schema_version
from store.sql import quoted, run, scalar, sql_file

NOTHING = -1
"""The batch before the first, and before those that were counted anew."""

RULES = (
    *("snapshot.sql", "snapshot_areas.sql", "snapshot_observations.sql", "snapshot_names.sql"),
    "rollup.sql",
    *("snapshot_tables.sql", "snapshot_counts_tables.sql", "snapshot_spread_tables.sql"),
    *("snapshot_counts.sql", "snapshot_spread.sql", "snapshot_rescheduled.sql"),
    *("snapshot_sorted.sql", "snapshot_months_sorted.sql", "snapshot_spread_sorted.sql"),
    *("snapshot_cuts_tables.sql", "snapshot_mixes.sql", "snapshot_cuts.sql"),
    "snapshot_cuts_sorted.sql",
)

# Rollups that have grown by more than this are added up and sorted again.
GROWN_SHARE, GROWN_ROWS = 0.15, 100_000
# More than this beside the base, and the next snapshot takes it in.
BESIDE_ROWS = 100_000

NOTE = """
create or replace table snapshot.growth as
select
    cast($rules as varchar) as rules,
    cast($books as varchar) as books,
    cast($batch_id as bigint) as batch_id,
    cast($built_rows as bigint) as built_rows;
"""

HAS_GROWTH = """
select exists (from duckdb_tables() where database_name = $grows and table_name = 'growth')
"""
READ = """
select rules, books, batch_id, built_rows, horizon from {grows}.growth, {grows}.meta
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
CAME = "select count(*) from {record}_delta where batch_id > $since"

LAST_BATCH = "select coalesce(max(batch_id), 0) from batch"
DERIVED = "select name, fingerprint from derived order by name"


@dataclass(frozen=True)
class Base:
    """What a new snapshot grows from: all batches up to `batch_id`, rolled up to `horizon`.

    `built_rows` is how many rows its rollups had when they were built; None is a new file.
    `came` are the kinds of record of which something is new, where the new goes to a file of
    its own; None is to a copy.
    """

    batch_id: int = NOTHING
    horizon: date = date.max
    built_rows: int | None = None
    came: frozenset[str] | None = None

    @property
    def is_new(self) -> bool:
        return self.built_rows is None

    @property
    def is_beside(self) -> bool:
        return self.came is not None

    @property
    def to(self) -> str:
        """Where rows are added."""
        return ADDED if self.is_beside else SNAPSHOT

    @property
    def known(self) -> str:
        """Where those are that were there before."""
        return BASE if self.is_beside else SNAPSHOT


NEW = Base()


def copy_last(folder: Path, last: BaseFile, path: Path) -> bool:
    """Copy the base published last to a new file; False if it is not intact.

    Damage is found before the warehouse opens the copy: then it could no longer be given up.
    """
    try:
        with ThreadPoolExecutor(1) as beside:
            sha256 = beside.submit(sha256_of, folder / last.file)
            shutil.copyfile(folder / last.file, path)
            return sha256.result() == last.sha256
    except OSError:
        return False


def base_of(connection: Connection, horizon: date) -> Base | None:
    """What the attached copy can grow from; None if it has to be built anew."""
    return _base(connection, SNAPSHOT, horizon)


def base_beside(connection: Connection, horizon: date) -> Base | None:
    """What may be added to the attached base in a file of its own; None if it should be copied.

    Only on its own day: so every day all is read and compared, and no day comes to lie behind
    the horizon that lay ahead of the base.
    """
    base = _base(connection, BASE, horizon)
    if base is None or base.horizon != horizon:
        return None
    since = {"since": base.batch_id}
    came = {one: int(scalar(connection, CAME.format(record=one), since)) for one in counts()}
    if sum(came.values()) > BESIDE_ROWS:
        return None
    return replace(base, came=frozenset(one for one, rows in came.items() if rows))


def _base(connection: Connection, grows: str, horizon: date) -> Base | None:
    if not scalar(connection, HAS_GROWTH, {"grows": grows}):
        return None
    row = connection.execute(READ.format(grows=grows)).fetchone()
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
