"""Restatement: what was known then, what is known now, and why the two differ."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from domain.errors import ScopeError, SelectionError
from domain.measure import Additivity, measures
from domain.scope import Scope
from metrics import statements
from metrics.events import dimension_column, filter_conditions
from metrics.formula import Text
from metrics.locked import SAME_CELL
from metrics.locks import Locks
from metrics.metric import Metric
from metrics.query import query, question_of
from metrics.question import Question
from metrics.rules import Rules
from metrics.rules import rules as shipped_rules
from metrics.selection import Selection
from metrics.window import window
from store import Snapshot

RESTATED: Mapping[str, str] = MappingProxyType(
    {
        "value_then": "the value as known at the end of the day asked for; NaN is missing",
        "numerator_then": "its numerator",
        "denominator_then": "its denominator",
        "difference": "value now less value then, in the unit (points for percent)",
        "why": "unchanged, corrected, unfinished (the period was not over then) or unknown "
        "(nothing was known then)",
        "added": "events of the metric's own measures, in the area and period, known since",
        "removed": "events that were known then and have been taken back since",
        "new_records": "records its sources delivered first since, of all areas and periods",
        "changed_records": "records they delivered again since, with other contents",
    }
)
"""The columns of `restated` beyond those of a query."""


class Why(StrEnum):
    """Why a value is another than it was."""

    UNCHANGED = "unchanged"
    CORRECTED = "corrected"
    UNFINISHED = "unfinished"
    UNKNOWN = "unknown"


def restated(
    selection: Selection,
    as_of: date,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """The values of a selection as known now, beside those known at the end of a past day.

    One row per cell, in the order of `query`, printed figures left out; the columns of `query`
    and RESTATED. Locks play no part: both values are shown. Counts of events are of the
    metric's own area and period; counts of records are the sources', from the batch book,
    which keeps each source's last batches.
    Raises: as `query`; SelectionError if the selection has a day of its own, ScopeError for a
    scope that withholds small counts: a difference is one.
    """
    if scope.least:
        raise ScopeError("What was corrected since tells of single people. Log in to see it.")
    if selection.as_of is not None:
        raise SelectionError("A restatement compares a past day with now. Leave out --as-of.")
    by = replace(rules or shipped_rules(), locks=Locks())
    frame = query(selection, scope, snapshot, now=now, rules=by)
    past_selection = replace(selection, as_of=as_of)
    past = query(past_selection, scope, snapshot, now=now, rules=by)
    frame = frame[~frame["reported"]].reset_index(drop=True)
    _add_past(frame, past)
    _add_events(frame, past_selection, scope, snapshot, now, by)
    _add_records(frame, as_of, snapshot)
    return frame


def _add_past(frame: pd.DataFrame, past: pd.DataFrame) -> None:
    """What was known then, by cell."""
    then = past.drop_duplicates(SAME_CELL).set_index(SAME_CELL)
    then = then.reindex(pd.MultiIndex.from_frame(frame[SAME_CELL]))
    for name in ("value", "numerator", "denominator"):
        frame[f"{name}_then"] = then[name].to_numpy(dtype=float)
    frame["difference"] = frame["value"] - frame["value_then"]
    was_open = then["open"].fillna(value=False).to_numpy(dtype=bool)
    same = (frame["value"] == frame["value_then"]) & ~_moved(frame)
    nothing = frame["value"].isna() & frame["value_then"].isna()
    frame["why"] = np.select(
        [same | nothing, frame["value_then"].isna(), was_open],
        [Why.UNCHANGED.value, Why.UNKNOWN.value, Why.UNFINISHED.value],
        Why.CORRECTED.value,
    )


def _moved(frame: pd.DataFrame) -> pd.Series:
    """A rate may be the same although what it divides is not."""
    moved = pd.Series(data=False, index=frame.index)
    for name in ("numerator", "denominator"):
        now, then = frame[name], frame[f"{name}_then"]
        moved |= (now != then) & ~(now.isna() & then.isna())
    return moved


def _add_events(
    frame: pd.DataFrame,
    selection: Selection,
    scope: Scope,
    snapshot: Snapshot,
    now: datetime,
    by: Rules,
) -> None:
    """How many events of each cell's measures became known, or were taken back, since."""
    present = replace(selection, as_of=None)
    when = window(present, snapshot.horizon)
    question = question_of(selection, when, scope, snapshot, now, by)
    counted: dict[tuple[str, str, str, date], tuple[int, int]] = {}
    for metric in by.catalogue.some(selection.metrics):
        rows = _since(question, metric)
        for area_id, dimension, period, added, removed in rows.to_numpy(dtype=object).tolist():
            start = question.window.periods[period].start
            counted[metric.id, area_id, dimension, start] = (int(added), int(removed))
    keys = zip(
        frame["metric"],
        frame["area_id"],
        frame["dimension_value"],
        frame["period_start"],
        strict=True,
    )
    pairs = [counted.get(key, (0, 0)) for key in keys]
    frame["added"] = [added for added, _ in pairs]
    frame["removed"] = [removed for _, removed in pairs]


