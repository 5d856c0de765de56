"""Locked periods ("chốt số liệu"): whose figures no longer move, since when, and by whom.

IOC_HOME/config/locks.csv is a book: every line is one decision, the last one about an area and
a period holds, and none is ever changed. A locked value is shown as it was known at the end of
the day of the lock; what has been learnt since stands beside it as a restatement.
"""

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from domain.area import AreaRegister
from domain.dossier import VIETNAM, local_day
from domain.errors import AreaError, CatalogueError, IocError, SelectionError
from domain.period import Grain, ReportingCalendar, Span, add_months, period_end
from metrics.leaves import area_and_all_in_it
from metrics.stanza import DefinitionError

FILE = "locks.csv"
COLUMNS = ("action", "period_start", "period_end", "area", "at", "by", "snapshot", "note")
LOCK, UNLOCK = "lock", "unlock"
FORMULA_STARTS = ("=", "+", "-", "@")
MONTH = re.compile(r"(\d{4})-(\d{2})")
QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])")
YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Lock:
    """One decision: the figures of an area, and of all in it, for a period and all within it.

    `area` is an area id, `at` the instant of the decision, `snapshot` what was on screen then.
    """

    action: str
    span: Span
    area: str
    at: datetime
    by: str
    snapshot: str
    note: str = ""

    @property
    def day(self) -> date:
        """The day, in Vietnam, at whose end the figures are frozen."""
        return local_day(self.at)

    def covers(self, area_id: str, span: Span, register: AreaRegister) -> bool:
        """Whether a value of an area and a period is one of those decided about."""
        within = self.span.start <= span.start and span.end <= self.span.end
        return within and area_id in area_and_all_in_it(register, self.area)


@dataclass(frozen=True)
class Locks:
    """The locks that hold, oldest first, and every decision. `version` is part of cache keys."""

    held: tuple[Lock, ...] = ()
    book: tuple[Lock, ...] = ()
    version: str = ""

    def lock(self, area_id: str, span: Span, register: AreaRegister) -> Lock | None:
        """The lock on a value: the first that covers it, as later ones freeze what is frozen."""
        covering = (one for one in self.held if one.covers(area_id, span, register))
        return next(covering, None)


def load_locks(path: Path | None, register: AreaRegister) -> Locks:
    """The locks of a file; none where there is no file. Raises DefinitionError."""
    if path is None or not path.exists():
        return Locks()
    text = path.read_text(encoding="utf-8-sig")
    problems: list[CatalogueError] = []
    book = tuple(_read(path.name, text, register, problems))
    if problems:
        raise DefinitionError(problems)
    held: dict[tuple[str, Span], Lock] = {}
    for one in book:
        held.pop((one.area, one.span), None)
        if one.action == LOCK:
            held[one.area, one.span] = one
    return Locks(tuple(held.values()), book, hashlib.sha256(text.encode()).hexdigest()[:12])


def _read(
    name: str, text: str, register: AreaRegister, problems: list[CatalogueError]
) -> Iterator[Lock]:
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        fact = f"must begin with the line {','.join(COLUMNS)}"
        problems.append(CatalogueError(name, "", "", fact))
        return
    for row in rows:
        try:
            yield _lock(row, register)
        except (ValueError, TypeError, IocError) as error:
            told = error.message if isinstance(error, IocError) else str(error)
            way_on = "Write it with `python app.py lock`"
            problems.append(CatalogueError(name, f"line {rows.line_num}", "", told, way_on))


def _lock(row: Mapping[str, str | None], register: AreaRegister) -> Lock:
    if None in row or None in row.values():
        raise ValueError(f"must have {len(COLUMNS)} fields")
    told = {key: str(value).strip() for key, value in row.items()}
    if told["action"] not in (LOCK, UNLOCK):
        raise ValueError(f"has the action '{told['action']}', which is neither lock nor unlock")
    at = datetime.fromisoformat(told["at"])
    if at.tzinfo is None:
        raise ValueError(f"has the instant '{told['at']}' without its time zone")
    days = (date.fromisoformat(told[key]) for key in ("period_start", "period_end"))
    area = register.get(told["area"]).area_id
    return Lock(told["action"], Span(*days), area, at, told["by"], told["snapshot"], told["note"])


