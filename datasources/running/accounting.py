"""What became of a batch, in sentences: rows read, and each record new, changed … or rejected."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow.parquet as pq

from datasources.reading.landed import read_landed
from domain.dossier import VIETNAM

MANY = 5
ROWS_SHOWN = 3


class Counts(Protocol):
    """Records by what became of them; `read` is the sum of the others."""

    @property
    def read(self) -> int: ...
    @property
    def new(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def duplicate(self) -> int: ...
    @property
    def rejected(self) -> int: ...


def accounting(source: str, rows: int, counts: Counts, data_as_of: datetime | None) -> str:
    """One line that adds up: "permits: 8577 rows, 1434 records = 1434 new + …"."""
    if not rows and not counts.read:
        return f"{source}: nothing new"
    parts = " + ".join(
        f"{getattr(counts, name)} {name}"
        for name in ("new", "changed", "unchanged", "duplicate", "rejected")
    )
    reach = f"; data up to {data_as_of.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if data_as_of else ""
    return f"{source}: {rows} rows, {counts.read} records = {parts}{reach}"


def remarks(folder: Path) -> Iterator[str]:
    """What else a person should know of a landed batch: its notes, and why records were refused."""
    yield from read_landed(folder).manifest["contract"]
    yield from refusals(folder)


def refusals(folder: Path) -> Iterator[str]:
    """The commonest reasons for refusals, each with the first rows it was found in."""
    table = pq.read_table(folder / "rejected.parquet").to_pylist()
    rows: dict[tuple[str, str], list[int]] = {}
    for one in table:
        rows.setdefault((one["field"], one["reason"]), []).append(one["row"])
    commonest = sorted(rows.items(), key=lambda one: -len(one[1]))
    for (field, reason), numbers in commonest[:MANY]:
        first = ", ".join(str(number) for number in numbers[:ROWS_SHOWN])
        more = " …" if len(numbers) > ROWS_SHOWN else ""
        yield f"{len(numbers)} rejected: {f'{field} ' if field else ''}{reason} (row {first}{more})"
    if len(commonest) > MANY:
        yield f"and {len(commonest) - MANY} more reasons"
