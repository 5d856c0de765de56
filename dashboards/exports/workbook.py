"""XLSX: one sheet of typed values for each exhibit, a native chart, and a sheet "Giải thích".

A number is written as `query` gave it and only shown rounded; percent runs 0 to 100, as on every
screen. What is missing is an empty field. Text is never taken for a formula or a link.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlsxwriter

from dashboards.exports.entries import decimals_of
from dashboards.exports.exhibit import Bars, Column, Entry, Exhibit, Folder, Kind, Points, Table
from dashboards.format import ZONE
from dashboards.text import Words, words
from dashboards.theme import colours

SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
    "in_memory": True,
}
TITLE_ROWS = 4
LINE = 13.5
LETTER = 1.15  # letters for one of the width of a column
LETTERS = 110
LONGEST_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
VERDICTS = ("met", "near", "missed")


def xlsx(folder: Folder) -> bytes:
    """The workbook."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {**SAFE, "constant_memory": False})
    book.set_properties({"title": folder.title, "comments": folder.subtitle})
    say, look = words(folder.language), _Look(book)
    names = _sheet_names(folder, say)
    for name, exhibit in zip(names, folder.exhibits, strict=True):
        if exhibit.table is not None:
            _values(book, book.add_worksheet(name), name, exhibit, exhibit.table, look, say)
    _explanation(book.add_worksheet(say("export.explanation")), folder, look, say)
    book.close()
    return held.getvalue()


class _Look:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._kept: dict[tuple[tuple[str, object], ...], Any] = {}
        self._ink = colours("light")

    def __call__(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._kept:
            base = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
            self._kept[key] = self._book.add_format({**base, **properties})
        return self._kept[key]

    def head(self, column: Column) -> Any:
        fill, line = self._ink["hover"], self._ink["line-strong"]
        side = {"align": "right"} if column.is_right else {"indent": 1}
        return self(bold=True, text_wrap=True, bg_color=fill, bottom=1, bottom_color=line, **side)

    def entry(self, column: Column, entry: Entry, language: str) -> Any:
        more: dict[str, object] = {"bottom": 1, "bottom_color": self._ink["line"]}
        if column.kind is Kind.TEXT:
            more |= {"indent": 1}  # not against the number before it
        else:
            more |= {"num_format": number_format(column, entry, language), "align": "right"}
        if entry.status in VERDICTS:
            more |= {"font_color": self._ink[f"{entry.status}-ink"], "bold": True}
        return self(**more)


def number_format(column: Column, entry: Entry, language: str) -> str:
    """How a value is shown: with the digits its text has; what it is stays whole."""
    match column.kind:
        case Kind.DAY:
            return "dd/mm/yyyy"
        case Kind.INSTANT:
            return "hh:mm dd/mm/yyyy"
        case _:
            decimals = decimals_of([entry.text], language)
            return "#,##0" + (f".{'0' * decimals}" if decimals else "")


def _sheet_names(folder: Folder, say: Words) -> list[str]:
    """A name for each sheet: short, allowed, and each once."""
    if len(folder.exhibits) == 1:
        return [say("export.values")]
    names: list[str] = []
    for number, exhibit in enumerate(folder.exhibits, start=1):
        plain = exhibit.title.translate(FORBIDDEN)
        names.append(f"{number}. {plain}"[:LONGEST_NAME].strip())
    return names


def _values(
    book: Any, sheet: Any, name: str, exhibit: Exhibit, table: Table, look: _Look, say: Words
) -> None:
    """Title, lead and source above; then the table, its head kept in sight."""
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, exhibit.title, look(bold=True, font_size=14))
    marked = f"{say('mark.simulated')}. {exhibit.source}" if exhibit.simulated else exhibit.source
    _across(sheet, 1, exhibit.lead, table, look)
    _across(sheet, 2, marked, table, look)
    head = TITLE_ROWS
    for place, column in enumerate(table.columns):
        sheet.write_string(head, place, column.heading, look.head(column))
        sheet.set_column(place, place, _width(column, place, table))
    is_long = any(
        len(column.heading) > _width(column, place, table)
        for place, column in enumerate(table.columns)
    )
    sheet.set_row(head, LINE * (2 if is_long else 1))
    for number, row in enumerate(table.rows, start=head + 1):
        for place, (column, entry) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, number, place, entry, look.entry(column, entry, say.language))
    last = head + len(table.rows)
    if not table.rows and exhibit.remarks:
        last += 1
        _across(sheet, last, " ".join(exhibit.remarks), table, look)
    if table.rows:
        sheet.autofilter(head, 0, last, len(table.columns) - 1)
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(head)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last, len(table.columns) - 1)
    sheet.set_footer(f"&L{_footer(marked)}&R&P/&N")
    _chart(book, sheet, name, exhibit, table)


