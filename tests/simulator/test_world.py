"""The world is the same whoever asks, and a later day only adds to an earlier one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from datasources.simulator.clock import (
    DAY,
    NEVER,
    date_of,
    day_number,
    end_of_day,
    instant_of,
    work_days,
)
from datasources.simulator.dossiers import EVENTS, Dossiers, known
from datasources.simulator.procedures import procedures
from datasources.simulator.world import World
from domain.area import Level, register
from domain.calendar import load_calendar
from domain.deadline import PausePolicy, due_after_pause, due_date
from domain.dossier import Pause
from domain.errors import AreaError
from tests.simulator.asking import END, SEED, START, second


def fingerprint(dossiers: Dossiers) -> list[bytes]:
    return [getattr(dossiers, each.name).tobytes() for each in fields(Dossiers)]


@pytest.fixture(scope="module")
def drawn(world: World) -> Dossiers:
    return world.dossiers("04", end_of_day(END))


def test_the_same_seed_and_day_give_the_same_bytes(world: World) -> None:
    again = World(SEED, ["04"], START, END)
    at = second("2025-07-15 10:00")
    assert fingerprint(world.dossiers("04", at)) == fingerprint(again.dossiers("04", at))


def test_another_seed_gives_another_world(drawn: Dossiers) -> None:
    other = World(SEED + 1, ["04"], START, END).dossiers("04", end_of_day(END))
    assert len(other) != len(drawn) or fingerprint(other) != fingerprint(drawn)


def test_a_world_asked_backwards_and_forwards_is_the_same() -> None:
    forwards, backwards = (World(SEED, ["04"], START, END) for _ in range(2))
    moments = [second(f"2025-{month:02d}-20 12:00") for month in (5, 6, 7, 8)]
    there = {at: fingerprint(forwards.dossiers("04", at)) for at in moments}
    back = {at: fingerprint(backwards.dossiers("04", at)) for at in reversed(moments)}
    assert there == back


def test_threads_that_ask_at_once_get_the_same_world() -> None:
    shared = World(SEED, ["04"], START, END)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: len(shared.dossiers("04", end_of_day(END))), range(16)))
    assert set(found) == {len(World(SEED, ["04"], START, END).dossiers("04", end_of_day(END)))}


def test_a_world_that_begins_later_holds_the_same_days(drawn: Dossiers) -> None:
    later = World(SEED, ["04"], date(2025, 7, 10), END).dossiers("04", end_of_day(END))
    since = drawn.submitted >= day_number(date(2025, 7, 10)) * DAY
    assert fingerprint(later) == fingerprint(drawn.rows(since))


def test_a_day_later_everything_known_before_is_unchanged(world: World) -> None:
    """Every day of the summer: what differs from the day before happened on that day."""
    day = START
    while day < END:
        at, next_at = end_of_day(day), end_of_day(day + timedelta(days=1))
        before, after = world.dossiers("04", at), world.dossiers("04", next_at)
        at_home = np.isin(after.key, before.key)
        assert fingerprint(after.rows(at_home)) == fingerprint(before)
        assert (after.submitted[~at_home] > at).all()
        old, new = known(before, at), known(after.rows(at_home), next_at)
        untouched = new.updated <= at
        for each in fields(old):
            was, is_now = getattr(old, each.name), getattr(new, each.name)
            assert (was[untouched] == is_now[untouched]).all()
        assert (new.updated >= old.updated).all()
        day += timedelta(days=1)


def test_what_is_known_at_an_instant_holds_nothing_later(drawn: Dossiers) -> None:
    at = second("2025-07-15 10:30")
    shown = known(drawn.rows(drawn.submitted <= at), at)
    for name in ("submitted", "received", "refused", "finished", "returned", "withdrawn"):
        moments = getattr(shown, name)
        assert (moments[moments < NEVER] <= at).all()
    assert (shown.updated <= at).all()


def test_the_steps_of_a_dossier_follow_one_another(drawn: Dossiers) -> None:
    order = ["submitted", "received", "processing", "pause_1", "resume_1", "pause_2", "resume_2"]
    ends = ("finished", "withdrawn", "stopped")
    for earlier, later in pairwise(order):
        both = (getattr(drawn, earlier) < NEVER) & (getattr(drawn, later) < NEVER)
        assert (getattr(drawn, earlier)[both] < getattr(drawn, later)[both]).all()
    for end in ends:
        ended = getattr(drawn, end) < NEVER
        for step in order:
            happened = ended & (getattr(drawn, step) < NEVER)
            assert (getattr(drawn, step)[happened] < getattr(drawn, end)[happened]).all()
    outcomes = sum((getattr(drawn, end) < NEVER).astype(int) for end in ends)
    assert (outcomes + (drawn.refused < NEVER) == 1).all()
    assert (drawn.returned[drawn.finished < NEVER] > drawn.finished[drawn.finished < NEVER]).all()


def test_a_correction_comes_weeks_later_and_says_it_was_done_earlier() -> None:
    end = date(2024, 6, 30)
    drawn = World(SEED, ["25"], date(2024, 1, 1), end).dossiers("25", end_of_day(end))
    corrected = drawn.corrected < NEVER
    some = drawn.rows(corrected)
    assert 5 < corrected.sum() < 0.02 * len(drawn)
    assert (some.corrected - some.finished > 7 * DAY).all()
    assert (some.right_finished <= some.finished).all()
    assert (some.right_finished > some.received).all()
    assert ((some.right_finished < some.finished) | (some.first_channel != some.channel)).all()


def test_terms_are_counted_as_the_working_calendar_counts_them(drawn: Dossiers) -> None:
    calendar, listed = load_calendar(), procedures()
    received = np.flatnonzero((drawn.received < NEVER) & (drawn.due < NEVER))
    for row in received[:1500]:
        start = date_of(int(drawn.received[row]) // DAY)
        due = due_date(start, listed[drawn.procedure[row]].term_days, calendar)
        assert date_of(int(drawn.due[row]) // DAY) == due
        waits = [
            (drawn.pause_1[row], drawn.resume_1[row]),
            (drawn.pause_2[row], drawn.resume_2[row]),
        ]
        pauses = [
            Pause(instant_of(int(begin)), instant_of(int(end)))
            for begin, end in waits
            if end < NEVER
        ]
        moved = due_after_pause(due, pauses, calendar, PausePolicy.STOP_RESUME)
        assert date_of(int(drawn.due_2[row]) // DAY) == moved


def test_counters_take_in_on_working_days_and_the_web_at_any_time(drawn: Dossiers) -> None:
    day = drawn.submitted // DAY
    at_counter = drawn.channel != 2
    assert work_days().works(day[at_counter]).all()
    assert (~work_days().works(day[~at_counter])).sum() > 50


def test_an_organisation_that_ends_takes_nothing_in_afterwards(world: World) -> None:
    drawn = world.dossiers("04", end_of_day(END))
    desks = world.provinces["04"].desks
    until = np.array([desk.until for desk in desks])[drawn.desk]
    first = np.array([desk.first for desk in desks])[drawn.desk]
    in_day = np.minimum(drawn.received, drawn.refused) // DAY
    assert (in_day < until).all()
    assert (drawn.submitted // DAY >= first).all()
    old = np.array([not desk.two_levels for desk in desks])[drawn.desk]
    assert (
        (drawn.finished[old] // DAY >= day_number(date(2025, 7, 1))) & (drawn.finished[old] < NEVER)
    ).sum() > 20


def test_what_is_handed_in_on_the_last_afternoon_is_taken_in_that_day() -> None:
    """As many dossiers as on the Monday before, and none of them left to nobody."""
    world = World(SEED, ["04"], date(2025, 6, 23), date(2025, 6, 30), scale=20)
    drawn = world.dossiers("04", end_of_day(date(2025, 6, 30)))
    counts = []
    for monday in ("2025-06-23", "2025-06-30"):
        since, until = second(f"{monday} 13:00"), second(f"{monday} 16:30")
        counts.append(((drawn.submitted >= since) & (drawn.submitted < until)).sum())
    assert counts[1] > 0.85 * counts[0] > 100
    last_day = drawn.submitted >= second("2025-06-30 00:00")
    taken_in = np.minimum(drawn.received, drawn.refused)[last_day]
    assert (taken_in <= end_of_day(date(2025, 6, 30))).all()


def test_since_july_2025_any_counter_of_the_province_takes_in_for_others(world: World) -> None:
    drawn = world.dossiers("04", end_of_day(END))
    desks = world.provinces["04"].desks
    elsewhere = drawn.receiving != drawn.desk
    day = drawn.submitted // DAY
    assert not elsewhere[day < day_number(date(2025, 7, 1))].any()
    since = day >= day_number(date(2025, 7, 1))
    assert 0.02 < elsewhere[since].mean() < 0.15
    for row in np.flatnonzero(elsewhere):
        counter = desks[drawn.receiving[row]]
        assert counter.level is Level.COMMUNE
        assert counter.first <= day[row] < counter.until


def test_the_number_of_dossiers_runs_on_across_the_reorganisation() -> None:
    """Communes inherit what their old communes had, and what the districts did."""
    drawn = World(SEED, ["25"], date(2025, 5, 5), END).dossiers("25", end_of_day(END))
    day = drawn.submitted // DAY
    weeks = Counter(((day - day_number(date(2025, 5, 5))) // 7).tolist())
    before, after = [weeks[w] for w in range(8)], [weeks[w] for w in range(9, 17)]
    assert 0.85 < sum(after) / sum(before) < 1.2


def test_new_communes_are_as_large_as_the_communes_they_took_in(world: World) -> None:
    province = world.provinces["04"]
    volume = {d.area_id: v for d, v in zip(province.desks, province.habits.volume, strict=True)}
    communes = {d.area_id: d for d in province.desks if d.level is Level.COMMUNE}
    old = sum(volume[one] for one, desk in communes.items() if not desk.two_levels)
    districts = sum(volume[d.area_id] for d in province.desks if d.level is Level.DISTRICT)
    new = sum(volume[one] for one, desk in communes.items() if desk.two_levels)
    assert new == pytest.approx(old + districts)


def test_a_world_of_one_commune_has_its_old_communes_and_nobody_else() -> None:
    code = "01290"
    small = World(SEED, [code], START, END, scale=10)
    desks = small.provinces["04"].desks
    drawn = small.dossiers("04", end_of_day(END))
    now = f"{code}@2025-07-01"
    before = {change.old_id for change in register().predecessors(now)}
    assert {desks[row].area_id for row in drawn.desk.tolist()} == before | {now}


def test_scale_multiplies_what_comes_in(drawn: Dossiers) -> None:
    small = World(SEED, ["04"], START, END, scale=0.25).dossiers("04", end_of_day(END))
    assert 0.2 < len(small) / len(drawn) < 0.3


def test_a_place_that_is_not_simulated_is_refused_with_those_that_are() -> None:
    with pytest.raises(AreaError, match=r"Hà Nội \(01\) is not simulated.*04, 25, 75, 91, 92"):
        World(1, ["01"])


def test_every_event_has_a_column_of_its_own() -> None:
    assert set(EVENTS) <= {each.name for each in fields(Dossiers)}
