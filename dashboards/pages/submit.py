"""Figures that people hand in: a form to fill in, its way back, and what became of it.

The page is a frame. What is in it depends on who asks and on what was handed in meanwhile, so it
is never kept with the figures; dashboards/submissions.py fills it.
"""

from typing import cast

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.components.head import page_head
from dashboards.components.markup import Markup
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.text import Words

NAME = "submit"
PARTS = (f"{part(NAME, 'head')}.tree",)
ACCEPTED = ".xlsx"


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without its forms."""
    choices = html.Div([_choice(name) for name in ("form", "period", "area")], className="ioc-form")
    ways = html.Div(
        [_markup("template", "ioc-way"), html.Div(_upload(), className="ioc-way")],
        id=part(NAME, "ways"),
        className="ioc-ways",
        hidden=True,
    )
    panel = html.Section(
        [_markup("told"), html.Div([choices, ways], id=part(NAME, "body"), hidden=True)],
        className="ioc-panel ioc-submit",
    )
    return html.Div(
        [
            dcc.Store(id=part(NAME, "chosen")),
            dcc.Store(id=part(NAME, "done")),
            _markup("head", "ioc-pagehead"),
            panel,
            _markup("preview"),
            _markup("receipt"),
            _markup("entries"),
        ],
        className="ioc-books ioc-submissions",
    )


def drawn(visit: Visit) -> Drawn:
    """The head alone."""
    say = visit.words
    head = page_head(say("submit.heading"), [say("submit.lead")], [], say)
    return dict(zip(PARTS, [head], strict=True))


def _markup(name: str, kind: str = "") -> Markup:
    return Markup(id=part(NAME, name), className=kind)


def _choice(name: str) -> Component:
    choice: Component = dmc.Select(
        id=part(NAME, name),
        searchable=True,
        allowDeselect=False,
        maxDropdownHeight=420,
        limit=300,
        filter={"function": "withoutAccents"},
        className=f"ioc-form__{name}",
    )
    return choice


def _upload() -> Component:
    """One file at a time. It is read in the browser and sent whole; see assets/submit.js.

    The field lies over its text: what stands inside a field that loads late is not drawn anew.
    """
    plain = cast("dict[str, str]", {})
    field = dcc.Upload(
        id=part(NAME, "upload"),
        accept=ACCEPTED,
        multiple=False,
        className="ioc-drop__field",
        className_active="ioc-drop__field--over",
        className_reject="ioc-drop__field--over",
        style_active=plain,
        style_reject=plain,
    )
    return html.Div([_markup("upload-text", "ioc-drop__text"), field], className="ioc-drop")
