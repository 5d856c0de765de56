"""The areas of one day as a tree: country, provinces, communes; before July 2025 districts, too.

Each leads to the same view of itself. Who sees only some areas sees those and, to find the way,
what they lie in; of that only the name.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from dashboards.data import Visit
from dashboards.frame import Frame
from dashboards.places import area_title
from dashboards.search import area_address
from dashboards.selection import View
from domain.area import COUNTRY_ID, Area, AreaRegister, Level
from domain.errors import AreaError

Node = dict[str, Any]
"""`id`, `name`, `inside` (whether it holds areas), `here`; `href` where it may be seen; `open`,
the nodes in it, where they are told already."""


@dataclass(frozen=True)
class AreaTree:
    """The tree of one visit: of the day its map shows, for the scope of whoever asks."""

    visit: Visit

    @cached_property
    def view(self) -> View:
        """The view, or the country's where the address cannot be read."""
        return Frame(self.visit).view

    @property
    def register(self) -> AreaRegister:
        return self.visit.rules.register

    @cached_property
    def day(self) -> date:
        return self.visit.snapshot.horizon if self.visit.problem else self.visit.board.map_day

    @cached_property
    def _here(self) -> str:
        return "" if self.visit.problem else self.visit.board.area.area_id

    @cached_property
    def _way(self) -> frozenset[str]:
        """What lies open: the country, and whatever the area of the view lies in, or is."""
        if not self._here:
            return frozenset({COUNTRY_ID})
        return frozenset(self.register.ancestors(self._here, self.day).values())

    @cached_property
    def _above(self) -> frozenset[str]:
        """What the areas of the scope lie in."""
        found: set[str] = set()
        for own in self.visit.scope.areas or ():
            try:
                found |= self.register.belongs_to(own)
            except AreaError:  # an area of another register
                continue
        return frozenset(found)

    def top(self) -> list[Node]:
        """The country, open down to the area of the view."""
        return [self._node(self.register.get(COUNTRY_ID))]

    def under(self, area_id: str) -> list[Node]:
        """What lies directly in an area, as far as it may be seen. Raises AreaError."""
        inside = self.register.children(area_id, self.day)
        return [self._node(area) for area in inside if self._is_shown(area)]

    def _is_shown(self, area: Area) -> bool:
        return self._may_be_seen(area) or area.area_id in self._above

    def _may_be_seen(self, area: Area) -> bool:
        return self.visit.scope.allows(area.area_id, self.register)

    def _node(self, area: Area) -> Node:
        node: Node = {
            "id": area.area_id,
            "name": area_title(area, self.day),
            "inside": area.level is not Level.COMMUNE,
            "here": area.area_id == self._here,
        }
        if self._may_be_seen(area):
            span = self.view.span(self.visit.snapshot.horizon)
            node["href"] = area_address(self.view, area, self.register, span)
        if area.area_id in self._way and node["inside"]:
            node["open"] = self.under(area.area_id)
        return node
