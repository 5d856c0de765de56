"""What the program should find of documents at their receivers: each one counted by itself."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from datasources.simulator.clock import MINUTE, NEVER, end_of_day
from datasources.simulator.documents import REVOKE
from datasources.simulator.truth_places import (
    FOREVER,
    ONE_DAY,
    Cell,
    Cut,
    Figures,
    Tally,
    count_in,
    day_at,
    is_worked,
    middle_of,
    periods_told,
    places_of,
    plain,
    rate_of,
)
from datasources.simulator.world import World

COUNTS = {"docs_received": "received", "docs_refused": "refused"}


class Receipt(NamedTuple):
    """A document at its receiver, in days; FOREVER for what has not happened."""

    area_id: str
    arrived: date
    refused: date
    accepted: date
    minutes: int


def add_receipts(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    """The figures of what receivers told, as they are known at the end of a day."""
    tally: Tally = defaultdict(int)
    taken: dict[tuple[str, str, date], list[int]] = defaultdict(list)
    for one in _receipts(world, day):
        for what, when in _events(one, day):
            count_in(tally, what, places_of(one.area_id, when), cut.of(when))
        if one.accepted < FOREVER:
            for boundaries, area_id in places_of(one.area_id, one.accepted):
                taken[boundaries, area_id, cut.of(one.accepted)].append(one.minutes)
    for boundaries, area_id, start in periods_told(tally, day, cut):
        place = (boundaries, area_id, start)
        for metric, what in COUNTS.items():
            cells[metric, *place] = plain(tally[what, *place])
        cells["docs_acceptance_minutes_median", *place] = middle_of(taken[place])
        in_time, judged = tally["in time", *place], tally["judged", *place]
        cells["docs_accepted_within_day_rate", *place] = rate_of(in_time, judged)


def _receipts(world: World, day: date) -> Iterator[Receipt]:
    """Everything that receivers told by the end of the day."""
    at = end_of_day(day)
    for home, province in world.provinces.items():
        documents = world.documents(home, at)
        moments = (documents.arrived, documents.refused, documents.accepted)
        columns = (documents.receivers[:, 0], documents.business, *moments)
        for row in zip(*(column.tolist() for column in columns), strict=True):
            receiver, business, *told = row
            arrived, refused, accepted = (one if one <= at else NEVER for one in told)
            if arrived == NEVER or business == REVOKE:
                continue
            yield Receipt(
                area_id=province.desks[receiver].area_id,
                arrived=day_at(arrived),
                refused=day_at(refused),
                accepted=day_at(accepted),
                minutes=(accepted - arrived) // MINUTE,
            )


def _events(one: Receipt, day: date) -> Iterator[tuple[str, date]]:
    """What counts on the day it happens."""
    yield "received", one.arrived
    if one.refused < FOREVER:
        yield "refused", one.refused
    too_late = _second_working_day(one.arrived)
    if one.accepted < too_late:
        yield "judged", one.accepted
        yield "in time", one.accepted
    elif too_late <= min(one.refused, day):
        yield "judged", too_late


def _second_working_day(day: date) -> date:
    """The second working day after a day."""
    for _ in range(2):
        day += ONE_DAY
        while not is_worked(day):
            day += ONE_DAY
    return day
