"""PDF on A4: vector charts, text that can be selected and found, whole tables over the pages.

The typeface is embedded. A table repeats its head on every page, and every page says which it is
of how many.
"""

import io
from collections.abc import Iterator
from html import escape
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from dashboards.exports.drawing import drawn, natural_height
from dashboards.exports.drawing.pen import BOLD, REGULAR, fitted, ink, plain, typeface, width_of
from dashboards.exports.exhibit import Column, Entry, Exhibit, Folder, Mapped, Table
from dashboards.text import words

MARGIN = 15 * mm
FOOT = 12 * mm
GAP = 8 * mm
MOST_CHART = 120 * mm
LEAST_TABLE = 60 * mm
JUDGED = ("met", "near", "missed")


def pdf(folder: Folder, *, wide: bool = False) -> bytes:
    """The document, upright or `wide`."""
    typeface()
    held = io.BytesIO()
    size = landscape(A4) if wide else A4
    document = BaseDocTemplate(
        held,
        pagesize=size,
        title=folder.title,
        subject=folder.subtitle,
        author="Toàn Cảnh",
        lang=folder.language,
    )
    frame = Frame(
        MARGIN,
        MARGIN + FOOT,
        size[0] - 2 * MARGIN,
        size[1] - 2 * MARGIN - FOOT,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates(PageTemplate(frames=[frame]))
    story = list(_story(folder, frame.width))
    document.build(story, canvasmaker=lambda *args, **how: _Numbered(folder, *args, **how))
    return held.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """A canvas that writes the foot of every page once it is known how many there are."""

    def __init__(self, folder: Folder, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self._folder = folder
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._foot(number, len(self._pages))
            super().showPage()
        super().save()

    def _foot(self, number: int, count: int) -> None:
        say = words(self._folder.language)
        width = self._pagesize[0]
        self.setStrokeColor(ink("line"))
        self.setLineWidth(0.5)
        self.line(MARGIN, MARGIN + 5 * mm, width - MARGIN, MARGIN + 5 * mm)
        x = MARGIN
        if self._folder.simulated:
            mark = say("mark.simulated")
            self._write(x, mark, BOLD, "near-ink")
            x += width_of(mark, 7.5, BOLD) + 10
        page = say("export.page", number=number, count=count)
        room = width - MARGIN - x - width_of(page, 7.5) - 12
        named = f"{self._folder.title} · {self._folder.subtitle}".strip(" ·")
        self._write(x, fitted(named, room, 7.5), REGULAR, "ink-3")
        self._write(width - MARGIN - width_of(page, 7.5), page, REGULAR, "ink-3")

    def _write(self, x: float, text: str, font: str, colour: str) -> None:
        self.setFont(font, 7.5)
        self.setFillColor(ink(colour))
        self.drawString(x, MARGIN, plain(text))


# ---- the story


def _style(size: float, colour: str = "ink-2", **more: Any) -> ParagraphStyle:
    font = more.pop("fontName", REGULAR)
    look = {"fontName": font, "fontSize": size, "leading": size * 1.32, "textColor": ink(colour)}
    return ParagraphStyle("", **look, **more)


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(plain(text)).replace("\n", "<br/>"), style)


def _story(folder: Folder, width: float) -> Iterator[Flowable]:
    if folder.has_cover:
        yield from _cover(folder, width)
    for exhibit in folder.exhibits:
        if exhibit.printed is not None and not exhibit.charts:
            yield CondPageBreak(LEAST_TABLE)  # its title and the first rows stand together
        yield KeepTogether(list(_shown(exhibit, width, folder)))
        yield from _told(exhibit, width, folder)
        yield Spacer(0, 8 * mm)


def _cover(folder: Folder, width: float) -> Iterator[Flowable]:
    """What the document is, and what stands in it."""
    say = words(folder.language)
    yield Spacer(0, 40 * mm)
    yield _paragraph(folder.title, _style(26, "ink", fontName=BOLD))
    yield Spacer(0, 4 * mm)
    yield _paragraph(folder.subtitle, _style(14))
    yield Spacer(0, 10 * mm)
    yield _facts(folder.about, width)
    yield Spacer(0, 12 * mm)
    yield _paragraph(say("export.contents"), _style(12, "ink", fontName=BOLD))
    yield Spacer(0, 2 * mm)
    for number, exhibit in enumerate(folder.exhibits, start=1):
        yield _paragraph(f"{number}. {exhibit.title}", _style(10.5, spaceAfter=3))
    yield PageBreak()


def _shown(exhibit: Exhibit, width: float, folder: Folder) -> Iterator[Flowable]:
    """Title, comment, charts and source, which no page break parts."""
    say = words(folder.language)
    yield _paragraph(exhibit.title, _style(15, "ink", fontName=BOLD, spaceAfter=3))
    yield _paragraph(exhibit.lead, _style(9, "ink-3", spaceAfter=8))
    if exhibit.comment:
        yield _comment(exhibit.comment, width)
    if exhibit.charts:
        yield _charts(exhibit, width)
    elif exhibit.printed is None and not exhibit.remarks:
        yield _paragraph(say("export.nothing_drawn"), _style(11, "ink-3", spaceAfter=10))
    for remark in exhibit.remarks:
        yield _paragraph(remark, _style(8, "ink-3"))
    source = f"{say('mark.simulated')}. {exhibit.source}" if exhibit.simulated else exhibit.source
    yield _paragraph(source, _style(8, "ink-3", spaceAfter=8))


def _told(exhibit: Exhibit, width: float, folder: Folder) -> Iterator[Flowable]:
    """The table over as many pages as it needs; of a single exhibit also the explanation."""
    if exhibit.printed is not None:
        yield _table(exhibit.printed, width)
        yield Spacer(0, 5 * mm)
    if exhibit.said:
        told = words(folder.language)("export.said")
        yield _paragraph(told, _style(11, "ink", fontName=BOLD, spaceAfter=4))
        for one in exhibit.said:
            yield _paragraph(one, _style(9, "ink", spaceAfter=4))
    if not folder.has_cover:
        told = words(folder.language)("export.explanation")
        head = _paragraph(told, _style(11, "ink", fontName=BOLD, spaceAfter=4))
        yield KeepTogether([head, _facts((*exhibit.facts, *folder.about), width)])


def _comment(text: str, width: float) -> Flowable:
    box = Grid([[_paragraph(text, _style(11, "ink"))]], colWidths=[width])
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), ink("hover")),
            ("LINEBEFORE", (0, 0), (0, -1), 2.5, ink("series-1")),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ]
    )
    box.spaceAfter = 8
    return box


