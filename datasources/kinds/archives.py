"""Looking through a packed workbook before it is unpacked: how large, how far, and whether whole.

The sizes that an archive tells are not believed: each part is read to its end, a piece at a time.
"""

import re
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO

from datasources.base import Document
from domain.errors import SourceError

MEGABYTE = 1024**2
MOST_UNPACKED = 256 * MEGABYTE
MOST_RATIO = 200
SMALL = MEGABYTE
MOST_PARTS = 5_000
MOST_ROWS = 500_000
MOST_COLUMNS = 1_000
MOST_CELLS = 5_000_000
PIECE = MEGABYTE
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)["']""")
OVERLAP = 64


def refuse_bombs(document: Document, source: str) -> None:
    """Raise SourceError where a workbook is none, is broken, or would unpack to too much.

    The sizes that an archive tells are checked against what it really holds.
    """
    try:
        with zipfile.ZipFile(BytesIO(document.content)) as archive:
            parts = archive.infolist()
            _refuse_large(parts, document, source)
            for part in parts:
                _look_through(archive, part, document, source)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise broken(document, source) from None
    except RuntimeError:
        fact = f"{document.name} is locked with a password"
        raise SourceError(source, fact, "Save it without one") from None
    except zlib.error:
        raise broken(document, source) from None


def _refuse_large(parts: Sequence[zipfile.ZipInfo], document: Document, source: str) -> None:
    total = sum(one.file_size for one in parts)
    steep = any(
        one.file_size > SMALL and one.file_size > MOST_RATIO * max(one.compress_size, 1)
        for one in parts
    )
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED or steep:
        fact = f"{document.name} would unpack to far more than a workbook of people holds"
        raise SourceError(source, fact, "Save the one sheet that is meant as a new workbook")


def _look_through(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, document: Document, source: str
) -> None:
    """Read one part to its end, and see how far a sheet's cells reach."""
    is_sheet = bool(SHEETS.fullmatch(part.filename))
    end, rows, columns = b"", 0, 0
    with archive.open(part) as file:
        while piece := file.read(PIECE):
            if not is_sheet:
                continue
            for letters, number in PLACE.findall(end + piece):
                rows = max(rows, int(number[:9]))
                columns = max(columns, _column_number(letters))
            end = piece[-OVERLAP:]
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * max(columns, 1) > MOST_CELLS:
        fact = f"{document.name} has cells as far as row {rows} and column {columns}"
        way_on = f"At most {MOST_ROWS} rows, {MOST_COLUMNS} columns and {MOST_CELLS} cells are read"
        raise SourceError(source, fact, way_on)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number


def broken(document: Document, source: str) -> SourceError:
    """What is said of a file that is no workbook."""
    fact = f"{document.name} is no workbook (.xlsx), or it is damaged"
    return SourceError(source, fact, "Open it, and save it as an Excel workbook")
