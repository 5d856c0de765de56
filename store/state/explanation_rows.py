"""The tables and shapes of requests of explanation, and how a row of them is read."""

import json
import sqlite3
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal

from store.state import audit
from store.state.alert_rows import SCHEMA as ALERTS
from store.state.alert_rows import day
from store.state.audit import Deed
from store.state.database import written

State = Literal["asked", "answered", "accepted", "withdrawn"]
Act = Literal["ask", "answer", "return", "accept", "withdraw"]
STATES: tuple[State, ...] = ("asked", "answered", "accepted", "withdrawn")
SCHEMA = (
    ALERTS
    + """
create table if not exists explanation (
    explanation_id integer primary key,
    alert_id integer,
    metric text not null,
    area_id text not null,
    organisation text not null,
    source text not null,
    period_start text,
    period_end text,
    state text not null,
    state_at text not null,
    asked_at text not null,
    asked_by text not null,
    due_day text not null
);
create unique index if not exists explanation_asked
    on explanation (metric, area_id, organisation, source, period_start, period_end)
    where state = 'asked';
create index if not exists explanation_of_value on explanation (metric, area_id);
create table if not exists explanation_entry (
    entry_id integer primary key,
    explanation_id integer not null,
    at text not null,
    actor text not null,
    act text not null,
    text text not null,
    links text not null,
    due_day text,
    numerator real,
    denominator real,
    value real,
    target real,
    status text not null,
    snapshot text not null,
    version integer not null,
    simulated integer not null
);
create index if not exists explanation_entry_of on explanation_entry (explanation_id, entry_id);
"""
)


@dataclass(frozen=True)
class Subject:
    """What is to be explained: a metric of an area or organisation in a period, or a source."""

    metric: str
    area_id: str
    organisation: str = ""
    source: str = ""
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True)
class Figures:
    """The figure as it was at an instant; all missing where there is none."""

    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    target: float | None = None
    status: str = "unknown"
    snapshot: str = ""
    version: int = 0
    simulated: bool = False


@dataclass(frozen=True)
class Explanation:
    """One request as it stands. `due_day` is the last day on which a reply is in time."""

    explanation_id: int
    alert_id: int | None
    subject: Subject
    state: State
    state_at: datetime
    asked_at: datetime
    asked_by: str
    due_day: date

    def is_overdue(self, today: date) -> bool:
        """Whether a reply is still wanted and was due before today."""
        return self.state == "asked" and self.due_day < today


@dataclass(frozen=True)
class Entry:
    """One thing that was said: who, when, what, links, and the figure as it was then."""

    explanation_id: int
    at: datetime
    actor: str
    act: Act
    text: str
    links: tuple[str, ...]
    due_day: date | None
    figures: Figures


@dataclass(frozen=True)
class Said:
    """What somebody says, with the figure as it is now."""

    text: str
    figures: Figures
    links: tuple[str, ...] = ()
    due_day: date | None = None


def key_of(subject: Subject) -> tuple[str | None, ...]:
    """What is to be explained, as the file holds it."""
    start, end = subject.period_start, subject.period_end
    return (
        subject.metric,
        subject.area_id,
        subject.organisation,
        subject.source,
        None if start is None else start.isoformat(),
        None if end is None else end.isoformat(),
    )


def enter(state: sqlite3.Connection, number: int, act: Act, said: Said, deed: Deed) -> None:
    """Keep what was said beside the request, and in the trail."""
    figures = said.figures
    state.execute(
        "insert into explanation_entry (explanation_id, at, actor, act, text, links, due_day,"
        " numerator, denominator, value, target, status, snapshot, version, simulated)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            written(deed.at),
            deed.actor,
            act,
            said.text,
            json.dumps(said.links),
            said.due_day and said.due_day.isoformat(),
            *(getattr(figures, one.name) for one in fields(figures)),
        ),
    )
    text = "\n".join((said.text, *said.links))
    audit.append(state, audit.with_text(deed, f"explanation {number}", text))


def explanation_in(row: sqlite3.Row) -> Explanation:
    """The request of a row."""
    return Explanation(
        row["explanation_id"],
        row["alert_id"],
        Subject(
            row["metric"],
            row["area_id"],
            row["organisation"],
            row["source"],
            day(row["period_start"]),
            day(row["period_end"]),
        ),
        row["state"],
        datetime.fromisoformat(row["state_at"]),
        datetime.fromisoformat(row["asked_at"]),
        row["asked_by"],
        date.fromisoformat(row["due_day"]),
    )


def entry_in(row: sqlite3.Row) -> Entry:
    """What was said, of a row."""
    names = [one.name for one in fields(Figures) if one.name != "simulated"]
    return Entry(
        row["explanation_id"],
        datetime.fromisoformat(row["at"]),
        row["actor"],
        row["act"],
        row["text"],
        tuple(json.loads(row["links"])),
        day(row["due_day"]),
        Figures(**{name: row[name] for name in names}, simulated=bool(row["simulated"])),
    )
