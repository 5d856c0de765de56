"""Every number of every shipped recipe, read back from every form, is what `query` answers."""

import io
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import openpyxl
import pandas as pd
import pytest
from docx import Document

from dashboards import format as fmt
from dashboards.exports.exhibit import Exhibit, Folder
from dashboards.exports.forms import FORMS
from dashboards.exports.making import Maker
from dashboards.exports.periods import named_period
from dashboards.exports.recipe import Recipe, Section, shipped
from domain.area import Boundaries
from domain.dossier import local_day
from domain.period import Grain, Span
from metrics.index766 import index766
from metrics.query import query
from metrics.selection import By, Selection
from tests.dashboards.exports import reading

PERIOD = "2026-10"
VALUE = "Giá trị"


@dataclass(frozen=True)
class Written:
    """A recipe's pack in every form, and how to ask for its figures again."""

    maker: Maker
    recipe: Recipe
    area: str
    folder: Folder

    @cached_property
    def files(self) -> dict[str, bytes]:
        return {
            form: FORMS[form].write(self.folder, None) for form in ("pptx", "pdf", "docx", "xlsx")
        }

    @cached_property
    def book(self) -> Any:
        return openpyxl.load_workbook(io.BytesIO(self.files["xlsx"]))

    @property
    def sections(self) -> list[tuple[Section, Exhibit, Any]]:
        """Each section with its exhibit and its sheet."""
        return list(
            zip(self.recipe.sections, self.folder.exhibits, self.book.worksheets, strict=False)
        )

    def span(self, section: Section) -> Span:
        text = section.period or PERIOD
        return named_period(text, local_day(self.maker.now), self.recipe.calendar)

    def asked(self, metric: str, span: Span, **cut: Any) -> pd.DataFrame:
        selection = Selection((metric,), span, self.area, boundaries=Boundaries.TODAY, **cut)
        made = self.maker
        return query(selection, made.scope, made.snapshot, now=made.now, rules=made.rules)

    def slide_charts(self, title: str) -> list[Any]:
        """The native charts of the slide with a title."""
        return [
            shape.chart
            for slide in reading.slides(self.files["pptx"])
            if slide.shapes.title.text == title
            for shape in slide.shapes
            if shape.has_chart
        ]


@pytest.fixture(scope="module", params=list(shipped()))
def written(request: pytest.FixtureRequest, maker: Maker) -> Written:
    recipe, area = shipped()[request.param], "07948" if request.param == "mot-xa" else "25"
    return Written(maker, recipe, area, maker.pack(recipe, area, PERIOD))


def rows_of(sheet: Any) -> tuple[list[str], list[list[Any]]]:
    """The head of a sheet's table and its rows, as they are typed."""
    head, *rows = [
        [cell.value for cell in row]
        for row in sheet.iter_rows(min_row=5)
        if any(cell.value is not None for cell in row)
    ]
    return [str(name) for name in head], rows


def place_of(head: list[str], name: str) -> int:
    return next(place for place, one in enumerate(head) if one.startswith(name))


def known(value: Any) -> float | None:
    """A value to 12 digits: workbooks keep 16. None where it is missing."""
    return None if value is None or pd.isna(value) else float(f"{value:.12g}")


def test_a_workbooks_trends_are_querys_and_its_days_are_days(written: Written) -> None:
    count = 0
    for section, _, sheet in written.sections:
        if section.kind != "trend":
            continue
        head, rows = rows_of(sheet)
        value, since, until = (place_of(head, one) for one in (VALUE, "Từ ngày", "Đến ngày"))
        first, last = rows[0][since].date(), rows[-1][until].date()
        frame = written.asked(str(section.metric), Span.of_days(first, last), grain=section.grain)
        answer = {
            one["period_start"]: known(one["value"])
            for one in frame[~frame["reported"]].to_dict("records")
        }
        for row in rows:
            assert isinstance(row[value], int | float | None)
            if row[since].date() in answer:
                assert known(row[value]) == answer[row[since].date()], (section.metric, row)
                count += row[value] is not None
    assert count > 5 or not any(one.kind == "trend" for one in written.recipe.sections)


def test_the_charts_of_slides_hold_the_same_values_and_can_be_edited(written: Written) -> None:
    count = 0
    for section, exhibit, sheet in written.sections:
        if section.kind not in ("trend", "ranking"):
            continue
        head, rows = rows_of(sheet)
        values = {known(row[place_of(head, VALUE)]) for row in rows}
        for chart in written.slide_charts(exhibit.title):
            drawn = [known(one) for one in chart.plots[0].series[0].values if one is not None]
            assert set(drawn) <= values, exhibit.title
            assert chart.part.chart_workbook.xlsx_part is not None
            count += len(drawn)
    assert count > 5