def _since(question: Question, metric: Metric) -> pd.DataFrame:
    """Columns: area_id, dimension, period, added, removed."""
    as_of = question.selection.as_of
    if metric.record == "observation":
        own = statements.OWN_AREA if metric.is_looked_up else ""
        sql = statements.OBSERVED_SINCE.format(own=own)
        return question.frame(sql, metrics=[metric.id], as_of=as_of)
    names = list(dict.fromkeys((*metric.numerator, *metric.denominator)))
    filters, params = filter_conditions(question, metric.record)
    is_stock = any(measures()[name].additivity is Additivity.LAST for name in names)
    sql = statements.SINCE.format(
        record=metric.record,
        dimension=f"coalesce({dimension_column(question, metric.record)}, '')",
        within="" if is_stock else statements.WITHIN_PERIOD,
        where=statements.AT_THE_END if is_stock else statements.ON_ITS_DAY,
        filters=filters.replace("where", "and", 1),
        added=_gross(names, "greatest(r.{name}, 0)"),
        removed=_gross(names, "greatest(-r.{name}, 0)"),
    )
    return question.frame(sql, as_of=as_of, **params)


def _gross(names: Sequence[str], part: str) -> str:
    return " + ".join(part.format(name=name) for name in names)


def _add_records(frame: pd.DataFrame, as_of: date, snapshot: Snapshot) -> None:
    """What the sources of each value have delivered since, from the batch book."""
    rows = snapshot.frame(statements.BATCHES_SINCE, {"as_of": as_of}).set_index("source")
    for name in ("new_records", "changed_records"):
        told = rows[name].to_dict()
        frame[name] = [
            sum(int(told.get(source.strip(), 0)) for source in sources.split(",") if source)
            for sources in frame["sources"]
        ]


def explanation(row: Mapping[Any, Any], as_of: date) -> Text:
    """One row of `restated` as a sentence without figures of its own value."""
    added, removed, why = row["added"], row["removed"], row["why"]
    day_vi = day_en = f"{as_of:%d/%m/%Y}"
    if why == Why.UNCHANGED:
        return Text(f"Không đổi từ {day_vi}.", f"Unchanged since {day_en}.")
    if why == Why.UNKNOWN:
        return Text(f"Đến {day_vi} chưa có số liệu.", f"Nothing was known by {day_en}.")
    if why == Why.UNFINISHED:
        return Text(f"Đến {day_vi} kỳ chưa kết thúc.", f"The period was not over by {day_en}.")
    return Text(
        f"Sau {day_vi} biết thêm {added} sự kiện, {removed} sự kiện được sửa lại.",
        f"Since {day_en} {added} events became known and {removed} were taken back.",
    )