# ---- deciding


def decide(path: Path, decision: Lock, register: AreaRegister, horizon: date) -> None:
    """Add a decision to the book, on disk before it returns.

    Raises SelectionError for a period that is not over, for one that is locked already, or is
    not locked and is to be opened, and for a decision by nobody.
    """
    held = load_locks(path, register)
    _refuse(held, decision, register, horizon)
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    if is_new:
        lines.writerow(COLUMNS)
    lines.writerow(_row(decision))
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())


def _refuse(held: Locks, decision: Lock, register: AreaRegister, horizon: date) -> None:
    if not decision.by:
        raise SelectionError("A lock is somebody's decision. Say whose with --by.")
    name = register.get(decision.area).full_name
    period = f"{decision.span.start:%d/%m/%Y}–{decision.span.last_day:%d/%m/%Y}"
    exact = next(
        (one for one in held.held if (one.area, one.span) == (decision.area, decision.span)), None
    )
    if decision.action == UNLOCK:
        if exact is None:
            raise SelectionError(f"{name}, {period}, is not locked. `python app.py locks` lists.")
        return
    covering = held.lock(decision.area, decision.span, register)
    if covering is not None:
        raise SelectionError(
            f"{name}, {period}, is locked since {covering.day:%d/%m/%Y} by {covering.by}. "
            "Unlock it first if it must be locked anew."
        )
    if decision.span.end > horizon:
        raise SelectionError(
            f"{period} is not over in the figures, which end on {horizon:%d/%m/%Y}. "
            "Lock it once it is."
        )


def _row(decision: Lock) -> tuple[str, ...]:
    span = decision.span
    at = decision.at.astimezone(VIETNAM).isoformat(timespec="seconds")
    spoken = (decision.by, decision.snapshot, decision.note)
    by, snapshot, note = (_harmless(" ".join(text.split())) for text in spoken)
    days = (span.start.isoformat(), span.end.isoformat())
    return (decision.action, *days, decision.area, at, by, snapshot, note)


def _harmless(text: str) -> str:
    """What people wrote, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def period_of(text: str, reporting: ReportingCalendar = ReportingCalendar.MONTH) -> Span:
    """The days of "2025", "2025-Q2", "2025-06" or "2025-06-01..2025-07-01" (end not included).

    Months, quarters and years are those of the reporting calendar. Raises SelectionError.
    """
    try:
        return _period(text.strip(), reporting)
    except ValueError as error:
        raise SelectionError(
            f"'{text}' is no period. Write 2025, 2025-Q2, 2025-06 or FROM..TO with two days."
        ) from error


def _period(text: str, reporting: ReportingCalendar) -> Span:
    if found := MONTH.fullmatch(text):
        return _reported(date(int(found[1]), int(found[2]), 1), Grain.MONTH, reporting)
    if found := QUARTER.fullmatch(text):
        return _reported(date(int(found[1]), 3 * int(found[2]) - 2, 1), Grain.QUARTER, reporting)
    if YEAR.fullmatch(text):
        return _reported(date(int(text), 1, 1), Grain.YEAR, reporting)
    start, dots, end = text.partition("..")
    if not dots:
        raise ValueError(text)
    return Span(date.fromisoformat(start), date.fromisoformat(end))


def _reported(first: date, grain: Grain, reporting: ReportingCalendar) -> Span:
    """The period named after the calendar's one that begins on `first`."""
    is_shifted = reporting is ReportingCalendar.ND09
    start = add_months(first, -1).replace(day=15) if is_shifted else first
    return Span(start, period_end(start, grain, reporting))


def told(lock: Lock, register: AreaRegister) -> str:
    """One decision as a line for a terminal."""
    try:
        name = register.get(lock.area).full_name
    except AreaError:
        name = lock.area
    period = f"{lock.span.start:%d/%m/%Y}–{lock.span.last_day:%d/%m/%Y}"
    at = lock.at.astimezone(VIETNAM)
    note = f"  {lock.note}" if lock.note else ""
    said = f"{at:%d/%m/%Y %H:%M}  {lock.by}  {lock.snapshot}"
    return f"{lock.action:6}  {period}  {name} ({lock.area})  {said}{note}"
