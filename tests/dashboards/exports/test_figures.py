"""What is exported is what `query` answers, in every form, and every form says what it is."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import openpyxl
import pandas as pd
import pypdfium2
import pytest
from PIL import Image
from reportlab.graphics.shapes import String

from dashboards import format as fmt
from dashboards.exports.drawing import drawn
from dashboards.exports.exhibit import Column, Entry, Exhibit, Folder, Kind, Points, Table
from dashboards.exports.forms import FORMS
from dashboards.exports.making import Maker
from dashboards.selection import View
from domain.area import Boundaries, Level
from domain.errors import ExportError
from domain.period import Grain, Span
from domain.scope import Scope
from metrics.query import query
from metrics.selection import By, Selection
from tests.dashboards.exports import reading

ON_TIME = "on_time_rate_resolved"
YEAR = Span(date(2026, 1, 1), date(2026, 11, 22))
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    '=HYPERLINK("http://x","y")',
    "http://example.org",
)


def asked(maker: Maker, selection: Selection) -> pd.DataFrame:
    return query(selection, maker.scope, maker.snapshot, now=maker.now, rules=maker.rules)


@pytest.fixture(scope="module")
def communes(maker: Maker) -> dict[str, Any]:
    """Name and values of the 148 communes of Phú Thọ, asked of `query` itself."""
    frame = asked(
        maker,
        Selection((ON_TIME,), YEAR, "25", by=By.AREA, boundaries=Boundaries.TODAY),
    )
    return {row["area"]: row for row in frame.to_dict("records")}


def write(form: str, folder: Folder) -> bytes:
    return FORMS[form].write(folder, None)


# ---- the ranking of 148 communes


def test_a_workbook_holds_each_communes_value_as_query_gives_it(
    ranking: Folder, communes: dict[str, Any]
) -> None:
    head, *rows = reading.sheet_rows(write("xlsx", ranking))
    found = {row[1]: row for row in rows}
    assert len(found) == 148
    assert set(found) == set(communes)
    value, numerator, denominator = (head.index(n) for n in ("Giá trị (%)", "Tử số", "Mẫu số"))
    for code, row in found.items():
        expected = communes[code]
        assert (row[value] is None) == bool(pd.isna(expected["value"]))
        if row[value] is not None:
            assert row[value] == expected["value"]
        assert row[numerator] == expected["numerator"]
        assert row[denominator] == expected["denominator"]


def test_a_csv_file_holds_each_communes_value_as_query_gives_it(
    ranking: Folder, communes: dict[str, Any]
) -> None:
    rows = {row[1]: row for row in reading.csv_rows(write("csv", ranking))}
    assert len(rows) == 148
    for code, row in rows.items():
        expected = communes[code]["value"]
        assert row[3] == "" if pd.isna(expected) else float(row[3]) == expected


def test_a_pdf_names_all_148_communes_and_repeats_the_head_on_each_page_of_the_table(
    ranking: Folder, maker: Maker
) -> None:
    pages = reading.pdf_pages(write("pdf", ranking))
    text = " ".join(pages)
    names = {one.name for one in maker.rules.register.children("25@2025-07-01", date(2026, 11, 21))}
    assert len(names) >= 145
    assert [name for name in names if name not in text] == []
    with_table = [page for page in pages if "Phường" in page or "Xã" in page]
    assert all("Tử số" in page for page in with_table)
    assert all(f"Trang {number}/{len(pages)}" in page for number, page in enumerate(pages, 1))


def test_slides_and_report_list_all_communes_as_a_screen_writes_them(
    ranking: Folder, communes: dict[str, Any]
) -> None:
    expected = sorted(
        fmt.figure(
            None if pd.isna(row["value"]) else row["value"], "percent", against=row["target"]
        )
        for row in communes.values()
    )
    for rows in (
        reading.slide_rows(write("pptx", ranking)),
        reading.report_rows(write("docx", ranking)),
    ):
        assert len(rows) == 148
        assert sorted(row[2] for row in rows) == expected


# ---- the trend of 24 months


@pytest.fixture(scope="module")
def months(maker: Maker) -> list[dict[Any, Any]]:
    span = Span(date(2024, 12, 1), date(2026, 12, 1))
    frame = asked(
        maker,
        Selection((ON_TIME,), span, "25", Grain.MONTH, boundaries=Boundaries.TODAY),
    )
    return frame[~frame["reported"]].to_dict("records")


def test_the_chart_on_a_slide_can_be_edited_and_holds_the_values_of_query(
    trend: Folder, months: list[dict[str, Any]]
) -> None:
    (chart,) = reading.slide_charts(write("pptx", trend))
    value, target = list(chart.plots[0].series)
    known = [row["value"] for row in months if not pd.isna(row["value"])]
    assert [one for one in value.values if one is not None] == known
    assert set(target.values) == {98.0}
    assert chart.part.chart_workbook.xlsx_part is not None


def test_days_are_days_and_numbers_are_numbers_in_a_workbook(
    trend: Folder, months: list[dict[str, Any]]
) -> None:
    head, *rows = reading.sheet_rows(write("xlsx", trend))
    assert head[:4] == ["Kỳ", "Từ ngày", "Đến ngày", "Giá trị (%)"]
    first = next(row for row in rows if row[0] == "Tháng 3/2026")
    assert (first[1].date(), first[2].date()) == (date(2026, 3, 1), date(2026, 3, 31))
    expected = next(row for row in months if row["period_start"] == date(2026, 3, 1))
    assert first[3] == expected["value"]
    assert isinstance(first[4], int)


def test_a_month_without_figures_is_an_empty_field_and_a_gap_and_never_zero(
    maker: Maker, seen: Callable[[str], View]
) -> None:
    folder = maker.panel("trend", seen("/area/25?from=2024-06-01&to=2025-03-31"))
    _, *rows = reading.sheet_rows(write("xlsx", folder))
    early = next(row for row in rows if row[0] == "Tháng 10/2024")
    assert early[3] is None
    (chart,) = reading.slide_charts(write("pptx", folder))
    assert 0 not in list(chart.plots[0].series[0].values)


# ---- what every form says


def everything(folder: Folder) -> dict[str, str]:
    """The words of every form that has words."""
    return {
        "xlsx": reading.sheet_texts(write("xlsx", folder)),
        "pptx": reading.slide_texts(write("pptx", folder)),
        "pdf": " ".join(reading.pdf_pages(write("pdf", folder))),
        "docx": reading.report_text(write("docx", folder)),
        "csv": write("csv", folder).decode(),
        "svg": write("svg", folder).decode(),
    }


def test_every_form_says_where_the_figures_are_from_how_far_they_reach_and_that_they_are_simulated(
    trend: Folder, maker: Maker
) -> None:
    for form, text in everything(trend).items():
        assert "Cổng Dịch vụ công (mô phỏng)" in text, form
        assert "07:50 22/11/2026 (Mới)" in text, form
        assert maker.snapshot.version in text.replace(" ", ""), form
        assert "mô phỏng" in text.lower(), form
        assert "Tỉnh Phú Thọ" in text, form
        assert "đơn vị tính: %" in text or "Đơn vị tính" in text, form
    for form in ("xlsx", "pptx", "pdf", "docx", "svg"):
        assert "DỮ LIỆU MÔ PHỎNG" in everything(trend)[form], form


def test_a_workbook_a_pdf_and_a_report_explain_how_the_figure_is_counted(trend: Folder) -> None:
    for form in ("xlsx", "pdf", "docx", "csv"):
        text = " ".join(everything(trend)[form].split())
        assert "Cách tính" in text, form
        assert "hồ sơ giải quyết trước hạn" in text, form
        assert "theo địa giới hiện nay" in text, form


def test_pictures_are_as_large_as_asked(trend: Folder) -> None:
    sizes = {form: Image.open(io.BytesIO(write(form, trend))).size for form in ("png", "png4")}
    assert sizes == {"png": (1440, 810), "png4": (2880, 1620)}


def test_a_map_is_drawn_with_every_commune_and_its_legend(
    maker: Maker, seen: Callable[[str], View]
) -> None:
    folder = maker.panel("map", seen("/area/25?from=2026-01-01&to=2026-11-21"))
    text = write("svg", folder).decode()
    assert text.count("<path") >= 148
    assert re.search(r"Chưa đạt: \d+", text)
    assert "…" not in text  # the legend goes on below rather than lose its end
    assert "<!DOCTYPE" not in text
    assert "không phải ranh giới" in text


def test_a_map_of_the_country_shows_hoang_sa_and_truong_sa(
    maker: Maker, seen: Callable[[str], View]
) -> None:
    text = write("svg", maker.panel("map", seen("/?from=2026-01-01&to=2026-11-21"))).decode()
    assert "QĐ. Hoàng Sa" in text
    assert "QĐ. Trường Sa" in text


def test_a_pdf_carries_its_typeface_and_composes_vietnamese_letters(trend: Folder) -> None:
    content = write("pdf", replace(trend, title="Giải quyết đúng hạn".encode().decode()))
    assert b"/FontFile2" in content
    with pypdfium2.PdfDocument(content) as document:
        assert document.get_metadata_value("Title") == "Giải quyết đúng hạn"


# ---- what must not happen


def exhibit_of(texts: tuple[str, ...]) -> Folder:
    table = Table(
        (Column("Tên"), Column("Số", Kind.NUMBER)),
        tuple((Entry(text, text), Entry(1.5, "1,5")) for text in texts),
    )
    one = Exhibit("t", "=T", "=L", "=S", (("=N", "=X"),), table, comment="=C")
    return Folder("T", "L", (one,), (("=A", "=B"),), datetime(2026, 11, 22).astimezone(), "vi")


def test_no_text_becomes_a_formula_or_a_link_in_a_workbook_and_stays_as_it_was() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write("xlsx", exhibit_of(FORMULAS))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    texts = [cell.value for cell in cells if cell.column == 1 and cell.row > 5]
    kept = [text for text in texts if isinstance(text, str)][: len(FORMULAS)]
    assert [text.replace("_x000D_", "\r") for text in kept] == list(FORMULAS)


def test_no_text_of_a_csv_file_can_be_taken_for_a_formula() -> None:
    rows = reading.csv_rows(write("csv", exhibit_of(FORMULAS)))
    assert [row[0] for row in rows[:-1]] == [f"'{text}" for text in FORMULAS[:-1]]
    assert rows[-1] == ["http://example.org", "1.5"]


def test_counts_that_are_withheld_stand_in_no_form(
    maker: Maker, seen: Callable[[str], View]
) -> None:
    view = seen("/area/25?from=2026-11-01&to=2026-11-21&metric=dossiers_received")
    folder = replace(maker, scope=Scope(None, least=5)).panel("ranking", view)
    _, *rows = reading.sheet_rows(write("xlsx", folder))
    values = [row[3] for row in rows]
    assert None in values
    assert not {1, 2, 3, 4} & set(values)
    shown = [row[2] for row in reading.slide_rows(write("pptx", folder))]
    assert not {"1", "2", "3", "4"} & set(shown)


def test_a_table_of_any_selection_holds_what_query_answers(maker: Maker) -> None:
    selection = Selection(
        ("dossiers_received", ON_TIME),
        YEAR,
        "25",
        Grain.QUARTER,
        By.AREA,
        Level.COMMUNE,
        Boundaries.TODAY,
    )
    _, *rows = reading.sheet_rows(write("xlsx", maker.table(selection)))
    frame = asked(maker, selection)
    assert [row[7] for row in rows] == [None if pd.isna(v) else v for v in frame["value"]]
    assert [row[1] for row in rows] == frame["area"].tolist()


def test_a_pack_is_no_picture(maker: Maker, trend: Folder) -> None:
    two = replace(trend, exhibits=trend.exhibits * 2)
    with pytest.raises(ExportError, match="Use pptx, pdf, docx or xlsx"):
        write("png", two)


def test_a_filter_narrows_the_figures_and_stands_in_words_in_every_form(
    maker: Maker, seen: Callable[[str], View]
) -> None:
    view = seen("/area/25?from=2026-01-01&to=2026-11-21&channel=online&metric=dossiers_received")
    folder = maker.panel("trend", view)
    _, *rows = reading.sheet_rows(write("xlsx", folder))
    frame = asked(
        maker,
        Selection(
            ("dossiers_received",),
            Span(date(2026, 3, 1), date(2026, 4, 1)),
            "25",
            boundaries=Boundaries.TODAY,
            filters=(("channel", "online"),),
        ),
    )
    march = next(row for row in rows if row[0] == "Tháng 3/2026")
    assert march[3] == frame["value"].iloc[0]
    assert all("Trực tuyến" in text for text in everything(folder).values())


def test_events_of_one_day_are_not_written_over_each_other(trend: Folder) -> None:
    (points,) = (chart for chart in trend.exhibits[0].charts if isinstance(chart, Points))
    events = tuple((4, f"01/07/2025: điều thứ {number}, nói khá dài") for number in range(3))
    sheet = drawn(replace(points, events=events), 500, 230)
    said = [one for one in sheet.contents if isinstance(one, String) and "điều thứ" in one.text]
    assert len(said) == 3
    assert len({one.y for one in said}) == 3
    assert max(one.y for one in said) + 7 <= 230


def test_a_last_value_and_its_target_at_the_foot_stay_apart(trend: Folder) -> None:
    (points,) = (chart for chart in trend.exhibits[0].charts if isinstance(chart, Points))
    nothing = tuple(0.0 for _ in points.values)
    sheet = drawn(replace(points, values=nothing, targets=nothing, bounds=None), 500, 230)
    ends = sorted(one.y for one in sheet.contents if isinstance(one, String) and one.x > 430)
    assert min(after - before for before, after in pairwise(ends)) >= 7
