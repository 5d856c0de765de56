"""Scope: the areas whose figures a person may see."""

from dataclasses import dataclass
from typing import Protocol


class Lineage(Protocol):
    """What a scope needs to know of the area register."""

    def belongs_to(self, area_id: str) -> frozenset[str]:
        """The area itself and everything it lies in, on any day and on today's map."""


@dataclass(frozen=True)
class Scope:
    """Areas and all that lies in them; None is everything, an empty set is nothing."""

    areas: frozenset[str] | None

    def allows(self, area_id: str, register: Lineage) -> bool:
        """Whether the area is one of the scope's, or lies or lay in one of them."""
        return self.areas is None or not self.areas.isdisjoint(register.belongs_to(area_id))

    @property
    def key(self) -> str:
        """The same text for the same scope, in every process: part of a cache key."""
        if self.areas is None:
            return "*"
        return ",".join(sorted(self.areas)) or "-"


EVERYTHING = Scope(None)
