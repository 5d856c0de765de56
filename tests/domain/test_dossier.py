from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dossier import (
    FINISHED,
    PAUSED,
    PENDING,
    REFUSED,
    STATUSES,
    WAITING,
    WITHDRAWN,
    DeadlinePrecision,
    Dossier,
    Pause,
    Verdict,
    effective_pauses,
    local_day,
    overdue_from,
    verdict,
)
from domain.errors import RecordError


def at(day: int, clock: str = "09:00") -> datetime:
    """An hour of the clock in Vietnam on a day of July 2020, as it is stored: in UTC."""
    local = datetime.fromisoformat(f"2020-07-{day:02}T{clock}:00+07:00")
    return local.astimezone(UTC)


def on(day: int) -> date:
    return date(2020, 7, day)


RECEIVED = Dossier(received_at=at(10), due_at=at(16, "17:00"), status=4)
BY_SECOND = DeadlinePrecision.SECOND


@pytest.mark.parametrize(
    ("finished", "precision", "expected"),
    [
        (at(15, "23:59"), DeadlinePrecision.DAY, Verdict.EARLY),
        (at(16, "00:00"), DeadlinePrecision.DAY, Verdict.ON_TIME),
        (at(16, "17:45"), DeadlinePrecision.DAY, Verdict.ON_TIME),  # late by the clock only
        (at(17, "00:00"), DeadlinePrecision.DAY, Verdict.LATE),
        (at(16, "16:59"), BY_SECOND, Verdict.EARLY),
        (at(16, "17:00"), BY_SECOND, Verdict.ON_TIME),
        (at(16, "17:45"), BY_SECOND, Verdict.LATE),
    ],
)
def test_a_finished_dossier_is_judged_by_the_day_unless_terms_are_in_hours(
    finished: datetime, precision: DeadlinePrecision, expected: Verdict
) -> None:
    dossier = replace(RECEIVED, finished_at=finished, status=9, deadline_precision=precision)
    assert verdict(dossier, on(31)) is expected


@pytest.mark.parametrize(
    ("day", "precision", "expected"),
    [
        (9, DeadlinePrecision.DAY, Verdict.NOT_RECEIVED),
        (10, DeadlinePrecision.DAY, Verdict.PENDING),
        (16, DeadlinePrecision.DAY, Verdict.PENDING),
        (17, DeadlinePrecision.DAY, Verdict.OVERDUE),
        (15, BY_SECOND, Verdict.PENDING),
        (16, BY_SECOND, Verdict.OVERDUE),  # 17:00 has passed at the end of the 16th
    ],
)
def test_an_open_dossier_is_overdue_once_its_term_has_passed(
    day: int, precision: DeadlinePrecision, expected: Verdict
) -> None:
    assert verdict(replace(RECEIVED, deadline_precision=precision), on(day)) is expected


def test_what_is_finished_after_the_report_is_pending_in_the_report() -> None:
    dossier = Dossier(
        received_at=datetime(2019, 12, 20, 2, tzinfo=UTC),
        due_at=datetime(2020, 1, 3, 10, tzinfo=UTC),
        finished_at=datetime(2020, 1, 2, 3, tzinfo=UTC),
        status=10,
    )
    assert verdict(dossier, date(2019, 12, 31)) is Verdict.PENDING
    assert verdict(dossier, date(2020, 1, 2)) is Verdict.EARLY


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (14, Verdict.PENDING),
        (15, Verdict.PAUSED),  # from the end of the day it begins
        (19, Verdict.PAUSED),  # past its due day and yet not overdue
        (20, Verdict.OVERDUE),  # on the day work goes on the term counts again
    ],
)
def test_a_paused_dossier_is_never_overdue_while_it_waits(day: int, expected: Verdict) -> None:
    dossier = replace(RECEIVED, pauses=(Pause(at(15), at(20)),))
    assert verdict(dossier, on(day)) is expected


def test_the_due_date_of_the_source_is_never_moved_by_a_pause() -> None:
    # The source gave no later due date, so being done on the 17th is late for it.
    dossier = replace(RECEIVED, pauses=(Pause(at(12), at(16)),), finished_at=at(17), status=9)
    assert verdict(dossier, on(31)) is Verdict.LATE
    moved = replace(dossier, due_at=at(20))
    assert verdict(moved, on(31)) is Verdict.EARLY


def test_a_pause_that_lasts_has_no_end_and_one_within_a_day_is_none() -> None:
    assert verdict(replace(RECEIVED, pauses=(Pause(at(15)),)), on(31)) is Verdict.PAUSED
    within = replace(RECEIVED, pauses=(Pause(at(15, "08:00"), at(15, "16:00")),))
    assert verdict(within, on(15)) is Verdict.PENDING


@pytest.mark.parametrize("status", sorted(PAUSED))
def test_a_status_that_says_paused_pauses_even_without_a_list_of_pauses(status: int) -> None:
    dossier = replace(RECEIVED, status=status, updated_at=at(13))
    assert verdict(dossier, on(12)) is Verdict.PENDING
    assert verdict(dossier, on(13)) is Verdict.PAUSED
    assert verdict(dossier, on(31)) is Verdict.PAUSED
    assert effective_pauses(replace(dossier, updated_at=None)) == (Pause(at(10)),)
    given = replace(dossier, pauses=(Pause(at(14)),))
    assert effective_pauses(given) == given.pauses


