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
    dossiers_pending_overdue     which are counted here again
    online_dossier_rate          received online ÷ received
    null_due_share               received without a due date ÷ received
    docs_sent                    documents that are neither secret nor a revocation, as they left
    docs_electronic_rate         without paper ÷ sent; docs_signed_rate: signed ÷ sent
    units_exchanging_signed_rate as the provinces report it, districts' and communes' added up
    work_files_online_rate       online ÷ all, of the agencies of the area's own level alone

Everything counts in the area of the desk that decides, or sends. Once an area has ended, its main
successor answers for what it left, and where there is none, what it lay in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from datasources.simulator.clock import DAY, NEVER, date_of, end_of_day
from datasources.simulator.desks import systems
from datasources.simulator.documents import REVOKE
from datasources.simulator.dossiers import ONLINE, known
from datasources.simulator.dropbox import report_second
from datasources.simulator.work_files import SIGNING
from datasources.simulator.world import World
from domain.area import COUNTRY_ID, Area, Boundaries, register
from domain.period import add_months

Cell = tuple[str, str, str, date]
Tally = dict[tuple[str, str, str, date], int]
ONE_DAY = timedelta(days=1)
FOREVER = date.max


class Figures(NamedTuple):
    """One cell. A count has no denominator; a rate (0 to 100) without one has no value."""

    numerator: float
    denominator: float | None
    value: float | None


class Case(NamedTuple):
    """A dossier in days; FOREVER for what has not happened. `due` is None if none was promised."""

    area_id: str
    received: date
    refused: date
    due: date | None
    finished: date
    withdrawn: date
    online: bool
    waits: tuple[tuple[date, date], ...]


RATES = {
    "on_time_rate_resolved": (("early", "on_time"), ("early", "on_time", "late")),
    "on_time_rate_qd766": (("unbroken",), ("received_due",)),
    "resolution_rate": (("resolved",), ("received",)),
    "online_dossier_rate": (("received_online",), ("received",)),
    "null_due_share": (("null_due",), ("received",)),
}
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
}
SHARES = {"docs_electronic_rate": "electronic", "docs_signed_rate": "signed"}


def truth(world: World, day: date) -> dict[Cell, Figures]:
    """Every cell by metric, boundaries, area id and month, as known at the end of `day`.

    A cell is there for every month from the first in which its area tells anything to the month
    of `day`; with `then`, only while the area exists (for a stock: still at the month's end).
    """
    cells: dict[Cell, Figures] = {}
    _add_dossiers(cells, world, day)
    _add_documents(cells, world, day)
    _add_reports(cells, world, day)
    return cells


def _add_dossiers(cells: dict[Cell, Figures], world: World, day: date) -> None:
    tally: Tally = defaultdict(int)
    for case in _cases(world, day):
        for what, when in _events(case, day):
            _count(tally, what, _places(case.area_id, when), when)
        for what, month, when in _states(case, day):
            _count(tally, what, _places(case.area_id, when), month)
    for boundaries, area_id, month in _months_told(tally, day):
        place = (boundaries, area_id, month)
        for metric, what in COUNTS.items():
            cells[metric, *place] = _plain(tally[what, *place])
        for metric, (above, below) in RATES.items():
            numerator = sum(tally[what, *place] for what in above)
            cells[metric, *place] = _rate(numerator, sum(tally[what, *place] for what in below))
        if boundaries == Boundaries.TODAY or _lives(area_id, _last_day(month, day)):
            for metric, what in STOCKS.items():
                cells[metric, *place] = _plain(tally[what, *place])


def _add_documents(cells: dict[Cell, Figures], world: World, day: date) -> None:
    tally: Tally = defaultdict(int)
    for area_id, when, words in _letters(world, day):
        for what in words:
            _count(tally, what, _places(area_id, when), when)
    for place in _months_told(tally, day):
        cells["docs_sent", *place] = _plain(tally["sent", *place])
        for metric, what in SHARES.items():
            cells[metric, *place] = _rate(tally[what, *place], tally["sent", *place])


def _add_reports(cells: dict[Cell, Figures], world: World, day: date) -> None:
    """What the monthly reports say that were there by the end of the day."""
    above: Tally = defaultdict(int)
    below: Tally = defaultdict(int)
    month = world.start.replace(day=1)
    while report_second(month) <= end_of_day(day):
        last = add_months(month, 1) - ONE_DAY
        for line in (line for home in world.provinces for line in world.reports(home, month)):
            area = register().at(line.area, last)
            for boundaries, area_id in _places(area.area_id, last):
                if line.metric == SIGNING or register().get(area_id).level is area.level:
                    above[line.metric, boundaries, area_id, month] += line.numerator
                    below[line.metric, boundaries, area_id, month] += line.denominator
        month = add_months(month, 1)
    for cell, denominator in below.items():
        cells[cell] = _rate(above[cell], denominator)


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
        for row in zip(*(column.tolist() for column in columns), strict=True):
            desk, received, refused, due, finished, withdrawn, channel, *waits = row
            yield Case(
                area_id=province.desks[desk].area_id,
                received=_day(received),
                refused=_day(refused),
                due=None if due >= NEVER else _day(due),
                finished=_day(finished),
                withdrawn=_day(withdrawn),
                online=channel == ONLINE,
                waits=tuple(
                    (_day(start), _day(end))
                    for start, end in zip(waits[::2], waits[1::2], strict=True)
                    if start < NEVER
                ),
            )


