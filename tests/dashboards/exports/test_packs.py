"""Packs: a recipe said once and made again; a province's own template; what is refused and why."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Inches

from dashboards.exports.forms import FORMS, write_file
from dashboards.exports.making import Maker
from dashboards.exports.periods import named_period
from dashboards.exports.recipe import Recipe, recipe_file, recipe_from, shipped, shipped_recipe
from domain.errors import ExportError, IocError, PeriodError, UnknownNameError
from domain.period import ReportingCalendar, Span
from tests.dashboards.exports import reading

MONDAY = date(2026, 11, 23)
NAMED = {
    "last_week": (date(2026, 11, 16), date(2026, 11, 22)),
    "this_week": (MONDAY, MONDAY),
    "last_month": (date(2026, 10, 1), date(2026, 10, 31)),
    "this_month": (date(2026, 11, 1), MONDAY),
    "last_quarter": (date(2026, 7, 1), date(2026, 9, 30)),
    "this_quarter": (date(2026, 10, 1), MONDAY),
    "last_year": (date(2025, 1, 1), date(2025, 12, 31)),
    "this_year": (date(2026, 1, 1), MONDAY),
    "2025-Q2": (date(2025, 4, 1), date(2025, 6, 30)),
    "2025-06": (date(2025, 6, 1), date(2025, 6, 30)),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_period_is_counted_from_the_day_the_pack_is_made(name: str) -> None:
    assert named_period(name, MONDAY) == Span.of_days(*NAMED[name])


def test_last_month_of_the_administrative_calendar_ends_on_the_14th() -> None:
    found = named_period("last_month", MONDAY, ReportingCalendar.ND09)
    assert found == Span.of_days(date(2026, 10, 15), date(2026, 11, 14))


def test_a_misspelt_period_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(PeriodError, match="Did you mean 'last_week'"):
        named_period("lastweek", MONDAY)


# ---- recipes


@pytest.mark.parametrize("name", list(shipped()))
def test_every_shipped_recipe_can_be_made_in_every_form(name: str, maker: Maker) -> None:
    area = "07948" if name == "mot-xa" else "25"
    recipe = shipped_recipe(name)
    told: list[tuple[int, int]] = []
    folder = maker.pack(recipe, area, "2026-10", lambda made, of: told.append((made, of)))
    count = len(recipe.sections)
    assert told[-1] == (count, count)
    slides = reading.slides(FORMS["pptx"].write(folder, None))
    assert len(slides) >= count + 1
    assert slides[0].shapes.title.text == recipe.title
    for form in ("pdf", "docx", "xlsx"):
        assert FORMS[form].write(folder, None)


def test_the_weekly_pack_says_on_every_slide_and_sheet_where_its_figures_are_from(
    maker: Maker,
) -> None:
    folder = maker.pack(shipped_recipe("giao-ban-tuan"), "25", "2026-10")
    for slide in reading.slides(FORMS["pptx"].write(folder, None))[1:]:
        text = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert maker.snapshot.version in text
        assert "DỮ LIỆU MÔ PHỎNG" in text
    for sheet in load_workbook(io.BytesIO(FORMS["xlsx"].write(folder, None))):
        assert "DỮ LIỆU MÔ PHỎNG" in str(sheet.oddFooter.left.text), sheet.title


def test_a_section_may_look_at_another_period_than_its_pack(maker: Maker) -> None:
    folder = maker.pack(shipped_recipe("giao-ban-tuan"), "25")
    leads = {exhibit.key: exhibit.lead for exhibit in folder.exhibits}
    assert "09/11/2026 – 15/11/2026" in leads["figures"]
    assert "01/01/2026 – 22/11/2026" in leads["map"]


def test_a_comment_stands_on_its_slide_in_the_report_and_in_the_pdf(maker: Maker) -> None:
    said = "Đề nghị các xã còn hồ sơ quá hạn báo cáo trước thứ Tư."
    section = {"kind": "trend", "metric": "dossiers_received", "comment": said}
    folder = maker.pack(recipe_from({"title": "T", "sections": [section]}, "t"), "25", "2026-10")
    assert said in reading.slide_texts(FORMS["pptx"].write(folder, None))
    assert said in reading.report_text(FORMS["docx"].write(folder, None))
    assert said in " ".join(reading.pdf_pages(FORMS["pdf"].write(folder, None)))
    assert said in reading.sheet_texts(FORMS["xlsx"].write(folder, None))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"title": "T", "sections": []}, "sections: .* at least 1"),
        (
            {"title": "T", "sections": [{"kind": "trend"}]},
            "section 1 is a trend and names no metric",
        ),
        ({"title": "T", "sections": [{"kind": "pie"}]}, r"sections\.0\.kind"),
        ({"title": "T", "slides": []}, "sections"),
    ],
)
def test_a_wrong_recipe_is_refused_at_its_place(given: dict[str, object], complaint: str) -> None:
    with pytest.raises(ExportError, match=complaint):
        recipe_from(given, "mine")


def test_a_recipe_that_is_no_toml_and_one_that_is_not_there_are_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("title = ")
    with pytest.raises(ExportError, match=r"mine\.toml cannot be read as TOML"):
        recipe_file(path)
    with pytest.raises(UnknownNameError, match="Did you mean 'giao-ban-tuan'"):
        shipped_recipe("giao-ban-tuang")


def test_a_metric_no_one_knows_is_refused_by_its_name(maker: Maker) -> None:
    recipe = Recipe.model_validate(
        {"title": "T", "sections": [{"kind": "trend", "metric": "on_time_rate_resolve"}]}
    )
    with pytest.raises(IocError, match="Did you mean 'on_time_rate_resolved'"):
        maker.pack(recipe, "25", "2026-10")


# ---- templates


def test_a_provinces_own_template_gives_size_and_title_and_loses_its_own_slides(
    maker: Maker, tmp_path: Path
) -> None:
    own = Presentation()
    own.slide_width, own.slide_height = Inches(10), Inches(7.5)
    own.slides.add_slide(own.slide_layouts[0])
    own.save(str(tmp_path / "slides.pptx"))
    folder = maker.pack(shipped_recipe("mot-xa"), "25", "2026-10")
    content = FORMS["pptx"].write(folder, tmp_path)
    made = Presentation(io.BytesIO(content))
    assert (made.slide_width, made.slide_height) == (Inches(10), Inches(7.5))
    assert made.slides[0].shapes.title is not None
    assert made.slides[0].shapes.title.text == "Tình hình xã, phường"
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= Inches(10) + 10
            assert shape.top + shape.height <= Inches(7.5)


def test_a_template_that_is_none_is_refused_by_its_name(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "slides.pptx").write_text("not a presentation")
    folder = maker.pack(shipped_recipe("mot-xa"), "25", "2026-10")
    with pytest.raises(ExportError, match=r"slides\.pptx is not a PowerPoint presentation"):
        FORMS["pptx"].write(folder, tmp_path)


def test_a_file_is_written_whole_or_not_at_all(maker: Maker, tmp_path: Path) -> None:
    folder = maker.pack(shipped_recipe("mot-xa"), "25", "2026-10")
    size = write_file(FORMS["pdf"], folder, tmp_path / "a.pdf", None)
    assert (tmp_path / "a.pdf").stat().st_size == size
    with pytest.raises(ExportError, match="cannot be written"):
        write_file(FORMS["pdf"], folder, tmp_path / "no" / "a.pdf", None)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_late_data_are_said_on_the_slide_in_words(maker: Maker) -> None:
    section = {"kind": "trend", "metric": "work_files_online_rate"}
    recipe = recipe_from({"title": "T", "sections": [section]}, "t")
    late = replace(maker, now=datetime(2027, 2, 1, tzinfo=UTC))
    text = reading.slide_texts(FORMS["pptx"].write(late.pack(recipe, "25", "2026"), None))
    assert "Số liệu chưa đến đúng hẹn" in text
    assert "(Trễ)" in text


def test_what_cannot_be_judged_is_in_no_form_said_to_be_met(maker: Maker) -> None:
    recipe = recipe_from({"title": "T", "sections": [{"kind": "concerns"}]}, "t")
    old = replace(maker, now=datetime(2027, 2, 1, tzinfo=UTC))
    folder = old.pack(recipe, "07948", "2026-10")
    for form, read in (
        ("pptx", reading.slide_texts),
        ("docx", reading.report_text),
        ("pdf", lambda file: " ".join(reading.pdf_pages(file))),
        ("xlsx", reading.sheet_texts),
    ):
        text = read(FORMS[form].write(folder, None))
        assert "còn 7 chỉ tiêu chưa đánh giá được" in text.replace("\n", " "), form
        assert "Không có chỉ tiêu nào chưa đạt" not in text, form
        assert "DỮ LIỆU MÔ PHỎNG" in text, form


def test_what_is_said_below_a_table_stands_on_the_page_where_that_ends(maker: Maker) -> None:
    folder = maker.pack(shipped_recipe("bao-cao-thang"), "25", "2026-10")
    report = Document(io.BytesIO(FORMS["docx"].write(folder, None)))
    (foot,) = report.sections[0].footer.paragraphs
    assert foot.text.count("\t") == len(foot.paragraph_format.tab_stops) == 1  # one line
    for table in report.element.body.iter(qn("w:tbl")):
        (*_, last) = table.iter(qn("w:tr"))
        assert all(one.find(f".//{qn('w:keepNext')}") is not None for one in last.iter(qn("w:p")))
