"""What people of the simulated provinces report and ask, on four channels, and what becomes of it.

Files are left once a week: portal and hotline as CSV, Zalo and the app as JSON. They hold what
changed since the file before, with the words and the names that a collector must not keep.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from datasources.simulator.chance import Counts, Keys, chosen, happens, keys, uniform, waiting, word
from datasources.simulator.clock import (
    DAY,
    HOUR,
    NEVER,
    TERM_ENDS,
    day_number,
    instant_of,
    within_hours,
    work_days,
)
from datasources.simulator.desks import Desk
from datasources.simulator.people import person
from domain.dossier import VIETNAM
from domain.period import add_months

A_MONTH = 24  # reports of a province in a month
CHANNELS = ("zalo", "app", "hotline", "portal")
CSV_CHANNELS, JSON_CHANNELS = ("hotline", "portal"), ("zalo", "app")
SECTORS = (
    ("moi_truong", "Môi trường"),
    ("giao_thong", "Giao thông"),
    ("dat_dai", "Đất đai"),
    ("thu_tuc", "Thủ tục hành chính"),
)
NEW, REFUSED, PROCESSING, ANSWERED, RATED, AGAIN = 1, 3, 5, 6, 8, 9
WEEK, SENT_AT = 7 * DAY, 6 * HOUR
MONDAY = 4 * DAY  # 5 January 1970
COLUMNS = (
    "feedback_id", "channel", "sector", "sector_name", "received_at", "unit_code", "due_at",
    "status", "answered_at", "rating", "reopened", "updated_at", "sender_name", "phone", "content",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """One report and all that will happen to it; instants are local seconds, NEVER if not."""

    key: int
    code: str
    desk: int
    channel: str
    sector: int
    received: int
    due: int
    taken: int
    refused: int
    answered: int
    rated: int
    stars: int
    again: int
    answered_again: int


@dataclass(frozen=True)
class Shown:
    """What its source shows of a report at an instant; None for what is not there yet."""

    report: Report
    status: int
    answered: int
    stars: int | None
    reopened: bool
    updated: int


def drawn_reports(
    seed: int, desks: Sequence[Desk], rows: Counts, month: date, scale: float
) -> list[Report]:
    """The reports of a calendar month to the committees of some rows, in no order."""
    first, last = day_number(month), day_number(add_months(month, 1))
    open_ = [
        row
        for row in rows.tolist()
        if not desks[row].department and desks[row].first <= first and last <= desks[row].until
    ]
    number = int(A_MONTH * scale)
    if not open_ or not number:
        return []
    subject = word(f"{seed} {desks[open_[0]].home} feedback")
    key = keys(subject, first, np.arange(number))
    return list(_reports(key, [open_[place] for place in _places(key, len(open_))], first, last))


def _places(key: Keys, count: int) -> list[int]:
    places: list[int] = (uniform(key, "to whom") * count).astype(int).tolist()
    return places


def _reports(key: Keys, desks: list[int], first: int, last: int) -> Iterator[Report]:
    """Every column is drawn at once; each line of them is one report."""
    day = first + (uniform(key, "day") * (last - first)).astype(np.int64)
    received = day * DAY + (uniform(key, "time") * DAY).astype(np.int64)
    channel = chosen(key, "channel", np.cumsum([0.35, 0.25, 0.2, 0.2]))
    due = work_days().after(day, np.where(channel < 2, 5, 10)) * DAY + TERM_ENDS
    taken = received + HOUR + waiting(key, "taken", 6.0 * HOUR).astype(np.int64)
    refuses, answers = happens(key, "refused", 0.08), happens(key, "answered", 0.95)
    days = 1 + waiting(key, "answered after", 3.5).astype(np.int64)
    answered = within_hours(work_days().after(day, days), uniform(key, "answered at"))
    answered = np.where(answers & ~refuses, np.maximum(answered, taken + HOUR), NEVER)
    rates = (answered < NEVER) & happens(key, "rated", 0.4)
    repeats = (answered < NEVER) & ~rates & happens(key, "again", 0.09)
    later = waiting(key, "rated after", 2.0 * DAY).astype(np.int64) + HOUR
    done_again = later + DAY + waiting(key, "answered again", 4.0 * DAY).astype(np.int64)
    columns: tuple[Any, ...] = (
        key, channel, (uniform(key, "sector") * len(SECTORS)).astype(int), received, due, taken,
        np.where(refuses, taken + HOUR, NEVER), answered, np.where(rates, answered + later, NEVER),
        1 + chosen(key, "stars", np.cumsum([0.06, 0.08, 0.16, 0.3, 0.4])),
        np.where(repeats, answered + later, NEVER),
        np.where(repeats, answered + done_again, NEVER),
    )  # fmt: skip
    lists = zip(*(column.tolist() for column in columns), strict=True)
    for desk, (number, channel_, sector, *moments) in zip(desks, lists, strict=True):
        code = f"PA-{number % 10**12:012d}"
        yield Report(number, code, desk, CHANNELS[channel_], sector, *moments)


def shown(report: Report, at: int) -> Shown:
    """What the source shows of a report that came in by the instant `at`."""
    steps = (
        (report.received, NEW), (report.taken, PROCESSING), (report.refused, REFUSED),
        (report.answered, ANSWERED), (report.rated, RATED), (report.again, AGAIN),
        (report.answered_again, ANSWERED),
    )  # fmt: skip
    updated, status = max((moment, code) for moment, code in steps if moment <= at)
    answers = [one for one in (report.answered, report.answered_again) if one <= at]
    return Shown(
        report=report,
        status=status,
        answered=max(answers, default=NEVER),
        stars=report.stars if report.rated <= at else None,
        reopened=report.again <= at,
        updated=updated,
    )


def last_file(at: int) -> int:
    """The instant of the last weekly file by `at`: Monday at six."""
    return (at - MONDAY - SENT_AT) // WEEK * WEEK + MONDAY + SENT_AT


def files(since: int, until: int) -> list[int]:
    """The instants of the weekly files after `since` up to `until`."""
    return list(range(last_file(since) + WEEK, last_file(until) + 1, WEEK))


def as_json(told: Sequence[tuple[Shown, Desk]]) -> str:
    """Reports as a JSON document."""
    rows = [dict(zip(COLUMNS, _row(one, desk), strict=True)) for one, desk in told]
    return json.dumps({"data": rows}, ensure_ascii=False, indent=0)


def as_csv(told: Sequence[tuple[Shown, Desk]]) -> str:
    """Reports as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(one, desk) for one, desk in told)
    return text.getvalue()


def _row(one: Shown, desk: Desk) -> tuple[object, ...]:
    report, who = one.report, person(one.report.key)
    sector, sector_name = SECTORS[report.sector]
    return (
        report.code,
        report.channel,
        sector,
        sector_name,
        _written(report.received),
        desk.code,
        _written(report.due),
        one.status,
        _written(one.answered),
        "" if one.stars is None else one.stars,
        int(one.reopened),
        _written(one.updated),
        who.name,
        who.phone,
        f"Kính gửi UBND, tôi là {who.name}, xin phản ánh.",
    )


def _written(seconds: int) -> str:
    """2023-08-31T08:10:00+07:00, or nothing."""
    return "" if seconds >= NEVER else instant_of(seconds).astimezone(VIETNAM).isoformat()
