"""Locked values: shown as they were known at the lock, with what is known now beside them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from domain.area import AreaRegister
from domain.period import Span
from metrics.locks import Lock, Locks
from metrics.selection import Selection
from metrics.status import Reason, Status

SAME_CELL = [
    "metric", "area_id", "level", "dimension_value", "period_start", "period_end", "reported",
    "citation",
]  # fmt: skip
UNKNOWN = {
    "numerator": np.nan,
    "denominator": np.nan,
    "value": np.nan,
    "status": Status.UNKNOWN.value,
    "status_reason": Reason.MISSING.value,
}
"""What is said of a value that nobody knew at the lock."""
Ask = Callable[[Selection], pd.DataFrame]


def with_locks(
    frame: pd.DataFrame, selection: Selection, locks: Locks, register: AreaRegister, ask: Ask
) -> pd.DataFrame:
    """The frame with the rows of locked periods as they were known at the end of the lock's day.

    `locked` is that day and `restated_value` the value known now; the rest of such a row is
    the past's. Who asks `as_of` a day gets that day, locked or not.
    """
    if selection.as_of is not None or not locks.held:
        return frame
    found = list(_locks_of(frame, locks, register))
    for day in sorted({lock.day for lock in found if lock is not None}):
        rows = [number for number, lock in enumerate(found) if lock is not None and lock.day == day]
        frame = _frozen(frame, rows, ask(replace(selection, as_of=day)), day)
    return frame


def _locks_of(frame: pd.DataFrame, locks: Locks, register: AreaRegister) -> Iterator[Lock | None]:
    """The lock on each row; the same area and period are looked up once."""
    known: dict[tuple[str, date, date], Lock | None] = {}
    for key in zip(frame["area_id"], frame["period_start"], frame["period_end"], strict=True):
        if key not in known:
            area_id, start, end = key
            known[key] = locks.lock(area_id, Span(start, end), register)
        yield known[key]


def _frozen(frame: pd.DataFrame, rows: list[int], past: pd.DataFrame, day: date) -> pd.DataFrame:
    """The frame with some rows as in `past`; what was not known then is missing."""
    now = frame.iloc[rows]
    cells = pd.MultiIndex.from_frame(now[SAME_CELL])
    then = past.drop_duplicates(SAME_CELL).set_index(SAME_CELL, drop=False).reindex(cells)
    was_known = then["metric"].notna().to_numpy()
    columns = {}
    for name, kind in frame.dtypes.items():
        whole = frame[name].astype(object).to_numpy(copy=True)
        unknown: Any = UNKNOWN.get(str(name), whole[rows])
        whole[rows] = np.where(was_known, then[name].astype(object).to_numpy(), unknown)
        columns[name] = pd.Series(whole, frame.index, dtype=kind)
    columns["locked"].iloc[rows] = day.isoformat()
    columns["restated_value"].iloc[rows] = now["value"].to_numpy()
    frozen = pd.DataFrame(columns, copy=False)
    frozen.attrs = frame.attrs
    return frozen
