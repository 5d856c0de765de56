"""Files that people have asked for: who wants what, how far it is, and where it lies until when.

    waiting → running → done | failed

One builder takes them one after another, a person with fewer before one with more. What was
running when a builder died waits again, once. Files are forgotten after a day.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, Row

from domain.errors import StoreError
from store.state.database import consulted, opened, written

SCHEMA = """
create table if not exists export (
    export_id text primary key,
    person text not null,
    scope text not null,
    wanted text not null,
    asked_at text not null,
    state text not null,
    tries integer not null default 0,
    started_at text,
    made integer not null default 0,
    parts integer not null default 0,
    message text not null default '',
    name text not null default '',
    media text not null default '',
    pages integer not null default 0,
    sha256 text not null default '',
    snapshot text not null default ''
);
create index if not exists export_of_person on export (person, state);
"""
KEPT = timedelta(days=1)
MOST_OF_PERSON = 10
MOST_WAITING = 100
MOST_A_DAY = 50
MOST_TRIES = 2
OPEN = ("waiting", "running")


class TooManyError(StoreError):
    """A person, or all together, want more files than may wait or be made in a day."""


@dataclass(frozen=True)
class Export:
    """One file asked for. `wanted` and `scope` are JSON; `made` of `parts` are drawn.

    `message` says why it failed; `name`, `media`, `pages` (pictures of pages), `sha256` and
    `snapshot` tell of a file that is done.
    """

    export_id: str
    person: str
    scope: str
    wanted: str
    asked_at: datetime
    state: str
    made: int
    parts: int
    message: str
    name: str
    media: str
    pages: int
    sha256: str
    snapshot: str


@dataclass(frozen=True)
class Made:
    """A file that is done."""

    name: str
    media: str
    pages: int
    sha256: str
    snapshot: str


def ask(home: Path, person: str, scope: str, wanted: str, now: datetime) -> str:
    """Keep what a person wants; its id. Raises TooManyError, and StoreError."""
    export_id = secrets.token_hex(16)
    with opened(home, SCHEMA) as state:
        waiting, a_day, all_waiting = state.execute(
            "select count(*) filter (where person = ?1 and state in ('waiting', 'running')),"
            " count(*) filter (where person = ?1 and asked_at > ?2),"
            " count(*) filter (where state in ('waiting', 'running')) from export",
            (person, written(now - KEPT)),
        ).fetchone()
        if waiting >= MOST_OF_PERSON or all_waiting >= MOST_WAITING:
            raise TooManyError("Too many files are waiting. Take those away, and ask again.")
        if a_day >= MOST_A_DAY:
            raise TooManyError(f"That were {MOST_A_DAY} files within a day. Ask again tomorrow.")
        state.execute(
            "insert into export (export_id, person, scope, wanted, asked_at, state)"
            " values (?, ?, ?, ?, ?, 'waiting')",
            (export_id, person, scope, wanted, written(now)),
        )
    return export_id


def ahead_of(home: Path, export_id: str) -> int:
    """How many files are made before one that waits, in the order of `take`; else 0."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select export_id, person, state from export where state in ('waiting', 'running')"
            " order by asked_at"
        ).fetchall()
        served = dict(
            state.execute("select person, max(started_at) from export group by person").fetchall()
        )
    waiting = [row for row in rows if row["state"] == "waiting"]
    count = len(rows) - len(waiting)
    for turn in range(len(waiting)):
        row = min(waiting, key=lambda one: served[one["person"]] or "")
        if row["export_id"] == export_id:
            return count + turn
        served[row["person"]] = f"~{turn:06}"  # behind every instant
        waiting.remove(row)
    return 0


def export_of(home: Path, export_id: str, person: str, scope: str, now: datetime) -> Export | None:
    """A file that this person asked for with the scope they still have; None for any other."""
    with consulted(home, SCHEMA) as state:
        row = state.execute(
            "select * from export where export_id = ? and person = ? and scope = ?"
            " and asked_at > ?",
            (export_id, person, scope, written(now - KEPT)),
        ).fetchone()
    return None if row is None else _read(row)


def has_waiting(home: Path) -> bool:
    """Whether there is something for a builder to do."""
    with consulted(home, SCHEMA) as state:
        found = state.execute("select 1 from export where state in ('waiting', 'running') limit 1")
        return found.fetchone() is not None


def take(home: Path, now: datetime) -> Export | None:
    """The next to be made: of whoever was served longest ago, what they asked for first."""
    with opened(home, SCHEMA) as state:
        row = state.execute(
            "select * from export where state = 'waiting' order by coalesce((select max(started_at)"
            " from export before where before.person = export.person), ''), asked_at limit 1"
        ).fetchone()
        if row is None:
            return None
        state.execute(
            "update export set state = 'running', started_at = ?, tries = tries + 1"
            " where export_id = ?",
            (written(now), row["export_id"]),
        )
    return _read(row)


def tell(home: Path, export_id: str, made: int, parts: int) -> None:
    """Note how far a file is."""
    _update(home, export_id, "made = ?, parts = ?", (made, parts))


def finish(home: Path, export_id: str, made: Made) -> None:
    """Note that a file is there."""
    _update(
        home,
        export_id,
        "state = 'done', name = ?, media = ?, pages = ?, sha256 = ?, snapshot = ?",
        (made.name, made.media, made.pages, made.sha256, made.snapshot),
    )


def fail(home: Path, export_id: str, message: str) -> None:
    """Note why there will be no file."""
    _update(home, export_id, "state = 'failed', message = ?", (message,))


def _update(home: Path, export_id: str, change: str, values: tuple[object, ...]) -> None:
    with opened(home, SCHEMA) as state:
        state.execute(f"update export set {change} where export_id = ?", (*values, export_id))  # noqa: S608 - the changes above


def recover(home: Path, message: str) -> None:
    """A new builder begins: what the last one left unfinished waits again, or has failed twice."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update export set state = 'failed', message = ?"
            " where state = 'running' and tries >= ?",
            (message, MOST_TRIES),
        )
        state.execute("update export set state = 'waiting' where state = 'running'")


def forget(home: Path, now: datetime) -> list[str]:
    """Forget what was asked for more than a day ago; the ids whose files can go."""
    with opened(home, SCHEMA) as state:
        return _forgotten(state, written(now - KEPT))


def _forgotten(state: Connection, before: str) -> list[str]:
    rows = state.execute("select export_id from export where asked_at <= ?", (before,)).fetchall()
    state.execute("delete from export where asked_at <= ?", (before,))
    return [row["export_id"] for row in rows]


def _read(row: Row) -> Export:
    return Export(
        export_id=row["export_id"],
        person=row["person"],
        scope=row["scope"],
        wanted=row["wanted"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        state=row["state"],
        made=row["made"],
        parts=row["parts"],
        message=row["message"],
        name=row["name"],
        media=row["media"],
        pages=row["pages"],
        sha256=row["sha256"],
        snapshot=row["snapshot"],
    )
