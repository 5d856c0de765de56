"""CURRENT.json: which snapshot is the one to read, and which good ones came before it.

It is replaced whole and only after the snapshot it names is safely on disk, so a reader sees
the old or the new one and never half of either.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from domain.errors import StoreError

FOLDER = "snapshots"
FILE = "CURRENT.json"
AGAIN_SECONDS = 3600.0


@dataclass(frozen=True)
class Part:
    """One file of a docket: `rows` dossiers, told of by the batches after `since` up to `until`."""

    file: str
    sha256: str
    bytes: int
    rows: int
    since: int
    until: int


@dataclass(frozen=True)
class Docket:
    """The single dossiers behind a snapshot (docket.py), the oldest part first.

    `rules` names what they were written by, `books` the batches they are made of.
    """

    rules: str
    books: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class BaseFile:
    """The whole snapshot that a smaller file only adds to (beside.py), with its own totals."""

    file: str
    sha256: str
    bytes: int
    totals: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Entry:
    """One published snapshot.

    `base` is None where `file` holds everything, else what `file` adds to. `horizon` is the last
    day whose events are in its rollups, `data_as_of` how far each source's data reach (None: not
    told), `totals` the sum of every measure of every record. `docket` is None where only figures
    were published.
    """

    version: str
    file: str
    sha256: str
    bytes: int
    built_at: datetime
    horizon: date
    simulated: bool
    data_as_of: Mapping[str, datetime | None] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    docket: Docket | None = None
    base: BaseFile | None = None

    @property
    def whole(self) -> BaseFile:
        """The file that the next snapshot may add to."""
        return self.base or BaseFile(self.file, self.sha256, self.bytes, self.totals)

    @property
    def figures(self) -> Mapping[str, str]:
        """The SHA-256 of each file its figures are in."""
        return {self.whole.file: self.whole.sha256, self.file: self.sha256}

    @property
    def files(self) -> tuple[str, ...]:
        """Every file it is made of."""
        parts = self.docket.parts if self.docket else ()
        return (*self.figures, *(part.file for part in parts))


@dataclass(frozen=True)
class Pointer:
    """The snapshots that may be served, newest first; never empty."""

    entries: tuple[Entry, ...]

    @property
    def current(self) -> Entry:
        return self.entries[0]


def read_pointer(home: Path) -> Pointer | None:
    """The pointer of a home, or None before the first publish. Raises StoreError if damaged."""
    path = home / FOLDER / FILE
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        answer = json.loads(text)
        return Pointer(tuple(_entry(one) for one in (answer, *answer.pop("previous"))))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path} is damaged ({error}). Publish again: python app.py collect --once"
        ) from error


def write_pointer(home: Path, pointer: Pointer) -> None:
    """Replace the pointer, and return when the disk has it."""
    folder = home / FOLDER
    newest, *older = (_plain(entry) for entry in pointer.entries)
    temporary = folder / f"{FILE}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({**newest, "previous": older}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE)
    sync_folder(folder)


def sync_file(path: Path) -> None:
    """Return when the disk has the file's bytes."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the disk has the folder's names."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(path: Path, sha256: str) -> bool:
    """Whether a published file is the one that was published. Raises OSError if it is not there.

    A process reads each once, and again after an hour: a disk may lose bytes and no time stamp.
    """
    status = path.stat()
    hour = int(time.monotonic() // AGAIN_SECONDS)
    return _read_whole(path, status.st_ino, status.st_size, status.st_mtime_ns, hour) == sha256


@lru_cache(maxsize=64)
def _read_whole(path: Path, *_stamp: int) -> str:
    return sha256_of(path)


def _plain(entry: Entry) -> dict[str, Any]:
    reached = {name: at and at.isoformat() for name, at in entry.data_as_of.items()}
    moments = {"built_at": entry.built_at.isoformat(), "horizon": entry.horizon.isoformat()}
    return asdict(entry) | moments | {"data_as_of": reached}


def _entry(plain: dict[str, Any]) -> Entry:
    reached = {name: at and datetime.fromisoformat(at) for name, at in plain["data_as_of"].items()}
    moments = {
        "built_at": datetime.fromisoformat(plain["built_at"]),
        "horizon": date.fromisoformat(plain["horizon"]),
    }
    docket = _docket(plain["docket"]) if plain.get("docket") else None
    base = BaseFile(**plain["base"]) if plain.get("base") else None
    parts = {"data_as_of": reached, "docket": docket, "base": base}
    return Entry(**(plain | moments | parts))


def _docket(plain: dict[str, Any]) -> Docket:
    return Docket(plain["rules"], plain["books"], tuple(Part(**part) for part in plain["parts"]))
