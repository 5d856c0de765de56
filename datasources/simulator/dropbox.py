"""The files the simulated province leaves behind: messages, reports, feedback, organisations.

Every file appears whole, by a rename, and carries the time of its event, so writing the same
past again changes nothing.
"""

import csv
import io
import json
import os
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path

from datasources.simulator.clock import DAY, HOUR, OFFSET, date_of, day_number
from datasources.simulator.desks import Desk, systems
from datasources.simulator.edxml import Clerk, Message
from datasources.simulator.feedback import (
    CSV_CHANNELS,
    JSON_CHANNELS,
    WEEK,
    as_csv,
    as_json,
    files,
    shown,
)
from datasources.simulator.feeds import drops
from datasources.simulator.work_files import Line
from datasources.simulator.world import World
from domain.area import Level
from domain.period import add_months

DOCUMENTS, REPORTS, FEEDBACK, CATALOGUE = "edxml", "reports", "feedback", "organisations"
FEEDBACK_FILES = {"csv": CSV_CHANNELS, "json": JSON_CHANNELS}
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
        written += self._report(since, now)
        first = day_number(self._world.start) * DAY
        written += sum(self._feedback(at) for at in files(max(since, first), now))
        for drop in drops(self._world, since, now):
            path = self._folder / drop.path
            written += not path.exists() and _appear(path, drop.text, drop.at)
        return written + self._catalogue(since, now)

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

    def _feedback(self, at: int) -> int:
        """The week's files: what changed since the ones before, of every province."""
        written = 0
        for kind, channels in FEEDBACK_FILES.items():
            told = [
                (one, province.desks[one.report.desk])
                for home, province in self._world.provinces.items()
                for one in (shown(each, at) for each in self._world.feedback(home, at))
                if one.report.channel in channels and one.updated > at - WEEK
            ]
            path = self._folder / FEEDBACK / kind / f"{date_of(at // DAY)}.{kind}"
            text = as_csv(told) if kind == "csv" else as_json(told)
            written += bool(told) and not path.exists() and _appear(path, text, at)
        return written

    @cached_property
    def _change_days(self) -> list[int]:
        """The days on which organisations began, and the first day of all."""
        desks = [desk for province in self._world.provinces.values() for desk in province.desks]
        first = day_number(self._world.start)
        return sorted({first, *(desk.first for desk in desks if desk.first > first)})

    def _catalogue(self, since: int, now: int) -> int:
        """The catalogue of organisations; one that is there already is written anew."""
        days = [day for day in self._change_days if since <= day * DAY + HOUR <= now]
        if not days:
            return 0
        path = self._folder / CATALOGUE / "danh-muc.json"
        text, is_new = catalogue_json(self._world, days[-1]), not path.exists()
        if is_new or path.read_text(encoding="utf-8") != text:
            _appear(path, text, days[-1] * DAY + HOUR)
        return int(is_new)

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


def catalogue_json(world: World, day: int) -> str:
    """Every organisation that had begun by a day, as an integration platform lists them.

    Provinces, districts and departments in the older order of codes, communes in the newer.
    """
    desks = (desk for province in world.provinces.values() for desk in province.desks)
    entries = [_entry(desk, day) for desk in desks if desk.first <= day]
    return json.dumps(entries, ensure_ascii=False, indent=0)


def _entry(desk: Desk, day: int) -> dict[str, str | None]:
    first, until = _life(desk)
    place = "Cap1" if not desk.parts else "Cap3" if desk.level is Level.COMMUNE else "Cap2"
    return {
        f"MaDinhDanh{place}": desk.code if place == "Cap3" else desk.old_code,
        "TenDonVi": desk.name,
        "DiaChi": None,
        "SoDienThoai": None,
        "MaDonViHanhChinh": desk.area_code,
        "NgayHieuLuc": first,
        "NgayHetHieuLuc": until if desk.until <= day else "",
    }


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
