"""The working calendar as a table, so that SQL can count working days by looking them up."""

import hashlib
from datetime import date, timedelta
from functools import lru_cache

import pyarrow as pa

from domain.calendar import WorkingCalendar, load_calendar
from domain.deadline import near_due_from
from store.connection import Connection
from store.schema import fingerprint_of, remember_fingerprint
from store.sql import run

NAME = "working_day"
LAST = date(2040, 12, 31)
"""No source promises a day beyond; what does is never near due."""

COLUMNS: dict[str, pa.DataType] = {
    "day": pa.date32(),
    "worked": pa.int32(),
    "worked_before": pa.int32(),
    "near_from": pa.date32(),
    "reply_day": pa.date32(),
    "is_working": pa.bool_(),
}

TABLE = """
create table working_day as
select * from arriving;

comment on table working_day is
    'The working calendar, one row per day; made anew when config/calendar.csv changes it.';
comment on column working_day.day is 'A day in Vietnam.';
comment on column working_day.worked is
    'Working days since the first confirmed year, this day included; null: not confirmed.';
comment on column working_day.worked_before is 'The same without this day.';
comment on column working_day.near_from is
    'For a dossier due on this day, the first day it is near due (domain/deadline.py).';
comment on column working_day.reply_day is
    'For a dossier sent online on this day, the day by which it must be received.';
comment on column working_day.is_working is 'Whether it is a working day, as far as is known.';
"""


def write_working_days(connection: Connection, calendar: WorkingCalendar | None) -> str:
    """Replace the table if the calendar is another than it was. Returns what names its days.

    Without a calendar what was written last stays, the shipped one where nothing was.
    """
    written = fingerprint_of(connection, NAME)
    if calendar is None and written is not None:
        return written
    rows, fingerprint = _working_days(calendar or load_calendar())
    if fingerprint != written:
        run(connection, "drop table if exists working_day")
        connection.register("arriving", rows)
        run(connection, TABLE)
        connection.unregister("arriving")
        remember_fingerprint(connection, NAME, fingerprint)
    return fingerprint


@lru_cache(maxsize=4)
def _working_days(calendar: WorkingCalendar) -> tuple[pa.Table, str]:
    """One row per day from the first confirmed year on, and the SHA-256 of them all."""
    first = date(calendar.confirmed_years[0], 1, 1)
    days = [first + timedelta(days=number) for number in range((LAST - first).days + 1)]
    rows, worked = [], 0
    for day in days:
        is_working = calendar.is_likely_working(day)
        # Behind a year that nobody has confirmed nothing can be counted.
        is_told = _is_confirmed(calendar, day.year)
        before, worked = worked, worked + is_working
        reply = _reply_day(calendar, day, is_working=is_working) if is_told else None
        rows.append(
            (
                day,
                worked if is_told else None,
                before if is_told else None,
                near_due_from(day, calendar),
                reply,
                is_working,
            )
        )
    told = zip(COLUMNS.items(), zip(*rows, strict=True), strict=True)
    table = pa.table({name: pa.array(values, kind) for (name, kind), values in told})
    return table, hashlib.sha256(repr(rows).encode()).hexdigest()


def _is_confirmed(calendar: WorkingCalendar, year: int) -> bool:
    years = range(calendar.confirmed_years[0], year + 1)
    return all(calendar.is_confirmed(one) for one in years)


def _reply_day(calendar: WorkingCalendar, day: date, *, is_working: bool) -> date | None:
    """One working day after the day, or after the next working day where it is a day off."""
    until = day
    for _ in range(1 if is_working else 2):
        until += timedelta(days=1)
        while not calendar.is_likely_working(until):
            until += timedelta(days=1)
    return until if _is_confirmed(calendar, until.year) else None
