"""Silence: sources, and those who deliver through them, from whom nothing comes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.freshness import Freshness
from metrics.alerts.look import TRUSTED, Judgement, Look, Verdict
from metrics.alerts.rules import AlertRule
from metrics.feeds import Feed, feeds_of
from store.state.alerts import Key, Seen

KINDS = """
select source, simulated, expected_by is not null or expected_every_s is not null
from source
"""
BEGAN = "select min(started_at) from batch"


def silences(rule: AlertRule, look: Look) -> Iterator[Judgement]:
    """Every source watched, and everybody expected to deliver through it, judged."""
    kinds = {name: told for name, *told in look.snapshot.rows(KINDS)}
    [(began,)] = look.snapshot.rows(BEGAN)
    for feed in feeds_of(look.snapshot, look.now, look.rules.calendar):
        is_whole = not (feed.area_id or feed.organisation)
        wanted = feed.is_expected and (rule.each or is_whole)
        if wanted and (not rule.sources or feed.source in rule.sources):
            simulated, promises = kinds[feed.source]
            if promises or feed.state is not Freshness.NEVER:  # an archive may stay away for ever
                yield _heard(rule, feed, look, began, simulated=simulated)


def _heard(
    rule: AlertRule, feed: Feed, look: Look, began: datetime | None, *, simulated: bool
) -> Judgement:
    key = Key(rule.id, "", feed.area_id, feed.organisation, feed.source)
    seen = Seen(look.snapshot.version, freshness=feed.state.value, simulated=simulated)
    if feed.state.value in TRUSTED:
        return Judgement(key, Verdict.GOOD, seen)
    if feed.state not in rule.states:
        return Judgement(key, Verdict.BETWEEN, seen)
    # Who was never heard of has been silent since this home collects.
    since = feed.told_at or began
    is_long = since is None or look.now - since >= timedelta(hours=rule.hours)
    return Judgement(key, Verdict.BAD if is_long else Verdict.BETWEEN, seen)
