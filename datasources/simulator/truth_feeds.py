"""What stations and sectors should be found to have told, reading by reading and line by line."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from datasources.simulator.clock import DAY, HOUR, MINUTE, date_of, day_number, end_of_day
from datasources.simulator.desks import TWO_LEVELS
from datasources.simulator.sectors import figures, reported_on
from datasources.simulator.stations import BEGINNING, LIMITS, QUARTER, sent_between, stations_of
from datasources.simulator.world import World
from domain.area import register
from domain.period import add_months

OWED = HOUR // QUARTER
HOUSEHOLDS = "household_businesses_active"
SUMMED = (HOUSEHOLDS, "cashless_txn_value")


class StationHour(NamedTuple):
    """An hour of a station: where and when, how many readings came, and whether one was bad."""

    area_id: str
    day: date
    readings: int
    is_bad: bool


def station_hours(world: World, day: date) -> Iterator[StationHour]:
    """Every hour of every station from its first reading to the end of a day.

    The last readings known then are those sent until two minutes past eleven at night.
    """
    known = (day_number(day) + 1) * DAY - HOUR + 2 * MINUTE
    start = max(BEGINNING, day_number(world.start) * DAY)
    told: dict[str, dict[int, dict[int, bool]]] = defaultdict(lambda: defaultdict(dict))
    for home in world.provinces:
        for one in sent_between(world.seed, [home], start, known):
            if one.status == "ok":
                told[one.station][one.at // HOUR][one.at // QUARTER] = _is_bad(one.values)
        for station in stations_of(home):
            hours = told[station.name]
            area_id = register().at(station.area, TWO_LEVELS).area_id
            for hour in range(min(hours, default=0), (day_number(day) + 1) * 24 if hours else 0):
                readings = hours.get(hour, {})
                when = date_of(hour // 24)
                yield StationHour(area_id, when, len(readings), any(readings.values()))


def sector_lines(world: World, day: date) -> Iterator[tuple[str, str, date, int]]:
    """Metric, area, month and count of what adds up in the reports that were there by a day."""
    month = max(TWO_LEVELS, world.start)
    while end_of_day(reported_on(month)) <= end_of_day(day):
        last = date_of(day_number(add_months(month, 1)) - 1)
        for province in world.provinces.values():
            desks = [province.desks[row] for row in province.rows]
            for line in figures(world.seed, desks, month):
                if line.metric in SUMMED:
                    area_id = register().at(line.area, last).area_id
                    yield line.metric, area_id, month, line.numerator or 0
        month = add_months(month, 1)


def _is_bad(values: dict[str, float]) -> bool:
    return any(
        (least is not None and values[name] < least) or (most is not None and values[name] > most)
        for name, (least, most) in LIMITS.items()
    )
