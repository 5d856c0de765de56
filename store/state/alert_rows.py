"""The tables and shapes of alerts: what stands in the book, and how a row of it is read."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from store.state import audit
from store.state.audit import Deed
from store.state.database import read, written

State = Literal["open", "acknowledged", "explained", "closed"]
Act = Literal["raise", "again", "recover", "escalate", "acknowledge", "explain", "close", "reopen"]
Own = Literal["raise", "again", "recover", "escalate", ""]
"""What the program does by itself; empty where it only notes what was seen."""
STATES: tuple[State, ...] = ("open", "acknowledged", "explained", "closed")
UNDER_WAY: tuple[State, ...] = ("open", "acknowledged", "explained")
PROGRAM = "collector"
"""Who did what no person did."""

SCHEMA = (
    """
create table if not exists alert (
    alert_id integer primary key,
    rule text not null,
    metric text not null,
    area_id text not null,
    organisation text not null,
    source text not null,
    severity text not null,
    state text not null,
    raised_at text not null,
    state_at text not null,
    bad_at text not null,
    good_since text,
    unknown_since text,
    times integer not null,
    period_start text,
    period_end text,
    numerator real,
    denominator real,
    value real,
    bound real,
    covered integer,
    freshness text not null,
    told_vi text not null,
    told_en text not null,
    snapshot text not null,
    version integer not null,
    simulated integer not null,
    escalated_at text,
    ended_by text not null default '',
    follows integer
);
create unique index if not exists alert_under_way
    on alert (rule, metric, area_id, organisation, source) where state <> 'closed';
create index if not exists alert_of_rule on alert (rule, alert_id);
create index if not exists alert_by_state on alert (state, alert_id);
create table if not exists alert_entry (
    entry_id integer primary key,
    alert_id integer not null,
    at text not null,
    actor text not null,
    act text not null,
    word text not null,
    period_start text,
    period_end text,
    numerator real,
    denominator real,
    value real,
    snapshot text not null,
    version integer not null
);
create index if not exists alert_entry_of_alert on alert_entry (alert_id, entry_id);
create table if not exists alert_rule_check (
    rule text primary key,
    at text not null,
    problem text not null
);
create table if not exists alert_check (
    only integer primary key check (only = 1),
    at text not null,
    basis text not null
);
"""
    + audit.SCHEMA
)
FIGURES = (
    "snapshot",
    "numerator",
    "denominator",
    "value",
    "bound",
    "covered",
    "freshness",
    "told_vi",
    "told_en",
    "version",
)


class Key(NamedTuple):
    """What an alert is about; what does not apply is empty."""

    rule: str
    metric: str = ""
    area_id: str = ""
    organisation: str = ""
    source: str = ""


@dataclass(frozen=True)
class Seen:
    """What was seen when it was judged: the figure with its parts, or the state of a source.

    `bound` is what the value crossed or was expected to be, `covered` how many areas reported.
    """

    snapshot: str
    period_start: date | None = None
    period_end: date | None = None
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    bound: float | None = None
    covered: int | None = None
    freshness: str = ""
    told_vi: str = ""
    told_en: str = ""
    version: int = 0
    simulated: bool = False


@dataclass(frozen=True)
class Alert:
    """One alert as it stands.

    `bad_at` is when it last held, `good_since` since when it has been seen not to, and
    `unknown_since` since when nothing could be told. `times` counts how often it came; `ended_by`
    is who closed it. `follows` is an earlier alert about the same.
    """

    alert_id: int
    key: Key
    severity: str
    state: State
    raised_at: datetime
    state_at: datetime
    bad_at: datetime
    good_since: datetime | None
    unknown_since: datetime | None
    times: int
    seen: Seen
    escalated_at: datetime | None
    ended_by: str
    follows: int | None

    @property
    def is_under_way(self) -> bool:
        return self.state != "closed"


@dataclass(frozen=True)
class Entry:
    """One change of an alert: who, when, what, a word, and the figure as it was then."""

    at: datetime
    actor: str
    act: Act
    word: str
    period_start: date | None
    period_end: date | None
    numerator: float | None
    denominator: float | None
    value: float | None
    snapshot: str
    version: int


@dataclass(frozen=True)
class Step:
    """What the program does to an alert: `alert` is None where there is none yet.

    `act` is empty where only what was seen is noted; `seen` None leaves the figure as it was.
    """

    key: Key
    alert: Alert | None
    act: Own
    seen: Seen | None = None
    severity: str = ""
    good_since: datetime | None = None
    unknown_since: datetime | None = None
    is_bad: bool = False


def update(state: sqlite3.Connection, alert_id: int, changes: dict[str, object]) -> None:
    """Change some columns of an alert."""
    what = ", ".join(f"{name} = ?" for name in changes)
    state.execute(
        f"update alert set {what} where alert_id = ?",  # noqa: S608 - our own columns
        (*changes.values(), alert_id),
    )


def enter(state: sqlite3.Connection, alert_id: int, act: Act, deed: Deed, word: str) -> None:
    """Keep a change beside the alert, with the figure as it stands now, and in the trail."""
    state.execute(
        "insert into alert_entry (alert_id, at, actor, act, word, period_start, period_end,"
        " numerator, denominator, value, snapshot, version)"
        " select alert_id, ?, ?, ?, ?, period_start, period_end, numerator, denominator, value,"
        " snapshot, version from alert where alert_id = ?",
        (written(deed.at), deed.actor, act, word, alert_id),
    )
    audit.append(state, audit.with_text(deed, f"alert {alert_id}", word))


def columns(seen: Seen) -> dict[str, object]:
    """What was seen, as the columns of an alert."""
    return {
        "period_start": seen.period_start and seen.period_start.isoformat(),
        "period_end": seen.period_end and seen.period_end.isoformat(),
        "simulated": int(seen.simulated),
        **{name: getattr(seen, name) for name in FIGURES},
    }


def when(moment: datetime | None) -> str | None:
    """An instant as the file holds it, or nothing."""
    return None if moment is None else written(moment)


def day(text: str | None) -> date | None:
    """A day from the file, or nothing."""
    return None if text is None else date.fromisoformat(text)


def alert_in(row: sqlite3.Row) -> Alert:
    """The alert of a row."""
    seen = Seen(
        period_start=day(row["period_start"]),
        period_end=day(row["period_end"]),
        simulated=bool(row["simulated"]),
        **{name: row[name] for name in FIGURES},
    )
    return Alert(
        row["alert_id"],
        Key(*(row[name] for name in Key._fields)),
        row["severity"],
        row["state"],
        datetime.fromisoformat(row["raised_at"]),
        datetime.fromisoformat(row["state_at"]),
        datetime.fromisoformat(row["bad_at"]),
        read(row["good_since"]),
        read(row["unknown_since"]),
        row["times"],
        seen,
        read(row["escalated_at"]),
        row["ended_by"],
        row["follows"],
    )


def entry_in(row: sqlite3.Row) -> Entry:
    """The change of a row."""
    return Entry(
        datetime.fromisoformat(row["at"]),
        row["actor"],
        row["act"],
        row["word"],
        day(row["period_start"]),
        day(row["period_end"]),
        *(row[name] for name in ("numerator", "denominator", "value", "snapshot", "version")),
    )
