"""A landed batch: our own Parquet files and a manifest, written by whoever parsed the source."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.errors import StoreError
from domain.record import RECORDS

MANIFEST = "manifest.json"
REJECTED = "rejected.parquet"


@dataclass(frozen=True)
class Landing:
    """What a manifest says of its folder.

    `rows_read` are the raw rows, `records_read` the records made of them by kind, the
    rejected and the repeated included. `sha256` is that of the manifest itself, which holds
    those of the originals: it names the batch.
    """

    folder: Path
    sha256: str
    source: str
    kind: str
    started_at: datetime
    finished_at: datetime
    record_kinds: tuple[str, ...]
    rows_read: int
    records_read: dict[str, int]
    rejected: dict[str, int]
    origins: tuple[dict[str, Any], ...] = ()
    cursor: Any = None
    data_as_of: datetime | None = None
    simulated: bool = False
    suspect: bool = False
    contract: tuple[str, ...] = field(default=())

    def parquet(self, kind: str) -> Path:
        """The file of one kind of record."""
        return self.folder / f"records-{kind}.parquet"

    @property
    def rejected_file(self) -> Path | None:
        path = self.folder / REJECTED
        return path if path.exists() else None

    @property
    def origin_sha256(self) -> str:
        return ",".join(str(origin["sha256"]) for origin in self.origins)

    @property
    def origin_bytes(self) -> int:
        return sum(int(origin["bytes"]) for origin in self.origins)


def read_landing(folder: Path) -> Landing:
    """The landed batch in a folder. Raises StoreError if it is not whole."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        landing = _landing(folder, hashlib.sha256(content).hexdigest(), json.loads(content))
    except FileNotFoundError as error:
        raise StoreError(f"{folder} has no {MANIFEST}: the batch was not landed whole.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} cannot be read: {error!r}. Collect the source again.") from error
    for kind in landing.record_kinds:
        if kind not in RECORDS:
            raise StoreError(f"{path} names the record kind '{kind}', which does not exist.")
        if not landing.parquet(kind).is_file():
            raise StoreError(f"{folder} lacks {landing.parquet(kind).name}: it is not whole.")
    return landing


def landed_folders(root: Path) -> list[Path]:
    """Every whole landed batch below IOC_HOME/landing, oldest first."""
    folders = (path.parent for path in root.glob(f"*/*/{MANIFEST}"))
    whole = (folder for folder in folders if not folder.name.startswith("."))
    return sorted(whole, key=lambda folder: (folder.name, folder.parent.name))


def _landing(folder: Path, sha256: str, told: dict[str, Any]) -> Landing:
    return Landing(
        folder=folder,
        sha256=sha256,
        source=str(told["source"]),
        kind=str(told["kind"]),
        started_at=datetime.fromisoformat(told["started_at"]),
        finished_at=datetime.fromisoformat(told["finished_at"]),
        record_kinds=tuple(told["record_kinds"]),
        rows_read=int(told["rows_read"]),
        records_read=dict(told["records_read"]),
        rejected=dict(told["rejected"]),
        origins=tuple(told["origins"]),
        cursor=told["cursor"],
        data_as_of=datetime.fromisoformat(told["data_as_of"]) if told["data_as_of"] else None,
        simulated=bool(told["simulated"]),
        suspect=bool(told.get("suspect", False)),
        contract=tuple(told.get("contract", ())),
    )
