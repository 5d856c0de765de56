"""The walk through the pages: every number they send is what `query` answers, in both languages.

What is looked at is what the browser gets: cards, rankings, trends and maps of every page that has
them. The question behind each is asked anew here, from the address alone.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards import format as fmt
from dashboards.cells import Cell, cells
from dashboards.data import Visit
from dashboards.pages import PAGES
from dashboards.places import area_title
from dashboards.subjects import subjects
from domain.area import Boundaries, Level
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from metrics.query import query
from metrics.selection import By, Selection
from metrics.snapshots import Snapshot
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import elements, text_of

Visited = Callable[..., Visit]
YEAR = Span.of_days(date(2026, 1, 1), date(2026, 11, 22))
WALK = {
    "/": None,
    "/area/25": "25",
    "/area/08521": "08521",
    "/metric/on_time_rate_resolved?area=25": "25",
    "/metric/docs_signed_rate?area=08521": "08521",
    "/metric/dossiers_pending": None,
    **{f"/subject/{one.name}?area=25": "25" for one in subjects()},
}
LANGUAGES = ("vi", "en")
walking = pytest.mark.parametrize(
    ("address", "language"), [(address, language) for address in WALK for language in LANGUAGES]
)


def answered(snapshot: Snapshot, metric: str, span: Span, address: str, **how: Any) -> list[Cell]:
    how = {"boundaries": Boundaries.TODAY, **how}
    selection = Selection((metric,), span, WALK[address], **how)
    return cells(query(selection, EVERYTHING, snapshot, now=NOW))


DRAWN: dict[tuple[str, str, str], dict[str, Any]] = {}
"""What a page sent, by address and language: drawn once for all who look at it."""


def parts(visit: Visit, ending: str) -> Iterator[tuple[str, Any]]:
    key = (visit.place.path, visit.place.search, visit.place.language)
    if key not in DRAWN:
        DRAWN[key] = PAGES[visit.view.page].drawn(visit)
    for name, value in DRAWN[key].items():
        part, _, what = name.rpartition(".")
        if what == ending:
            yield part, value


def days_of(visit: Visit, metric: str) -> Span:
    """The year, but a figure told for longer periods is of its newest one."""
    return visit.board.newest.get(metric, YEAR)


def written(cell: Cell, language: str) -> set[str]:
    """How a card may write a value: whole, or a sum of money in millions."""
    whole = fmt.figure(cell.value, cell.unit, language, against=cell.target)
    return {whole, fmt.large(cell.value, cell.unit, language)[0]}


@walking
def test_every_card(visit: Visited, snapshot: Snapshot, address: str, language: str) -> None:
    visited = visit(address, language=language)
    found = [card for _, tree in parts(visited, "tree") for card in elements(tree, "ioc-card")]
    assert found
    for card in found:
        metric = card[1]["data-metric"]
        [value, *_] = answered(snapshot, metric, days_of(visited, metric), address)
        shown = text_of(elements(card, "ioc-card__value")[0])
        assert shown in written(value, language), metric


@walking
def test_every_line_of_a_ranking(
    visit: Visited, snapshot: Snapshot, address: str, language: str
) -> None:
    if address.startswith("/area/08521") or "area=08521" in address:
        pytest.skip("a commune has nothing below; its neighbours are of the province")
    visited = visit(address, language=language)
    metric = visited.board.metric
    wanted = {
        one.area_id: fmt.figure(one.value, one.unit, language)
        for one in answered(snapshot, metric.id, days_of(visited, metric.id), address, by=By.AREA)
    }
    rows = [
        row
        for part, tree in parts(visited, "tree")
        if part.endswith("ranking")
        for row in elements(tree, "ioc-ranking__row")
        if elements(row, "ioc-ranking__value")
    ]
    named = {
        area_title(visited.board.register.get(area_id), visited.board.map_day): text
        for area_id, text in wanted.items()
    }
    assert bool(rows) == any(text != fmt.MISSING for text in wanted.values())
    for row in rows:
        name = text_of(elements(row, "ioc-ranking__name")[0])
        assert text_of(elements(row, "ioc-ranking__value")[0]) == named[name], name


@walking
def test_every_point_of_a_trend(
    visit: Visited, snapshot: Snapshot, address: str, language: str
) -> None:
    visited = visit(address, language=language)
    figures = [figure for part, figure in parts(visited, "figure") if part.endswith("trend")]
    points = {
        (trace["name"], day): value
        for figure in figures
        for trace in figure["light"]["data"]
        if trace["name"] in ("value", "open", "reported")
        for day, value in zip(trace["x"], trace["y"], strict=True)
        if value is not None
    }
    if not points:
        return
    days = sorted(date.fromisoformat(day) for _, day in points)
    span = Span(days[0], max(days[-1] + timedelta(days=1), date(2026, 11, 23)))
    metric, grain = visited.board.metric.id, visited.board.grain
    assert isinstance(grain, Grain)
    wanted = {
        one.period.start.isoformat(): one.value
        for one in answered(snapshot, metric, span, address, grain=grain)
        if not one.reported
    }
    for (name, day), value in points.items():
        if name != "reported":
            assert value == pytest.approx(wanted[day], rel=1e-12), day


@walking
def test_every_area_of_a_map(
    visit: Visited, snapshot: Snapshot, address: str, language: str
) -> None:
    """What is read when the pointer stands on an area."""
    visited = visit(address, language=language)
    board = visited.board
    if board.area.level is Level.COMMUNE:
        pytest.skip("a commune is shown among its neighbours")
    found = answered(
        snapshot, board.metric.id, days_of(visited, board.metric.id), address, by=By.AREA
    )
    wanted = {
        area_title(board.register.get(one.area_id), board.map_day): fmt.figure(
            one.value, one.unit, language
        )
        for one in found
        if one.value is not None
    }
    figures = [figure for part, figure in parts(visited, "figure") if part.endswith("map")]
    told = [
        text
        for figure in figures
        for trace in figure["light"]["data"]
        if trace.get("name") == "areas"
        for text in trace["text"]
    ]
    for text in told:
        name = max((one for one in wanted if one in text), key=len)
        assert wanted[name] in text, text
