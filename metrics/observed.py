"""Observations: figures delivered ready-made for an area and a period.

Some add up (work files of all communes); a period takes those that lie whole in it. Others
stand for the very area and period they were delivered for: printed figures and scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.area import Level
from domain.area_files import NEW_MAP
from domain.measure import measures
from metrics import statements
from metrics.formula import Gathering, Numbers
from metrics.question import Question
from metrics.window import Flags


@dataclass(frozen=True)
class Observations:
    """Observations that add up: rows of area, source, leaf_level, measure, period and value."""

    question: Question
    rows: pd.DataFrame

    def sums(self, names: Sequence[str], gathering: Gathering, leaf_level: str | None) -> Numbers:
        """Measures added up, areas × periods; NaN where nothing was observed."""
        rows = self._counting(names, gathering, leaf_level)
        table = np.zeros(self._shape)
        np.add.at(table, self._places(rows), rows["value"].to_numpy(dtype=float))
        return np.where(self._marked(rows), table, np.nan)

    def estimated(
        self, names: Sequence[str], gathering: Gathering, leaf_level: str | None
    ) -> Flags:
        """Which sums hold observations of areas that belong there only for the most part."""
        rows = self._counting(names, gathering, leaf_level)
        return self._marked(rows[rows["estimated"] > 0])

    def is_used(self, names: Sequence[str]) -> Flags:
        """Which sources observed any of the measures in the selection: areas × sources."""
        rows = self.rows[self.rows["measure"].isin(names)]
        used = np.zeros((self._shape[0], len(self.question.sources.all)), dtype=bool)
        used[rows["area"].to_numpy(), self.question.sources.numbers(rows["source"])] = True
        return used

    def _counting(
        self, names: Sequence[str], gathering: Gathering, leaf_level: str | None
    ) -> pd.DataFrame:
        """The rows a sum is made of, none counted twice.

        A flow takes observations that lie whole in the period; where one is exactly the
        period's, those of its parts repeat it and are left out. A stock takes the last of each
        level; what districts told last does not stand beside what was told once there were none.
        """
        rows = self.rows[self.rows["measure"].isin(names)]
        if leaf_level is not None:
            rows = rows[rows["leaf_level"] == leaf_level]
        place = ["area", "source", "leaf_level", "measure", "period"]
        if gathering is Gathering.STOCK:
            newest = rows.groupby([name for name in place if name != "leaf_level"])["day"]
            is_gone = newest.transform("max") >= pd.Timestamp(NEW_MAP)
            rows = rows[~(is_gone & (rows["leaf_level"] == Level.DISTRICT.value))]
            return rows[rows["day"] == rows.groupby(place)["day"].transform("max")]
        rows = rows[rows["origin_day"] >= rows["period_start"]]
        last_day = rows["period_end"] - pd.Timedelta(days=1)
        is_exact = (rows["origin_day"] == rows["period_start"]) & (rows["day"] == last_day)
        has_exact = is_exact.groupby([rows[name] for name in place]).transform("any")
        return rows[is_exact | ~has_exact]

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.question.places.areas), len(self.question.window.periods)

    def _places(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        return rows["area"].to_numpy(), rows["period"].to_numpy()

    def _marked(self, rows: pd.DataFrame) -> Flags:
        marks = np.zeros(self._shape, dtype=bool)
        marks[self._places(rows)] = True
        return marks


def observations(question: Question, names: Sequence[str]) -> Observations:
    """Some observed measures that add up, for all areas and periods of a question."""
    if question.selection.as_of is None:
        rows = question.frame(statements.OBSERVED, measures=list(names))
    else:
        known = [measures()[name] for name in names]
        rows = question.frame(
            statements.KNOWN_OBSERVED,
            measures=[measure.id for measure in known],
            metrics=[measure.of for measure in known],
            parts=[measure.part for measure in known],
        )
    return Observations(question, rows.assign(area=question.area_numbers(rows["area_id"])))


def delivered(question: Question, metric_ids: Sequence[str]) -> pd.DataFrame:
    """What was delivered for the very areas and periods of a question, and for its level.

    Columns: metric, area, period (numbers), source, numerator, denominator, value,
    standalone (printed), citation; printed figures last, else in a fixed order.
    """
    is_past = question.selection.as_of is not None
    sql = statements.DELIVERED.format(
        table="observation_known" if is_past else "observation",
        known=statements.KNOWN if is_past else "",
    )
    rows = question.frame(sql, metrics=list(metric_ids))
    leaf_level, own = question.places.leaf_level, question.places.areas[0].level
    wanted = ["", own.value] if leaf_level in (None, own) else [str(leaf_level)]
    rows = rows[rows["level"].isin(wanted)]
    return rows.assign(area=question.area_numbers(rows["area_id"]))
