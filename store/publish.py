"""Publishing: a snapshot is built beside the others, checked, and only then named as current.

Build under a temporary name, scan every value, compare every total with the warehouse, make
the disk keep it, give it a name never used before, and replace CURRENT.json. Whatever ends
the process on the way, readers keep a snapshot that was checked.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from domain.dossier import local_day
from domain.errors import StoreError
from store import contents
from store.connection import Limits, connect_snapshot
from store.crashpoint import crashpoint
from store.docket import Written, write_docket
from store.growth import copy_last
from store.pointer import (
    FOLDER,
    Entry,
    Pointer,
    read_pointer,
    sha256_of,
    sync_file,
    sync_folder,
    write_pointer,
)
from store.shelf import just_published
from store.snapshot import Snapshot
from store.sql import drop_temporary
from store.tidy import remove_orphans, remove_superseded
from store.warehouse import MEGABYTE, Warehouse, refuse_full_disk

NAME = re.compile(r"(?:ioc|dossiers)-\d{8}T\d{6}-(\d+)\.duckdb")
KEEP = 3


def publish(
    warehouse: Warehouse,
    home: Path,
    now: datetime,
    *,
    keep: int = KEEP,
    free_mb: int | None = None,
    with_dossiers: bool = True,
) -> Snapshot:
    """Publish what the warehouse knows, and keep the last `keep` snapshots.

    Without `with_dossiers` figures alone are published, and nobody can look behind them.
    Stops before it begins if less than `free_mb` (the warehouse's reserve if not told), or
    less than three times the last snapshot, is free. Raises StoreError; then the snapshot
    before is still the current one.
    """
    with warehouse.writing:
        folder = home.absolute() / FOLDER
        before = _before(home)
        reserve = warehouse.reserve.publish_mb if free_mb is None else free_mb
        size = before[0].bytes // MEGABYTE if before else 0
        refuse_full_disk(home, max(reserve, 3 * size), "publishing")
        remove_orphans(folder)
        version = f"ioc-{now.astimezone(UTC):%Y%m%dT%H%M%S}-{_next_number(folder, before)}"
        temporary = folder / f"{version}.duckdb.tmp"
        try:
            entry, single = _build(
                warehouse, temporary, version, now, home, before, with_dossiers=with_dossiers
            )
        except duckdb.FatalException:
            raise
        except (duckdb.Error, StoreError) as error:
            remove_orphans(folder)
            raise StoreError(f"Nothing was published, the last snapshot stays: {error}") from error
        if single is not None:
            _name(single)
        _name(temporary)
        _point(home, Pointer((entry, *before)[:keep]))
        kept = {file for one in (entry, *before)[:keep] for file in one.files}
        remove_superseded(folder, NAME, kept)
        warehouse.connection.execute("checkpoint")
    return just_published(home, entry)


def _before(home: Path) -> tuple[Entry, ...]:
    """What was published before; a damaged pointer is replaced by a good one."""
    try:
        pointer = read_pointer(home)
    except StoreError:
        return ()
    return pointer.entries if pointer else ()


def _next_number(folder: Path, before: tuple[Entry, ...]) -> int:
    """A number no snapshot has had, even one that was never pointed to."""
    files = [path.name for path in folder.iterdir()] + [entry.file for entry in before]
    numbers = (int(found[1]) for found in map(NAME.fullmatch, files) if found)
    return max(numbers, default=0) + 1


def _build(
    warehouse: Warehouse,
    path: Path,
    version: str,
    now: datetime,
    home: Path,
    before: tuple[Entry, ...],
    *,
    with_dossiers: bool,
) -> tuple[Entry, Path | None]:
    """Grow the snapshot from the last one if that can be; else, or if it is not good, anew.

    Its entry, and the new file of the dossiers behind it, if any were touched.
    """
    last = before[0].docket if before else None

    def single() -> Written:
        if not with_dossiers:
            return Written(None)
        return write_docket(warehouse.connection, path.parent, version, last)

    with ThreadPoolExecutor(1) as beside:
        copied = beside.submit(copy_last, home, before, path)
        totals = contents.totals(warehouse.connection, local_day(now))
    if copied.result():
        try:
            if contents.write(warehouse.connection, path, version, now, grow=True):
                return _whole(path, version, now, totals, single)
        except duckdb.FatalException:
            raise
        except (duckdb.Error, StoreError):
            drop_temporary(warehouse.connection)
    remove_orphans(path.parent)
    contents.write(warehouse.connection, path, version, now, grow=False)
    return _whole(path, version, now, totals, single)


def _whole(
    path: Path,
    version: str,
    now: datetime,
    totals: contents.Totals,
    single: Callable[[], Written],
) -> tuple[Entry, Path | None]:
    """While the figures are checked, which needs no warehouse, the dossiers are written."""
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(single)
        entry = _checked(path, version, now, totals)
        written = writing.result()
    if written.sums is not None:
        contents.check_sums("The docket", written.sums, totals.published["dossier"])
    return replace(entry, docket=written.docket), written.path


def _checked(path: Path, version: str, now: datetime, totals: contents.Totals) -> Entry:
    """The entry of a file that was read whole and adds up. Raises StoreError, duckdb.Error."""
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, path)
        checked = connect_snapshot(path, Limits(timeout_ms=0))
        try:
            contents.check(checked, totals)
            return Entry(
                version=version,
                file=path.name.removesuffix(".tmp"),
                sha256=sha256.result(),
                bytes=path.stat().st_size,
                built_at=now,
                horizon=local_day(now),
                simulated=contents.is_simulated(checked),
                data_as_of=contents.data_as_of(checked),
                totals=totals.published,
            )
        finally:
            checked.close()


def _name(temporary: Path) -> None:
    """Give a finished file its name, once the disk has its bytes."""
    sync_file(temporary)
    crashpoint("before_rename")
    temporary.rename(temporary.with_suffix(""))
    sync_folder(temporary.parent)
    crashpoint("after_rename")


def _point(home: Path, pointer: Pointer) -> None:
    crashpoint("before_pointer")
    write_pointer(home, pointer)
    crashpoint("after_pointer")
