"""Screens: the machines that show figures on a wall, and how each proves which one it is.

    a screen asks            it shows a code, and holds a secret that only it knows
    an operator confirms     the code becomes a screen: name, scope, playlist, addresses
    the screen asks again    its secret becomes its first token

A token is exchanged for a new one every day. The old one goes on until the new one has been
used, so a restart, a lost answer or a power cut between the two never leaves a wall without
figures. Tokens and secrets are kept as hashes.
"""

import ipaddress
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.errors import StoreError
from domain.scope import Scope
from store.state import audit
from store.state.audit import Deed
from store.state.database import Lookout, consulted, opened, read, written
from store.state.people import scope_of, scope_texts
from store.state.sessions import digest

SCHEMA = (
    """
create table if not exists screen (
    screen_id text primary key,
    name text not null,
    playlist text not null,
    areas text,
    organisations text,
    addresses text not null,
    made_at text not null,
    made_by text not null,
    seen_at text,
    seen_from text not null default '',
    build text not null default '',
    resolution text not null default '',
    revoked_at text
);
create table if not exists screen_token (
    sha256 text primary key,
    screen_id text not null,
    made_at text not null,
    used_at text,
    ends_at text not null
);
create index if not exists token_of_screen on screen_token (screen_id);
create table if not exists enrolment (
    sha256 text primary key,
    code text not null unique,
    begun_at text not null,
    address text not null,
    screen_id text
);
"""
    + audit.SCHEMA
)
LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"
"""No letter that a wall across the room could make another one."""
CODE_LENGTH = 8
CODE_GOOD_FOR = timedelta(minutes=10)
MOST_WAITING, MOST_WAITING_HERE = 40, 8
TOKEN_GOOD_FOR = timedelta(days=30)
ROTATED_EVERY = timedelta(days=1)
OFFERED_AGAIN_AFTER = timedelta(minutes=1)
OLD_GOOD_FOR = timedelta(minutes=10)
SEEN_EVERY = timedelta(seconds=30)
PATIENCE = 1.0
"""Seconds a wall waits for the file: what it shows matters more than what is noted about it."""


@dataclass(frozen=True)
class Screen:
    """One screen as it may be shown. `addresses` are networks; `playlist` is what it shows."""

    screen_id: str
    name: str
    playlist: str
    scope: Scope
    addresses: tuple[str, ...]
    made_at: datetime
    made_by: str
    seen_at: datetime | None
    seen_from: str
    build: str
    resolution: str
    revoked_at: datetime | None

    def admits(self, address: str) -> bool:
        """Whether the screen may ask from an address."""
        try:
            here = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(here in ipaddress.ip_network(one) for one in self.addresses)


@dataclass(frozen=True)
class Shown:
    """A screen that presented a good token: for the first time, or one that is old enough."""

    screen: Screen
    is_new: bool
    is_due: bool


def networks(text: str) -> tuple[str, ...]:
    """Addresses and ranges between commas. Raises StoreError for what is none, or everywhere."""
    found = []
    for one in (part.strip() for part in text.split(",")):
        try:
            network = ipaddress.ip_network(one, strict=False)
        except ValueError:
            raise StoreError(
                f"'{one}' is no address and no range, such as 10.1.2.3 or 10.1.2.0/24."
            ) from None
        if network.prefixlen == 0:
            raise StoreError(f"'{one}' is every address there is. Say where the screen stands.")
        found.append(str(network))
    return tuple(found)


# ---- enrolling ----------------------------------------------------------------------------------


def ask(home: Path, now: datetime, address: str) -> tuple[str, str] | None:
    """A code to show and a secret to hold; None while too many screens wait. Raises StoreError."""
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    secret = secrets.token_urlsafe(32)
    with opened(home, SCHEMA) as db:
        db.execute("delete from enrolment where begun_at < ?", (written(now - CODE_GOOD_FOR),))
        (all_, here) = db.execute(
            "select count(*), count(*) filter (where address = ?) from enrolment", (address,)
        ).fetchone()
        if all_ >= MOST_WAITING or here >= MOST_WAITING_HERE:
            return None
        row = (digest(secret), code, written(now), address)
        db.execute("insert into enrolment values (?, ?, ?, ?, null)", row)
    return code, secret


def code_of(home: Path, secret: str, now: datetime) -> str | None:
    """The code of a screen that waits to be confirmed; None if it waits no longer."""
    with consulted(home, SCHEMA) as db:
        row = db.execute(
            "select code from enrolment where sha256 = ? and begun_at >= ? and screen_id is null",
            (digest(secret), written(now - CODE_GOOD_FOR)),
        ).fetchone()
    return None if row is None else str(row["code"])


def asked_from(home: Path, code: str, now: datetime) -> str | None:
    """The address a waiting code was asked from; None if there is no such code."""
    with consulted(home, SCHEMA) as db:
        row = _waiting(db, code, now)
    return None if row is None else str(row["address"])


