"""The middle of what was counted: a median of all events, never one of medians.

What is kept is how often each amount was there (store/snapshot_spread.sql), which adds up over
areas and periods like any count; the middle is looked for last.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics import events
from metrics.contents import has_table
from metrics.formula import Figures, Numbers
from metrics.metric import Metric
from metrics.question import Question

Whole = npt.NDArray[np.int64]


def middles(
    question: Question, metric: Metric, lines: Sequence[str], leaf_level: str | None
) -> Figures:
    """Lines × periods each: events of no more than the median, all events, and the median.

    With as many on either side the median is half way between the two in the middle; where
    there are none it is missing. Source: the snapshot's spread by month, or single events.
    """
    if not has_table(question.snapshot, f"{metric.record}_spread"):
        unknown = np.full((len(lines), len(question.window.periods)), np.nan)
        return unknown, unknown, unknown
    rows = events.spread(question, metric.record, (metric.numerator[0], metric.denominator[0]))
    rows = rows[rows["alive"].astype(bool) & (rows["period"] >= 0)]
    if leaf_level is not None:
        rows = rows[rows["leaf_level"] == leaf_level]
    width = len(question.window.periods)
    cell = _lines(question, rows, lines) * width + rows["period"].to_numpy(dtype=np.int64)
    amount = rows["amount"].to_numpy(dtype=np.int64)
    order = np.lexsort((amount, cell))
    times = rows["times"].to_numpy(dtype=np.int64)[order]
    found = _middles(cell[order], amount[order], times, len(lines) * width)
    below, whole, middle = (figures.reshape(len(lines), width) for figures in found)
    return below, whole, middle


def _lines(question: Question, rows: pd.DataFrame, lines: Sequence[str]) -> Whole:
    """The number of the line each row is of."""
    column = "dimension" if question.is_by_dimension else "area_id"
    numbers = {name: number for number, name in enumerate(lines)}
    return np.array([numbers[name] for name in rows[column].fillna("")], dtype=np.int64)


def _middles(cell: Whole, amount: Whole, times: Whole, cells: int) -> Figures:
    """The same of rows sorted by cell and amount."""
    whole: Numbers = np.bincount(cell, times, cells).astype(float)
    reached = np.cumsum(times)
    before = np.concatenate([[0], np.cumsum(whole)])[:-1]
    middle = np.full(cells, np.nan)
    told = np.flatnonzero(whole > 0)
    if len(told):
        low, high = ((whole[told] - 1) // 2, whole[told] // 2)
        # The first row up to which more than so many events of its cell are counted.
        at = [
            amount[np.searchsorted(reached, before[told] + place, "right")] for place in (low, high)
        ]
        middle[told] = (at[0] + at[1]) / 2
    is_within = amount <= middle[cell]
    below: Numbers = np.bincount(cell, times * is_within, cells).astype(float)
    return below, whole, middle
