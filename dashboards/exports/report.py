"""DOCX: the written report, as Decree 30/2020/NĐ-CP wants a page: A4, Times New Roman, margins.

Text and tables can be edited; charts are pictures, because python-docx writes no native ones.
"""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from dashboards.exports.exhibit import Column, Entry, Exhibit, Folder, Table
from dashboards.exports.picture import bare, png
from dashboards.text import Words, words
from dashboards.theme import colours

TYPEFACE = "Times New Roman"
TEXT = 13.0
SMALL = 10.0
NARROWEST = 0.95
"""Of a column, in the shares of `Column.width`: the word "Hạng" is not broken."""
SIDE = 45  # twentieths of a point
JUDGED = ("met", "near", "missed")


def docx(folder: Folder) -> bytes:
    """The document."""
    report = _Report(folder)
    report.head()
    for exhibit in folder.exhibits:
        report.show(exhibit)
    held = io.BytesIO()
    report.document.save(held)
    return held.getvalue()


class _Report:
    """A document in the making."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.say: Words = words(folder.language)
        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(20), Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(18)
        self.width = section.page_width - section.left_margin - section.right_margin
        for name in ("Normal", "Title", "Heading 1", "Caption"):
            _set_typeface(self.document.styles[name])
        self.document.core_properties.title = folder.title
        self.document.core_properties.author = self.say("shell.name")
        self._foot(section)

    def head(self) -> None:
        """The title, and what holds for all of it."""
        title = self.document.add_paragraph(style="Title")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(title, self.folder.title, 16, bold=True)
        below = self.document.add_paragraph()
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(below, self.folder.subtitle, TEXT)
        if self.folder.simulated:
            mark = self.document.add_paragraph()
            mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(mark, self.say("mark.simulated"), TEXT, "near-ink", bold=True)
        self._facts(self.folder.about)

    def show(self, exhibit: Exhibit) -> None:
        """Heading, comment, charts, table, source and explanation.

        What is said below a picture or a table stands on the page where that ends.
        """
        before = len(self.document.element.body)
        self._show(exhibit)
        self._bind(before)
        if not self.folder.has_cover:
            _run(self._paragraph(), self.say("export.explanation"), TEXT, bold=True)
            self._facts(exhibit.facts)

    def _bind(self, before: int) -> None:
        """Keep the end of an exhibit with what is said of it."""
        added = list(self.document.element.body)[before:]
        tables = [one for one in added if one.tag == qn("w:tbl")]
        ends = [row for table in tables for row in list(table.iter(qn("w:tr")))[-1:]]
        bound = [one for one in added if one.tag == qn("w:p")][:-1]
        for paragraph in (*bound, *(one for row in ends for one in row.iter(qn("w:p")))):
            Paragraph(paragraph, self.document).paragraph_format.keep_with_next = True

    def _show(self, exhibit: Exhibit) -> None:
        if self.folder.has_cover:
            _run(self.document.add_heading(level=1), exhibit.title, 14, bold=True)
            lead = self._paragraph()
            lead.paragraph_format.keep_with_next = True
            _run(lead, exhibit.lead, SMALL, "ink-3")
        if exhibit.comment:
            for line in exhibit.comment.split("\n"):
                _run(self._paragraph(), line, TEXT)
        if exhibit.charts:
            picture = png(bare(exhibit.charts), 3.0)
            self.document.add_picture(io.BytesIO(picture), width=self.width)
            shape = self.document.inline_shapes[-1]
            shape._inline.docPr.set("descr", f"{exhibit.title}. {exhibit.lead}")
        elif exhibit.printed is None and not exhibit.remarks:
            _run(self._paragraph(), self.say("export.nothing_drawn"), TEXT, "ink-3")
        if exhibit.printed is not None:
            self._table(exhibit.printed)
        for one in exhibit.said:
            paragraph = self._paragraph()
            _run(paragraph, f"{self.say('export.said')}: ", TEXT, bold=True)
            _run(paragraph, one, TEXT)
        for remark in exhibit.remarks:
            _run(self._paragraph(), remark, SMALL, "ink-3")
        marked = self.say("mark.simulated") + ". " if exhibit.simulated else ""
        _run(self._paragraph(), marked + exhibit.source, SMALL, "ink-3")

    def _paragraph(self) -> Any:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(3)
        paragraph.paragraph_format.space_after = Pt(4)
        return paragraph

    def _facts(self, facts: Sequence[tuple[str, str]]) -> None:
        for name, text in facts:
            paragraph = self._paragraph()
            paragraph.paragraph_format.space_after = Pt(1)
            _run(paragraph, f"{name}: ", SMALL, "ink-3")
            _run(paragraph, text, SMALL)

    def _table(self, table: Table) -> None:
        """All rows; the head comes again on every page."""
        lines = [tuple(Entry(None, column.heading) for column in table.columns), *table.rows]
        grid = self.document.add_table(rows=len(lines), cols=len(table.columns))
        grid.style = self.document.styles["Table Grid"]
        grid.autofit = False
        _set_margins(grid)
        shares = [max(column.width, NARROWEST) for column in table.columns]
        widths = [Emu(int(self.width * share / sum(shares))) for share in shares]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for number, (row, line) in enumerate(zip(grid.rows, lines, strict=True)):
            _keep_whole(row)
            for cell, width, entry, column in zip(
                row.cells, widths, line, table.columns, strict=True
            ):
                cell.width = width
                _fill(cell.paragraphs[0], entry, column, is_head=number == 0)
        _repeat(grid.rows[0])

    def _foot(self, section: Any) -> None:
        paragraph = section.footer.paragraphs[0]
        marked = self.say("mark.simulated") + " · " if self.folder.simulated else ""
        inherited = self.document.styles["Footer"].paragraph_format.tab_stops
        while len(inherited):
            del inherited[0]
        paragraph.paragraph_format.tab_stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)
        _run(paragraph, f"{marked}{self.folder.title}\t", SMALL - 1, "ink-3")
        before, _, rest = self.say("export.page", number="\0", count="\1").partition("\0")
        between, _, after = rest.partition("\1")
        for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
            _run(paragraph, text, SMALL - 1, "ink-3")
            if field:
                _field(paragraph, field)


def _set_typeface(style: Any) -> None:
    style.font.name = TYPEFACE
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), TYPEFACE)
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)


def _run(
    paragraph: Any, text: str, size: float, colour: str = "ink", *, bold: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, TYPEFACE
    run.font.color.rgb = RGBColor.from_string(colours("light")[colour].removeprefix("#").upper())


def _fill(paragraph: Any, entry: Entry, column: Column, *, is_head: bool) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    if column.is_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    is_judged = entry.status in JUDGED
    colour = f"{entry.status}-ink" if is_judged else "ink"
    _run(paragraph, entry.text, SMALL, colour, bold=is_head or is_judged)


def _set_margins(grid: Any) -> None:
    """Less room beside the text of a field than Word leaves: figures stay on one line."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(SIDE))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    grid._tbl.tblPr.append(margins)


def _keep_whole(row: Any) -> None:
    """No page break parts a row; python-docx has no word for it."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _field(paragraph: Any, code: str) -> None:
    """A field that Word fills in: the number of the page, or how many there are."""
    run = paragraph.add_run()
    run.font.size = Pt(SMALL - 1)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
