"""Keys with which other programs ask the API: one purpose and one scope each, for a time.

Kept as hashes, like sessions: the secret is random, so there is nothing to guess. Making and
revoking one is in the audit trail.
"""

import hmac
import secrets
import sqlite3
from collections.abc import Iterable
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
create table if not exists api_key (
    key_id text primary key,
    purpose text not null,
    sha256 text not null,
    areas text,
    organisations text,
    made_at text not null,
    made_by text not null,
    expires_at text not null,
    used_at text,
    revoked_at text
);
"""
    """
create table if not exists api_key_right (
    key_id text not null,
    permission text not null
);
""" + audit.SCHEMA
)
KEY = """
select
    api_key.*,
    (
        select group_concat(permission)
        from api_key_right
        where api_key_right.key_id = api_key.key_id
    ) as rights
from api_key
"""
PREFIX = "tca"
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class ApiKey:
    """One key as it may be shown: everything but the secret.

    `rights` are what it may do beside reading figures.
    """

    key_id: str
    purpose: str
    scope: Scope
    made_at: datetime
    made_by: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    rights: frozenset[str] = frozenset()

    def is_good(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.expires_at


def make_key(
    home: Path,
    purpose: str,
    scope: Scope,
    expires_at: datetime,
    deed: Deed,
    rights: Iterable[str] = (),
) -> str:
    """A new key. This is the one time its secret can be seen. Raises StoreError."""
    if not deed.at < expires_at <= deed.at + LONGEST:
        raise StoreError(f"A key is good for 1 to {LONGEST.days} days.")
    key_id = secrets.token_hex(4)
    secret = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
    with opened(home, SCHEMA) as state:
        state.execute(
            "insert into api_key values (?, ?, ?, ?, ?, ?, ?, ?, null, null)",
            (
                key_id,
                purpose,
                digest(secret),
                *scope_texts(scope),
                written(deed.at),
                deed.actor,
                written(expires_at),
            ),
        )
        state.executemany(
            "insert into api_key_right values (?, ?)", [(key_id, one) for one in rights]
        )
        audit.append(state, deed)
    return secret


def revoke_key(home: Path, key_id: str, deed: Deed) -> None:
    """The key opens nothing any more. Raises StoreError if there is none that does."""
    with opened(home, SCHEMA) as state:
        done = state.execute(
            "update api_key set revoked_at = ? where key_id = ? and revoked_at is null",
            (written(deed.at), key_id),
        )
        if done.rowcount == 0:
            raise StoreError(f"There is no key '{key_id}' that is valid. See: api-key list")
        audit.append(state, deed)


def keys(home: Path) -> list[ApiKey]:
    """All keys that were ever made, oldest first."""
    with consulted(home, SCHEMA) as state:
        return [_key(row) for row in state.execute(f"{KEY} order by made_at")]


class Keys:
    """The keys of one home, for who is asked with each request."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lookout = Lookout(home, SCHEMA)

    def found(self, presented: str, now: datetime) -> ApiKey | None:
        """The good key whose secret was presented; its use is noted. Raises StoreError."""
        hashed = digest(presented)
        for row in self._lookout.rows(f"{KEY} where sha256 = ?", (hashed,)):
            key = _key(row)
            if hmac.compare_digest(row["sha256"], hashed) and key.is_good(now):
                self._note_use(key, now)
                return key
        return None

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        if key.used_at is None or now - key.used_at >= USED_EVERY:
            with opened(self.home, SCHEMA) as state:
                state.execute(
                    "update api_key set used_at = ? where key_id = ?", (written(now), key.key_id)
                )


def _key(row: sqlite3.Row) -> ApiKey:
    return ApiKey(
        row["key_id"],
        row["purpose"],
        scope_of(row["areas"], row["organisations"]),
        datetime.fromisoformat(row["made_at"]),
        row["made_by"],
        datetime.fromisoformat(row["expires_at"]),
        read(row["used_at"]),
        read(row["revoked_at"]),
        frozenset(filter(None, (row["rights"] or "").split(","))),
    )
