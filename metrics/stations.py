"""Measuring stations one by one, as they are now: which is silent, which is out of its limits.

These are no figures of an area and a period, so `query` knows nothing of them; a snapshot holds
the last days of each station.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from domain.area import AreaRegister
from domain.scope import Scope
from metrics.contents import remembered
from metrics.leaves import area_and_all_in_it
from metrics.snapshots import Snapshot

HAS_STATIONS = "select 1 from duckdb_tables() where table_name = 'station_day'"
STATIONS = """
select source, station, area_id, kind, day, readings, expected, exceeded_hours, last_hour, worst
from station_day
order by source, station, day
"""
DAYS = 7
SILENT = timedelta(hours=3)
"""So long after its newest reading a station is silent."""


@dataclass(frozen=True)
class StationDay:
    """A station's day: readings of those expected, and hours out of its limits."""

    day: date
    readings: int
    expected: int
    exceeded_hours: int


@dataclass(frozen=True)
class Station:
    """One station over the last days, the oldest first.

    `last_hour` is the hour of its newest reading, None if none came; `worst` what was furthest
    out of its limits in the newest such hour.
    """

    source: str
    station: str
    area_id: str
    kind: str
    days: tuple[StationDay, ...]
    last_hour: datetime | None
    worst: str

    @property
    def readings(self) -> int:
        return sum(day.readings for day in self.days)

    @property
    def expected(self) -> int:
        return sum(day.expected for day in self.days)

    @property
    def exceeded_hours(self) -> int:
        return sum(day.exceeded_hours for day in self.days)

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing has come for hours."""
        return self.last_hour is None or self.last_hour + SILENT < now


def stations(
    snapshot: Snapshot, area_id: str, scope: Scope, register: AreaRegister
) -> tuple[Station, ...]:
    """The stations in an area that a person may see; those out of their limits longest first.

    Who sees the doings of some organisations only, or no small counts, sees none: no station
    is told of an organisation. Source: the snapshot's `station_day`; one of before there was
    such a table has none.
    """
    if scope.organisations is not None or scope.least:
        return ()

    def look() -> tuple[Station, ...]:
        if not snapshot.rows(HAS_STATIONS):
            return ()
        return tuple(_stations(snapshot.rows(STATIONS)))

    inside = area_and_all_in_it(register, area_id)
    found = [
        one
        for one in remembered(snapshot, ("stations",), look)
        if one.area_id in inside and scope.allows(one.area_id, register)
    ]
    share = {one: one.readings / one.expected if one.expected else 0.0 for one in found}
    return tuple(sorted(found, key=lambda one: (-one.exceeded_hours, share[one], one.station)))


def _stations(rows: list[tuple[Any, ...]]) -> Iterator[Station]:
    for (source, station), days in groupby(rows, key=lambda row: (row[0], row[1])):
        told = list(days)[-DAYS:]
        newest = told[-1]
        heard = [row[8] for row in told if row[8] is not None]
        bad = [row[9] for row in told if row[7]]
        yield Station(
            source,
            station,
            newest[2],
            newest[3],
            tuple(StationDay(_day(row[4]), *map(int, row[5:8])) for row in told),
            max(heard, default=None),
            bad[-1] if bad else "",
        )


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)
