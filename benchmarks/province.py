"""An invented province's dossiers, millions of them in seconds: the same seed, the same dossiers.

Every dossier lies in a commune that existed on the day it was received. A few communes and a
few procedures make up most of the work, as they do everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.area import Area, Level, register
from domain.period import Span

PROVINCE = "25@2025-07-01"  # Phú Thọ
PROCEDURES = 600
FIELDS = 40
CHANNELS = ("online", "direct", "postal")
CHANNEL_SHARES = (0.72, 0.24, 0.04)
NO_DUE_SHARE, LATE_SHARE, WITHDRAWN_SHARE, PAUSED_SHARE = 0.01, 0.06, 0.01, 0.02
ON_TIME_SHARE = 0.15
TERMS = np.array([1, 3, 5, 7, 10, 15, 20, 30])  # working days
STILL_OPEN_SHARE = 0.01
DAY, HOUR, MINUTE = 86_400, 3_600, 60
AHEAD = 7 * HOUR  # Vietnam's clocks
EPOCH = date(1970, 1, 1)

Numbers = NDArray[np.int64]
Column = Any  # a pyarrow.Array of whatever it holds
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Dossiers:
    """So many dossiers, received in `span`; one number per dossier in every column.

    Instants are seconds since 1970 on Vietnam's clocks, NEVER where there is none. Numbers of
    areas, procedures and channels point into `areas`, `procedures` and CHANNELS.
    """

    codes: Column
    areas: tuple[Area, ...]
    area: Numbers
    procedure: Numbers
    channel: Numbers
    submitted: Numbers
    received: Numbers
    due: Numbers
    finished: Numbers
    withdrawn: Numbers
    paused: Numbers
    resumed: Numbers

    @cached_property
    def updated(self) -> Numbers:
        """When each last changed."""
        return np.maximum(np.maximum(self.received, self.finished), self.withdrawn)

    @cached_property
    def status(self) -> Numbers:
        """The national portal's number: 10 handed over, 7 withdrawn, 4 in work."""
        return np.where(self.withdrawn != NEVER, 7, np.where(self.finished != NEVER, 10, 4))


def dossiers(
    number: int,
    span: Span,
    now: date | None = None,
    seed: int = 25,
    places: tuple[Area, ...] | None = None,
) -> Dossiers:
    """Dossiers received in `span`, in the order of their days, as they stand when `now` begins.

    Without `now` as they stand at the end of the span; without `places` in the province.
    """
    chance = np.random.default_rng([seed, span.start.toordinal()])
    day = _days(chance, number, span)
    areas = places or _communes(span)
    area = _areas(chance, day, areas)
    procedure = _skewed(chance, number, PROCEDURES)
    channel = chance.choice(len(CHANNELS), number, p=CHANNEL_SHARES)
    received = day * DAY + chance.integers(7 * HOUR + 30 * MINUTE, 17 * HOUR, number)
    submitted = received - np.where(channel == 0, chance.integers(0, 20 * HOUR, number), 0)
    due = _due(chance, day, procedure)
    finished = _finished(chance, received, due)
    withdrawn = _some(chance, WITHDRAWN_SHARE, received + chance.integers(1, 5 * DAY, number))
    paused = _some(chance, PAUSED_SHARE, received + chance.integers(HOUR, 2 * DAY, number))
    resumed = np.where(paused != NEVER, paused + chance.integers(DAY, 9 * DAY, number), NEVER)
    known = _known_at(((now or span.end) - EPOCH).days * DAY)
    withdrawn = known(withdrawn)
    return Dossiers(
        codes=_codes(number, day),
        areas=areas,
        area=area,
        procedure=procedure,
        channel=channel,
        submitted=submitted,
        received=received,
        due=due,
        finished=np.where(withdrawn != NEVER, NEVER, known(finished)),
        withdrawn=withdrawn,
        paused=known(paused),
        resumed=known(resumed),
    )


def changed(found: Dossiers, number: int, now: date, seed: int = 26) -> Dossiers:
    """The same dossiers, of which so many were finished in the last second before `now`."""
    rows = np.random.default_rng(seed).choice(len(found.codes), number, replace=False)
    finished, withdrawn = found.finished.copy(), found.withdrawn.copy()
    finished[rows] = (now - EPOCH).days * DAY - 1
    withdrawn[rows] = NEVER
    return replace(found, finished=finished, withdrawn=withdrawn)


