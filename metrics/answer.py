"""Answers: the one document that the command line and the API both give.

A value is a plain mapping; missing is None, days and instants are ISO texts.
"""

import csv
import io
import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from metrics.frame import COLUMNS

TABLE = (
    "metric",
    "area",
    "area_name",
    "level",
    "dimension_value",
    "period_start",
    "period_end",
    "numerator",
    "denominator",
    "value",
    "unit",
    "target",
    "status",
    "freshness",
    "marks",
)
"""What a table on a terminal shows of a value."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet compute a text, also where spaces stand before it."""
MARKS = ("open", "reported", "as_reported", "estimated", "averaged", "simulated", "locked")
RANKS = ("rank", "ranked", "not_ranked")
HEIRS = ("today_area_id", "today_area_name", "today_estimated")
SAID = ("explanation",)
"""Columns that a frame has only if they were asked for."""


def document(frame: pd.DataFrame) -> dict[str, Any]:
    """The JSON document of a result: what was read, and its values in the frame's order."""
    note = frame.attrs["note"]
    return {
        "snapshot": frame.attrs["snapshot"],
        "boundaries": frame.attrs["boundaries"],
        "simulated": bool(frame["simulated"].any()),
        "note": None if note is None else {"vi": note.vi, "en": note.en},
        "values": values(frame),
    }


def values(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a result as plain mappings, missing as None."""
    columns = {name: _plain(frame[name]) for name in _columns(frame)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _columns(frame: pd.DataFrame) -> list[str]:
    """The documented columns, then those that were asked for."""
    return [*COLUMNS, *(name for name in (*RANKS, *HEIRS, *SAID) if name in frame)]


def _plain(column: pd.Series) -> list[Any]:
    """A column as what JSON knows: None, bool, int, float or text."""
    if pd.api.types.is_bool_dtype(column):
        return [bool(value) for value in column]
    if pd.api.types.is_float_dtype(column):
        return [_number(value) for value in column.tolist()]
    if pd.api.types.is_datetime64_any_dtype(column):
        return [None if pd.isna(value) else value.isoformat() for value in column]
    if pd.api.types.is_integer_dtype(column):
        return [None if pd.isna(value) else int(value) for value in column]
    return [str(value) for value in column]


def _number(value: float) -> float | None:
    """A count is written without a decimal point."""
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def inert(value: object) -> object:
    """A value as it is, and a text so that no spreadsheet takes it for a formula."""
    is_formula = isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def as_csv(frame: pd.DataFrame) -> str:
    """All columns under their names; missing is empty, numbers have a decimal point.

    Names may come from any source, so none is left that a spreadsheet would compute.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(_columns(frame))
    lines.writerows(map(inert, value.values()) for value in values(frame))
    return text.getvalue()


def as_table(frame: pd.DataFrame) -> str:
    """Columns aligned for a terminal; `marks` tell what is open, printed or estimated."""
    names = _table_columns(frame)
    rows = [list(names), *(_table_row(value, names) for value in values(frame))]
    return "\n".join([*aligned(rows), *([frame.attrs["note"].vi] if frame.attrs["note"] else [])])


def _table_columns(frame: pd.DataFrame) -> list[str]:
    """Ranks come first; what is known now of a locked value stands behind it."""
    first = [name for name in RANKS if name == "rank" and name in frame]
    after = ["restated_value"] if frame["locked"].any() else []
    last = [name for name in ("not_ranked", *HEIRS[:2]) if name in frame]
    place = TABLE.index("value") + 1
    return [*first, *TABLE[:place], *after, *TABLE[place:], *last]


def _table_row(value: dict[str, Any], names: Iterable[str]) -> list[str]:
    marks = " ".join(mark for mark in MARKS if value[mark])
    return [_cell(value | {"marks": marks}, name) for name in names]


def _cell(value: dict[str, Any], name: str) -> str:
    content = value[name]
    if content is None:
        return "-"
    if name == "status" and value["status_reason"]:
        return f"{content} ({value['status_reason']})"
    return f"{content:.2f}".rstrip("0").rstrip(".") if isinstance(content, float) else str(content)


def aligned(rows: list[list[str]]) -> Iterable[str]:
    """Rows as lines with columns of one width, those that are empty throughout left out."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    for row in zip(*columns, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
