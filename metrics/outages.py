"""When a source kept silent, from the book of who delivered on time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.dossier import local_day
from domain.period import DAY
from metrics.contents import remembered
from metrics.snapshots import Snapshot

PROMISES = """
select source, due_day, kept, delivered_at
from promise
where area_id = ''
and organisation = ''
order by source, due_day
"""


@dataclass(frozen=True)
class Outage:
    """Days in a row whose data a source did not bring in time.

    `until` is the day on which they came after all; None: they have not come yet.
    """

    source: str
    day: date
    last: date
    until: date | None


def outages(snapshot: Snapshot) -> tuple[Outage, ...]:
    """Every outage known of the sources, by source, the oldest first. Source: `promise`."""
    return remembered(snapshot, ("outages",), lambda: runs(snapshot.rows(PROMISES)))


def runs(promises: Iterable[Sequence[Any]]) -> tuple[Outage, ...]:
    """Outages from (source, due_day, kept, delivered_at), by source and day.

    Days off promise nothing, so they do not end an outage; a promise that was kept does.
    """
    found: list[Outage] = []
    silent = ""
    for source, due, kept, delivered in promises:
        if not kept:
            first = found.pop().day if silent == source else due
            until = local_day(delivered) if delivered else None
            found.append(Outage(source, first, due, until))
        silent = "" if kept else source
    return tuple(found)


def ends(one: Outage) -> date:
    """The first day after an outage, as far as it is known."""
    return max(one.until or one.last, one.last) + DAY