def _events(case: Case, day: date) -> Iterator[tuple[str, date]]:
    """What counts on the day it happens."""
    if case.refused < FOREVER:
        yield "refused", case.refused
    if case.received == FOREVER:
        return
    yield "received", case.received
    if case.online:
        yield "received_online", case.received
    if case.due is None:
        yield "null_due", case.received
    else:
        yield "received_due", case.received
        month_end = _last_day(case.received.replace(day=1), day)
        if _term_ran_out(case, case.due) > month_end:
            yield "unbroken", case.received
    if case.withdrawn < FOREVER:
        yield "withdrawn", case.withdrawn
    elif case.finished < FOREVER:
        yield "resolved", case.finished
        if case.due is not None:
            yield _punctuality(case.finished, case.due), case.finished


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
        last = _last_day(month, day)
        if ended <= last:
            return
        if case.received <= last:
            yield from ((what, month, last) for what in _state(case, last))
        month = add_months(month, 1)


def _state(case: Case, on: date) -> Sequence[str]:
    if any(start <= on < end for start, end in case.waits):
        return ("paused",)
    is_overdue = case.due is not None and case.due < on
    return ("pending", "overdue") if is_overdue else ("pending",)


def _letters(world: World, day: date) -> Iterator[tuple[str, date, Sequence[str]]]:
    """Where every document was sent from, when, and what it counts as."""
    marks_secrets = {system.code for system in systems() if system.dialect == "vendor"}
    for home, province in world.provinces.items():
        documents = world.documents(home, end_of_day(day))
        columns = (
            documents.desk, documents.sent, documents.signed, documents.paper,
            documents.secret, documents.business,
        )  # fmt: skip
        for row in zip(*(column.tolist() for column in columns), strict=True):
            desk, sent, signed, paper, secret, business = row
            sender = province.desks[desk]
            if secret and sender.system in marks_secrets:
                continue
            words = ["revoked"] if business == REVOKE else ["sent"]
            if business != REVOKE:
                words += ["signed"] * signed + ["electronic"] * (not paper)
            yield sender.area_id, _day(sent), words


def _count(tally: Tally, what: str, places: Iterable[tuple[str, str]], when: date) -> None:
    for boundaries, area_id in places:
        tally[what, boundaries, area_id, when.replace(day=1)] += 1


@cache
def _places(area_id: str, day: date) -> tuple[tuple[str, str], ...]:
    """Everywhere something in an area counts that happens on a day: boundaries and area."""
    then = [(Boundaries.THEN.value, one) for one in _above(_responsible(area_id, day), day)]
    today = [(Boundaries.TODAY.value, one) for one in _present(area_id)]
    return (*then, *today)


@cache
def _closure(boundaries: Boundaries) -> dict[str, list[tuple[str, date, date]]]:
    """What every area counts towards, from when until before when."""
    links: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
    for link in register().closure(boundaries):
        start, end = link.valid_from or date.min, link.valid_until or date.max
        links[link.area_id].append((link.ancestor_id, start, end))
    return links


def _above(area_id: str, day: date) -> Iterable[str]:
    """The area and all it lies in on a day, the country always."""
    links = _closure(Boundaries.THEN)[area_id]
    return {COUNTRY_ID} | {above for above, start, end in links if start <= day < end}


def _present(area_id: str) -> Iterable[str]:
    """What the whole history of an area counts towards on today's map."""
    return {COUNTRY_ID} | {above for above, _, _ in _closure(Boundaries.TODAY)[area_id]}


def _responsible(area_id: str, day: date) -> str:
    """The area that answers for another on a day: itself, its main successor, or its parent."""
    area = register().get(area_id)
    if area.is_valid(day) or area.valid_until is None or day < area.valid_until:
        return area_id
    for change in register().successors(area_id):
        if change.is_default and change.new_id is not None:
            return _responsible(change.new_id, day)
    return _responsible(_parent(area), day)


def _parent(area: Area) -> str:
    """What an area lay in when it ended."""
    chain = list(register().ancestors(area.area_id).values())
    return chain[-2]


def _months_told(tally: Tally, day: date) -> Iterator[tuple[str, str, date]]:
    """Every area from the month of its first event to the month of the day, while it exists."""
    first: dict[tuple[str, str], date] = {}
    for _, boundaries, area_id, month in tally:
        begun = first.get((boundaries, area_id), month)
        first[boundaries, area_id] = min(begun, month)
    for (boundaries, area_id), month in first.items():
        while month <= day:
            if boundaries == Boundaries.TODAY or _lives_in(area_id, month):
                yield boundaries, area_id, month
            month = add_months(month, 1)  # noqa: PLW2901 - it walks on


def _lives_in(area_id: str, month: date) -> bool:
    """Whether an area exists on some day of a month."""
    area = register().get(area_id)
    begun = area.valid_from is None or area.valid_from < add_months(month, 1)
    return begun and (area.valid_until is None or month < area.valid_until)


def _lives(area_id: str, day: date) -> bool:
    return register().get(area_id).is_valid(day)


def _last_day(month: date, day: date) -> date:
    """The last day of a month, as far as it is known."""
    return min(add_months(month, 1) - ONE_DAY, day)


def _day(seconds: int) -> date:
    return FOREVER if seconds >= NEVER else date_of(seconds // DAY)


def _plain(count: int) -> Figures:
    return Figures(count, None, count)


def _rate(numerator: int, denominator: int) -> Figures:
    return Figures(numerator, denominator, 100 * numerator / denominator if denominator else None)
