"""What an area counts towards: its ancestors on each day, or on today's map."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from domain.area_types import (
    Area,
    AreaChange,
    AreaLink,
    AreaVersion,
    Level,
    TodayLink,
    shared_days,
)

Days = tuple[date | None, date | None]


class Family(Protocol):
    """What the links need to know of the register."""

    def get(self, area_id: str) -> Area: ...
    def parents(self, area: Area, version: AreaVersion) -> tuple[Area, ...]: ...
    def ancestors(self, area_id: str, day: date | None = None) -> dict[Level, str]: ...
    def successors(self, area_id: str) -> tuple[AreaChange, ...]: ...
    def today(self, area_id: str) -> TodayLink: ...


def then_links(family: Family, area: Area) -> list[AreaLink]:
    """One row per ancestor and unbroken time under it, widest level last."""
    spans: dict[tuple[Level, str], list[Days]] = {}
    for ancestor, days in _climb(family, area, (area.valid_from, area.valid_until)):
        held = spans.setdefault((ancestor.level, ancestor.area_id), [])
        if held and days[0] is not None and held[-1][1] == days[0]:
            held[-1] = (held[-1][0], days[1])  # a new name only: the parent stayed the same
        elif days not in held:
            held.append(days)
    return [
        AreaLink(area.area_id, level, ancestor_id, start, end, estimated=False)
        for (level, ancestor_id), held in spans.items()
        for start, end in held
    ]


def _climb(family: Family, area: Area, days: Days) -> Iterator[tuple[Area, Days]]:
    """The area and all it lies in within some days, each with the days it does."""
    yield area, days
    for version in area.versions if area.level is not Level.COUNTRY else ():
        life = shared_days(days, (version.valid_from, version.valid_until))
        for parent in family.parents(area, version) if life else ():
            shared = shared_days(life or days, (parent.valid_from, parent.valid_until))
            if shared is not None:
                yield from _climb(family, parent, shared)


def today_links(family: Family, area: Area) -> list[AreaLink]:
    """One row per level of today's map that an area's whole life counts towards.

    An area without a single successor still counts towards the province its own became.
    """
    link = family.today(area.area_id)
    if link.area_id is None:
        province = family.ancestors(area.area_id)[Level.PROVINCE]
        link = family.today(province)
    if link.area_id is None:
        return []
    doubtful = _doubtful_levels(family, area) if link.estimated else frozenset()
    return [
        AreaLink(
            area.area_id, level, ancestor_id, area.valid_from, area.valid_until, level in doubtful
        )
        for level, ancestor_id in reversed(family.ancestors(link.area_id).items())
    ]


def _doubtful_levels(family: Family, area: Area) -> frozenset[Level]:
    """The levels at which the successors of a split area lie in different areas."""
    homes: dict[Level, set[str]] = {}
    for change in family.successors(area.area_id):
        onward = family.today(change.new_id).area_id if change.new_id else None
        for level, ancestor_id in (family.ancestors(onward) if onward else {}).items():
            homes.setdefault(level, set()).add(ancestor_id)
    return frozenset(level for level, ids in homes.items() if len(ids) > 1)
