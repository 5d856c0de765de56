"""Counting: the measures of dossiers or documents, per line and period, from one query.

A line is an area of the selection, or a value of the dimension it is broken down by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.measure import Additivity, measures
from metrics import statements
from metrics.formula import Gathering, Numbers
from metrics.question import Question
from metrics.selection import DIMENSIONS, FILTERS
from metrics.window import Days, Flags, period_number

# A month that an area began in is its own, though it did not live through all of it.
LIFE_START = {"day": "a.life_start", "month": "date_trunc('month', a.life_start)"}
BEGINNING = ("area", "source", "leaf_level", "first_day")
ENDLESS = np.datetime64("9999-12-31", "D")


class Counts:
    """What one query counted, as tables of lines × periods.

    `rows` hold line, source, leaf_level, period (-1 is all the time before the first), the
    measures and `estimated`; `beginnings`, per area, source and level counted at, the first
    day anything was delivered.
    """

    def __init__(
        self,
        question: Question,
        lines: tuple[str, ...],
        rows: pd.DataFrame,
        beginnings: pd.DataFrame,
    ) -> None:
        self.lines = lines
        self._question = question
        self._width = len(question.window.periods) + 1
        self._rows = {name: rows[name].to_numpy() for name in rows}
        self._places = self._rows["line"] * self._width + self._rows["period"] + 1
        self._begun = {name: beginnings[name].to_numpy() for name in BEGINNING}
        self._tables: dict[tuple[str, str | None], Numbers] = {}

    @property
    def leaf_levels(self) -> list[str]:
        """The levels anything was counted at."""
        return sorted(set(self._begun["leaf_level"]))

    def sums(self, names: Sequence[str], gathering: Gathering, leaf_level: str | None) -> Numbers:
        """Measures added up: flows within each period, stocks as they stand at its end."""
        table = sum((self._table(name, leaf_level) for name in names), start=np.zeros(1))
        return np.asarray(table.cumsum(axis=1) if gathering is Gathering.STOCK else table)[:, 1:]

    def estimated(self, gathering: Gathering, leaf_level: str | None) -> Flags:
        """Which sums hold counts of areas that belong there only for the most part."""
        return self.sums(["estimated"], gathering, leaf_level) > 0

    def has_begun(self, leaf_level: str | None) -> Flags:
        """Which sources had begun to deliver by the end: lines × sources × periods."""
        begun: Flags = self._first_days(leaf_level)[:, :, None] < self._question.window.ends
        return begun

    def is_told(self, begun: Flags) -> Flags:
        """Which sums are known: between a source's first delivery and its last.

        In between, a period without events is a true zero; outside, nobody knows.
        """
        reaches, starts = self._question.sources.reaches, self._question.window.starts
        return np.asarray((begun & (reaches[:, None] >= starts)).any(axis=1))

    def _table(self, name: str, leaf_level: str | None) -> Numbers:
        """One column added up into lines × (the time before, and the periods)."""
        key = name, leaf_level
        if key not in self._tables:
            weights = np.nan_to_num(self._rows[name].astype(float))
            if leaf_level is not None:
                weights = weights * (self._rows["leaf_level"] == leaf_level)
            size = len(self.lines) * self._width
            table: Numbers = np.bincount(self._places, weights, size).astype(float)
            self._tables[key] = table.reshape(len(self.lines), self._width)
        return self._tables[key]

    def _first_days(self, leaf_level: str | None) -> Days:
        """The first day each source delivered for each line's area: lines × sources."""
        begun = self._begun
        chosen = np.ones(len(begun["area"]), dtype=bool)
        if leaf_level is not None:
            chosen = begun["leaf_level"] == leaf_level
        areas = len(self._question.places.areas)
        first = np.full((areas, len(self._question.sources.all)), ENDLESS)
        sources = self._question.sources.numbers(begun["source"][chosen])
        days = begun["first_day"][chosen].astype("datetime64[D]")
        np.minimum.at(first, (begun["area"][chosen], sources), days)
        return np.broadcast_to(first, (len(self.lines), first.shape[1])) if areas == 1 else first


