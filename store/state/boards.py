"""Boards: pages that people put together of figures they pin. A board is its owner's alone.

A pin is an address and what of it is shown, never a figure: whoever looks sees what they
themselves may see, as it is then. What is removed can be put back for a day.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, Row

from store.state.database import consulted, opened, written

SCHEMA = """
create table if not exists board (
    board_id text primary key,
    person text not null,
    title text not null,
    place integer not null,
    shared integer not null default 0,
    removed_at text
);
create index if not exists board_of_person on board (person, place);
create table if not exists pin (
    pin_id text primary key,
    board_id text not null references board (board_id) on delete cascade,
    kind text not null,
    address text not null,
    title text not null,
    place integer not null,
    removed_at text
);
create index if not exists pin_of_board on pin (board_id, place);
"""
MOST_BOARDS = 12
MOST_PINS = 12
LONGEST_TITLE = 80
KEPT = timedelta(days=1)
"""How long what was removed can be put back."""


@dataclass(frozen=True)
class Pin:
    """One thing on a board. `title` is the owner's own, or empty for the name it has anyway."""

    pin_id: str
    kind: str
    address: str
    title: str


@dataclass(frozen=True)
class Board:
    """A board with its pins in order. `shared`: whoever has its link may look at it."""

    board_id: str
    person: str
    title: str
    shared: bool
    pins: tuple[Pin, ...]


def boards_of(home: Path, person: str) -> list[Board]:
    """A person's boards, in the order they were made. Raises StoreError."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select * from board where person = ? and removed_at is null order by place", (person,)
        ).fetchall()
        return [_read(state, row) for row in rows]


def board_of(home: Path, board_id: str, person: str) -> Board | None:
    """A board that this person may look at: their own, or one that is shared. Raises StoreError."""
    with consulted(home, SCHEMA) as state:
        row = state.execute(
            "select * from board where board_id = ? and removed_at is null"
            " and (person = ? or shared)",
            (board_id, person),
        ).fetchone()
        return None if row is None else _read(state, row)


def add_board(home: Path, person: str, title: str, now: datetime) -> str | None:
    """A new board at the end; its id, or None where a person has too many. Raises StoreError."""
    with opened(home, SCHEMA) as state:
        _forget(state, now)
        return _added(state, person, title)


def change_board(
    home: Path,
    board_id: str,
    person: str,
    *,
    title: str | None = None,
    shared: bool | None = None,
) -> bool:
    """Rename a board of this person's, or share it, or no more; whether there is one."""
    with opened(home, SCHEMA) as state:
        done = state.execute(
            "update board set title = coalesce(?, title), shared = coalesce(?, shared)"
            " where board_id = ? and person = ? and removed_at is null",
            (title, shared, board_id, person),
        )
        return done.rowcount > 0


def remove_board(home: Path, board_id: str, person: str, now: datetime | None) -> bool:
    """Take a board of this person's away; without an instant, put it back. Whether it was done."""
    with opened(home, SCHEMA) as state:
        if now is None and _count(state, person) >= MOST_BOARDS:
            return False
        done = state.execute(
            "update board set removed_at = ? where board_id = ? and person = ?"
            " and (removed_at is null) = ?",
            (None if now is None else written(now), board_id, person, now is not None),
        )
        return done.rowcount > 0


def pin(
    home: Path, person: str, board_id: str, kind: str, address: str, title: str, now: datetime
) -> str | None:
    """Pin something at the end of a board of this person's; its id.

    None where there is no such board, or it is full. Raises StoreError.
    """
    with opened(home, SCHEMA) as state:
        _forget(state, now)
        if not _is_own(state, board_id, person) or len(_pins(state, board_id)) >= MOST_PINS:
            return None
        pin_id = secrets.token_hex(8)
        state.execute(
            "insert into pin values (?, ?, ?, ?, ?, (select coalesce(max(place), 0) + 1"
            " from pin where board_id = ?), null)",
            (pin_id, board_id, kind, address, title, board_id),
        )
        return pin_id


