"""One sheet of a workbook as rows of texts: its header, and what its cells mean."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet

from datasources.base import Document, Note, Read, Rejected
from datasources.kinds.workbooks_config import XlsxConfig
from datasources.reading.arrow import Numbers
from datasources.reading.mapped import EVENT, MANY, column_named, kinds_of, wanted
from datasources.reading.mapping import AREA_FIELDS
from datasources.reading.texts import ShapeError, column_of, text_of
from domain.errors import SourceError
from domain.record import FieldType

DATES = (FieldType.INSTANT, FieldType.DATE)
SERIALS = (25_569, 73_415)
"""Numbers of days that stand for a date from 1970 to 2100; a year such as 2020 is none."""

SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (a wall time, like all of a workbook)
BETWEEN = " / "


class Cells:
    """One sheet as texts, under the stanza's names; rows are counted as the workbook shows them."""

    def __init__(
        self, sheet: CalamineSheet, document: Document, config: XlsxConfig, source: str
    ) -> None:
        self._name, self._source, self._config = document.name, source, config
        self._kinds, self._wanted = kinds_of(config), wanted(config)
        rows = sheet.to_python(skip_empty_area=False)
        first = config.header_row - 1
        body = first + config.header_rows
        self.header = _header(rows[first:body], first, sheet.merged_cell_ranges or [])
        if not any(self.header):
            fact = f"{self._name} has no header in row {config.header_row} of '{sheet.name}'"
            raise SourceError(source, fact, "Correct sheet or header_row in config/sources.toml")
        self._columns = {field: self._column(field, name) for field, name in self._wanted.items()}
        self._texts: dict[tuple[int, str], list[str | None]] = {
            self._place(field): [] for field in self._wanted
        }
        self._wrong: list[tuple[int, str, str]] = []
        self._skipped = self._count = 0
        taken = [row for row, cells in enumerate(rows[body:], body + 1) if self._takes(row, cells)]
        self.rows: Numbers = np.array(taken, np.int64)

    def told(self, record: str) -> Iterator[Read | Note | Rejected]:
        """The rows read, the columns and rows passed over, and the rows with what is no value."""
        yield Read(self._count)
        read = {self.header[place] for place in self._columns.values()}
        unused = [name for name in self.header if name and name not in read]
        if unused:
            shown = ", ".join(unused[:MANY]) + (" …" if len(unused) > MANY else "")
            yield Note(f"{self._name}: columns not read: {shown}.")
        if self._skipped:
            words = ", ".join(self._config.skip)
            yield Note(f"{self._name}: {self._skipped} rows that begin with {words} passed over.")
        for row, field, reason in self._wrong:
            yield Rejected(record, row, field, "shape", reason)

    def table(self, columns: Mapping[str, str]) -> pa.Table:
        """The columns that fill fields, under the fields' names."""
        places = [
            (self._column(field, name), self._manner(field)) for field, name in columns.items()
        ]
        return pa.table([column_of(self._texts[one]) for one in places], names=list(columns))

    def _column(self, field: str, name: str) -> int:
        found = column_named(name, field, self.header, self._source, self._name)
        return self.header.index(found)

    def _place(self, field: str) -> tuple[int, str]:
        return self._columns[field], self._manner(field)

    def _manner(self, field: str) -> str:
        """How numbers of a column are written: as dates, as codes of areas, or as they are."""
        name = field.removeprefix(EVENT)
        if self._kinds[name] in DATES:
            return "date"
        return "area" if name in AREA_FIELDS else ""

    def _takes(self, row: int, cells: Sequence[Any]) -> bool:
        """Whether a row's values could all be read; they join the columns then."""
        given = [one for one in cells if one != ""]
        if not given:
            return False
        if self._config.skip and str(given[0]).strip().startswith(self._config.skip):
            self._skipped += 1
            return False
        self._count += 1
        found: dict[tuple[int, str], str | None] = {}
        for field in self._wanted:
            place = self._place(field)
            try:
                value = cells[place[0]] if place[0] < len(cells) else ""
                found[place] = text_of(_meant(value, place[1]), self._config.decimal)
            except ShapeError as error:
                self._wrong.append((row, field.removeprefix(EVENT), str(error)))
                return False
        for place, text in found.items():
            self._texts[place].append(text)
        return True


def _meant(value: Any, manner: str) -> Any:
    """What a cell means: a number among dates is a count of days, a code may lack its first 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if manner == "date" and SERIALS[0] <= value <= SERIALS[1]:
        seconds = round(value * 86_400)
        return _plain_day(SERIAL_ZERO + timedelta(seconds=seconds))
    if manner == "area" and 1000 <= value <= 9999 and value == int(value):
        return f"{int(value):05}"
    return value


def _plain_day(moment: datetime) -> datetime | date:
    """Midnight as the day: a bare day may mean its end."""
    return (
        moment.date() if moment == datetime.combine(moment.date(), datetime.min.time()) else moment
    )


def _header(
    rows: Sequence[Sequence[Any]], first: int, merged: Sequence[tuple[tuple[int, int], ...]]
) -> list[str]:
    """One name for each column: the different texts above one another, joined.

    A merged cell's text stands for all the cells it covers.
    """
    cells = [[str(value).strip() for value in row] for row in rows]
    for (top, left), (bottom, right) in merged:
        if not first <= top < first + len(cells):
            continue
        text = cells[top - first][left] if left < len(cells[top - first]) else ""
        for row in cells[top - first : bottom - first + 1]:
            row[left : right + 1] = [text] * len(row[left : right + 1])
    parts = [
        dict.fromkeys(" ".join(one.split()) for one in column if one)
        for column in zip(*cells, strict=True)
    ]
    return [BETWEEN.join(one) for one in parts]
