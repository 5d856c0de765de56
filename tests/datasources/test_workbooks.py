"""Promises of workbooks: cells as people mean them, and no bomb is ever unpacked."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.datasources.books import workbook
from tests.datasources.home import Delivery, Home

SOURCE = """
[desk]
kind = "xlsx"
record = "dossier"
path = "in/*.xlsx"
within = "25"
{keys}
[desk.columns]
dossier_code = "Mã"
received_at = "Nhận"
due_at = "Hẹn"
competent_area = "Xã"
"""
HEADER = ["Mã", "Nhận", "Hẹn", "Xã", "Người nộp"]


WALL = datetime(2020, 7, 15, 8, 30)  # noqa: DTZ001  (a workbook knows no zone)


def row(number: int, **given: Any) -> list[Any]:
    values = {
        "code": f"HS-{number}",
        "received": WALL,
        "due": date(2020, 7, 16),
        "area": "08563",
        "name": "Nguyễn Thị Canh",
    }
    return list({**values, **given}.values())


def collect(home: Home, content: bytes, keys: str = "") -> Delivery:
    home.configure(SOURCE.format(keys=keys))
    home.write("in/a.xlsx", content)
    return home.collect("desk")


def test_cells_become_fields_and_columns_that_nobody_asked_for_stay_behind(home: Home) -> None:
    delivery = collect(home, workbook([HEADER, row(1)]))
    [found] = delivery.rows()
    assert found["dossier_code"] == "HS-1"
    assert found["received_at"] == datetime(2020, 7, 15, 1, 30, tzinfo=UTC)
    assert found["due_at"] == datetime(2020, 7, 15, 17, tzinfo=UTC)
    assert found["competent_area"] == "08563@"
    assert delivery.manifest["contract"] == ["a.xlsx: columns not read: Người nộp."]
    for path in delivery.folder.iterdir():
        assert b"Canh" not in path.read_bytes()


@pytest.mark.parametrize(
    "received",
    [WALL, 44027.354166666664, "15/07/2020 08:30", "2020-07-15T08:30:00"],
)
def test_a_date_may_be_a_date_a_count_of_days_or_a_text(home: Home, received: Any) -> None:
    delivery = collect(home, workbook([HEADER, row(1, received=received)]))
    assert delivery.column("received_at") == [datetime(2020, 7, 15, 1, 30, tzinfo=UTC)]


def test_a_format_for_texts_leaves_dates_that_are_dates_as_they_are(home: Home) -> None:
    rows = [HEADER, row(1), row(2, received="07/15/2020 08:30")]
    delivery = collect(home, workbook(rows), 'formats = ["MM/dd/yyyy HH:mm"]')
    assert delivery.column("received_at") == [datetime(2020, 7, 15, 1, 30, tzinfo=UTC)] * 2


@pytest.mark.parametrize("number", [2020, 20_200_715_083, -5, 0.5, 1e300])
def test_a_number_that_is_no_count_of_days_is_no_date(home: Home, number: float) -> None:
    rows = [row(one) for one in range(30)]
    delivery = collect(home, workbook([HEADER, *rows, row(31, received=number)]))
    [(at, field, _, _)] = delivery.refusals
    assert (at, field) == (32, "received_at")


def test_a_due_day_written_as_a_day_lasts_to_its_end_where_terms_are_in_hours(home: Home) -> None:
    for due in (date(2020, 7, 16), 44028):
        rows = [HEADER, row(1, due=due)]
        delivery = collect(home, workbook(rows), 'deadline_precision = "second"')
        assert delivery.column("due_at") == [datetime(2020, 7, 16, 16, 59, 59, 999999, tzinfo=UTC)]


def test_a_code_that_lost_its_first_zero_in_a_number_gets_it_back(home: Home) -> None:
    delivery = collect(home, workbook([HEADER, row(1, area=8563), row(2, area=238)]))
    assert delivery.column("competent_area") == ["08563@", "238@"]


FIGURES = """
[figures]
kind = "xlsx"
record = "observation"
path = "f.xlsx"
sheet = "Tháng"
header_row = 3
header_rows = 2
decimal = ","
within = "25"
skip = ["Tổng cộng"]
[figures.columns]
metric = "Chỉ tiêu"
area = "Đơn vị"
period_start = "Kỳ báo cáo / Từ ngày"
period_end = "Kỳ báo cáo / Đến trước ngày"
numerator = "Số lượng / Đạt"
denominator = "Số lượng / Tổng"
value = "Điểm"
[figures.values.metric]
"Ký số" = "leaders_certified_rate"
"*" = "paper_saved"
"""


def figures(rows: list[list[Any]]) -> bytes:
    return workbook(
        [
            ["BÁO CÁO THÁNG"],
            [],
            [],
            [None, None, "Từ ngày", "Đến trước ngày", "Đạt", "Tổng", None],
            *rows,
        ],
        "Tháng",
        before=["Danh mục"],
        merged=[
            (2, 0, 3, 0, "Chỉ tiêu"),
            (2, 1, 3, 1, "Đơn vị"),
            (2, 2, 2, 3, "Kỳ báo cáo"),
            (2, 4, 2, 5, "Số lượng"),
            (2, 6, 3, 6, "Điểm"),
        ],
    )


def test_a_header_of_two_rows_with_merged_cells_names_each_column_by_both(home: Home) -> None:
    home.configure(FIGURES)
    content = figures([
        ["Ký số", "xã Sơn Hùng", date(2025, 1, 1), date(2025, 2, 1), 7, 8, None],
        [],
        ["Giấy", "H. Thanh Sơn", date(2025, 1, 1), date(2025, 2, 1), None, None, "98,25"],
        ["Giấy", 25, date(2025, 1, 1), date(2025, 2, 1), None, None, 98.25],
        ["Tổng cộng", None, None, None, 7, 8, None],
    ])  # fmt: skip
    home.write("f.xlsx", content)
    delivery = home.collect("figures")
    found = delivery.rows("observation")
    assert [(one["metric"], one["area"]) for one in found] == [
        ("leaders_certified_rate", "08563@"),
        ("paper_saved", "238@"),
        ("paper_saved", "25@"),
    ]
    assert (found[0]["numerator"], found[0]["denominator"]) == (7.0, 8.0)
    assert [one["value"] for one in found] == [None, 98.25, 98.25]
    assert delivery.manifest["rows_read"] == 3
    assert delivery.manifest["contract"] == [
        "f.xlsx: 1 rows that begin with Tổng cộng passed over."
    ]


def test_the_first_sheet_that_is_shown_is_read_unless_another_is_named(home: Home) -> None:
    content = workbook([HEADER, row(1)], "Hồ sơ", before=["Ẩn"])
    assert len(collect(home, content).rows()) == 1
    home.write("in/a.xlsx", content)
    assert "has no header in row 1 of 'Ẩn'" in collect(home, content, "sheet = 1").error
    assert len(collect(home, content, "sheet = 2").rows()) == 1
    missing = collect(home, content, 'sheet = "Ho so"').error
    assert "has no sheet 'Ho so'. Did you mean 'Hồ sơ'?" in missing


def test_a_missing_column_fails_the_batch_and_names_the_nearest(home: Home) -> None:
    header = [name.replace("Hẹn", "Hẹn trả") for name in HEADER]
    delivery = collect(home, workbook([header, row(1)]))
    assert delivery.error == (
        "desk: a.xlsx has no column 'Hẹn'. Did you mean 'Hẹn trả'? "
        "Correct [desk.columns] due_at in config/sources.toml."
    )


def test_a_formula_counts_as_what_it_showed_and_an_error_as_nothing(home: Home) -> None:
    def formulas(page: Any) -> None:
        page.write_formula(31, 0, '="HS-"&99', None, "HS-99")
        page.write_formula(31, 1, "=B2", None, 44027.5)
        page.write_formula(31, 3, "=D2", None, "08563")
        page.write_formula(32, 0, "=1/0", None, "#DIV/0!")
        page.write(32, 3, "08563")

    rows = [row(one) for one in range(30)]
    delivery = collect(home, workbook([HEADER, *rows], more=formulas))
    assert delivery.column("dossier_code")[-1] == "HS-99"
    assert delivery.refusals == [(33, "dossier_code", "missing", "is empty")]


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def repacked(content: bytes, name: str, part: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    return packed({**parts, name: part})


GOOD = workbook([HEADER, *(row(number) for number in range(30))])
SHEET = "xl/worksheets/sheet1.xml"
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed({SHEET: b"0" * 50_000_000}), "would unpack to far more"),
        (packed({f"{number}": b"" for number in range(6000)}), "would unpack to far more"),
        (repacked(GOOD, SHEET, FAR), "has cells as far as row 1048576 and column 16384"),
        (GOOD[: len(GOOD) // 2], "is no workbook (.xlsx), or it is damaged"),
        (GOOD[:200] + b"\0" * 40 + GOOD[240:], "is no workbook (.xlsx), or it is damaged"),
        (b"", "is no workbook"),
        (b"Ma,Nhan\n1,2\n", "is no workbook"),
        (packed({"a.txt": b"x"}), "is no workbook"),
        (repacked(GOOD, SHEET, b"<worksheet><sheetData><row"), "a.xlsx"),
        (repacked(GOOD, "xl/workbook.xml", b"<!DOCTYPE a><a>&b;</a>"), "a.xlsx"),
    ],
)
def test_what_is_no_workbook_or_too_much_of_one_is_refused_in_a_sentence(
    home: Home, content: bytes, words: str
) -> None:
    delivery = collect(home, content)
    assert words in delivery.error
    assert list(home.path.glob("landing/*/2*")) == []


def test_an_archive_that_lies_about_its_size_is_damaged(home: Home) -> None:
    large = bytearray(packed({SHEET: b"0" * 50_000_000}))
    size = (50_000_000).to_bytes(4, "little")
    assert large.count(size) == 2
    lied = bytes(large.replace(size, (900_000).to_bytes(4, "little")))
    assert "is no workbook (.xlsx), or it is damaged" in collect(home, lied).error
