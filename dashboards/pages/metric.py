"""One metric of one area: its course, where it stands, who pulls it, and what it means."""

from dash import html
from dash.development.base_component import Component

from dashboards.breakdown import Breakdown
from dashboards.comparison import Comparison
from dashboards.components.states import loading
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.inside import Inside
from dashboards.metric_sheet import MetricSheet
from dashboards.pages.parts import (
    beside,
    chart_panel,
    comparing,
    map_panel,
    markup,
    panel,
)
from dashboards.text import Words
from dashboards.theme import SCHEMES
from metrics.selection import By

NAME = "metric"
TREES = (
    "head",
    "value",
    "definition",
    "comparison",
    "trend-head",
    "trend-foot",
    "map-head",
    "map-foot",
    "ranking",
    "spread-head",
    "spread-foot",
)
FIGURES = ("trend", "map", "spread")
CUTS = (By.FIELD, By.CHANNEL, By.PROCEDURE, By.ORGANISATION)
PARTS = (
    *(f"{part(NAME, name)}.tree" for name in TREES),
    *(f"{part(NAME, name)}.figure" for name in FIGURES),
    *(f"{part(NAME, 'metric')}.{name}" for name in ("data", "value", "aria-label")),
)
LATER = {
    "against": (f"{part(NAME, 'against')}.tree",),
    **{by.value: (f"{part(NAME, by.value)}.tree",) for by in CUTS},
}


def skeleton(words: Words) -> Component:
    """The page without figures."""
    against = panel(NAME, "against", tree=loading())
    cuts = [markup(NAME, by.value, tree=loading()) for by in CUTS]
    return html.Div(
        [
            markup(NAME, "head", "ioc-pagehead"),
            beside((4, markup(NAME, "value", "ioc-lone-card")), (8, against)),
            comparing(
                NAME,
                chart_panel(NAME, "trend", words.language),
                beside((5, map_panel(NAME, words.language)), (7, panel(NAME, "ranking"))),
                chart_panel(NAME, "spread", words.language),
            ),
            html.Div(cuts, className="ioc-cuts"),
            panel(NAME, "definition"),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page that is there at once."""
    board, say = visit.board, visit.words
    inside = Inside(board)
    sheet = MetricSheet(board, inside, say)
    compared = Comparison(board, inside, say, has_before=True)
    values = [
        sheet.head(),
        sheet.value(),
        sheet.definition(),
        compared.heading(),
        compared.trend_head(),
        compared.trend_foot(),
        compared.map_head(),
        compared.map_foot(),
        compared.ranking(),
        sheet.distribution_head(),
        sheet.distribution_foot(),
        {scheme: compared.trend(scheme) for scheme in SCHEMES},
        {scheme: compared.map(scheme) for scheme in SCHEMES},
        {scheme: sheet.distribution(scheme) for scheme in SCHEMES},
        *compared.metric_choice(),
    ]
    return dict(zip(PARTS, values, strict=True))


def drawn_later(name: str, visit: Visit) -> Drawn:
    """One of the parts that need longer: comparisons, or a cut."""
    board, say = visit.board, visit.words
    if name == "against":
        tree: object = MetricSheet(board, Inside(board), say).against()
    else:
        tree = Breakdown(board, say).panel(By(name))
    return dict.fromkeys(LATER[name], tree)
