"""What the program should find in a world: every figure again, in plain Python, dossier by dossier.

Slow on purpose and written for reading: no SQL, no frames, and none of the program's own rules
for counting. Only the register of areas and the names of months are shared with it.

    dossiers_received            received in the month
    dossiers_resolved            finished in the month, without a due date too; withdrawn are not
    …_early, _on_time, _late     by the day of the result against the day promised
    on_time_rate_resolved        (early + on time) ÷ (early + on time + late)
    on_time_rate_qd766           of those received in the month with a due date, the share whose
                                 term had not run out, unfinished, by the end of the month; a term
                                 never runs out while work has to wait, but as soon as it goes on
    resolution_rate              resolved ÷ received
    dossiers_pending, _paused    at the end of the month; pending ones past their due day too,
    dossiers_pending_overdue     which are counted here again; overdue_rate of those with one
    dossiers_near_due            pending, not overdue, at most one working day left
    dossiers_carried_over        pending or paused when the month began
    on_time_rate_must_process    carried over and received with a due date, less those late
    on_time_rate_received        early + on time ÷ received with a due date
    on_time_rate_commitment      early + on time ÷ early + on time + late + pending overdue
    avg_processing_days          working days after reception, without pauses ÷ resolved
    reception_late_rate          not received by the day its term ends ÷ those it ends for
    online_dossier_rate          received online ÷ received; postal_dossier_rate by post
    null_due_share               received without a due date ÷ received
    supplement_rate, digitised_component_rate, reuse_rate
                                 of those received, the share that had to be completed, whose
                                 papers were digitised, that used data again
    online_payment_dossier_rate  of those received that cost something, the share paid online
    electronic_result_rate       of those resolved, the share with an electronic document
    cross_boundary_share         received at a desk of another area than decides ÷ received
    apology_letter_rate          of those whose term ran out in the month, the share with an apology
    docs_sent                    documents that are neither secret nor a revocation, as they left
    docs_electronic_rate         without paper ÷ sent
    docs_signed_rate             with a signature that holds and is vouched for ÷ sent
    docs_signed_unverified       signed by somebody nobody vouches for
    docs_signature_invalid       altered after it was signed
    water_exceedance_hours       hours in which a station read something out of its limits
    water_station_uptime         readings that came ÷ readings owed since a station's first one
    household_businesses_active  as the communes report it; cashless_txn_value likewise
    units_exchanging_signed_rate as the provinces report it, districts' and communes' added up
    feedback_received            reports that came in in the month, as the last weekly file told
    feedback_pending, _overdue   in competence and not answered at the end of the month
    feedback_on_time_rate        of those in competence that came in with a due day, the share whose
                                 term had not run out unanswered by the end of the month
    feedback_satisfaction_rate   of those answered, not late, not called bad and not made again;
                                 feedback_rated_satisfied_rate: content ÷ rated
    feedback_reopened_rate       made again ÷ given an answer
    procedures_total             in force at the end of the month in the province's own catalogue;
    procedures_online_rate, procedures_fully_online_rate, procedures_linked_dvcqg_rate of them,
    procedures_fee_payable_online_rate of those with a fee
    work_files_online_rate       online ÷ all, of the agencies of the area's own level alone

Everything counts in the area of the desk that decides, or sends. Once an area has ended, its main
successor answers for what it left, and where there is none, what it lay in.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from datasources.simulator.clock import NEVER, end_of_day
from datasources.simulator.desks import systems
from datasources.simulator.documents import INVALID, REVOKE, UNVERIFIED, VERIFIED
from datasources.simulator.dossiers import ONLINE, POSTAL, Dossiers, Known, known
from datasources.simulator.dropbox import report_second
from datasources.simulator.province import Province
from datasources.simulator.services import Services, services
from datasources.simulator.truth_feeds import OWED, sector_lines, station_hours
from datasources.simulator.truth_listed import add_feedback, add_procedures
from datasources.simulator.truth_places import (
    FOREVER,
    ONE_DAY,
    Cell,
    Figures,
    Tally,
    count_in,
    day_at,
    last_day_of,
    lives_on,
    months_told,
    places_of,
    plain,
    rate_of,
)
from datasources.simulator.work_files import SIGNING
from datasources.simulator.world import World
from domain.area import Boundaries, register
from domain.calendar import load_calendar
from domain.period import add_months

__all__ = ["Figures", "truth"]


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
SHARES = {"docs_electronic_rate": "electronic", "docs_signed_rate": "signed"}
LETTERS = {
    "docs_sent": "sent",
    "docs_signed_unverified": "unverified",
    "docs_signature_invalid": "broken",
}
SIGNATURES = {VERIFIED: "signed", UNVERIFIED: "unverified", INVALID: "broken"}


def truth(world: World, day: date) -> dict[Cell, Figures]:
    """Every cell by metric, boundaries, area id and month, as known at the end of `day`.

    A cell is there for every month from the first in which its area tells anything to the month
    of `day`; with `then`, only while the area exists (for a stock: still at the month's end).
    """
    cells: dict[Cell, Figures] = {}
    _add_dossiers(cells, world, day)
    _add_documents(cells, world, day)
    _add_reports(cells, world, day)
    _add_stations(cells, world, day)
    _add_sectors(cells, world, day)
    add_feedback(cells, world, day)
    add_procedures(cells, world, day)
    return cells


def _add_dossiers(cells: dict[Cell, Figures], world: World, day: date) -> None:
    tally: Tally = defaultdict(int)
    for case in _cases(world, day):
        for what, when in _events(case, day):
            count_in(tally, what, places_of(case.area_id, when), when)
        for what, month, when in _states(case, day):
            count_in(tally, what, places_of(case.area_id, when), month)
    for boundaries, area_id, month in months_told(tally, day):
        place = (boundaries, area_id, month)
        for metric, what in COUNTS.items():
            cells[metric, *place] = plain(tally[what, *place])
        for metric, (above, below) in RATES.items():
            numerator = sum(tally[what, *place] for what in above)
            cells[metric, *place] = rate_of(numerator, sum(tally[what, *place] for what in below))
        _add_workload(cells, tally, place)
        if boundaries == Boundaries.TODAY or lives_on(area_id, last_day_of(month, day)):
            for metric, what in STOCKS.items():
                cells[metric, *place] = plain(tally[what, *place])
            overdue = rate_of(tally["overdue", *place], tally["pending due", *place])
            cells["overdue_rate", *place] = overdue


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


def _add_documents(cells: dict[Cell, Figures], world: World, day: date) -> None:
    tally: Tally = defaultdict(int)
    for area_id, when, words in _letters(world, day):
        for what in words:
            count_in(tally, what, places_of(area_id, when), when)
    for place in months_told(tally, day):
        for metric, what in LETTERS.items():
            cells[metric, *place] = plain(tally[what, *place])
        for metric, what in SHARES.items():
            cells[metric, *place] = rate_of(tally[what, *place], tally["sent", *place])


def _add_reports(cells: dict[Cell, Figures], world: World, day: date) -> None:
    """What the monthly reports say that were there by the end of the day."""
    above: Tally = defaultdict(int)
    below: Tally = defaultdict(int)
    month = world.start.replace(day=1)
    while report_second(month) <= end_of_day(day):
        last = add_months(month, 1) - ONE_DAY
        for line in (line for home in world.provinces for line in world.reports(home, month)):
            area = register().at(line.area, last)
            for boundaries, area_id in places_of(area.area_id, last):
                if line.metric == SIGNING or register().get(area_id).level is area.level:
                    above[line.metric, boundaries, area_id, month] += line.numerator
                    below[line.metric, boundaries, area_id, month] += line.denominator
        month = add_months(month, 1)
    for cell, denominator in below.items():
        cells[cell] = rate_of(above[cell], denominator)


def _add_stations(cells: dict[Cell, Figures], world: World, day: date) -> None:
    tally: Tally = defaultdict(int)
    for one in station_hours(world, day):
        told = {"readings": one.readings, "owed": OWED, "bad": int(one.is_bad)}
        for boundaries, area_id in places_of(one.area_id, one.day):
            for what, many in told.items():
                tally[what, boundaries, area_id, one.day.replace(day=1)] += many
    for place in months_told(tally, day):
        cells["water_exceedance_hours", *place] = plain(tally["bad", *place])
        cells["water_station_uptime", *place] = rate_of(
            tally["readings", *place], tally["owed", *place]
        )


def _add_sectors(cells: dict[Cell, Figures], world: World, day: date) -> None:
    tally: Tally = defaultdict(int)
    for metric, area_id, month, many in sector_lines(world, day):
        for boundaries, above in places_of(area_id, last_day_of(month, day)):
            tally[metric, boundaries, above, month] += many
    cells.update({cell: plain(many) for cell, many in tally.items()})


def _cases(world: World, day: date) -> Iterator[Case]:
    """Every dossier as its source shows it at the end of the day."""
    at = end_of_day(day)
    for home, province in world.provinces.items():
        dossiers = world.dossiers(home, at)
        shown = known(dossiers, at)
        columns = (
            dossiers.desk, shown.received, shown.refused, shown.due, shown.finished,
            shown.withdrawn, shown.channel, shown.pause_1, shown.resume_1, shown.pause_2,
            shown.resume_2,
        )  # fmt: skip
        rows = zip(*(column.tolist() for column in columns), strict=True)
        told = services(dossiers, shown)
        traits_of = _traits(province, dossiers, shown, told)
        receptions = told.reception_due.tolist()
        for row, traits, reception in zip(rows, traits_of, receptions, strict=True):
            desk, received, refused, due, finished, withdrawn, channel, *waits = row
            yield Case(
                area_id=province.desks[desk].area_id,
                received=day_at(received),
                refused=day_at(refused),
                due=None if due >= NEVER else day_at(due),
                finished=day_at(finished),
                withdrawn=day_at(withdrawn),
                channel=channel,
                reception=day_at(reception),
                waits=tuple(
                    (day_at(start), day_at(end))
                    for start, end in zip(waits[::2], waits[1::2], strict=True)
                    if start < NEVER
                ),
                traits=traits,
            )


def _traits(
    province: Province, dossiers: Dossiers, shown: Known, told: Services
) -> Iterator[frozenset[str]]:
    """What else is told of each dossier: the names of what is true of it."""
    names = ("digitised", "reused", "has_fee", "paid_online", "result", "apology")
    flags = zip(*(getattr(told, name).tolist() for name in names), strict=True)
    places = zip(dossiers.desk.tolist(), dossiers.receiving.tolist(), strict=True)
    moments = (shown.pause_1, shown.received, shown.refused, shown.withdrawn, told.reception_due)
    times = zip(*(one.tolist() for one in moments), strict=True)
    for said, (desk, receiving), (pause, *seen, reception) in zip(
        flags, places, times, strict=True
    ):
        found = {name for name, is_true in zip(names, said, strict=True) if is_true}
        found |= {"supplemented"} if pause < NEVER else set()
        found |= {"slow"} if min(seen) > reception else set()
        if province.desks[desk].area_id != province.desks[receiving].area_id:
            found.add("elsewhere")
        yield frozenset(found)


def _events(case: Case, day: date) -> Iterator[tuple[str, date]]:
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
    yield from _term(case, day)
    if case.withdrawn < FOREVER:
        yield "withdrawn", case.withdrawn
    elif case.finished < FOREVER:
        yield from _ended(case)


def _term(case: Case, day: date) -> Iterator[tuple[str, date]]:
    """What becomes of the day that was promised."""
    if case.due is None:
        yield "null_due", case.received
        return
    yield "received_due", case.received
    broken = _term_ran_out(case, case.due)
    if broken > last_day_of(case.received.replace(day=1), day):
        yield "unbroken", case.received
    if broken <= day:
        yield "late_at_last", broken
        if "apology" in case.traits:
            yield "apology", broken


def _ended(case: Case) -> Iterator[tuple[str, date]]:
    yield "resolved", case.finished
    for _ in range(_days_taken(case)):
        yield "day", case.finished
    if "result" in case.traits:
        yield "result", case.finished
    if case.due is not None:
        yield _punctuality(case.finished, case.due), case.finished


def _days_taken(case: Case) -> int:
    """Working days after the day of reception up to that of the result, none of a pause."""
    day, taken = case.received, 0
    while day < case.finished:
        day += ONE_DAY
        taken += _is_worked(day) and not any(start <= day < end for start, end in case.waits)
    return taken


@cache
def _is_worked(day: date) -> bool:
    return load_calendar().is_working(day)


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


def _states(case: Case, day: date) -> Iterator[tuple[str, date, date]]:
    """What the dossier is at the end of each month in which it is open, and on that day."""
    month = case.received.replace(day=1)
    ended = min(case.finished, case.withdrawn)
    while case.received < FOREVER and month <= day:
        last = last_day_of(month, day)
        if ended <= last:
            return
        month = add_months(month, 1)
        if case.received <= last:
            yield from ((what, last.replace(day=1), last) for what in _state(case, last))
            if month <= day:  # who has it then opens the next month with it
                yield from ((f"{what} before", month, month) for what in _state(case, last))


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
    return ("near due",) if sum(map(_is_worked, left)) <= 1 else ()


def _letters(world: World, day: date) -> Iterator[tuple[str, date, Sequence[str]]]:
    """Where every document was sent from, when, and what it counts as."""
    marks_secrets = {system.code for system in systems() if system.dialect == "vendor"}
    for home, province in world.provinces.items():
        documents = world.documents(home, end_of_day(day))
        columns = (
            documents.desk, documents.sent, documents.signature, documents.paper,
            documents.secret, documents.business,
        )  # fmt: skip
        for row in zip(*(column.tolist() for column in columns), strict=True):
            desk, sent, signature, paper, secret, business = row
            sender = province.desks[desk]
            if secret and sender.system in marks_secrets:
                continue
            words = ["revoked"] if business == REVOKE else ["sent"]
            if business != REVOKE:
                words += [SIGNATURES[signature]] if signature in SIGNATURES else []
                words += ["electronic"] * (not paper)
            yield sender.area_id, day_at(sent), words
