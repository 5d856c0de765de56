"""Reading the area registers: versions into areas, links as they are written."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from domain.area_types import (
    COUNTRY_CODE,
    COUNTRY_ID,
    Area,
    AreaVersion,
    Level,
    level_of,
)
from domain.errors import AreaError

NEW_MAP = date(2025, 7, 1)
"""The day two levels replaced three, and codes were given to other territories."""

COUNTRY = Area(
    COUNTRY_ID, COUNTRY_CODE, Level.COUNTRY, (AreaVersion("Việt Nam", "", None, None, None),)
)


class ChangeRow(NamedTuple):
    """One line of area_changes.csv. The codes are those of the day before and of the day."""

    effective_from: str
    old_code: str
    new_code: str
    change_kind: str
    part: str
    is_default: str
    legal_basis: str
    share_note: str


def read_areas(path: Path) -> Iterator[Area]:
    """The areas of a register file, each with its versions oldest first.

    The file holds one line per version, sorted by code and beginning. Raises AreaError
    naming the line.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        code, versions = "", list[AreaVersion]()
        days: dict[str, date | None] = {"": None}
        for row in rows:
            try:
                row_code, start, end, kind, name, parent = row
                version = AreaVersion(
                    name, kind, parent or None, _day(start, days), _day(end, days)
                )
            except ValueError as error:
                raise AreaError(f"{path.name}, line {rows.line_num}: {error}.") from error
            if row_code != code:
                yield from _areas(code, versions)
                code, versions = row_code, []
            versions.append(version)
        yield from _areas(code, versions)


def read_changes(path: Path) -> Iterator[ChangeRow]:
    """The lines of a change file, in their order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        yield from map(ChangeRow._make, rows)


def _day(text: str, known: dict[str, date | None]) -> date | None:
    """A day from its text; the few that occur are read once."""
    if text not in known:
        known[text] = date.fromisoformat(text)
    return known[text]


def _areas(code: str, versions: list[AreaVersion]) -> Iterator[Area]:
    """The areas that held one code, one after the other.

    A gap or the change of maps ends an area: whoever holds the code next is another territory.
    """
    if not versions:
        return
    level = level_of(code)
    run = [versions[0]]
    for before, after in pairwise(versions):
        if after.valid_from != before.valid_until or after.valid_from == NEW_MAP:
            yield _area(code, level, run)
            run = []
        run.append(after)
    yield _area(code, level, run)


def _area(code: str, level: Level, versions: Iterable[AreaVersion]) -> Area:
    held = tuple(versions)
    return Area(f"{code}@{held[0].valid_from or ''}", code, level, held)
