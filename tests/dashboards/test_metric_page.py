"""The page of one metric: everything on it is what `query` and `compare` answer."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dashboards import format as fmt
from dashboards.cells import cells
from dashboards.charts.distribution import classes
from dashboards.components.catalogue import adding
from dashboards.data import Visit
from dashboards.ids import part
from dashboards.pages import PAGES, drawn_later
from domain.area import Boundaries
from domain.period import Span
from domain.scope import EVERYTHING
from metrics.catalogue import catalogue
from metrics.compare import Basis, compare
from metrics.query import query
from metrics.selection import By, Selection
from metrics.snapshots import Snapshot
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import elements, text_of

Visited = Callable[..., Visit]
YEAR = Span.of_days(date(2026, 1, 1), date(2026, 11, 22))


def drawn(visit: Visit, name: str) -> Any:
    values = PAGES["metric"].drawn(visit)
    return next(
        value for key, value in values.items() if key.startswith(f"{part('metric', name)}.")
    )


def cut(visit: Visit, name: str) -> Any:
    return next(iter(drawn_later(PAGES["metric"], name, visit).values()))


def test_the_cut_by_field_shows_what_the_query_answers(visit: Visited, snapshot: Snapshot) -> None:
    selection = Selection(
        ("dossiers_received",), YEAR, "25", by=By.FIELD, boundaries=Boundaries.TODAY
    )
    frame = query(selection, EVERYTHING, snapshot, now=NOW)
    names = {"TP": "Hộ tịch", "TP2": "Chứng thực", "DD": "Đất đai"}
    wanted = {
        names[one.dimension_value]: fmt.number(one.value) for one in cells(frame) if one.value
    }
    rows = elements(cut(visit("/metric/dossiers_received?area=25"), "field"), "ioc-ranking__row")
    assert len(wanted) == 3
    assert {
        text_of(elements(row, "ioc-ranking__name")[0]): text_of(
            elements(row, "ioc-ranking__value")[0]
        )
        for row in rows
    } == wanted


def test_a_line_of_a_cut_narrows_the_page_and_stays_among_the_others(visit: Visited) -> None:
    panel = cut(visit("/metric/dossiers_received?area=25"), "field")
    links = [name[2] for name in elements(panel, "ioc-ranking__name")]
    hrefs = {text_of(link): link[1]["href"] for link in links}
    assert hrefs["Đất đai"] == "/metric/dossiers_received?area=25&field=DD"
    narrowed = cut(visit(hrefs["Đất đai"]), "field")
    assert len(elements(narrowed, "ioc-ranking__row")) == 3
    chosen = elements(narrowed, "ioc-ranking__row--self")
    assert [text_of(elements(row, "ioc-ranking__name")[0]) for row in chosen] == ["Đất đai"]


def test_a_cut_that_a_metric_does_not_have_is_not_there(visit: Visited) -> None:
    assert cut(visit("/metric/docs_signed_rate?area=25"), "field") is None
    assert cut(visit("/metric/docs_signed_rate?area=25"), "organisation") is not None


def test_a_value_stands_beside_what_the_comparison_says(visit: Visited, snapshot: Snapshot) -> None:
    panel = cut(visit("/metric/dossiers_received?area=25"), "against")
    said = text_of(panel)
    selection = Selection(("dossiers_received",), YEAR, "25", boundaries=Boundaries.TODAY)
    found = compare(selection, Basis.LAST_YEAR, EVERYTHING, snapshot, now=NOW)
    assert found.other is not None
    assert found.difference is not None
    assert fmt.number(found.other) in said
    assert fmt.signed(found.difference, 0) in said
    assert "Chưa giao chỉ tiêu." in said


def test_last_years_course_lies_under_the_days_selected(visit: Visited) -> None:
    figure = drawn(visit("/metric/dossiers_received?area=25"), "trend")["light"]
    traces = {trace["name"]: trace for trace in figure["data"]}
    before, now = traces["before"], traces["value"]
    assert before["x"][0] == "2026-01-01"
    assert before["y"][0] == now["y"][now["x"].index("2025-01-01")]
    assert now["customdata"][-1] == (
        "/metric/dossiers_received?area=25&from=2026-10-01&to=2026-10-31"
    )


@pytest.mark.parametrize(
    ("values", "low", "high", "width"),
    [
        ([7.0], 7.0, 8.0, 1.0),
        ([100.0, 100.0], 100.0, 101.0, 1.0),
        ([0.0, 10.0, 24.0], 0.0, 24.0, 2.0),
        ([91.3, 98.5, 100.0], 91.0, 100.0, 1.0),
    ],
)
def test_every_value_lies_in_one_class_of_a_round_width(
    values: list[float], low: float, high: float, width: float
) -> None:
    found = classes(values)
    assert (found[0].low, found[-1].high) == (low, high)
    assert {one.high - one.low for one in found} == {width}
    assert sum(one.count for one in found) == len(values)


def test_the_catalogue_lists_every_metric_and_finds_by_any_of_its_words(visit: Visited) -> None:
    def entries(address: str) -> list[Any]:
        sections = PAGES["methodology"].drawn(visit(address))["methodology-sections.tree"]
        return elements(sections, "ioc-entry")

    assert len(entries("/methodology")) == len(catalogue())
    found = entries("/methodology?q=quyet dinh 766")
    assert 0 < len(found) < len(catalogue())
    assert all("766" in text_of(one) for one in found)
    assert len(entries("/methodology?q=docs_signed_rate")) == 1
    assert entries("/methodology?q=khong co gi nhu vay") == []


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        ("dossiers_received", "all"),
        ("dossiers_pending", "areas"),
        ("on_time_rate_resolved", "never"),
    ],
)
def test_what_may_be_added_is_said(metric: str, wanted: str) -> None:
    assert adding(catalogue().metric(metric)) == wanted


def test_any_figure_of_the_page_can_be_asked_about_unless_it_is_narrowed(visit: Visited) -> None:
    asking = elements(drawn(visit("/metric/dossiers_received?area=25"), "value"), "ioc-card__ask")
    there = "/alerts/ask/dossiers_received/25@2025-07-01/2026-01-01/"
    assert [one[1]["href"].startswith(there) for one in asking] == [True]
    narrowed = visit("/metric/dossiers_received?area=25&field=DD")
    assert elements(drawn(narrowed, "value"), "ioc-card__ask") == []
