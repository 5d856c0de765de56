"""Two monthly reports of every level: work files kept online, and communes that sign.

Work files are counted by each agency for itself. Which organisations exchange signed documents
is counted by the authority above them, for each level below it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from math import exp
from typing import NamedTuple

from datasources.simulator.chance import bell, fraction
from datasources.simulator.clock import date_of, day_number
from datasources.simulator.desks import TWO_LEVELS, Desk
from domain.area import Level, register
from domain.period import add_months

WORK_FILES, SIGNING = "work_files_online_rate", "units_exchanging_signed_rate"
SIZE = {Level.PROVINCE: 900.0, Level.DISTRICT: 160.0, Level.COMMUNE: 34.0}
MERGED = 2.4  # a commune of today does what two or three did
AT_FIRST = {Level.PROVINCE: 0.71, Level.DISTRICT: 0.61, Level.COMMUNE: 0.32}
AT_LAST = {Level.PROVINCE: 0.96, Level.DISTRICT: 0.90, Level.COMMUNE: 0.80}
SIGNING_AT_FIRST = {Level.DISTRICT: 0.97, Level.COMMUNE: 0.86}


class Line(NamedTuple):
    """One line of a report; `area` is a code, valid on the last day of the period."""

    metric: str
    area: str
    level: str
    period_start: date
    period_end: date
    numerator: int
    denominator: int


def month_report(
    seed: int, desks: Sequence[Desk], month: date, scale: float = 1.0
) -> Iterator[Line]:
    """Every line of one calendar month, by the desks that exist on its last day."""
    until = add_months(month, 1)
    last = day_number(until) - 1
    here = [one for one in desks if one.first <= last < one.until and not one.department]
    for desk in here:
        online, total = _work_files(seed, desk, month, scale)
        yield Line(WORK_FILES, desk.area_code, "", month, until, online, total)
    yield from _signing(seed, here, month, until)


def _work_files(seed: int, desk: Desk, month: date, scale: float) -> tuple[int, int]:
    """So many kept online, of so many."""
    size, ahead, name = _character(seed, desk.area_id)
    usual = SIZE[desk.level] * size * max(scale, 0.05)
    if desk.two_levels and desk.level is Level.COMMUNE:
        usual *= MERGED
    total = max(1, round(usual * exp(0.05 * bell(f"{name} {month} total"))))
    share = _share(AT_FIRST[desk.level], AT_LAST[desk.level], month) + ahead
    share += 0.02 * bell(f"{name} {month} share")
    return round(total * min(max(share, 0.02), 1.0)), total


@cache
def _character(seed: int, area_id: str) -> tuple[float, float, str]:
    """How large an agency is, how far ahead of the others, and the name its chance goes by."""
    name = f"{seed} work files {area_id}"
    return exp(0.4 * bell(f"{name} size")), 0.09 * bell(f"{name} share"), name


def _share(first: float, last: float, month: date) -> float:
    """From the one in 2020 towards the other, ever more slowly."""
    years = (month - date(2020, 6, 1)).days / 365.25
    return last - (last - first) * exp(-0.28 * years)


def _signing(seed: int, here: Sequence[Desk], month: date, until: date) -> Iterator[Line]:
    """Communes by district, or by province once there are no districts; districts by province."""
    counted: dict[tuple[str, str], list[int]] = {}
    for desk in here:
        if desk.level is Level.PROVINCE:
            continue
        cell = counted.setdefault((_authority(desk.area_id, desk.first), desk.level), [0, 0])
        cell[0] += _signs(seed, desk, month)
        cell[1] += 1
    for (area, level), (signing, total) in sorted(counted.items()):
        yield Line(SIGNING, area, level, month, until, signing, total)


@cache
def _authority(area_id: str, first: int) -> str:
    """The code of what a desk's area lies in, from the first day of the desk."""
    day = max(date_of(first), date(2020, 1, 1))
    *_, above, _own = register().ancestors(area_id, day).values()
    return above.partition("@")[0]


def _signs(seed: int, desk: Desk, month: date) -> bool:
    """Whether the organisation has signed documents by then: once it does, it goes on."""
    share = _share(SIGNING_AT_FIRST[desk.level], 1.0, month)
    readiness = _readiness(seed, desk.area_id)
    unsettled = TWO_LEVELS <= month < date(2025, 10, 1)
    return readiness < share - (0.12 if unsettled else 0.0)


@cache
def _readiness(seed: int, area_id: str) -> float:
    return fraction(f"{seed} signs {area_id}")
