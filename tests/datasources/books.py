"""Workbooks for tests, written by a real writer."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter


def workbook(
    rows: Sequence[Sequence[Any]],
    sheet: str = "Sheet1",
    *,
    before: Sequence[str] = (),
    merged: Sequence[tuple[int, int, int, int, str]] = (),
    more: Callable[[Any], None] | None = None,
) -> bytes:
    """One sheet of rows from A1 on, hidden empty ones before it; days are written as days."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name in before:
            book.add_worksheet(name).hide()
        page = book.add_worksheet(sheet)
        if before:
            page.activate()
            page.set_first_sheet()
        for top, left, bottom, right, text in merged:
            page.merge_range(top, left, bottom, right, text)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date | datetime):
                    page.write_datetime(number, column, value, day)
                elif value is not None:
                    page.write(number, column, value)
        if more:
            more(page)
    return file.getvalue()
