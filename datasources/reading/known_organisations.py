"""The organisations that names and codes are looked up in: what was collected, and what people say.

`registers/organisations.csv` is written from the catalogues that were collected;
`config/organisations.csv` is kept by people and has the last word on every code it holds.
"""

import csv
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from domain.area import AreaRegister
from domain.organisation import (
    COLUMNS,
    Organisation,
    OrganisationRegister,
    read_organisations,
)

OURS = Path("config", "organisations.csv")
COLLECTED = Path("registers", "organisations.csv")
LANDED = "records-organisation.parquet"

Row = dict[str, str]


def known_organisations(
    home: Path, areas: AreaRegister
) -> tuple[OrganisationRegister, tuple[date, ...]]:
    """The register of a home, and the days on which something in it began or ended.

    Raises RecordError naming file and line.
    """
    ours = _organisations(home / OURS)
    held = {one.code for one in ours}
    rows = [*ours, *(one for one in _organisations(home / COLLECTED) if one.code not in held)]
    days = {day for one in rows for day in (one.valid_from, one.valid_until) if day is not None}
    return OrganisationRegister(rows, areas), tuple(sorted(days))


def remember(home: Path, folder: Path) -> int:
    """Add the organisations of a landed folder to the register; how many it held."""
    landed = folder / LANDED
    if not landed.exists():
        return 0
    new = [row for one in pq.read_table(landed).to_pylist() if (row := _row(one))]
    if new:
        kept = {_key(row): row for row in _rows(home / COLLECTED)}
        kept |= {_key(row): row for row in new}
        _write(home / COLLECTED, sorted(kept.values(), key=_key))
    return len(new)


def _organisations(path: Path) -> list[Organisation]:
    return read_organisations(path) if path.exists() else []


def _row(one: dict[str, Any]) -> Row | None:
    """A line of the register; none where the area is not known, for it could place nothing."""
    if not one["area"] or not one["level"]:
        return None
    first, until = one["valid_from"], one["valid_until"]
    return {
        "code": one["organisation_code"],
        "name": one["name"],
        "area_code": one["area"].partition("@")[0],
        "level": one["level"],
        "kind": one["kind"],
        "valid_from": "" if first == date.min else first.isoformat(),
        "valid_until": until.isoformat() if until else "",
    }


def _key(row: Row) -> tuple[str, str]:
    return row["code"], row["valid_from"]


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Iterable[Row]) -> None:
    """The whole file or the one before it, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.part")
    with half.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    half.replace(path)
