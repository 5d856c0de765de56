"""People: their names, what they may see, and how they prove who they are.

Whatever is changed here is kept together with its entry in the audit trail. Passwords arrive as
hashes; nothing here has ever seen one.
"""

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import StoreError
from domain.scope import Scope
from store.state import audit
from store.state.audit import Deed
from store.state.database import consulted, opened, read, written

SCHEMA = (
    """
create table if not exists person (
    name text primary key,
    shown text not null,
    role text not null,
    areas text,
    organisations text,
    password text not null,
    passwords_before text not null default '[]',
    password_at text not null,
    must_change integer not null default 1,
    totp text,
    totp_step integer not null default 0,
    made_at text not null,
    last_in_at text,
    disabled_at text
);
create table if not exists session (
    sha256 text primary key,
    name text not null,
    stage text not null,
    begun_at text not null,
    seen_at text not null,
    address text not null
);
create index if not exists session_of_person on session (name);
create table if not exists device (
    sha256 text primary key,
    name text not null,
    made_at text not null
);
create table if not exists failure (
    subject text not null,
    at text not null
);
create index if not exists failure_of_subject on failure (subject, at);
create table if not exists lockout (
    subject text primary key,
    until text not null
);
"""
    + audit.SCHEMA
)
NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
KEPT_PASSWORDS = 10
FOREIGN = "@"


@dataclass(frozen=True)
class Account:
    """One person as the file holds them. `password` and the earlier ones are hashes."""

    name: str
    shown: str
    role: str
    scope: Scope
    password: str
    passwords_before: tuple[str, ...]
    password_at: datetime
    must_change: bool
    totp: str | None
    made_at: datetime
    last_in_at: datetime | None
    disabled_at: datetime | None

    @property
    def is_foreign(self) -> bool:
        """Whether they log in elsewhere: no local name has this sign."""
        return FOREIGN in self.name


def normal_name(text: str) -> str:
    """A name as it is kept. Raises StoreError for what cannot be one."""
    name = text.strip().lower()
    if not NAME.fullmatch(name):
        raise StoreError(
            f"'{text}' cannot be a name. It begins with a letter and has 2 to 40 of: "
            "a-z, 0-9, dot, hyphen, underscore."
        )
    return name


def add_person(
    home: Path,
    name: str,
    shown: str,
    role: str,
    scope: Scope,
    password: str,
    deed: Deed,
) -> None:
    """A new person, who has to change the password at the first login. Raises StoreError."""
    with opened(home, SCHEMA) as state:
        if state.execute("select 1 from person where name = ?", (name,)).fetchone():
            raise StoreError(f"There is a person '{name}' already. Names are never used again.")
        now = written(deed.at)
        state.execute(
            "insert into person (name, shown, role, areas, organisations, password, password_at,"
            " made_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (name, shown, role, *scope_texts(scope), password, now, now),
        )
        audit.append(state, deed)


def person_named(home: Path, name: str) -> Account | None:
    """The person of a name; None if there is none."""
    with consulted(home, SCHEMA) as state:
        row = state.execute("select * from person where name = ?", (name,)).fetchone()
    return None if row is None else account(row)