def rename_pin(home: Path, pin_id: str, person: str, title: str) -> bool:
    """Give a pin of this person's another name, or with none its own; whether there is one."""
    with opened(home, SCHEMA) as state:
        done = state.execute(
            "update pin set title = ? where pin_id = ? and removed_at is null and board_id in"
            " (select board_id from board where person = ? and removed_at is null)",
            (title, pin_id, person),
        )
        return done.rowcount > 0


def remove_pin(home: Path, pin_id: str, person: str, now: datetime | None) -> bool:
    """Take a pin away; without an instant, put it back where it was. Whether it was done."""
    with opened(home, SCHEMA) as state:
        found = _board_of_pin(state, pin_id, person)
        if found is None or (now is None and len(_pins(state, found)) >= MOST_PINS):
            return False
        done = state.execute(
            "update pin set removed_at = ? where pin_id = ? and (removed_at is null) = ?",
            (None if now is None else written(now), pin_id, now is not None),
        )
        return done.rowcount > 0


def move_pin(home: Path, pin_id: str, person: str, by: int) -> bool:
    """Move a pin of this person's up (-1) or down (+1) among its neighbours; whether it moved."""
    with opened(home, SCHEMA) as state:
        board_id = _board_of_pin(state, pin_id, person)
        pins = [] if board_id is None else [row["pin_id"] for row in _pins(state, board_id)]
        if pin_id not in pins:
            return False
        place = pins.index(pin_id)
        if not 0 <= place + by < len(pins):
            return False
        pins.insert(place + by, pins.pop(place))
        _order(state, pins)
    return True


def _order(state: Connection, pins: Sequence[str]) -> None:
    rows = [(place, pin_id) for place, pin_id in enumerate(pins, 1)]
    state.executemany("update pin set place = ? where pin_id = ?", rows)


def _added(state: Connection, person: str, title: str) -> str | None:
    if _count(state, person) >= MOST_BOARDS:
        return None
    board_id = secrets.token_hex(12)
    state.execute(
        "insert into board (board_id, person, title, place) values (?, ?, ?,"
        " (select coalesce(max(place), 0) + 1 from board where person = ?))",
        (board_id, person, title, person),
    )
    return board_id


def _count(state: Connection, person: str) -> int:
    found = state.execute(
        "select count(*) from board where person = ? and removed_at is null", (person,)
    )
    return int(found.fetchone()[0])


def _is_own(state: Connection, board_id: str, person: str) -> bool:
    found = state.execute(
        "select 1 from board where board_id = ? and person = ? and removed_at is null",
        (board_id, person),
    )
    return found.fetchone() is not None


def _board_of_pin(state: Connection, pin_id: str, person: str) -> str | None:
    """The board a pin is or was on, where it is this person's."""
    row = state.execute(
        "select board_id from pin join board using (board_id) where pin_id = ? and person = ?"
        " and board.removed_at is null",
        (pin_id, person),
    ).fetchone()
    return None if row is None else str(row["board_id"])


def _pins(state: Connection, board_id: str) -> list[Row]:
    return state.execute(
        "select * from pin where board_id = ? and removed_at is null order by place, pin_id",
        (board_id,),
    ).fetchall()


def _forget(state: Connection, now: datetime) -> None:
    """What was removed more than a day ago goes for good."""
    before = written(now - KEPT)
    state.execute(
        "delete from pin where removed_at < ? or board_id in"
        " (select board_id from board where removed_at < ?)",
        (before, before),
    )
    state.execute("delete from board where removed_at < ?", (before,))


def _read(state: Connection, row: Row) -> Board:
    pins = [
        Pin(one["pin_id"], one["kind"], one["address"], one["title"])
        for one in _pins(state, row["board_id"])
    ]
    return Board(row["board_id"], row["person"], row["title"], bool(row["shared"]), tuple(pins))
