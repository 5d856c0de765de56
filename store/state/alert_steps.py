"""What the program does to alerts: it raises them, follows what they are about, and closes them."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.state.alert_rows import (
    PROGRAM,
    SCHEMA,
    Alert,
    Key,
    Seen,
    Step,
    alert_in,
    columns,
    enter,
    update,
    when,
)
from store.state.audit import Deed
from store.state.database import consulted, opened, read, written


def latest(home: Path, rule: str) -> dict[Key, Alert]:
    """The newest alert of a rule about each thing, closed or not."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute("select * from alert where rule = ? order by alert_id", (rule,))
        return {one.key: one for one in map(alert_in, rows)}


def take(home: Path, steps: Iterable[Step], now: datetime) -> int:
    """Book what the program found; how many alerts were raised or came again.

    A step about an alert that a person changed meanwhile is left out: the next check decides.
    """
    news = 0
    with opened(home, SCHEMA) as state:
        for step in steps:
            if step.alert is None:
                _raise(state, step, now)
                news += 1
            elif _is_as_it_was(state, step.alert):
                _follow(state, step, step.alert, now)
                news += step.act in ("raise", "again")
    return news


def _raise(
    state: sqlite3.Connection, step: Step, now: datetime, follows: int | None = None
) -> None:
    """A new alert; `follows` is an earlier one about the same."""
    seen = step.seen or Seen("")
    moment = written(now)
    given = {
        **step.key._asdict(),
        "severity": step.severity,
        "state": "open",
        "raised_at": moment,
        "state_at": moment,
        "bad_at": moment,
        "times": 1,
        "follows": follows,
        **columns(seen),
    }
    names, gaps = ", ".join(given), ", ".join("?" for _ in given)
    made = state.execute(
        f"insert into alert ({names}) values ({gaps})",  # noqa: S608 - our own columns
        tuple(given.values()),
    )
    enter(state, int(made.lastrowid or 0), "raise", Deed(now, PROGRAM, "", "alert.raise"), "")


def _follow(state: sqlite3.Connection, step: Step, alert: Alert, now: datetime) -> None:
    """Note what was seen of an alert, and close, reopen or replace it as the step says."""
    if step.act == "raise":
        _raise(state, step, now, follows=alert.alert_id)
        return
    changes: dict[str, object] = {
        "good_since": when(step.good_since),
        "unknown_since": when(step.unknown_since),
        **({"bad_at": written(now)} if step.is_bad else {}),
        **(columns(step.seen) if step.seen is not None else {}),
    }
    moment = written(now)
    if step.act == "again":
        changes |= {"times": alert.times + 1}
        if alert.state == "closed":
            changes |= {"state": "open", "state_at": moment, "ended_by": "", "escalated_at": None}
    elif step.act == "recover":
        changes |= {"state": "closed", "state_at": moment, "ended_by": PROGRAM}
    elif step.act == "escalate":
        changes |= {"escalated_at": moment}
    update(state, alert.alert_id, changes)
    if step.act:
        deed = Deed(now, PROGRAM, "", f"alert.{step.act}")
        enter(state, alert.alert_id, step.act, deed, "")


def _is_as_it_was(state: sqlite3.Connection, alert: Alert) -> bool:
    row = state.execute(
        "select state, state_at from alert where alert_id = ?", (alert.alert_id,)
    ).fetchone()
    return (row["state"], row["state_at"]) == (alert.state, written(alert.state_at))


@dataclass(frozen=True)
class Check:
    """The last check: when, on which basis, when each rule was judged, and what went wrong."""

    at: datetime | None
    basis: str
    judged: Mapping[str, datetime]
    problems: Mapping[str, str]


def note_check(
    home: Path,
    judged: Mapping[str, datetime],
    problems: Mapping[str, str],
    check: tuple[datetime, str],
) -> None:
    """Keep when each rule in force was judged, what went wrong, and when and on which basis."""
    moment, basis = check
    with opened(home, SCHEMA) as state:
        state.execute("delete from alert_rule_check")
        state.executemany(
            "insert into alert_rule_check values (?, ?, ?)",
            [(rule, written(at), problems.get(rule, "")) for rule, at in judged.items()],
        )
        state.execute(
            "insert or replace into alert_check (only, at, basis) values (1, ?, ?)",
            (written(moment), basis),
        )


def last_check(home: Path) -> Check:
    """The last check of the rules; without an instant before the first."""
    with consulted(home, SCHEMA) as state:
        row = state.execute("select at, basis from alert_check").fetchone()
        told = state.execute("select * from alert_rule_check order by rule").fetchall()
    return Check(
        read(row["at"]) if row else None,
        row["basis"] if row else "",
        {one["rule"]: datetime.fromisoformat(one["at"]) for one in told},
        {one["rule"]: one["problem"] for one in told if one["problem"]},
    )
