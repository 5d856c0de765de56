"""The workbook that people fill in: names and codes given and locked, cells for figures open.

Every text is written as a text and never as a formula, whatever it begins with.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from datasources.kinds.submission_forms import (
    FILLED,
    GUIDE,
    HEADER_ROW,
    HEADERS,
    MEMO,
    SHEET,
    VERSION,
    Form,
    Item,
    Place,
)

PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FONT = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
INK, QUIET, BAND, INPUT, LINE = "#131D2B", "#5A6674", "#1B2A52", "#FFF6DB", "#C9D0D8"
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_color": BAND},
    "lead": {"font_color": INK},
    "hint": {"font_color": QUIET, "text_wrap": True, "valign": "top"},
    "head": {
        "bold": True, "bg_color": BAND, "font_color": "#FFFFFF", "text_wrap": True,
        "align": "center", "border": 1, "border_color": LINE,
    },
    "text": {"border": 1, "border_color": LINE, "text_wrap": True},
    "code": {"border": 1, "border_color": LINE, "font_color": QUIET, "num_format": "@"},
    "closed": {"border": 1, "border_color": LINE, "bg_color": "#EEF1F4"},
    "whole": {
        "border": 1, "border_color": LINE, "bg_color": INPUT, "locked": False,
        "num_format": "#,##0",
    },
    "any": {
        "border": 1, "border_color": LINE, "bg_color": INPUT, "locked": False,
        "num_format": "General",
    },
    "bold": {"bold": True, "border": 1, "border_color": LINE, "text_wrap": True, "valign": "top"},
    "wrapped": {"border": 1, "border_color": LINE, "text_wrap": True, "valign": "top"},
}  # fmt: skip
WIDTHS = (44, 30, 11, 18, 18, 18, 13, 26)
HINT = (
    "Chỉ điền các ô nền vàng. Chưa có số liệu thì để trống, không ghi 0: số 0 nghĩa là đã đếm và "
    "không có. Gõ số, không gõ chữ, không gõ đơn vị. Ý nghĩa và cách tính: tờ “Hướng dẫn”."
)
GUIDE_HEADERS = ("Chỉ tiêu", "Ý nghĩa", "Tử số hoặc số đếm", "Mẫu số", "Cách tính", "Căn cứ")
GUIDE_WIDTHS = (34, 52, 34, 34, 44, 34)
STEPS = (
    "1. Điền các ô nền vàng ở tờ “Số liệu”, lưu tệp dạng .xlsx; đừng đổi tên tờ, đừng xóa cột.",
    "2. Tải tệp lên ở trang “Nộp số liệu”, xem bảng đối chiếu, sửa các ô bị báo lỗi nếu có.",
    "3. Bấm “Nộp”. Nộp lại bất cứ lúc nào: số mới thay số cũ; ô để trống không xóa số đã nộp.",
)
COUNTED, SHARE, SCORE, RATE = (
    "số không âm",
    "hai số đếm; tử số không lớn hơn mẫu số",
    "điểm đã công bố",
    "chỉ điền khi không biết tử số và mẫu số",
)
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255


def template(form: Form) -> bytes:
    """The workbook of a form, empty."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, PLAIN) as book:
        book.set_properties({"title": form.title, "author": "Toàn Cảnh"})
        formats = {name: book.add_format({**FONT, **look}) for name, look in FORMATS.items()}
        _figures(book.add_worksheet(SHEET), form, formats)
        _guide(book.add_worksheet(GUIDE), form, formats)
        _memo(book.add_worksheet(MEMO), form)
    return file.getvalue()


