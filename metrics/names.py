"""What the codes of a dimension are called, and which of them anything was counted for."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.scope import Scope
from domain.vietnamese import folded, sort_key
from metrics.contents import dimension_values, told_names
from metrics.selection import By
from store import Snapshot

NAMED = (By.ORGANISATION, By.PROCEDURE, By.FIELD)
"""The dimensions whose codes need names; those of channels are words of the interface."""


@dataclass(frozen=True)
class Named:
    """A value of a dimension: its code, what it is called, and what it lies in, if that is told.

    Without a name it goes by its code.
    """

    code: str
    name: str
    within: str = ""

    @property
    def sought(self) -> str:
        """What it is found by, folded."""
        return f" {folded(self.name)} {folded(self.within)} {folded(self.code)} "


def named(snapshot: Snapshot, dimension: By, code: str) -> Named:
    """One value with its name, whether or not anything was counted for it."""
    names = told_names(snapshot).get(dimension, {})
    return Named(code, names.get(code, code), _within(code, names))


def known(snapshot: Snapshot, dimension: By, scope: Scope) -> tuple[Named, ...]:
    """Every value of a dimension that the scope allows, in Vietnamese order of the names."""
    codes = dimension_values(snapshot)[dimension]
    found = [
        named(snapshot, dimension, code)
        for code in codes
        if dimension is not By.ORGANISATION or scope.allows_organisation(code)
    ]
    return tuple(sorted(found, key=lambda one: (sort_key(one.name), sort_key(one.within))))


def found(text: str, among: tuple[Named, ...], limit: int) -> list[Named]:
    """Values whose name or code holds every word typed, accents not mattering; first as listed."""
    words = [f" {word}" for word in folded(text).split()]
    fitting = (one for one in among if all(word in one.sought for word in words))
    return [one for one, _ in zip(fitting, range(limit), strict=False)]


def _within(code: str, names: Mapping[str, str]) -> str:
    """The nearest organisation above that has a name: H44.05 of H44.05.1."""
    above = code.rpartition(".")[0]
    while above:
        if above in names:
            return names[above]
        above = above.rpartition(".")[0]
    return ""
