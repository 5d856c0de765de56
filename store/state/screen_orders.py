"""What an operator tells a screen: a message or one slide, until a time; and its playlist."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import StoreError
from store.state import audit, screens
from store.state.audit import Deed
from store.state.database import Lookout, opened, written

SCHEMA = (
    screens.SCHEMA
    + """
create table if not exists screen_order (
    screen_id text primary key,
    kind text not null,
    what text not null,
    sent_at text not null,
    sent_by text not null,
    ends_at text not null
);
"""
)
LONGEST = 300
MOST_MINUTES = 8 * 60


@dataclass(frozen=True)
class Order:
    """What was sent: a "message" of some words, or a "slide" as `playlist/place`."""

    screen_id: str
    kind: str
    what: str
    sent_at: datetime
    sent_by: str
    ends_at: datetime


class Orders:
    """What screens are told now, for who asks with each request."""

    def __init__(self, home: Path) -> None:
        self._lookout = Lookout(home, SCHEMA, screens.PATIENCE)
        self._known: dict[str, Order | None] = {}

    def found(self, screen_id: str, now: datetime) -> Order | None:
        """What a screen is told; as it was known last while the file cannot be read."""
        try:
            rows = self._lookout.rows(
                "select * from screen_order where screen_id = ?", (screen_id,)
            )
        except StoreError:
            known = self._known.get(screen_id)
        else:
            known = _order(dict(rows[0])) if rows else None
            self._known[screen_id] = known
        return known if known is not None and known.ends_at > now else None


def send(home: Path, order: Order, deed: Deed) -> None:
    """Tell a screen something, in place of what it was told before.

    Raises StoreError if there is no such screen in use.
    """
    row = (order.screen_id, order.kind, order.what[:LONGEST], written(order.sent_at))
    with opened(home, SCHEMA) as db:
        _needed(db, order.screen_id)
        db.execute(
            "insert or replace into screen_order values (?, ?, ?, ?, ?, ?)",
            (*row, order.sent_by, written(order.ends_at)),
        )
        audit.append(db, deed)


def recall(home: Path, screen_id: str, deed: Deed) -> None:
    """Tell a screen nothing any more. Raises StoreError if there is no such screen in use."""
    with opened(home, SCHEMA) as db:
        _needed(db, screen_id)
        db.execute("delete from screen_order where screen_id = ?", (screen_id,))
        audit.append(db, deed)


def assign(home: Path, screen_id: str, playlist: str, deed: Deed) -> None:
    """Give a screen another playlist. Raises StoreError if there is no such screen in use."""
    with opened(home, SCHEMA) as db:
        _needed(db, screen_id)
        db.execute("update screen set playlist = ? where screen_id = ?", (playlist, screen_id))
        audit.append(db, deed)


def _needed(db: sqlite3.Connection, screen_id: str) -> None:
    found = db.execute(
        "select 1 from screen where screen_id = ? and revoked_at is null", (screen_id,)
    ).fetchone()
    if found is None:
        raise StoreError(f"There is no screen '{screen_id}' in use. See: screen list")


def _order(row: dict[str, str]) -> Order:
    return Order(
        row["screen_id"],
        row["kind"],
        row["what"],
        datetime.fromisoformat(row["sent_at"]),
        row["sent_by"],
        datetime.fromisoformat(row["ends_at"]),
    )
