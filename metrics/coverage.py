"""Coverage: of the areas whose figures a value is made of, how many have reported."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.area import Boundaries, Level
from metrics import statements
from metrics.contents import first_months
from metrics.formula import Numbers
from metrics.leaves import Leaves, leaves_of
from metrics.question import Question
from metrics.window import Flags


@dataclass(frozen=True)
class Coverage:
    """How many areas reported and how many were expected to: areas × periods each."""

    reported: Numbers
    expected: Numbers


def levels_below(question: Question, levels: Sequence[str]) -> list[Level]:
    """Those of the levels something was counted at that lie below the cells' areas."""
    own = question.places.areas[0].level.depth
    return [level for level in Level if level in levels and level.depth > own]


def of_itself(told: Flags) -> Coverage:
    """The coverage of figures that only the area itself delivers: one of one, or none."""
    return Coverage(told.astype(float), np.ones(told.shape))


def of_events(question: Question, record: str, levels: Sequence[Level]) -> Coverage:
    """Areas of some levels that had begun to deliver events by the period's end, of all there."""
    reported, expected = [], []
    for area, boundaries in zip(question.places.areas, question.maps, strict=True):
        leaves = leaves_of(question.register, area.area_id, tuple(levels))
        first = first_months(question.snapshot, record, boundaries).reindex(leaves.ids)
        # A missing day is not before any day.
        has_begun = first.to_numpy(dtype="datetime64[D]")[:, None] < question.window.ends
        exist = _existing(question, leaves)
        reported.append((exist & has_begun).sum(axis=0))
        expected.append(exist.sum(axis=0))
    return Coverage(np.array(reported, dtype=float), np.array(expected, dtype=float))


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
    levels = levels_below(question, observers["level"].unique().tolist())
    chosen = observers[observers["level"].isin(levels)] if levels else observers
    reported = np.zeros((len(question.places.areas), len(question.window.periods)))
    places = (question.area_numbers(chosen["area_id"]), chosen["period"].to_numpy())
    np.add.at(reported, places, chosen["areas"].to_numpy())
    if not levels:
        return Coverage(reported, np.ones(reported.shape))
    expected = [
        _existing(question, leaves_of(question.register, area.area_id, tuple(levels))).sum(axis=0)
        for area in question.places.areas
    ]
    return Coverage(reported, np.array(expected, dtype=float))


def _existing(question: Question, leaves: Leaves) -> Flags:
    """Leaves × periods: on the map of the day each while it lasts, on today's always."""
    window = question.window
    if question.selection.boundaries is Boundaries.TODAY:
        return np.ones((len(leaves.ids), len(window.periods)), dtype=bool)
    return (leaves.starts[:, None] < window.ends) & (window.starts < leaves.ends[:, None])