def confirm(
    home: Path,
    code: str,
    screen: tuple[str, str, Scope, tuple[str, ...]],
    deed: Deed,
) -> str:
    """The screen that shows a code is ours: name, playlist, scope, addresses. Answers its id.

    Raises StoreError if no screen shows that code.
    """
    name, playlist, scope, addresses = screen
    screen_id = secrets.token_hex(4)
    with opened(home, SCHEMA) as db:
        row = _waiting(db, code, deed.at)
        if row is None:
            raise StoreError("No screen shows that code now. Codes are good for ten minutes.")
        db.execute(
            "insert into screen (screen_id, name, playlist, areas, organisations, addresses,"
            " made_at, made_by) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                screen_id,
                name,
                playlist,
                *scope_texts(scope),
                json.dumps(addresses),
                written(deed.at),
                deed.actor,
            ),
        )
        db.execute(
            "update enrolment set screen_id = ? where sha256 = ?", (screen_id, row["sha256"])
        )
        told = Deed(
            deed.at,
            deed.actor,
            deed.address,
            deed.event,
            f"{screen_id} {name}",
            detail=deed.detail,
        )
        audit.append(db, told)
    return screen_id


def receive(home: Path, secret: str, now: datetime) -> str | None:
    """The first token of a screen that was confirmed; None if it was not, or has one."""
    with opened(home, SCHEMA) as db:
        row = db.execute(
            "delete from enrolment where sha256 = ? and begun_at >= ? and screen_id is not null"
            " returning screen_id",
            (digest(secret), written(now - CODE_GOOD_FOR)),
        ).fetchone()
        return None if row is None else _token(db, str(row["screen_id"]), now)


# ---- being one ----------------------------------------------------------------------------------


class Screens:
    """The screens of one home, for who asks with each request."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lookout = Lookout(home, SCHEMA, PATIENCE)

    def found(self, token: str, now: datetime) -> Shown | None:
        """The screen of a token that is good. Raises StoreError."""
        rows = self._lookout.rows(
            "select screen.*, token.made_at as token_at, token.used_at, token.ends_at, exists ("
            " select 1 from screen_token other where other.screen_id = token.screen_id"
            " and other.made_at > token.made_at"
            " and (other.used_at is not null or other.made_at > ?)) as is_followed"
            " from screen_token token join screen using (screen_id) where token.sha256 = ?",
            (written(now - OFFERED_AGAIN_AFTER), digest(token)),
        )
        if not rows or rows[0]["revoked_at"] or rows[0]["ends_at"] <= written(now):
            return None
        row = rows[0]
        is_old = row["token_at"] <= written(now - ROTATED_EVERY)
        return Shown(_screen(row), row["used_at"] is None, is_old and not row["is_followed"])


def see(home: Path, screen_id: str, now: datetime, how: tuple[str, str, str]) -> None:
    """Note that a screen was there: from which address, with which build and resolution."""
    with opened(home, SCHEMA, PATIENCE) as db:
        db.execute(
            "update screen set seen_at = ?, seen_from = ?, build = coalesce(nullif(?, ''), build),"
            " resolution = coalesce(nullif(?, ''), resolution) where screen_id = ?",
            (written(now), *how, screen_id),
        )


def rotate(home: Path, screen_id: str, now: datetime) -> str:
    """A new token for a screen; the one it has goes on until this one is used."""
    with opened(home, SCHEMA, PATIENCE) as db:
        token = _token(db, screen_id, now)
        audit.append(db, Deed(now, f"screen {screen_id}", "", "screen.rotate", screen_id))
    return token


def settle(home: Path, screen_id: str, token: str, now: datetime) -> None:
    """The screen holds this token: those before it end soon, when nothing is on its way."""
    with opened(home, SCHEMA, PATIENCE) as db:
        db.execute(
            "update screen_token set used_at = ? where sha256 = ?", (written(now), digest(token))
        )
        db.execute(
            "update screen_token set ends_at = min(ends_at, ?) where screen_id = ? and sha256 != ?",
            (written(now + OLD_GOOD_FOR), screen_id, digest(token)),
        )


def revoke(home: Path, screen_id: str, deed: Deed) -> None:
    """The screen shows nothing any more. Raises StoreError if there is none that does."""
    with opened(home, SCHEMA) as db:
        done = db.execute(
            "update screen set revoked_at = ? where screen_id = ? and revoked_at is null",
            (written(deed.at), screen_id),
        )
        if done.rowcount == 0:
            raise StoreError(f"There is no screen '{screen_id}' in use. See: screen list")
        db.execute("delete from screen_token where screen_id = ?", (screen_id,))
        audit.append(db, deed)


def screens(home: Path) -> list[Screen]:
    """All screens there are and were, those in use first, by name."""
    with consulted(home, SCHEMA) as db:
        rows = db.execute("select * from screen order by revoked_at is not null, name, made_at")
        return [_screen(row) for row in rows]


def _waiting(db: sqlite3.Connection, code: str, now: datetime) -> sqlite3.Row | None:
    typed = "".join(one for one in code.upper() if one.isalnum())
    found: sqlite3.Row | None = db.execute(
        "select * from enrolment where code = ? and begun_at >= ? and screen_id is null",
        (typed, written(now - CODE_GOOD_FOR)),
    ).fetchone()
    return found


def _token(db: sqlite3.Connection, screen_id: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    db.execute("delete from screen_token where ends_at <= ?", (written(now),))
    db.execute(
        "insert into screen_token values (?, ?, ?, null, ?)",
        (digest(token), screen_id, written(now), written(now + TOKEN_GOOD_FOR)),
    )
    return token


def _screen(row: sqlite3.Row) -> Screen:
    return Screen(
        row["screen_id"],
        row["name"],
        row["playlist"],
        scope_of(row["areas"], row["organisations"]),
        tuple(json.loads(row["addresses"])),
        datetime.fromisoformat(row["made_at"]),
        row["made_by"],
        read(row["seen_at"]),
        row["seen_from"],
        row["build"],
        row["resolution"],
        read(row["revoked_at"]),
    )
