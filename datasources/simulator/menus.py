"""Which desk carries out which procedures, and whose counters take dossiers in for others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from datasources.simulator.chance import Counts, Numbers
from datasources.simulator.desks import Desk, departments
from datasources.simulator.habits import DISTRICT_SHARE, Habits
from datasources.simulator.procedures import procedures
from domain.area import Level

TERMS = np.array([procedure.term_days for procedure in procedures()])
LATENESS = np.array([procedure.lateness for procedure in procedures()])
PAID = np.array([procedure.paid_share for procedure in procedures()])


@dataclass(frozen=True)
class Menu:
    """The procedures that some desks carry out, and how often each is asked for, cumulated."""

    procedures: Counts
    cumulated: Numbers


@dataclass(frozen=True)
class Counters:
    """The communes whose counters take dossiers in for others since July 2025.

    `rows` has a line per commune with its desks in the order of their time, `until` the day
    each of them ends, and `cumulated` how much each commune's counter is used.
    """

    rows: Counts
    until: Counts
    cumulated: Numbers


def menus(desks: Sequence[Desk]) -> tuple[tuple[Menu, ...], Counts]:
    """Every menu, and the number of its menu for every desk."""
    names = [_menu_name(desk) for desk in desks]
    kinds = sorted(set(names))
    numbers = np.array([kinds.index(name) for name in names], dtype=np.int64)
    return tuple(_menu(kind) for kind in kinds), numbers


def _menu_name(desk: Desk) -> str:
    if desk.level is Level.COMMUNE:
        return "both" if desk.two_levels else "commune"
    return desk.department if desk.level is Level.PROVINCE else "district"


@cache
def _menu(name: str) -> Menu:
    weights = np.array(_weights(name))
    numbers = np.flatnonzero(weights)
    return Menu(numbers, np.cumsum(weights[numbers]))


def _weights(name: str) -> list[float]:
    """The weight of every procedure; districts' work went to the communes in 2025."""
    own = _level_weights(Level.COMMUNE)
    district = _level_weights(Level.DISTRICT)
    if name == "commune":
        return own
    if name == "district":
        return district
    if name == "both":
        return [a + DISTRICT_SHARE * b for a, b in zip(own, district, strict=True)]
    fields = next((one.fields for one in departments() if one.number == name), ())
    return [
        weight if procedure.field_code in fields else 0.0
        for weight, procedure in zip(_level_weights(Level.PROVINCE), procedures(), strict=True)
    ]


def _level_weights(level: Level) -> list[float]:
    """Weights of one level's procedures, with the sum 1."""
    weights = [one.weight if one.level == level else 0.0 for one in procedures()]
    return [weight / sum(weights) for weight in weights]


def counters(desks: Sequence[Desk], habit: Habits) -> Counters:
    """The counters of a province's communes since July 2025."""
    places: dict[str, list[int]] = {}
    for row, desk in enumerate(desks):
        if desk.two_levels and desk.level is Level.COMMUNE:
            places.setdefault(desk.area_id, []).append(row)
    most = max(len(rows) for rows in places.values())
    ordered = [sorted(rows, key=lambda row: desks[row].first) for rows in places.values()]
    rows = np.array([line + [line[-1]] * (most - len(line)) for line in ordered])
    until = np.array([desk.until for desk in desks], dtype=np.int64)[rows]
    until[:, -1] = np.iinfo(np.int64).max
    return Counters(rows, until, np.cumsum(habit.volume[rows[:, 0]]))
