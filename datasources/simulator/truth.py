"""What the program should find in a world: every figure again, in plain Python, dossier by dossier.

Slow on purpose and written for reading: no SQL, no frames, and none of the program's own rules
for counting. Only the register of areas, the calendar and the names of periods are shared with it.

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
    median_processing_days       the middle of those days, of all dossiers in one row
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
    docs_electronic_rate         without paper ÷ sent; docs_parallel_paper_rate with paper beside
    docs_signed_rate             with a signature that holds and is vouched for ÷ sent
    docs_signed_unverified       signed by somebody nobody vouches for
    docs_signature_invalid       altered after it was signed
    docs_received                documents their receiver told anything of, but no revocations
    docs_refused                 of them refused, and not accepted by then
    docs_acceptance_minutes_median
                                 the middle of the minutes from arrival to acceptance
    docs_accepted_within_day_rate
                                 accepted before the second working day after that of arrival
                                 began ÷ those accepted by then, and those not
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
    reports_via_system_rate, reports_on_time_rate
                                 as the reporting system told on the third of the next month
    tasks_on_time_rate           of the tasks that fell due in a month that is over, those done on
                                 or before their day
    work_files_online_rate       online ÷ all, of the agencies of the area's own level alone

Everything counts in the area of the desk that decides, or sends. Once an area has ended, its main
successor answers for what it left, and where there is none, what it lay in.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from datasources.simulator.clock import MINUTE, NEVER, end_of_day
from datasources.simulator.desks import TWO_LEVELS, systems
from datasources.simulator.documents import INVALID, REVOKE, UNVERIFIED, VERIFIED
from datasources.simulator.dossiers import Dossiers, Known, known
from datasources.simulator.dropbox import report_second
from datasources.simulator.offices import Figure, desks_of, reports, tasks
from datasources.simulator.province import Province
from datasources.simulator.services import Services, services
from datasources.simulator.truth_cases import Case, add_cases
from datasources.simulator.truth_feeds import HOUSEHOLDS, OWED, sector_lines, station_hours
from datasources.simulator.truth_listed import add_feedback, add_procedures
from datasources.simulator.truth_places import (
    MONTHS,
    ONE_DAY,
    Cell,
    Cut,
    Figures,
    Tally,
    count_in,
    day_at,
    periods_told,
    places_of,
    plain,
    rate_of,
)
from datasources.simulator.truth_receipts import add_receipts
from datasources.simulator.work_files import SIGNING, WORK_FILES, Line
from datasources.simulator.world import World
from domain.area import register
from domain.period import Grain, add_months

__all__ = ["Figures", "truth"]


SHARES = {
    "docs_electronic_rate": "electronic",
    "docs_parallel_paper_rate": "parallel",
    "docs_signed_rate": "signed",
}
LETTERS = {
    "docs_sent": "sent",
    "docs_signed_unverified": "unverified",
    "docs_signature_invalid": "broken",
}
SIGNATURES = {VERIFIED: "signed", UNVERIFIED: "unverified", INVALID: "broken"}


def truth(world: World, day: date, cut: Cut = MONTHS) -> dict[Cell, Figures]:
    """Every cell by metric, boundaries, area id and period, as known at the end of `day`.

    A cell is there for every period from the first in which its area tells anything to that of
    `day`; with `then`, only while the area exists (for a stock: still at the period's end).
    What offices report each month is told of by months, quarters and years.
    """
    cells: dict[Cell, Figures] = {}
    add_cases(cells, _cases(world, day), day, cut)
    _add_documents(cells, world, day, cut)
    add_receipts(cells, world, day, cut)
    _add_stations(cells, world, day, cut)
    add_feedback(cells, world, day, cut)
    if cut.grain not in (Grain.DAY, Grain.WEEK):
        _add_reports(cells, world, day, cut)
        _add_tasks(cells, world, day, cut)
        _add_sectors(cells, world, day, cut)
        add_procedures(cells, world, day, cut)
    return cells


def _add_documents(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    tally: Tally = defaultdict(int)
    for area_id, when, words in _letters(world, day):
        for what in words:
            count_in(tally, what, places_of(area_id, when), cut.of(when))
    for place in periods_told(tally, day, cut):
        for metric, what in LETTERS.items():
            cells[metric, *place] = plain(tally[what, *place])
        for metric, what in SHARES.items():
            cells[metric, *place] = rate_of(tally[what, *place], tally["sent", *place])


def _add_reports(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    """What the monthly reports say that were there by the end of the day."""
    above: Tally = defaultdict(int)
    below: Tally = defaultdict(int)
    newest: dict[Cell, date] = {}
    month = world.start.replace(day=1)
    while report_second(month) <= end_of_day(day):
        last = add_months(month, 1) - ONE_DAY
        for line in _lines(world, month):
            area = register().at(line.area, last)
            for boundaries, area_id in places_of(area.area_id, last):
                if line.metric != WORK_FILES or register().get(area_id).level is area.level:
                    cell = (line.metric, boundaries, area_id, cut.of(last))
                    if line.metric == SIGNING and newest.get(cell) != month:
                        above[cell] = below[cell] = 0  # units do not add up over months
                    newest[cell] = month
                    above[cell] += line.numerator
                    below[cell] += line.denominator or 0
        month = add_months(month, 1)
    for cell, denominator in below.items():
        cells[cell] = rate_of(above[cell], denominator)


def _add_tasks(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    """Of the tasks given so far, those that fell due in the months before that of the day."""
    done: Tally = defaultdict(int)
    due: Tally = defaultdict(int)
    given = max(world.start, TWO_LEVELS).replace(day=1)
    while given <= day:
        for home in world.provinces:
            for task in tasks(world.seed, desks_of(world, home), given, day):
                month = task.due.replace(day=1)
                if month < day.replace(day=1):
                    last = add_months(month, 1) - ONE_DAY
                    for place in places_of(register().at(task.area, last).area_id, last):
                        cell = ("tasks_on_time_rate", *place, cut.of(last))
                        done[cell] += task.done is not None and task.done <= task.due
                        due[cell] += 1
        given = add_months(given, 1)
    cells.update({cell: rate_of(done[cell], many) for cell, many in due.items()})


def _lines(world: World, month: date) -> Iterator[Line | Figure]:
    """What is reported of a month: work files and signing, and reports owed to those above."""
    for home in world.provinces:
        yield from world.reports(home, month)
        yield from reports(world.seed, desks_of(world, home), month)


def _add_stations(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    tally: Tally = defaultdict(int)
    for one in station_hours(world, day):
        told = {"readings": one.readings, "owed": OWED, "bad": int(one.is_bad)}
        for boundaries, area_id in places_of(one.area_id, one.day):
            for what, many in told.items():
                tally[what, boundaries, area_id, cut.of(one.day)] += many
    for place in periods_told(tally, day, cut):
        cells["water_exceedance_hours", *place] = plain(tally["bad", *place])
        cells["water_station_uptime", *place] = rate_of(
            tally["readings", *place], tally["owed", *place]
        )


def _add_sectors(cells: dict[Cell, Figures], world: World, day: date, cut: Cut) -> None:
    tally: Tally = defaultdict(int)
    newest: dict[Cell, date] = {}
    for metric, area_id, month, many in sector_lines(world, day):
        last = MONTHS.last_day(month, day)
        for boundaries, above in places_of(area_id, last):
            cell = (metric, boundaries, above, cut.of(last))
            if metric == HOUSEHOLDS and newest.get(cell) != month:
                tally[cell] = 0  # households do not add up over months
            newest[cell] = month
            tally[cell] += many
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
    moments = (
        *(shown.pause_1, shown.due, shown.finished, shown.received, shown.refused),
        *(shown.withdrawn, told.reception_due),
    )
    times = zip(*(one.tolist() for one in moments), strict=True)
    for said, (desk, receiving), (pause, due, finished, *seen, reception) in zip(
        flags, places, times, strict=True
    ):
        found = {name for name, is_true in zip(names, said, strict=True) if is_true}
        found |= {"supplemented"} if pause < NEVER else set()
        if due < NEVER and finished <= due <= finished + MINUTE:
            found.add("last minute")
        found |= {"slow"} if min(seen) > reception else set()
        if province.desks[desk].area_id != province.desks[receiving].area_id:
            found.add("elsewhere")
        yield frozenset(found)


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
                words.append("parallel" if paper else "electronic")
            yield sender.area_id, day_at(sent), words
