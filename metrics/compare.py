"""Comparing one value: with other periods, its target, the area above it, and its peers.

A comparison is of like with like or is not made: an unfinished period stands against the same
number of working days, and what cannot be compared says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from math import isnan
from types import MappingProxyType
from typing import Any

import pandas as pd

from domain.area import Area, Boundaries, Level
from domain.dossier import local_day
from domain.errors import CalendarError, PeriodError, ScopeError, SelectionError
from domain.period import DAY, Grain, Span, period_start, previous, same_last_year
from domain.scope import Scope
from metrics.formula import Text
from metrics.metric import Aggregation, Better, Metric
from metrics.places import places
from metrics.query import query
from metrics.ranking import ranking
from metrics.rules import Rules
from metrics.rules import rules as shipped_rules
from metrics.schemes import scheme_on
from metrics.selection import By, Selection
from metrics.spans import Pair, pair
from store import Snapshot

Row = Mapping[str, Any]


class Basis(StrEnum):
    """What a value is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"
    YEAR_TO_DATE = "year_to_date"
    TARGET = "target"
    PARENT = "parent"
    PEERS = "peers"


TITLES: Mapping[Basis, Text] = MappingProxyType(
    {
        Basis.PREVIOUS: Text("kỳ trước", "the period before"),
        Basis.LAST_YEAR: Text("cùng kỳ năm trước", "the same period last year"),
        Basis.YEAR_TO_DATE: Text("lũy kế cùng kỳ năm trước", "last year to the same day"),
        Basis.TARGET: Text("chỉ tiêu", "the target"),
        Basis.PARENT: Text("địa bàn cấp trên", "the area above"),
        Basis.PEERS: Text("các đơn vị cùng loại", "areas of the same kind"),
    }
)


@dataclass(frozen=True)
class Compared:
    """A value and what it is compared with; None is missing.

    `difference` is value less other in the metric's unit: percentage points for a rate. `change`
    is that in percent of the other, for counts alone; `share` is the value in percent of the
    other's, for counts compared with the area above. `with_what` says in words what the other
    is, `obstacle` why there is no comparison, `caveat` what must be said beside one. `is_better`
    is None where nothing is better or worse. `rank` among `of` peers.
    """

    basis: Basis
    metric: str
    value: float | None
    other: float | None
    with_what: Text
    span: Span
    other_span: Span | None = None
    change: float | None = None
    share: float | None = None
    rank: int | None = None
    of: int | None = None
    is_better: bool | None = None
    obstacle: Text | None = None
    caveat: Text | None = None

    @property
    def difference(self) -> float | None:
        if self.value is None or self.other is None:
            return None
        return self.value - self.other


def compare(
    selection: Selection,
    basis: Basis,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
) -> Compared:
    """One value of a selection, of one metric and one area, compared on one basis.

    Raises SelectionError for a selection of several values; else as `query`.
    """
    if len(selection.metrics) != 1 or selection.grain or selection.by is not By.NONE:
        raise SelectionError("One value is compared at a time: one metric, one area, one period.")
    comparing = _Comparing(selection, scope, snapshot, now, rules or shipped_rules())
    return _WAYS[basis](comparing)


@dataclass(frozen=True)
class _Comparing:
    """One comparison on its way."""

    selection: Selection
    scope: Scope
    snapshot: Snapshot
    now: datetime
    rules: Rules

    @property
    def metric(self) -> Metric:
        return self.rules.catalogue.metric(self.selection.metrics[0])

    def ask(self, **changes: Any) -> pd.DataFrame:
        asked = replace(self.selection, **changes)
        return query(asked, self.scope, self.snapshot, now=self.now, rules=self.rules)

    def row(self, **changes: Any) -> Row:
        """The computed value of a selection with one cell, else the printed one."""
        rows: list[Row] = self.ask(**changes).to_dict("records")  # type: ignore[assignment]  # keys are column names
        return next((row for row in rows if not isnan(row["value"])), rows[0])

    @property
    def area(self) -> Area:
        return places(self.selection, self.scope, self.rules.register).within

    def told_until(self, row: Row) -> date:
        """The first day of which the sources of a value do not tell everything yet."""
        horizon, as_of = self.snapshot.horizon, self.selection.as_of
        if as_of is not None and as_of < horizon:
            horizon = as_of + DAY  # a past day is over, the day of publishing is not
        reached = row["data_as_of"]
        return horizon if reached is pd.NaT else min(horizon, local_day(reached))


# ---- other periods


def _with_previous(comparing: _Comparing) -> Compared:
    span = comparing.selection.span
    return _with_span(comparing, Basis.PREVIOUS, span, previous(span))


def _with_last_year(comparing: _Comparing) -> Compared:
    span = comparing.selection.span
    return _with_span(comparing, Basis.LAST_YEAR, span, same_last_year(span))


def _with_year_to_date(comparing: _Comparing) -> Compared:
    """From the first day of the reporting year to the span's end, against last year's."""
    span = comparing.selection.span
    reporting = comparing.selection.reporting
    year = Span(period_start(span.last_day, Grain.YEAR, reporting), span.end)
    return _with_span(comparing, Basis.YEAR_TO_DATE, year, same_last_year(year))


