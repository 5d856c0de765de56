"""What departments report of their sectors, by month, quarter and year: counts for every area.

Since the reorganisation of 2025: communes and provinces as they are today.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from math import exp
from typing import NamedTuple

from datasources.simulator.chance import bell, fraction
from datasources.simulator.clock import date_of, day_number
from datasources.simulator.desks import TWO_LEVELS, Desk
from domain.area import Level
from domain.period import add_months

NOTE = "Số liệu mô phỏng"
FIRST_DTI = 2024
QUARTERLY: dict[str, tuple[int, float, float]] = {
    "agencies_lan_rate": (14, 0.97, 0.02),
    "agencies_wan_rate": (14, 0.9, 0.06),
    "officials_pc_rate": (62, 0.95, 0.03),
    "fibre_household_rate": (4200, 0.83, 0.09),
    "mobile_coverage_rate": (9, 0.96, 0.04),
    "health_software_rate": (3, 0.92, 0.08),
}
"""Per metric: how many there are in a commune, the share of them, and how much it differs."""

YEARLY: dict[str, tuple[int, float, float]] = {
    "smartphone_adult_rate": (11_000, 0.84, 0.06),
    "dti_pillar_rate": (24, 0.62, 0.12),
    "dti_infrastructure_rate": (8, 0.7, 0.12),
    "dti_government_rate": (9, 0.6, 0.12),
    "dti_economy_rate": (7, 0.45, 0.14),
}
OF_COMMUNES_ALONE = ("dti_pillar_rate", "dti_infrastructure_rate", "dti_government_rate",
                     "dti_economy_rate", "health_software_rate")  # fmt: skip
"""Metrics that provinces do not report for themselves: they add up, or are of communes only."""


class Figure(NamedTuple):
    """One line of a report, with the columns of a file of observations up to the value."""

    metric: str
    area: str
    level: str
    period_start: date
    period_end: date
    numerator: int | None
    denominator: int | None
    value: float | None


def figures(seed: int, desks: Sequence[Desk], month: date) -> Iterator[Figure]:
    """Every line reported after a calendar month, by the areas there are on its last day."""
    until = add_months(month, 1)
    if month < TWO_LEVELS:
        return
    last = day_number(until) - 1
    here = [
        one
        for one in desks
        if one.first <= last < one.until and one.two_levels and not one.department
    ]
    for desk in here:
        yield from _monthly(seed, desk, month, until)
        if until.month in (1, 4, 7, 10):
            yield from _shares(seed, desk, QUARTERLY, add_months(until, -3), until)
        if until.month == 1 and until.year > FIRST_DTI + 1:
            year = date(until.year - 1, 1, 1)
            # A year is only told of areas that were there at its end, under that name.
            yield from _shares(seed, desk, YEARLY, year, until)
            yield _dti(seed, desk, year, until)


def _monthly(seed: int, desk: Desk, month: date, until: date) -> Iterator[Figure]:
    name = f"{seed} sectors {desk.area_id}"
    months = (month.year - 2025) * 12 + month.month
    if desk.level is Level.COMMUNE:
        size = exp(0.5 * bell(f"{name} size"))
        shops = 420 * size * (1 + 0.004 * months) + 4 * bell(f"{name} {month} shops")
        yield Figure("household_businesses_active", desk.area_code, "", month, until,
                     max(1, round(shops)), None, None)  # fmt: skip
        value = 2.4e9 * size * (1 + 0.02 * months) * exp(0.1 * bell(f"{name} {month} paid"))
        yield Figure("cashless_txn_value", desk.area_code, "", month, until,
                     round(value / 1e5) * 100_000, None, None)  # fmt: skip
    providers = 4 + int(6 * fraction(f"{name} providers")) + months // 6
    if desk.level is Level.PROVINCE:
        providers += 12
    yield Figure("cashless_providers", desk.area_code, "", month, until, None, None, providers)


def _shares(
    seed: int, desk: Desk, kinds: dict[str, tuple[int, float, float]], start: date, until: date
) -> Iterator[Figure]:
    for metric, (usual, share, spread) in kinds.items():
        if desk.level is Level.PROVINCE and metric in OF_COMMUNES_ALONE:
            continue
        name = f"{seed} {metric} {desk.area_id}"
        many = 90 if desk.level is Level.PROVINCE else 1
        total = max(1, round(many * usual * exp(0.25 * bell(f"{name} total"))))
        years = (start - TWO_LEVELS).days / 365.25
        part = share + spread * bell(name) / many**0.5 + 0.02 * years
        part += 0.004 * bell(f"{name} {start}")
        numerator = round(total * min(max(part, 0.0), 1.0))
        yield Figure(metric, desk.area_code, "", start, until, numerator, total, None)


def _dti(seed: int, desk: Desk, year: date, until: date) -> Figure:
    name = f"{seed} dti {desk.area_id}"
    score = 640 + 45 * bell(name) + 18 * (year.year - 2025) + 6 * bell(f"{name} {year}")
    return Figure("dti_score", desk.area_code, "", year, until, None, None, round(score, 1))


def reported_on(month: date) -> date:
    """The day on which the report of a month is there."""
    return date_of(day_number(add_months(month, 1)) + 4)
