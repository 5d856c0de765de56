"""The database of tasks and the quarterly workbooks that the simulated provinces leave behind."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from datasources.simulator.clock import DAY, HOUR, OFFSET, date_of, day_number
from datasources.simulator.desks import TWO_LEVELS
from datasources.simulator.offices import (
    CERTIFICATES,
    DOCUMENT_SYSTEM,
    LEADERS,
    ONE_STOP,
    POINTS,
    Figure,
    Task,
    desks_of,
    means,
    tasks,
)
from datasources.simulator.world import World
from domain.period import add_months

TASKS, BOOKS = "nhiem_vu.db", "phuong_tien"
REPORTED_ON = 5  # the day after a quarter's end on which its workbook is there
THEIR_WORDS = {
    CERTIFICATES: "Chứng thư số chuyên dùng đã cấp",
    LEADERS: "Lãnh đạo có chứng thư số",
    POINTS: "Xã nối hội nghị truyền hình",
    DOCUMENT_SYSTEM: "Xã dùng phần mềm quản lý văn bản",
    ONE_STOP: "Xã dùng một cửa điện tử",
}
HEADER = ("Chỉ tiêu", "Mã đơn vị", "Từ ngày", "Đến trước ngày", "Đạt", "Tổng số", "Số lượng")
WIDTHS = (36, 12, 12, 16, 10, 10, 10)
CREATE = """
create table if not exists nhiem_vu (
    so text primary key,
    don_vi text not null,
    ngay_giao text not null,
    han text not null,
    ngay_xong text
)
"""
STATE = "create table if not exists tinh_den (ngay text not null)"
INSERT = """
insert into nhiem_vu (so, don_vi, ngay_giao, han, ngay_xong)
values (:so, :don_vi, :ngay_giao, :han, :ngay_xong)
on conflict (so) do update set ngay_xong = excluded.ngay_xong
"""


class OfficeFiles:
    """The files of one world in a folder. `catch_up` writes what has happened since the last."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._day: date | None = None

    def catch_up(self, now: int) -> int:
        """Write what is due by the local second `now`; the number of files written."""
        today = min(date_of(now // DAY), self._world.end)
        written = sum(map(self._book, self._quarters(now)))
        if today == self._day or today < TWO_LEVELS:
            return written
        self._day = today
        return written + self._write_tasks(today)

    def _quarters(self, now: int) -> Iterator[date]:
        """The quarters whose workbook is due."""
        quarter = TWO_LEVELS
        while quarter < self._world.start:
            quarter = add_months(quarter, 3)
        while book_second(quarter) <= now and add_months(quarter, 3) <= self._world.end:
            yield quarter
            quarter = add_months(quarter, 3)

    def _book(self, quarter: date) -> bool:
        path = self._folder / BOOKS / f"{quarter:%Y}-q{(quarter.month + 2) // 3}.xlsx"
        if path.exists():
            return False
        figures = [
            one
            for home in self._world.provinces
            for one in means(self._world.seed, desks_of(self._world, home), quarter)
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_bytes(_workbook(quarter, figures))
        at = book_second(quarter) - OFFSET
        os.utime(half, (at, at))
        half.replace(path)
        return True

    def _write_tasks(self, today: date) -> bool:
        """Every task that was assigned, or may have been done, since the last time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{self._folder / TASKS}", poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(CREATE))
            connection.execute(text(STATE))
            known = connection.execute(text("select max(ngay) from tinh_den")).scalar()
            if known == str(today):
                return False
            rows = [_row(one) for one in self._tasks(known, today)]
            if rows:
                connection.execute(text(INSERT), rows)
            connection.execute(text("delete from tinh_den"))
            connection.execute(text("insert into tinh_den values (:ngay)"), {"ngay": str(today)})
        return True

    def _tasks(self, known: str | None, today: date) -> Iterator[Task]:
        # A task takes three months at most, from the giving to the doing.
        first = TWO_LEVELS if known is None else add_months(date.fromisoformat(known), -3)
        month = max(first, TWO_LEVELS, self._world.start).replace(day=1)
        while month <= today:
            for home in self._world.provinces:
                yield from tasks(self._world.seed, desks_of(self._world, home), month, today)
            month = add_months(month, 1)


def book_second(quarter: date) -> int:
    """The local second at which a quarter's workbook is there."""
    return (day_number(add_months(quarter, 3)) + REPORTED_ON - 1) * DAY + 9 * HOUR


def _row(task: Task) -> dict[str, str | None]:
    return {
        "so": task.number,
        "don_vi": task.area,
        "ngay_giao": task.assigned.isoformat(),
        "han": task.due.isoformat(),
        "ngay_xong": task.done.isoformat() if task.done else None,
    }


def _workbook(quarter: date, figures: Sequence[Figure]) -> bytes:
    """A sheet as offices write them: a title, an empty row, a header, rows, and a total below."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.combine(quarter, datetime.min.time(), UTC)})
        sheet = book.add_worksheet("Quý")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, f"BÁO CÁO PHƯƠNG TIỆN LÀM VIỆC QUÝ {(quarter.month + 2) // 3}", bold)
        sheet.write_row(2, 0, HEADER, bold)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        for row, one in enumerate(figures, start=3):
            _write(sheet, row, one, day)
        sheet.write(len(figures) + 3, 0, "Tổng cộng")
        sheet.write(len(figures) + 3, 1, len(figures))
    return file.getvalue()


def _write(sheet: Any, row: int, one: Figure, day: Any) -> None:
    sheet.write(row, 0, THEIR_WORDS[one.metric])
    sheet.write_string(row, 1, one.area)
    sheet.write_datetime(row, 2, one.period_start, day)
    sheet.write_datetime(row, 3, one.period_end, day)
    if one.denominator is None:
        sheet.write(row, 6, one.numerator)
    else:
        sheet.write_row(row, 4, (one.numerator, one.denominator))
