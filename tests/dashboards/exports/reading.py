"""Files read back, as whoever gets them would read them."""

import csv
import io
from typing import Any

import openpyxl
import pypdfium2
from docx import Document
from pptx import Presentation


def sheet_rows(content: bytes, name: str | None = None) -> list[list[Any]]:
    """The rows of a workbook's sheet below its title: the head first."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet: Any = book[name] if name else book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    return [row for row in rows if any(value is not None for value in row)]


def sheet_texts(content: bytes) -> str:
    """Every text of every sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(
        str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


def pdf_pages(content: bytes) -> list[str]:
    """The text of every page, a line break as a space."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return [" ".join(text.split()) for text in pages]


def slides(content: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(content)).slides)


def slide_charts(content: bytes) -> list[Any]:
    """Every native chart, in order."""
    return [shape.chart for slide in slides(content) for shape in slide.shapes if shape.has_chart]


def slide_rows(content: bytes) -> list[list[str]]:
    """The rows of every native table without its head."""
    tables = [shape.table for slide in slides(content) for shape in slide.shapes if shape.has_table]
    return [[cell.text for cell in row.cells] for table in tables for row in list(table.rows)[1:]]


def slide_texts(content: bytes) -> str:
    return "\n".join(
        shape.text_frame.text
        for slide in slides(content)
        for shape in slide.shapes
        if shape.has_text_frame
    )


def report_rows(content: bytes) -> list[list[str]]:
    """The rows of a report's last table without its head."""
    table = Document(io.BytesIO(content)).tables[-1]
    return [[cell.text for cell in row.cells] for row in list(table.rows)[1:]]


def report_text(content: bytes) -> str:
    return "\n".join(one.text for one in Document(io.BytesIO(content)).paragraphs)


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of the table, without the head and what is said below."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return rows[1 : rows.index([])]
