"""Judging: which things a rule finds wrong now, which it finds right, and of which it cannot tell.

A late figure may be wrong and is never right; a stale one is neither, nor is one that is missing,
small, or made of fewer areas than it was when it was wrong. So silence never ends an alert.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from metrics.alerts.doubts import doubtful, jumps, passed
from metrics.alerts.look import Judgement, Look
from metrics.alerts.rules import AlertRule, Kind
from metrics.alerts.silence import silences
from metrics.alerts.thresholds import crossings
from store.state.alerts import Key

_WAYS: Mapping[Kind, Callable[[AlertRule, Look], Iterator[Judgement]]] = MappingProxyType(
    {
        Kind.THRESHOLD: crossings,
        Kind.JUMP: jumps,
        Kind.SILENT: silences,
        Kind.FINDING: doubtful,
    }
)


def judgements(rule: AlertRule, look: Look, held: Iterable[Key]) -> list[Judgement]:
    """What a rule finds; of what it is `held` to be about already, in any case something.

    Raises: as `query`.
    """
    found = {one.key: one for one in _WAYS[rule.kind](rule, look)}
    if rule.kind in (Kind.JUMP, Kind.FINDING):
        for key in held:
            if key not in found:
                found[key] = passed(key, look)
    return list(found.values())
