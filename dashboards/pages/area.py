"""A province, a district or a commune: what is missed, the cards, then trend, map and ranking."""

from dash import html
from dash.development.base_component import Component

from dashboards.data import Drawn, Visit
from dashboards.pages.parts import (
    beside,
    board_drawn,
    board_parts,
    chart_panel,
    comparing,
    map_panel,
    markup,
    panel,
)
from dashboards.text import Words

NAME = "area"
PARTS = board_parts(NAME)


def skeleton(words: Words) -> Component:
    """The page without figures."""
    return html.Div(
        [
            markup(NAME, "head", "ioc-pagehead"),
            panel(NAME, "concerns", "ioc-panel--band"),
            markup(NAME, "dossier-cards"),
            markup(NAME, "office-cards"),
            markup(NAME, "printed"),
            comparing(
                NAME,
                chart_panel(NAME, "trend", words.language),
                beside((5, map_panel(NAME, words.language)), (7, panel(NAME, "ranking"))),
            ),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page."""
    return board_drawn(NAME, visit)
