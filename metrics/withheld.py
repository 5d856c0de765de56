"""Small counts are withheld from those who look from outside: they tell about single people.

With a small count goes what it could be worked out from: where only one count of a list or of
a series is small, its total would give it away, so others are withheld with it, smallest first,
until those that are withheld add up to enough.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.formula import Numbers
from metrics.selection import By, Selection
from metrics.status import Reason, Status

Flags = npt.NDArray[np.bool_]
FIGURES = ("numerator", "denominator", "value", "restated_value")
LINE = ["metric", "area_id", "dimension_value"]
PERIOD = ["metric", "period_start", "period_end"]
ENOUGH = 2
"""One withheld count is what its total lacks; two share it."""


def with_small_withheld(frame: pd.DataFrame, selection: Selection, least: int) -> pd.DataFrame:
    """The frame without counts above zero and below `least`; printed figures stay.

    A withheld row has no figures, its status is unknown and its reason `withheld`. A ratio is
    withheld with either of its counts, and where what is left of its denominator is small.
    """
    if least == 0 or frame.empty:
        return frame
    counts = _counts(frame)
    hidden = _is_small(frame, least)
    families = list(_families(frame, selection))
    before = -1
    while before != (before := int(hidden.sum())):
        for family in families:
            hidden[_complements(counts, hidden, family, least)] = True
    return _without(frame, hidden)


def _is_small(frame: pd.DataFrame, least: int) -> Flags:
    """Rows that hold a small count."""
    numerator, denominator = (frame[name].to_numpy(dtype=float) for name in FIGURES[:2])
    with np.errstate(invalid="ignore"):
        small = [
            (count > 0) & (count < least)
            for count in (numerator, denominator, denominator - numerator)
        ]
    return np.asarray(np.any(small, axis=0) & ~frame["reported"].to_numpy(dtype=bool))


def _counts(frame: pd.DataFrame) -> Numbers:
    """What adds up to a total: the denominator, or the count itself."""
    denominator = frame["denominator"].to_numpy(dtype=float)
    return np.where(np.isnan(denominator), frame["numerator"].to_numpy(dtype=float), denominator)


def _families(frame: pd.DataFrame, selection: Selection) -> Iterator[npt.NDArray[np.intp]]:
    """Rows that add up to something that can be asked for too: lists, and series."""
    computed = np.flatnonzero(~frame["reported"].to_numpy(dtype=bool))
    by = [LINE, *([PERIOD] if selection.by is not By.NONE else [])]
    for columns in by:
        groups = frame.iloc[computed].groupby(columns, sort=False).indices
        yield from (computed[rows] for rows in groups.values() if len(rows) > 1)


def _complements(
    counts: Numbers, hidden: Flags, family: npt.NDArray[np.intp], least: int
) -> npt.NDArray[np.intp]:
    """The rows of a family that have to be withheld with those that are."""
    gone = family[hidden[family]]
    if not len(gone):
        return gone
    number, total = len(gone), float(np.nansum(counts[gone]))
    open_ = family[~hidden[family] & (counts[family] > 0)]
    more = []
    for row in open_[np.argsort(counts[open_], kind="stable")]:
        if number >= ENOUGH and total >= least:
            break
        more.append(row)
        number, total = number + 1, total + float(counts[row])
    return np.array(more, dtype=np.intp)


def _without(frame: pd.DataFrame, hidden: Flags) -> pd.DataFrame:
    attrs, frame = frame.attrs, frame.copy()
    for name in FIGURES:
        frame.loc[hidden, name] = np.nan
    frame.loc[hidden, "status"] = Status.UNKNOWN.value
    frame.loc[hidden, "status_reason"] = Reason.WITHHELD.value
    frame.attrs = attrs
    return frame
