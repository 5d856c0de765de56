"""The warehouse: everything that is known, and since when. One process at a time may write it.

A landed batch is loaded in one transaction: its facts, what they add to the counts, its row
accounting, its source's cursor. Whatever ends the process, a batch is there whole or not at
all, and loading it again is harmless.
"""

import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from domain.area import AreaRegister, register
from domain.calendar import WorkingCalendar, load_calendar
from domain.errors import BusyError, CalendarError, StoreError
from store import books
from store.accounting import Moment
from store.areas import write_areas
from store.books import BatchResult, SourceInfo
from store.connection import WRITING, Connection, Limits, connect_warehouse
from store.crashpoint import crashpoint
from store.deltas import Due, count_batch, prepare_counting
from store.facts import FACTS, counts
from store.landing import Landing, landed_folders, read_landing
from store.lock import Lock
from store.merge import merge
from store.pointer import FOLDER as SNAPSHOTS
from store.progress import Progress, forget, note_progress
from store.recount import recount
from store.schema import migrate
from store.sql import drop_temporary, transaction
from store.staging import is_fresh, stage

FILE = "warehouse.duckdb"
LANDING = "landing"
QUARANTINE = "quarantine"
CALENDAR = Path("config", "calendar.csv")
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Reserve:
    """Megabytes that must stay free on the disk for a batch to be loaded, or published."""

    load_mb: int = 1000
    publish_mb: int = 2000


DEFAULT_RESERVE = Reserve()