def test_each_area_of_a_map_and_a_ranking_has_querys_value(written: Written) -> None:
    for section, exhibit, sheet in written.sections:
        if section.kind not in ("map", "ranking") or written.area != "25":
            continue
        head, rows = rows_of(sheet)
        code, value = place_of(head, "Mã"), place_of(head, VALUE)
        frame = written.asked(str(section.metric), written.span(section), by=By.AREA)
        answer = {one["area"]: known(one["value"]) for one in frame.to_dict("records")}
        assert len(rows) == 148, exhibit.title
        assert {row[code]: known(row[value]) for row in rows} == answer, exhibit.title


def test_key_figures_are_querys_with_what_they_were_made_of(written: Written) -> None:
    for section, exhibit, sheet in written.sections:
        if section.kind not in ("figures", "concerns"):
            continue
        head, rows = rows_of(sheet)
        named = {one.name.vi: one for one in written.maker.rules.catalogue}
        named |= {one.short.vi: one for one in written.maker.rules.catalogue}
        for row in rows:
            metric = named.get(row[0])
            if metric is None:
                continue
            frame = written.asked(metric.id, written.span(section))
            shown = frame[~frame["reported"]].iloc[0]
            assert known(row[place_of(head, VALUE)]) == known(shown["value"]), (exhibit.title, row)
            if metric.is_rate and section.kind == "figures" and known(shown["value"]) is not None:
                parts = fmt.fraction(shown["numerator"], shown["denominator"])
                assert parts in row, (metric.id, row)


def test_pages_and_reports_print_what_the_workbook_holds(written: Written) -> None:
    printed = " ".join(reading.pdf_pages(written.files["pdf"])).replace("\xa0", " ")
    tables = Document(io.BytesIO(written.files["docx"])).tables
    report = {cell.text for table in tables for row in table.rows for cell in row.cells}
    slides = {text for row in reading.slide_rows(written.files["pptx"]) for text in row}
    count = 0
    for exhibit in written.folder.exhibits:
        for row in exhibit.printed.rows if exhibit.printed else ():
            for entry in row:
                if isinstance(entry.value, float | int) and entry.text:
                    assert entry.text in report, exhibit.title
                    assert entry.text in slides, exhibit.title
                    assert entry.text.replace("\xa0", " ") in printed, exhibit.title
                    count += 1
    assert count > 5


def test_no_cell_of_a_workbook_is_a_formula_and_every_sheet_says_what_it_is(
    written: Written,
) -> None:
    for sheet in written.book.worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        text = " ".join(str(cell.value) for cell in cells if cell.value is not None)
        assert "mô phỏng" in text.lower(), sheet.title
        assert written.maker.snapshot.version in text, sheet.title


def test_what_is_asked_is_this_months_and_not_another(written: Written) -> None:
    # October of 2026 by hand: the pack's own period, and no day of November in it.
    span = written.span(Section(kind="figures"))
    assert (span.start, span.last_day) == (date(2026, 10, 1), date(2026, 10, 31))
    assert "01/10/2026 – 31/10/2026" in written.folder.subtitle.replace("\xa0", " ") or (
        "Tháng 10/2026" in written.folder.subtitle
    )
    assert Grain.MONTH in {one.grain for one in written.recipe.sections}


def test_the_points_of_the_index_are_those_of_the_index_itself(written: Written) -> None:
    for section, _, sheet in written.sections:
        if section.kind != "index766":
            continue
        head, rows = rows_of(sheet)
        made = written.maker
        asked = Selection(
            ("dossiers_received",), written.span(section), written.area, boundaries=Boundaries.TODAY
        )
        (index,) = index766(asked, made.scope, made.snapshot, now=made.now, rules=made.rules)
        expected = [
            line
            for group in index.groups
            for line in (
                (group.group.max, group.score, group.official, None),
                *((one.component.max, one.score, None, one.lost) for one in group.components),
            )
        ]
        columns = [place_of(head, one) for one in ("Tối đa", "Điểm tính", "Điểm công", "Điểm mất")]
        found = [tuple(known(row[place]) for place in columns) for row in rows]
        assert found == [tuple(map(known, line)) for line in expected]
        assert sum(line[1] is not None for line in found) > 3
        return
    assert not any(one.kind == "index766" for one in written.recipe.sections)
