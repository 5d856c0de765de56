"""The outbox: messages to be sent, each at least once, and as a rule exactly once.

A message is made once for its recipient, day, channel and address. Before it is handed over it
is claimed, and the claim is on the disk; once the other side has taken it, that is kept too. If
the program dies in between, nobody knows, and it is sent again after a while under the same
identifier, by which mail systems and receivers can tell that they have it. So a crash can double
a message, and cannot lose one.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from store.state.database import consulted, opened, read, written

Channel = Literal["email", "webhook"]
State = Literal["waiting", "sending", "sent", "failed"]

SCHEMA = """
create table if not exists message (
    message_id text primary key,
    recipient text not null,
    day text not null,
    channel text not null,
    address text not null,
    subject text not null,
    body text not null,
    document text not null,
    state text not null default 'waiting',
    attempts integer not null default 0,
    made_at text not null,
    next_at text not null,
    claimed_at text,
    sent_at text,
    problem text not null default '',
    unique (recipient, day, channel, address)
);
create index if not exists message_by_state on message (state, next_at);
create table if not exists attachment (
    message_id text not null,
    place integer not null,
    name text not null,
    media text not null,
    sha256 text not null,
    primary key (message_id, place)
);
"""
FOLDER = "post"
"""Where files to be sent lie in a home, each under the SHA-256 of its content."""
UNKNOWN_AFTER = timedelta(minutes=15)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
GIVEN_UP_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Attached:
    """A file that goes with a message: the name it gets there, and where it lies here."""

    name: str
    media: str
    path: Path


@dataclass(frozen=True)
class Message:
    """One message to one address. `document` is the same as JSON, for programs."""

    recipient: str
    day: date
    channel: Channel
    address: str
    subject: str
    body: str
    document: str = "{}"
    message_id: str = ""
    state: State = "waiting"
    attempts: int = 0
    made_at: datetime | None = None
    next_at: datetime | None = None
    sent_at: datetime | None = None
    problem: str = ""
    files: tuple[Attached, ...] = ()


def identifier(message: Message) -> str:
    """The same for the same recipient, day, channel and address."""
    parts = (message.recipient, message.day.isoformat(), message.channel, message.address)
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def has_message(home: Path, recipient: str, day: date) -> bool:
    """Whether a recipient was written to on a day."""
    with consulted(home, SCHEMA) as state:
        row = state.execute(
            "select 1 from message where recipient = ? and day = ?", (recipient, day.isoformat())
        ).fetchone()
    return row is not None


def put(home: Path, messages: Iterable[Message], now: datetime) -> int:
    """Keep messages to be sent, each once; how many are new."""
    with opened(home, SCHEMA) as state:
        return sum(add(state, one, now) for one in messages)


def add(state: sqlite3.Connection, one: Message, now: datetime) -> int:
    """Keep a message together with what it tells of; 1, or 0 where it was kept before."""
    message_id = identifier(one)
    done = state.execute(
        "insert or ignore into message (message_id, recipient, day, channel, address,"
        " subject, body, document, made_at, next_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message_id,
            one.recipient,
            one.day.isoformat(),
            one.channel,
            one.address,
            one.subject,
            one.body,
            one.document,
            written(now),
            written(now),
        ),
    )
    if done.rowcount:
        state.executemany(
            "insert or replace into attachment values (?, ?, ?, ?, ?)",
            [
                (message_id, place, file.name, file.media, file.path.name)
                for place, file in enumerate(one.files)
            ],
        )
    return done.rowcount


def withdraw(state: sqlite3.Connection, recipient: str) -> None:
    """What still waits for a recipient, or tells them of what they waited for, is never sent."""
    state.execute(
        "update message set state = 'failed', problem = 'withdrawn' where state = 'waiting'"
        " and (recipient = ?1 or substr(recipient, 1, length(?1) + 1) = ?1 || ' ')",
        (recipient,),
    )


def files_to_keep(home: Path) -> set[str]:
    """The names of the files that messages still to be sent go with."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select distinct sha256 from attachment join message using (message_id)"
            " where state in ('waiting', 'sending')"
        )
        return {row["sha256"] for row in rows}


def claim(home: Path, now: datetime) -> Message | None:
    """The next message whose time has come, which nobody else will send now; None: no more.

    One whose claim is old was being sent when the program died: it is claimed again. What could
    not be sent for a day is given up.
    """
    with opened(home, SCHEMA) as state:
        state.execute(
            "update message set state = 'failed' where state in ('waiting', 'sending')"
            " and made_at < ?",
            (written(now - GIVEN_UP_AFTER),),
        )
        row = state.execute(
            "select * from message where (state = 'waiting' and next_at <= ?)"
            " or (state = 'sending' and claimed_at <= ?) order by made_at, message_id limit 1",
            (written(now), written(now - UNKNOWN_AFTER)),
        ).fetchone()
        if row is None:
            return None
        state.execute(
            "update message set state = 'sending', claimed_at = ?, attempts = attempts + 1"
            " where message_id = ?",
            (written(now), row["message_id"]),
        )
        return replace(_message(row), files=_files(state, home / FOLDER, row["message_id"]))


def settle(home: Path, message: Message, now: datetime) -> None:
    """Note that the other side has taken a message."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update message set state = 'sent', sent_at = ?, problem = '' where message_id = ?",
            (written(now), message.message_id),
        )


def put_off(
    home: Path, message: Message, problem: str, now: datetime, *, for_good: bool = False
) -> None:
    """Note why a message was not taken; it is tried again ever later, or never."""
    pause = min(FIRST_PAUSE * 2**message.attempts, LONGEST_PAUSE)
    state_after: State = "failed" if for_good else "waiting"
    with opened(home, SCHEMA) as state:
        state.execute(
            "update message set state = ?, next_at = ?, claimed_at = null, problem = ?"
            " where message_id = ?",
            (state_after, written(now + pause), problem, message.message_id),
        )


def messages(home: Path, most: int = 100) -> list[Message]:
    """The last messages, the newest first."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select * from message order by made_at desc, message_id limit ?", (most,)
        )
        return [_message(row) for row in rows]


def _files(state: sqlite3.Connection, folder: Path, message_id: str) -> tuple[Attached, ...]:
    rows = state.execute(
        "select * from attachment where message_id = ? order by place", (message_id,)
    )
    return tuple(Attached(row["name"], row["media"], folder / row["sha256"]) for row in rows)


def _message(row: sqlite3.Row) -> Message:
    return Message(
        row["recipient"],
        date.fromisoformat(row["day"]),
        row["channel"],
        row["address"],
        row["subject"],
        row["body"],
        row["document"],
        row["message_id"],
        row["state"],
        row["attempts"],
        read(row["made_at"]),
        read(row["next_at"]),
        read(row["sent_at"]),
        row["problem"],
    )
