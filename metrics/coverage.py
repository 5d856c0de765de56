"""Coverage: of the areas whose figures a value is made of, how many have reported."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.area import Boundaries, Level
from metrics import statements
from metrics.formula import Numbers
from metrics.question import Question
from metrics.window import Days, Flags


@dataclass(frozen=True)
class Coverage:
    """How many areas reported and how many were expected to: areas × periods each."""

    reported: Numbers
    expected: Numbers


def levels_below(question: Question, levels: Sequence[str]) -> list[str]:
    """Those of the levels something was counted at that lie below the cells' areas."""
    own = question.places.areas[0].level.depth
    return sorted({level for level in levels if level and Level(level).depth > own})


def of_itself(told: Flags) -> Coverage:
    """The coverage of figures that only the area itself delivers: one of one, or none."""
    return Coverage(told.astype(float), np.ones(told.shape))


def of_events(question: Question, record: str, levels: Sequence[str]) -> Coverage:
    """Areas of some levels that had begun to deliver events by the period's end, of all there."""
    groups = question.frame(statements.BEGUN.format(record=record), levels=list(levels))
    areas = groups["areas"].to_numpy()[:, None]
    # A missing first day is not before any day.
    has_begun = _days(groups, "first_day")[:, None] < question.window.ends
    expected = _added(question, groups, areas)
    return Coverage(_added(question, groups, areas * has_begun), expected)


def of_observations(question: Question, metric_ids: Sequence[str]) -> dict[str, Coverage]:
    """Areas that delivered an observation of each metric for the period, of all of their level.

    A metric that only the area itself observes is covered by itself.
    """
    is_past = question.selection.as_of is not None
    sql = statements.OBSERVERS.format(
        table="observation_known" if is_past else "observation",
        known=statements.KNOWN if is_past else "",
    )
    observers = question.frame(sql, metrics=list(metric_ids))
    return {
        metric_id: _observed(question, observers[observers["metric"] == metric_id])
        for metric_id in metric_ids
    }


def _observed(question: Question, observers: pd.DataFrame) -> Coverage:
    shape = (len(question.places.areas), len(question.window.periods))
    levels = levels_below(question, observers["level"].unique().tolist())
    chosen = observers[observers["level"].isin(levels)] if levels else observers
    reported = np.zeros(shape)
    places = (chosen["area"].to_numpy(), chosen["period"].to_numpy())
    np.add.at(reported, places, chosen["areas"].to_numpy())
    return Coverage(reported, _expected(question, levels) if levels else np.ones(shape))


def _expected(question: Question, levels: Sequence[str]) -> Numbers:
    groups = question.frame(statements.EXPECTED, levels=list(levels))
    return _added(question, groups, groups["areas"].to_numpy()[:, None])


def _added(question: Question, groups: pd.DataFrame, weights: Numbers) -> Numbers:
    """Groups of areas added up per area asked for, in the periods in which they exist."""
    window = question.window
    exists = np.ones((len(groups), len(window.periods)), dtype=bool)
    if question.selection.boundaries is Boundaries.THEN:
        exists &= _days(groups, "valid_from")[:, None] < window.ends
        exists &= window.starts < _days(groups, "valid_until")[:, None]
    total = np.zeros((len(question.places.areas), len(window.periods)))
    np.add.at(total, groups["area"].to_numpy(), weights * exists)
    return total


def _days(frame: pd.DataFrame, column: str) -> Days:
    return frame[column].to_numpy(dtype="datetime64[D]")
