"""The working calendar: which days count towards a deadline, and counting with them.

Terms run in working days, Monday to Friday, without public holidays; now and then a weekday
is exchanged for a Saturday that is worked. The dates of Tết and of the second National Day
are decided each autumn for the year after, so a year counts only when it is confirmed.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from domain.errors import CalendarError

REGISTERS = Path(__file__).with_name("registers")
SEED_FILE = REGISTERS / "calendar_seed.csv"
OVERRIDES_FILE = REGISTERS / "calendar_overrides.csv"
COLUMNS = ["date", "is_working", "kind", "note"]
CONFIRMED = "confirmed"
FLAGS = {"0": False, "1": True}


@dataclass(frozen=True)
class CalendarDay:
    """A day that differs from its weekday: a holiday, or a Saturday that is worked."""

    day: date
    is_working: bool
    kind: str
    note: str


class WorkingCalendar:
    """Working days of the confirmed years.

    Every question about a year that is not confirmed raises CalendarError: a deadline
    counted on a guess would be shown as a fact.
    """

    def __init__(self, days: Iterable[CalendarDay], confirmed: Iterable[int]) -> None:
        self._days: Mapping[date, CalendarDay] = {entry.day: entry for entry in days}
        self._confirmed = frozenset(confirmed)
        self._working = [
            day.toordinal()
            for year in sorted(self._confirmed)
            for day in _days_of_year(year)
            if self.is_likely_working(day)
        ]

    @property
    def confirmed_years(self) -> tuple[int, ...]:
        return tuple(sorted(self._confirmed))

    def is_confirmed(self, year: int) -> bool:
        return year in self._confirmed

    def is_working(self, day: date) -> bool:
        """Whether the day counts towards a deadline. Raises CalendarError."""
        self._check(day.year, day.year)
        return self.is_likely_working(day)

    def is_likely_working(self, day: date) -> bool:
        """The same, with the predicted holidays of years not yet confirmed.

        Good enough to tell whether a source can be expected to send; never for a deadline.
        """
        entry = self._days.get(day)
        return day.weekday() < 5 if entry is None else entry.is_working

    def likely_between(self, a: date, b: date) -> int:
        """Likely working days from `a`, not counted, to `b`, counted; 0 if `b` is no later.

        For reminders, which need no certainty about a year that is not confirmed yet.
        """
        days = (date.fromordinal(n) for n in range(a.toordinal() + 1, b.toordinal() + 1))
        return sum(map(self.is_likely_working, days))

    def holiday_name(self, day: date) -> str | None:
        """Why a day is off, in Vietnamese; None for an ordinary or a worked day."""
        entry = self._days.get(day)
        return None if entry is None or entry.is_working else entry.note.partition(";")[0]

    def add(self, start: date, n: int) -> date:
        """The n-th working day after `start`, itself not counted; before it if n < 0.

        With n = 0 it is `start`, working or not. Raises CalendarError if a year on the way
        is not confirmed.
        """
        self._check(start.year, start.year)
        if n == 0:
            return start
        place = self._worked_until(start) + n - 1
        if n < 0:
            place = self._worked_until(start - timedelta(days=1)) + n
        if not 0 <= place < len(self._working):
            edge = max(self._confirmed) + 1 if n > 0 else min(self._confirmed) - 1
            raise self._unconfirmed(edge)
        found = date.fromordinal(self._working[place])
        self._check(*sorted((start.year, found.year)))
        return found

    def between(self, a: date, b: date) -> int:
        """Working days from `a`, not counted, to `b`, counted; negative if `b` is earlier.

        `between(a, add(a, n)) == n`. Raises CalendarError if a year on the way is not
        confirmed.
        """
        self._check(*sorted((a.year, b.year)))
        if a <= b:
            return self._worked_until(b) - self._worked_until(a)
        eve = timedelta(days=1)
        return self._worked_until(b - eve) - self._worked_until(a - eve)

    def _worked_until(self, day: date) -> int:
        """How many working days the confirmed years hold up to and including `day`."""
        return bisect_right(self._working, day.toordinal())

    def _check(self, first: int, last: int) -> None:
        for year in range(first, last + 1):
            if year not in self._confirmed:
                raise self._unconfirmed(year)

    def _unconfirmed(self, year: int) -> CalendarError:
        return CalendarError(
            f"{year}: calendar not confirmed, so no working day in it is counted. Once the "
            f"year's holidays are decided, add them and the line '{year},,{CONFIRMED},' with "
            "the decision's number to config/calendar.csv."
        )


def _days_of_year(year: int) -> Iterator[date]:
    first = date(year, 1, 1).toordinal()
    return map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))


def load_calendar(extra: Path | None = None) -> WorkingCalendar:
    """The shipped calendar, overridden by the file `extra` if there is one.

    Read once, and again whenever `extra` has changed.

    Lines are `date,is_working,kind,note`. A later file has the last word on a day. A line
    whose kind is "confirmed" has a year for its date and says that the year is settled.
    Raises CalendarError naming file and line.
    """
    if extra is None or not extra.exists():
        return _load(None, 0)
    return _load(extra, extra.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _load(extra: Path | None, _changed_ns: int) -> WorkingCalendar:
    days: dict[date, CalendarDay] = {}
    confirmed: set[int] = set()
    for path in (SEED_FILE, OVERRIDES_FILE, extra):
        if path is not None:
            entries, years = _read(path)
            days.update({entry.day: entry for entry in entries})
            confirmed.update(years)
    return WorkingCalendar(days.values(), confirmed)


def _read(path: Path) -> tuple[list[CalendarDay], list[int]]:
    """The days and the confirmed years of one calendar file."""
    entries: dict[date, CalendarDay] = {}
    years = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            raise CalendarError(f"{path}: the first line must read {','.join(COLUMNS)}.")
        for row in rows:
            place = f"{path}, line {rows.line_num}"
            if row["kind"] == CONFIRMED:
                years.append(_year(row["date"], place))
                continue
            entry = _entry(row, place)
            if entry.day in entries:
                raise CalendarError(f"{place}: {entry.day} is there twice. Keep one line.")
            entries[entry.day] = entry
    return list(entries.values()), years


def _year(text: str, place: str) -> int:
    if not (text.isdecimal() and len(text) == 4):
        raise CalendarError(f"{place}: '{text}' is not a year. A confirmed line begins with one.")
    return int(text)


def _entry(row: Mapping[str, str | None], place: str) -> CalendarDay:
    if None in row or None in row.values():
        raise CalendarError(f"{place}: a line has four fields, {','.join(COLUMNS)}.")
    day, is_working, kind, note = (str(row[column]).strip() for column in COLUMNS)
    try:
        parsed = date.fromisoformat(day)
    except ValueError as error:
        raise CalendarError(f"{place}: '{day}' is not a date. Write YYYY-MM-DD.") from error
    if is_working not in FLAGS:
        raise CalendarError(f"{place}: is_working is '{is_working}'. Write 1 or 0.")
    return CalendarDay(parsed, FLAGS[is_working], kind, note)
