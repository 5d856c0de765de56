"""The only way to a value: a selection and a scope in, a frame of values out."""

from datetime import datetime

import pandas as pd

from domain.errors import ScopeError, SelectionError
from domain.period import Grain
from domain.scope import Scope
from metrics.cells import cells
from metrics.frame import COLUMNS, result
from metrics.locked import with_locks
from metrics.metric import Metric
from metrics.places import places
from metrics.question import Question
from metrics.rules import Rules
from metrics.rules import rules as shipped_rules
from metrics.selection import DIMENSIONS, FILTERS, By, Selection
from metrics.sources import sources_of
from metrics.window import Window, window
from metrics.withheld import with_small_withheld
from store import Snapshot

__all__ = ["COLUMNS", "query"]


def query(
    selection: Selection,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """The values of a selection, one row per cell: metric × area or dimension value × period.

    Rows come by metric as asked, by area in Vietnamese order or by dimension value, then by
    period, oldest first; no cell is left out, and a missing value is NaN. A figure printed
    for a cell that has a computed value follows in a row of its own (`reported`). COLUMNS
    documents the columns; `frame.attrs["note"]` says, in Vietnamese and English, when an
    area of today's map answers for an old one. A value of a locked period is what was known at
    the lock (metrics.locks), unless the selection says as of which day it wants it.

    `now` is the instant freshness is judged at. Counts are summed first and divided last;
    stocks are added over areas and never over days. A scope of organisations counts only what
    they and those below them did, and no figure that was delivered for a whole area; a scope
    that withholds small counts leaves them out (metrics/withheld.py).
    Source: the snapshot's area rollups, deltas and observations.
    Raises: UnknownNameError, AreaError, SelectionError, ScopeError.
    """
    by = rules or shipped_rules()

    def ask(asked: Selection) -> pd.DataFrame:
        return _answered(asked, scope, snapshot, now, by)

    frame = with_locks(ask(selection), selection, by.locks, by.register, ask)
    return with_small_withheld(frame, selection, scope.least)


def _answered(
    selection: Selection, scope: Scope, snapshot: Snapshot, now: datetime, by: Rules
) -> pd.DataFrame:
    """The values as they are known, at the selection's own day or now."""
    metrics = by.catalogue.some(selection.metrics)
    for metric in metrics:
        _check(selection, metric)
    when = window(selection, snapshot.horizon)
    question = question_of(selection, when, scope, snapshot, now, by)
    return result(question, cells(question, metrics), by)


def question_of(
    selection: Selection, when: Window, scope: Scope, snapshot: Snapshot, now: datetime, by: Rules
) -> Question:
    """A selection asked of the days of `when`. Raises AreaError, ScopeError, SelectionError."""
    return Question(
        selection,
        places(selection, scope, by.register),
        when,
        sources_of(snapshot, now, by.calendar, when.last_day),
        snapshot,
        by.register,
        _own_organisations(selection, scope),
    )


def _own_organisations(selection: Selection, scope: Scope) -> tuple[str, ...] | None:
    """The organisations whose doings alone may be counted; None: all. Raises ScopeError."""
    for name, code in selection.filters:
        if name == "organisation" and not scope.allows_organisation(code):
            raise ScopeError(
                f"{code} is outside the organisations you may see. "
                "Ask for one of your own, or ask an administrator to widen your scope."
            )
    return None if scope.organisations is None else tuple(sorted(scope.organisations))


def _check(selection: Selection, metric: Metric) -> None:
    """Refuse what a metric cannot be asked for. Raises SelectionError."""
    grains = list(Grain)
    if selection.grain and grains.index(selection.grain) < grains.index(metric.smallest_grain):
        raise SelectionError(
            f"'{metric.id}' is known by {metric.smallest_grain} at the finest. "
            f"Ask with --grain {metric.smallest_grain} or coarser."
        )
    dimensions = DIMENSIONS[metric.record]
    if selection.by not in (By.NONE, By.AREA) and selection.by not in dimensions:
        known = ", ".join(["area", *dimensions])
        raise SelectionError(
            f"'{metric.id}' cannot be broken down by {selection.by}. It can be by {known}."
        )
    for name, _ in selection.filters:
        if name not in FILTERS[metric.record]:
            known = ", ".join(FILTERS[metric.record]) or "area and period only"
            raise SelectionError(f"'{metric.id}' cannot be filtered by {name}. It can by {known}.")
