"""From a figure to the dossiers behind it: as many as its numerator or denominator says.

Each dossier's share in a figure is made of the rows by which it was counted (store/docket.py),
gathered over the same areas, days and measures as the figure. Most shares are 1; a list is
complete if its shares add up to the figure, and every list says whether they do.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd

from domain.errors import ScopeError, SelectionError, UnknownNameError
from domain.measure import Additivity, measures
from domain.scope import Scope
from metrics import drill_statements as statements
from metrics.cells import leaf_level_of
from metrics.dossiers import DossierRow, row_of
from metrics.events import alive, filter_conditions, fits
from metrics.formula import Formula, Gathering, Text
from metrics.metric import Metric
from metrics.query import query, question_of
from metrics.question import Question
from metrics.rules import Rules
from metrics.rules import rules as shipped_rules
from metrics.selection import By, Selection
from metrics.window import period_number, window
from store import Snapshot

MOST_ROWS = 100_000


class Part(StrEnum):
    """Which of a figure's two counts is asked about."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


@dataclass(frozen=True)
class Page:
    """Which rows of a list are wanted: `limit` of them after the first `offset`, in an order."""

    order: str = "late"
    limit: int = 50
    offset: int = 0

    @property
    def sql_order(self) -> str:
        """Raises UnknownNameError."""
        if self.order not in ORDERS:
            raise UnknownNameError("order", self.order, ORDERS)
        return ORDERS[self.order]


FIRST_PAGE = Page()
ORDERS: Mapping[str, str] = {
    "late": "days_late desc nulls last",
    "left": "days_late asc nulls last",
    "due": "d.due_at asc nulls last",
    "received": "d.received_at asc nulls last",
    "newest": "d.received_at desc nulls last",
    "finished": "d.finished_at desc nulls last",
    "code": "d.dossier_code",
    "procedure": "d.procedure_code",
    "organisation": "d.organisation",
    "area": "d.area_id",
}
"""What lists can be sorted by: names and SQL. After that they are in the order of codes."""


