"""The files of platforms, sectors and stations: each with the second at which it is dropped."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from datasources.simulator.clock import DAY, HOUR, MINUTE, date_of, day_number
from datasources.simulator.desks import TWO_LEVELS
from datasources.simulator.platform import calls_json, code_of, scores_json, statistic_json
from datasources.simulator.sectors import NOTE, figures, reported_on
from datasources.simulator.stations import lines, sent_between
from datasources.simulator.world import World
from domain.period import add_months

LGSP, SCORES, SECTORS, STATIONS = "lgsp", "qd766", "sectors", "stations"
PLATFORM_SINCE = date(2026, 1, 1)
STATION_DAYS = 45
STATISTIC_ON, SCORES_ON = 3, 10  # days of the next month
COLUMNS = (
    "metric", "area", "level", "period_start", "period_end", "numerator", "denominator", "value",
    "as_reported", "citation", "note",
)  # fmt: skip


class Drop(NamedTuple):
    """One file: its local second, its path in the dropbox, and its text."""

    at: int
    path: str
    text: str


def drops(world: World, since: int, now: int) -> Iterator[Drop]:
    """Every file due from the local second `since` up to and including `now`."""
    for month in _months(world, now):
        yield from (one for one in _monthly(world, month, since, now))
    yield from _calls(world, since, now)
    yield from _stations(world, since, now)


def _monthly(world: World, month: date, since: int, now: int) -> Iterator[Drop]:
    """What is told of a calendar month: statistics, scores and sectors."""
    after = day_number(add_months(month, 1))
    if month >= PLATFORM_SINCE:
        at = (after + STATISTIC_ON - 1) * DAY + 6 * HOUR
        for home in world.provinces if since <= at <= now else ():
            path = f"{LGSP}/{month:%Y-%m}-{code_of(home)}.json"
            yield Drop(at, path, statistic_json(world, home, month, at))
        at = (after + SCORES_ON - 1) * DAY + 9 * HOUR
        for home in world.provinces if since <= at <= now else ():
            path = f"{SCORES}/{code_of(home)}-{month:%Y-%m}.json"
            yield Drop(at, path, scores_json(world, home, month, at))
    at = day_number(reported_on(month)) * DAY + 8 * HOUR
    if month >= TWO_LEVELS and since <= at <= now:
        yield Drop(at, f"{SECTORS}/{month:%Y-%m}.csv", _sectors(world, month))


def _sectors(world: World, month: date) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for province in world.provinces.values():
        desks = [province.desks[row] for row in province.rows]
        for one in figures(world.seed, desks, month):
            writer.writerow((*("" if part is None else part for part in one), 0, "", NOTE))
    return text.getvalue()


def _calls(world: World, since: int, now: int) -> Iterator[Drop]:
    """A file for each day that is over, in the night after it."""
    first = day_number(max(world.start, PLATFORM_SINCE))
    for day in range(max(first, since // DAY - 2), now // DAY):
        at = (day + 1) * DAY + HOUR
        if since <= at <= now and day <= day_number(world.end):
            path = f"{LGSP}/calls-{date_of(day)}.json"
            yield Drop(at, path, calls_json(world, day, at))


def _stations(world: World, since: int, now: int) -> Iterator[Drop]:
    """A file for each day that is over, and one for each hour of the day that is not."""
    homes = list(world.provinces)
    today = now // DAY
    # Of the time before there was a dropbox, only the last weeks are told.
    begun = today - STATION_DAYS if since == 0 else since // DAY - 1
    first = max(day_number(world.start), day_number(TWO_LEVELS), begun)
    last = min(today, day_number(world.end) + 1)
    for day in range(first, last):
        at = (day + 1) * DAY + 5 * MINUTE
        if since <= at <= now:
            sent = sent_between(world.seed, homes, day * DAY, (day + 1) * DAY)
            yield Drop(at, f"{STATIONS}/{date_of(day)}.ndjson", lines(sent))
    if first <= today <= day_number(world.end):
        for hour in range(24):
            at = today * DAY + (hour + 1) * HOUR + 2 * MINUTE
            if since <= at <= now:
                begun = at - HOUR if hour else today * DAY
                sent = sent_between(world.seed, homes, begun, at)
                yield Drop(at, f"{STATIONS}/{date_of(today)}T{hour:02}.ndjson", lines(sent))


def _months(world: World, now: int) -> list[date]:
    """The calendar months that lie whole in the world's days and are over."""
    months = []
    month = max(world.start, TWO_LEVELS)
    month = month if month.day == 1 else add_months(month.replace(day=1), 1)
    while day_number(add_months(month, 1)) <= min(now // DAY, day_number(world.end) + 1):
        months.append(month)
        month = add_months(month, 1)
    return months
