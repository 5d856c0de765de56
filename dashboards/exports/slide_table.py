"""A table on a slide, which PowerPoint edits as its own: rules between rows, verdicts in colour."""

from collections.abc import Iterator, Sequence
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboards.exports.drawing.pen import BOLD, lines_of
from dashboards.exports.exhibit import Column, Entry, Table, texts
from dashboards.exports.native import rgb

Row = tuple[Entry, ...]
SIDE, ABOVE, LEADING = 6.0, 4.0, 1.2
WIDER = 1.12
"""How much wider an office's typeface may run than ours."""
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def add_table(
    shapes: Any,
    columns: Sequence[Column],
    rows: Sequence[Row],
    place: tuple[int, int, int],
    size: float,
) -> None:
    """A table at (left, top, width) in EMU, of text so many points large; rows fit their text."""
    left, top, width = place
    lines = [*_heights(columns, rows, width / 12700, size)]
    height = Pt(sum(lines))
    shape = shapes.add_table(len(lines), len(columns), *map(Emu, (left, top, width, height)))
    for number, line in enumerate(lines):
        shape.table.rows[number].height = Pt(line)
    _restyle(shape)
    whole = sum(column.width for column in columns)
    for number, column in enumerate(columns):
        shape.table.columns[number].width = Emu(int(width * column.width / whole))
        head = Entry(None, column.heading)
        _fill(shape.table.cell(0, number), head, column, size, is_head=True)
    for line, row in enumerate(rows, start=1):
        for number, (column, entry) in enumerate(zip(columns, row, strict=True)):
            _fill(shape.table.cell(line, number), entry, column, size)


def best_size(table: Table, width: float, height: float, sizes: Sequence[float]) -> float:
    """The largest of the sizes at which all rows fit into a room; the largest if none does."""
    fitting = (
        size for size in sizes if sum(_heights(table.columns, table.rows, width, size)) <= height
    )
    return next(fitting, sizes[0])


def parted(table: Table, width: float, height: float, size: float) -> list[list[Row]]:
    """The rows in parts that fit into a room of so many points, under a head each."""
    head, *heights = _heights(table.columns, table.rows, width, size)
    parts: list[list[Row]] = [[]]
    used = head
    for row, tall in zip(table.rows, heights, strict=True):
        if parts[-1] and used + tall > height:
            parts.append([])
            used = head
        parts[-1].append(row)
        used += tall
    return parts


def _heights(
    columns: Sequence[Column], rows: Sequence[Row], width: float, size: float
) -> Iterator[float]:
    """How high the head and every row must be, in points, for their longest field."""
    whole = sum(column.width for column in columns)
    rooms = [width * column.width / whole - 2 * SIDE for column in columns]
    for row in ([column.heading for column in columns], *texts(rows)):
        lines = [
            len(lines_of(text, room / WIDER, size, BOLD))
            for text, room in zip(row, rooms, strict=True)
        ]
        yield max(1, *lines) * size * LEADING + 2 * ABOVE


def _restyle(shape: Any) -> None:
    """A table without the template's bands and colours: rules between rows are our own."""
    shape._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE
    shape.table.horz_banding = False


def _fill(cell: Any, entry: Entry, column: Column, size: float, *, is_head: bool = False) -> None:
    cell.margin_top = cell.margin_bottom = Pt(ABOVE)
    cell.margin_left = cell.margin_right = Pt(SIDE)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if column.is_right else PP_ALIGN.LEFT
    if entry.text:
        _write(paragraph.add_run(), entry, size, is_head=is_head)
    else:  # an empty field would be as high as the template's own text
        paragraph._p.get_or_add_endParaRPr().set("sz", str(round(size * 100)))
    if is_head:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb("hover")
    _rule_below(cell, "line-strong" if is_head else "line")


def _write(run: Any, entry: Entry, size: float, *, is_head: bool) -> None:
    judged = entry.status in ("met", "near", "missed")
    run.text = entry.text
    run.font.size, run.font.bold = Pt(size), is_head or judged
    run.font.color.rgb = rgb(f"{entry.status}-ink" if judged else "ink")


def _rule_below(cell: Any, token: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    line = properties.makeelement(qn("a:lnB"), {"w": "9525"})
    solid = line.makeelement(qn("a:solidFill"), {})
    solid.append(solid.makeelement(qn("a:srgbClr"), {"val": str(rgb(token))}))
    line.append(solid)
    properties.insert(0, line)
