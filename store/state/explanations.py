"""Requests of explanation: who asked whom about which figure, until when, and what was replied.

The figure stands with each entry as it was then: numerator, denominator, value, snapshot and
version of the formula. A text, its author and its links are kept with the figure's period.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from store.state import alerts
from store.state.alerts import NotNowError
from store.state.audit import Deed
from store.state.database import Lookout, consulted, opened, written
from store.state.explanation_rows import (
    SCHEMA,
    STATES,
    Act,
    Entry,
    Explanation,
    Figures,
    Said,
    State,
    Subject,
    enter,
    entry_in,
    explanation_in,
    key_of,
)
from store.state.words import WordError

__all__ = [
    "STATES",
    "Act",
    "Entry",
    "Explained",
    "Explanation",
    "Figures",
    "Mark",
    "Said",
    "State",
    "Subject",
    "act_on",
    "ask",
    "entries_of",
    "explanation_of",
    "explanations",
    "links_in",
]

AFTER: dict[str, tuple[tuple[State, ...], State]] = {
    "answer": (("asked", "answered"), "answered"),
    "return": (("answered",), "asked"),
    "accept": (("answered",), "accepted"),
    "withdraw": (("asked", "answered"), "withdrawn"),
}
"""From which states an act leads to which."""
MOST_LINKS, LONGEST_LINK = 5, 500

PLACES = "select area_id, organisation, state, due_day from explanation where state = 'asked'"
MARKS = (
    "select metric, area_id, period_start, period_end, state from explanation"
    " where state <> 'withdrawn' and metric <> '' and organisation = ''"
)
VERSION = "select coalesce(max(entry_id), 0) as version from explanation_entry"


def links_in(text: str) -> tuple[str, ...]:
    """The addresses that stand one a line. Raises WordError for what is no web address."""
    links = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(links) > MOST_LINKS:
        raise WordError("many_links", f"There are {len(links)} links; {MOST_LINKS} are kept.")
    for link in links:
        if not _is_address(link):
            raise WordError("link", "A link begins with https:// or http://, one a line.")
    return links


def _is_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    is_plain = link.isprintable() and not any(one in link for one in ' "<>\\')
    is_short = len(link) <= LONGEST_LINK and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_plain and is_short


def ask(home: Path, subject: Subject, said: Said, deed: Deed, alert_id: int | None = None) -> int:
    """Ask for an explanation; its number. Raises NotNowError where the same is asked already."""
    if said.due_day is None:
        raise ValueError("a request has a day by which it is due")
    with opened(home, SCHEMA) as state:
        held = _asked(state, subject)
        if held is not None:
            raise NotNowError(f"The same is asked already, by request {held}. See it.")
        made = state.execute(
            "insert into explanation (alert_id, metric, area_id, organisation, source,"
            " period_start, period_end, state, state_at, asked_at, asked_by, due_day)"
            " values (?, ?, ?, ?, ?, ?, ?, 'asked', ?, ?, ?, ?)",
            (
                alert_id,
                *key_of(subject),
                written(deed.at),
                written(deed.at),
                deed.actor,
                said.due_day.isoformat(),
            ),
        )
        number = int(made.lastrowid or 0)
        enter(state, number, "ask", said, deed)
    return number


def act_on(home: Path, number: int, act: Act, said: Said, deed: Deed) -> Explanation:
    """Answer a request, or decide on the answer; the request as it then is.

    The answer to a request about an alert explains the alert too. Raises NotNowError.
    """
    before, after = AFTER[act]
    with opened(home, SCHEMA) as state:
        row = state.execute(
            "select * from explanation where explanation_id = ?", (number,)
        ).fetchone()
        if row is None or row["state"] not in before:
            told = "does not exist" if row is None else f"is {row['state']} now"
            raise NotNowError(f"The request {number} {told}, so it was left as it is. Look again.")
        due = (said.due_day or date.fromisoformat(row["due_day"])).isoformat()
        state.execute(
            "update explanation set state = ?, state_at = ?, due_day = ? where explanation_id = ?",
            (after, written(deed.at), due, number),
        )
        enter(state, number, act, said, deed)
        if act == "answer" and row["alert_id"] is not None:
            _explain_alert(state, row["alert_id"], number, said, deed)
        return explanation_in(
            state.execute(
                "select * from explanation where explanation_id = ?", (number,)
            ).fetchone()
        )


def _explain_alert(
    state: sqlite3.Connection, alert_id: int, number: int, said: Said, deed: Deed
) -> None:
    """Keep the answer with the alert it is about, unless that is over."""
    row = state.execute("select state from alert where alert_id = ?", (alert_id,)).fetchone()
    if row is not None and row["state"] != "closed":
        same = Deed(deed.at, deed.actor, deed.address, "alert.explain")
        alerts.change(state, alert_id, "explain", f"[{number}] {said.text}", same)


def _asked(state: sqlite3.Connection, subject: Subject) -> int | None:
    """The number of a request about the same that has no answer yet."""
    row = state.execute(
        "select explanation_id from explanation where metric = ? and area_id = ?"
        " and organisation = ? and source = ? and period_start is ? and period_end is ?"
        " and state = 'asked'",
        key_of(subject),
    ).fetchone()
    return None if row is None else int(row["explanation_id"])


# ---- looking --------------------------------------------------------------------------------


def explanation_of(home: Path, number: int) -> Explanation | None:
    """One request; None if there is none."""
    with consulted(home, SCHEMA) as state:
        row = state.execute(
            "select * from explanation where explanation_id = ?", (number,)
        ).fetchone()
    return None if row is None else explanation_in(row)


def explanations(
    home: Path,
    states: Sequence[State] = STATES,
    *,
    metric: str = "",
    area_id: str = "",
    alert_id: int = 0,
) -> list[Explanation]:
    """Requests in some states, those due first before the others.

    Of a metric, an area or an alert only, where one is named.
    """
    gaps = ", ".join("?" for _ in states)
    with consulted(home, SCHEMA) as state:
        rows = state.execute(
            f"select * from explanation where state in ({gaps})"  # noqa: S608 - question marks
            " and ? in ('', metric) and ? in ('', area_id) and ? in (0, alert_id)"
            " order by state <> 'asked', due_day, explanation_id desc",
            (*states, metric, area_id, alert_id),
        )
        return [explanation_in(row) for row in rows]


def entries_of(home: Path, numbers: Sequence[int]) -> list[Entry]:
    """What was said about some requests, each request's words oldest first."""
    found: list[Entry] = []
    with consulted(home, SCHEMA) as state:
        for number in numbers:
            rows = state.execute(
                "select * from explanation_entry where explanation_id = ? order by entry_id",
                (number,),
            )
            found.extend(entry_in(row) for row in rows)
    return found


@dataclass(frozen=True)
class Mark:
    """That a figure was asked about or explained."""

    metric: str
    area_id: str
    period_start: date
    period_end: date
    state: State


class Explained:
    """A look at the book that costs no opening of the file; for every page."""

    def __init__(self, home: Path) -> None:
        self._lookout = Lookout(home, SCHEMA)

    @property
    def version(self) -> int:
        """Changes with every word that is said. Raises StoreError."""
        rows = self._lookout.rows(VERSION)
        return int(rows[0]["version"]) if rows else 0

    def marks(self) -> list[Mark]:
        """Every figure that was asked about. Raises StoreError."""
        return [
            Mark(
                row["metric"],
                row["area_id"],
                date.fromisoformat(row["period_start"]),
                date.fromisoformat(row["period_end"]),
                row["state"],
            )
            for row in self._lookout.rows(MARKS)
            if row["period_start"]
        ]

    def asked(self) -> list[tuple[str, str, date]]:
        """Area, organisation and day due of each request without an answer. Raises StoreError."""
        return [
            (row["area_id"], row["organisation"], date.fromisoformat(row["due_day"]))
            for row in self._lookout.rows(PLACES)
        ]
