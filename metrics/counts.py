"""Counting: the measures of dossiers or documents, per line and period, from one query.

A line is an area of the selection, or a value of the dimension it is broken down by.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from domain.measure import Additivity, measures
from metrics import events
from metrics.formula import Gathering, Numbers
from metrics.question import Question
from metrics.window import Days, Flags

ENDLESS = np.datetime64("9999-12-31", "D")
ESTIMATED = "estimated"


class Counts:
    """What one query counted, as tables of lines × periods.

    `rows` hold line, source, leaf_level, period (-1 is all the time before the first), whether
    they are `alive`, `fit` and were `brought` (see events.py), the measures and `estimated`;
    `beginnings`, per area, source and level counted at, the first day anything was delivered.
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
        self._begun = {name: beginnings[name].to_numpy() for name in events.BEGINNING}
        self._tables: dict[tuple[str, Gathering, str | None, bool], Numbers] = {}

    @property
    def leaf_levels(self) -> list[str]:
        """The levels anything was counted at."""
        return sorted(set(self._begun["leaf_level"]))

    def sums(self, names: Sequence[str], gathering: Gathering, leaf_level: str | None) -> Numbers:
        """Measures added up: flows within each period, stocks at its end or its beginning."""
        table = np.sum([self._table(name, gathering, leaf_level) for name in names], axis=0)
        if gathering is Gathering.STOCK:
            return np.asarray(table.cumsum(axis=1))[:, 1:]
        if gathering is Gathering.OPENING:
            left = [self._table(name, gathering, leaf_level, left=True) for name in names]
            return np.asarray(table.cumsum(axis=1)[:, :-1] + np.sum(left, axis=0)[:, 1:])
        return np.asarray(table)[:, 1:]

    def estimated(self, gathering: Gathering, leaf_level: str | None) -> Flags:
        """Which sums hold counts of areas that belong there only for the most part."""
        return self.sums([ESTIMATED], gathering, leaf_level) > 0

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

    def _table(
        self, name: str, gathering: Gathering, leaf_level: str | None, *, left: bool = False
    ) -> Numbers:
        """One column added up into lines × (the time before, and the periods).

        `left` takes only what an area opens a period with beside what it had before: what came
        with others as the period began, and, if it began in it and still exists, what it was
        left by those before it.
        """
        key = name, gathering, leaf_level, left
        if key not in self._tables:
            counting = self._counting(name, gathering, leaf_level)
            if left:
                unborn = ~self._rows["alive"].astype(bool) & self._still_exists()
                counting &= unborn | self._rows["brought"].astype(bool)
            weights = np.nan_to_num(self._rows[name].astype(float)) * counting
            size = len(self.lines) * self._width
            table: Numbers = np.bincount(self._places, weights, size).astype(float)
            self._tables[key] = table.reshape(len(self.lines), self._width)
        return self._tables[key]

    def _counting(self, name: str, gathering: Gathering, leaf_level: str | None) -> Flags:
        """The rows that count: a stock is the sum of all its changes, whenever they were."""
        counting = np.ones(len(self._places), dtype=bool)
        if gathering is Gathering.FLOW:
            counting &= self._rows["alive"]
        if name != ESTIMATED and measures()[name].additivity is Additivity.COHORT:
            counting &= self._rows["fits"]
        if leaf_level is not None:
            counting &= self._rows["leaf_level"] == leaf_level
        return counting

    def _still_exists(self) -> Flags:
        """The rows of areas that have not ended."""
        areas = self._question.places.areas
        lives = np.array([area.valid_until is None for area in areas])
        lines = self._rows["line"] if len(lives) == len(self.lines) else 0
        return np.asarray(lives[lines])

    def _first_days(self, leaf_level: str | None) -> Days:
        """The first day each source delivered for each line's area: lines × sources."""
        begun = self._begun
        chosen = np.ones(len(begun["area_id"]), dtype=bool)
        if leaf_level is not None:
            chosen = begun["leaf_level"] == leaf_level
        areas = len(self._question.places.areas)
        first = np.full((areas, len(self._question.sources.all)), ENDLESS)
        sources = self._question.sources.numbers(begun["source"][chosen])
        days = begun["first_day"][chosen].astype("datetime64[D]")
        np.minimum.at(first, (self._question.area_numbers(begun["area_id"][chosen]), sources), days)
        return np.broadcast_to(first, (len(self.lines), first.shape[1])) if areas == 1 else first


def counts(question: Question, record: str, names: Sequence[str]) -> Counts:
    """Some measures of one kind of record, for all lines and periods of a question."""
    rows, beginnings = events.counted(question, record, names)
    if question.is_by_dimension:
        numbers, values = pd.factorize(rows["dimension"].fillna(""), sort=True)
        return Counts(question, tuple(values), rows.assign(line=numbers), beginnings)
    lines = tuple(area.area_id for area in question.places.areas)
    numbers = question.area_numbers(rows["area_id"].to_numpy())
    return Counts(question, lines, rows.assign(line=numbers), beginnings)


def life(question: Question, gathering: Gathering) -> Flags:
    """Where the areas asked for exist: areas × periods.

    A flow is told if the area lived in the period, a stock if it still did at its end; of an
    area that begins after the last day that counts, nothing is.
    """
    window = question.window
    first, until = question.life_days.T[:, :, None]
    ends = np.minimum(window.ends, np.datetime64(window.end))
    if gathering is Gathering.STOCK:
        return np.asarray((first < ends) & (ends <= until))
    return np.asarray((first < ends) & (window.starts < until))
