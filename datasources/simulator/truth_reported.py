"""What the program should find of figures that come ready-made: each line as its sender counted it.

Some stand for the very area and period they were told for. Of three metrics the counts add up:

    health_software_rate      of the communes' last reports in the period, software ÷ facilities
    lgsp_success_rate         of all days of the period, good calls ÷ calls
    lgsp_services_connected   the services called on the last day told of
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from datasources.simulator.clock import DAY, HOUR, day_number, end_of_day
from datasources.simulator.desks import TWO_LEVELS
from datasources.simulator.feeds import PLATFORM_SINCE, SCORES_ON, STATISTIC_ON
from datasources.simulator.office_files import book_second
from datasources.simulator.offices import desks_of, means
from datasources.simulator.platform import calls_json, scores_json, statistic_json
from datasources.simulator.sectors import figures, reported_on
from datasources.simulator.truth_feeds import SUMMED
from datasources.simulator.truth_places import ONE_DAY, Cell, Cut, Figures, places_of, plain
from datasources.simulator.world import World
from domain.area import register
from domain.period import Span, add_months

HEALTH = "health_software_rate"
CALLS, SERVICES = "lgsp_success_rate", "lgsp_services_connected"
ADDED = (HEALTH, CALLS, SERVICES)
COMPONENTS = {"DOSSIER_SYNC": "dossier_sync_rate", "PUBLISH_ON_TIME": "publish_on_time_rate"}
POINTS = 100


class Told(NamedTuple):
    """One line: of which area and days, and the counts or the number it holds.

    A rate is bare whose counts nobody tells.
    """

    metric: str
    area_id: str
    days: Span
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    is_bare: bool = False

    @property
    def figures(self) -> Figures:
        """What a reader of this very line should see."""
        if self.numerator is None or self.denominator is None:
            number = self.value if self.numerator is None else self.numerator
            return Figures(0 if self.is_bare else number or 0, None, number)
        rate = 100 * self.numerator / self.denominator
        return Figures(self.numerator, self.denominator, rate)


def told_by(world: World, day: date) -> Iterator[Told]:
    """Every line of platforms, sectors and offices that was there at the end of a day."""
    yield from _sectors(world, day)
    yield from _means(world, day)
    for month in _months(PLATFORM_SINCE, day):
        after = add_months(month, 1)
        if after + timedelta(days=STATISTIC_ON - 1) <= day:
            yield from _votes(world, month)
        if after + timedelta(days=SCORES_ON - 1) <= day:
            yield from _scores(world, month)
    yield from _calls(world, day)


def added_up(lines: Iterable[Told], day: date, cut: Cut) -> dict[Cell, Figures]:
    """The metrics whose counts add up, by metric, boundaries, area id and period."""
    found: dict[Cell, list[Told]] = defaultdict(list)
    for line in lines:
        last = line.days.last_day
        if line.metric in ADDED and last <= day:
            for boundaries, area_id in places_of(line.area_id, last):
                found[line.metric, boundaries, area_id, cut.of(last)].append(line)
    return {cell: _sum(cell[0], told) for cell, told in found.items()}


def _sum(metric: str, told: Sequence[Told]) -> Figures:
    """Days add up; of what is counted as it stands, only the last report counts."""
    if metric != CALLS:
        newest = max(line.days.last_day for line in told)
        told = [line for line in told if line.days.last_day == newest]
    numerator = sum(line.numerator or 0 for line in told)
    if metric == SERVICES:
        return plain(int(numerator))
    denominator = sum(line.denominator or 0 for line in told)
    return Figures(numerator, denominator, 100 * numerator / denominator)


def _sectors(world: World, day: date) -> Iterator[Told]:
    for month in _months(max(TWO_LEVELS, world.start), day):
        if reported_on(month) > day:
            return
        for home in world.provinces:
            for line in figures(world.seed, desks_of(world, home), month):
                if line.metric not in SUMMED:
                    yield _line(line.metric, line.area, line, line.value)


def _means(world: World, day: date) -> Iterator[Told]:
    quarter = max(TWO_LEVELS, world.start)
    while book_second(quarter) <= end_of_day(day):
        for home in world.provinces:
            for line in means(world.seed, desks_of(world, home), quarter):
                yield _line(line.metric, line.area, line, None)
        quarter = add_months(quarter, 3)


def _line(metric: str, code: str, line: Any, value: float | None) -> Told:
    span = Span(line.period_start, line.period_end)
    area_id = register().at(code, span.last_day).area_id
    if line.numerator is None:
        return Told(metric, area_id, span, value=value)
    return Told(metric, area_id, span, line.numerator, line.denominator)


def _votes(world: World, month: date) -> Iterator[Told]:
    """Who voted very good or good at the one-stop desk, of whom only shares are told."""
    after = day_number(add_months(month, 1))
    for home in world.provinces:
        at = (after + STATISTIC_ON - 1) * DAY + 6 * HOUR
        one = json.loads(statistic_json(world, home, month, at))
        share = one["PercentVeryGood"] + one["PercentGood"]
        place = _province(home, month), _month(month)
        yield Told("onestop_vote_rate", *place, value=share, is_bare=True)


def _scores(world: World, month: date) -> Iterator[Told]:
    """The six groups and their sum, and two components, of committees and of no department."""
    at = (day_number(add_months(month, 1)) + SCORES_ON - 1) * DAY + 9 * HOUR
    for home, province in world.provinces.items():
        area_of = {one.code: one.area_id for one in province.desks if not one.department}
        for one in json.loads(scores_json(world, home, month, at))["data"]["evaluation"]:
            if one["departmentCode"] not in area_of:
                continue
            place = area_of[one["departmentCode"]], _month(month)
            for group, score in one["groupScores"].items():
                yield Told(f"qd766_{group.lower()}", *place, value=score)
            total = round(sum(one["groupScores"].values()), 2)
            yield Told("qd766_total_score", *place, value=total)
            yield Told("qd766_group_score", *place, total, POINTS)
            for each in one["metrics"]:
                counts = each["numerator"], each["denominator"]
                yield Told(COMPONENTS[each["code"]], *place, *counts)


def _calls(world: World, day: date) -> Iterator[Told]:
    """The calls of every day that is over; its file comes in the night after it."""
    one = max(PLATFORM_SINCE, world.start)
    while one < day:
        number = day_number(one)
        at = (number + 1) * DAY + HOUR
        answers = json.loads(calls_json(world, number, at))["data"]
        for home, told in zip(world.provinces, answers, strict=True):
            place = _province(home, one), Span(one, one + ONE_DAY)
            calls, good = (sum(s[name] for s in told["Services"]) for name in ("calls", "ok"))
            yield Told(CALLS, *place, good, calls)
            yield Told(SERVICES, *place, len(told["Services"]))
        one += ONE_DAY


def _months(first: date, day: date) -> Iterator[date]:
    """The months that are over on a day."""
    while add_months(first, 1) <= day:
        yield first
        first = add_months(first, 1)


def _month(month: date) -> Span:
    return Span(month, add_months(month, 1))


def _province(home: str, day: date) -> str:
    return register().at(home, day).area_id
