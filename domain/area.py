"""The area register: which territory held a code on a day, what it lay in, what it became.

Source: codes and names of the statistics office since November 2021, and the resolutions of
2025 and 2026 that changed them (registers/areas.csv, registers/area_changes.csv).
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from domain.area_files import COUNTRY, ChangeRow, read_areas, read_changes
from domain.area_hints import did_you_mean, hint_for_code
from domain.area_links import then_links, today_links
from domain.area_search import AreaIndex, AreaMatch
from domain.area_succession import Succession
from domain.area_types import (
    COUNTRY_CODE,
    COUNTRY_ID,
    Area,
    AreaChange,
    AreaLink,
    AreaVersion,
    Boundaries,
    Level,
    TodayLink,
    level_of,
    shared_days,
)
from domain.errors import AreaError, nearest
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from domain.vietnamese import sort_key

__all__ = [
    "COUNTRY_CODE",
    "COUNTRY_ID",
    "Area",
    "AreaChange",
    "AreaLink",
    "AreaMatch",
    "AreaRegister",
    "AreaVersion",
    "Boundaries",
    "Level",
    "TodayLink",
    "level_of",
    "register",
]

REGISTERS = Path(__file__).with_name("registers")


@lru_cache(maxsize=1)
def register() -> "AreaRegister":
    """The shipped register, read once per process."""
    changes = REGISTERS / "area_changes.csv"
    with _no_collecting():
        return AreaRegister(read_areas(REGISTERS / "areas.csv"), lambda: read_changes(changes))


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Hold the garbage collector back.

    30,000 new objects that all stay would wake it again and again to walk everything else a
    process holds, which takes longer than reading them.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class AreaRegister:
    """Areas by id, code, day and name, with their parents, children and successors.

    `changes` is read when it is first needed. Areas come sorted as Vietnamese sorts names.
    """

    def __init__(
        self, areas: Iterable[Area], changes: Callable[[], Iterable[ChangeRow]] = tuple
    ) -> None:
        self._areas: dict[str, Area] = {COUNTRY_ID: COUNTRY}
        self._areas.update((area.area_id, area) for area in areas)
        self._by_code: dict[str, list[Area]] = {}
        for area in self._areas.values():
            self._by_code.setdefault(area.code, []).append(area)
        self._succession = Succession(changes, self.at)

    @property
    def areas(self) -> Mapping[str, Area]:
        """Every area by its id, the country first."""
        return self._areas

    def get(self, area_id: str) -> Area:
        """The area with an id such as "25@2025-07-01". Raises AreaError."""
        if area_id not in self._areas:
            code, _, _ = area_id.partition("@")
            ids = [area.area_id for area in self._by_code.get(code, ())]
            known = ids or nearest(area_id, self._areas)
            raise AreaError(f"There is no area '{area_id}'.{did_you_mean(known)}")
        return self._areas[area_id]

    def at(self, code: str, day: date) -> Area:
        """The area that held a code on a day. Raises AreaError with the nearest ones."""
        for area in self._by_code.get(code, ()):
            if area.is_valid(day):
                return area
        hint = hint_for_code(self, code, day)
        raise AreaError(f"No area has the code '{code}' on {day:%d/%m/%Y}.{hint}")

    def resolve(self, text: str, last_day: date) -> Area:
        """The area of "CODE" on `last_day`, of "CODE@YYYY-MM-DD" on that day, or of an id.

        Raises AreaError.
        """
        code, dated, day = text.strip().partition("@")
        if dated and not day:
            return self.get(text.strip())
        try:
            return self.at(code, date.fromisoformat(day) if dated else last_day)
        except ValueError as error:
            raise AreaError(f"'{day}' is not a date. Write {code}@YYYY-MM-DD.") from error

    def roots(self, day: date) -> tuple[Area, ...]:
        """The provinces of a day."""
        return self.children(COUNTRY_ID, day)

    def children(self, area_id: str, day: date) -> tuple[Area, ...]:
        """What lies directly in an area on a day; nothing once the area has ended."""
        area = self.get(area_id)
        if not area.is_valid(day):
            return ()
        children = self._children[area.code]
        return _sorted(
            child
            for child in children
            if child.is_valid(day) and child.version(day).parent_code == _parent_key(area)
        )

    def ancestors(self, area_id: str, day: date | None = None) -> dict[Level, str]:
        """The area itself and what it lies in, by level, the country first.

        On a day, or the nearest day of the area's life; on its last without a day.
        """
        area = self.get(area_id)
        chain = [area]
        while chain[-1].level is not Level.COUNTRY:
            chain.append(self._parent(chain[-1], day))
        return {one.level: one.area_id for one in reversed(chain)}

    def descendants(self, area_id: str, level: Level, span: Span) -> tuple[Area, ...]:
        """The areas of a level that lie in an area on some day of a span, itself included."""
        found: dict[str, Area] = {}
        self._collect(self.get(area_id), level, (span.start, span.end), found)
        return _sorted(found.values())

    @property
    def changes(self) -> tuple[AreaChange, ...]:
        """Every legal change, in the order of the register."""
        return self._succession.changes

    def successors(self, area_id: str) -> tuple[AreaChange, ...]:
        """What an area became, the default first; nothing for an area that still is."""
        return self._succession.by_old.get(self.get(area_id).area_id, ())

    def predecessors(self, area_id: str) -> tuple[AreaChange, ...]:
        """What an area was made of."""
        return self._succession.by_new.get(self.get(area_id).area_id, ())

    def today(self, area_id: str) -> TodayLink:
        """The area of today's map that an area's history is restated onto.

        An area that was split goes whole to its main successor, and is estimated. An area that
        ended without a single successor (a district; a commune merged before 2025) has none.
        """
        area = self.get(area_id)
        if area.valid_until is None:
            return TodayLink(area_id, estimated=False)
        default = next((one for one in self.successors(area_id) if one.is_default), None)
        if default is None or default.new_id is None:
            return TodayLink(None, estimated=False)
        onward = self.today(default.new_id)
        return TodayLink(onward.area_id, onward.estimated or default.part == "part")

    def heir(self, area_id: str) -> Area | None:
        """Who answers for what is still open in an area when it ends; None while it lives.

        Its main successor, or, where the law names none (a district; a commune merged before
        2025), what it lay in when it ended.
        """
        area = self.get(area_id)
        if area.valid_until is None:
            return None
        default = next((one for one in self.successors(area_id) if one.is_default), None)
        if default is not None and default.new_id is not None:
            return self.get(default.new_id)
        return self._parent(area, None)

    def closure(self, boundaries: Boundaries) -> Iterator[AreaLink]:
        """For every area one row per ancestor, its own level and the country included.

        THEN: by the parent valid on the day, so an area that changed its parent has several
        rows of a level, that never overlap. TODAY: the whole life of an area towards today's
        commune, province and country.
        """
        links = then_links if boundaries is Boundaries.THEN else today_links
        for area in self._areas.values():
            yield from links(self, area)

    def belongs_to(self, area_id: str) -> frozenset[str]:
        """The area and all it ever lay in, then or on today's map."""
        area = self.get(area_id)
        links = (*then_links(self, area), *today_links(self, area))
        return frozenset(link.ancestor_id for link in links)

    def search(
        self,
        text: str,
        *,
        within: str | None = None,
        level: Level | None = None,
        scope: Scope = EVERYTHING,
        limit: int = 20,
    ) -> tuple[AreaMatch, ...]:
        """Areas by name or code, best first: accents, case and the place of tones do not matter.

        Former names and ended areas are found too, and say what they became. Words may add
        what the area lies in: "hoa binh vinh long". Only what a scope allows is found.
        """

        def allowed(area: Area) -> bool:
            lies_within = within is None or within in self.belongs_to(area.area_id)
            return lies_within and scope.allows(area.area_id, self)

        found = self._index.found(text, level, allowed, limit)
        return tuple(self._match(area, name) for area, name in found)

    def parents(self, area: Area, version: AreaVersion) -> tuple[Area, ...]:
        """The areas that held a version's parent code while the version lasted."""
        if area.level is Level.PROVINCE:
            return (COUNTRY,)
        held = self._by_code.get(version.parent_code or "", ())
        life = (version.valid_from, version.valid_until)
        return tuple(
            parent for parent in held if shared_days((parent.valid_from, parent.valid_until), life)
        )

    def _parent(self, area: Area, day: date | None) -> Area:
        version = area.version(day)
        parents = self.parents(area, version)
        if not parents:
            raise AreaError(
                f"{area.area_id} lies in '{version.parent_code}', which held no area then."
            )
        if day is None:
            return parents[-1]
        return next((parent for parent in parents if parent.is_valid(day)), parents[0])

    @cached_property
    def _children(self) -> Mapping[str, tuple[Area, ...]]:
        """Areas by the code of a parent they have or had, the provinces by the country's."""
        children: dict[str, dict[str, Area]] = defaultdict(dict)
        for area in self._areas.values():
            for version in area.versions:
                if area.level is not Level.COUNTRY:
                    children[version.parent_code or COUNTRY_CODE][area.area_id] = area
        return defaultdict(tuple, {code: tuple(held.values()) for code, held in children.items()})

    def _collect(
        self,
        area: Area,
        level: Level,
        days: tuple[date | None, date | None],
        found: dict[str, Area],
    ) -> None:
        """Add the descendants of a level that lie in an area on some of the days."""
        life = shared_days(days, (area.valid_from, area.valid_until))
        if life is None:
            return
        if area.level is level:
            found[area.area_id] = area
            return
        for child in self._children[area.code] if area.level.depth < level.depth else ():
            for version in child.versions:
                shared = shared_days(life, (version.valid_from, version.valid_until))
                if shared and version.parent_code == _parent_key(area):
                    self._collect(child, level, shared, found)

    @cached_property
    def _index(self) -> AreaIndex:
        return AreaIndex(self._areas.values(), self._names_around)

    def _names_around(self, area: Area) -> list[str]:
        ids = self.ancestors(area.area_id).values()
        return [self._areas[one].name for one in ids if one not in (area.area_id, COUNTRY_ID)]

    def _match(self, area: Area, name: str) -> AreaMatch:
        link = self.today(area.area_id)
        ended = area.valid_until is not None
        return AreaMatch(area, name, link.area_id if ended else None, link.estimated)


def _parent_key(area: Area) -> str | None:
    """How children write their parent: a province writes none."""
    return None if area.level is Level.COUNTRY else area.code


def _sorted(areas: Iterable[Area]) -> tuple[Area, ...]:
    return tuple(sorted(areas, key=lambda area: (sort_key(area.name), area.code)))
