"""What was explained and locked stands in the files, for those who may read it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from dashboards.access import ALERTS, EXPORT
from dashboards.exports.exhibit import Folder
from dashboards.exports.forms import FORMS
from dashboards.exports.making import Maker
from dashboards.exports.recipe import recipe_from
from dashboards.roles import ROLES
from dashboards.selection import View
from domain.area import Boundaries
from domain.period import Grain, Span
from domain.scope import Scope
from metrics.locks import LOCK, Lock
from metrics.query import query
from metrics.selection import Selection
from store.state import explanations
from store.state.audit import Deed
from store.state.explanations import Figures, Said, Subject
from tests.dashboards.conftest import NOW
from tests.dashboards.exports import reading
from tests.metrics.collected import at

HERE, THERE = "08521@2025-07-01", "08515@2025-07-01"
METRIC = "on_time_rate_resolved"
WHY = "Do thiếu hai cán bộ một cửa trong tháng 9."
PACK = {
    "title": "Giải trình",
    "period": "2026-10",
    "sections": [
        {"kind": "figures"},
        {"kind": "trend", "metric": METRIC},
        {"kind": "ranking", "metric": METRIC, "whole": True, "period": "2026"},
    ],
}


@pytest.fixture(scope="module")
def told(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Two communes are asked about their year so far; one has answered."""
    home = tmp_path_factory.mktemp("said")
    due = date(2026, 11, 30)
    for area in (HERE, THERE):
        subject = Subject(METRIC, area, "", "", date(2026, 1, 1), date(2026, 11, 1))
        deed = Deed(NOW, "chu.tich", "", "explanation.ask")
        number = explanations.ask(home, subject, Said("Vì sao?", Figures(), (), due), deed)
        if area == HERE:
            deed = Deed(NOW, "xa.nay", "", "explanation.answer")
            explanations.act_on(home, number, "answer", Said(WHY, Figures()), deed)
    return replace(maker, home=home)


def words_of(form: str, folder: Folder) -> str:
    content = FORMS[form].write(folder, None)
    read: dict[str, Callable[[bytes], str]] = {
        "xlsx": reading.sheet_texts,
        "pptx": reading.slide_texts,
        "pdf": lambda one: " ".join(reading.pdf_pages(one)),
        "docx": reading.report_text,
    }
    return " ".join(read[form](content).split())


@pytest.mark.parametrize("form", ["pptx", "pdf", "docx", "xlsx"])
def test_an_answer_and_a_question_still_open_stand_with_the_figures_in_every_form(
    told: Maker, form: str
) -> None:
    text = words_of(form, told.pack(recipe_from(PACK, "x"), "25"))
    assert WHY in text
    assert "chờ giải trình (hạn 30/11/2026)" in text
    assert "Phùng Nguyên" in text


def test_who_does_not_see_a_commune_does_not_read_what_it_answered(told: Maker) -> None:
    theirs = replace(told, scope=Scope(frozenset({THERE})))
    folder = theirs.pack(recipe_from(PACK, "x"), "08515")
    assert all(WHY not in line for one in folder.exhibits for line in one.said)
    office = replace(told, scope=Scope(None, frozenset({"H44.05"})))
    assert [one.said for one in office.pack(recipe_from(PACK, "x"), "25").exhibits] == [()] * 3


def test_who_may_take_figures_away_may_read_explanations() -> None:
    assert [one.name for one in ROLES.values() if one.permissions >= {EXPORT} and
            ALERTS not in one.permissions] == []  # fmt: skip


def test_a_figure_of_another_time_or_metric_is_not_explained_here(
    told: Maker, seen: Callable[[str], View]
) -> None:
    other = told.panel("ranking", seen("/area/25?from=2026-01-01&metric=dossiers_received"))
    assert other.exhibits[0].said == ()
    before = told.panel("ranking", seen("/area/25?from=2025-01-01&to=2025-12-31"))
    assert before.exhibits[0].said == ()
    now = told.panel("ranking", seen("/area/25?from=2026-01-01&to=2026-11-21"))
    assert len(now.exhibits[0].said) == 2


# ---- locked periods


@pytest.mark.parametrize("form", ["pptx", "pdf", "docx", "xlsx"])
def test_a_locked_month_says_when_it_was_locked_and_what_it_is_now(
    maker: Maker, seen: Callable[[str], View], form: str
) -> None:
    # All was delivered on 22/11/2026; locked on 5/4/2026, March has no value, and one since.
    march = Span(date(2026, 3, 1), date(2026, 4, 1))
    lock = Lock(LOCK, march, "25@2025-07-01", at("2026-04-05 16:00"), "Lan", "ioc-1")
    rules = replace(maker.rules, locks=replace(maker.rules.locks, held=(lock,), book=(lock,)))
    held = replace(maker, rules=rules)
    view = seen("/area/25?from=2026-01-01&to=2026-11-21")
    frame = query(
        Selection((METRIC,), march, "25", Grain.MONTH, boundaries=Boundaries.TODAY),
        held.scope, held.snapshot, now=NOW, rules=rules,
    )  # fmt: skip
    now = f"{frame['restated_value'].iloc[0]:.1f}".replace(".", ",")
    folder = held.panel("trend", view)
    if form == "pptx":
        table = folder.exhibits[0].table
        assert table is not None
        row = next(one for one in table.rows if one[0].text == "Tháng 3/2026")
        text = row[-1].text
    elif form == "docx":
        rows = reading.report_rows(FORMS[form].write(folder, None))
        text = next(row[-1] for row in rows if row[0] == "Tháng 3/2026")
    else:
        text = words_of(form, folder)
    assert any("kỳ đã chốt" in remark for remark in folder.exhibits[0].remarks)
    assert f"đã chốt 05/04/2026, tính lại nay là {now} %" in text.replace("\xa0", " ")
