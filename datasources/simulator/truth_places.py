"""Where and when things count in the truth: every area's ancestors on both maps, and the periods.

Only the register of areas, the calendar and the names of periods are shared with the program.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import median
from typing import NamedTuple

from datasources.simulator.clock import DAY, NEVER, date_of
from domain.area import COUNTRY_ID, Area, Boundaries, register
from domain.calendar import load_calendar
from domain.period import Grain, Span, period_end, period_start

Cell = tuple[str, str, str, date]
Tally = dict[tuple[str, str, str, date], int]
ONE_DAY = timedelta(days=1)
FOREVER = date.max


class Figures(NamedTuple):
    """One cell. A count has no denominator; a rate (0 to 100) without one has no value."""

    numerator: float
    denominator: float | None
    value: float | None


EVER = Span(date.min, date.max)


@dataclass(frozen=True)
class Cut:
    """How time is cut: into the periods of a grain, told of only where they begin in a span."""

    grain: Grain = Grain.MONTH
    span: Span = EVER

    def of(self, day: date) -> date:
        """The first day of the period that holds a day."""
        return period_start(day, self.grain)

    def following(self, start: date) -> date:
        """The first day of the next period."""
        return period_end(start, self.grain)

    def last_day(self, start: date, day: date) -> date:
        """The last day of a period, as far as it is known at the end of `day`."""
        return min(self.following(start) - ONE_DAY, day)

    def walk(self, since: date, day: date) -> Iterator[date]:
        """The periods from the one that holds a day to the one that holds another."""
        start = self.of(max(since, self.span.start))
        while start <= day and start < self.span.end:
            if start >= self.span.start:
                yield start
            start = self.following(start)


MONTHS = Cut()


def count_in(tally: Tally, what: str, places: Iterable[tuple[str, str]], start: date) -> None:
    """Count something of a period in every place it counts in."""
    for boundaries, area_id in places:
        tally[what, boundaries, area_id, start] += 1


@cache
def places_of(area_id: str, day: date) -> tuple[tuple[str, str], ...]:
    """Everywhere something in an area counts that happens on a day: boundaries and area."""
    then = [(Boundaries.THEN.value, one) for one in _above(_responsible(area_id, day), day)]
    today = [(Boundaries.TODAY.value, one) for one in _present(area_id)]
    return (*then, *today)


@cache
def _closure(boundaries: Boundaries) -> dict[str, list[tuple[str, date, date]]]:
    """What every area counts towards, from when until before when."""
    links: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
    for link in register().closure(boundaries):
        start, end = link.valid_from or date.min, link.valid_until or date.max
        links[link.area_id].append((link.ancestor_id, start, end))
    return links


def _above(area_id: str, day: date) -> Iterable[str]:
    """The area and all it lies in on a day, the country always."""
    links = _closure(Boundaries.THEN)[area_id]
    return {COUNTRY_ID} | {above for above, start, end in links if start <= day < end}


def _present(area_id: str) -> Iterable[str]:
    """What the whole history of an area counts towards on today's map."""
    return {COUNTRY_ID} | {above for above, _, _ in _closure(Boundaries.TODAY)[area_id]}


def _responsible(area_id: str, day: date) -> str:
    """The area that answers for another on a day: itself, its main successor, or its parent."""
    area = register().get(area_id)
    if area.is_valid(day) or area.valid_until is None or day < area.valid_until:
        return area_id
    for change in register().successors(area_id):
        if change.is_default and change.new_id is not None:
            return _responsible(change.new_id, day)
    return _responsible(_parent(area), day)


def _parent(area: Area) -> str:
    """What an area lay in when it ended."""
    chain = list(register().ancestors(area.area_id).values())
    return chain[-2]


def periods_told(tally: Tally, day: date, cut: Cut) -> Iterator[tuple[str, str, date]]:
    """Every area from the period of its first event to that of the day, while it exists."""
    first: dict[tuple[str, str], date] = {}
    for _, boundaries, area_id, start in tally:
        begun = first.get((boundaries, area_id), start)
        first[boundaries, area_id] = min(begun, start)
    for (boundaries, area_id), begun in first.items():
        for start in cut.walk(begun, day):
            if boundaries == Boundaries.TODAY or _lives_in(area_id, start, cut):
                yield boundaries, area_id, start


def _lives_in(area_id: str, start: date, cut: Cut) -> bool:
    """Whether an area exists on some day of a period."""
    area = register().get(area_id)
    begun = area.valid_from is None or area.valid_from < cut.following(start)
    return begun and (area.valid_until is None or start < area.valid_until)


def lives_on(area_id: str, day: date) -> bool:
    """Whether an area exists on a day."""
    return register().get(area_id).is_valid(day)


def day_at(seconds: int) -> date:
    """The day of a local second, FOREVER for one that never comes."""
    return FOREVER if seconds >= NEVER else date_of(seconds // DAY)


def plain(count: int) -> Figures:
    """A count, which has no denominator."""
    return Figures(count, None, count)


def rate_of(numerator: int, denominator: int) -> Figures:
    """A rate from 0 to 100, of nothing none."""
    return Figures(numerator, denominator, 100 * numerator / denominator if denominator else None)


def middle_of(amounts: list[int]) -> Figures:
    """The median of all amounts there, and how many were no more."""
    middle = median(amounts) if amounts else None
    within = sum(one <= middle for one in amounts) if middle is not None else 0
    return Figures(within, len(amounts), middle)


@cache
def is_worked(day: date) -> bool:
    """Whether a day is a working day."""
    return load_calendar().is_working(day)