def _with_span(comparing: _Comparing, basis: Basis, span: Span, other: Span) -> Compared:
    whole = comparing.row(span=span)
    title = TITLES[basis]
    blank = Compared(basis, comparing.metric.id, _known(whole["value"]), None, title, span, other)
    if obstacle := _incomparable(comparing, span, other):
        return replace(blank, obstacle=obstacle)
    try:
        days = pair(span, other, comparing.told_until(whole), comparing.rules.calendar)
    except (PeriodError, CalendarError) as error:
        return replace(blank, obstacle=_not_cut(error))
    now = whole if days.now == span else comparing.row(span=days.now)
    then = comparing.row(span=days.other)
    return _judged(comparing.metric, _of_spans(blank, days, now, then))


def _of_spans(blank: Compared, days: Pair, now: Row, then: Row) -> Compared:
    value, other = _known(now["value"]), _known(then["value"])
    title = TITLES[blank.basis]
    words = Text(f"{title.vi}: {days.words.vi}", f"{title.en}: {days.words.en}")
    estimated = bool(now["estimated"] or then["estimated"])
    return replace(
        blank,
        value=value,
        other=other,
        with_what=words,
        span=days.now,
        other_span=days.other,
        obstacle=NOTHING_THEN if other is None else NOTHING_NOW if value is None else None,
        caveat=ESTIMATED if estimated else PRINTED if now["reported"] != then["reported"] else None,
    )


def _incomparable(comparing: _Comparing, span: Span, other: Span) -> Text | None:
    """Why two spans are not compared whatever their values: another scheme, another territory."""
    metric = comparing.metric
    new, old = scheme_on(metric.id, span.last_day), scheme_on(metric.id, other.last_day)
    if new != old:
        return Text(
            f"Cách tính đã thay đổi: {old.name.vi}, rồi {new.name.vi}; hai số không so được.",
            f"The scheme has changed: {old.name.en}, then {new.name.en}; the two do not compare.",
        )
    area = comparing.area
    began = area.valid_from
    if comparing.selection.boundaries is Boundaries.THEN and began and other.start < began:
        return Text(
            f"{area.full_name} có địa giới này từ {began:%d/%m/%Y}; kỳ so sánh bắt đầu trước đó. "
            "Xem theo địa giới hiện nay để so.",
            f"{area.full_name} has had these boundaries since {began:%d/%m/%Y}; the other period "
            "begins before. Compare on today's map.",
        )
    return None


def _not_cut(error: PeriodError | CalendarError) -> Text:
    if isinstance(error, CalendarError):
        return Text(
            "Chưa có lịch làm việc được xác nhận của một trong hai năm, nên không đếm được số "
            "ngày làm việc tương ứng.",
            error.message,
        )
    return Text("Kỳ này chưa có ngày làm việc nào đủ số liệu.", error.message)


NOTHING_NOW = Text("Kỳ này chưa có số liệu.", "There are no figures for this period.")
NOTHING_THEN = Text(
    "Kỳ so sánh không có số liệu.", "There are no figures for the period compared with."
)
ESTIMATED = Text(
    "Ước tính: có đơn vị bị chia tách, số liệu cũ tính trọn cho đơn vị kế thừa chính.",
    "Estimate: areas were split, and their history counts whole for the main successor.",
)


PRINTED = Text(
    "Một trong hai số là số in trong báo cáo, không tính từ hồ sơ.",
    "One of the two was printed in a report, not counted from records.",
)
OUTSIDE = Text(
    "Địa bàn cấp trên ngoài phạm vi được xem.", "The area above is outside what you may see."
)


# ---- the target


def _with_target(comparing: _Comparing) -> Compared:
    """The distance from the target, in the metric's unit: points for a rate."""
    row = comparing.row()
    span = comparing.selection.span
    value, target = _known(row["value"]), _known(row["target"])
    decision = Text(row["target_decision"], row["target_decision_en"])
    title = TITLES[Basis.TARGET]
    words = (
        Text(f"{title.vi}: {decision.vi}", f"{title.en}: {decision.en}")
        if target is not None
        else title
    )
    found = Compared(Basis.TARGET, comparing.metric.id, value, target, words, span)
    if target is None:
        nobody = Text("Chưa giao chỉ tiêu.", "Nobody has decided a target.")
        return replace(found, obstacle=nobody)
    if value is None:
        return replace(found, obstacle=NOTHING_NOW)
    caveat = Text("Kỳ chưa kết thúc.", "The period is not over.") if row["open"] else None
    return _judged(comparing.metric, replace(found, caveat=caveat))


# ---- the area above


