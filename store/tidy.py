"""Clearing up among the snapshots: halves that a crash left, and those nobody reads any more."""

import fcntl
from pathlib import Path
from re import Pattern


def remove_orphans(folder: Path) -> None:
    """Remove what a publisher that died had begun. Only the holder of the lock may call it."""
    for pattern in ("*.tmp", "*.tmp.wal"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def remove_superseded(folder: Path, name: Pattern[str], kept: set[str]) -> None:
    """Remove the snapshots that are not kept, except those a process still has open."""
    for path in folder.iterdir():
        if name.fullmatch(path.name) and path.name not in kept and not is_open_elsewhere(path):
            path.unlink()


def is_open_elsewhere(path: Path) -> bool:
    """Whether another process holds DuckDB's read lock on a snapshot."""
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return True
    return False