def people(home: Path) -> list[Account]:
    """Everybody there is and was, by name."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute("select * from person order by name").fetchall()
    return [account(row) for row in rows]


def change_rights(home: Path, name: str, role: str, scope: Scope, deed: Deed) -> None:
    """Another role and scope; who is logged in has them from the next request on."""
    _refuse_foreign(name, "Their groups say what they may do: config/identity.toml.")
    with opened(home, SCHEMA) as state:
        _change(
            state,
            name,
            "role = ?, areas = ?, organisations = ?",
            (role, *scope_texts(scope)),
        )
        audit.append(state, deed)


def disable_person(home: Path, name: str, deed: Deed) -> None:
    """Nobody may log in under this name any more; all sessions end now."""
    with opened(home, SCHEMA) as state:
        _change(state, name, "disabled_at = coalesce(disabled_at, ?)", (written(deed.at),))
        state.execute("delete from session where name = ?", (name,))
        state.execute("delete from device where name = ?", (name,))
        audit.append(state, deed)


def unlock_person(home: Path, name: str, deed: Deed) -> None:
    """Login is possible again: no lock, not disabled, not idle for too long."""
    with opened(home, SCHEMA) as state:
        _change(state, name, "disabled_at = null, last_in_at = ?", (written(deed.at),))
        for table in ("lockout", "failure"):
            state.execute(
                f"delete from {table} where subject = 'account:' || $name"  # noqa: S608 - our own names
                " or subject glob 'pair:' || $name || '|*' or subject in"
                " (select 'device:' || sha256 from device where name = $name)",
                {"name": name},
            )
        audit.append(state, deed)


def change_password(
    home: Path, name: str, password: str, deed: Deed, *, must_change: bool = False
) -> None:
    """Another password; every session and every known browser is forgotten."""
    _refuse_foreign(name, "Their password is kept there.")
    with opened(home, SCHEMA) as state:
        row = state.execute(
            "select password, passwords_before from person where name = ?", (name,)
        ).fetchone()
        before = [] if row is None else [row["password"], *json.loads(row["passwords_before"])]
        _change(
            state,
            name,
            "password = ?, passwords_before = ?, password_at = ?, must_change = ?",
            (password, json.dumps(before[:KEPT_PASSWORDS]), written(deed.at), must_change),
        )
        state.execute("delete from session where name = ?", (name,))
        if must_change:  # somebody else set it: no browser is known any more
            state.execute("delete from device where name = ?", (name,))
        audit.append(state, deed)


def set_totp(home: Path, name: str, secret: str | None, deed: Deed) -> None:
    """The secret of a person's second factor; None to have it set up anew."""
    with opened(home, SCHEMA) as state:
        _change(state, name, "totp = ?, totp_step = 0", (secret,))
        audit.append(state, deed)


def use_step(home: Path, name: str, step: int) -> bool:
    """Whether a code of this time step may be used: each is good once, and none before it."""
    with opened(home, SCHEMA) as state:
        used = state.execute(
            "update person set totp_step = ? where name = ? and totp_step < ?", (step, name, step)
        )
        return used.rowcount == 1


def _refuse_foreign(name: str, way_on: str) -> None:
    if FOREIGN in name:
        raise StoreError(f"{name} logs in at the identity provider. {way_on}")


def _change(state: sqlite3.Connection, name: str, what: str, values: Sequence[object]) -> None:
    """Change one person. Raises StoreError if there is none of that name."""
    done = state.execute(f"update person set {what} where name = ?", (*values, name))  # noqa: S608 - our own columns
    if done.rowcount == 0:
        raise StoreError(f"There is no person '{name}'. See: python app.py user list")


def scope_texts(scope: Scope) -> tuple[str | None, str | None]:
    """A scope as its two columns: null is everything."""
    return _list(scope.areas), _list(scope.organisations)


def scope_of(areas: str | None, organisations: str | None) -> Scope:
    """A scope from its two columns."""
    return Scope(_set(areas), _set(organisations))


def account(row: sqlite3.Row) -> Account:
    """A person from a row of theirs."""
    return Account(
        row["name"],
        row["shown"],
        row["role"],
        scope_of(row["areas"], row["organisations"]),
        row["password"],
        tuple(json.loads(row["passwords_before"])),
        datetime.fromisoformat(row["password_at"]),
        bool(row["must_change"]),
        row["totp"],
        datetime.fromisoformat(row["made_at"]),
        read(row["last_in_at"]),
        read(row["disabled_at"]),
    )


def _list(names: frozenset[str] | None) -> str | None:
    return None if names is None else json.dumps(sorted(names))


def _set(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(json.loads(text))
