"""The book of alerts: what was found wrong where, since when, and what people did about it.

An alert is one rule's about one metric of one area, organisation or source; while it is not
closed there is no second one. Every change is an entry with who, when and why, and stands in
the audit trail too. Figures stand here as they were judged, so that they can be read years later.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from domain.errors import StoreError
from store.state.alert_rows import (
    PROGRAM,
    SCHEMA,
    STATES,
    UNDER_WAY,
    Act,
    Alert,
    Entry,
    Key,
    Seen,
    State,
    alert_in,
    enter,
    entry_in,
    update,
)
from store.state.audit import Deed
from store.state.database import Lookout, consulted, opened, written

__all__ = [
    "AFTER",
    "PROGRAM",
    "STATES",
    "UNDER_WAY",
    "Act",
    "Alert",
    "Entry",
    "Key",
    "NotNowError",
    "Seen",
    "State",
    "Watch",
    "act_on",
    "alert_of",
    "alerts",
    "change",
    "entries_of",
]

PLACES = "select area_id, organisation, severity from alert where state in (?, ?)"

AFTER: dict[str, tuple[tuple[State, ...], State]] = {
    "acknowledge": (("open",), "acknowledged"),
    "explain": (UNDER_WAY, "explained"),
    "close": (UNDER_WAY, "closed"),
    "reopen": (("closed",), "open"),
}
"""From which states an act leads to which."""


class NotNowError(StoreError):
    """An alert that is not, or no longer, in a state for what somebody wants to do."""


def act_on(home: Path, alert_id: int, act: Act, word: str, deed: Deed) -> Alert:
    """Do what a person decided about an alert; the alert as it then is. Raises NotNowError."""
    with opened(home, SCHEMA) as state:
        return change(state, alert_id, act, word, deed)


def change(state: sqlite3.Connection, alert_id: int, act: Act, word: str, deed: Deed) -> Alert:
    """The same, within a greater piece of work."""
    before, after = AFTER[act]
    row = state.execute("select * from alert where alert_id = ?", (alert_id,)).fetchone()
    if row is None or row["state"] not in before:
        told = "does not exist" if row is None else f"is {row['state']} now"
        raise NotNowError(f"The alert {alert_id} {told}, so it was left as it is. Look again.")
    changes: dict[str, object] = {"state": after, "state_at": written(deed.at)}
    if act == "close":
        changes |= {"ended_by": deed.actor}
    if act == "reopen":
        changes |= {"ended_by": "", "good_since": None, "escalated_at": None}
    _reopenable(state, row, act)
    update(state, alert_id, changes)
    enter(state, alert_id, act, deed, word)
    return alert_in(state.execute("select * from alert where alert_id = ?", (alert_id,)).fetchone())


def _reopenable(state: sqlite3.Connection, row: sqlite3.Row, act: Act) -> None:
    """Refuse to reopen where a newer alert about the same is under way. Raises NotNowError."""
    key = Key(*(row[name] for name in Key._fields))
    newer = state.execute(
        "select alert_id from alert where rule = ? and metric = ? and area_id = ?"
        " and organisation = ? and source = ? and state <> 'closed'",
        key,
    ).fetchone()
    if act == "reopen" and newer is not None:
        raise NotNowError(f"The alert {newer['alert_id']} about the same is under way. See it.")


# ---- looking --------------------------------------------------------------------------------


def alert_of(home: Path, alert_id: int) -> Alert | None:
    """One alert; None if there is none."""
    with consulted(home, SCHEMA) as state:
        row = state.execute("select * from alert where alert_id = ?", (alert_id,)).fetchone()
    return None if row is None else alert_in(row)


def alerts(home: Path, states: Sequence[State] = UNDER_WAY, most: int = 20_000) -> list[Alert]:
    """Alerts in some states, the newest first."""
    gaps = ", ".join("?" for _ in states)
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            f"select * from alert where state in ({gaps}) order by alert_id desc limit ?",  # noqa: S608 - question marks
            (*states, most),
        )
        return [alert_in(row) for row in rows]


def entries_of(home: Path, alert_id: int) -> list[Entry]:
    """What happened to an alert, the oldest first."""
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            "select * from alert_entry where alert_id = ? order by entry_id", (alert_id,)
        )
        return [entry_in(row) for row in rows]


class Watch:
    """A look at what waits for somebody that costs no opening of the file; for every page."""

    def __init__(self, home: Path) -> None:
        self._lookout = Lookout(home, SCHEMA)

    def places(self) -> Iterator[tuple[str, str, str]]:
        """Area, organisation and severity of each alert without an answer. Raises StoreError."""
        for row in self._lookout.rows(PLACES, ("open", "acknowledged")):
            yield row["area_id"], row["organisation"], row["severity"]
