"""Schedules of packs that are mailed, and each mailing with its fate.

A schedule is whose it is and a plan (JSON); `next_at` is when its next mailing is due, none while
it is paused. A mailing is one day of a schedule. What a step changes is kept whole: the messages
of a pack, the mailing's state and the entry of the audit trail appear together or not at all, so
that a program that dies at any moment neither loses a pack nor writes it twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Literal

from store.state import audit, outbox
from store.state.audit import Deed
from store.state.database import consulted, opened, read, written
from store.state.outbox import Message

MailingState = Literal["waiting", "held", "sent", "failed", "skipped"]

SCHEMA = (
    """
create table if not exists schedule (
    schedule_id integer primary key autoincrement,
    person text not null,
    plan text not null,
    made_at text not null,
    next_at text,
    stopped text not null default ''
);
create table if not exists mailing (
    schedule_id integer not null,
    day text not null,
    due_at text not null,
    until_at text not null,
    state text not null default 'waiting',
    tries integer not null default 0,
    told text not null default '',
    settled_at text,
    snapshot text not null default '',
    primary key (schedule_id, day)
);
create index if not exists mailing_by_state on mailing (state);
"""
    + outbox.SCHEMA
    + audit.SCHEMA
)
MOST = 100
MOST_OF_PERSON = 20
MAILINGS_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Schedule:
    """Who has which plan carried out, and when next; `stopped` says why not any more."""

    schedule_id: int
    person: str
    plan: str
    made_at: datetime
    next_at: datetime | None
    stopped: str

    @property
    def recipient(self) -> str:
        """Its name in the outbox."""
        return recipient_of(self.schedule_id)


@dataclass(frozen=True)
class Mailing:
    """One day of a schedule: due at, held for late data until, and what became of it.

    `tries` counts how often it was begun since it was last known to wait; `told` is why it is
    held, has failed or was skipped.
    """

    schedule_id: int
    day: date
    due_at: datetime
    until_at: datetime
    state: MailingState
    tries: int
    told: str
    settled_at: datetime | None
    snapshot: str


def recipient_of(schedule_id: int) -> str:
    """A schedule's name in the outbox."""
    return f"pack {schedule_id}"


# ---- what people arrange


def arrange(home: Path, person: str, plan: str, next_at: datetime, deed: Deed) -> int | None:
    """Keep a schedule; its number, or None where there are too many. Raises StoreError."""
    with opened(home, SCHEMA) as state:
        own, all_there = state.execute(
            "select count(*) filter (where person = ?), count(*) from schedule", (person,)
        ).fetchone()
        if own >= MOST_OF_PERSON or all_there >= MOST:
            return None
        made = state.execute(
            "insert into schedule (person, plan, made_at, next_at) values (?, ?, ?, ?)",
            (person, plan, written(deed.at), written(next_at)),
        )
        audit.append(state, _about(deed, int(made.lastrowid or 0)))
        return int(made.lastrowid or 0)


def resume(home: Path, schedule_id: int, next_at: datetime, deed: Deed) -> bool:
    """Carry a schedule on from its next day; whether there is such a one."""
    with opened(home, SCHEMA) as state:
        return _changed(state, schedule_id, "next_at = ?, stopped = ''", (written(next_at),), deed)


def stop(home: Path, schedule_id: int, why: str, deed: Deed) -> bool:
    """Carry a schedule out no more, nor send what of it waits; whether there is such a one."""
    with opened(home, SCHEMA) as state:
        _drop_waiting(state, schedule_id, deed.at)
        return _changed(state, schedule_id, "next_at = null, stopped = ?", (why,), deed)


def remove(home: Path, schedule_id: int, deed: Deed) -> bool:
    """Forget a schedule, and what of it still waits; whether there was one."""
    with opened(home, SCHEMA) as state:
        _drop_waiting(state, schedule_id, deed.at)
        done = state.execute("delete from schedule where schedule_id = ?", (schedule_id,))
        if done.rowcount:
            audit.append(state, _about(deed, schedule_id))
        return done.rowcount > 0


def schedules(home: Path) -> list[Schedule]:
    """All of them, the oldest first."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute("select * from schedule order by schedule_id")
        return [_schedule(row) for row in rows]


def schedule_of(home: Path, schedule_id: int) -> Schedule | None:
    """The schedule of a number."""
    return next((one for one in schedules(home) if one.schedule_id == schedule_id), None)


def last_mailings(home: Path) -> dict[int, Mailing]:
    """The last mailing of each schedule that has had one."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute("select * from mailing order by day")
        return {row["schedule_id"]: _mailing(row) for row in rows}


# ---- carrying them out


