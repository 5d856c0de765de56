"""What lies in an area, looked up once per process: the register never changes."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from domain.area import Area, AreaRegister, Level
from domain.period import Span
from metrics.places import PRESENT
from metrics.window import Days

EVER, NEVER = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")


@dataclass(frozen=True)
class Leaves:
    """The areas of some levels in another: their ids, and the days they begin and end."""

    ids: tuple[str, ...]
    starts: Days
    ends: Days


@lru_cache(maxsize=4096)
def leaves_of(register: AreaRegister, area_id: str, levels: tuple[Level, ...]) -> Leaves:
    """The areas of some levels that lie in an area now, or ever lay in one that ended."""
    area = register.get(area_id)
    found = [leaf for level in levels for leaf in register.descendants(area_id, level, _life(area))]
    return Leaves(
        tuple(leaf.area_id for leaf in found),
        np.array([leaf.valid_from or EVER for leaf in found], dtype="datetime64[D]"),
        np.array([leaf.valid_until or NEVER for leaf in found], dtype="datetime64[D]"),
    )


@lru_cache(maxsize=256)
def area_and_all_in_it(register: AreaRegister, area_id: str) -> frozenset[str]:
    """The ids of an area and of everything that lies in it, of every level."""
    return frozenset({area_id, *leaves_of(register, area_id, tuple(Level)).ids})


def _life(area: Area) -> Span:
    """The days to look at: all of an ended area's; of today's map whatever is there now."""
    if area.valid_until is None:
        return PRESENT
    return Span(area.valid_from or date.min, area.valid_until)
