"""One delimited file as a table of texts, and everything that can be wrong with it as a file.

Only the columns that are asked for are ever turned into values; the rest of the file is passed
over as bytes.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from datasources.base import Document, Note, Read, Rejected
from datasources.reading.arrow import TEXTS, Numbers
from datasources.reading.mapped import MANY, column_named
from domain.errors import SourceError

BLOCK = 4 * 1024**2
HEADER = 1024**2
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
FIRST_ROW = 2
CONFIGURATION = "config/sources.toml"


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","


class Delivered:
    """One file as a table of texts: the columns that are asked for, and each row's number.

    `columns` names the file's column for each of our fields; those of `repeating` are read as
    texts that are each held once.
    """

    def __init__(
        self,
        document: Document,
        source: str,
        style: Style,
        columns: Mapping[str, str],
        repeating: Collection[str] = (),
    ) -> None:
        self.document = document
        self.source = source
        self.style = style
        if document.content.startswith(COMPRESSED):
            raise self._error("is a compressed file", "Unpack it first")
        self.header = header_of(document, style)
        if not self.header:
            raise self._error("is empty", "Check the export that writes it")
        self.wanted = {self._column(field, name): name for field, name in columns.items()}
        often = {columns[field] for field in repeating}
        often -= {name for field, name in columns.items() if field not in repeating}
        self.types = {
            one: TEXTS if name in often else pa.string() for one, name in self.wanted.items()
        }
        self.texts, self.torn = self._read(sorted(self.wanted))
        self.height = self.texts.num_rows
        self.rows = self._row_numbers()

    def told(self, record: str) -> Iterator[Read | Note | Rejected]:
        """The rows read, the columns passed over, and the rows that are torn."""
        yield Read(self.height + len(self.torn))
        unused = [name for name in self.header if name and name not in self.wanted]
        if unused:
            shown = ", ".join(unused[:MANY]) + (" …" if len(unused) > MANY else "")
            yield Note(f"{self.document.name}: columns not read: {shown}.")
        for row in self.torn:
            reason = "has more or fewer fields than the header"
            yield Rejected(record, row, "", "row", reason)

    def table(self, columns: Mapping[str, str]) -> pa.Table:
        """The columns that fill fields, under the fields' names."""
        return pa.table(
            [self.texts[self._column(field, name)] for field, name in columns.items()],
            names=list(columns),
        )

    def _column(self, field: str, name: str) -> str:
        """The column of the file that the stanza calls `name`."""
        return column_named(name, field, self.header, self.source, self.document.name)

    def _read(self, wanted: list[str]) -> tuple[pa.Table, list[int]]:
        """All rows as wide as the header, and the numbers of the others."""
        torn: list[int | None] = []
        try:
            table = self._arrow(wanted, torn, threads=True)
            if torn:
                # Only a single thread knows the numbers of the rows.
                torn.clear()
                table = self._arrow(wanted, torn, threads=False)
        except (pa.ArrowInvalid, UnicodeError, LookupError) as error:
            raise self._unreadable(error) from None
        numbers = [number for number in torn if number is not None]
        self._refuse_cut_off(numbers, table.num_rows)
        return table, numbers

    def _arrow(self, wanted: list[str], torn: list[int | None], *, threads: bool) -> pa.Table:
        def skip(row: arrow_csv.InvalidRow) -> Literal["skip"]:
            torn.append(row.number)
            return "skip"

        return arrow_csv.read_csv(
            pa.BufferReader(self.document.content),  # type: ignore[arg-type]  # the stubs lack it
            arrow_csv.ReadOptions(
                use_threads=threads, block_size=BLOCK, encoding=self.style.encoding
            ),
            arrow_csv.ParseOptions(
                delimiter=self.style.delimiter,
                # Only between quotes may a row go on in the next line.
                newlines_in_values=b'"' in self.document.content,
                invalid_row_handler=skip,
            ),
            arrow_csv.ConvertOptions(
                column_types=self.types,
                include_columns=wanted,
                strings_can_be_null=True,
                null_values=[""],
            ),
        )

    def _refuse_cut_off(self, torn: list[int], whole: int) -> None:
        """A last row that stops short means that the file was cut off, not that it has a footer."""
        content = self.document.content
        if not torn or torn[-1] != whole + len(torn) + FIRST_ROW - 1:
            return
        if not content.endswith((b"\n", b"\r", b"\n\0")) or content.count(b'"') % 2:
            fact = f"ends in the middle of row {torn[-1]}"
            raise self._error(fact, "Wait until it is copied whole, or export it again")

    def _row_numbers(self) -> Numbers:
        everything = np.arange(FIRST_ROW, FIRST_ROW + self.height + len(self.torn))
        return np.setdiff1d(everything, np.array(self.torn, dtype=np.int64), assume_unique=True)

    def _unreadable(self, error: Exception) -> SourceError:
        """The reader's own words may quote the file; ours do not."""
        if isinstance(error, UnicodeError | LookupError) or "UTF8" in str(error):
            fact = f"is not written in {self.style.encoding}"
            return self._error(fact, f"Set encoding in {CONFIGURATION}, such as windows-1258")
        return self._error(
            "cannot be read as rows and columns", f"Check delimiter in {CONFIGURATION}"
        )

    def _error(self, fact: str, way_on: str) -> SourceError:
        return SourceError(self.source, f"{self.document.name} {fact}", way_on)


def header_of(document: Document, style: Style) -> list[str]:
    """The names of a file's columns, as they are written; none where there is no header."""
    try:
        start = document.content[:HEADER].decode(style.encoding, "replace")
        lines = csv.reader(io.StringIO(start.removeprefix("\ufeff")), delimiter=style.delimiter)
        return next((line for line in lines if line), [])
    except (LookupError, csv.Error):
        return []