def has_work(home: Path, now: datetime, *, is_news: bool) -> bool:
    """Whether something is to be begun, tried again or sent; held ones wait for news."""
    with consulted(home, SCHEMA) as state:
        found = state.execute(
            "select 1 from schedule where next_at <= ?1 union all"
            " select 1 from mailing where state = 'waiting'"
            " or (state = 'held' and (?2 or until_at <= ?1)) union all"
            " select 1 from message where recipient glob 'pack *' and next_at <= ?1"
            " and state = 'waiting' limit 1",
            (written(now), is_news),
        )
        return found.fetchone() is not None


def begin(home: Path, schedule: Schedule, day: date, until_at: datetime, next_at: datetime) -> None:
    """A schedule's day has come: there is a mailing of it, and the schedule waits for the next."""
    due_at = schedule.next_at
    if due_at is None:
        return
    with opened(home, SCHEMA) as state:
        state.execute(
            "insert or ignore into mailing (schedule_id, day, due_at, until_at)"
            " values (?, ?, ?, ?)",
            (schedule.schedule_id, day.isoformat(), written(due_at), written(until_at)),
        )
        state.execute(
            "update schedule set next_at = ? where schedule_id = ? and next_at = ?",
            (written(next_at), schedule.schedule_id, written(due_at)),
        )


def open_mailings(home: Path) -> list[Mailing]:
    """Those not settled, the longest due first."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select * from mailing where state in ('waiting', 'held') order by due_at, schedule_id"
        )
        return [_mailing(row) for row in rows]


def attempt(home: Path, mailing: Mailing) -> int:
    """Note that a mailing is being made; how often it was begun by now."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update mailing set tries = tries + 1 where schedule_id = ? and day = ?", _key(mailing)
        )
        row = state.execute(
            "select tries from mailing where schedule_id = ? and day = ?", _key(mailing)
        ).fetchone()
    return 0 if row is None else int(row["tries"])


def settle(
    home: Path,
    mailing: Mailing,
    state_after: MailingState,
    told: str,
    messages: Sequence[Message],
    deed: Deed,
    snapshot: str = "",
) -> None:
    """What became of a mailing, the messages that say so, and the entry in the audit trail.

    Settled once: a mailing that is settled already stays as it is, and nothing is sent again.
    """
    with opened(home, SCHEMA) as state:
        done = state.execute(
            "update mailing set state = ?, told = ?, tries = 0, settled_at = ?, snapshot = ?"
            " where schedule_id = ? and day = ? and state in ('waiting', 'held')",
            (state_after, told, written(deed.at), snapshot, *_key(mailing)),
        )
        if not done.rowcount:
            return
        for one in messages:
            outbox.add(state, one, deed.at)
        audit.append(state, deed)


def trouble(home: Path, mailing: Mailing, told: str) -> None:
    """Note why a mailing could not be made this time; it is tried again."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update mailing set told = ? where schedule_id = ? and day = ?", (told, *_key(mailing))
        )


def wait_on(home: Path, mailing: Mailing, told: str) -> None:
    """A held mailing stays held, for these reasons now."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update mailing set told = ?, tries = 0 where schedule_id = ? and day = ?"
            " and state = 'held'",
            (told, *_key(mailing)),
        )


def forget(home: Path, now: datetime) -> None:
    """Forget mailings of more than a year ago."""
    with opened(home, SCHEMA) as state:
        state.execute("delete from mailing where due_at < ?", (written(now - MAILINGS_KEPT),))


def _drop_waiting(state: Connection, schedule_id: int, now: datetime) -> None:
    state.execute(
        "update mailing set state = 'skipped', settled_at = ?"
        " where schedule_id = ? and state in ('waiting', 'held')",
        (written(now), schedule_id),
    )
    outbox.withdraw(state, recipient_of(schedule_id))


def _changed(
    state: Connection, schedule_id: int, change: str, values: tuple[str, ...], deed: Deed
) -> bool:
    done = state.execute(
        f"update schedule set {change} where schedule_id = ?",  # noqa: S608 - the changes above
        (*values, schedule_id),
    )
    if done.rowcount:
        audit.append(state, _about(deed, schedule_id))
    return done.rowcount > 0


def _about(deed: Deed, schedule_id: int) -> Deed:
    return Deed(
        deed.at, deed.actor, deed.address, deed.event, str(schedule_id), deed.outcome, deed.detail
    )


def _key(mailing: Mailing) -> tuple[int, str]:
    return mailing.schedule_id, mailing.day.isoformat()


def _schedule(row: Row) -> Schedule:
    return Schedule(
        row["schedule_id"],
        row["person"],
        row["plan"],
        datetime.fromisoformat(row["made_at"]),
        read(row["next_at"]),
        row["stopped"],
    )


def _mailing(row: Row) -> Mailing:
    return Mailing(
        row["schedule_id"],
        date.fromisoformat(row["day"]),
        datetime.fromisoformat(row["due_at"]),
        datetime.fromisoformat(row["until_at"]),
        row["state"],
        row["tries"],
        row["told"],
        read(row["settled_at"]),
        row["snapshot"],
    )
