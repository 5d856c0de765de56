"""People who log in elsewhere: which subject of which issuer is whom, and logins used up.

They have names of their own, with an `@` that no local name can have: nobody becomes somebody
else's local account by being called the same. Role and scope are those of their groups, as the
provider told at the last login.
"""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.scope import Scope
from store.state import audit
from store.state.audit import Deed
from store.state.database import opened, written
from store.state.people import SCHEMA as PEOPLE
from store.state.people import Account, account, scope_texts
from store.state.sessions import digest

SCHEMA = (
    """
create table if not exists identity (
    issuer text not null,
    subject text not null,
    name text not null unique,
    made_at text not null,
    primary key (issuer, subject)
);
create table if not exists arrival (
    sha256 text primary key,
    at text not null
);
"""
    + PEOPLE
)
ARRIVALS_KEPT = timedelta(hours=1)
SUFFIX = "@sso"
LONGEST_NAME = 40


@dataclass(frozen=True)
class Vouched:
    """Whom a provider vouches for, and what this deployment grants them."""

    issuer: str
    subject: str
    wanted: str
    shown: str
    role: str
    scope: Scope
    told: str
    """Role and scope in the words of the audit trail."""


def use_arrival(home: Path, state: str, now: datetime) -> bool:
    """Whether this is the first time that a login's state comes back. Raises StoreError."""
    with opened(home, SCHEMA) as db:
        db.execute("delete from arrival where at < ?", (written(now - ARRIVALS_KEPT),))
        done = db.execute(
            "insert or ignore into arrival values (?, ?)", (digest(state), written(now))
        )
        return done.rowcount == 1


def arrive(home: Path, who: Vouched, now: datetime, address: str) -> Account:
    """The account of a subject, made at the first login, with the rights of this one.

    What changed is in the audit trail. Raises StoreError.
    """
    with opened(home, SCHEMA) as db:
        row = db.execute(
            "select name from identity where issuer = ? and subject = ?", (who.issuer, who.subject)
        ).fetchone()
        name = _made(db, who, now, address) if row is None else str(row["name"])
        kept = account(db.execute("select * from person where name = ?", (name,)).fetchone())
        if (kept.role, kept.scope, kept.shown) != (who.role, who.scope, who.shown):
            db.execute(
                "update person set shown = ?, role = ?, areas = ?, organisations = ?"
                " where name = ?",
                (who.shown, who.role, *scope_texts(who.scope), name),
            )
            audit.append(db, Deed(now, name, address, "person.rights", name, detail=who.told))
        return account(db.execute("select * from person where name = ?", (name,)).fetchone())


def _made(db: sqlite3.Connection, who: Vouched, now: datetime, address: str) -> str:
    name = _free_name(db, who.wanted)
    at = written(now)
    db.execute(
        "insert into person (name, shown, role, areas, organisations, password, password_at,"
        " must_change, made_at) values (?, ?, ?, ?, ?, '', ?, 0, ?)",
        (name, who.shown, who.role, *scope_texts(who.scope), at, at),
    )
    db.execute("insert into identity values (?, ?, ?, ?)", (who.issuer, who.subject, name, at))
    audit.append(db, Deed(now, name, address, "person.add", name, detail=who.told))
    return name


def _free_name(db: sqlite3.Connection, wanted: str) -> str:
    """A name nobody ever had: what the provider calls them, and a number if need be."""
    stem = _plain(wanted)
    number = 1
    while True:
        more = f".{number}" if number > 1 else ""
        name = f"{stem[: LONGEST_NAME - len(SUFFIX) - len(more)]}{more}{SUFFIX}"
        if not db.execute("select 1 from person where name = ?", (name,)).fetchone():
            return name
        number += 1


def _plain(text: str) -> str:
    """Letters a to z, digits, dots and hyphens of a name; accents and an e-mail's domain fall."""
    letters = text.partition("@")[0].lower().replace("đ", "d")
    letters = unicodedata.normalize("NFD", letters)
    return re.sub(r"[^a-z0-9._-]", "", letters).strip("._-") or "person"
