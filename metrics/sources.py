"""Trust: how far each source's data reach, and in which state it is now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.calendar import WorkingCalendar
from domain.dossier import local_day
from domain.freshness import SEVERITY, Freshness, SourceClock, freshness
from metrics.window import Days, Flags, Window
from store import Snapshot

CLOCKS = """
select
    source,
    simulated,
    coalesce(up, false),
    last_attempt_at,
    last_success_at,
    data_as_of,
    expected_by,
    expected_every_s,
    grace_s,
    hard_max_s,
    suspect
from source
order by source"""
FRESH = Freshness.FRESH.severity
NEVER = Freshness.NEVER.severity


@dataclass(frozen=True)
class Source:
    """One source as a value sees it. `reaches` is the last day its data tell about."""

    id: str
    state: Freshness
    reaches: date
    data_as_of: datetime | None
    is_simulated: bool


@dataclass(frozen=True)
class Sources:
    """The sources of a snapshot, in the order of their ids."""

    all: tuple[Source, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(source.id for source in self.all)

    @property
    def reaches(self) -> Days:
        return np.array([source.reaches for source in self.all], dtype="datetime64[D]")

    def numbers(self, ids: Iterable[str]) -> npt.NDArray[np.intp]:
        """The place of each id among the sources."""
        places = {name: place for place, name in enumerate(self.ids)}
        return np.array([places[name] for name in ids], dtype=np.intp)

    def severities(self, window: Window) -> npt.NDArray[np.intp]:
        """How doubtful a source is about a period: sources × periods, as Freshness.severity.

        A period that ended by the day the data reach is history: no outage of today makes
        it less certain.
        """
        now = np.array([source.state.severity for source in self.all], dtype=int)
        is_history = window.ends[None, :] <= self.reaches[:, None]
        return np.where(is_history, FRESH, now[:, None])

    def told(self, used: Flags) -> "Provenance":
        """What values have from the sources used, one row of flags per line."""
        patterns, lines = np.unique(used, axis=0, return_inverse=True)
        told = [self._told(pattern) for pattern in patterns]
        return Provenance(
            np.array([", ".join(source.id for source in some) for some in told], dtype=object)[
                lines
            ],
            np.array([_oldest(some) for some in told], dtype=object)[lines],
            np.array([any(source.is_simulated for source in some) for some in told])[lines],
        )

    def _told(self, pattern: Flags) -> list[Source]:
        return [source for source, is_used in zip(self.all, pattern, strict=True) if is_used]


@dataclass(frozen=True)
class Provenance:
    """Where values come from, one entry per line."""

    sources: npt.NDArray[np.object_]
    data_as_of: npt.NDArray[np.object_]
    simulated: Flags


def _oldest(sources: Sequence[Source]) -> datetime | None:
    return min((one.data_as_of for one in sources if one.data_as_of), default=None)


def sources_of(
    snapshot: Snapshot, now: datetime, calendar: WorkingCalendar, last_day: date
) -> Sources:
    """The sources of a snapshot, known up to `last_day`, as they stand at the instant `now`."""
    rows = snapshot.rows(CLOCKS)
    return Sources(tuple(_source(row, now, calendar, last_day) for row in rows))


def _source(
    row: tuple[Any, ...], now: datetime, calendar: WorkingCalendar, last_day: date
) -> Source:
    name, is_simulated, *told = row
    clock = SourceClock(*told)
    reached = clock.data_as_of or clock.last_success_at
    reaches = min(local_day(reached), last_day) if reached else last_day
    state = freshness(clock, now, calendar)
    return Source(name, state, reaches, clock.data_as_of, is_simulated)


SEVERITIES = np.array([Freshness(name).value for name in SEVERITY], dtype=object)
"""Names of the states by their severity."""
