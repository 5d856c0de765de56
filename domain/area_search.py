"""Finding areas by what people type: names without accents, with other tone marks, or codes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from domain.area_types import Area, Level
from domain.vietnamese import SortKey, canonical, folded, sort_key


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """An area found, under the name that matched.

    `successor_id` is the area of today's map that an ended area became; None for an area that
    still is, and for a district that became no single area.
    """

    area: Area
    name: str
    successor_id: str | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name an area has or had, folded for comparison."""

    area: Area
    full_name: str
    bare: str
    full: str
    words: str


class AreaIndex:
    """Every name of every area. `around` tells the names of what an area lies in."""

    def __init__(self, areas: Iterable[Area], around: Callable[[Area], Sequence[str]]) -> None:
        self._entries = [entry for area in areas for entry in _entries(area, around(area))]

    def found(
        self, text: str, level: Level | None, allowed: Callable[[Area], bool], limit: int
    ) -> list[tuple[Area, str]]:
        """Areas and the names that matched, best first, each area once."""
        wanted = folded(text)
        if not wanted:
            return []
        accented = canonical(text) if canonical(text) != wanted else ""
        hits = [
            (rank, entry)
            for entry in self._entries
            if (level is None or entry.area.level is level)
            and (rank := _rank(entry, wanted)) is not None
        ]
        hits.sort(key=lambda hit: _order(hit[0], hit[1], accented))
        best: dict[str, tuple[Area, str]] = {}
        for _, entry in hits:
            if entry.area.area_id not in best and allowed(entry.area):
                best[entry.area.area_id] = (entry.area, entry.full_name)
                if len(best) == limit:
                    break
        return list(best.values())


def _entries(area: Area, around: Sequence[str]) -> Iterable[_Entry]:
    outer = " ".join(folded(name) for name in around)
    for version in {version.full_name: version for version in area.versions}.values():
        full = folded(version.full_name)
        yield _Entry(area, version.full_name, folded(version.name), full, f" {full} {outer}")


def _rank(entry: _Entry, wanted: str) -> int | None:
    """How well a name fits: code, whole name, its beginning, its words, words around it."""
    if entry.area.code.casefold() == wanted:
        return 0
    if wanted in (entry.bare, entry.full):
        return 1
    if entry.bare.startswith(wanted) or entry.full.startswith(wanted):
        return 2
    words = wanted.split()
    if not all(f" {word}" in entry.words for word in words):
        return None
    return 3 if all(f" {word}" in f" {entry.full}" for word in words) else 4


def _order(rank: int, entry: _Entry, accented: str) -> tuple[int, bool, bool, int, SortKey, str]:
    """Better ranks first; then the accents typed, areas that still are, wider ones, the name."""
    area = entry.area
    same = set(accented.split()) <= set(canonical(entry.full_name).split())
    ended = area.valid_until is not None
    return (rank, not same, ended, area.level.depth, sort_key(area.name), area.area_id)
