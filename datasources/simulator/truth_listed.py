"""What the program should find of feedback and of catalogues of procedures, one by one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from datasources.simulator.catalogue import THREE_WORDS, Version, known_versions
from datasources.simulator.clock import end_of_day
from datasources.simulator.desks import TWO_LEVELS, System, systems
from datasources.simulator.feedback import ANSWERED, RATED, REFUSED, Shown, last_file, shown
from datasources.simulator.truth_places import (
    FOREVER,
    Cell,
    Cut,
    Figures,
    Tally,
    count_in,
    day_at,
    lives_on,
    periods_told,
    places_of,
    plain,
    rate_of,
)
from datasources.simulator.world import World
from domain.area import Boundaries, Level, register

FEEDBACK_RATES = {
    "feedback_on_time_rate": ("unbroken", "due"),
    "feedback_satisfaction_rate": ("well", "answered"),
    "feedback_rated_satisfied_rate": ("content", "rated"),
    "feedback_reopened_rate": ("again", "given answer"),
}


GRADES = (
    ("procedures_whole", 4, True),
    ("procedures_partial", 3, True),
    ("procedures_level_4", 4, False),
    ("procedures_level_3", 3, False),
)
"""Each metric's level, and whether it is told in the words of Decree 42/2022 or as a number."""


def add_feedback(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    """What the weekly files tell that were there by the end of the day."""
    tally: Tally = defaultdict(int)
    at = last_file(end_of_day(day))
    for home, province in world.provinces.items():
        for report in world.feedback(home, at):
            area_id = province.desks[report.desk].area_id
            for what, when in _voiced(shown(report, at), day, cut):
                count_in(tally, what, places_of(area_id, when), cut.of(when))
            for what, start, when in _waiting(shown(report, at), day, cut):
                count_in(tally, what, places_of(area_id, when), start)
    for place in periods_told(tally, day, cut):
        cells["feedback_received", *place] = plain(tally["received", *place])
        for metric, (above, below) in FEEDBACK_RATES.items():
            cells[metric, *place] = rate_of(tally[above, *place], tally[below, *place])
        boundaries, area_id, start = place
        if boundaries == Boundaries.TODAY or lives_on(area_id, cut.last_day(start, day)):
            cells["feedback_pending", *place] = plain(tally["pending", *place])
            cells["feedback_pending_overdue", *place] = plain(tally["overdue", *place])


def _voiced(one: Shown, day: date, cut: Cut) -> Iterator[tuple[str, date]]:
    """What counts of a report on the day it happens."""
    received, answered, due = (
        day_at(one.report.received),
        day_at(one.answered),
        day_at(one.report.due),
    )
    is_ours, is_closed = one.status != REFUSED, one.status in (ANSWERED, RATED)
    yield "received", received
    if is_ours:
        yield "due", received
        period_end = cut.last_day(cut.of(received), day)
        if due >= period_end or (is_closed and answered <= due):
            yield "unbroken", received
    if answered == FOREVER:
        return
    yield "given answer", answered
    if one.reopened:
        yield "again", answered
    if one.stars is not None:
        yield "rated", answered
        yield "content" if one.stars >= 3 else "cross", answered
    if is_ours and is_closed:
        yield "answered", answered
        if answered <= due and not one.reopened and (one.stars is None or one.stars >= 3):
            yield "well", answered


def _waiting(one: Shown, day: date, cut: Cut) -> Iterator[tuple[str, date, date]]:
    """What a report is at the end of each period in which it waits for an answer."""
    if one.status == REFUSED:
        return
    ended = day_at(one.answered) if one.status in (ANSWERED, RATED) else FOREVER
    for start in cut.walk(day_at(one.report.received), day):
        last = cut.last_day(start, day)
        if ended <= last:
            return
        yield "pending", start, last
        if day_at(one.report.due) < last:
            yield "overdue", start, last


def add_procedures(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    """The provinces' catalogues, which tell of all versions there were; from the world's start."""
    for system in (one for one in systems() if one.stanza and one.joins in world.provinces):
        told = known_versions(system, day)
        for start in cut.walk(world.start, day):
            last = cut.last_day(start, day)
            there = [
                one for one in told if one.begins <= last and (not one.ends or last < one.ends)
            ]
            for boundaries, area_id in places_of(_owner(system, last), last):
                if register().get(area_id).level is Level.PROVINCE:
                    _add_catalogue(cells, there, (boundaries, area_id, start))


def _owner(system: System, day: date) -> str:
    """The province a catalogue is of on a day."""
    old = day < TWO_LEVELS
    return f"{system.province}@" if old else f"{system.joins}@{TWO_LEVELS}"


def _add_catalogue(
    cells: dict[Cell, Figures], there: Sequence[Version], place: tuple[str, str, date]
) -> None:
    priced = [one for one in there if one.has_fee]
    cells["procedures_total", *place] = plain(len(there))
    cells["procedures_online", *place] = plain(sum(one.is_online for one in there))
    for metric, level, is_decree in GRADES:
        many = sum(one.level == level and (one.begins >= THREE_WORDS) == is_decree for one in there)
        cells[metric, *place] = plain(many)
    for metric, found, of in (
        ("procedures_online_rate", [one.is_online for one in there], there),
        ("procedures_fully_online_rate", [one.is_fully_online for one in there], there),
        ("procedures_linked_dvcqg_rate", [one.linked for one in there], there),
        ("procedures_fee_payable_online_rate", [one.online_payment for one in priced], priced),
    ):
        cells[metric, *place] = rate_of(sum(found), len(of))
