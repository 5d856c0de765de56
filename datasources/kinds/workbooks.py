"""Workbooks (XLSX): one sheet with a header, mapped by the stanza of the source.

A workbook is a packed archive from somebody else's desk: it is looked through before it is
unpacked, and what would unpack to too much is refused.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from datasources.base import Document, Note, Order, Parsed, Reading
from datasources.kinds.archives import broken, refuse_bombs
from datasources.kinds.cells import Cells
from datasources.kinds.workbooks_config import XlsxConfig
from datasources.reading.files import new_files
from datasources.reading.mapped import MANY, mapped
from datasources.reading.mapping import NEEDED
from domain.errors import SourceError, suggestion


class Xlsx:
    """Workbooks."""

    id = "xlsx"
    config = XlsxConfig
    records = tuple(NEEDED)
    tolerated = 0

    def fetch(self, config: XlsxConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed workbooks of `path`."""
        yield from new_files(config.path, order, suffixes=(".xlsx", ".xlsm"))

    def parse(self, document: Document, config: XlsxConfig, reading: Reading) -> Iterator[Parsed]:
        """Records and refusals, row numbers as the workbook shows them."""
        refuse_bombs(document, reading.source)
        cells = Cells(sheet_of(document, config, reading.source), document, config, reading.source)
        yield from mapped(cells, config, reading)


KIND = Xlsx()


def sheet_of(document: Document, config: XlsxConfig, source: str) -> CalamineSheet:
    """The sheet that is meant. Raises SourceError."""
    try:
        book = CalamineWorkbook.from_object(BytesIO(document.content))
        shown = [
            one.name for one in book.sheets_metadata if one.visible is SheetVisibleEnum.Visible
        ]
        name = _sheet_name(config.sheet, book.sheet_names, shown)
        if name is not None:
            return book.get_sheet_by_name(name)
    except CalamineError:
        raise broken(document, source) from None
    near = suggestion(str(config.sheet), book.sheet_names).strip()
    way_on = near or f"Its sheets are: {', '.join(book.sheet_names[:MANY])}"
    raise SourceError(source, f"{document.name} has no sheet {config.sheet!r}", way_on)


def _sheet_name(sheet: str | int | None, names: Sequence[str], shown: Sequence[str]) -> str | None:
    if sheet is None:
        return next(iter([*shown, *names]), None)
    if isinstance(sheet, int):
        return names[sheet - 1] if 1 <= sheet <= len(names) else None
    return next((one for one in names if one.strip() == sheet.strip()), None)