def _charts(exhibit: Exhibit, width: float) -> Flowable:
    """The charts side by side; a map is taller than other charts."""
    shares = [1.35 if isinstance(chart, Mapped) else 1.0 for chart in exhibit.charts]
    room = width - GAP * (len(shares) - 1)
    height = min(natural_height(exhibit.charts, width), MOST_CHART)
    cells: list[Any] = []
    widths: list[float] = []
    for chart, share in zip(exhibit.charts, shares, strict=True):
        if cells:
            cells.append("")
            widths.append(GAP)
        wide = room * share / sum(shares)
        cells.append(drawn(chart, wide, height))
        widths.append(wide)
    grid = Grid([cells], colWidths=widths, rowHeights=[height])
    grid.setStyle([(name, (0, 0), (-1, -1), 0) for name in PADDINGS])
    grid.spaceAfter = 6
    return grid


PADDINGS = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")


def _facts(facts: tuple[tuple[str, str], ...], width: float) -> Flowable:
    """Names and what is said under them."""
    name, text = _style(8.5, "ink-3"), _style(8.5)
    rows = [[_paragraph(one, name), _paragraph(other, text)] for one, other in facts]
    grid = LongTable(rows, colWidths=[width * 0.22, width * 0.78])
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return grid


# ---- tables


def _table(table: Table, width: float) -> Flowable:
    """All rows, the head on every page; what is too long for its column goes on below."""
    size = 8.5 if len(table.columns) <= 7 else 7.5
    whole = sum(column.width for column in table.columns)
    widths = [width * column.width / whole for column in table.columns]
    head = [
        _paragraph(
            column.heading,
            _style(size, "ink", fontName=BOLD, **_aligned(column)),
        )
        for column in table.columns
    ]
    rows = [
        [
            _entry(entry, column, room, size)
            for entry, column, room in zip(row, table.columns, widths, strict=True)
        ]
        for row in table.rows
    ]
    grid = LongTable([head, *rows], colWidths=widths, repeatRows=1)
    right = [place for place, column in enumerate(table.columns) if column.is_right]
    judged = [
        (line, place, entry.status)
        for line, row in enumerate(table.rows, start=1)
        for place, entry in enumerate(row)
        if entry.status in JUDGED
    ]
    grid.setStyle(
        [
            ("FONT", (0, 1), (-1, -1), REGULAR, size),
            ("TEXTCOLOR", (0, 1), (-1, -1), ink("ink")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("BACKGROUND", (0, 0), (-1, 0), ink("hover")),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, ink("line-strong")),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, ink("line")),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            *(("ALIGN", (place, 1), (place, -1), "RIGHT") for place in right),
            *(("FONT", (x, y), (x, y), BOLD, size) for y, x, _ in judged),
            *(("TEXTCOLOR", (x, y), (x, y), ink(f"{one}-ink")) for y, x, one in judged),
        ]
    )
    return grid


def _aligned(column: Column) -> dict[str, Any]:
    return {"alignment": TA_RIGHT} if column.is_right else {}


def _entry(entry: Entry, column: Column, room: float, size: float) -> Any:
    """A text as it is where it fits, which is fast; else one that is broken into lines."""
    text = plain(entry.text)
    if width_of(text, size, BOLD) <= room - 9:
        return text
    status = entry.status if entry.status in JUDGED else ""
    return _paragraph(text, _style(size, f"{status}-ink" if status else "ink", **_aligned(column)))
