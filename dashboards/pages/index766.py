"""The index of Decision 766: published beside computed, points lost, and what wins most back."""

from dash import html
from dash.development.base_component import Component

from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.index_sheet import IndexSheet
from dashboards.pages.parts import beside, markup, panel
from dashboards.subject_sheet import subject_row
from dashboards.text import Words

NAME = "index766"
NAMES = ("head", "others", "score", "wins", "fall", "groups")
PARTS = tuple(f"{part(NAME, name)}.tree" for name in NAMES)


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without figures."""
    return html.Div(
        [
            markup(NAME, "head", "ioc-pagehead"),
            markup(NAME, "others"),
            beside((5, markup(NAME, "score", "ioc-fills")), (7, panel(NAME, "wins"))),
            panel(NAME, "fall"),
            panel(NAME, "groups"),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page."""
    sheet = IndexSheet(visit.board, visit.words)
    others = subject_row(visit.view, visit.words)
    values = [sheet.head(), others, sheet.score(), sheet.wins(), sheet.fall(), sheet.groups()]
    return dict(zip(PARTS, values, strict=True))