def _across(sheet: Any, row: int, text: str, table: Table, look: _Look) -> None:
    """A text over all columns, in as many lines as it needs: paper cuts what goes beyond them."""
    kind = look(font_color=colours("light")["ink-3"], text_wrap=True, valign="top")
    widths = [_width(column, place, table) for place, column in enumerate(table.columns)]
    sheet.set_row(row, LINE * -(-len(text) // max(int(sum(widths) * LETTER), 1)))
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", kind)
    sheet.write_string(row, 0, text, kind)


def _footer(text: str) -> str:
    """The source as a page footer, which Excel limits to 255 signs and reads & in."""
    return text.replace("&", "&&")[:200]


def _width(column: Column, place: int, table: Table) -> float:
    longest = max((len(row[place].text) for row in table.rows), default=0)
    return float(min(max(longest, min(len(column.heading), 14)) + 2, 60))


def _write(sheet: Any, row: int, place: int, entry: Entry, look: Any) -> None:
    """A value in its own type; missing is an empty field."""
    value = entry.value
    if value is None:
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, place, value, look)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.astimezone(ZONE), look)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, look)
    else:
        sheet.write_datetime(row, place, value, look)


# ---- charts


def _chart(book: Any, sheet: Any, name: str, exhibit: Exhibit, table: Table) -> None:
    """A native chart beside the table: the line of a series, the bars of a short list."""
    first = exhibit.charts[0] if exhibit.charts else None
    drawn = None
    if isinstance(first, Points):
        drawn = _lines(book, name, first, table)
    elif isinstance(first, Bars) and len(first.labels) == len(table.rows):
        drawn = _bars(book, name, first, table)
    if drawn is None:
        return
    drawn.set_title({"name": exhibit.title, "name_font": {"size": 11}, "overlay": False})
    drawn.set_size({"width": 760, "height": 380})
    sheet.insert_chart(TITLE_ROWS, len(table.columns) + 1, drawn)


def _range(name: str, table: Table, place: int) -> list[object]:
    return [name, TITLE_ROWS + 1, place, TITLE_ROWS + len(table.rows), place]


def _places(table: Table, kind: Kind) -> Iterator[int]:
    return (place for place, column in enumerate(table.columns) if column.kind is kind)


def _lines(book: Any, name: str, chart: Points, table: Table) -> Any:
    drawn = book.add_chart({"type": "line"})
    value = next(_places(table, Kind.NUMBER))
    ink = colours("light")
    labels = _range(name, table, 0)
    drawn.add_series(
        {
            "name": chart.value_name,
            "categories": labels,
            "values": _range(name, table, value),
            "line": {"color": ink["series-1"], "width": 2.25},
            "marker": {"type": "circle", "size": 5, "fill": {"color": ink["series-1"]}},
        }
    )
    if chart.has_targets:
        numbers = list(_places(table, Kind.NUMBER))
        drawn.add_series(
            {
                "name": chart.target_name,
                "categories": labels,
                "values": _range(name, table, numbers[-1]),
                "line": {"color": ink["ink-3"], "width": 1.25, "dash_type": "dash"},
            }
        )
    low, high = chart.bounds or (0, None)
    drawn.set_y_axis({"min": low, "max": high, "major_gridlines": {"visible": True}})
    drawn.show_blanks_as("gap")
    drawn.set_legend({"position": "bottom"})
    return drawn


def _bars(book: Any, name: str, chart: Bars, table: Table) -> Any:
    drawn = book.add_chart({"type": "bar"})
    texts = list(_places(table, Kind.TEXT))
    numbers = list(_places(table, Kind.NUMBER))
    ink = colours("light")
    drawn.add_series(
        {
            "name": chart.value_name,
            "categories": _range(name, table, texts[1]),
            "values": _range(name, table, numbers[1]),
            "fill": {"color": ink["series-1"]},
            "points": [
                {"fill": {"color": ink[f"{status}-fill"] if status else ink["series-1"]}}
                for status in chart.statuses
            ],
            "data_labels": {"value": True},
        }
    )
    drawn.set_y_axis({"reverse": True})
    drawn.set_x_axis({"min": 0, "major_gridlines": {"visible": False}})
    drawn.set_legend({"none": True})
    return drawn


# ---- the explanation


def _explanation(sheet: Any, folder: Folder, look: _Look, say: Words) -> None:
    """Everything said of each exhibit, by name; each page says if any of it is invented."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, LETTERS)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, say("export.explanation"), look(bold=True, font_size=14))
    mark = say("mark.simulated") if folder.simulated else ""
    sheet.write_string(1, 0, mark, look(font_color=colours("light")["near-ink"], bold=True))
    sheet.set_footer(f"&L{_footer(mark)}&R&P/&N")
    row = 3
    for name, text in folder.about:
        row = _fact(sheet, row, name, text, look)
    for exhibit in folder.exhibits:
        row += 1
        sheet.write_string(row, 0, exhibit.title, look(bold=True, font_size=11))
        row += 1
        for name, text in exhibit.facts:
            row = _fact(sheet, row, name, text, look)
        if exhibit.comment:
            row = _fact(sheet, row, say("export.comment"), exhibit.comment, look)
        for one in exhibit.said:
            row = _fact(sheet, row, say("export.said"), one, look)


def _fact(sheet: Any, row: int, name: str, text: str, look: _Look) -> int:
    sheet.write_string(row, 0, name, look(font_color=colours("light")["ink-3"], valign="top"))
    sheet.write_string(row, 1, text, look(text_wrap=True, valign="top"))
    sheet.set_row(row, LINE * (1 + len(text) // LETTERS))
    return row + 1
