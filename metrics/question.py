"""One question on its way to an answer: what was asked, where, when, and of which snapshot."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.area import AreaRegister, Boundaries
from metrics.places import Places
from metrics.selection import By, Selection
from metrics.sources import Sources
from metrics.window import Window
from store import Snapshot

ENDLESS = (date.min, date.max)
PARAMETER = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Question:
    """A selection with its areas, periods and sources worked out.

    `organisations` are those whose doings alone are counted, with those below them; None: all.
    """

    selection: Selection
    places: Places
    window: Window
    sources: Sources
    snapshot: Snapshot
    register: AreaRegister
    organisations: tuple[str, ...] | None = None

    @property
    def is_by_dimension(self) -> bool:
        """Whether a line is a value of a dimension, and not an area."""
        return self.selection.by not in (By.NONE, By.AREA)

    @property
    def is_narrowed(self) -> bool:
        """Whether less is counted than all that happened in the areas."""
        return bool(self.selection.filters) or self.organisations is not None

    @cached_property
    def maps(self) -> tuple[Boundaries, ...]:
        """The map each area is read from.

        What an area that still exists counts on the days it lives (`lives`) is the same on
        both maps; today's also knows since when its predecessors delivered and what of its
        stocks is estimated, and nothing on it moves. An ended area is on the map of its time.
        """
        then = self.selection.boundaries
        return tuple(
            Boundaries.TODAY if area.valid_until is None else then for area in self.places.areas
        )

    @cached_property
    def lives(self) -> tuple[tuple[date, date], ...]:
        """The days, half-open, whose events count for each area: all, on today's map."""
        if self.selection.boundaries is Boundaries.TODAY:
            return (ENDLESS,) * len(self.places.areas)
        return tuple(
            (area.valid_from or date.min, area.valid_until or date.max)
            for area in self.places.areas
        )

    @cached_property
    def life_days(self) -> npt.NDArray[np.datetime64]:
        """The same as days, for counting with: areas × (first, end)."""
        return np.array(self.lives, dtype="datetime64[D]")

    @property
    def has_bounded_lives(self) -> bool:
        """Whether some events of the areas fall outside the days that count."""
        return any(life != ENDLESS for life in self.lives)

    def area_numbers(self, area_ids: Iterable[str]) -> npt.NDArray[np.intp]:
        """The place of each id among the areas asked for."""
        places = {area.area_id: number for number, area in enumerate(self.places.areas)}
        return np.array([places[area_id] for area_id in area_ids], dtype=np.intp)

    def frame(self, sql: str, **more: Any) -> pd.DataFrame:
        """The rows of a statement, given the parameters of this question that it names."""
        return self.snapshot.frame(sql, self._named(sql, more))

    def docket_rows(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        """The same, asked of the single dossiers behind the snapshot. Raises StoreError."""
        return self.snapshot.docket.rows(sql, self._named(sql, more))

    def _named(self, sql: str, more: dict[str, Any]) -> dict[str, Any]:
        params = self._params | more
        return {name: params[name] for name in PARAMETER.findall(sql)}

    @cached_property
    def _params(self) -> dict[str, Any]:
        areas, periods = self.places.areas, self.window.periods
        return {
            "areas": [area.area_id for area in areas],
            "level": areas[0].level.value,
            "starts": [span.start for span in periods],
            "ends": [span.end for span in periods],
            "period_numbers": list(range(len(periods))),
            "end": self.window.end,
            "as_of": self.window.last_day,
            "first_area": min(area.area_id for area in areas),
            "last_area": max(area.area_id for area in areas),
            "first_map": min(self.maps).value,
            "last_map": max(self.maps).value,
            "start": periods[0].start,
            "first_month": periods[0].start.replace(day=1),
            "map": self.selection.boundaries.value,
            "own_organisations": list(self.organisations or ()),
            "maps": [one.value for one in self.maps],
            "life_start": self.lives[0][0],
            "life_end": self.lives[0][1],
            "life_starts": [start for start, _ in self.lives],
            "life_ends": [end for _, end in self.lives],
        }
