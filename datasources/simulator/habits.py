"""What each desk is like: how much comes in, how much of it online, and how punctual it is.

Sizes are lognormal, so a few communes do the work of many. A few desks are clearly bad, a few
excellent, most in between; nothing here depends on the day that is asked about.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import exp

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Numbers, bell, fraction, word
from datasources.simulator.clock import day_number
from datasources.simulator.desks import TWO_LEVELS, Desk, departments
from datasources.simulator.procedures import procedures
from domain.area import Level, register

LAST_DAY_OF_THREE = date(2025, 6, 30)
A_COMMUNE = 0.78  # dossiers a month at a commune of average size, at the beginning of 2020
DISTRICT_SHARE, PROVINCE_SHARE = 0.38, 0.15  # beside 1 for the communes of the same place
SPREAD = 1.05
KINDS = {"phường": 1.6, "thị trấn": 1.4, "xã": 0.9, "đặc khu": 1.0}


@dataclass(frozen=True)
class Habits:
    """One number per desk, in the order of the desks given.

    identity: what its chance is drawn from · volume: dossiers a month in 2020 · late, early:
    probabilities · online: how far ahead of, or behind, its time · slow: reception takes longer ·
    letters: documents a month in 2020.
    """

    identity: NDArray[np.uint64]
    volume: Numbers
    late: Numbers
    early: Numbers
    online: Numbers
    slow: Numbers
    letters: Numbers


def habits(seed: int, desks: Sequence[Desk]) -> Habits:
    """The habits of all the desks of what is one province today."""
    sizes = _sizes(seed, desks)
    names = [f"{seed} {desk.area_id} {desk.department}" for desk in desks]
    return Habits(
        identity=np.array([word(name) for name in names], dtype=np.uint64),
        volume=np.array([A_COMMUNE * _volume(desk, sizes) for desk in desks]),
        late=np.array([_late(name) for name in names]),
        early=np.array([0.45 + 0.45 * fraction(f"{name} early") for name in names]),
        online=np.array([1.1 * bell(f"{name} online") for name in names]),
        slow=np.array([exp(0.5 * bell(f"{name} slow")) for name in names]),
        letters=np.array([_letters(desk, name) for desk, name in zip(desks, names, strict=True)]),
    )


def _late(name: str) -> float:
    """The share that a desk finishes too late: one in fourteen is bad, one in six excellent."""
    kind, degree = fraction(f"{name} late kind"), fraction(f"{name} late degree")
    if kind < 0.07:
        return 0.09 + 0.2 * degree
    return 0.001 if kind < 0.24 else 0.003 + 0.018 * degree


def _letters(desk: Desk, name: str) -> float:
    by_level = {Level.COMMUNE: 0.0085, Level.DISTRICT: 0.043, Level.PROVINCE: 0.05}
    whole = 1.6 if desk.two_levels and desk.level is Level.COMMUNE else 1.0
    return by_level[desk.level] * whole * exp(0.5 * bell(f"{name} letters") - 0.125)


def _sizes(seed: int, desks: Sequence[Desk]) -> Mapping[str, float]:
    """The size of every area: drawn for old communes, inherited by new ones, summed above."""
    sizes: dict[str, float] = {}
    for desk in desks:
        if desk.level is Level.COMMUNE and not desk.two_levels:
            sizes[desk.area_id] = _drawn_size(seed, desk)
    for desk in desks:
        if desk.level is Level.COMMUNE and desk.two_levels:
            sizes[desk.area_id] = _inherited_size(seed, desk, sizes)
    return sizes | _sums(desks, sizes)


def _drawn_size(seed: int, desk: Desk) -> float:
    factor = next((factor for kind, factor in KINDS.items() if f" {kind} " in desk.name), 1.0)
    return factor * exp(SPREAD * bell(f"{seed} {desk.area_id} size") - SPREAD**2 / 2)


def _inherited_size(seed: int, desk: Desk, sizes: Mapping[str, float]) -> float:
    """What its old communes had, those that were split in equal parts."""
    parts = [
        sizes[change.old_id] / len(register().successors(change.old_id))
        for change in register().predecessors(desk.area_id)
        if change.old_id in sizes
    ]
    return sum(parts) if parts else 3.0 * _drawn_size(seed, desk)


def _sums(desks: Sequence[Desk], sizes: Mapping[str, float]) -> dict[str, float]:
    """The sizes of districts and provinces: of the communes they had at the reorganisation."""
    communes = {desk.area_id: desk for desk in desks if desk.level is Level.COMMUNE}
    sums: dict[str, float] = defaultdict(float)
    for area_id, desk in communes.items():
        day = TWO_LEVELS if desk.two_levels else LAST_DAY_OF_THREE
        if desk.until > day_number(day):
            for level, above in register().ancestors(area_id, day).items():
                if level in (Level.DISTRICT, Level.PROVINCE):
                    sums[above] += sizes[area_id]
    return dict(sums)


def _volume(desk: Desk, sizes: Mapping[str, float]) -> float:
    """Dossiers a month, in average communes. Districts' work went to the communes in 2025."""
    size = sizes.get(desk.area_id, 0.0)
    if desk.level is Level.COMMUNE:
        return size * (1 + DISTRICT_SHARE if desk.two_levels else 1)
    if desk.level is Level.DISTRICT:
        return size * DISTRICT_SHARE
    return size * PROVINCE_SHARE * _department_shares().get(desk.department, 0.0)


@cache
def _department_shares() -> dict[str, float]:
    """Each department's share of what provinces do themselves, by its fields."""
    provincial = [procedure for procedure in procedures() if procedure.level == Level.PROVINCE]
    total = sum(procedure.weight for procedure in provincial)
    return {
        department.number: sum(
            procedure.weight / total
            for procedure in provincial
            if procedure.field_code in department.fields
        )
        for department in departments()
    }
