"""The book of submissions: who handed in which figures, when, from which file; and their fate.

A person's name stands here alone, never beside a figure in the warehouse. What became of a
submission is told by the receipt of the document it was made into.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from sqlite3 import Row

from store.state.database import opened, read, written
from store.state.receipts import SCHEMA as RECEIPTS

SCHEMA = f"""
{RECEIPTS}
create table if not exists submission (
    submission_id text primary key,
    source text not null,
    area text not null,
    period_start text not null,
    period_end text not null,
    sha256 text not null,
    bytes integer not null,
    figures text not null,
    number integer not null,
    person text not null,
    read_at text not null,
    submitted_at text,
    receipt_id text
);
create index if not exists submission_of_form on submission (source, period_start, submitted_at);
"""
KEPT_UNCONFIRMED = timedelta(days=1)
GIVEN_UP = ("failed", "refused")
BOOKED = """
select submission.*, receipt.state, receipt.detail, receipt.settled_at
from submission join receipt on receipt.receipt_id = submission.receipt_id
where submission.source = ?
"""


@dataclass(frozen=True)
class Draft:
    """A file that was read and waits to be confirmed. `figures` is JSON, `number` how many.

    `area` is the form's key for one area or several; `submitted_at` is set once confirmed.
    """

    source: str
    area: str
    period_start: date
    period_end: date
    sha256: str
    bytes: int
    figures: str
    number: int
    person: str
    read_at: datetime
    submission_id: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class Booked:
    """A submission and what became of it: received, held, loaded, failed or refused."""

    draft: Draft
    state: str
    detail: str
    settled_at: datetime | None


def keep_draft(home: Path, draft: Draft) -> str:
    """Keep what was read until it is confirmed; its id. What nobody confirmed for a day goes."""
    submission_id = f"{draft.read_at:%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
    with opened(home, SCHEMA) as state:
        state.execute(
            "delete from submission where submitted_at is null and read_at < ?",
            (written(draft.read_at - KEPT_UNCONFIRMED),),
        )
        state.execute(
            "insert into submission (submission_id, source, area, period_start, period_end, sha256,"
            " bytes, figures, number, person, read_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                submission_id,
                draft.source,
                draft.area,
                draft.period_start.isoformat(),
                draft.period_end.isoformat(),
                draft.sha256,
                draft.bytes,
                draft.figures,
                draft.number,
                draft.person,
                written(draft.read_at),
            ),
        )
    return submission_id


def confirm(home: Path, submission_id: str, person: str, now: datetime) -> Draft | None:
    """The draft of a person, confirmed now or before; None where there is none of theirs."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update submission set submitted_at = coalesce(submitted_at, ?)"
            " where submission_id = ? and person = ?",
            (written(now), submission_id, person),
        )
        row = state.execute(
            "select * from submission where submission_id = ? and person = ?",
            (submission_id, person),
        ).fetchone()
    return None if row is None else _draft(row)


def book(home: Path, submission_id: str, receipt_id: str) -> None:
    """Note the receipt of the document that a confirmed submission was made into."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "update submission set receipt_id = ? where submission_id = ?",
            (receipt_id, submission_id),
        )


def withdraw(home: Path, submission_id: str, person: str) -> None:
    """Forget a draft that a person does not want to submit."""
    with opened(home, SCHEMA) as state:
        state.execute(
            "delete from submission where submission_id = ? and person = ?"
            " and submitted_at is null",
            (submission_id, person),
        )


def submissions(home: Path, source: str, most: int) -> list[Booked]:
    """The last submissions of a form, the newest first."""
    with opened(home, SCHEMA) as state:
        rows = state.execute(f"{BOOKED} order by submitted_at desc limit ?", (source, most))
        return [_booked(row) for row in rows]


def standing_figures(home: Path, source: str, period_start: date) -> list[str]:
    """The figures of every submission of a period that was not given up, the oldest first."""
    with opened(home, SCHEMA) as state:
        rows = state.execute(
            f"{BOOKED} and period_start = ? and state not in (?, ?) order by submitted_at",
            (source, period_start.isoformat(), *GIVEN_UP),
        ).fetchall()
    return [str(row["figures"]) for row in rows]


def _draft(row: Row) -> Draft:
    return Draft(
        source=row["source"],
        area=row["area"],
        period_start=date.fromisoformat(row["period_start"]),
        period_end=date.fromisoformat(row["period_end"]),
        sha256=row["sha256"],
        bytes=row["bytes"],
        figures=row["figures"],
        number=row["number"],
        person=row["person"],
        read_at=datetime.fromisoformat(row["read_at"]),
        submission_id=row["submission_id"],
        submitted_at=read(row["submitted_at"]),
    )


def _booked(row: Row) -> Booked:
    return Booked(_draft(row), row["state"], row["detail"], read(row["settled_at"]))
