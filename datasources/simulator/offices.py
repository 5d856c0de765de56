"""What offices owe one another: periodic reports, tasks from above, and the means to work.

All three systems began with the two levels of July 2025, and are counted by the offices of that
day on. Every number is a hash of what it is about, so any month can be drawn alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from math import exp
from typing import NamedTuple

from datasources.simulator.chance import bell, fraction
from datasources.simulator.clock import day_number
from datasources.simulator.desks import TWO_LEVELS, Desk
from datasources.simulator.world import World
from domain.area import Level
from domain.period import add_months

VIA_SYSTEM, ON_TIME = "reports_via_system_rate", "reports_on_time_rate"
CERTIFICATES, LEADERS = "certificates_issued", "leaders_certified_rate"
POINTS, DOCUMENT_SYSTEM, ONE_STOP = (
    "vc_units_connected_rate", "qlvb_units_rate", "onestop_units_rate",
)  # fmt: skip
REPORTS_DUE = {Level.PROVINCE: 46, Level.COMMUNE: 19}
TASKS = {Level.PROVINCE: 14.0, Level.COMMUNE: 4.0}
OFFICIALS = {Level.PROVINCE: 900, Level.COMMUNE: 42}
LEADERS_OF = {Level.PROVINCE: 60, Level.COMMUNE: 7}


class Figure(NamedTuple):
    """A count of a whole, or a count alone, of one office and one period."""

    metric: str
    area: str
    period_start: date
    period_end: date
    numerator: int
    denominator: int | None


class Task(NamedTuple):
    """A task: to whom, from when, until when, and when it was done, if it was by now."""

    number: str
    area: str
    assigned: date
    due: date
    done: date | None


def desks_of(world: World, home: str) -> list[Desk]:
    """The desks of a province that are simulated."""
    province = world.provinces[home]
    return [province.desks[row] for row in province.rows]


def offices(desks: Sequence[Desk], day: date) -> list[Desk]:
    """The committees, without departments, that there are on a day."""
    number = day_number(day)
    here = [one for one in desks if one.first <= number < one.until and not one.department]
    return [one for one in here if one.level in REPORTS_DUE]


def reports(seed: int, desks: Sequence[Desk], month: date) -> Iterator[Figure]:
    """Of one month, how many reports each office had to send, and how it did."""
    if month < TWO_LEVELS:
        return
    until = add_months(month, 1)
    for desk in offices(desks, until - timedelta(days=1)):
        name = f"{seed} reports {desk.area_id}"
        # Every third month the quarter's reports are due as well.
        due = REPORTS_DUE[desk.level] + (6 if month.month % 3 == 0 else 0)
        for metric, first, last in ((VIA_SYSTEM, 0.55, 0.98), (ON_TIME, 0.74, 0.95)):
            share = _risen(first, last, month) + 0.06 * bell(f"{name} {metric}")
            share += 0.03 * bell(f"{name} {metric} {month}")
            met = round(due * min(max(share, 0.0), 1.0))
            yield Figure(metric, desk.area_code, month, until, met, due)


def tasks(seed: int, desks: Sequence[Desk], month: date, today: date) -> Iterator[Task]:
    """The tasks assigned in one month, as they are known on a day."""
    if month < TWO_LEVELS:
        return
    for desk in offices(desks, month):
        name = f"{seed} tasks {desk.area_id} {month}"
        count = round(TASKS[desk.level] * exp(0.3 * bell(name)))
        for number in range(count):
            one = _task(f"{name} {number}", desk, month, today, number)
            if one.assigned <= today:
                yield one


def means(seed: int, desks: Sequence[Desk], quarter: date) -> Iterator[Figure]:
    """Of one quarter: certificates and leaders of each office, and what a province's units use."""
    if quarter < TWO_LEVELS:
        return
    until = add_months(quarter, 3)
    here = offices(desks, until - timedelta(days=1))
    for desk in here:
        name = f"{seed} means {desk.area_id}"
        officials = round(OFFICIALS[desk.level] * exp(0.2 * bell(name)))
        share = _risen(0.62, 0.97, quarter) + 0.05 * bell(f"{name} certificates")
        issued = round(officials * min(max(share, 0.1), 1.0))
        yield Figure(CERTIFICATES, desk.area_code, quarter, until, issued, None)
        leaders = LEADERS_OF[desk.level]
        certified = round(leaders * min(max(share + 0.12, 0.1), 1.0))
        yield Figure(LEADERS, desk.area_code, quarter, until, certified, leaders)
    yield from _connected(seed, here, quarter, until)


def _connected(seed: int, here: Sequence[Desk], quarter: date, until: date) -> Iterator[Figure]:
    """How many of a province's communes have what they need; once connected, they stay so."""
    communes = [one for one in here if one.level is Level.COMMUNE]
    for desk in here:
        if desk.level is not Level.PROVINCE:
            continue
        for metric, first in ((POINTS, 0.86), (DOCUMENT_SYSTEM, 0.93), (ONE_STOP, 0.9)):
            share = _risen(first, 1.0, quarter)
            ready = sum(_readiness(seed, one.area_id, metric) < share for one in communes)
            yield Figure(metric, desk.area_code, quarter, until, ready, len(communes))


def _task(name: str, desk: Desk, month: date, today: date, number: int) -> Task:
    assigned = month + timedelta(days=int(28 * fraction(f"{name} day")))
    due = assigned + timedelta(days=(5, 7, 10, 15, 30)[int(5 * fraction(f"{name} term"))])
    early = fraction(f"{name} diligence") < _risen(0.72, 0.93, month)
    length = (due - assigned).days
    took = length * fraction(f"{name} took") if early else length * (1.1 + fraction(f"{name} late"))
    done = assigned + timedelta(days=int(took) + (0 if early else 1))
    told = f"NV-{desk.area_code}-{month:%y%m}-{number + 1:02}"
    return Task(told, desk.area_code, assigned, due, done if done <= today else None)


def _risen(first: float, last: float, month: date) -> float:
    """From the share at the beginning towards the other, ever more slowly."""
    years = (month - TWO_LEVELS).days / 365.25
    return last - (last - first) * exp(-0.9 * years)


@cache
def _readiness(seed: int, area_id: str, metric: str) -> float:
    return fraction(f"{seed} {metric} {area_id}")
