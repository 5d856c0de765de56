"""Findings: figures that cannot be right, or that deserve a second look, each by a named rule."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from math import isnan, sqrt
from statistics import median
from types import MappingProxyType

import numpy as np

from domain.calendar import WorkingCalendar
from domain.period import Grain, Span, add_months
from domain.scope import Scope
from metrics.doubt import Finding, Look, Row, cells_of, en, finding, records, vi
from metrics.formula import Text
from metrics.metric import Metric
from metrics.quality_rules import Kind, QualityRule
from metrics.rescheduled import rescheduled
from metrics.rules import Rules
from metrics.rules import rules as shipped_rules
from metrics.selection import Selection
from metrics.status import MIN_DENOMINATOR
from store import Snapshot

__all__ = ["Finding", "findings"]

NORMAL = 1.4826  # how many median absolute deviations a standard deviation is
LEAST_SAMPLES = 5
FULL = 100 - 1e-9
WEEK = timedelta(days=7)
PRINTED_GRAINS = (None, Grain.YEAR, Grain.MONTH)


def findings(
    selection: Selection,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
) -> list[Finding]:
    """What the rules find in a selection's area and span, and in every area directly in it.

    By rule in their order, then by area and period. The selection's metrics, grain and
    breakdown play no part: the rules name their own. Raises: as `query`.
    """
    by = rules or shipped_rules()
    look = Look(selection, scope, snapshot, now, by)
    return [
        finding for rule in by.quality if rule.enabled for finding in _WAYS[rule.kind](look, rule)
    ]


# ---- a count that is more than others can be


def _more_than(look: Look, rule: QualityRule) -> Iterator[Finding]:
    names = (*rule.metrics, *rule.against)
    seen = set()
    for grain in (None, Grain.MONTH):
        cells = cells_of(look.rows(names, look.selection.span, grain))
        for (area_id, span, printed), cell in cells.items():
            counted = cells.get((area_id, span, False), {})
            most = [_first(name, cell, counted) for name in rule.against]
            if (area_id, span, printed) in seen or not all(most):
                continue
            seen.add((area_id, span, printed))
            sum_of = sum(float(row["value"]) for row in most if row)
            for row in (cell[name] for name in rule.metrics if name in cell):
                if row["value"] > sum_of:
                    yield finding(look, rule, row, sum_of, _more_words(look, rule, row, sum_of))


def _first(name: str, *cells: Mapping[str, Row]) -> Row | None:
    """A metric's row in the first of some cells that has it: printed, else counted."""
    return next((cell[name] for cell in cells if name in cell), None)


def _more_words(look: Look, rule: QualityRule, row: Row, most: float) -> Text:
    parts = [look.metric(name).name for name in rule.against]
    own = look.metric(row["metric"]).name
    return Text(
        f"{own.vi} {vi(row['value'])}, nhiều hơn {' + '.join(one.vi.lower() for one in parts)} "
        f"cộng lại là {vi(most)}",
        f"{own.en} {en(row['value'])}, more than {' + '.join(one.en.lower() for one in parts)} "
        f"together, {en(most)}",
    )


# ---- a printed rate that is not what its figures give


def _printed(look: Look, rule: QualityRule) -> Iterator[Finding]:
    rates = [one for one in look.rules.catalogue if one.unit == "percent" and one.is_rate]
    totals = {
        one.numerator[0]: one.id
        for one in look.rules.catalogue
        if one.formula.id == "total" and len(one.numerator) == 1
    }
    seen = set()
    for grain in PRINTED_GRAINS:
        fine = [one for one in rates if grain is None or _is_known_by(one, grain)]
        names = tuple(dict.fromkeys([*(one.id for one in fine), *totals.values()]))
        cells = cells_of(look.rows(names, look.selection.span, grain))
        for (area_id, span, printed), cell in cells.items():
            if not printed:
                continue
            counted = cells.get((area_id, span, False), {})
            for metric in fine:
                row, key = cell.get(metric.id), (metric.id, area_id, span)
                if row is None or key in seen:
                    continue
                seen.add(key)
                for expected, what in _what_it_should_be(metric, cell, counted, totals):
                    if abs(row["value"] - expected) > rule.tolerance:
                        words = _printed_words(metric, row, expected, what)
                        yield finding(look, rule, row, expected, words)


def _is_known_by(metric: Metric, grain: Grain) -> bool:
    grains = list(Grain)
    return grains.index(grain) >= grains.index(metric.smallest_grain)


COUNTED = Text("tính từ hồ sơ", "counted from records")
FROM_PARTS = Text("tính từ số liệu in kèm", "from the figures printed with it")


def _what_it_should_be(
    metric: Metric, cell: Mapping[str, Row], counted: Mapping[str, Row], totals: Mapping[str, str]
) -> Iterator[tuple[float, Text]]:
    """What is counted for the same cell, and what the printed parts of the rate give."""
    if metric.id in counted:
        yield float(counted[metric.id]["value"]), COUNTED
    parts = [_printed_sum(names, cell, totals) for names in (metric.numerator, metric.denominator)]
    if None not in parts and metric.formula.stocks is None:
        numerator, denominator = (np.array([part], dtype=float) for part in parts)
        _, _, value = metric.formula.figures(numerator, denominator, metric.scale)
        if not isnan(value[0]):
            yield float(value[0]), FROM_PARTS


