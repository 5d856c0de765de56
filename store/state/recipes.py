"""Recipes of packs that people keep, for anyone to make again; only who keeps one changes it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Row

from store.state.database import consulted, opened, read, written

SCHEMA = """
create table if not exists recipe (
    name text primary key,
    person text not null,
    body text not null,
    changed_at text not null
);
"""
MOST = 200


@dataclass(frozen=True)
class Kept:
    """A recipe as it is kept: `body` is JSON."""

    name: str
    person: str
    body: str
    changed_at: datetime | None


def keep(home: Path, name: str, person: str, body: str, now: datetime) -> bool:
    """Keep a recipe, or its new version; not somebody else's, and not too many. Raises StoreError.

    Whether it is kept.
    """
    with opened(home, SCHEMA) as state:
        held = state.execute("select person from recipe where name = ?", (name,)).fetchone()
        count = state.execute("select count(*) from recipe").fetchone()[0]
        if (held is not None and held["person"] != person) or (held is None and count >= MOST):
            return False
        state.execute(
            "insert or replace into recipe values (?, ?, ?, ?)", (name, person, body, written(now))
        )
    return True


def remove(home: Path, name: str, person: str) -> bool:
    """Forget a recipe of this person; whether there was one."""
    with opened(home, SCHEMA) as state:
        done = state.execute("delete from recipe where name = ? and person = ?", (name, person))
        return done.rowcount > 0


def recipes(home: Path) -> list[Kept]:
    """All of them, by name."""
    with consulted(home, SCHEMA) as state:
        return [_read(row) for row in state.execute("select * from recipe order by name")]


def recipe_kept(home: Path, name: str) -> Kept | None:
    """The recipe of a name."""
    return next((one for one in recipes(home) if one.name == name), None)


def _read(row: Row) -> Kept:
    return Kept(row["name"], row["person"], row["body"], read(row["changed_at"]))
