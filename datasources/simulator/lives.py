"""The life of a dossier after its reception: pauses, result, and what is corrected later.

Steps are placed on working days by their ordinals, so "five working days later" is adding five.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from datasources.simulator.chance import Counts, Keys, Numbers, happens, uniform, waiting
from datasources.simulator.clock import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    TERM_ENDS,
    day_number,
    day_of,
    within_hours,
    work_days,
)
from datasources.simulator.dossiers import DIRECT, ONLINE, PAYMENT, SUPPLEMENT
from datasources.simulator.receptions import Flags, Reception, Subjects

REORGANISATION = (day_number(date(2025, 7, 1)), day_number(date(2025, 10, 1)))


@dataclass(frozen=True)
class Pauses:
    """Up to two times in which the clock stands still, and where they leave the due date.

    `resumed` is the ordinal of the working day from which work goes on without interruption,
    `since` the last instant at which something happened; `unanswered` marks a wait without end.
    """

    status: Counts
    pause_1: Counts
    resume_1: Counts
    pause_2: Counts
    resume_2: Counts
    due: Counts
    due_1: Counts
    due_2: Counts
    resumed: Counts
    term_ends: Counts
    since: Counts
    unanswered: Flags


@dataclass(frozen=True)
class Ending:
    """How dossiers ended, and what was corrected about it afterwards."""

    finished: Counts
    returned: Counts
    withdrawn: Counts
    stopped: Counts
    corrected: Counts
    right_finished: Counts
    first_channel: Counts


def pauses(of: Subjects, came: Reception) -> Pauses:
    """Supplements that are asked for and money that is owed, on days within the term."""
    received = np.minimum(came.received, came.refused)
    start = work_days().ordinal(day_of(received))
    long_enough = (of.term >= 2) & (came.received < NEVER)
    supplement = long_enough & happens(of.key, "supplement", 0.035 + 0.003 * of.term)
    payment = long_enough & ~supplement & happens(of.key, "payment", 0.35 * of.paid_share)
    one = supplement | payment
    offset_1 = _part(of.key, "pause 1", of.term - 1)
    wait_1 = _wait(of.key, "wait 1", np.where(supplement, 6.0, 2.0))
    unanswered = one & happens(of.key, "unanswered", np.where(supplement, 0.05, 0.02))
    two = supplement & ~unanswered & happens(of.key, "second pause", 0.06)
    offset_2 = offset_1 + _part(of.key, "pause 2", of.term - 1 - offset_1)
    wait_2 = _wait(of.key, "wait 2", 4.0)
    pause_1 = _on(of.key, "pause 1 at", start + offset_1, received)
    resume_1 = _on(of.key, "resume 1 at", start + offset_1 + wait_1, pause_1)
    pause_2 = _on(of.key, "pause 2 at", start + wait_1 + offset_2, resume_1)
    resume_2 = _on(of.key, "resume 2 at", start + wait_1 + offset_2 + wait_2, pause_2)
    answered = one & ~unanswered
    moved_1, moved_2 = np.where(answered, wait_1, 0), np.where(two, wait_2, 0)
    at = np.where(one, offset_1, 0) + moved_1
    no_due = happens(of.key, "no due date", 0.004)
    return Pauses(
        status=np.where(supplement, SUPPLEMENT, PAYMENT),
        pause_1=np.where(one, pause_1, NEVER),
        resume_1=np.where(answered, resume_1, NEVER),
        pause_2=np.where(two, pause_2, NEVER),
        resume_2=np.where(two, resume_2, NEVER),
        due=np.where(no_due, NEVER, _end_of_term(day_of(received), of.term)),
        due_1=np.where(no_due, NEVER, _end_of_term(day_of(received), of.term + moved_1)),
        due_2=np.where(no_due, NEVER, _end_of_term(day_of(received), of.term + moved_1 + moved_2)),
        resumed=start + np.where(two, wait_1 + offset_2 + wait_2, at),
        term_ends=start + of.term + moved_1 + moved_2,
        since=np.select([two, answered, one], [resume_2, resume_1, pause_1], received),
        unanswered=unanswered,
    )


def ending(of: Subjects, came: Reception, waits: Pauses) -> Ending:
    """Result and handing over, withdrawal, or a stop; and what turns out to have been wrong."""
    is_late = happens(of.key, "late", np.minimum(of.late * _era(of.day), 0.6))
    ordinal = _finishing(of, waits, is_late)
    on_the_day = ~is_late & (ordinal == waits.term_ends)
    finished = _result(of, waits, ordinal, on_the_day)
    given_up = waits.unanswered & happens(of.key, "given up", 0.75)
    changed_mind = ~waits.unanswered & happens(of.key, "changed mind", 0.005)
    left = np.where(given_up, _long_after(of.key, waits.since), _early_on(of, waits))
    withdrawn = np.where(given_up | changed_mind, left, NEVER)
    stopped = np.where(waits.unanswered & ~given_up, _long_after(of.key, waits.since), NEVER)
    ended = (withdrawn == NEVER) & ~waits.unanswered & (came.received < NEVER)
    finished = np.where(ended, finished, NEVER)
    corrected = _corrected(of, finished, is_late)
    wrong_date = happens(of.key, "wrong date", 0.75)
    right = np.where(wrong_date, _right_finish(of, waits, finished, is_late), finished)
    swapped = np.where(came.channel == ONLINE, DIRECT, ONLINE)
    misfiled = (corrected < NEVER) & (right == finished)
    return Ending(
        finished=finished,
        returned=np.where(ended, _handed_over(of, finished), NEVER),
        withdrawn=np.where(came.received < NEVER, withdrawn, NEVER),
        stopped=np.where(came.received < NEVER, stopped, NEVER),
        corrected=corrected,
        right_finished=np.where(corrected < NEVER, right, finished),
        first_channel=np.where(misfiled, swapped, came.channel),
    )


def processing(of: Subjects, came: Reception, waits: Pauses, end: Ending) -> Counts:
    """When somebody takes it up: soon after reception, before anything else happens to it."""
    nexts = np.minimum(np.minimum(waits.pause_1, end.finished), end.withdrawn)
    until = np.minimum(nexts, came.received + 3 * HOUR)
    share = 0.1 + 0.8 * uniform(of.key, "taken up")
    up = came.received + (share * (until - came.received)).astype(np.int64)
    return np.where(came.received < NEVER, up, NEVER)


def _era(day: Counts) -> Numbers:
    """Punctuality improves over the years; the reorganisation of 2025 upset it for a season."""
    years = (day - day_number(date(2020, 1, 1))) / 365.25
    upset = (day >= REORGANISATION[0]) & (day < REORGANISATION[1])
    return np.maximum(1.3 - 0.06 * years, 0.9) * np.where(upset, 2.2, 1.0)


def _finishing(of: Subjects, waits: Pauses, is_late: Flags) -> Counts:
    """The ordinal of the working day on which the result is there."""
    left = waits.term_ends - waits.resumed
    ahead = ~is_late & (left > 0) & happens(of.key, "early", of.early)
    early = waits.resumed + np.minimum(_part(of.key, "how early", left, 0.8), left - 1)
    delay = 1 + waiting(of.key, "delay", 4.5).astype(np.int64)
    long_delay = waiting(of.key, "long delay", 60.0).astype(np.int64)
    delay = np.minimum(delay + np.where(happens(of.key, "stuck", 0.12), long_delay, 0), 280)
    return np.select([is_late, ahead], [waits.term_ends + delay, early], waits.term_ends)


def _result(of: Subjects, waits: Pauses, ordinal: Counts, on_the_day: Flags) -> Counts:
    """Within the opening hours, now and then in the evening of the last day."""
    finished = _on(of.key, "finished at", ordinal, waits.since)
    evening = on_the_day & happens(of.key, "overtime", 0.03)
    minutes = (uniform(of.key, "overtime minutes") * 50).astype(np.int64)
    late_hour = finished // DAY * DAY + TERM_ENDS + (1 + minutes) * MINUTE
    return np.where(evening, np.maximum(finished, late_hour), finished)


def _handed_over(of: Subjects, finished: Counts) -> Counts:
    """The same day, some days later, or much later; `finished` may be NEVER."""
    day = np.where(finished < NEVER, day_of(finished), of.day)
    days = 1 + waiting(of.key, "fetched", 1.6).astype(np.int64)
    days += np.where(happens(of.key, "forgotten", 0.04), 18, 0)
    later = within_hours(work_days().after(day, days), uniform(of.key, "fetched at"))
    at_once = finished + 5 * MINUTE + (uniform(of.key, "at once") * HOUR).astype(np.int64)
    returned = np.where(happens(of.key, "same day", 0.5), at_once, later)
    return np.where(finished < NEVER, returned, NEVER)


def _corrected(of: Subjects, finished: Counts, is_late: Flags) -> Counts:
    """Weeks later somebody finds that the result was there earlier, or came another way."""
    found = (finished < NEVER) & happens(of.key, "corrected", np.where(is_late, 0.06, 0.004))
    day = np.where(found, day_of(finished), of.day)
    weeks = 8 + (uniform(of.key, "corrected after") * 35).astype(np.int64)
    later = within_hours(work_days().after(day, weeks), uniform(of.key, "corrected at"))
    return np.where(found, later, NEVER)


def _right_finish(of: Subjects, waits: Pauses, finished: Counts, is_late: Flags) -> Counts:
    """When the result really was there: never later than was believed."""
    believed = work_days().ordinal(np.where(finished < NEVER, day_of(finished), of.day))
    latest = np.maximum(np.where(is_late, waits.term_ends, believed), waits.resumed)
    ordinal = waits.resumed + _part(of.key, "right day", latest - waits.resumed + 1)
    return np.minimum(_on(of.key, "right time", ordinal, waits.since), finished)


def _early_on(of: Subjects, waits: Pauses) -> Counts:
    """Some moment between the last event and the end of the term."""
    left = np.maximum(waits.term_ends - waits.resumed, 0)
    ordinal = waits.resumed + _part(of.key, "leaves", left + 1)
    return _on(of.key, "leaves at", ordinal, waits.since)


def _long_after(key: Keys, since: Counts) -> Counts:
    """Some weeks after an instant, NEVER for one that is NEVER."""
    day = np.where(since < NEVER, day_of(since), 0)
    days = 22 + (uniform(key, "patience") * 18).astype(np.int64)
    later = within_hours(work_days().after(np.maximum(day, work_days().first), days), _half(key))
    return np.where(since < NEVER, later, NEVER)


def _half(key: Keys) -> Numbers:
    return 0.5 * uniform(key, "patience ends")


def _on(key: Keys, purpose: str, ordinal: Counts, since: Counts) -> Counts:
    """A moment in the opening hours of a working day, at least five minutes after `since`."""
    moment = within_hours(work_days().day(ordinal), uniform(key, purpose))
    return np.maximum(moment, since + 5 * MINUTE)


def _end_of_term(received_day: Counts, days: Counts) -> Counts:
    return work_days().after(received_day, days) * DAY + TERM_ENDS


def _part(key: Keys, purpose: str, whole: Counts, bend: float = 1.0) -> Counts:
    """A whole number from 0 up to, not including, `whole`; 0 where that is not positive."""
    return (uniform(key, purpose) ** bend * np.maximum(whole, 0)).astype(np.int64)


def _wait(key: Keys, purpose: str, mean: Numbers | float) -> Counts:
    """Working days until the applicant answers."""
    return 1 + np.minimum(waiting(key, purpose, mean), 44).astype(np.int64)
