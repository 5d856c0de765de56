"""Checking the rules of a home against its newest snapshot, and keeping what follows from it.

One rule that cannot be judged is told and stops no other.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from domain.dossier import local_day
from domain.errors import IocError, UnknownNameError
from metrics.alerts.course import Course
from metrics.alerts.judging import judgements
from metrics.alerts.look import Judgement, Look, Verdict
from metrics.alerts.rules import AlertRule, Kind
from metrics.rules import Rules, rules
from metrics.snapshots import STANDARD, Limits, current_snapshot
from metrics.sources import sources_of
from store.state.alert_steps import Check, last_check, latest, note_check, take

PAUSE = timedelta(hours=1)


@dataclass
class Checked:
    """What a check did: how many alerts are new or came again, and which rules failed, and why.

    `was_needed` is False where no figure and no rule has changed since the last check.
    """

    news: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    was_needed: bool = True


def check(home: Path, now: datetime, limits: Limits = STANDARD) -> Checked:
    """Judge every rule in force and book what follows. Raises StoreError without a snapshot.

    Where snapshot, rules, states of sources and day are those of the last check, only silence is
    judged, which grows by the hour.
    """
    look = look_at(home, now, limits)
    basis, last = basis_of(look), last_check(home)
    done = Checked(was_needed=last.basis != basis)
    judged: dict[str, datetime] = {}
    for rule in look.rules.alerts:
        if rule.enabled:
            before = last.judged.get(rule.id)
            waits = before is not None and _can_wait(rule, before, last, basis, now)
            judged[rule.id] = before if waits and before is not None else now
            if not waits:
                _check_rule(home, rule, look, done)
    note_check(home, judged, done.problems, (now, basis))
    return done


def _can_wait(rule: AlertRule, before: datetime, last: Check, basis: str, now: datetime) -> bool:
    """Whether a rule that was judged before would find the same, or was judged not long ago.

    Silence grows by the hour alone. Jumps and doubts are of days gone by, and slow to find.
    """
    if rule.kind is Kind.SILENT or rule.id in last.problems:
        return False
    if last.basis == basis:
        return True
    is_same = last.basis.split()[1:4] == basis.split()[1:4]
    return rule.kind in (Kind.JUMP, Kind.FINDING) and is_same and now - before < PAUSE


def look_at(home: Path, now: datetime, limits: Limits = STANDARD) -> Look:
    """What the rules of a home are judged by now. Raises StoreError without a snapshot."""
    return Look(current_snapshot(home, limits), now, rules(home / "config"))


def basis_of(look: Look) -> str:
    """What verdicts rest on, as one text."""
    by: Rules = look.rules
    states = sources_of(look.snapshot, look.now, by.calendar, look.horizon)
    parts = [look.snapshot.version, by.version, by.alerts.version, str(local_day(look.now))]
    return " ".join([*parts, *(f"{one.id}={one.state}" for one in states.all)])


def _check_rule(home: Path, rule: AlertRule, look: Look, done: Checked) -> None:
    try:
        held = latest(home, rule.id)
        under_way = [key for key, alert in held.items() if alert.is_under_way]
        found = judgements(rule, look, under_way)
        course = Course(rule, look.now, look.rules.calendar)
        done.news += take(home, course.steps(found, held), look.now)
    except IocError as error:
        done.problems[rule.id] = error.message
    except Exception as error:
        logging.getLogger(__name__).exception("The rule %s could not be judged.", rule.id)
        kind = type(error).__name__
        done.problems[rule.id] = f"{rule.id} broke off in an unforeseen way ({kind}). See the log."


def tried(
    home: Path, now: datetime, only: str = "", limits: Limits = STANDARD
) -> dict[str, list[Judgement] | str]:
    """By rule what it finds wrong now, or why it cannot be judged; nothing is kept.

    Every rule in force, or one that may be off. Raises UnknownNameError, StoreError.
    """
    look = look_at(home, now, limits)
    if only and look.rules.alerts.get(only) is None:
        raise UnknownNameError("alert rule", only, [rule.id for rule in look.rules.alerts])
    told: dict[str, list[Judgement] | str] = {}
    for rule in look.rules.alerts:
        if not (rule.id == only if only else rule.enabled):
            continue
        try:
            found = judgements(rule, look, ())
            told[rule.id] = [one for one in found if one.verdict is Verdict.BAD]
        except IocError as error:
            told[rule.id] = error.message
    return told
