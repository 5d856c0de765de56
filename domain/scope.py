"""Scope: the areas and organisations whose figures a person may see."""

from dataclasses import dataclass
from typing import Protocol


class Lineage(Protocol):
    """What a scope needs to know of the area register."""

    def belongs_to(self, area_id: str) -> frozenset[str]:
        """The area itself and everything it lies in, on any day and on today's map."""


@dataclass(frozen=True)
class Scope:
    """Areas and organisations with all that lies in them; None is everything, empty is nothing.

    Both hold at once: a figure is within the scope if its area is, and it counts only what the
    organisations did. Counts above zero and below `least` are withheld; 0 withholds nothing.
    """

    areas: frozenset[str] | None
    organisations: frozenset[str] | None = None
    least: int = 0

    def allows(self, area_id: str, register: Lineage) -> bool:
        """Whether the area is one of the scope's, or lies or lay in one of them."""
        return self.areas is None or not self.areas.isdisjoint(register.belongs_to(area_id))

    def allows_organisation(self, code: str) -> bool:
        """Whether the organisation is one of the scope's, or lies below one: H44.05.1 in H44.05."""
        return self.organisations is None or any(
            code == own or code.startswith(f"{own}.") for own in self.organisations
        )

    def includes(self, other: "Scope", register: Lineage) -> bool:
        """Whether whoever has this scope sees all that the other one shows."""
        has_areas = self.areas is None or (
            other.areas is not None and all(self.allows(one, register) for one in other.areas)
        )
        return has_areas and (
            self.organisations is None
            or (
                other.organisations is not None
                and all(self.allows_organisation(one) for one in other.organisations)
            )
        )

    @property
    def key(self) -> str:
        """The same text for the same scope, in every process: part of a cache key."""
        parts = [_written(self.areas), _written(self.organisations), str(self.least)]
        return "/".join(parts)


def _written(names: frozenset[str] | None) -> str:
    if names is None:
        return "*"
    return ",".join(sorted(names)) or "-"


EVERYTHING = Scope(None)
