"""The dossier's verdict: the one place that says early, on time, late, overdue or paused.

Everything that counts dossiers agrees with `verdict`. The rules follow what provincial
one-stop systems do in practice: days are compared, not hours, unless a source says its terms
are in hours; what happened after the day asked for has not happened yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain.errors import RecordError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

# The status codes of the national portal, grouped as its statistics group them.
WAITING = frozenset({1})
PENDING = frozenset({2, 4})
REFUSED = frozenset({3})
PAUSED = frozenset({5, 6, 8})
WITHDRAWN = frozenset({7})
FINISHED = frozenset({9, 10})
STATUSES = WAITING | PENDING | REFUSED | PAUSED | WITHDRAWN | FINISHED

NEXT_STATUSES: Mapping[int, frozenset[int]] = MappingProxyType(
    {
        1: frozenset({2, 3, 7}),
        2: frozenset({4, 5, 6, 7, 8, 9}),
        3: frozenset(),
        4: frozenset({5, 6, 7, 8, 9}),
        5: frozenset({4, 7, 8}),
        6: frozenset({4, 7, 8, 9}),
        7: frozenset(),
        8: frozenset(),
        9: frozenset({10}),
        10: frozenset(),
    }
)
"""Which status may follow which. Real systems jump; a jump is told and believed all the same."""


class Verdict(StrEnum):
    """What a dossier is at the end of a day. Exactly one holds."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    PENDING = "pending"
    OVERDUE = "overdue"
    PAUSED = "paused"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_RECEIVED = "not_received"
    FINISHED_NO_DUE = "finished_no_due"
    PENDING_NO_DUE = "pending_no_due"


class DeadlinePrecision(StrEnum):
    """Whether a deadline is a day (the rule) or an instant (terms in hours)."""

    DAY = "day"
    SECOND = "second"


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stands still; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Dossier:
    """The fields of a dossier record that its verdict rests on. Instants carry their zone."""

    received_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None
    submitted_at: datetime | None = None
    updated_at: datetime | None = None
    status: int | None = None
    deadline_precision: DeadlinePrecision = DeadlinePrecision.DAY
    pauses: tuple[Pause, ...] = ()


def is_jump(before: int, after: int) -> bool:
    """Whether a dossier goes from one status to another that cannot follow it."""
    return before != after and after not in NEXT_STATUSES[before]


def local_day(instant: datetime) -> date:
    """The day in Vietnam at an instant. Raises RecordError if the instant has no zone."""
    if instant.tzinfo is None:
        raise RecordError(f"{instant} has no time zone. Give instants in UTC.")
    return instant.astimezone(VIETNAM).date()


def verdict(record: Dossier, on: date) -> Verdict:
    """What the dossier is at the end of the day `on`, from what its record tells.

    In this order: refused, withdrawn, not received, finished (early, on time, late), paused,
    pending (overdue or not). A source that gives no status is judged by its instants alone.
    """
    if _happened(refused_on(record), on):
        return Verdict.REFUSED
    if _happened(withdrawn_on(record), on):
        return Verdict.WITHDRAWN
    if record.received_at is None or local_day(record.received_at) > on:
        return Verdict.NOT_RECEIVED
    if _happened(finished_on(record), on):
        return _finished_verdict(record)
    return _open_verdict(record, on)


def _open_verdict(record: Dossier, on: date) -> Verdict:
    """Paused, or pending inside its term, past it, or without one."""
    if any(is_paused(pause, on) for pause in effective_pauses(record)):
        return Verdict.PAUSED
    if record.due_at is None:
        return Verdict.PENDING_NO_DUE
    first_day = overdue_from(record.due_at, record.deadline_precision)
    return Verdict.OVERDUE if on >= first_day else Verdict.PENDING


def _happened(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def refused_on(record: Dossier) -> date | None:
    """The day reception was refused: status 3, or an instant of refusal.

    A refusal without its instant is dated by the best instant the record has.
    """
    if record.refused_at is not None:
        return local_day(record.refused_at)
    return _closing_day(record) if record.status in REFUSED else None


def withdrawn_on(record: Dossier) -> date | None:
    """The day the applicant withdrew: status 7, or no status but an instant of withdrawal."""
    if record.status is None:
        return None if record.withdrawn_at is None else local_day(record.withdrawn_at)
    if record.status not in WITHDRAWN:
        return None
    return _closing_day(record) if record.withdrawn_at is None else local_day(record.withdrawn_at)


def _closing_day(record: Dossier) -> date:
    """The best day known for an end that has no instant of its own."""
    known = (record.finished_at, record.updated_at, record.received_at, record.submitted_at)
    return next((local_day(instant) for instant in known if instant is not None), date.min)


def finished_on(record: Dossier) -> date | None:
    """The day of the result: status 9 or 10, or no status at all, with an instant of finishing."""
    if record.finished_at is None or (record.status is not None and record.status not in FINISHED):
        return None
    return local_day(record.finished_at)


def _finished_verdict(record: Dossier) -> Verdict:
    finished, due = record.finished_at, record.due_at
    if finished is None or due is None:
        return Verdict.FINISHED_NO_DUE
    by_day = record.deadline_precision is DeadlinePrecision.DAY
    done: date = local_day(finished) if by_day else finished
    promised: date = local_day(due) if by_day else due
    if done == promised:
        return Verdict.ON_TIME
    return Verdict.EARLY if done < promised else Verdict.LATE


def overdue_from(due_at: datetime, precision: DeadlinePrecision) -> date:
    """The first day at whose end an open dossier is overdue.

    By the day: the day after the due day. By the second: the due day itself.
    """
    after = timedelta(days=1 if precision is DeadlinePrecision.DAY else 0)
    return local_day(due_at) + after


def is_paused(pause: Pause, on: date) -> bool:
    """Whether the clock stands still at the end of a day: not on the day it goes on again."""
    if local_day(pause.start) > on:
        return False
    return pause.end is None or on < local_day(pause.end)


def effective_pauses(record: Dossier) -> tuple[Pause, ...]:
    """The record's pauses; a status that says paused without an open pause opens one.

    Sources often send only the status (5 supplement, 6 payment, 8 stopped). Without this a
    dossier that waits for its applicant would be shown as overdue.
    """
    stopped = record.status in PAUSED
    if not stopped or any(pause.end is None for pause in record.pauses):
        return record.pauses
    since = record.updated_at or record.received_at
    return record.pauses if since is None else (*record.pauses, Pause(since))
