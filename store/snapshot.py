"""Reading one published snapshot: one connection per process, a cursor per query.

A snapshot is a file, or a small one beside its base (beside.py). Each is written once under a
name that is never used again, so its version is a complete cache key and its readers need no
locks.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pandas as pd

from domain.errors import StoreError
from store.connection import STANDARD, Connection, Limits, connect_snapshot
from store.pointer import Entry

log = logging.getLogger(__name__)

Params = Mapping[str, Any]
SOURCES = "select * from source order by source"
OLD = (
    "These figures were published by an earlier version of the program, which did not count all "
    "of what is asked here. The next collection counts it."
)

# Files that were open when this process was forked. The threads that serve them stayed behind,
# so they can neither be used nor closed here.
inherited: set[Path] = set()


class SlowQueryError(StoreError):
    """A query was stopped because it took longer than a query may."""


class OldSnapshotError(StoreError):
    """A snapshot lacks what today's catalogue asks: an earlier version published it."""


class Reader:
    """The connection to one snapshot, opened by the first query of this process.

    `base` is the file that the one at `path` adds to.
    """

    def __init__(self, path: Path, limits: Limits = STANDARD, base: Path | None = None) -> None:
        self.path = path
        self.base = base
        self.limits = limits
        self._connection: Connection | None = None
        self._opening = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def cursor(self) -> Connection:
        """A cursor of its own for one query. Raises StoreError if the file cannot be opened."""
        with self._opening:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection.cursor()

    @property
    def paths(self) -> frozenset[Path]:
        """The files of which DuckDB keeps one instance in a process: not what it attaches."""
        return frozenset((self.path,))

    def _refuse_inherited(self) -> None:
        if not inherited.isdisjoint(self.paths):
            raise StoreError(
                f"{self.path} was open when this process was forked, and cannot be shared. "
                "Ask for snapshots after the fork only."
            )

    def _connect(self) -> Connection:
        self._refuse_inherited()
        try:
            return connect_snapshot(self.path, self.limits, self.base)
        except duckdb.Error as error:
            raise StoreError(f"{self.path} cannot be opened: {error}") from error


class Snapshot:
    """One published state of all figures.

    `notice` is None, or the sentence that tells why an older snapshot is being served.
    """

    def __init__(
        self,
        entry: Entry,
        reader: Reader,
        notice: str | None = None,
        docket: Reader | None = None,
    ) -> None:
        self.entry = entry
        self.notice = notice
        self._reader = reader
        self._docket = docket

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

    @property
    def docket(self) -> "Snapshot":
        """The single dossiers behind these figures, to be asked like a snapshot (docket_reading).

        Only for people who may read dossiers. Raises StoreError where only figures were published.
        """
        if self._docket is None:
            raise StoreError(
                f"{self.version} was published without its dossiers. "
                "Publish again: python app.py collect --once"
            )
        return Snapshot(self.entry, self._docket)

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

    @cached_property
    def sources(self) -> Sequence[Mapping[str, Any]]:
        """Every source with its configuration and its last collections, by name.

        Whatever is missing is None. Kept, because a page asks often. Raises like `frame`.
        """
        found = self.frame(SOURCES).to_dict("records")
        plain = (
            {str(key): None if pd.isna(value) else value for key, value in row.items()}
            for row in found
        )
        return tuple(MappingProxyType(row) for row in plain)

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
        if isinstance(error, duckdb.BinderException):  # no query of ours names what never is
            log.warning("%s", error)
            raise OldSnapshotError(OLD) from error
        if isinstance(error, duckdb.Error) and not isinstance(error, duckdb.FatalException):
            raise StoreError(f"The snapshot could not be read: {error}") from error
