"""Thresholds: figures beyond a bound, of every area or organisation that a rule watches."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from domain.area import COUNTRY_ID, Boundaries
from domain.errors import SelectionError
from domain.freshness import Freshness
from domain.period import Grain, Span, period_start
from metrics.alerts.look import TRUSTED, Judgement, Look, Row, Verdict, number, records, seen_in
from metrics.alerts.rules import AlertRule, Period
from metrics.places import PRESENT
from metrics.selection import By, Selection
from metrics.status import MIN_DENOMINATOR
from store.state.alerts import Key

BELIEVED_WHEN_BAD = (*TRUSTED, Freshness.LATE.value)


def crossings(rule: AlertRule, look: Look) -> Iterator[Judgement]:
    """Every area or organisation watched, judged. Raises: as `query`."""
    span = span_of(rule.period, look.horizon)
    for selection in _selections(rule, span, look):
        try:
            frame = look.ask(selection)
        except SelectionError:  # nothing of this level lies in it
            continue
        for row in records(frame):
            if not row["reported"]:
                yield _judged(rule, row)


def _selections(rule: AlertRule, span: Span, look: Look) -> Iterator[Selection]:
    register = look.rules.register
    roots = [register.resolve(code, PRESENT.start) for code in rule.within]
    for root in roots or [register.get(COUNTRY_ID)]:
        asked = Selection((rule.metric,), span, root.area_id, boundaries=Boundaries.TODAY)
        if rule.by == "organisation":
            yield replace(asked, by=By.ORGANISATION)
            continue
        for level in rule.levels:
            if level is root.level:
                yield asked
            elif level.depth > root.level.depth:
                yield replace(asked, by=By.AREA, level=level)


def _judged(rule: AlertRule, row: Row) -> Judgement:
    is_organisation = rule.by == "organisation"
    key = Key(
        rule.id,
        rule.metric,
        row["area_id"],
        row["dimension_value"] if is_organisation else "",
    )
    bound = rule.below if rule.above is None else rule.above
    return Judgement(key, verdict_of(rule, row), seen_in(row, bound))


def verdict_of(rule: AlertRule, row: Row) -> Verdict:
    """What a rule finds of a row of values."""
    value, state = row["value"], row["freshness"]
    if number(value) is None or row["denominator"] < MIN_DENOMINATOR or rule.clear is None:
        return Verdict.UNKNOWN
    is_bad = value > rule.above if rule.above is not None else value < (rule.below or 0.0)
    if is_bad:
        return Verdict.BAD if state in BELIEVED_WHEN_BAD else Verdict.UNKNOWN
    if state not in TRUSTED:
        return Verdict.UNKNOWN
    is_clear = value <= rule.clear if rule.above is not None else value >= rule.clear
    return Verdict.GOOD if is_clear else Verdict.BETWEEN


def span_of(period: Period, horizon: date) -> Span:
    """The days a threshold looks at; `horizon` is the last day that is told of."""
    if period is Period.TODAY:
        return Span.of_days(horizon, horizon)
    if period is Period.LAST_DAY:
        return Span.of_days(horizon - timedelta(days=1), horizon - timedelta(days=1))
    grain = Grain(period.value.removeprefix("last_"))
    start = period_start(horizon, grain)
    if not period.value.startswith("last_"):
        return Span(start, horizon + timedelta(days=1))
    return Span(period_start(start - timedelta(days=1), grain), start)
