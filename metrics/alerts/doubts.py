"""Figures in doubt: jumps, and what a rule of doubt (metrics/quality.py) finds.

They are events of days gone by. What was found and is found no more has passed, if figures of
the same still come.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from domain.area import Area, Boundaries, Level
from domain.errors import SelectionError
from domain.period import Grain, Span, add_months, period_start
from domain.scope import EVERYTHING
from metrics.alerts.look import TRUSTED, Judgement, Look, Verdict, number, records, seen_in
from metrics.alerts.rules import AlertRule
from metrics.places import PRESENT
from metrics.quality import Finding, findings
from metrics.quality_rules import Kind, QualityRule, QualityRules
from metrics.selection import By, Selection
from store.state.alerts import Key, Seen

WHERE_COUNTED = ("dossiers_received", "docs_sent")
"""What shows that a province delivers anything at all."""


def jumps(rule: AlertRule, look: Look) -> Iterator[Judgement]:
    """Each day that is over, of the last ones: the last that jumped."""
    doubt = QualityRule(
        rule.id,
        Kind.JUMP,
        rule.name,
        enabled=True,
        metrics=(rule.metric,),
        sigmas=rule.sigmas,
        weeks=rule.weeks,
        least=rule.least,
    )
    start = look.horizon - timedelta(days=rule.days)
    span = Span(start, look.horizon + timedelta(days=1))
    yield from _found(rule, look, (doubt,), span)


def doubtful(rule: AlertRule, look: Look) -> Iterator[Judgement]:
    """The months that are over, of the last ones: the last in doubt."""
    start = add_months(period_start(look.horizon, Grain.MONTH), -rule.months)
    doubts = tuple(replace(one, enabled=True) for one in look.rules.quality if one.id in rule.rules)
    yield from _found(rule, look, doubts, Span(start, look.horizon + timedelta(days=1)))


def _found(
    rule: AlertRule, look: Look, doubts: tuple[QualityRule, ...], span: Span
) -> Iterator[Judgement]:
    """What rules of doubt find in every province that delivers; the country is no one's to mend."""
    by = replace(look.rules, quality=QualityRules(doubts, rule.id))
    latest: dict[Key, Finding] = {}
    for root in _roots(rule, look, span):
        asked = Selection(
            WHERE_COUNTED[:1], span, root.area_id, boundaries=Boundaries.TODAY
        )  # the metric plays no part
        for one in findings(asked, EVERYTHING, look.snapshot, now=look.now, rules=by):
            key = Key(rule.id, one.metric, one.area_id)
            if key not in latest or latest[key].span.end <= one.span.end:
                latest[key] = one
    for key, one in latest.items():
        yield Judgement(key, Verdict.BAD, _found_figure(one, look))


def _roots(rule: AlertRule, look: Look, span: Span) -> list[Area]:
    """The areas a rule is about, else the provinces from which anything was ever delivered."""
    register = look.rules.register
    if rule.within:
        return [register.resolve(code, PRESENT.start) for code in rule.within]
    names = [name for name in WHERE_COUNTED if name in look.rules.catalogue]
    asked = Selection(
        tuple(names), span, by=By.AREA, level=Level.PROVINCE, boundaries=Boundaries.TODAY
    )
    frame = look.ask(asked)
    ids = dict.fromkeys(frame.loc[frame["value"].notna(), "area_id"])
    return [register.get(area_id) for area_id in ids]


def passed(key: Key, look: Look) -> Judgement:
    """Something that was found and is not any more: well, if its figures still come."""
    day = look.horizon - timedelta(days=1)
    try:
        asked = Selection(
            (key.metric,), Span.of_days(day, day), key.area_id, boundaries=Boundaries.TODAY
        )
        rows = [row for row in records(look.ask(asked)) if not row["reported"]]
    except SelectionError:
        rows = []
    told = [row for row in rows if number(row["value"]) is not None or row["denominator"] == 0]
    if not told:
        return Judgement(key, Verdict.UNKNOWN, Seen(look.snapshot.version))
    is_told = told[0]["freshness"] in TRUSTED
    verdict = Verdict.GOOD if is_told else Verdict.UNKNOWN
    return Judgement(key, verdict, seen_in(told[0], None))


def _found_figure(one: Finding, look: Look) -> Seen:
    metric, words = look.rules.catalogue.metric(one.metric), one.words
    return Seen(
        look.snapshot.version,
        one.span.start,
        one.span.end,
        value=one.value,
        bound=one.expected,
        told_vi=words.vi,
        told_en=words.en,
        version=metric.version,
        simulated=look.snapshot.simulated,
    )