def test_finishing_ends_a_pause() -> None:
    dossier = replace(RECEIVED, pauses=(Pause(at(12)),), finished_at=at(14), status=9)
    assert verdict(dossier, on(13)) is Verdict.PAUSED
    assert verdict(dossier, on(14)) is Verdict.EARLY


def test_a_dossier_without_a_due_date_is_never_on_time_nor_overdue() -> None:
    open_dossier = Dossier(received_at=at(10), status=2)
    assert verdict(open_dossier, on(31)) is Verdict.PENDING_NO_DUE
    finished = replace(open_dossier, finished_at=at(11), status=10)
    assert verdict(finished, on(31)) is Verdict.FINISHED_NO_DUE


@pytest.mark.parametrize(
    ("dossier", "day"),
    [
        (Dossier(status=3, refused_at=at(12)), 12),
        (Dossier(refused_at=at(12)), 12),
        (Dossier(status=3, updated_at=at(13)), 13),
        (Dossier(status=3, finished_at=at(11), updated_at=at(13)), 11),
        (Dossier(status=3, submitted_at=at(9)), 9),
        (replace(RECEIVED, status=3, refused_at=at(12)), 12),
    ],
)
def test_a_refused_dossier_is_refused_from_the_day_it_was(dossier: Dossier, day: int) -> None:
    assert verdict(dossier, on(day)) is Verdict.REFUSED
    assert verdict(dossier, on(31)) is Verdict.REFUSED
    assert verdict(dossier, on(day - 1)) is not Verdict.REFUSED


def test_a_refusal_that_nothing_dates_always_was() -> None:
    assert verdict(Dossier(status=3), date(2000, 1, 1)) is Verdict.REFUSED


@pytest.mark.parametrize(
    "times",
    [
        {"withdrawn_at": at(14), "finished_at": at(15), "updated_at": at(16)},
        {"finished_at": at(14), "updated_at": at(16)},
        {"updated_at": at(14)},
    ],
)
def test_a_withdrawal_is_dated_by_the_best_instant_there_is(times: dict[str, datetime]) -> None:
    dossier = replace(RECEIVED, status=7, **times)  # type: ignore[arg-type]  # instants only
    assert verdict(dossier, on(13)) is Verdict.PENDING
    assert verdict(dossier, on(14)) is Verdict.WITHDRAWN
    assert verdict(dossier, on(31)) is Verdict.WITHDRAWN


def test_without_a_status_the_instants_alone_decide() -> None:
    dossier = replace(RECEIVED, status=None)
    assert verdict(replace(dossier, finished_at=at(16)), on(16)) is Verdict.ON_TIME
    assert verdict(replace(dossier, withdrawn_at=at(12)), on(12)) is Verdict.WITHDRAWN
    assert verdict(dossier, on(12)) is Verdict.PENDING


def test_an_instant_of_finishing_counts_only_with_a_status_that_says_done() -> None:
    dossier = replace(RECEIVED, finished_at=at(12), status=4)
    assert verdict(dossier, on(13)) is Verdict.PENDING
    assert verdict(replace(dossier, withdrawn_at=at(12)), on(13)) is Verdict.PENDING


def test_submitted_is_not_received() -> None:
    assert verdict(Dossier(submitted_at=at(9), status=1), on(31)) is Verdict.NOT_RECEIVED


def test_a_day_is_the_day_in_vietnam() -> None:
    assert local_day(datetime(2020, 7, 15, 16, 59, tzinfo=UTC)) == on(15)
    assert local_day(datetime(2020, 7, 15, 17, 0, tzinfo=UTC)) == on(16)
    with pytest.raises(RecordError, match="no time zone"):
        local_day(datetime(2020, 7, 15))  # noqa: DTZ001 - what is refused


def test_the_status_groups_hold_every_status_once() -> None:
    groups = [WAITING, PENDING, REFUSED, PAUSED, WITHDRAWN, FINISHED]
    assert frozenset(range(1, 11)) == STATUSES
    assert sum(map(len, groups)) == len(STATUSES)


INSTANTS = st.none() | st.integers(0, 40 * 24).map(lambda hours: at(1) + timedelta(hours=hours))
DOSSIERS = st.builds(
    Dossier,
    received_at=INSTANTS,
    due_at=INSTANTS,
    finished_at=INSTANTS,
    refused_at=INSTANTS,
    withdrawn_at=INSTANTS,
    updated_at=INSTANTS,
    status=st.none() | st.integers(1, 10),
    deadline_precision=st.sampled_from(DeadlinePrecision),
)
ENDED = {
    Verdict.EARLY,
    Verdict.ON_TIME,
    Verdict.LATE,
    Verdict.REFUSED,
    Verdict.WITHDRAWN,
    Verdict.FINISHED_NO_DUE,
}


@given(DOSSIERS)
def test_a_dossier_that_was_received_comes_to_at_most_one_end(dossier: Dossier) -> None:
    days = [on(1) + timedelta(days=n) for n in range(45)]
    verdicts = [verdict(dossier, day) for day in days]
    first_end = next((n for n, one in enumerate(verdicts) if one in ENDED), len(days))
    assert all(one in ENDED for one in verdicts[first_end:])


@given(DOSSIERS)
def test_overdue_begins_where_it_is_said_to_begin(dossier: Dossier) -> None:
    days = [on(1) + timedelta(days=n) for n in range(45)]
    overdue = [day for day in days if verdict(dossier, day) is Verdict.OVERDUE]
    if overdue and dossier.due_at is not None:
        assert min(overdue) >= overdue_from(dossier.due_at, dossier.deadline_precision)
