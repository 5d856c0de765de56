"""Sessions and login attempts: who is logged in, from where, and who tried too often.

A session is a random token that only the browser holds; the file holds its hash, so whoever
reads the file is not logged in. Counting failures is made so that nobody can lock anybody else
out cheaply: see `fail`.
"""

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from store.state import audit
from store.state.audit import Deed
from store.state.database import Lookout, consulted, opened, written
from store.state.people import SCHEMA, Account, account

Stage = Literal["code", "enrol", "change", "in"]
"""What a session is good for: to tell the second factor, to set it up, to change the
password, or for everything."""

LONGEST = timedelta(hours=8)
FAILURES_COUNT_FOR = timedelta(minutes=15)
DEVICE_KNOWN_FOR = timedelta(days=180)
HALF_DONE_FOR = timedelta(minutes=10)
SEEN_EVERY = timedelta(seconds=20)
# How many failures lock what, and for how long. An address and an account are locked much
# later than the two together: many people share an address, and an account has one owner.
LIMITS = {
    "device": (5, timedelta(hours=12)),
    "pair": (5, timedelta(hours=12)),
    "address": (25, timedelta(minutes=15)),
    "account": (25, timedelta(hours=12)),
}
LIVE = (
    "select person.*, session.stage, session.begun_at, session.seen_at, session.address"
    " from session join person using (name) where session.sha256 = ?"
)


@dataclass(frozen=True)
class Session:
    """Who a browser is, and since when."""

    account: Account
    stage: Stage
    begun_at: datetime
    seen_at: datetime


class Sessions:
    """The sessions of one home; `idle` says for how long a role may do nothing."""

    def __init__(self, home: Path, idle: dict[str, timedelta]) -> None:
        self.home = home
        self._idle = idle
        self._lookout = Lookout(home, SCHEMA)

    @property
    def has_people(self) -> bool:
        """Whether anybody has or had an account. Raises StoreError."""
        return bool(self._lookout.rows("select 1 from person limit 1"))

    def found(self, token: str, now: datetime, *, active: bool) -> Session | None:
        """The session of a token, if it is still good; `active`: its person did something.

        Raises StoreError.
        """
        rows = self._lookout.rows(LIVE, (digest(token),))
        if not rows:
            return None
        session = _session(rows[0])
        if not self._is_good(session, now):
            return None
        if active and now - session.seen_at >= SEEN_EVERY:
            self._see(token, now)
        return session

    def _is_good(self, session: Session, now: datetime) -> bool:
        who = session.account
        if who.disabled_at is not None or now - session.begun_at >= LONGEST:
            return False
        if session.stage != "in" and now - session.begun_at >= HALF_DONE_FOR:
            return False
        return now - session.seen_at < self._idle.get(who.role, timedelta(0))

    def _see(self, token: str, now: datetime) -> None:
        with opened(self.home, SCHEMA) as state:
            state.execute(
                "update session set seen_at = ? where sha256 = ?", (written(now), digest(token))
            )


def begin(
    home: Path, name: str, stage: Stage, now: datetime, address: str, instead_of: str = ""
) -> str:
    """A new session, and the token that only the browser gets; the one before it is dead."""
    token = secrets.token_urlsafe(32)
    with opened(home, SCHEMA) as state:
        _forget_old(state, now)
        state.execute("delete from session where sha256 = ?", (digest(instead_of),))
        state.execute(
            "insert into session values (?, ?, ?, ?, ?, ?)",
            (digest(token), name, stage, written(now), written(now), address),
        )
        if stage == "in":
            state.execute("update person set last_in_at = ? where name = ?", (written(now), name))
            audit.append(state, Deed(now, name, address, "login"))
    return token


def end(home: Path, token: str, deed: Deed) -> None:
    """A session ends; its token is worth nothing from now on."""
    with opened(home, SCHEMA) as state:
        if state.execute("delete from session where sha256 = ?", (digest(token),)).rowcount:
            audit.append(state, deed)


