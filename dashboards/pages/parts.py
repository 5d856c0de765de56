"""What pages about an area are made of: panels that wait for figures, and all their figures."""

from typing import cast

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.board import DOSSIER_CARDS, OFFICE_CARDS
from dashboards.charts.frame import blank, config
from dashboards.comparison import Comparison
from dashboards.components.markup import Markup, Tree
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.inside import Inside
from dashboards.sections import Sections
from dashboards.theme import SCHEMES

TREES = (
    "head",
    "dossier-cards",
    "office-cards",
    "printed",
    "concerns",
    "comparison",
    "trend-head",
    "trend-foot",
    "map-head",
    "map-foot",
    "ranking",
)
FIGURES = ("trend", "map")
CHOICE = ("data", "value", "aria-label")


def board_parts(page: str) -> tuple[str, ...]:
    """Every part of a page about an area, as "id.property"."""
    return (
        *(f"{part(page, name)}.tree" for name in TREES),
        *(f"{part(page, name)}.figure" for name in FIGURES),
        *(f"{part(page, 'metric')}.{name}" for name in CHOICE),
    )


def board_drawn(page: str, visit: Visit) -> Drawn:
    """The value of every part, in the order of `board_parts`; figures in both colour schemes."""
    say, board, inside = visit.words, visit.board, Inside(visit.board)
    told = Sections(board, inside, say, visit.said)
    compared = Comparison(board, inside, say)
    values = [
        told.head(),
        told.cards(say("section.dossiers"), DOSSIER_CARDS),
        told.cards(say("section.office"), OFFICE_CARDS),
        told.printed(),
        told.concerns(),
        compared.heading(),
        compared.trend_head(),
        compared.trend_foot(),
        compared.map_head(),
        compared.map_foot(),
        compared.ranking(),
        {scheme: compared.trend(scheme) for scheme in SCHEMES},
        {scheme: compared.map(scheme) for scheme in SCHEMES},
        *compared.metric_choice(),
    ]
    return dict(zip(board_parts(page), values, strict=True))


# ---- skeletons


def markup(
    page: str, name: str, kind: str = "", element: str = "div", tree: Tree | None = None
) -> Markup:
    """A place for a tree; until that is there, `tree` stands in it."""
    return Markup(id=part(page, name), className=kind, element=element, tree=tree)


def panel(page: str, name: str, kind: str = "", tree: Tree | None = None) -> Markup:
    """A panel that is all markup."""
    return markup(page, name, f"ioc-panel {kind}".strip(), element="section", tree=tree)


def beside(*columns: tuple[int, Component]) -> Component:
    """Components next to each other, each as wide as its share of twelve."""
    return html.Div(
        [html.Div(content, className=f"ioc-span-{width}") for width, content in columns],
        className="ioc-grid ioc-grid--fit",
    )


def graph(page: str, name: str, language: str) -> dcc.Graph:
    """A chart that is empty until it is drawn."""
    return dcc.Graph(
        id=part(page, name),
        figure=blank(),
        config=cast("dcc.Graph.Config", config(language)),
        responsive=True,
    )


def chart_panel(page: str, name: str, language: str) -> Component:
    """A panel with a chart: its head, its figure, and what is said below."""
    return html.Section(
        [
            markup(page, f"{name}-head", "ioc-panel__head"),
            html.Div(graph(page, name, language), className="ioc-panel__body"),
            markup(page, f"{name}-foot"),
        ],
        className="ioc-panel",
    )


def map_panel(page: str, language: str) -> Component:
    """A panel with a map; a click on an area leads to its page."""
    drawing = html.Div(graph(page, "map", language), className="ioc-map__main")
    figure = html.Figure([drawing, markup(page, "map-foot", "ioc-map__foot")], className="ioc-map")
    return html.Section(
        [
            markup(page, "map-head", "ioc-panel__head"),
            html.Div(figure, className="ioc-panel__body"),
        ],
        className="ioc-panel",
    )


def comparing(page: str, *rows: Component) -> Component:
    """The section of trend, map and ranking, under the choice of their metric."""
    choice = dmc.Select(
        id=part(page, "metric"),
        searchable=True,
        allowDeselect=False,
        maxDropdownHeight=420,
        filter={"function": "withoutAccents"},
        className="ioc-metric-choice",
    )
    heading = html.Div(
        [markup(page, "comparison"), choice],
        className="ioc-section__head ioc-section__head--choice",
    )
    return html.Section([heading, *rows], className="ioc-section")
