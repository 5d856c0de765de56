"""Organisations: their codes in two orders, and the register a province keeps of them.

Codes follow Decision 20/2020/QĐ-TTg, from wide to narrow ("H44.18"); older systems write them
from narrow to wide with empty groups ("000.00.18.H44"). The order is told by the shape of a
code, never by a position in it.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.area import AreaRegister, Level, register
from domain.errors import AreaError, RecordError, UnknownNameError
from domain.vietnamese import canonical, folded

OLD_ORDER = re.compile(r"(?:\d{2,3}\.){1,3}[A-Z]\d{2}")
NEW_ORDER = re.compile(r"[A-Z]\d{2}(?:\.\d{1,3}){0,3}")
COLUMNS = ["code", "name", "area_code", "level", "kind", "valid_from", "valid_until"]


def normalise_code(text: str) -> str:
    """An organisation's code from wide to narrow without empty groups.

    "000.00.18.H44" and "H44.18" are both "H44.18". Raises RecordError.
    """
    code = text.strip().upper()
    if OLD_ORDER.fullmatch(code):
        groups = code.split(".")[::-1]
    elif NEW_ORDER.fullmatch(code):
        groups = code.split(".")
    else:
        raise RecordError(
            f"'{text}' is not an organisation code. Codes look like H44.18 or 000.00.18.H44."
        )
    return ".".join(group for group in groups if group.strip("0"))


@dataclass(frozen=True)
class Organisation:
    """A department or People's Committee; from `valid_from` until before `valid_until`."""

    code: str
    name: str
    area_code: str
    level: Level
    kind: str
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid(self, day: date) -> bool:
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_until is None or day < self.valid_until)


class OrganisationRegister:
    """Organisations by code and by name, on a day."""

    def __init__(self, rows: Iterable[Organisation], areas: AreaRegister | None = None) -> None:
        self._areas = areas
        self._by_code: Mapping[str, list[Organisation]] = defaultdict(list)
        self._by_name: Mapping[str, list[Organisation]] = defaultdict(list)
        for row in rows:
            self._by_code[row.code].append(row)
            self._by_name[_name_key(row.name)].append(row)

    def by_code(self, code: str, day: date) -> Organisation:
        """The organisation that holds a code, in either order. Raises UnknownNameError."""
        normal = normalise_code(code)
        for organisation in self._by_code.get(normal, ()):
            if organisation.is_valid(day):
                return organisation
        raise UnknownNameError("organisation", normal, self._by_code)

    def by_name(self, name: str, day: date, within_province: str | None = None) -> Organisation:
        """The one organisation of a name, accents and "UBND" for the full words not mattering.

        Of several that differ by accents alone it is the one written the same.

        `within_province` is a province's code. Raises UnknownNameError for none, RecordError
        for several: a name that repeats needs its province or its code.
        """
        found = [
            organisation
            for organisation in self._by_name.get(_name_key(name), ())
            if organisation.is_valid(day)
            and (within_province is None or self._province(organisation, day) == within_province)
        ]
        if not found:
            raise UnknownNameError("organisation", name, (row.name for row in self._rows()))
        if len(found) > 1:  # "Lộc Thành" and "Lộc Thạnh" lie in one district
            written = _written_key(name)
            exact = [
                organisation for organisation in found if _written_key(organisation.name) == written
            ]
            found = exact or found
        if len(found) > 1:
            codes = ", ".join(sorted(organisation.code for organisation in found))
            raise RecordError(f"{len(found)} organisations are called '{name}': {codes}.")
        return found[0]

    def _rows(self) -> Iterable[Organisation]:
        return (row for rows in self._by_code.values() for row in rows)

    def _province(self, organisation: Organisation, day: date) -> str | None:
        areas = register() if self._areas is None else self._areas
        try:
            area = areas.at(organisation.area_code, day)
        except AreaError:
            return None
        province = areas.ancestors(area.area_id, day).get(Level.PROVINCE)
        return None if province is None else areas.get(province).code


def _name_key(name: str) -> str:
    return folded(name).replace("uy ban nhan dan", "ubnd")


def _written_key(name: str) -> str:
    """The same with accents, for names that differ in nothing else."""
    return canonical(name).replace(canonical("Ủy ban nhân dân"), "ubnd")


def load_organisations(path: Path, areas: AreaRegister | None = None) -> OrganisationRegister:
    """The register of a CSV file. Raises RecordError naming file and line."""
    return OrganisationRegister(read_organisations(path), areas)


def read_organisations(path: Path) -> list[Organisation]:
    """The organisations of a CSV file. Raises RecordError naming file and line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            raise RecordError(f"{path}: the first line must read {','.join(COLUMNS)}.")
        return [_organisation(row, f"{path}, line {rows.line_num}") for row in rows]


def _organisation(row: Mapping[str, str | None], place: str) -> Organisation:
    if None in row or None in row.values():
        raise RecordError(f"{place}: a line has {len(COLUMNS)} fields, {','.join(COLUMNS)}.")
    fields = {column: str(row[column]).strip() for column in COLUMNS}
    try:
        return Organisation(
            normalise_code(fields["code"]),
            fields["name"],
            fields["area_code"],
            Level(fields["level"]),
            fields["kind"],
            _day(fields["valid_from"]),
            _day(fields["valid_until"]),
        )
    except (RecordError, ValueError) as error:
        raise RecordError(f"{place}: {error}") from error


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
