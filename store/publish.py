"""Publishing: a snapshot is built beside the others, checked, and only then named as current.

What is written is as little as can be: beside the last base, in a copy of it, or anew (growth.py).
Build under a temporary name, scan every value, compare every total with the warehouse, make
the disk keep it, give it a name never used before, and replace CURRENT.json. Whatever ends
the process on the way, readers keep a snapshot that was checked.
"""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import duckdb

from domain.dossier import local_day
from domain.errors import StoreError
from store import contents
from store.beside import ADDED, BASE, READ_ONLY, SNAPSHOT, attached
from store.connection import Connection, Limits, connect_snapshot
from store.crashpoint import crashpoint
from store.deltas import tell_the_time
from store.docket import Draft, Written, read_docket, write_docket
from store.growth import base_beside, copy_last
from store.pointer import (
    FOLDER,
    BaseFile,
    Entry,
    Pointer,
    is_intact,
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

log = logging.getLogger(__name__)

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
        size = before[0].whole.bytes // MEGABYTE if before else 0
        refuse_full_disk(home, max(reserve, 3 * size), "publishing")
        remove_orphans(folder)
        version = f"ioc-{now.astimezone(UTC):%Y%m%dT%H%M%S}-{_next_number(folder, before)}"
        order = _Order(warehouse.connection, folder, version, now, before, with_dossiers)
        try:
            entry, single = _build(order)
        except duckdb.FatalException:
            raise
        except (duckdb.Error, StoreError) as error:
            remove_orphans(folder)
            raise StoreError(f"Nothing was published, the last snapshot stays: {error}") from error
        if single is not None:
            _name(single)
        _name(order.path)
        kept = _kept((entry, *before), keep)
        _point(home, Pointer(kept))
        remove_superseded(folder, NAME, {file for one in kept for file in one.files})
        warehouse.connection.execute("checkpoint")
    return just_published(home, entry)


@dataclass(frozen=True)
class _Order:
    """What is to be published, where, and what was published before."""

    connection: Connection
    folder: Path
    version: str
    now: datetime
    before: tuple[Entry, ...]
    with_dossiers: bool

    @property
    def path(self) -> Path:
        """Where the figures are written until they are known to be good."""
        return self.folder / f"{self.version}.duckdb.tmp"

    @property
    def last(self) -> BaseFile | None:
        """The last file that holds everything of its time."""
        return self.before[0].whole if self.before else None


def _kept(entries: tuple[Entry, ...], keep: int) -> tuple[Entry, ...]:
    """The newest, and instead of the last of them one of another base if all have the same.

    So there is a good one before, even where a base is damaged.
    """
    *newest, last = entries[:keep]
    bases = {one.whole.file for one in newest}
    other = (one for one in (last, *entries[keep:]) if one.whole.file not in bases)
    return (*newest, next(other, last) if len(bases) == 1 else last)


_Built: TypeAlias = tuple[Entry, Path | None]
"""An entry, and the new file of the dossiers behind it, if any were touched."""


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


def _build(order: _Order) -> _Built:
    """Beside the last base if that can be, else into a copy of it, else everything anew."""
    for way in (_beside, _copied):
        try:
            built = way(order)
        except duckdb.FatalException:
            raise
        except (duckdb.Error, StoreError) as error:
            log.warning("%s cannot grow, it is built in another way: %s", order.version, error)
            built = None
        if built is not None:
            return built
        drop_temporary(order.connection)
        remove_orphans(order.folder)
    totals = contents.totals(order.connection, local_day(order.now))
    contents.write_anew(order.connection, order.path, order.version, order.now)
    return _whole(order, totals)


def _beside(order: _Order) -> _Built | None:
    """The figures in a file beside their base; the dossiers are written at the same time."""
    last, connection = order.last, order.connection
    if last is None or not _is_intact(order.folder, last):
        return None
    with attached(connection, order.folder / last.file, BASE, READ_ONLY):
        base = base_beside(connection, local_day(order.now))
        if base is None:
            return None
        # Its cursor outlives the thread: one closed in the midst of writing detaches no file.
        with connection.cursor() as another, ThreadPoolExecutor(1) as beside:
            tell_the_time(another)
            writing = beside.submit(_docket, order, another)
            counting = beside.submit(contents.totals, another, base.horizon, base)
            contents.write_beside(connection, order.path, order.version, order.now, base)
            draft, added = writing.result(), counting.result()
            reading = beside.submit(_read, draft)
            entry = _checked_beside(order, added, last)
            return _joined(entry, reading.result())


def _is_intact(folder: Path, last: BaseFile) -> bool:
    try:
        return is_intact(folder / last.file, last.sha256)
    except OSError:
        return False


def _copied(order: _Order) -> _Built | None:
    """The figures in a copy of their base, to which what is new was added."""
    if order.last is None:
        return None
    with ThreadPoolExecutor(1) as beside:
        copied = beside.submit(copy_last, order.folder, order.last, order.path)
        totals = contents.totals(order.connection, local_day(order.now))
    if not copied.result():
        return None
    is_written = contents.write_into(order.connection, order.path, order.version, order.now)
    return _whole(order, totals) if is_written else None


def _whole(order: _Order, totals: contents.Totals) -> _Built:
    """While the figures are checked, which needs no warehouse, the dossiers are written."""
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(lambda: _read(_docket(order, order.connection)))
        entry = _checked(order, totals)
        return _joined(entry, writing.result())


def _docket(order: _Order, connection: Connection) -> Draft | None:
    if not order.with_dossiers:
        return None
    last = order.before[0].docket if order.before else None
    return write_docket(connection, order.folder, order.version, last)


def _read(draft: Draft | None) -> Written:
    return read_docket(draft) if draft else Written(None)


def _joined(entry: Entry, written: Written) -> _Built:
    """The entry with its dossiers, which must add up to its figures. Raises StoreError."""
    if written.sums is not None:
        contents.check_sums("The docket", written.sums, entry.totals["dossier"])
    return replace(entry, docket=written.docket), written.path


def _checked(order: _Order, totals: contents.Totals) -> Entry:
    """The entry of a file that was read whole and adds up. Raises StoreError, duckdb.Error."""
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, order.path)
        checked = connect_snapshot(order.path, Limits(timeout_ms=0))
        try:
            contents.check(checked, totals)
            return replace(_entry(order, checked), totals=totals.published, sha256=sha256.result())
        finally:
            checked.close()


def _checked_beside(order: _Order, added: contents.Totals, last: BaseFile) -> Entry:
    """The same of a file beside its base, which was checked when it was published."""
    connection = order.connection
    with attached(connection, order.path, SNAPSHOT, READ_ONLY):
        contents.check(connection, added, at=SNAPSHOT, added=ADDED)
        totals = contents.with_base(added, last.totals)
        entry = replace(_entry(order, connection, SNAPSHOT), totals=totals, base=last)
    return replace(entry, sha256=sha256_of(order.path))


def _entry(order: _Order, connection: Connection, at: str = contents.HERE) -> Entry:
    return Entry(
        version=order.version,
        file=order.path.name.removesuffix(".tmp"),
        sha256="",
        bytes=order.path.stat().st_size,
        built_at=order.now,
        horizon=local_day(order.now),
        simulated=contents.is_simulated(connection, at),
        data_as_of=contents.data_as_of(connection, at),
    )


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
