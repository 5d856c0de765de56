"""Tokens with which other systems push documents: one source each, kept only as a hash.

The secret is 256 random bits, so there is nothing to guess and a plain SHA-256 is enough. A
slow hash would protect no better, and let anybody keep the server busy with wrong tokens.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.state.database import opened, read, written

SCHEMA = """
create table if not exists token (
    token_id text primary key,
    source text not null,
    sha256 text not null,
    made_at text not null,
    made_by text not null,
    used_at text,
    revoked_at text,
    revoked_by text
);
"""
SECRET_BYTES = 32
PREFIX = "tc"


@dataclass(frozen=True)
class Token:
    """One token as it may be shown: everything but the token."""

    token_id: str
    source: str
    made_at: datetime
    made_by: str
    used_at: datetime | None
    revoked_at: datetime | None


def make_token(home: Path, source: str, by: str, now: datetime) -> str:
    """A new token of a source. This is the one time it can be seen."""
    number = secrets.token_hex(4)
    token = f"{PREFIX}_{number}_{secrets.token_urlsafe(SECRET_BYTES)}"
    with opened(home, SCHEMA) as state:
        state.execute(
            "insert into token (token_id, source, sha256, made_at, made_by) values (?, ?, ?, ?, ?)",
            (number, source, _hash(token), written(now), by),
        )
    return token


def revoke_tokens(
    home: Path, source: str, by: str, now: datetime, token_id: str | None = None
) -> int:
    """Revoke one token of a source, or all; how many there were."""
    with opened(home, SCHEMA) as state:
        done = state.execute(
            "update token set revoked_at = ?, revoked_by = ? where source = ?"
            " and revoked_at is null and token_id = coalesce(?, token_id)",
            (written(now), by, source, token_id),
        )
        return done.rowcount


def tokens_of(home: Path, source: str | None = None) -> list[Token]:
    """The tokens of a source, or of all, oldest first; the revoked ones too."""
    with opened(home, SCHEMA) as state:
        rows = state.execute(
            "select * from token where source = coalesce(?, source) order by source, made_at",
            (source,),
        ).fetchall()
    return [
        Token(
            row["token_id"],
            row["source"],
            _instant(row["made_at"]),
            row["made_by"],
            read(row["used_at"]),
            read(row["revoked_at"]),
        )
        for row in rows
    ]


def token_named(home: Path, source: str, presented: str, now: datetime) -> str | None:
    """The id of the valid token of a source that was presented; None if it is none.

    Takes the same steps for an unknown source, a wrong token and a revoked one: every token of
    the source is compared, each in the same time wherever it differs.
    """
    digest = _hash(presented)
    with opened(home, SCHEMA) as state:
        rows = state.execute(
            "select token_id, sha256, revoked_at from token where source = ?", (source,)
        ).fetchall()
        good = [
            row["token_id"]
            for row in rows
            if hmac.compare_digest(row["sha256"], digest) and row["revoked_at"] is None
        ]
        state.execute(
            "update token set used_at = ? where token_id = ?",
            (written(now), good[0] if good else ""),
        )
    return good[0] if good else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