def counts(question: Question, record: str, names: Sequence[str]) -> Counts:
    """Some measures of one kind of record, for all lines and periods of a question.

    Area rollups answer what they can. Filters and dimensions need the single events, a past
    `as_of` the events with the day they became known.
    """
    statement = _statement(question, record, names)
    rows = question.frame(statement.sql, **statement.params)
    beginnings = rows
    if statement.is_narrowed:
        beginnings = question.frame(_beginnings(question, record))
    if question.is_by_dimension:
        return Counts(question, *_lines_of_dimension(rows), beginnings)
    lines = tuple(area.area_id for area in question.places.areas)
    return Counts(question, lines, rows.assign(line=rows["area"]), beginnings)


@dataclass(frozen=True)
class _Statement:
    """A statement and the parameters that the question does not hold; whether it is narrowed."""

    sql: str
    params: Mapping[str, object]
    is_narrowed: bool


def _statement(question: Question, record: str, names: Sequence[str]) -> _Statement:
    selection = question.selection
    dimension = DIMENSIONS[record].get(selection.by)
    is_past = selection.as_of is not None
    if dimension is None and not selection.filters and not is_past:
        day = "month" if question.window.is_whole_months else "day"
        sql = statements.ROLLED_UP.format(
            record=record,
            day=day,
            period=period_number(f"r.{day}", selection),
            sums=_sums(question, names, day),
            bounds=statements.IN_BOUNDS,
        )
        return _Statement(sql, {}, is_narrowed=False)
    has_stocks = any(measures()[name].additivity is Additivity.LAST for name in names)
    is_narrowed = bool(dimension or selection.filters)
    conditions, params = _conditions(record, selection.filters)
    if is_past:
        conditions.append("and r.known_day <= $as_of")
    if is_narrowed and not has_stocks:
        conditions.append("and r.day >= $start")
    sql = statements.SINGLE.format(
        table=f"{record}_known" if is_past else f"{record}_delta",
        dimension=f"r.{dimension}" if dimension else "''",
        period=period_number("r.day", selection),
        sums=_sums(question, names, "day"),
        conditions="\n    ".join(conditions),
    )
    return _Statement(sql, params, is_narrowed)


def _sums(question: Question, names: Sequence[str], day: str) -> str:
    """One column per measure: what counts of it, added up.

    A stock is the sum of all its changes. Events count while the area lives, those of a
    cohort only in a period that the cohort began in too.
    """
    life = [f"r.{day} >= {LIFE_START[day]} and r.{day} < a.life_end"]
    life = life if question.has_bounded_lives else []
    origin = f"r.origin_{day}"
    same_period = [
        f"{origin} >= $start",
        f"{period_number(origin, question.selection)} "
        f"= {period_number(f'r.{day}', question.selection)}",
    ]
    rules = {
        Additivity.LAST: [],
        Additivity.SUM: life,
        Additivity.COHORT: [*life, *same_period],
    }
    return ",\n    ".join(
        f"sum(r.{name}){_filter(rules[measures()[name].additivity])} as {name}" for name in names
    )


def _filter(conditions: Sequence[str]) -> str:
    return f" filter (where {' and '.join(conditions)})" if conditions else ""


def _conditions(
    record: str, filters: Sequence[tuple[str, str]]
) -> tuple[list[str], dict[str, list[str]]]:
    """The conditions of the filters: alternatives of a name, and all names at once."""
    columns = FILTERS[record]
    wanted: dict[str, list[str]] = {}
    for name, value in filters:
        wanted.setdefault(columns[name], []).append(value)
    return [f"and r.{column} in (select unnest(${column}))" for column in wanted], wanted


def _beginnings(question: Question, record: str) -> str:
    past = question.selection.as_of is not None
    template = statements.KNOWN_BEGINNINGS if past else statements.BEGINNINGS
    return template.format(record=record, bounds=statements.IN_BOUNDS)


def _lines_of_dimension(rows: pd.DataFrame) -> tuple[tuple[str, ...], pd.DataFrame]:
    """The values of a dimension in order, and the rows numbered by them."""
    numbers, values = pd.factorize(rows["dimension"].fillna(""), sort=True)
    return tuple(values), rows.assign(line=numbers)


def life(question: Question, gathering: Gathering) -> Flags:
    """Where the areas asked for exist: areas × periods.

    A flow is told if the area lived in the period, a stock if it still did at its end.
    """
    window = question.window
    first, until = np.array(question.lives, dtype="datetime64[D]").T[:, :, None]
    if gathering is Gathering.STOCK:
        last = np.minimum(window.ends, np.datetime64(window.end)) - 1
        return np.asarray((first <= last) & (last < until))
    return np.asarray((first < window.ends) & (window.starts < until))