def _printed_sum(
    names: tuple[str, ...], cell: Mapping[str, Row], totals: Mapping[str, str]
) -> float | None:
    """Measures added up, as printed; None if one was not."""
    rows = [cell.get(totals.get(name, "")) for name in names]
    return None if None in rows else sum(float(row["value"]) for row in rows if row)


def _printed_words(metric: Metric, row: Row, expected: float, what: Text) -> Text:
    return Text(
        f"{metric.name.vi}: in {vi(row['value'], 2)} %, {what.vi} {vi(expected, 2)} %",
        f"{metric.name.en}: printed {en(row['value'], 2)}%, {what.en} {en(expected, 2)}%",
    )


# ---- a sudden jump


def _jump(look: Look, rule: QualityRule) -> Iterator[Finding]:
    """A day far from the median of the same weekdays before it, in robust deviations.

    Days off are neither judged nor judged by. The deviation is at least that of chance, the
    square root of the median, so that few dossiers raise no finding.
    """
    span = look.selection.span
    frame = look.rows(rule.metrics, Span(span.start - rule.weeks * WEEK, span.end), Grain.DAY)
    frame = frame[~frame["reported"]]
    for _, series in frame.groupby(["metric", "area_id"], sort=False):
        values = dict(zip(series["period_start"], series["value"], strict=True))
        for row in records(series[series["period_start"] >= span.start]):
            usual = _usual(look.calendar, values, row["period_start"], rule.weeks)
            if usual is None:
                continue
            middle, deviation = usual
            distance = abs(row["value"] - middle)
            if distance > rule.sigmas * deviation and distance >= rule.least:
                words = _jump_words(look, rule, row, middle)
                yield finding(look, rule, row, middle, words)


def _usual(
    calendar: WorkingCalendar, values: Mapping[date, float], day: date, weeks: int
) -> tuple[float, float] | None:
    """The median of the same weekdays before a working day, and their robust deviation."""
    if not calendar.is_likely_working(day):
        return None
    before = [day - number * WEEK for number in range(1, weeks + 1)]
    samples = [values[one] for one in before if one in values and calendar.is_likely_working(one)]
    if len(samples) < LEAST_SAMPLES:
        return None
    middle = median(samples)
    spread = NORMAL * median(abs(one - middle) for one in samples)
    return middle, max(spread, sqrt(middle), 1.0)


def _jump_words(look: Look, rule: QualityRule, row: Row, usual: float) -> Text:
    name, day = look.metric(row["metric"]).name, f"{row['period_start']:%d/%m/%Y}"
    return Text(
        f"{name.vi} ngày {day}: {vi(row['value'])}, thường là {vi(usual)} "
        f"(trung vị cùng thứ của {rule.weeks} tuần trước)",
        f"{name.en} on {day}: {en(row['value'])}, usually {en(usual)} "
        f"(median of the same weekday in the {rule.weeks} weeks before)",
    )


# ---- full marks with a growing backlog


def _full_marks(look: Look, rule: QualityRule) -> Iterator[Finding]:
    span = look.selection.span
    earlier = Span(add_months(span.start, -1), span.end)
    rates = look.rows(rule.metrics, span, Grain.MONTH)
    stocks = look.rows(rule.against, earlier, Grain.MONTH)
    held = {
        (row["metric"], row["area_id"], row["period_end"]): float(row["value"])
        for row in records(stocks[~stocks["reported"]])
    }
    for row in records(rates[~rates["reported"]]):
        if row["value"] < FULL or row["denominator"] < MIN_DENOMINATOR:
            continue
        for name in rule.against:
            before = held.get((name, row["area_id"], row["period_start"]))
            after = held.get((name, row["area_id"], row["period_end"]))
            if before is not None and after is not None and after - before >= rule.least:
                words = _full_words(look, row, name, before, after)
                yield finding(look, rule, row, before, words, value=after)


def _full_words(look: Look, row: Row, name: str, before: float, after: float) -> Text:
    rate, stock = look.metric(row["metric"]).name, look.metric(name).name
    return Text(
        f"{rate.vi} 100 %, trong khi {stock.vi.lower()} tăng từ {vi(before)} lên {vi(after)}",
        f"{rate.en} 100%, while {stock.en.lower()} grew from {en(before)} to {en(after)}",
    )


# ---- too much of a doubtful kind


def _share(look: Look, rule: QualityRule) -> Iterator[Finding]:
    rates = look.rows(rule.metrics, look.selection.span, Grain.DAY)
    for row in records(rates[~rates["reported"]]):
        if row["denominator"] >= rule.least and row["value"] >= rule.share:
            yield finding(look, rule, row, rule.share, _share_words(look, row))


def _share_words(look: Look, row: Row) -> Text:
    name, some, of_all = look.metric(row["metric"]).name, row["numerator"], row["denominator"]
    return Text(
        f"{name.vi}: {vi(some)} trong {vi(of_all)} hồ sơ ({vi(row['value'], 1)} %)",
        f"{name.en}: {en(some)} of {en(of_all)} ({en(row['value'], 1)}%)",
    )


_WAYS: Mapping[Kind, Callable[[Look, QualityRule], Iterator[Finding]]] = MappingProxyType(
    {
        Kind.MORE_THAN: _more_than,
        Kind.PRINTED: _printed,
        Kind.JUMP: _jump,
        Kind.FULL_MARKS: _full_marks,
        Kind.SHARE: _share,
        Kind.RESCHEDULED: rescheduled,
    }
)
