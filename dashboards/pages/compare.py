"""Areas or organisations side by side over any metrics, and the ranking they stand in."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.compare_sheet import CompareSheet
from dashboards.comparison import metric_groups
from dashboards.components.states import loading
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.pages.parts import markup, panel
from dashboards.selection import MOST_COMPARED
from dashboards.side_by_side import STANDARD
from dashboards.text import Words

NAME = "compare"
CHOSEN = part(NAME, "metrics")
USUAL = part(NAME, "usual")
PARTS = (
    f"{part(NAME, 'head')}.tree",
    f"{part(NAME, 'matrix')}.tree",
    f"{CHOSEN}.data",
    f"{CHOSEN}.label",
)
LATER = {"places": (f"{part(NAME, 'places')}.tree",)}


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without figures."""
    chosen = dmc.MultiSelect(
        id=CHOSEN,
        searchable=True,
        hidePickedOptions=True,
        maxValues=MOST_COMPARED["also"] + 1,
        maxDropdownHeight=420,
        filter={"function": "withoutAccents"},
        className="ioc-noprint",
        classNames={"label": "ioc-filters__label"},
    )
    return html.Div(
        [
            dcc.Store(id=USUAL, data=list(STANDARD)),
            markup(NAME, "head", "ioc-pagehead"),
            chosen,
            panel(NAME, "matrix"),
            panel(NAME, "places", tree=loading()),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page that is there at once."""
    say, sheet = visit.words, CompareSheet(visit.board, visit.words)
    groups = metric_groups(visit.rules.catalogue, say)
    return dict(
        zip(PARTS, [sheet.head(), sheet.matrix(), groups, say("compared.metrics")], strict=True)
    )


def drawn_later(name: str, visit: Visit) -> Drawn:
    """The ranking, which asks for every area there is."""
    return dict.fromkeys(LATER[name], CompareSheet(visit.board, visit.words).places())
