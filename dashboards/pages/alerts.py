"""Alerts and explanations: what needs somebody, whose it is, since when, and what was replied.

The page is a frame. What is in it depends on who asks and on what was done meanwhile, so it is
never kept with the figures; dashboards/alerting.py fills it.
"""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.components.head import page_head
from dashboards.components.markup import Markup
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.text import Words

NAME = "alerts"
PARTS = (f"{part(NAME, 'head')}.tree",)
DOERS = ("handle", "answer", "ask", "close")
"""Groups of buttons, each with a permission of its own."""


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without what it shows: tabs, a list or one case, and a form to write in."""
    fields = html.Div(
        [
            html.Div(_text("word", rows=4), id=part(NAME, "word-field")),
            html.Div(_text("links", rows=2), id=part(NAME, "links-field"), hidden=True),
            html.Div(_days(), id=part(NAME, "days-field"), hidden=True),
        ],
        className="ioc-write__fields",
    )
    buttons = html.Div([_markup(name) for name in DOERS], className="ioc-write__actions")
    form = html.Section(
        [_markup("form-head", "ioc-panel__head"), fields, buttons],
        id=part(NAME, "form"),
        className="ioc-panel ioc-write",
        hidden=True,
    )
    return html.Div(
        [
            dcc.Store(id=part(NAME, "done")),
            _markup("head", "ioc-pagehead"),
            _markup("tabs"),
            _markup("body", "ioc-case"),
            _markup("told"),
            form,
        ],
        className="ioc-books",
    )


def drawn(visit: Visit) -> Drawn:
    """The head alone."""
    say = visit.words
    head = page_head(say("alerts.heading"), [say("alerts.lead")], [], say)
    return dict(zip(PARTS, [head], strict=True))


def _markup(name: str, kind: str = "") -> Markup:
    return Markup(id=part(NAME, name), className=kind)


def _text(name: str, rows: int) -> Component:
    field: Component = dmc.Textarea(
        id=part(NAME, name), value="", minRows=rows, autosize=True, maxRows=16
    )
    return field


def _days() -> Component:
    field: Component = dmc.NumberInput(
        id=part(NAME, "days"), value=3, min=1, max=60, allowDecimal=False, w="12rem"
    )
    return field
