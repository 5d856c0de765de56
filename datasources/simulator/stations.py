"""Water stations that send a reading every quarter of an hour: daily rhythm, bad days, silences.

Each reading is drawn alone. Some come twice, some an hour late, and now and then a station is
calibrated or sends nothing for hours.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from math import cos, pi
from typing import NamedTuple

from datasources.simulator.chance import bell, fraction, word
from datasources.simulator.clock import DAY, HOUR, MINUTE, day_number, instant_of
from datasources.simulator.desks import TWO_LEVELS
from domain.area import Level, register

STATIONS_PER_PROVINCE = 3
QUARTER = 15 * MINUTE
BEGINNING = day_number(TWO_LEVELS) * DAY
LIMITS = {"ph": (6.0, 8.5), "do_mg_l": (4.0, None), "nh4_mg_l": (None, 0.9)}
"""What a demonstration calls too much; a real stanza cites the regulation that applies."""

SILENT, CALIBRATED, TWICE, LATE = 0.012, 0.01, 0.01, 0.004
BAD_DAY = 0.06


class Station(NamedTuple):
    """One station of a present-day province: its name, and the code of its commune."""

    name: str
    area: str


class Sent(NamedTuple):
    """A reading: when it was taken, when it was sent (local seconds), and what it says."""

    station: str
    at: int
    sent: int
    values: dict[str, float]
    status: str


@cache
def stations_of(home: str) -> tuple[Station, ...]:
    """The stations of a province, each in another commune of today."""
    province = register().at(home, TWO_LEVELS)
    communes = sorted(
        area.code
        for area in register().children(province.area_id, TWO_LEVELS)
        if area.level is Level.COMMUNE
    )
    step = max(1, len(communes) // STATIONS_PER_PROVINCE)
    chosen = communes[step // 2 :: step][:STATIONS_PER_PROVINCE]
    return tuple(Station(f"NM{home}{number:02}", code) for number, code in enumerate(chosen, 1))


def sent_between(seed: int, homes: Sequence[str], since: int, until: int) -> Iterator[Sent]:
    """Every reading sent from `since` up to, not including, `until`, in the order of stations."""
    for home in homes:
        for station in stations_of(home):
            # No station is older than the map it stands on.
            start = max((since - 2 * HOUR) // QUARTER * QUARTER, BEGINNING)
            for at in range(start, until, QUARTER):
                yield from (one for one in _sent(seed, station, at) if since <= one.sent < until)


def lines(readings: Iterator[Sent]) -> str:
    """Readings as they come over the line, one JSON object each."""
    return "".join(
        json.dumps(
            {
                "station": one.station,
                "at": instant_of(one.at).isoformat(),
                **one.values,
                "status": one.status,
            }
        )
        + "\n"
        for one in readings
    )


def _sent(seed: int, station: Station, at: int) -> Iterator[Sent]:
    name = f"{seed} {station.name}"
    day = _day(name, at // DAY)
    draws = _draws(f"{name} {at}")
    if _is_silent(name, at // HOUR) or next(draws) < SILENT:
        return
    one = Sent(
        station=station.name,
        at=at,
        sent=at + MINUTE + (HOUR if next(draws) < LATE else 0),
        values=_values(day, at, 4 * next(draws) - 2),
        status="calibrating" if day.calibrated and at % DAY // HOUR == 9 else "ok",
    )
    yield one
    if next(draws) < TWICE:
        yield one._replace(sent=one.sent + MINUTE)


class Day(NamedTuple):
    """What a day is like at a station."""

    own: float
    bad: bool
    calibrated: bool


@lru_cache(maxsize=4096)
def _day(name: str, day: int) -> Day:
    return Day(
        own=bell(f"{name} own"),
        bad=fraction(f"{name} {day} bad") < BAD_DAY,
        calibrated=fraction(f"{name} {day} calibrated") < CALIBRATED,
    )


@lru_cache(maxsize=4096)
def _is_silent(name: str, hour: int) -> bool:
    return fraction(f"{name} {hour} silent") < SILENT


def _draws(name: str) -> Iterator[float]:
    """Four numbers in [0, 1), from one word."""
    bits = word(name)
    return ((bits >> shift & 0xFFFF) / 65536 for shift in (0, 16, 32, 48))


def _values(day: Day, at: int, noise: float) -> dict[str, float]:
    """What the water is like: oxygen falls at night, and a bad day is bad for some hours."""
    hour = at % DAY / HOUR
    warm = cos(2 * pi * (hour - 15) / 24)
    bad = day.bad and 2 <= hour < 8
    return {
        "ph": round(7.2 + 0.2 * day.own + 0.15 * warm + 0.05 * noise, 2),
        "do_mg_l": round(5.8 + 0.3 * day.own + 0.5 * warm + 0.12 * noise - 1.6 * bad, 2),
        "salinity_ppt": round(0.3 + 0.1 * abs(day.own) + 0.02 * abs(noise), 2),
        "temp_c": round(27.0 + day.own + 1.5 * warm + 0.1 * noise, 1),
        "nh4_mg_l": round(0.3 + 0.08 * abs(day.own) + 0.03 * abs(noise) + 0.5 * bad, 2),
    }