class Warehouse:
    """The warehouse of one home, open for writing; use it as a context manager.

    `notice` is None, or the sentence that tells what had to be given up to open it. Methods
    may be called from several threads: one waits for the other. A duckdb.FatalException is
    never caught: the process has to end, and finds everything it had committed when it starts
    again.
    """

    def __init__(
        self, home: Path, limits: Limits, reserve: Reserve, tell: Callable[[str], None]
    ) -> None:
        self.home = home
        self.reserve = reserve
        self.tell = tell
        self.notice: str | None = None
        self.writing = threading.RLock()
        self._limits = limits
        self._lock = Lock(home)
        self._connection: Connection | None = None
        self._calendar: WorkingCalendar | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        limits: Limits = WRITING,
        reserve: Reserve = DEFAULT_RESERVE,
        areas: AreaRegister | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Self:
        """Open or create the warehouse of a home, and bring it to its newest form.

        What was counted by other rules is counted anew; `tell` hears how far that has come.
        Raises BusyError if another process has it open, StoreError if it cannot be opened.
        """
        warehouse = cls(home.absolute(), limits, reserve, tell)
        for folder in (LANDING, SNAPSHOTS):
            (warehouse.home / folder).mkdir(parents=True, exist_ok=True)
        warehouse._lock.take()
        try:
            warehouse._connection = warehouse._connect()
            migrate(warehouse.connection)
            write_areas(warehouse.connection, areas or register())
            warehouse._keep_calendar()
        except BaseException:
            warehouse.close()
            raise
        return warehouse

    @property
    def connection(self) -> Connection:
        """The connection, for this room alone. Raises StoreError once closed."""
        if self._connection is None:
            raise StoreError(f"{self.home / FILE} is closed.")
        return self._connection

    def close(self) -> None:
        """Write everything into the one file, and give the lock back."""
        try:
            if self._connection is not None:
                self._connection.close()
        finally:
            self._connection = None
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def load(self, folder: Path, now: datetime) -> BatchResult:
        """Load a landed batch; what it brings is known from `now` on.

        The batch that was loaded before is answered from the books and changes nothing.
        Raises StoreError if the folder is not whole, does not add up, or the disk is nearly
        full; then nothing of it was kept.
        """
        landing = read_landing(folder)
        with self.writing:
            done = books.loaded_before(self.connection, landing)
            if done is not None:
                return done
            refuse_full_disk(self.home, self.reserve.load_mb, "collecting")
            self._keep_calendar()
            moment = self.moment(landing.source, now)
            try:
                with transaction(self.connection):
                    result = self._load(landing, moment)
                    crashpoint("before_commit")
            except duckdb.FatalException:
                raise
            except duckdb.OutOfMemoryException:
                raise StoreError(
                    f"{folder} could not be loaded, and nothing of it was kept: it needs more "
                    f"than {self._limits.memory} of memory, or more room on the disk beside it. "
                    "Raise IOC_COLLECT_MEMORY_LIMIT, or free some space, and start the collector "
                    "again."
                ) from None
            except duckdb.Error as error:
                raise StoreError(
                    f"{folder} could not be loaded, and nothing of it was kept: {error}"
                ) from error
            crashpoint("after_commit")
            drop_temporary(self.connection)
            return result

    def fail(
        self,
        source: str,
        kind: str,
        started_at: datetime,
        reason: str,
        now: datetime,
        *,
        suspect: bool = False,
        retry_at: datetime | None = None,
    ) -> BatchResult:
        """Book a collection that failed; the source is down, its last good figures stay.

        Until `retry_at` it is to be left alone.
        """
        with self.writing, transaction(self.connection):
            moment = self.moment(source, now)
            return books.book_failure(
                self.connection,
                moment,
                kind,
                started_at,
                reason,
                suspect=suspect,
                retry_at=retry_at,
            )

    def register_sources(self, sources: Iterable[SourceInfo]) -> None:
        """Take over what the configuration says of each source."""
        with self.writing, transaction(self.connection):
            for info in sources:
                books.configure_source(self.connection, info)

    def cursor(self, source: str) -> Any:
        """Where the last loaded batch of a source left off, None before the first."""
        with self.writing:
            return books.position_of(self.connection, source)

    def last_batches(self) -> list[BatchResult]:
        """The last batch of every source, failed ones included."""
        with self.writing:
            return books.last_batches(self.connection)

    def waiting(self) -> list[Path]:
        """Landed folders that are not in the books yet, oldest first.

        There are some after a crash between landing and loading, and after a warehouse was
        opened without its damaged log: loading them brings everything back.
        """
        with self.writing:
            booked = books.booked_landings(self.connection)
        folders = landed_folders(self.home / LANDING)
        return [folder for folder in folders if _name_of(folder) not in booked]

    def _connect(self) -> Connection:
        path = self.home / FILE
        reachable = (self.home / LANDING, self.home / SNAPSHOTS)
        while True:
            try:
                return connect_warehouse(path, reachable=reachable, limits=self._limits)
            except duckdb.Error as error:
                log = path.with_name(f"{FILE}.wal")
                if "replaying WAL" not in str(error) or not log.exists():
                    raise _cannot_open(path, error) from error
                self.notice = self._set_aside(log, error)

    def _set_aside(self, log: Path, error: duckdb.Error) -> str:
        """A log that cannot be replayed is kept for inspection, and the file opened without."""
        folder = self.home / QUARANTINE
        folder.mkdir(exist_ok=True)
        kept = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{log.name}"
        log.rename(kept)
        return (
            f"The log of {self.home / FILE} was damaged ({error}) and is kept as {kept}. "
            "Batches since the last checkpoint are loaded again from their landed folders."
        )

    def moment(self, source: str, now: datetime) -> Moment:
        """The batch's number and time; time never stands still or goes back in the books."""
        last = books.last_booked(self.connection)
        if last is not None and now <= last:
            now = last + timedelta(microseconds=1)
        return Moment(source, books.next_batch(self.connection), now)

    def _keep_calendar(self) -> None:
        """Count by the calendar as its file says now; what was counted by another, anew.

        While the file cannot be read, the days that were counted by last hold on.
        """
        calendar = self._calendar
        try:
            calendar = load_calendar(self.home / CALENDAR)
        except CalendarError as error:
            self.notice = f"{error.message} Until it is mended the last good calendar holds."
            if calendar is not None:
                return
        if calendar is None or calendar is not self._calendar:
            with transaction(self.connection):
                dues = prepare_counting(self.connection, calendar)
            for due in dues:
                self._recount(due)
            forget(self.home)
            self._calendar = calendar

    def _recount(self, due: Due) -> None:
        """Count a kind of record anew, and tell whoever waits for it how far that has come."""
        began_at = datetime.now(UTC)

        def tell(done: int, parts: int) -> None:
            progress = Progress(due.record, done, parts, began_at, datetime.now(UTC))
            note_progress(self.home, progress)
            self.tell(progress.sentence)

        recount(self.connection, due, self._limits.recounted, tell)

    def _load(self, landing: Landing, moment: Moment) -> BatchResult:
        connection = self.connection
        books.book_rejected(connection, landing, moment)
        facts = [FACTS[kind] for kind in _kinds_to_stage(landing)]
        for fact in facts:
            stage(connection, fact, landing, moment)
        crashpoint("after_stage")
        for count in counts().values():
            if any(is_fresh(connection, fact) for fact in facts if fact.kind in count.facts):
                count_batch(connection, count, moment)
        records = {fact.kind: merge(connection, fact, landing, moment) for fact in facts}
        return books.book(connection, landing, moment, records)


def refuse_full_disk(home: Path, reserve_mb: int, doing: str) -> None:
    """Stop while there is still room to stop cleanly. Raises StoreError."""
    free_mb = shutil.disk_usage(home).free // MEGABYTE
    if free_mb < reserve_mb:
        raise StoreError(
            f"Only {free_mb} MB are free for {home}: {doing} stops below {reserve_mb} MB. "
            "Free some space; nothing was lost."
        )


def _kinds_to_stage(landing: Landing) -> list[str]:
    """The kinds that landed, and the record with its steps where one of the two did."""
    kinds = set(landing.record_kinds)
    for count in counts().values():
        if not kinds.isdisjoint(count.facts):
            kinds.update(count.facts)
    return [kind for kind in FACTS if kind in kinds]


def _name_of(folder: Path) -> tuple[str, str] | None:
    """Source and hash of a landed batch; None for a damaged one, which loading will refuse."""
    try:
        landing = read_landing(folder)
    except StoreError:
        return None
    return landing.source, landing.sha256


def _cannot_open(path: Path, error: duckdb.Error) -> StoreError:
    if "lock" in str(error):
        return BusyError(f"Another program has {path} open: {error}. Close it there.")
    return StoreError(
        f"{path} cannot be opened: {error}. Restore a backup, or collect into a new home."
    )