def know_device(home: Path, name: str, now: datetime) -> str:
    """A token by which this browser is known as the person's from now on."""
    token = secrets.token_urlsafe(32)
    with opened(home, SCHEMA) as state:
        state.execute("insert into device values (?, ?, ?)", (digest(token), name, written(now)))
    return token


# ---- attempts ------------------------------------------------------------------------------


def is_known(home: Path, name: str, device: str, now: datetime) -> bool:
    """Whether the person has logged in from the browser that holds this token."""
    since = written(now - DEVICE_KNOWN_FOR)
    with consulted(home, SCHEMA) as state:
        row = state.execute(
            "select 1 from device where sha256 = ? and name = ? and made_at > ?",
            (digest(device), name, since),
        ).fetchone()
    return row is not None


def locked(home: Path, name: str, address: str, device: str, now: datetime) -> str | None:
    """What is locked of this attempt: "device", "pair", "account", "address"; None if nothing."""
    subjects = _subjects(name, address, device, known=is_known(home, name, device, now))
    marks = ",".join("?" * len(subjects))
    with consulted(home, SCHEMA) as state:
        row = state.execute(
            f"select subject from lockout where until > ? and subject in ({marks})",  # noqa: S608 - marks only
            (written(now), *subjects),
        ).fetchone()
    return None if row is None else str(row["subject"]).partition(":")[0]


def fail(home: Path, name: str, address: str, device: str, now: datetime) -> None:
    """Count a failed attempt, and lock what has failed too often.

    A browser from which the person has logged in before counts for itself alone: five failures
    lock it, and nothing else. From any other browser the failures count for the name at that
    address; so a stranger who guesses locks out strangers at his own address, and the person's
    own browsers stay free whatever he does. Only many addresses together lock the name for
    browsers that are not known.
    """
    subjects = _subjects(name, address, device, known=is_known(home, name, device, now))
    with opened(home, SCHEMA) as state:
        _forget_old(state, now)
        audit.append(state, Deed(now, name, address, "login", outcome="refused"))
        for subject in subjects:
            state.execute("insert into failure values (?, ?)", (subject, written(now)))
            _lock_if_too_many(state, subject, Deed(now, name, address, "lock", subject))


def succeed(home: Path, name: str, address: str, device: str, now: datetime) -> None:
    """Forget the failures that led to this success."""
    known = is_known(home, name, device, now)
    subject = _subjects(name, address, device, known=known)[0]
    with opened(home, SCHEMA) as state:
        state.execute("delete from failure where subject = ?", (subject,))


def _subjects(name: str, address: str, device: str, *, known: bool) -> list[str]:
    if known:
        return [f"device:{digest(device)}"]
    return [f"pair:{name}|{address}", f"address:{address}", f"account:{name}"]


def _lock_if_too_many(state: sqlite3.Connection, subject: str, deed: Deed) -> None:
    most, length = LIMITS[subject.partition(":")[0]]
    since = written(deed.at - FAILURES_COUNT_FOR)
    (number,) = state.execute(
        "select count(*) from failure where subject = ? and at > ?", (subject, since)
    ).fetchone()
    if number < most:
        return
    state.execute(
        "insert into lockout values (?, ?) on conflict (subject) do update set until ="
        " max(until, excluded.until)",
        (subject, written(deed.at + length)),
    )
    state.execute("delete from failure where subject = ?", (subject,))
    audit.append(state, deed)


def _forget_old(state: sqlite3.Connection, now: datetime) -> None:
    """What no longer counts need not be kept."""
    state.execute("delete from failure where at <= ?", (written(now - FAILURES_COUNT_FOR),))
    state.execute("delete from lockout where until <= ?", (written(now),))
    state.execute("delete from session where begun_at <= ?", (written(now - LONGEST),))
    state.execute("delete from device where made_at <= ?", (written(now - DEVICE_KNOWN_FOR),))


def digest(token: str) -> str:
    """How a random token is kept: it cannot be guessed, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _session(row: sqlite3.Row) -> Session:
    return Session(
        account(row),
        row["stage"],
        datetime.fromisoformat(row["begun_at"]),
        datetime.fromisoformat(row["seen_at"]),
    )
