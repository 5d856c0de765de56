"""The page that compares: columns are `query`, places are metrics.ranking, the whole is whole."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboards import format as fmt
from dashboards.cells import cells
from dashboards.data import Visit
from dashboards.pages import PAGES, drawn_later
from dashboards.selection import AddressError
from dashboards.side_by_side import SideBySide
from domain.area import Boundaries
from domain.period import Span
from domain.scope import EVERYTHING
from metrics.catalogue import catalogue
from metrics.query import query
from metrics.ranking import ranking
from metrics.selection import By, Selection
from metrics.snapshots import Snapshot
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import elements, text_of

Visited = Callable[..., Visit]
YEAR = Span.of_days(date(2026, 1, 1), date(2026, 11, 22))


def compared(visit: Visit) -> SideBySide:
    return SideBySide(visit.board, visit.words)


def asked(snapshot: Snapshot, area: str | None, **more: Any) -> Any:
    selection = Selection(("dossiers_received",), YEAR, area, boundaries=Boundaries.TODAY, **more)
    return query(selection, EVERYTHING, snapshot, now=NOW)


def test_areas_stand_beside_each_other_and_the_whole_they_are_in(
    visit: Visited, snapshot: Snapshot
) -> None:
    found = compared(visit("/compare?area=25&with=04&metric=dossiers_received"))
    assert [(one.name, one.is_whole) for one in found.columns] == [
        ("Tỉnh Phú Thọ", False),
        ("Tỉnh Cao Bằng", False),
        ("Việt Nam", True),
    ]
    wanted = [cells(asked(snapshot, area))[0].value for area in ("25", "04", None)]
    assert [one.now["dossiers_received"].value for one in found.columns] == wanted


def test_the_whole_beside_organisations_is_not_narrowed_to_them(
    visit: Visited, snapshot: Snapshot
) -> None:
    address = "/compare?area=25&side=organisation&organisation=H44.08521&metric=dossiers_received"
    own, whole = compared(visit(address)).columns
    assert own.name == "UBND xã Phùng Nguyên"
    narrow = asked(snapshot, "25", filters=(("organisation", "H44.08521"),))
    assert own.now["dossiers_received"].value == cells(narrow)[0].value
    assert whole.now["dossiers_received"].value == cells(asked(snapshot, "25"))[0].value
    assert own.now["dossiers_received"].value != whole.now["dossiers_received"].value


def test_an_area_before_the_merger_stands_beside_what_it_became(visit: Visited) -> None:
    address = "/compare?area=25@2025-06-30&with=25@2025-07-01&metric=dossiers_received"
    found = compared(visit(f"{address}&from=2025-01-02&to=2025-06-30"))
    before, now = (one.now["dossiers_received"].value for one in found.columns[:2])
    assert found.columns[0].note == "đến 2025"
    assert before is not None
    assert now is not None
    assert now > before  # Hòa Bình and Vĩnh Phúc are in it, too, where they received anything


def test_half_a_year_of_an_area_is_not_compared_with_a_whole_one(visit: Visited) -> None:
    address = "/compare?area=25&with=25@2025-06-30&with=04&metric=dossiers_received"
    now, old, cao_bang, _ = compared(visit(f"{address}&period=last_year")).columns
    assert old.now["dossiers_received"].value
    assert old.before == {}
    assert now.before.keys() == cao_bang.before.keys() == {"dossiers_received"}


def test_places_are_those_of_the_ranking(visit: Visited, snapshot: Snapshot) -> None:
    frame = asked(snapshot, "25", by=By.AREA)
    wanted = ranking(frame, catalogue().metric("dossiers_received"))
    address = "/compare?area=08521&metric=dossiers_received"
    panel = next(iter(drawn_later(PAGES["compare"], "places", visit(address)).values()))
    rows = elements(panel, "ioc-places")[0][4][2:]
    assert [text_of(row[2]) for row in rows] == [
        fmt.MISSING if pd.isna(rank) else str(rank) for rank in wanted["rank"]
    ]
    chosen = [text_of(row[4]) for row in rows if row[1].get("aria-current")]
    assert chosen == ["Xã Phùng Nguyên"]


def test_a_line_of_the_ranking_puts_its_area_beside_the_others_and_takes_it_away(
    visit: Visited,
) -> None:
    visited = visit("/compare?area=25&with=04")
    found = compared(visited)
    ha_noi = visited.rules.register.at("01", date(2026, 11, 22))
    assert found.toggled(ha_noi) == "/compare?area=25&with=04&with=01"
    assert [one.without for one in found.columns[:2]] == ["/compare?area=04", "/compare?area=25"]


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("/compare?area=25&with=99999", "/compare?area=25"),
        ("/compare?area=25&with=04&with=04", "/compare?area=25&with=04"),
        ("/compare?area=25&also=docs_snt", "/compare?area=25&also=docs_sent"),
    ],
)
def test_what_cannot_be_compared_is_refused(visit: Visited, address: str, nearest: str) -> None:
    with pytest.raises(AddressError) as refusal:
        _ = visit(address).view
    assert refusal.value.nearest_href == nearest
