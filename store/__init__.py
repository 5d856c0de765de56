"""The store keeps what was collected, counts it, and publishes it for everyone who reads.

The collector alone opens the warehouse and writes it; everyone else reads snapshots, files
that are published whole and never change. No other room speaks to DuckDB.

After a `FatalError` (a disk that filled up at the wrong moment) nothing works any more in this
process: it has to end, and finds all it had committed when it starts again.
"""

from duckdb import FatalException as FatalError

from domain.errors import BusyError, StoreError
from store.accounting import Accounting
from store.books import BatchResult, SourceInfo
from store.connection import STANDARD, WRITING, Limits
from store.crashpoint import arm
from store.progress import Progress, progress_of
from store.publish import publish
from store.shelf import current_snapshot
from store.snapshot import OldSnapshotError, SlowQueryError, Snapshot
from store.warehouse import Reserve, Warehouse

__all__ = [
    "STANDARD",
    "WRITING",
    "Accounting",
    "BatchResult",
    "BusyError",
    "FatalError",
    "Limits",
    "OldSnapshotError",
    "Progress",
    "Reserve",
    "SlowQueryError",
    "Snapshot",
    "SourceInfo",
    "StoreError",
    "Warehouse",
    "arm",
    "current_snapshot",
    "progress_of",
    "publish",
]
