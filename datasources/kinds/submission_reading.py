"""A filled workbook, read against its form: each row's figures, and every doubt at its cell.

Runs in a limited child. Doubts are told by a key and the values its sentence needs, so that each
language can say them; what is said of a cell is shown to the person who filled it in, and kept
nowhere.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from math import isfinite
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

from datasources.base import Document
from datasources.kinds.archives import refuse_bombs
from datasources.kinds.submission_forms import (
    FILLED,
    HEADER_ROW,
    HEADERS,
    MEMO,
    SHEET,
    VALUE,
    VERSION,
    Form,
    Item,
    Place,
)
from domain.errors import SourceError

MOST_PROBLEMS = 500
MOST_SHOWN = 40
SPARE_ROWS = 1000
LARGEST = 1e15
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xls, and of any workbook that has a password."""

LETTERS = "DEF"
Cell = Any
Told = dict[str, str]


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, and where: "D7", or nothing for the whole file."""

    cell: str
    key: str
    gaps: Told = {}


class Row(msgspec.Struct, frozen=True):
    """One row of the form: what it says, and what stood in its cells D, E and F."""

    metric: str
    area_id: str
    row: int
    shown: tuple[str, str, str] = ("", "", "")
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None

    @property
    def is_empty(self) -> bool:
        return not any(self.shown)


class Filled(msgspec.Struct, frozen=True):
    """A workbook as it was read. `absent` rows of the form are not in it at all.

    `other` is the form, period and area that it was made for, where it is for another.
    """

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    absent: int = 0
    other: Told | None = None


def read_filled(content: bytes, form: Form) -> Filled:
    """What a workbook says; never raises for anything that may stand in one."""
    try:
        if content.startswith(OLD_WORKBOOK):
            return _refused("locked")
        refuse_bombs(Document("", content), form.source)
        book = CalamineWorkbook.from_object(BytesIO(content))
        memo = _memo(book)
        if memo is None or SHEET not in book.sheet_names:
            return _refused("no_template")
        if other := _other(memo, form):
            return other
        return _read(_cells(book, SHEET), form)
    except SourceError as error:
        return _refused(_trouble(error))
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError):
        return _refused("damaged")


def _refused(key: str, **gaps: str) -> Filled:
    return Filled(problems=(Problem("", key, gaps),))


def _trouble(error: SourceError) -> str:
    if "password" in error.fact:
        return "locked"
    return "too_large" if "unpack" in error.fact or "cells as far" in error.fact else "damaged"


def _cells(book: CalamineWorkbook, sheet: str) -> list[list[Cell]]:
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _memo(book: CalamineWorkbook) -> Mapping[str, str] | None:
    if MEMO not in book.sheet_names:
        return None
    return {str(row[0]): str(row[1]) for row in _cells(book, MEMO)[:20] if len(row) > 1}


def _other(memo: Mapping[str, str], form: Form) -> Filled | None:
    """Why a template does not fit the form: an old version, or another form, period or area."""
    if memo.get("version") != VERSION:
        return _refused("old_template")
    wanted = {"source": form.source, "period": form.period, "area": form.area}
    found = {name: memo.get(name, "")[:120] for name in wanted}
    if found == wanted:
        return None
    different = [name for name in wanted if found[name] != wanted[name]]
    problems = tuple(Problem("", f"other_{name}") for name in different)
    return Filled(problems=problems, other=found)


def _read(cells: Sequence[Sequence[Cell]], form: Form) -> Filled:
    head = [str(one).strip() for one in cells[HEADER_ROW - 1]] if len(cells) >= HEADER_ROW else []
    if tuple(head[: len(HEADERS)]) != HEADERS:
        return _refused("header", row=str(HEADER_ROW))
    body = cells[HEADER_ROW:]
    wanted = {(item.metric, place.code): (item, place) for item, place in form.rows()}
    if len(body) > len(wanted) + SPARE_ROWS:
        return _refused("too_many_rows", most=str(len(wanted)))
    rows: dict[tuple[str, str], Row] = {}
    problems: list[Problem] = []
    for number, row in enumerate(body, HEADER_ROW + 1):
        for problem in _take(number, [*row, *[""] * len(HEADERS)], wanted, rows):
            problems.append(problem)
            if len(problems) >= MOST_PROBLEMS:
                return Filled(tuple(rows.values()), tuple(problems))
    return Filled(tuple(rows.values()), tuple(problems), len(wanted) - len(rows))


def _take(
    number: int,
    cells: Sequence[Cell],
    wanted: Mapping[tuple[str, str], tuple[Item, Place]],
    rows: dict[tuple[str, str], Row],
) -> Iterator[Problem]:
    """Read one row of the sheet into `rows`; its problems."""
    key = str(cells[7]).strip(), _code(cells[2])
    filled = cells[3:6]
    if key not in wanted:
        if any(not _is_blank(one) for one in filled):
            is_known = any(metric == key[0] for metric, _ in wanted)
            yield Problem(f"{'C' if is_known else 'H'}{number}", "strange_row")
        return
    if key in rows:
        yield Problem(f"C{number}", "repeated", {"row": str(rows[key].row)})
        return
    item, place = wanted[key]
    numbers: dict[str, float | None] = dict.fromkeys(LETTERS)
    problems: list[Problem] = []
    for letter, cell in zip(LETTERS, filled, strict=True):
        problem = _number(cell, letter, item, numbers)
        if problem:
            problems.append(Problem(f"{letter}{number}", problem))
    shown = tuple(_shown(one) for one in filled)
    if not problems:
        problems.extend(_together(number, item, numbers))
    rows[key] = Row(
        item.metric, place.area_id, number, (shown[0], shown[1], shown[2]),
        numbers["D"], numbers["E"], numbers["F"],
    )  # fmt: skip
    yield from problems


def _number(cell: Cell, letter: str, item: Item, numbers: dict[str, float | None]) -> str:
    """Put a cell's number where it belongs; the key of what is wrong with it, or nothing."""
    if _is_blank(cell):
        return ""
    if letter not in FILLED[item.asks]:
        return "not_asked"
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return "text"
    wrong = _wrong(float(cell), letter, item)
    if not wrong:
        numbers[letter] = float(cell)
    return wrong