def only(found: Dossiers, rows: Numbers) -> Dossiers:
    """Some of the dossiers, by their places."""
    columns = {
        one.name: getattr(found, one.name)[rows]
        for one in fields(found)
        if one.name not in ("codes", "areas")
    }
    return replace(found, codes=found.codes.take(pa.array(rows)), **columns)


def _days(chance: np.random.Generator, number: int, span: Span) -> Numbers:
    """Days since 1970, few of them at weekends."""
    first = (span.start - EPOCH).days
    days = np.arange(first, first + span.days)
    weight = np.where((days + 3) % 7 < 5, 1.0, 0.03)  # 1970 began on a Thursday
    return np.sort(chance.choice(days, number, p=weight / weight.sum()))


def _communes(span: Span) -> tuple[Area, ...]:
    """The communes that are the province's today or became it."""
    past = [change.old_id for change in register().predecessors(PROVINCE)]
    found: list[Area] = []
    for province in dict.fromkeys([PROVINCE, *past]):
        found.extend(register().descendants(province, Level.COMMUNE, span))
    return tuple({area.area_id: area for area in found}.values())


def _areas(chance: np.random.Generator, day: Numbers, areas: tuple[Area, ...]) -> Numbers:
    """Which of the areas each dossier is in, of those that there were on its day."""
    sizes = chance.lognormal(0.0, 0.9, len(areas))
    starts = np.array([_number(area.valid_from, 0) for area in areas])
    ends = np.array([_number(area.valid_until, np.iinfo(np.int64).max) for area in areas])
    edges = np.unique(np.concatenate([starts, ends]))
    era = np.searchsorted(edges, day, side="right")
    area = np.zeros(len(day), dtype=np.int64)
    for one in np.unique(era):
        rows = era == one
        some_day = day[rows][0]
        weight = np.where((starts <= some_day) & (some_day < ends), sizes, 0.0)
        area[rows] = chance.choice(len(areas), int(rows.sum()), p=weight / weight.sum())
    return area


def _number(day: date | None, missing: int) -> int:
    return missing if day is None else (day - EPOCH).days


def _skewed(chance: np.random.Generator, number: int, kinds: int) -> Numbers:
    weight = 1 / np.arange(1, kinds + 1)
    return chance.choice(kinds, number, p=weight / weight.sum())


def _due(chance: np.random.Generator, day: Numbers, procedure: Numbers) -> Numbers:
    """The end of the procedure's term at five in the afternoon; a few have none."""
    due = (day + TERMS[procedure % len(TERMS)] * 7 // 5 + 1) * DAY + 17 * HOUR
    return np.where(chance.random(len(day)) < NO_DUE_SHARE, NEVER, due)


def _finished(chance: np.random.Generator, received: Numbers, due: Numbers) -> Numbers:
    """Most before the due day, some on it, few late, hardly any never."""
    number = len(received)
    room = np.where(due != NEVER, due - received, 10 * DAY)
    early = received + (room * chance.beta(2, 2, number)).astype(np.int64)
    draw = chance.random(number)
    on_day = draw < ON_TIME_SHARE
    late = draw > 1 - LATE_SHARE
    finished = np.where(on_day, received + room - chance.integers(0, 9 * HOUR, number), early)
    finished = np.maximum(finished, received)
    delay = (chance.exponential(6 * DAY, number) + HOUR).astype(np.int64)
    finished = np.where(late, received + room + delay, finished)
    return np.where(chance.random(number) < STILL_OPEN_SHARE, NEVER, finished)


def _some(chance: np.random.Generator, share: float, instants: Numbers) -> Numbers:
    return np.where(chance.random(len(instants)) < share, instants, NEVER)


def _known_at(now: int) -> Callable[[Numbers], Numbers]:
    """What lies after `now` has not happened yet."""
    return lambda instants: np.where(instants < now, instants, NEVER)


def _codes(number: int, day: Numbers) -> Column:
    """Codes in the national form: organisation, day, serial number."""
    serial = np.char.zfill(np.arange(number).astype(str), 7)
    days, which = np.unique(day, return_inverse=True)
    names = [f"H44.18-{EPOCH + timedelta(days=int(one)):%y%m%d}-" for one in days]
    prefix = np.array(names)[which]
    return pa.array(np.char.add(prefix, serial))