def _figures(sheet: Worksheet, form: Form, formats: Mapping[str, Format]) -> None:
    sheet.write_string(0, 0, f"{form.title}", formats["title"])
    owner = f" · {form.owner}" if form.owner else ""
    lead = f"Kỳ: {form.period_name} · Đơn vị: {form.area_name}{owner}"
    sheet.write_string(1, 0, lead, formats["lead"])
    sheet.merge_range(2, 0, 2, 6, "", formats["hint"])
    sheet.write_string(2, 0, HINT, formats["hint"])
    for column, (name, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW - 1, column, name, formats["head"])
    _columns_in_use(sheet, form)
    _comments(sheet, form)
    last = HEADER_ROW
    for last, (item, place) in enumerate(form.rows(), HEADER_ROW + 1):
        _row(sheet, last - 1, item, place, formats)
    sheet.set_row(0, 24)
    sheet.set_row(2, 30)
    sheet.set_row(HEADER_ROW - 1, 34)
    sheet.freeze_panes(HEADER_ROW, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    _printed(sheet, last)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.print_area(0, 0, last - 1, 6)


def _columns_in_use(sheet: Worksheet, form: Form) -> None:
    """Columns that nothing is asked in are out of sight; their place stays."""
    used = "".join(FILLED[item.asks] for item in form.items)
    for letter in "DEF":
        if letter not in used:
            sheet.set_column(f"{letter}:{letter}", None, None, {"hidden": True})


def _comments(sheet: Worksheet, form: Form) -> None:
    """What stands above and below the line, told at the heading."""
    told: tuple[tuple[str, Sequence[tuple[str, str]]], ...] = (
        ("D", [(one.name, one.numerator) for one in form.items]),
        ("E", [(one.name, one.denominator) for one in form.items]),
    )
    for letter, meanings in told:
        lines = [f"{name}: {meaning}" for name, meaning in meanings if meaning]
        if lines:
            text = "\n".join(lines)
            look = {"x_scale": 3, "y_scale": min(1 + len(text) / 160, 8)}
            sheet.write_comment(f"{letter}{HEADER_ROW}", text, look)


def _row(
    sheet: Worksheet, row: int, item: Item, place: Place, formats: Mapping[str, Format]
) -> None:
    sheet.write_string(row, 0, item.name, formats["text"])
    sheet.write_string(row, 1, place.name, formats["text"])
    sheet.write_string(row, 2, place.code, formats["code"])
    sheet.write_string(row, 6, item.unit, formats["code"])
    sheet.write_string(row, 7, item.metric, formats["code"])
    for letter in "DEF":
        column = ord(letter) - ord("A")
        if letter not in FILLED[item.asks]:
            sheet.write_blank(row, column, None, formats["closed"])
            continue
        is_whole = item.whole and letter != "F"
        sheet.write_blank(row, column, None, formats["whole" if is_whole else "any"])
        sheet.data_validation(row, column, row, column, _validation(item, letter, whole=is_whole))


def _validation(item: Item, letter: str, *, whole: bool) -> dict[str, Any]:
    """Only numbers fit; on entering the cell it says what is counted there."""
    meaning = {"D": item.numerator, "E": item.denominator}.get(letter, "")
    title = {"D": "Tử số" if item.denominator else "Số đếm", "E": "Mẫu số"}.get(letter, "Giá trị")
    rule = {"count": COUNTED, "ratio": SHARE, "score": SCORE, "rate": SHARE}[item.asks]
    if item.asks == "rate" and letter == "F":
        rule = RATE
    most = 100 if item.percent and letter == "F" else 1e15
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": int(most),
        "input_title": title[:LONGEST_TITLE],
        "input_message": f"{meaning}\n({rule})".strip()[:LONGEST_MESSAGE],
        "error_title": "Không phải số hợp lệ",
        "error_message": f"Ô này chỉ nhận {'số nguyên ' if whole else 'số '}từ 0 trở lên"
        + (", tối đa 100." if most == 100 else "."),
    }


def _guide(sheet: Worksheet, form: Form, formats: Mapping[str, Format]) -> None:
    sheet.write_string(0, 0, "Cách nộp", formats["title"])
    for row, step in enumerate(STEPS, 1):
        sheet.write_string(row, 0, step, formats["lead"])
    top = len(STEPS) + 2
    for column, (name, width) in enumerate(zip(GUIDE_HEADERS, GUIDE_WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, name, formats["head"])
    for row, item in enumerate(form.items, top + 1):
        sheet.write_string(row, 0, item.name, formats["bold"])
        told = (item.meaning, item.numerator, item.denominator, item.explanation, item.basis)
        for column, text in enumerate(told, 1):
            sheet.write_string(row, column, text, formats["wrapped"])
    sheet.protect("", {"format_columns": True, "format_rows": True})
    _printed(sheet, top + 1 + len(form.items))


def _memo(sheet: Worksheet, form: Form) -> None:
    """What the file is for, so that it is never taken for another period or area."""
    kept = {
        "version": VERSION, "source": form.source, "period": form.period, "area": form.area,
    }  # fmt: skip
    for row, (name, value) in enumerate(kept.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()


def _printed(sheet: Worksheet, rows: int) -> None:
    """A4, landscape, as wide as the page; the page's number below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0 if rows else 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&F&RTrang &P/&N")
