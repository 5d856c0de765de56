"""When dossiers come in: so many at each desk on each day.

What grows, swings and pauses is here: the years, the seasons, the week, Tết, the lockdowns of
2020 and 2021, and the move from the counter to the web.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts, Keys, Numbers, arrivals, keys
from datasources.simulator.clock import FIRST, LAST, date_of, day_number, work_days
from datasources.simulator.desks import Desk
from datasources.simulator.habits import Habits

GROWTH, LETTERS_GROWTH = 0.125, 0.46  # a year
SEASON = (0.97, 0.85, 1.08, 1.02, 1.05, 1.08, 1.06, 1.12, 1.04, 1.02, 0.98, 0.93)
COUNTER_WEEK = (1.22, 1.10, 1.02, 0.98, 0.82, 0.45, 0.0)
WEB_WEEK = (0.92, 0.90, 0.86, 0.85, 0.78, 0.42, 0.33)
WORK_DAYS_A_MONTH, WEB_DAYS_A_MONTH = 20.8, 22.0
LOCKDOWN_2020 = (date(2020, 4, 1), date(2020, 4, 23))
LOCKDOWN_2021 = (date(2021, 7, 12), date(2021, 10, 1))
LOCKED = 0.45
SOUTH = ("75", "91", "92")
TET = (  # the first day of each lunar year
    date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22),
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26),
    date(2029, 2, 13), date(2030, 2, 3),
)  # fmt: skip


@dataclass(frozen=True)
class Arrivals:
    """One element per thing that comes in: its key, the row of its desk, its day.

    `online` is the probability that it came by the web.
    """

    key: Keys
    desk: Counts
    day: Counts
    number: Counts
    online: Numbers


@dataclass(frozen=True)
class Tide:
    """The strength of each day since FIRST, at the counter and on the web; 1 is a plain day."""

    counter: Numbers
    web: Numbers


def dossiers_arriving(
    seed: int, desks: Sequence[Desk], rows: Counts, habit: Habits, days: range, scale: float
) -> Arrivals:
    """Everything that is handed in at the desks of some rows, desk by desk and day by day."""
    rows, day = _open(desks, rows, days), np.arange(days.start, days.stop)
    share = online_share(habit.online[rows], day)
    counter = (1 - share) * _tide(day).counter / WORK_DAYS_A_MONTH
    web = share * _tide(day).web / WEB_DAYS_A_MONTH
    size = scale * habit.volume[rows, None] * np.exp(GROWTH * _years(day)) * _calm(desks, rows, day)
    mean = size * (counter + web) * _validity(desks, rows, day)
    return _spread_out(seed, rows, day, habit, mean, web / np.maximum(counter + web, 1e-12))


def documents_leaving(
    seed: int, desks: Sequence[Desk], rows: Counts, habit: Habits, days: range, scale: float
) -> Arrivals:
    """Every document that the desks of some rows send; `online` says nothing here."""
    rows, day = _open(desks, rows, days), np.arange(days.start, days.stop)
    tide = np.exp(LETTERS_GROWTH * _years(day)) * _tide(day).counter / WORK_DAYS_A_MONTH
    mean = scale * habit.letters[rows, None] * tide * _validity(desks, rows, day)
    return _spread_out(seed ^ 0xD0C, rows, day, habit, mean, np.zeros_like(mean))


def online_share(ahead: Numbers, day: Counts) -> Numbers:
    """The share filed online per desk (rows) and day (columns): a logistic curve over the years."""
    return 1 / (1 + np.exp(-(0.52 * (_years(day) - 2.9)[None, :] + 0.75 * ahead[:, None])))


def _spread_out(
    seed: int, rows: Counts, day: Counts, habit: Habits, mean: Numbers, online: Numbers
) -> Arrivals:
    """From a mean per desk and day to single arrivals, each with a key of its own."""
    cells = keys(seed, np.repeat(habit.identity[rows], len(day)), np.tile(day, len(rows)))
    count = arrivals(cells, "how many", mean.ravel())
    cell = np.repeat(np.arange(len(cells)), count)
    number = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count)
    return Arrivals(
        key=keys(cells[cell].astype(np.uint64), number),
        desk=rows[cell // len(day)],
        day=day[cell % len(day)],
        number=number,
        online=online.ravel()[cell],
    )


def _open(desks: Sequence[Desk], rows: Counts, days: range) -> Counts:
    """The rows of the desks that exist on some of the days."""
    exist = [desks[row].first < days.stop and desks[row].until > days.start for row in rows]
    return rows[np.array(exist, dtype=np.bool_)]


def _validity(desks: Sequence[Desk], rows: Counts, day: Counts) -> NDArray[np.bool_]:
    first = np.array([desks[row].first for row in rows])
    until = np.array([desks[row].until for row in rows])
    valid: NDArray[np.bool_] = (first[:, None] <= day) & (day < until[:, None])
    return valid


def _calm(desks: Sequence[Desk], rows: Counts, day: Counts) -> Numbers:
    """How much of life went on: the south was locked down longer."""
    everywhere = np.where(_between(day, *LOCKDOWN_2020), LOCKED, 1.0)
    south = np.where(_between(day, *LOCKDOWN_2021), LOCKED, 1.0)
    in_south = np.array([desks[row].home in SOUTH for row in rows])
    calm: Numbers = everywhere * np.where(in_south[:, None], south, 1.0)
    return calm


def _tide(day: Counts) -> Tide:
    at = day - day_number(FIRST)
    return Tide(_tides().counter[at], _tides().web[at])


@cache
def _tides() -> Tide:
    """The strength of every day of the calendar, whatever the desk."""
    day = np.arange(day_number(FIRST), day_number(LAST) + 1)
    works, weekday = work_days().works(day), (day + 3) % 7
    season = np.array([SEASON[date_of(int(each)).month - 1] for each in day]) * _around_tet(day)
    holiday = np.where((weekday < 5) & ~works, 0.3, 1.0)
    counter = np.where(works, np.array(COUNTER_WEEK)[weekday], 0.0)
    return Tide(counter * season, np.array(WEB_WEEK)[weekday] * holiday * season)


def _years(day: Counts) -> Numbers:
    """Years since the beginning of 2020."""
    years: Numbers = (day - day_number(date(2020, 1, 1))) / 365.25
    return years


def _around_tet(day: Counts) -> Numbers:
    """People put things off before Tết and take their time after it."""
    strength = np.ones(len(day))
    for tet in map(day_number, TET):
        strength[(day >= tet - 12) & (day < tet - 2)] = 0.72
        strength[(day >= tet - 2) & (day < tet + 5)] = 0.12
        strength[(day >= tet + 5) & (day < tet + 12)] = 0.6
    return strength


def _between(day: Counts, first: date, until: date) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (day >= day_number(first)) & (day < day_number(until))
    return inside
