"""The audit trail: who did what to whose rights, figures and files, in a chain nobody can mend.

Every entry carries the hash of the one before it, so a changed, removed or inserted entry is
found where it stands. What was cut off at the end is found by comparing the head with one that
was noted elsewhere (syslog, a backup's list). Entries name things; they hold no values, no
secrets and no one's particulars.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from store.state.database import consulted, opened, written

SCHEMA = """
create table if not exists audit (
    seq integer primary key,
    at text not null,
    actor text not null,
    address text not null,
    event text not null,
    object text not null,
    outcome text not null,
    detail text not null,
    previous text not null,
    hash text not null
);
create trigger if not exists audit_is_not_changed before update on audit
    begin select raise(abort, 'the audit trail is only added to'); end;
create trigger if not exists audit_is_not_removed before delete on audit
    begin select raise(abort, 'the audit trail is only added to'); end;
create table if not exists audit_sent (
    place text primary key,
    seq integer not null
);
"""
BEGINNING = "0" * 64
COLUMNS = ("seq", "at", "actor", "address", "event", "object", "outcome", "detail", "previous")


@dataclass(frozen=True)
class Deed:
    """What was done, when, by whom and from which address; `object` is what it was done to."""

    at: datetime
    actor: str
    address: str
    event: str
    object: str = ""
    outcome: str = "done"
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """One deed as it is kept."""

    seq: int
    deed: Deed
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What is known of the whole trail: how long it is, its last hash, and what is wrong."""

    entries: int
    head: str
    problem: str | None


def note(home: Path, deed: Deed) -> None:
    """Keep a deed; it is on the disk when this returns. Raises StoreError."""
    with opened(home, SCHEMA) as state:
        append(state, deed)


def append(state: sqlite3.Connection, deed: Deed) -> None:
    """Keep a deed together with what it changed, in the same piece of work."""
    last = state.execute("select seq, hash from audit order by seq desc limit 1").fetchone()
    seq, previous = (1, BEGINNING) if last is None else (last["seq"] + 1, last["hash"])
    row = (
        seq,
        written(deed.at),
        deed.actor,
        deed.address,
        deed.event,
        deed.object,
        deed.outcome,
        deed.detail,
        previous,
    )
    state.execute("insert into audit values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, _hash(row)))


def with_text(deed: Deed, what: str, text: str) -> Deed:
    """A deed done to `what` with a text: the trail holds its hash, so that nobody can change it."""
    detail = f"text {hashlib.sha256(text.encode()).hexdigest()}" if text else ""
    return replace(deed, object=what, detail=detail)


def verified(home: Path) -> Verdict:
    """The trail examined from its beginning to its end. Raises StoreError."""
    expected, seq = BEGINNING, 0
    with consulted(home, SCHEMA) as state:
        for row in state.execute("select * from audit order by seq"):
            seq += 1
            problem = _problem(row, seq, expected)
            if problem:
                return Verdict(seq - 1, expected, problem)
            expected = row["hash"]
    return Verdict(seq, expected, None)


def is_kept(home: Path, head: str) -> bool:
    """Whether an entry with this hash is in the trail. Raises StoreError."""
    with consulted(home, SCHEMA) as state:
        return state.execute("select 1 from audit where hash = ?", (head,)).fetchone() is not None


def entries(
    home: Path, *, sought: str = "", since: datetime | None = None, most: int = 100
) -> list[Entry]:
    """The last entries, newest first; `sought` is an actor, an event's beginning or an object."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select * from audit where at >= ? and (? in (actor, object, '')"
            " or substr(event, 1, length(?)) = ?) order by seq desc limit ?",
            (written(since) if since else "", sought, sought or "\0", sought, most),
        )
        return list(_read(rows))


def unsent(home: Path, after: int, most: int) -> list[Entry]:
    """The first entries after a number, oldest first."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select * from audit where seq > ? order by seq limit ?", (after, most)
        )
        return list(_read(rows))


def sent_until(home: Path, place: str) -> int:
    """The number of the last entry that a log server has; 0 if it has none."""
    with consulted(home, SCHEMA) as state:
        row = state.execute("select seq from audit_sent where place = ?", (place,)).fetchone()
    return 0 if row is None else int(row["seq"])


def sent_to(home: Path, place: str, seq: int) -> None:
    """Note that a log server has the entries up to a number."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "insert into audit_sent values (?, ?) on conflict (place) do update set"
            " seq = max(seq, excluded.seq)",
            (place, seq),
        )


def _read(rows: Iterator[sqlite3.Row] | sqlite3.Cursor) -> Iterator[Entry]:
    for row in rows:
        deed = Deed(
            datetime.fromisoformat(row["at"]),
            *(row[name] for name in ("actor", "address", "event", "object", "outcome", "detail")),
        )
        yield Entry(row["seq"], deed, row["hash"])


def _problem(row: sqlite3.Row, seq: int, previous: str) -> str | None:
    if row["seq"] != seq:
        return f"Entry {seq} is missing."
    if row["previous"] != previous:
        return f"Entry {seq} does not follow the one before it."
    if row["hash"] != _hash(tuple(row[name] for name in COLUMNS)):
        return f"Entry {seq} was changed."
    return None


def _hash(row: tuple[object, ...]) -> str:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
