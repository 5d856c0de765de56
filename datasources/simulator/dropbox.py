"""The files the simulated province leaves behind: edXML messages and monthly reports.

Every file appears whole, by a rename, and carries the time of its event, so writing the same
past again changes nothing.
"""

import csv
import io
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from datasources.simulator.clock import DAY, HOUR, OFFSET, date_of, day_number
from datasources.simulator.desks import Desk, systems
from datasources.simulator.edxml import Clerk, Message
from datasources.simulator.work_files import Line
from datasources.simulator.world import World
from domain.period import add_months

DOCUMENTS, REPORTS = "edxml", "reports"
REPORTED_ON = 3  # the day of the next month on which a month's report is there
COLUMNS = (
    "metric", "area", "level", "period_start", "period_end",
    "numerator", "denominator", "value", "as_reported", "citation", "note",
)  # fmt: skip
ORGANISATION_COLUMNS = ("code", "name", "area_code", "level", "kind", "valid_from", "valid_until")


class Dropbox:
    """The folder of one world. `catch_up` writes what has happened since the last call."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._until = 0
        by_code = {system.code: system for system in systems()}
        self._clerks = {
            home: Clerk(province.desks, by_code) for home, province in world.provinces.items()
        }

    def catch_up(self, now: int) -> int:
        """Write every file due by the local second `now`; the number of files written."""
        since, self._until = self._until, now + 1
        written = 0
        for home, clerk in self._clerks.items():
            documents = self._world.documents(home, now)
            written += sum(map(self._drop, clerk.messages(documents, since, now + 1)))
        return written + self._report(since, now)

    def _drop(self, message: Message) -> bool:
        day = date_of(message.at // DAY)
        path = self._folder / DOCUMENTS / f"{day:%Y}" / f"{day:%m}" / message.name
        return not path.exists() and _appear(path, message.text, message.at)

    def _report(self, since: int, now: int) -> int:
        """The file of every month whose day of reporting has come, by year."""
        written = 0
        for month in _months(self._world.start, date_of(now // DAY)):
            due = report_second(month)
            if since <= due <= now:
                path = self._folder / REPORTS / f"{month:%Y-%m}.csv"
                written += not path.exists() and _appear(path, self._month(month), due)
        return written

    def _month(self, month: date) -> str:
        lines = [
            line for home in self._world.provinces for line in self._world.reports(home, month)
        ]
        return _csv(COLUMNS, map(_report_row, lines))


def report_second(month: date) -> int:
    """The local second at which a month's report is there."""
    return (day_number(add_months(month, 1)) + REPORTED_ON - 1) * DAY + 8 * HOUR


def organisations_csv(world: World) -> str:
    """The register of every desk, for `config/organisations.csv`.

    Codes are in the order of Decision 20/2020/QĐ-TTg; `valid_until` is not included.
    """
    desks = (desk for province in world.provinces.values() for desk in province.desks)
    return _csv(ORGANISATION_COLUMNS, map(_organisation_row, desks))


def _organisation_row(desk: Desk) -> tuple[str, ...]:
    kind = "department" if desk.department else "committee"
    return desk.code, desk.name, desk.area_code, desk.level, kind, *_life(desk)


def _life(desk: Desk) -> tuple[str, str]:
    """Empty at the ends that are as far away as days go."""
    ends = date_of(desk.first), date_of(desk.until)
    first, until = (day.isoformat() if 2000 < day.year < 9999 else "" for day in ends)
    return first, until


def _report_row(line: Line) -> tuple[object, ...]:
    """A report holds the two counts; the rest of its columns are empty."""
    return (*line, "", 0, "", "")


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _months(first: date, last: date) -> list[date]:
    months = [first.replace(day=1)]
    while (following := add_months(months[-1], 1)) <= last:
        months.append(following)
    return months


def _appear(path: Path, text: str, at: int) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_text(text, encoding="utf-8")
    os.utime(half, (at - OFFSET, at - OFFSET))
    half.replace(path)
    return True
