"""Folders that landed: read again, set aside where the disk damaged them, cleared if unfinished."""

import json
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

STAMP = "%Y%m%dT%H%M%S.%f"
"""The first part of the name of a landed folder: when its run began, in UTC."""

LOOKED_AT = ".looked-at-"
LOOKING_SECONDS = 3600.0


@dataclass(frozen=True)
class Landed:
    """One folder of `landing/`, as its manifest tells it."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def rejected(self) -> int:
        return sum(self.manifest["rejected"].values())

    @property
    def records(self) -> int:
        """Records of all kinds, the rejected included."""
        return sum(self.manifest["records_read"].values())

    @property
    def names(self) -> list[str]:
        """The documents it was made of."""
        return [str(origin["name"]) for origin in self.manifest["origins"]]

    @property
    def originals(self) -> list[str]:
        """Their hashes: the same again means the same batch again."""
        return [str(origin["sha256"]) for origin in self.manifest["origins"]]


def read_landed(folder: Path) -> Landed:
    """A landed folder and its manifest."""
    return Landed(folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def is_readable(folder: Path) -> bool:
    """Whether everything in a landed folder can be read to its end."""
    try:
        read_landed(folder)
        for path in folder.glob("*.parquet"):
            pq.read_table(path)
    except (OSError, ValueError, pa.ArrowException):
        return False
    return True


def set_aside(folder: Path) -> None:
    """Keep a damaged folder for inspection, where nobody takes it for a landed one."""
    folder.rename(folder.with_name(f".damaged-{folder.name}"))


def clear_unfinished(root: Path, source: str = "*") -> None:
    """Remove what killed runs, of one source or of all, left half made."""
    for folder in root.glob(f"{source}/.tmp-*"):
        shutil.rmtree(folder, ignore_errors=True)


def clear_looked_at(root: Path) -> None:
    """Remove what somebody only looked at, and was killed before it could be removed."""
    for folder in root.glob(f"{LOOKED_AT}*"):
        if time.time() - folder.stat().st_mtime > LOOKING_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def remove_older(root: Path, oldest: datetime, kept: Collection[Path]) -> int:
    """Remove landed batches that began before an instant, save for some; how many those were."""
    removed = 0
    for folder in root.glob("*/2*-*"):
        if folder.name < f"{oldest.astimezone(UTC):{STAMP}}" and folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed
