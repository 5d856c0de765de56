"""Who was due, and who was late: judged when a source has been tried after the hour it promised.

A day on which nothing was tried is judged by nobody: an outage of ours is no lateness of theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from datasources.base import SourceConfig
from domain.area import AreaRegister, Level
from domain.calendar import WorkingCalendar
from domain.dossier import local_day
from domain.errors import AreaError, SourceError
from domain.freshness import SourceClock, freshness, is_overdue, last_due_day
from domain.organisation import normalise_code
from domain.period import Span


@dataclass(frozen=True)
class Deliverer:
    """One who delivers through a source: an area, an organisation, or with neither all of it."""

    area_id: str
    organisation: str
    told_at: datetime | None = None
    reaches: datetime | None = None


@dataclass(frozen=True)
class Judgement:
    """Whether one deliverer's data of a day were there. `reaches` is the last day that is."""

    deliverer: Deliverer
    due_day: date
    kept: bool
    state: str
    reaches: date | None


def judgements(
    clock: SourceClock,
    deliverers: Sequence[Deliverer],
    since: datetime | None,
    now: datetime,
    calendar: WorkingCalendar,
) -> Iterator[Judgement]:
    """What was due last, of the source as a whole and of each deliverer that is expected.

    Nothing was due before the source was first tried, at `since`.
    """
    due = last_due_day(clock, now, calendar)
    if due is None or since is None or due < local_day(since):
        return
    whole = Deliverer("", "", clock.last_success_at, clock.data_as_of)
    yield _judged(whole, clock, due, now, calendar)
    for one in deliverers:
        own = replace(clock, last_success_at=one.told_at, data_as_of=one.reaches)
        yield _judged(one, own, due, now, calendar)


def _judged(
    one: Deliverer, clock: SourceClock, due: date, now: datetime, calendar: WorkingCalendar
) -> Judgement:
    kept = not is_overdue(clock, now, calendar)
    reached = clock.data_as_of or clock.last_success_at
    known = reached is not None and (kept or clock.expected_by is not None)
    reaches = local_day(reached) if reached and known else None
    return Judgement(one, due, kept, freshness(clock, now, calendar).value, reaches)


def expected_deliverers(
    source: str, config: SourceConfig, areas: AreaRegister, today: date
) -> list[Deliverer]:
    """Those that `expected_from` names. Raises SourceError for one that is not known.

    "25" is an area, "25/commune" every commune of it, "H44.13" an organisation.
    """
    return [one for text in config.expected_from for one in _meant(source, text, areas, today)]


def _meant(source: str, text: str, areas: AreaRegister, today: date) -> list[Deliverer]:
    code, slash, level = text.partition("/")
    if not code[:1].isdecimal() and code != "VN":
        return [Deliverer("", normalise_code(text))]
    try:
        area = areas.at(code, today)
        if not slash:
            return [Deliverer(area.area_id, "")]
        span = Span.of_days(today, today)
        found = areas.descendants(area.area_id, Level(level), span)
        return [Deliverer(one.area_id, "") for one in found]
    except (AreaError, ValueError):
        fact = f"expected_from names '{text}', which is no area and no level of today"
        way_on = "Write codes such as 25, 25/commune or H44.13"
        raise SourceError(source, fact, way_on) from None
