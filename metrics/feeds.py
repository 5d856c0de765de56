"""Freshness below the source: each area and organisation that delivers, and its reminders.

A source is as fresh as its newest data; a commune that has been silent for weeks does not show
in that. Here each one that delivers through a source has a state of its own.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.calendar import WorkingCalendar
from domain.dossier import local_day
from domain.freshness import Freshness, SourceClock, freshness
from metrics.sources import CLOCKS
from store import Snapshot

FEEDS = """
select source, area_id, organisation, expected, told_at, reaches
from feed
order by source, area_id, organisation
"""
HEARD = """
select wanted.source, wanted.area_id, wanted.organisation, max(heard.told_at), max(heard.reaches)
from feed as wanted
left join feed as heard
on heard.source = wanted.source
and (wanted.area_id = '' or heard.area_id = wanted.area_id)
and (wanted.organisation = '' or heard.organisation = wanted.organisation)
where wanted.expected
group by wanted.source, wanted.area_id, wanted.organisation
"""
LATENESS = """
select
    source, area_id, organisation,
    count(*) filter (not kept), count(*), count(*) filter (reminder > 0),
    max(due_day) filter (not kept)
from promise
where year(due_day) = $year
group by source, area_id, organisation
"""
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Feed:
    """One who delivers through a source, as it stands now.

    Without area and organisation it is the source as a whole. `is_expected` is whether the
    configuration expects it; of the others only what was heard of them is known, and they are
    never late. `late`, `due` and `reminders` count the deliveries of this year.
    """

    source: str
    area_id: str
    organisation: str
    state: Freshness
    is_expected: bool
    told_at: datetime | None
    reaches: datetime | None
    due: int
    late: int
    reminders: int
    last_late: date | None


def feeds_of(snapshot: Snapshot, now: datetime, calendar: WorkingCalendar) -> tuple[Feed, ...]:
    """Every source as a whole, and after it those who deliver through it, by their ids."""
    clocks = {name: SourceClock(*told) for name, _, *told in snapshot.rows(CLOCKS)}
    params = {"year": local_day(now).year}
    counted: dict[Key, tuple[Any, ...]] = {
        (row[0], row[1], row[2]): row[3:] for row in snapshot.rows(LATENESS, params)
    }
    heard = {(row[0], row[1], row[2]): row[3:] for row in snapshot.rows(HEARD)}
    found = [
        _feed((name, "", ""), clock, counted, now, calendar, expected=True)
        for name, clock in clocks.items()
    ]
    for source, area_id, organisation, expected, told_at, reaches in snapshot.rows(FEEDS):
        key = (source, area_id, organisation)
        last = heard.get(key, (told_at, reaches))
        own = replace(clocks[source], last_success_at=last[0], data_as_of=last[1])
        if not expected:
            own = replace(own, expected_by=None, expected_every_s=None)
        found.append(_feed(key, own, counted, now, calendar, expected=expected))
    return tuple(sorted(found, key=lambda one: (one.source, one.area_id, one.organisation)))


def _feed(
    key: Key,
    clock: SourceClock,
    counted: dict[Key, tuple[Any, ...]],
    now: datetime,
    calendar: WorkingCalendar,
    *,
    expected: bool,
) -> Feed:
    late, due, reminders, last_late = counted.get(key, (0, 0, 0, None))
    return Feed(
        *key,
        state=freshness(clock, now, calendar),
        is_expected=expected,
        told_at=clock.last_success_at,
        reaches=clock.data_as_of,
        due=due,
        late=late,
        reminders=reminders,
        last_late=last_late,
    )
