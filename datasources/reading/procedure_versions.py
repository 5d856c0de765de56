"""Versions of procedures over time: a new one ends the one before it, whoever tells of it.

Many catalogues tell only of the version that is in force. What was in force last time is kept
beside the register of organisations, so that it can be told once more with the day it ended.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
Key = tuple[str, str]

FOLDER = Path("registers")
LANDED = "records-procedure.parquet"


def register_file(home: Path, source: str) -> Path:
    """Where the versions lie that were in force when a source was last loaded."""
    return home / FOLDER / f"procedures-{source}.parquet"


class Versions:
    """The version in force of each procedure of each owner, as far as it is known."""

    def __init__(self, known: Iterable[Row] = ()) -> None:
        self._in_force: dict[Key, Row] = {_key(row): row for row in known}
        self._lock = Lock()

    @classmethod
    def of(cls, home: Path, source: str) -> "Versions":
        """Those of a source, none where it was never loaded."""
        path = register_file(home, source)
        return cls(pq.read_table(path).to_pylist() if path.exists() else ())

    def closed(self, told: pa.Table) -> pa.Table:
        """The versions told, each ended by the one after it; and those that ended by that."""
        by_key: Mapping[Key, list[Row]] = defaultdict(list)
        for row in told.to_pylist():
            by_key[_key(row)].append(row)
        with self._lock:
            rows = [row for key, versions in by_key.items() for row in self._ended(key, versions)]
        return pa.Table.from_pylist(rows, schema=told.schema)

    @property
    def in_force(self) -> list[Row]:
        """The versions that nothing has ended, in the order of their codes."""
        return [self._in_force[key] for key in sorted(self._in_force)]

    def _ended(self, key: Key, told: list[Row]) -> list[Row]:
        known = self._in_force.get(key)
        days = {row["valid_from"] for row in told}
        earlier = [known] if known is not None and known["valid_from"] not in days else []
        line = sorted([*earlier, *told], key=lambda row: row["valid_from"])
        for row, following in pairwise(line):
            begins = following["valid_from"]
            if row["valid_until"] is None and row["valid_from"] < begins:
                row["valid_until"] = begins
        self._remember(key, line[-1])
        return [*told, *(row for row in earlier if row["valid_until"] is not None)]

    def _remember(self, key: Key, last: Row) -> None:
        if last["valid_until"] is None:
            self._in_force[key] = dict(last)
        else:
            self._in_force.pop(key, None)


def remember(home: Path, folder: Path) -> None:
    """Keep what is in force after the batch in a landed folder was loaded."""
    landed = folder / LANDED
    if not landed.exists():
        return
    source = folder.parent.name
    versions, table = Versions.of(home, source), pq.read_table(landed)
    versions.closed(table)
    path = register_file(home, source)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.part")
    pq.write_table(pa.Table.from_pylist(versions.in_force, schema=table.schema), half)
    half.replace(path)


def _key(row: Row) -> Key:
    return row["procedure_code"], row["owner_area"]
