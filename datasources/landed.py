"""Folders that landed: read again, set aside where the disk damaged them, cleared if unfinished."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Landed:
    """One folder of `landing/`, as its manifest tells it."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def rejected(self) -> int:
        return sum(self.manifest["rejected"].values())


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