@dataclass(frozen=True)
class Drilled:
    """The dossiers behind one count of one figure.

    `expected` is the count as the figure gives it now, None where nobody knows it; `locked` is
    the figure's own where the period is locked. `dossiers` is how many there are, `total` what
    their shares add up to, `rows` a page of them.
    """

    metric: Metric
    part: Part
    question: Question
    expected: float | None
    locked: float | None
    estimated: bool
    dossiers: int
    total: float
    rows: tuple[DossierRow, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the list explains the figure to the last dossier."""
        return self.total == (self.expected or 0)


def drill(
    selection: Selection,
    part: Part,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
    page: Page = FIRST_PAGE,
    statuses: tuple[int, ...] = (),
) -> Drilled:
    """The dossiers behind the numerator or denominator of the one figure a selection asks for.

    The figure is of one metric, area and period; a value of a dimension is asked for by a
    filter. Of `statuses` only such dossiers are listed: then no figure is explained.
    Source: the docket published with the snapshot, asked for by people with the right to only.
    Raises: SelectionError with the reason where there is no such list; UnknownNameError,
    AreaError, ScopeError, StoreError.
    """
    by = rules or shipped_rules()
    metric = _drillable(selection, part, scope, by)
    when = window(selection, snapshot.horizon)
    question = question_of(selection, when, scope, snapshot, now, by)
    expected, locked, estimated = _figure(selection, part, scope, snapshot, now, by)
    shares, params = _shares(question, metric, part, statuses)
    if metric.formula.is_middle:
        params["middle"] = _present(selection, scope, snapshot, now, by)["value"]
    found = question.docket_rows(
        shares + statements.FOUND.format(order=page.sql_order),
        **params,
        today=snapshot.horizon,
        limit=min(page.limit, MOST_ROWS),
        offset=page.offset,
    )
    # A page after the last one has no row to tell how many there are.
    told = found or question.docket_rows(shares + statements.TOTALS, **params)
    return Drilled(
        metric,
        part,
        question,
        None if statuses else expected,
        locked,
        estimated,
        int(told[0][0]),
        float(told[0][1]),
        tuple(row_of(row[2:], snapshot.horizon) for row in found),
    )


@dataclass(frozen=True)
class Group:
    """The dossiers of one organisation or procedure: how many, and how late the latest is."""

    code: str
    dossiers: int
    most_late: int | None


def groups(
    selection: Selection,
    part: Part,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
    statuses: tuple[int, ...] = (),
) -> dict[By, list[Group]]:
    """The same list, counted by organisation and by procedure, the most dossiers first.

    Raises like `drill`.
    """
    by = rules or shipped_rules()
    metric = _drillable(selection, part, scope, by)
    when = window(selection, snapshot.horizon)
    question = question_of(selection, when, scope, snapshot, now, by)
    shares, params = _shares(question, metric, part, statuses)
    if metric.formula.is_middle:
        params["middle"] = _present(selection, scope, snapshot, now, by)["value"]
    found: dict[By, list[Group]] = {By.ORGANISATION: [], By.PROCEDURE: []}
    sql = shares + statements.GROUPED
    for dimension, *told in question.docket_rows(sql, **params, today=snapshot.horizon):
        found[By(dimension)].append(Group(*told))
    return found


def why_not(metric: Metric) -> Text | None:
    """Why there are no dossiers to list behind a metric; None where there are."""
    if metric.record == "dossier" and not metric.is_looked_up:
        return None
    if metric.record == "observation" or metric.is_looked_up:
        return Text(
            vi="Số này do đơn vị báo cáo sẵn, không tính từ từng hồ sơ.",
            en="This figure is delivered as it is, and not counted from single dossiers.",
        )
    return Text(
        vi="Chỉ tiêu này không đếm hồ sơ thủ tục hành chính.",
        en="This metric does not count dossiers of administrative procedures.",
    )


def _drillable(selection: Selection, part: Part, scope: Scope, by: Rules) -> Metric:
    """The one metric of a selection that asks for one figure. Raises SelectionError."""
    metric = by.catalogue.some(selection.metrics)[0]
    reason = why_not(metric)
    if reason is not None:
        raise SelectionError(f"{reason.en} Ask for a metric of dossiers.")
    if part is Part.DENOMINATOR and not metric.is_rate:
        raise SelectionError(f"'{metric.id}' has no denominator. Ask for its numerator.")
    if selection.as_of is not None:
        raise SelectionError(
            "Dossiers are listed as they are known now, and not as of a past day. "
            "Leave out --as-of."
        )
    if len(selection.metrics) > 1 or selection.by is not By.NONE or len(selection.periods) > 1:
        raise SelectionError(
            "A list of dossiers is of one metric, one area and one period. Name the one, "
            "and give a value of a dimension as a filter."
        )
    if scope.least:
        raise ScopeError("Single dossiers are not shown to whom small counts are withheld.")
    return metric


def _figure(
    selection: Selection, part: Part, scope: Scope, snapshot: Snapshot, now: datetime, by: Rules
) -> tuple[float | None, float | None, bool]:
    """The count as it is known now, as it is locked, and whether parts of it are estimated."""
    shown = _computed(selection, scope, snapshot, now, by)
    if not shown["locked"]:
        return _known(shown[part]), None, bool(shown["estimated"])
    found = _present(selection, scope, snapshot, now, by)
    return _known(found[part]), _known(shown[part]), bool(found["estimated"])


def _present(
    selection: Selection, scope: Scope, snapshot: Snapshot, now: datetime, by: Rules
) -> "pd.Series[Any]":
    """The row of the figure as it is known now, whether or not its period is locked."""
    return _computed(replace(selection, as_of=snapshot.horizon), scope, snapshot, now, by)


def _computed(
    selection: Selection, scope: Scope, snapshot: Snapshot, now: datetime, by: Rules
) -> "pd.Series[Any]":
    """The row of the figure itself, and not one that somebody printed."""
    frame = query(selection, scope, snapshot, now=now, rules=by)
    return frame[~frame["reported"].astype(bool)].iloc[0]


def _known(count: float) -> float | None:
    return None if math.isnan(count) else float(count)


def _shares(
    question: Question, metric: Metric, part: Part, statuses: tuple[int, ...]
) -> tuple[str, dict[str, Any]]:
    """The statement that gives each dossier's share in a count, and its own parameters."""
    names = _names(metric, part)
    filters, params = filter_conditions(question, metric.record)
    conditions = [statements.NARROWED.format(filters=filters)] if filters else []
    if statuses:
        conditions.append(statements.OF_STATUS)
    leaf_level = leaf_level_of(question, metric)
    if leaf_level is not None:
        conditions.append(statements.OWN_LEVEL)
    sql = statements.SHARES.format(
        weight=_weight(question, metric, part),
        counts=" or ".join(f"r.{name} <> 0" for name in names),
        conditions="\n        ".join(conditions),
    )
    return sql, {**params, "leaf_level": leaf_level, "statuses": list(statuses)}


def _names(metric: Metric, part: Part) -> Sequence[str]:
    """The measures a count is made of."""
    if part is Part.DENOMINATOR or metric.formula.is_middle:
        return metric.denominator
    return (*metric.numerator, *(metric.denominator if metric.formula.takes_away else ()))


def _weight(question: Question, metric: Metric, part: Part) -> str:
    """What one row of a dossier adds to a count, as `cells` gathers it."""
    formula = metric.formula
    above, below = formula.stocks or (None, None)
    denominator = _sum(question, metric.denominator, formula, below)
    if part is Part.DENOMINATOR:
        return denominator
    if formula.is_middle:
        (total,), (number,) = metric.numerator, metric.denominator
        return (
            f"case when r.{total} // nullif(r.{number}, 0) <= $middle then {denominator} else 0 end"
        )
    numerator = _sum(question, metric.numerator, formula, above)
    return f"({denominator}) - ({numerator})" if formula.takes_away else numerator


def _sum(
    question: Question, names: Sequence[str], formula: Formula, stocks: Gathering | None
) -> str:
    return " + ".join(_counted(question, name, formula, stocks) for name in names)


def _counted(question: Question, name: str, formula: Formula, stocks: Gathering | None) -> str:
    """One measure of a row, on the days on which it counts where the figure is of.

    A flow counts where its area lay on its day; a stock where it lies at the period's end, or,
    of one that the period opens with, at its beginning.
    """
    additivity = measures()[name].additivity
    gathering = formula.gathering
    if stocks is not None and additivity is Additivity.LAST:
        gathering = stocks
    period = period_number("r.day", question.selection)
    living = alive(question, "r.day", "link")
    if gathering is Gathering.STOCK:
        return f"case when {_lies_there('($end - 1)')} then r.{name} else 0 end"
    if gathering is Gathering.OPENING:
        # An area that still exists opens with what it was left in the period it began in.
        inherits = question.places.within.valid_until is None
        left = f"({period} = -1 or not {living})" if inherits else f"{period} = -1"
        return f"case when {left} and {_lies_there('$start')} then r.{name} else 0 end"
    conditions = [f"{period} >= 0", living, _lies_there("r.day")]
    if additivity is Additivity.COHORT:
        conditions.append(f"({fits(question, [name], 'day', 'link')})")
    return f"case when {' and '.join(conditions)} then r.{name} else 0 end"


def _lies_there(day: str) -> str:
    """Whether the area of a row lies, on a day, in the one asked for."""
    return f"({day} >= link.valid_from and {day} < link.valid_until)"
