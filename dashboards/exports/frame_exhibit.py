"""Any selection as a table to take away: the rows of `query`, their own columns in words."""

from collections.abc import Mapping, Sequence

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell, cells
from dashboards.exports.entries import Written
from dashboards.exports.exhibit import MOST_ROWS, Column, Entry, Exhibit, Kind, Table
from dashboards.exports.telling import Telling
from dashboards.places import area_title
from dashboards.text import Words
from domain.errors import ExportError
from domain.period import label
from metrics.query import query
from metrics.selection import By, Selection


def frame_exhibit(board: Board, selection: Selection, words: Words) -> Exhibit:
    """The values of a selection, one row per cell as `query` orders them.

    `board` is where and when: its area and days are those of the selection. Raises ExportError
    for more rows than a person can use, and whatever `query` raises.
    """
    frame = query(selection, board.scope, board.snapshot, now=board.now, rules=board.rules)
    if len(frame) > MOST_ROWS:
        raise ExportError(
            f"This table has {len(frame):,} rows; a file may have {MOST_ROWS:,}. "
            "Ask for a coarser grain, fewer metrics or a smaller area."
        )
    found, told = cells(frame), Telling(board, words)
    metrics = board.catalogue.some(selection.metrics)
    only = metrics[0] if len(metrics) == 1 else None
    place = told.place(board.area)
    name = told.short(only) if only else words("export.values")
    others = [one for one in selection.filters if one not in board.view.filters]
    filters = ", ".join(f"{one}={value}" for one, value in others)
    more = ((words("export.filters"), filters),) if filters else ()
    return Exhibit(
        key="table",
        title=f"{name}: {place}",
        lead=told.lead(only),
        source=told.source(found),
        facts=(*told.facts(board.area, found, only), *more),
        table=_table(board, selection, found, words),
        remarks=(*(f"{one}: {text}" for one, text in more), *told.remarks(found)),
        simulated=any(cell.simulated for cell in found),
    )


def _table(board: Board, selection: Selection, found: Sequence[Cell], words: Words) -> Table:
    """Columns that would hold one value throughout are left to workbooks."""
    metrics = len(selection.metrics) > 1
    areas = selection.by is By.AREA
    lines = selection.by not in (By.NONE, By.AREA)
    has_target = any(cell.target is not None for cell in found)
    is_divided = any(board.catalogue.metric(cell.metric).is_rate for cell in found)
    columns = (
        Column(words("export.metric"), width=2.2, apart=not metrics),
        Column(words("export.code"), apart=True),
        Column(words("ranking.area"), width=1.9, apart=not areas),
        Column(words("export.line"), width=1.7, apart=not lines),
        Column(words("table.period"), width=1.3, apart=selection.grain is None),
        Column(words("export.first_day"), Kind.DAY, apart=True),
        Column(words("export.last_day"), Kind.DAY, apart=True),
        Column(words("export.value"), Kind.NUMBER, 0.95),
        Column(words("export.unit_name"), width=0.75, apart=not metrics),
        Column(words("table.numerator"), Kind.NUMBER, 0.95, apart=not is_divided),
        Column(words("table.denominator"), Kind.NUMBER, 0.95, apart=not is_divided),
        Column(words("table.target"), Kind.NUMBER, 0.85, apart=not has_target),
        Column(words("table.status"), width=1.2, apart=not has_target),
        Column(words("export.freshness"), apart=True),
        Column(words("definition.as_of"), Kind.INSTANT, apart=True),
        Column(words("table.note"), width=1.6),
    )
    titles = {cell.area_id: _title(board, cell) for cell in found}
    rows = tuple(_row(board, selection, cell, titles, words) for cell in found)
    return Table(columns, rows)


def _title(board: Board, cell: Cell) -> str:
    return area_title(board.register.get(cell.area_id), board.map_day)


def _row(
    board: Board, selection: Selection, cell: Cell, titles: Mapping[str, str], words: Words
) -> tuple[Entry, ...]:
    metric = board.catalogue.metric(cell.metric)
    written, language = Written(metric, cell, words), words.language
    named = (
        metric.name[language],
        cell.area,
        titles[cell.area_id],
        cell.dimension_value,
        label(cell.period, selection.grain, language, selection.reporting),
    )
    until = cell.data_as_of
    return (
        *(Entry(text or None, text) for text in named),
        Entry(cell.period.start, fmt.day(cell.period.start, language)),
        Entry(cell.period.last_day, fmt.day(cell.period.last_day, language)),
        written.value,
        Entry(metric.unit_name(language), metric.unit_name(language)),
        *written.parts,
        written.target,
        written.verdict,
        Entry(words(f"freshness.{cell.freshness}"), words(f"freshness.{cell.freshness}")),
        Entry(until, fmt.instant(until, language) if until else ""),
        written.note,
    )
