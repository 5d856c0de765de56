"""What the program should find of dossiers: each one counted by itself, in plain Python.

Only the register of areas, the calendar and the names of periods are shared with the program.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from datasources.simulator.dossiers import ONLINE, POSTAL
from datasources.simulator.truth_places import (
    FOREVER,
    MONTHS,
    ONE_DAY,
    Cell,
    Cut,
    Figures,
    Tally,
    count_in,
    is_worked,
    lives_on,
    middle_of,
    periods_told,
    places_of,
    plain,
    rate_of,
)
from domain.area import Boundaries, register

Taken = dict[tuple[str, str, date], list[int]]


class Case(NamedTuple):
    """A dossier in days; FOREVER for what has not happened. `due` is None if none was promised."""

    area_id: str
    received: date
    refused: date
    due: date | None
    finished: date
    withdrawn: date
    channel: int
    reception: date
    waits: tuple[tuple[date, date], ...]
    traits: frozenset[str]


RATES = {
    "on_time_rate_resolved": (("early", "on_time"), ("early", "on_time", "late")),
    "on_time_rate_qd766": (("unbroken",), ("received_due",)),
    "resolution_rate": (("resolved",), ("received",)),
    "online_dossier_rate": (("received_online",), ("received",)),
    "postal_dossier_rate": (("received_postal",), ("received",)),
    "reception_late_rate": (("slow",), ("to receive",)),
    "on_time_rate_received": (("early", "on_time"), ("received_due",)),
    "on_time_rate_commitment": (("early", "on_time"), ("early", "on_time", "late", "overdue")),
    "null_due_share": (("null_due",), ("received",)),
    "supplement_rate": (("supplemented",), ("received",)),
    "digitised_component_rate": (("digitised",), ("received",)),
    "reuse_rate": (("reused",), ("received",)),
    "online_payment_dossier_rate": (("paid_online",), ("has_fee",)),
    "electronic_result_rate": (("result",), ("resolved",)),
    "cross_boundary_share": (("elsewhere",), ("received",)),
    "last_minute_share": (("last minute",), ("early", "on_time", "late")),
    "apology_letter_rate": (("apology",), ("late_at_last",)),
}
CHANNELS = {ONLINE: "received_online", POSTAL: "received_postal"}
TRAITS = ("supplemented", "digitised", "reused", "has_fee", "paid_online", "elsewhere")
COUNTS = {
    "dossiers_received": "received",
    "dossiers_resolved": "resolved",
    "dossiers_resolved_early": "early",
    "dossiers_resolved_on_time": "on_time",
    "dossiers_resolved_late": "late",
}
STOCKS = {
    "dossiers_pending": "pending",
    "dossiers_pending_overdue": "overdue",
    "dossiers_paused": "paused",
    "dossiers_near_due": "near due",
}
LOAD = ("received_due", "pending due before", "paused due before")


def add_cases(
    cells: dict[Cell, Figures], cases: Iterable[Case], day: date, cut: Cut = MONTHS
) -> None:
    """The figures of some dossiers, as they are known at the end of a day."""
    tally, taken = _counted(cases, day, cut)
    for boundaries, area_id, start in periods_told(tally, day, cut):
        place = (boundaries, area_id, start)
        for metric, what in COUNTS.items():
            cells[metric, *place] = plain(tally[what, *place])
        for metric, (above, below) in RATES.items():
            numerator = sum(tally[what, *place] for what in above)
            cells[metric, *place] = rate_of(numerator, sum(tally[what, *place] for what in below))
        _add_workload(cells, tally, place)
        cells["median_processing_days", *place] = middle_of(taken[place])
        if boundaries == Boundaries.TODAY or lives_on(area_id, cut.last_day(start, day)):
            for metric, what in STOCKS.items():
                cells[metric, *place] = plain(tally[what, *place])
            overdue = rate_of(tally["overdue", *place], tally["pending due", *place])
            cells["overdue_rate", *place] = overdue


def _counted(cases: Iterable[Case], day: date, cut: Cut) -> tuple[Tally, Taken]:
    """What counts in each place and period, and how long each dossier resolved there took."""
    tally: Tally = defaultdict(int)
    taken: Taken = defaultdict(list)
    for case in cases:
        for what, when in _events(case, day, cut):
            count_in(tally, what, places_of(case.area_id, when), cut.of(when))
        for what, start, when in _states(case, day, cut):
            count_in(tally, what, places_of(case.area_id, when), start)
        for what, start, places in _inherited(case, day, cut):
            count_in(tally, what, places, start)
        if case.received < FOREVER and case.finished < FOREVER == case.withdrawn:
            for place in places_of(case.area_id, case.finished):
                taken[*place, cut.of(case.finished)].append(_days_taken(case))
    return tally, taken


def _add_workload(cells: dict[Cell, Figures], tally: Tally, place: tuple[str, str, date]) -> None:
    """What there was to do, what of it is not late, and how long what was done took."""
    opening = tally["pending before", *place] + tally["paused before", *place]
    cells["dossiers_carried_over", *place] = plain(opening)
    load = sum(tally[what, *place] for what in LOAD)
    late = tally["late", *place] + tally["overdue", *place]
    cells["on_time_rate_must_process", *place] = rate_of(load - late, load)
    days, resolved = tally["day", *place], tally["resolved", *place]
    cells["avg_processing_days", *place] = Figures(
        days, resolved, days / resolved if resolved else None
    )


def _events(case: Case, day: date, cut: Cut) -> Iterator[tuple[str, date]]:
    """What counts on the day it happens."""
    if case.refused < FOREVER:
        yield "refused", case.refused
    if case.reception <= day:
        yield "to receive", case.reception
        if "slow" in case.traits:
            yield "slow", case.reception
    if case.received == FOREVER:
        return
    yield "received", case.received
    yield from ((trait, case.received) for trait in TRAITS if trait in case.traits)
    if case.channel in CHANNELS:
        yield CHANNELS[case.channel], case.received
    yield from _term(case, day, cut)
    if case.withdrawn < FOREVER:
        yield "withdrawn", case.withdrawn
    elif case.finished < FOREVER:
        yield from _ended(case)


def _term(case: Case, day: date, cut: Cut) -> Iterator[tuple[str, date]]:
    """What becomes of the day that was promised."""
    if case.due is None:
        yield "null_due", case.received
        return
    yield "received_due", case.received
    broken = _term_ran_out(case, case.due)
    if broken > cut.last_day(cut.of(case.received), day):
        yield "unbroken", case.received
    if broken <= day:
        yield "late_at_last", broken
        if "apology" in case.traits:
            yield "apology", broken


def _ended(case: Case) -> Iterator[tuple[str, date]]:
    yield "resolved", case.finished
    for _ in range(_days_taken(case)):
        yield "day", case.finished
    for trait in ("result", "last minute"):
        if trait in case.traits:
            yield trait, case.finished
    if case.due is not None:
        yield _punctuality(case.finished, case.due), case.finished


def _days_taken(case: Case) -> int:
    """Working days after the day of reception up to that of the result, none of a pause."""
    day, taken = case.received, 0
    while day < case.finished:
        day += ONE_DAY
        taken += is_worked(day) and not any(start <= day < end for start, end in case.waits)
    return taken


def _punctuality(finished: date, due: date) -> str:
    if finished < due:
        return "early"
    return "on_time" if finished == due else "late"


def _term_ran_out(case: Case, due: date) -> date:
    """The day on which the promised term had run out without a result; FOREVER if never."""
    if min(case.finished, case.withdrawn) <= due:
        return FOREVER
    broken = due + ONE_DAY
    for start, end in case.waits:
        if start <= broken < end:
            broken = end
    return FOREVER if case.withdrawn <= broken else broken


def _states(case: Case, day: date, cut: Cut) -> Iterator[tuple[str, date, date]]:
    """What the dossier is at the end of each period in which it is open, and on that day."""
    if case.received == FOREVER:
        return
    ended = min(case.finished, case.withdrawn)
    for start in cut.walk(case.received, day):
        eve, last = start - ONE_DAY, cut.last_day(start, day)
        if case.received <= eve < ended:  # who has it now opens the period with it
            yield from ((f"{what} before", start, start) for what in _state(case, eve))
        if case.received <= last < ended:
            yield from ((what, start, last) for what in _state(case, last))
        if ended <= last:
            return


def _inherited(
    case: Case, day: date, cut: Cut
) -> Iterator[tuple[str, date, Sequence[tuple[str, str]]]]:
    """What an area that began within a period was left by those before it: it opens with that."""
    ended = min(case.finished, case.withdrawn)
    for start in cut.walk(case.received, day) if case.received < FOREVER else ():
        last = cut.last_day(start, day)
        for place in places_of(case.area_id, last):
            area = register().get(place[1])
            begun = area.valid_from
            if place[0] == Boundaries.TODAY or begun is None or not start < begun <= last:
                continue
            if area.valid_until is None and case.received < begun <= ended:
                for what in _state(case, begun - ONE_DAY):
                    yield f"{what} before", start, [place]


def _state(case: Case, on: date) -> Sequence[str]:
    promised = ("due",) if case.due is not None else ()
    if any(start <= on < end for start, end in case.waits):
        return ("paused", *(f"paused {word}" for word in promised))
    return ("pending", *(f"pending {word}" for word in promised), *_pressed(case, on))


def _pressed(case: Case, on: date) -> Sequence[str]:
    """Overdue, or near due: at most one working day after today up to the due day."""
    if case.due is None:
        return ()
    if case.due < on:
        return ("overdue",)
    left = (on + ONE_DAY * number for number in range(1, (case.due - on).days + 1))
    return ("near due",) if sum(map(is_worked, left)) <= 1 else ()
