"""Reading what was published: one connection per snapshot and process, a cursor per query.

A snapshot is a file that is written once under a name that is never used again, so its
version is a complete cache key and its readers need no locks. Files are checked against
their SHA-256 once per process; a damaged one is passed over for the good one before it.
"""

import os
import threading
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import duckdb
import pandas as pd

from domain.errors import StoreError
from store.connection import STANDARD, Connection, Limits, connect_snapshot
from store.pointer import FILE, FOLDER, Entry, Pointer, read_pointer, sha256_of

Params = Mapping[str, Any]


class SlowQueryError(StoreError):
    """A query was stopped because it took longer than a query may."""


class Reader:
    """The connection to one snapshot file, opened by the first query of this process."""

    def __init__(self, path: Path, limits: Limits = STANDARD) -> None:
        self.path = path
        self.limits = limits
        self._connection: Connection | None = None
        self._opening = threading.Lock()

    def cursor(self) -> Connection:
        """A cursor of its own for one query. Raises StoreError if the file cannot be opened."""
        with self._opening:
            if self._connection is None:
                try:
                    self._connection = connect_snapshot(self.path, self.limits)
                except duckdb.Error as error:
                    raise StoreError(f"{self.path} cannot be opened: {error}") from error
            return self._connection.cursor()


class Snapshot:
    """One published state of all figures.

    `notice` is None, or the sentence that tells why an older snapshot is being served.
    """

    def __init__(self, entry: Entry, reader: Reader, notice: str | None = None) -> None:
        self.entry = entry
        self.notice = notice
        self._reader = reader

    @property
    def version(self) -> str:
        """Names this snapshot for ever: "ioc-20261122T101500-42"."""
        return self.entry.version

    @property
    def horizon(self) -> date:
        """The last day whose events are in the rollups."""
        return self.entry.horizon

    @property
    def built_at(self) -> datetime:
        return self.entry.built_at

    @property
    def simulated(self) -> bool:
        """Whether any of its figures come from the simulated province."""
        return self.entry.simulated

    @property
    def data_as_of(self) -> Mapping[str, datetime | None]:
        """How far each source's data reach."""
        return self.entry.data_as_of

    @property
    def totals(self) -> Mapping[str, Mapping[str, float]]:
        """The sum of every measure, by record."""
        return self.entry.totals

    def frame(self, sql: str, params: Params | None = None) -> pd.DataFrame:
        """The rows of a query with `$named` parameters, as a frame.

        Instants come in Vietnamese time, missing values as NaN, NaT or None. May be called
        from any thread. Raises SlowQueryError or StoreError.
        """
        with _Query(self._reader, sql, params) as cursor:
            return cursor.df()

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query with `$named` parameters, as tuples. Raises like `frame`."""
        with _Query(self._reader, sql, params) as cursor:
            return cursor.fetchall()

    def sources(self) -> pd.DataFrame:
        """Every source with its configuration and its last collections, by name."""
        return self.frame("select * from source order by source")

    def batches(self) -> pd.DataFrame:
        """The row accounting of the last batches of every source, newest first."""
        return self.frame("select * from batch order by batch_id desc")


class _Query:
    """A cursor that lives as long as one query, and turns DuckDB's errors into ours."""

    def __init__(self, reader: Reader, sql: str, params: Params | None) -> None:
        self._limit = reader.limits.timeout_ms
        self._sql = sql
        self._params = dict(params) if params else None
        self._cursor = reader.cursor()

    def __enter__(self) -> Connection:
        try:
            return self._cursor.execute(self._sql, self._params)
        except BaseException as error:
            self._cursor.close()
            self._complain(error)
            raise

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._cursor.close()
        self._complain(error)

    def _complain(self, error: BaseException | None) -> None:
        if isinstance(error, duckdb.InterruptException):
            raise SlowQueryError(
                f"The query was stopped after {self._limit / 1000:g} s. "
                "Ask for fewer areas or a shorter time."
            ) from error
        if isinstance(error, duckdb.Error) and not isinstance(error, duckdb.FatalException):
            raise StoreError(f"The snapshot could not be read: {error}") from error


def current_snapshot(home: Path, limits: Limits = STANDARD) -> Snapshot:
    """The newest good snapshot of a home; the same object until a newer one is published.

    Cheap to call for every request: it looks at the pointer's time stamp. While a new
    version is being checked, other threads keep the one before.
    Raises StoreError if nothing was published, or nothing that was is intact.
    """
    return _shelf(home.absolute(), limits).current()


class _Shelf:
    """What this process serves from one home."""

    def __init__(self, home: Path, limits: Limits) -> None:
        self._home = home
        self._limits = limits
        self._served: Snapshot | None = None
        self._seen: tuple[int, ...] | None = None
        self._faults: dict[str, str | None] = {}
        self._readers: WeakValueDictionary[str, Reader] = WeakValueDictionary()
        self._changing = threading.Lock()

    def current(self) -> Snapshot:
        stamp = self._stamp()
        served = self._served
        if served is not None and stamp == self._seen:
            return served
        if not self._changing.acquire(blocking=served is None):
            assert served is not None  # noqa: S101 - only who serves something does not wait
            return served
        try:
            if self._served is None or stamp != self._seen:
                self._served = self._newest()
                self._seen = stamp
            return self._served
        finally:
            self._changing.release()

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            status = (self._home / FOLDER / FILE).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _newest(self) -> Snapshot:
        try:
            pointer = read_pointer(self._home)
        except StoreError as error:
            if self._served is None:
                raise
            return Snapshot(self._served.entry, self._served._reader, error.message)
        if pointer is None:
            raise StoreError(
                f"No snapshot in {self._home / FOLDER}. "
                "Start the collector: python app.py collect --once"
            )
        return self._first_good(pointer)

    def _first_good(self, pointer: Pointer) -> Snapshot:
        faults: list[str] = []
        for entry in pointer.entries:
            fault = self._fault(entry)
            if fault is None:
                notice = f"{' '.join(faults)} {entry.version} is served." if faults else None
                return Snapshot(entry, self._reader(entry), notice)
            faults.append(fault)
        raise StoreError(f"{' '.join(faults)} Publish again: python app.py collect --once")

    def _fault(self, entry: Entry) -> str | None:
        """What is wrong with a file, read once per version: None is nothing."""
        if entry.version not in self._faults:
            self._faults[entry.version] = _fault(self._home / FOLDER / entry.file, entry)
        return self._faults[entry.version]

    def _reader(self, entry: Entry) -> Reader:
        reader = self._readers.get(entry.version)
        if reader is None:
            reader = Reader(self._home / FOLDER / entry.file, self._limits)
            self._readers[entry.version] = reader
        return reader


def _fault(path: Path, entry: Entry) -> str | None:
    try:
        intact = sha256_of(path) == entry.sha256
    except OSError as error:
        return f"Snapshot {path} cannot be read: {error.strerror}."
    return None if intact else f"Snapshot {path} is damaged: its SHA-256 is not the published one."


_shelves: dict[tuple[Path, Limits], _Shelf] = {}
_buried: list[dict[tuple[Path, Limits], _Shelf]] = []


def _shelf(home: Path, limits: Limits) -> _Shelf:
    return _shelves.setdefault((home, limits), _Shelf(home, limits))


def _start_anew_after_fork() -> None:
    """A child shares no connection with its parent, and must not close the parent's either."""
    _buried.append(dict(_shelves))
    _shelves.clear()


os.register_at_fork(after_in_child=_start_anew_after_fork)
