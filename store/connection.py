"""The only place that opens DuckDB, and the walls put around what its SQL may reach.

`read_only` alone is no wall: SQL could still read any file of the machine, write others and
load extensions. Each connection is therefore closed to the outside and its settings locked
before anyone gets to use it. A snapshot may touch nothing but itself; the warehouse also
the landing folders it loads and the snapshots it writes.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb

from domain.dossier import VIETNAM
from domain.errors import StoreError

Connection: TypeAlias = duckdb.DuckDBPyConnection
Configuration: TypeAlias = dict[str, str | bool | int | float | list[str]]

OLDEST_SAFE = (2, 0)

# duckdb 2.0 itself calls drop(inplace=True) when a column of a frame holds instants.
warnings.filterwarnings("ignore", message="The inplace keyword in DataFrame.drop is deprecated")


@dataclass(frozen=True)
class Limits:
    """What one connection may use. `timeout_ms` holds for a query of a snapshot.

    `recounted` is how many records and steps are counted anew at a time.
    """

    memory: str = "512MB"
    threads: int = 2
    timeout_ms: int = 5000
    recounted: int = 150_000


STANDARD = Limits()
# Counting millions of dossiers anew needs room: with 512 MB it stops at two million.
WRITING = Limits(memory="2GB")


def connect_warehouse(
    path: Path, *, reachable: Sequence[Path] = (), limits: Limits = WRITING
) -> Connection:
    """Open the warehouse for writing; `reachable` are the folders its SQL may read and write.

    Raises duckdb.Error as it comes: who opens the warehouse knows what a broken one means.
    """
    refuse_unsafe_duckdb(duckdb.__version__)
    connection = duckdb.connect(path, config=_walls(limits))
    folders = ", ".join(f"'{_quoted(folder)}/'" for folder in reachable)
    _lock(connection, f"set allowed_directories = [{folders}]")
    return connection


def connect_snapshot(path: Path, limits: Limits = STANDARD, base: Path | None = None) -> Connection:
    """Open a published snapshot for reading. A slow query is interrupted.

    `base` is the file it adds to; its views name it so.
    """
    refuse_unsafe_duckdb(duckdb.__version__)
    config = _walls(limits)
    config["max_execution_time"] = str(limits.timeout_ms)
    connection = duckdb.connect(path, read_only=True, config=config)
    if base is not None:
        connection.execute(f"attach if not exists '{_quoted(base)}' as base (read_only)")
    _lock(connection)
    return connection


def connect_docket(
    parts: Sequence[Path], prepare: Callable[[Connection, int], None], limits: Limits = STANDARD
) -> Connection:
    """Open the parts of a docket for reading, as part_0, part_1 and so on.

    `prepare` makes what reads them as one, given their number; then the walls are closed.
    """
    refuse_unsafe_duckdb(duckdb.__version__)
    config = _walls(limits)
    config["max_execution_time"] = str(limits.timeout_ms)
    connection = duckdb.connect(":memory:", config=config)
    for number, path in enumerate(parts):
        connection.execute(f"attach '{_quoted(path)}' as part_{number} (read_only)")
    prepare(connection, len(parts))
    _lock(connection)
    return connection


def refuse_unsafe_duckdb(version: str) -> None:
    """Refuse a DuckDB that can lose committed rows on a full disk. Raises StoreError."""
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_SAFE:
        raise StoreError(
            f"DuckDB {version} can lose committed rows when the disk is full. "
            "Install duckdb 2.0 or later: pip install -r requirements.txt"
        )


def _walls(limits: Limits) -> Configuration:
    """Settings of every connection.

    Rows may be inserted in any order, because DuckDB 2.0.0 can lose sight of rows that must
    keep theirs: after an INSERT of no rows, a large one into the same table of the same
    transaction was not there to be read. Without the promise of order it is (tested).
    """
    return {
        "preserve_insertion_order": False,
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_persistent_secrets": False,
    }


def _lock(connection: Connection, *settings: str) -> None:
    """What can be set only after opening; the last line makes all of it final.

    Another connection of this process to the same file shares what was set for the first.
    """
    if connection.execute("select current_setting('lock_configuration')").fetchone() == (True,):
        return
    for setting in (
        f"set global TimeZone = '{VIETNAM.key}'",
        *settings,
        "set enable_external_access = false",
        "set lock_configuration = true",
    ):
        connection.execute(setting)


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", "''")
