"""Boards that people put together themselves: pinned figures, charts, rankings and views.

The page is a frame. Whose boards there are depends on who asks, so they are never kept with the
figures; dashboards/my_boards.py fills it, each pin by itself.
"""

from dash import html
from dash.development.base_component import Component

from dashboards.components.head import page_head
from dashboards.components.markup import Markup
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.text import Words
from store.state.boards import MOST_PINS

NAME = "my"
PARTS = (f"{part(NAME, 'head')}.tree",)
SLOTS = tuple(part(NAME, f"pin{number}") for number in range(MOST_PINS))
CHARTS = tuple(part(NAME, f"chart{number}") for number in range(MOST_PINS))


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without a board."""
    return html.Div(
        [
            Markup(id=part(NAME, "head"), className="ioc-pagehead"),
            Markup(id=part(NAME, "board"), className="ioc-boards"),
            html.Div(
                [html.Div(id=slot, className="ioc-pins__slot") for slot in SLOTS],
                className="ioc-pins",
            ),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """The head alone."""
    say = visit.words
    return dict(zip(PARTS, [page_head(say("shell.my"), [say("my.lead")], [], say)], strict=True))