def _wrong(number: float, letter: str, item: Item) -> str:
    is_value, is_finite = letter == VALUE, isfinite(number)
    doubts = {
        "too_big": not is_finite or number > LARGEST,
        "negative": number < 0,
        "above_100": is_value and item.percent and number > 100,
        "not_whole": not is_value and item.whole and is_finite and number != int(number),
    }
    return next((key for key, is_so in doubts.items() if is_so), "")


def _together(number: int, item: Item, numbers: Mapping[str, float | None]) -> Iterator[Problem]:
    """Numbers that are right by themselves and wrong together."""
    above, below, value = (numbers[letter] for letter in LETTERS)
    if "E" not in FILLED[item.asks]:
        return
    if value is not None and (above is not None or below is not None):
        yield Problem(f"F{number}", "both")
    elif above is None and below is not None:
        yield Problem(f"D{number}", "no_numerator")
    elif above is not None and below is None:
        yield Problem(f"E{number}", "no_denominator")
    elif above is not None and below is not None:
        if item.percent and above > below:
            yield Problem(f"D{number}", "numerator_above")
        elif below == 0 and above > 0:
            yield Problem(f"E{number}", "divided_by_nothing")


def _code(cell: Cell) -> str:
    """An area's code; one that a program has taken for a number has lost its first 0."""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and 0 < cell < 100_000:
        digits = str(int(cell))
        return digits.zfill(5 if len(digits) >= 4 else 3 if len(digits) == 3 else 2)
    return str(cell).strip()


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _shown(cell: Cell) -> str:
    """What stood in a cell, for whoever wrote it."""
    if _is_blank(cell):
        return ""
    if isinstance(cell, float) and isfinite(cell) and cell == int(cell) and abs(cell) < LARGEST:
        cell = int(cell)
    text = " ".join(str(cell).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