def _with_parent(comparing: _Comparing) -> Compared:
    """What the area lies in: a rate against its rate, a count as a share of its count."""
    metric, area, span = comparing.metric, comparing.area, comparing.selection.span
    row = comparing.row()
    blank = Compared(
        Basis.PARENT, metric.id, _known(row["value"]), None, TITLES[Basis.PARENT], span
    )
    if area.level is Level.COUNTRY:
        return replace(blank, obstacle=Text("Không có cấp trên.", "There is no area above."))
    if metric.is_looked_up or metric.aggregation is Aggregation.OWN_LEVEL:
        own = Text(
            "Chỉ tiêu này tính riêng cho từng cấp; số của cấp trên không gồm đơn vị này.",
            "This metric is of each level's own; the figure above does not hold this area's.",
        )
        return replace(blank, obstacle=own)
    above = _above(comparing, area)
    try:
        other = comparing.row(area=above.area_id)
    except ScopeError:
        return replace(blank, obstacle=OUTSIDE)
    found = replace(
        blank, other=_known(other["value"]), with_what=Text(above.full_name, above.full_name)
    )
    if found.value is None or found.other is None:
        return replace(found, obstacle=NOTHING_NOW)
    if metric.is_rate:
        return _judged(metric, found)
    return replace(found, share=100 * found.value / found.other if found.other else None)


def _above(comparing: _Comparing, area: Area) -> Area:
    day = comparing.selection.span.last_day
    chain = list(comparing.rules.register.ancestors(area.area_id, day).values())
    return comparing.rules.register.get(chain[-2])


# ---- peers


def _with_peers(comparing: _Comparing) -> Compared:
    """Areas of the same level and kind in the same area above: their rate, or mean count."""
    metric, area, span = comparing.metric, comparing.area, comparing.selection.span
    row = comparing.row()
    kind = area.version(span.last_day).kind
    title = Text(f"các {kind} khác", f"the other areas of the kind {kind}")
    blank = Compared(Basis.PEERS, metric.id, _known(row["value"]), None, title, span)
    if area.level is Level.COUNTRY:
        return replace(blank, obstacle=Text("Không có đơn vị cùng loại.", "There are no peers."))
    inside: dict[str, Any] = {
        "area": _above(comparing, area).area_id,
        "by": By.AREA,
        "level": area.level,
    }
    if not comparing.scope.allows(inside["area"], comparing.rules.register):
        return replace(blank, obstacle=OUTSIDE)
    frame = comparing.ask(**inside)
    same_kind = [
        comparing.rules.register.get(one).version(span.last_day).kind == kind
        for one in frame["area_id"]
    ]
    placed = ranking(frame[same_kind], metric)
    own = placed[placed["area_id"] == area.area_id]
    others = placed[placed["area_id"] != area.area_id]
    found = replace(
        blank,
        with_what=Text(f"{len(others)} {kind} khác", f"{len(others)} other areas ({kind})"),
        other=_together(metric, others),
        rank=None if own.empty or pd.isna(own["rank"].iloc[0]) else int(own["rank"].iloc[0]),
        of=int(placed["ranked"].max()) if len(placed) else 0,
    )
    if found.other is None:
        return replace(found, obstacle=_no_peers(metric))
    return _judged(metric, found)


def _together(metric: Metric, others: pd.DataFrame) -> float | None:
    """What several areas have together: sums divided last, or a count per area."""
    told = others[others["value"].notna()]
    if told.empty or metric.is_looked_up or metric.formula.is_middle:
        return None
    if not metric.is_rate:
        return float(told["value"].sum()) / len(told)
    below = float(told["denominator"].sum())
    return metric.scale * float(told["numerator"].sum()) / below if below else None


def _no_peers(metric: Metric) -> Text:
    if metric.formula.is_middle:
        return Text(
            "Trung vị không cộng, không lấy trung bình; chỉ xếp hạng được.",
            "Medians are not added or averaged; they are only ranked.",
        )
    if metric.is_looked_up:
        return Text(
            "Điểm và số báo cáo không cộng, không lấy trung bình; chỉ xếp hạng được.",
            "Scores and reported figures are not added or averaged; they are only ranked.",
        )
    return Text("Đơn vị cùng loại chưa có số liệu.", "The peers have no figures.")


# ---- what a comparison says


def _known(number: float) -> float | None:
    return None if isnan(number) else float(number)


def _judged(metric: Metric, found: Compared) -> Compared:
    """The change of a count in percent, and whether the difference is for the better."""
    difference, other = found.difference, found.other
    if difference is None or other is None:
        return found
    is_count = not metric.is_rate and metric.unit not in ("percent", "score")
    change = 100 * difference / other if is_count and other else None
    is_judged = metric.better is not Better.NEUTRAL and difference != 0
    is_better = (difference > 0) == (metric.better is Better.HIGHER) if is_judged else None
    return replace(found, change=change, is_better=is_better)


_WAYS: Mapping[Basis, Callable[[_Comparing], Compared]] = MappingProxyType(
    {
        Basis.PREVIOUS: _with_previous,
        Basis.LAST_YEAR: _with_last_year,
        Basis.YEAR_TO_DATE: _with_year_to_date,
        Basis.TARGET: _with_target,
        Basis.PARENT: _with_parent,
        Basis.PEERS: _with_peers,
    }
)


def comparisons(
    selection: Selection,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
    bases: Sequence[Basis] = tuple(Basis),
) -> list[Compared]:
    """One value compared on several bases, in their order."""
    return [compare(selection, basis, scope, snapshot, now=now, rules=rules) for basis in bases]
