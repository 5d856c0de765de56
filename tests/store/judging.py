"""Dossiers judged one by one in Python, day after day: the second way to every count."""

from collections import Counter
from datetime import date, timedelta

from domain.calendar import load_calendar
from domain.deadline import near_due_from, worked_days
from domain.dossier import Dossier, Verdict, effective_pauses, local_day, verdict

OPEN = {Verdict.PENDING, Verdict.OVERDUE, Verdict.PENDING_NO_DUE}
CALENDAR = load_calendar()
RESOLVED = {Verdict.EARLY, Verdict.ON_TIME, Verdict.LATE, Verdict.FINISHED_NO_DUE}


def lapsed_on(one: Dossier, days: list[date]) -> date | None:
    """The first day a dossier is overdue, or has a late result."""
    states = ((day, verdict(one, day)) for day in days)
    return next((day for day, state in states if state in (Verdict.OVERDUE, Verdict.LATE)), None)


def judged(dossiers: list[Dossier], days: list[date]) -> dict[date, Counter[str]]:
    """What the verdicts say: stocks at the end of each day, flows of those that enter a state."""
    counted: dict[date, Counter[str]] = {day: Counter() for day in days}
    for one in dossiers:
        for day in days:
            state, before = verdict(one, day), verdict(one, day - timedelta(days=1))
            count(counted[day], one, state, before)
            count_days(counted[day], one, state, day, is_new=state != before)
            if one.received_at is not None and local_day(one.received_at) == day:
                counted[day]["dossiers_received"] += 1
                due = "dossiers_null_due" if one.due_at is None else "dossiers_received_due"
                counted[day][due] += 1
        if (lapse := lapsed_on(one, days)) is not None:
            counted[lapse]["dossiers_lapsed"] += 1
    return counted


def count(counter: Counter[str], one: Dossier, state: Verdict, before: Verdict) -> None:
    counter["dossiers_pending"] += state in OPEN
    counter["dossiers_pending_due"] += state in OPEN and one.due_at is not None
    counter["dossiers_pending_overdue"] += state is Verdict.OVERDUE
    counter["dossiers_paused"] += state is Verdict.PAUSED
    if state != before:
        counter["dossiers_resolved"] += state in RESOLVED
        for name in (Verdict.EARLY, Verdict.ON_TIME, Verdict.LATE):
            counter[f"dossiers_resolved_{name}"] += state is name
        counter["dossiers_refused"] += state is Verdict.REFUSED
        counter["dossiers_withdrawn"] += state is Verdict.WITHDRAWN


def count_days(
    counter: Counter[str], one: Dossier, state: Verdict, day: date, *, is_new: bool
) -> None:
    """What takes the working calendar."""
    counter["dossiers_paused_due"] += state is Verdict.PAUSED and one.due_at is not None
    if state is Verdict.PENDING and one.due_at is not None:
        counter["dossiers_near_due"] += near_due_from(local_day(one.due_at), CALENDAR) <= day
    if state in RESOLVED and is_new and one.received_at is not None:
        received, pauses = local_day(one.received_at), effective_pauses(one)
        counter["dossiers_timed"] += 1
        counter["dossiers_working_days"] += worked_days(received, day, pauses, CALENDAR)


FLOWS = [
    "dossiers_timed",
    "dossiers_working_days",
    "dossiers_received",
    "dossiers_received_due",
    "dossiers_null_due",
    "dossiers_resolved",
    "dossiers_resolved_early",
    "dossiers_resolved_on_time",
    "dossiers_resolved_late",
    "dossiers_refused",
    "dossiers_withdrawn",
    "dossiers_lapsed",
]
STOCKS = [
    "dossiers_pending",
    "dossiers_pending_due",
    "dossiers_pending_overdue",
    "dossiers_paused",
    "dossiers_paused_due",
    "dossiers_near_due",
]
