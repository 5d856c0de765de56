"""Pages on a real small snapshot: what they show is what `query` answers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest
from dash import Dash
from dash.development.base_component import Component

from dashboards import format as fmt
from dashboards import ids
from dashboards.board import CARDS, DOSSIER_CARDS, LEADING
from dashboards.cache import AnswerCache
from dashboards.cells import cells
from dashboards.data import Figures, Place, Visit
from dashboards.frame import Frame
from dashboards.pages import PAGES, drawn_later, filled, my, slow_parts
from dashboards.pages.not_found import page as not_found_page
from dashboards.theme import SCHEMES, colours
from domain.area import Boundaries
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from metrics.query import query
from metrics.selection import Selection
from metrics.snapshots import Progress, Snapshot
from metrics.sources import Sources
from tests.dashboards.conftest import NOW
from tests.dashboards.made_up import PRESS
from tests.dashboards.reading import elements, text_of

Visited = Callable[..., Visit]
ADDRESSES = (
    "/",
    "/?boundaries=then&from=2025-01-02&to=2025-06-30",
    "/area/25",
    "/area/25?grain=week&compare=previous",
    "/area/25?from=2025-01-02&to=2025-06-30",
    "/area/25?from=2020-01-01&to=2020-12-31&grain=year",
    "/area/25?metric=dossiers_received&grain=quarter&compare=none&calendar=15-14",
    "/area/25?metric=units_exchanging_signed_rate&grain=day",
    "/area/25?boundaries=then",
    "/area/25?field=DD&field=TP&channel=online&period=last_month",
    "/area/25?organisation=H44.08521&metric=docs_signed_rate",
    "/area/237@2025-06-30?from=2025-01-02&to=2025-06-30",
    "/area/08521",
    "/area/48",
    "/area/20333",
    "/metric/on_time_rate_resolved?area=25&field=DD",
    "/metric/docs_signed_rate?boundaries=then&from=2025-01-02&to=2025-06-30&channel=online",
    "/metric/work_files_online_rate?area=25&grain=year",
    "/metric/dossiers_pending?area=08521&compare=previous",
    "/subject/documents",
    "/subject/services?area=25&metric=procedures_total&field=DD",
    "/subject/digitisation?area=08521&boundaries=then",
    "/subject/work?area=25&from=2025-01-02&to=2025-06-30&compare=previous",
    "/subject/feedback?area=25&metric=dossiers_received",
    "/subject/infrastructure?area=237@2025-06-30",
    "/subject/sectors?area=20333&grain=day&period=last_month",
    "/index766?area=25&period=last_month",
    "/index766",
    "/compare",
    "/compare?area=25&with=04&with=25@2025-06-30&also=docs_sent&metric=dossiers_pending",
    "/compare?area=25&side=organisation&organisation=H44.08521&field=DD",
    "/methodology?q=dung han",
    "/sources",
)


def drawn(visit: Visit) -> dict[str, Any]:
    return PAGES[visit.view.page].drawn(visit)


def part(visit: Visit, name: str) -> Any:
    values = drawn(visit)
    prefix = ids.part(visit.view.page, name) + "."
    return next(value for key, value in values.items() if key.startswith(prefix))


OTHERWISE = {"language": "en", "theme": "dark"}
IN_ENGLISH = {one.split("?")[0].split("/")[1]: one for one in ADDRESSES}.values()
"""One address of every page."""


@pytest.mark.parametrize(
    ("address", "how"),
    [*((one, {}) for one in ADDRESSES), *((one, OTHERWISE) for one in IN_ENGLISH)],
)
def test_every_page_draws_all_its_parts_as_plain_json(
    visit: Visited, address: str, how: dict[str, str]
) -> None:
    visited = visit(address, **how)
    page = PAGES[visited.view.page]
    values = page.drawn(visited)
    assert tuple(values) == page.PARTS
    for name, parts in slow_parts(page).items():
        later = drawn_later(page, name, visited)
        assert tuple(later) == parts
        values |= later
    assert json.loads(orjson.dumps(values)) == json.loads(json.dumps(values))


def ids_in(root: Component) -> Iterator[str]:
    for one in (root, *root._traverse()):
        if name := getattr(one, "id", None):
            yield name


@pytest.mark.parametrize("page", PAGES.values(), ids=str)
def test_a_skeleton_has_a_place_for_every_part_and_no_two_alike(page: Any, visit: Visited) -> None:
    skeleton = page.skeleton(visit("/").words)
    names = list(ids_in(skeleton))
    assert len(names) == len(set(names))
    parts = [*page.PARTS, *chain(*slow_parts(page).values())]
    assert {part.rpartition(".")[0] for part in parts} <= set(names)


@pytest.mark.parametrize(
    "other",
    [
        {"scope": Scope(frozenset({"25@2025-07-01"}))},
        {"sources": Sources(())},
        {"place": Place(path="/area/25", search="?grain=year")},
        {"place": Place(path="/area/25", language="en")},
    ],
    ids=["scope", "states", "selection", "language"],
)
def test_whoever_sees_something_else_gets_an_answer_of_their_own(
    app: Dash, home: Path, visit: Visited, other: dict[str, Any], tmp_path: Path
) -> None:
    figures = Figures(home, AnswerCache(app.server, tmp_path / "drawn"), "build")
    one = visit("/area/25")
    two = replace(one, **other)
    assert figures.remembered("area", one, lambda: {"x.tree": "one"}) == {"x.tree": "one"}
    assert figures.remembered("area", two, lambda: {"x.tree": "two"}) == {"x.tree": "two"}
    assert figures.remembered("area", one, lambda: {"x.tree": "three"}) == {"x.tree": "one"}


def test_every_callback_speaks_of_components_that_exist(app: Dash, visit: Visited) -> None:
    roots = [app.layout(), *(page.skeleton(visit("/").words) for page in PAGES.values())]
    known = {name for root in roots for name in ids_in(root)}
    known |= set(my.CHARTS)  # there are as many of them as somebody pinned
    spoken = {
        wire["id"]
        for entry in app.callback_map.values()
        for wire in (*entry["inputs"], *entry["state"])
    }
    outputs = {
        output.split("@")[0].rpartition(".")[0]
        for entry in app.callback_map
        for output in entry.strip(".").split("...")
    }
    assert (spoken | outputs) - known == set()


def test_a_page_is_filled_with_what_is_drawn(visit: Visited) -> None:
    visited = visit("/area/25")
    page = PAGES["area"]
    values = drawn(visited)
    skeleton = filled(page, visited, values)
    assert skeleton[ids.part("area", "trend")].figure == values["area-trend.figure"]


def test_a_visitor_gets_the_figures_of_their_colour_scheme(app: Dash, home: Path) -> None:
    figures = Figures(home, AnswerCache(app.server, home / "cache" / "schemes"), "build")
    drawn_by_scheme = {}
    for scheme in SCHEMES:
        visited = figures.visit({"path": "/area/25", "theme": scheme}, EVERYTHING)
        kept = figures.remembered("area", visited, partial(drawn, visited))
        drawn_by_scheme[scheme] = kept["area-trend.figure"]["layout"]["font"]["color"]
    assert drawn_by_scheme == {scheme: colours(scheme)["ink-2"] for scheme in SCHEMES}


def shown_values(visit: Visit) -> dict[str, str]:
    trees = [part(visit, name) for name in ("dossier-cards", "office-cards")]
    cards = [card for tree in trees for card in elements(tree, "ioc-card")]
    return {card[1]["data-metric"]: text_of(elements(card, "ioc-card__value")[0]) for card in cards}


@pytest.mark.parametrize(
    ("address", "area"), [("/", None), ("/area/25", "25"), ("/area/08521", "08521")]
)
def test_cards_show_what_the_query_answers(
    visit: Visited, snapshot: Snapshot, address: str, area: str | None
) -> None:
    span = Span.of_days(date(2026, 1, 1), date(2026, 11, 22))
    selection = Selection(CARDS, span, area, boundaries=Boundaries.TODAY)
    frame = query(selection, EVERYTHING, snapshot, now=NOW)
    wanted = {
        one.metric: fmt.figure(one.value, one.unit, against=one.target) for one in cells(frame)
    }
    if area is None:  # each level has its own target, so the country has no figure
        assert wanted.pop("work_files_online_rate") == "—"
    assert shown_values(visit(address)) == wanted


def test_filtered_cards_show_what_the_filtered_query_answers(
    visit: Visited, snapshot: Snapshot
) -> None:
    filters = (("field", "DD"), ("field", "TP"), ("channel", "online"))
    span = Span.of_days(date(2026, 10, 1), date(2026, 10, 31))
    selection = Selection(DOSSIER_CARDS, span, "25", boundaries=Boundaries.TODAY, filters=filters)
    frame = query(selection, EVERYTHING, snapshot, now=NOW)
    wanted = {
        one.metric: fmt.figure(one.value, one.unit, against=one.target) for one in cells(frame)
    }
    address = "/area/25?field=DD&field=TP&channel=online&period=last_month"
    found = shown_values(visit(address))
    assert {name: found[name] for name in wanted} == wanted
    assert found["dossiers_received"] not in ("0", "—")


def test_a_metric_that_cannot_be_filtered_says_so_and_shows_no_figure(visit: Visited) -> None:
    visited = visit("/area/25?field=DD&metric=docs_signed_rate")
    assert shown_values(visited)["docs_signed_rate"] == "—"
    cards = elements(part(visited, "office-cards"), "ioc-card")
    assert all("không lọc được theo lĩnh vực" in text_of(card) for card in cards)
    trend = part(visited, "trend")["light"]["layout"]["annotations"]
    assert "không lọc được theo lĩnh vực" in trend[0]["text"]
    assert "không lọc được theo lĩnh vực" in text_of(part(visited, "ranking"))


def test_downloads_are_narrowed_like_the_page(visit: Visited) -> None:
    foot = part(visit("/area/25?field=DD"), "trend-foot")
    assert "filter=field%3DDD" in elements(foot, "ioc-panel__foot")[0][3][1]["href"]


def test_an_area_that_has_ended_is_shown_in_its_last_year_unless_days_are_said(
    visit: Visited,
) -> None:
    last_year = Span.of_days(date(2025, 1, 1), date(2025, 6, 30))
    assert visit("/area/237@2025-06-30").board.span == last_year
    asked = visit("/area/237@2025-06-30?from=2026-01-01&to=2026-01-31")
    assert asked.board.span == Span.of_days(date(2026, 1, 1), date(2026, 1, 31))


def test_a_map_without_areas_says_so_and_shows_no_axes(visit: Visited) -> None:
    figure = part(visit("/area/237@2025-06-30?from=2026-01-01&to=2026-01-31"), "map")
    assert figure["light"]["data"] == []
    assert figure["light"]["layout"]["xaxis"]["visible"] is False
    assert figure["light"]["layout"]["annotations"][0]["text"] == "Chưa có dữ liệu"


def test_the_ranking_lists_every_commune_of_the_province_once(visit: Visited) -> None:
    rows = elements(part(visit("/area/25"), "ranking"), "ioc-ranking__row")
    assert len(rows) == 148


def test_before_the_reorganisation_a_province_lists_its_districts(visit: Visited) -> None:
    visited = visit("/area/25?from=2025-01-02&to=2025-06-30")
    names = [text_of(row) for row in elements(part(visited, "ranking"), "ioc-ranking__name")]
    assert len(names) == 13
    assert "Huyện Lâm Thao" in names
    assert "tồn tại đến hết 30/06/2025" in text_of(part(visited, "head")[-2])


def test_an_ended_area_leads_to_what_it_became(visit: Visited) -> None:
    head = part(visit("/area/93@2025-06-30?from=2025-01-02&to=2025-06-30"), "head")
    links = [node for node in head[2][2:] if isinstance(node, list)]
    assert [(text_of(link), link[1]["href"]) for link in links] == [
        ("Thành phố Cần Thơ", "/area/92")
    ]


def test_an_area_of_the_ranking_leads_to_its_own_page_on_the_same_days(visit: Visited) -> None:
    visited = visit(
        "/area/25?from=2025-01-02&to=2025-06-30&boundaries=then&metric=dossiers_received"
    )
    first = elements(part(visited, "ranking"), "ioc-ranking__name")[0]
    href = first[2][1]["href"]
    inner = visit(href)
    assert inner.view.model_copy(update={"area": "25"}) == visited.view
    assert inner.board.area.level == "district"


def test_the_crumbs_lead_from_the_country_down(visit: Visited) -> None:
    head = part(visit("/area/08521"), "head")
    crumbs = elements(head[0], "ioc-crumbs__item")
    assert [text_of(crumb) for crumb in crumbs] == ["Việt Nam", "Tỉnh Phú Thọ", "Xã Phùng Nguyên"]


def test_a_printed_figure_answers_where_nothing_was_counted(visit: Visited) -> None:
    visited = visit("/area/25?from=2020-01-01&to=2020-12-31&grain=year")
    assert shown_values(visited)["dossiers_received"] == "296.931"
    assert shown_values(visited)["dossiers_pending"] == "—"
    figure = part(visited, "trend")["light"]
    reported = next(trace for trace in figure["data"] if trace["name"] == "reported")
    assert PRESS in reported["text"][0]


def test_simulated_figures_are_called_simulated(visit: Visited) -> None:
    assert "DỮ LIỆU MÔ PHỎNG" in text_of(part(visit("/area/25"), "head")[-1])
    printed = visit("/area/25?from=2020-01-01&to=2020-12-31&grain=year")
    assert "DỮ LIỆU MÔ PHỎNG" not in text_of(part(printed, "head")[-1])


def test_the_head_tells_how_far_the_figures_reach(visit: Visited) -> None:
    assert "Số liệu đến 07:50 22/11/2026" in text_of(part(visit("/area/25"), "head")[-1])


def test_a_commune_is_marked_among_its_neighbours(visit: Visited) -> None:
    rows = elements(part(visit("/area/08521"), "ranking"), "ioc-ranking__row--self")
    assert [text_of(elements(row, "ioc-ranking__name")[0]) for row in rows] == ["Xã Phùng Nguyên"]
    figure = part(visit("/area/08521"), "map")["light"]
    chosen = next(trace for trace in figure["data"] if trace["name"] == "chosen")
    assert chosen["locations"] == ["08521"]


def test_a_schematic_is_called_a_schematic(visit: Visited) -> None:
    caption = part(visit("/area/25"), "map-foot")[1]
    assert "Sơ đồ, không phải ranh giới hành chính" in text_of(caption)


def test_what_needs_attention_is_worst_first_and_names_its_owner(visit: Visited) -> None:
    panel = part(visit("/area/25"), "concerns")
    items = elements(panel[1], "ioc-attention__item")
    assert items
    for item in items:
        assert "Phụ trách: " in text_of(item)


def test_a_metric_known_by_month_is_never_drawn_by_day(visit: Visited) -> None:
    board = visit("/area/25?metric=units_exchanging_signed_rate&grain=day").board
    assert board.grain == "month"


def test_today_is_compared_with_the_same_days_of_last_year(visit: Visited) -> None:
    board = visit("/area/25").board
    assert board.compared_span == Span.of_days(date(2025, 1, 1), date(2025, 11, 22))
    assert board.earlier[LEADING].value is not None


def test_a_bad_address_is_explained_with_the_nearest(visit: Visited) -> None:
    visited = visit("/area/25?metric=on_time_rate_resolve")
    assert visited.problem is not None
    tree = not_found_page(visited.problem, visited.words).tree  # type: ignore[attr-defined]
    read = "".join(text_of(node) for node in tree)
    assert "Không có chỉ tiêu “on_time_rate_resolve”." in read
    assert "/area/25?metric=on_time_rate_resolved" in read


def test_the_books_account_for_every_record(visit: Visited, home: Path) -> None:
    batches = visit("/sources").snapshot.batches()
    summed = batches[["new", "changed", "unchanged", "duplicate", "rejected"]].sum(axis=1)
    assert (batches["read"] == summed).all()
    read = text_of(drawn(visit("/sources"))["sources-batches.tree"][1])
    for count in batches["read"]:
        assert fmt.number(float(count)) in read


def test_the_ranking_can_be_turned_round(visit: Visited) -> None:
    def listed(address: str) -> tuple[list[str], str]:
        tree = part(visit(address), "ranking")
        names = [text_of(row) for row in elements(tree, "ioc-ranking__name")]
        options = elements(tree, "ioc-segment__option")
        [current] = [text_of(one) for one in options if one[1].get("aria-current")]
        return names, current

    best, chosen = listed("/area/25")
    worst, turned = listed("/area/25?order=worst")
    assert (chosen, turned) == ("Tốt nhất trước", "Kém nhất trước")
    assert sorted(best) == sorted(worst)
    assert best != worst


def test_while_everything_is_counted_anew_every_page_says_from_when_its_figures_are(
    visit: Callable[..., Visit],
) -> None:
    asked = visit("/sources")
    assert "đếm lại" not in text_of(Frame(asked).parts()["banner"])
    counted = replace(asked, recounting=Progress("dossier", 3, 11, NOW, NOW))
    told = text_of(Frame(counted).parts()["banner"])
    built = fmt.instant(asked.snapshot.built_at, "vi")
    assert f"xong 3/11 phần, lúc {fmt.instant(NOW, 'vi')}" in told
    assert f"đang hiện số liệu công bố lúc {built}" in told
