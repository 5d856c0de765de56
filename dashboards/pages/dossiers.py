"""Single dossiers: the lists somebody looks into every morning, those behind a figure, and one.

The page is a frame. Dossiers are shown to who may see them, every time with an entry in the audit
trail, so they are never kept with the figures; dashboards/dossier_page.py fills it.
"""

from dash import html
from dash.development.base_component import Component

from dashboards.components.markup import Markup
from dashboards.components.states import loading
from dashboards.data import Drawn, Visit
from dashboards.dossier_head import head
from dashboards.ids import part
from dashboards.text import Words

NAME = "dossiers"
PARTS = (f"{part(NAME, 'head')}.tree",)


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without a dossier."""
    return html.Div(
        [
            Markup(id=part(NAME, "head"), className="ioc-pagehead"),
            Markup(id=part(NAME, "tabs")),
            Markup(id=part(NAME, "body"), className="ioc-docket", tree=loading()),
        ],
        className="ioc-books",
    )


def drawn(visit: Visit) -> Drawn:
    """The head alone: where, until when, and what it is about."""
    return dict(zip(PARTS, [head(visit)], strict=True))
