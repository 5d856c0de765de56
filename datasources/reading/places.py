"""From what sources write to areas and organisations: by code, or by name inside a province.

A code alone names no area: most codes of the map of 2025 had belonged to another territory.
So every look-up takes the day of the record. A value that fits nothing is refused with the
nearest right ones, and is itself never repeated: it may be anything, a person's name too.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.area import Area, AreaRegister, Level
from domain.errors import AreaError, RecordError, UnknownNameError
from domain.organisation import OrganisationRegister
from domain.vietnamese import canonical, folded

EPOCH = date(1970, 1, 1)
CODE = re.compile(r"(?:\d{2}|\d{3}|\d{5})(?:@\d{4}-\d{2}-\d{2})?")
COMMITTEES = ("uy ban nhan dan ", "ubnd ", "hdnd ubnd ")
SHORT_KINDS: Mapping[str, str] = {
    "tp": "thanh pho", "tx": "thi xa", "tt": "thi tran", "h": "huyen", "q": "quan",
    "p": "phuong", "x": "xa", "dk": "dac khu", "t": "tinh",
}  # fmt: skip
SUGGESTED = 50

Days = NDArray[np.int64]
Key = TypeVar("Key")
Found = TypeVar("Found")


class PlaceError(RecordError):
    """A value that names no area or organisation; says which are near, and not the value."""


def _remembered(known: dict[Key, Found | PlaceError], key: Key, find: Callable[[], Found]) -> Found:
    """What is known under a key, looked up once; a refusal is remembered too, and raised."""
    if key not in known:
        try:
            known[key] = find()
        except PlaceError as error:
            known[key] = error
    found = known[key]
    if isinstance(found, PlaceError):
        raise found
    return found


@dataclass
class Areas:
    """Looks areas up for one source. `within` is the code of the province that names lie in."""

    register: AreaRegister
    within: str | None = None

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, int], str | PlaceError] = {}
        self._names: dict[int, Mapping[str, frozenset[str]]] = {}
        self._suggestions = 0

    def area_id(self, text: str, day: date) -> str:
        """The id of the area that a code or a name means on a day. Raises PlaceError."""
        key = (text, self.edition(day))
        return _remembered(self._known, key, lambda: self._find(text.strip(), day))

    def edition(self, day: date) -> int:
        """The number of the stretch of days, with one unchanged map, that a day falls in."""
        return int(np.searchsorted(self.changes, (day - EPOCH).days, side="right"))

    def editions(self, days: Days) -> Days:
        """The same for many days since 1970."""
        return np.searchsorted(self.changes, days, side="right").astype(np.int64)

    def _find(self, text: str, day: date) -> str:
        if CODE.fullmatch(text) or text == "VN":
            try:
                return self.register.resolve(text, day).area_id
            except AreaError:
                raise self._unknown(text, day) from None
        found = self._named(text, day)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise PlaceError("is the name of several areas; give its code")
        raise self._unknown(text, day)

    def _named(self, text: str, day: date) -> frozenset[str]:
        names, wanted = self._names_on(day), _plain(text)
        found = names.get(wanted, frozenset())
        if len(found) > 1:
            accented = canonical(text)
            exact = {one for one in found if self._ends_with(one, accented, day)}
            found = frozenset(exact) or found
        return found

    def _ends_with(self, area_id: str, accented: str, day: date) -> bool:
        name = canonical(self.register.get(area_id).version(day).name)
        return f" {accented}".endswith(f" {name}")

    def _names_on(self, day: date) -> Mapping[str, frozenset[str]]:
        edition = self.edition(day)
        if edition not in self._names:
            names: dict[str, set[str]] = defaultdict(set)
            for area in self._candidates(day):
                version = area.version(day)
                names[folded(version.name)].add(area.area_id)
                names[folded(version.full_name)].add(area.area_id)
            self._names[edition] = {name: frozenset(ids) for name, ids in names.items()}
        return self._names[edition]

    def _candidates(self, day: date) -> list[Area]:
        """The province that names lie in and all in it; every province where none is set."""
        if self.within is None:
            return list(self.register.roots(day))
        try:
            areas = [self.register.at(self.within, day)]
        except AreaError:
            return []
        for area in areas:
            if area.level is not Level.COMMUNE:
                areas.extend(self.register.children(area.area_id, day))
        return areas

    def _unknown(self, text: str, day: date) -> PlaceError:
        """The refusal with the three nearest areas, worked out for so many values and no more."""
        place = f"of province {self.within}" if self.within else "of the register"
        fact = f"is no area {place} on {day:%d/%m/%Y}"
        self._suggestions += 1
        if self._suggestions > SUGGESTED:
            return PlaceError(fact)
        areas = {_plain(area.version(day).name): area for area in self._candidates(day)}
        areas |= {area.code: area for area in areas.values()}
        near = [areas[name] for name in get_close_matches(_plain(text), areas, n=3, cutoff=0.3)]
        shown = dict.fromkeys(f"{area.code} ({area.version(day).full_name})" for area in near)
        return PlaceError(f"{fact}; nearest: {', '.join(shown)}" if shown else fact)

    @property
    def changes(self) -> Days:
        """Every day, since 1970, on which some area began, ended or changed."""
        return _change_days(self.register)


@lru_cache(maxsize=2)
def _change_days(register: AreaRegister) -> Days:
    versions = (one for area in register.areas.values() for one in area.versions)
    days = {day for one in versions for day in (one.valid_from, one.valid_until) if day}
    return np.array(sorted((day - EPOCH).days for day in days), dtype=np.int64)


def _plain(text: str) -> str:
    """A name for comparing: no accents, no "UBND", kinds written out."""
    name = folded(text)
    for committee in COMMITTEES:
        name = name.removeprefix(committee)
    first, space, rest = name.partition(" ")
    return f"{SHORT_KINDS[first]} {rest}" if space and first in SHORT_KINDS else name


@dataclass
class Organisations:
    """Looks organisations up for one source, with the area each acts in.

    `days` are the days on which some organisation began or ended.
    """

    register: OrganisationRegister
    areas: Areas
    days: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, str | None, int], tuple[str, str] | PlaceError] = {}
        numbers = [(day - EPOCH).days for day in self.days]
        self._changes = np.unique(np.concatenate([self.areas.changes, np.array(numbers, np.int64)]))

    def editions(self, days: Days) -> Days:
        """The number of the stretch of unchanged organisations and areas of each day since 1970."""
        return np.searchsorted(self._changes, days, side="right").astype(np.int64)

    def by_code(self, text: str, day: date) -> tuple[str, str]:
        """The code, wide to narrow, and the area's id. Raises PlaceError."""
        return self._cached(text, None, day, self._find_code)

    def is_called(self, code: str, name: str, day: date) -> bool:
        """Whether an organisation, by its code, has a name on a day, accents not mattering."""
        try:
            return _committee(self.register.by_code(code, day).name) == _committee(name)
        except (RecordError, UnknownNameError):
            return False

    def by_name(self, text: str, province: str | None, day: date) -> tuple[str, str]:
        """The same for a name inside a province, given by its code. Raises PlaceError."""
        return self._cached(text, province, day, self._find_name)

    def _cached(
        self,
        text: str,
        province: str | None,
        day: date,
        find: Callable[[str, str | None, date], tuple[str, str]],
    ) -> tuple[str, str]:
        key = (text, province, int(self.editions(np.array([(day - EPOCH).days]))[0]))
        return _remembered(self._known, key, lambda: find(text, province, day))

    def _find_code(self, text: str, _: str | None, day: date) -> tuple[str, str]:
        try:
            one = self.register.by_code(text, day)
        except UnknownNameError as error:
            raise _unknown_organisation(error) from None
        except RecordError:
            raise PlaceError("is no organisation code such as H44.18") from None
        return one.code, self.areas.area_id(one.area_code, day)

    def _find_name(self, text: str, province: str | None, day: date) -> tuple[str, str]:
        try:
            one = self.register.by_name(text, day, province)
        except UnknownNameError as error:
            raise _unknown_organisation(error) from None
        except RecordError:
            raise PlaceError("is the name of several organisations") from None
        return one.code, self.areas.area_id(one.area_code, day)


def _committee(name: str) -> str:
    return folded(name).replace("uy ban nhan dan", "ubnd")


def _unknown_organisation(error: UnknownNameError) -> PlaceError:
    near = error.message.removeprefix(f"There is no organisation '{error.name}'.").strip()
    fact = "is no organisation of config/organisations.csv"
    return PlaceError(f"{fact}. {near}" if near else fact)
