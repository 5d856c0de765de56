"""The organisations of the simulated provinces: committees at every level, and departments.

A desk is an organisation as it was called for a time, in one area. Its codes are invented in
the two orders that are in use (Decision 20/2020/QĐ-TTg wide to narrow, and the older one).
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from datasources.simulator.clock import day_number
from domain.area import Area, AreaVersion, Level, register
from domain.period import Span
from domain.vietnamese import folded

REGISTERS = Path(__file__).with_name("registers")
TWO_LEVELS = date(2025, 7, 1)
THREE_LEVELS = Span(date(2020, 1, 1), TWO_LEVELS)
SINCE_THEN = Span(TWO_LEVELS, date(9999, 1, 1))
FIRST_DISTRICT, FIRST_COMMUNE = 21, 101
ALWAYS, FOREVER = day_number(date(1990, 1, 1)), day_number(date(9999, 1, 1))


@dataclass(frozen=True)
class System:
    """The dossier system of a province of 63: whom it serves today, and how it speaks."""

    province: str
    joins: str
    code: str
    stanza: str
    dialect: str
    title_vi: str
    title_en: str


@dataclass(frozen=True)
class Department:
    """A department that every province has, the fields it answers for, and its time."""

    number: str
    name: str
    fields: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Desk:
    """One organisation under one name; valid from `first` up to, not including, `until`.

    `home` is the present-day province, `parts` the numbers of its code, wide to narrow, and
    `department` the number of a department or nothing.
    """

    system: str
    home: str
    parts: tuple[int, ...]
    name: str
    area_id: str
    area_code: str
    level: Level
    department: str
    first: int
    until: int

    @property
    def code(self) -> str:
        """Wide to narrow: H44.21.05."""
        return ".".join((self.system, *(f"{part:02d}" for part in self.parts)))

    @property
    def old_code(self) -> str:
        """Narrow to wide, filled up with zeros: 000.05.21.H44."""
        narrow = [f"{part:02d}" for part in reversed(self.parts)]
        return ".".join(["000", *["00"] * (2 - len(narrow)), *narrow, self.system])

    @property
    def two_levels(self) -> bool:
        return self.area_id.endswith(f"@{TWO_LEVELS}")


@cache
def systems() -> tuple[System, ...]:
    """The systems of the eleven old provinces that are simulated."""
    return tuple(System(**row) for row in _rows("systems.csv"))


@cache
def departments() -> tuple[Department, ...]:
    """The departments, before and after the reorganisation."""
    return tuple(
        Department(
            row["number"],
            row["name"],
            tuple(row["fields"].split()),
            _date(row["valid_from"]),
            _date(row["valid_until"]),
        )
        for row in _rows("departments.csv")
    )


def homes() -> tuple[str, ...]:
    """The codes of the present-day provinces that are simulated."""
    return tuple(system.joins for system in systems() if system.stanza)


@cache
def desks_of(home: str) -> tuple[Desk, ...]:
    """Every desk there ever was in what is today the province `home`, in the order of its code."""
    found = [desk for system in systems() if system.joins == home for desk in _of_system(system)]
    return tuple(sorted(_told_apart(found), key=lambda desk: (desk.code, desk.first, desk.name)))


def _of_system(system: System) -> Iterator[Desk]:
    old = register().get(f"{system.province}@")
    yield from _of_old_province(system, old)
    if system.stanza:
        yield from _of_new_province(system, register().get(f"{system.joins}@{TWO_LEVELS}"))


def _of_old_province(system: System, province: Area) -> Iterator[Desk]:
    yield from _at_province(system, province)
    numbers = {}
    districts = register().descendants(province.area_id, Level.DISTRICT, THREE_LEVELS)
    for number, district in enumerate(_by_code(districts), FIRST_DISTRICT):
        numbers[district.code] = number
        yield from _committee(system, district, (number,))
    communes = register().descendants(province.area_id, Level.COMMUNE, THREE_LEVELS)
    counted: dict[str, int] = defaultdict(int)
    for commune in _by_code(communes):
        district_code = str(commune.versions[0].parent_code)
        counted[district_code] += 1
        parts = (numbers[district_code], counted[district_code])
        yield from _committee(system, commune, parts)


def _of_new_province(system: System, province: Area) -> Iterator[Desk]:
    yield from _at_province(system, province)
    communes = register().descendants(province.area_id, Level.COMMUNE, SINCE_THEN)
    for number, commune in enumerate(_by_code(communes), FIRST_COMMUNE):
        yield from _committee(system, commune, (number,))


def _at_province(system: System, province: Area) -> Iterator[Desk]:
    yield from _committee(system, province, ())
    for version in province.versions:
        whole = _desk(system, province, version, (), "")
        for department in departments():
            name = f"{department.name} {version.kind} {version.name}"
            first = max(whole.first, _number(department.valid_from, ALWAYS))
            until = min(whole.until, _number(department.valid_until, FOREVER))
            if first < until:
                parts = (int(department.number),)
                named = replace(whole, parts=parts, name=name, department=department.number)
                yield replace(named, first=first, until=until)


def _committee(system: System, area: Area, parts: tuple[int, ...]) -> Iterator[Desk]:
    for version in area.versions:
        yield _desk(system, area, version, parts, f"UBND {version.kind} {version.name}")


def _desk(
    system: System, area: Area, version: AreaVersion, parts: tuple[int, ...], name: str
) -> Desk:
    return Desk(
        system=system.code,
        home=system.joins,
        parts=parts,
        name=name,
        area_id=area.area_id,
        area_code=area.code,
        level=area.level,
        department="",
        first=_number(version.valid_from, ALWAYS),
        until=_number(version.valid_until, FOREVER),
    )


def _told_apart(found: Sequence[Desk]) -> Iterator[Desk]:
    """Communes of one name in one system carry their district's name, as they do on paper."""
    bearers: dict[tuple[str, bool, str], set[str]] = defaultdict(set)
    for desk in found:
        bearers[desk.system, desk.two_levels, folded(desk.name)].add(desk.area_id)
    districts = {
        (desk.system, desk.parts): desk.name.removeprefix("UBND ")
        for desk in found
        if desk.level is Level.DISTRICT
    }
    for desk in found:
        shared = len(bearers[desk.system, desk.two_levels, folded(desk.name)]) > 1
        district = districts.get((desk.system, desk.parts[:1]))
        yield replace(desk, name=f"{desk.name}, {district}") if shared and district else desk


def _by_code(areas: Iterable[Area]) -> list[Area]:
    return sorted(areas, key=lambda area: area.code)


def _number(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day_number(day)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(name: str) -> list[dict[str, str]]:
    with (REGISTERS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
