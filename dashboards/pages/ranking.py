"""All areas of a level by one metric: the whole table, page by page, sorted and grouped."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboards.comparison import metric_groups
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.pages.parts import markup
from dashboards.standings import Standings
from dashboards.text import Words

NAME = "ranking"
METRIC = part(NAME, "metric")
PARTS = (
    f"{part(NAME, 'head')}.tree",
    f"{part(NAME, 'table')}.tree",
    *(f"{METRIC}.{name}" for name in ("data", "value", "aria-label")),
)


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without figures."""
    choice = dmc.Select(
        id=METRIC,
        searchable=True,
        allowDeselect=False,
        maxDropdownHeight=420,
        filter={"function": "withoutAccents"},
        className="ioc-metric-choice",
    )
    return html.Div(
        [
            markup(NAME, "head", "ioc-pagehead"),
            choice,
            markup(NAME, "table", "ioc-panel ioc-panel--flush ioc-panel--whole", "section"),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """The head, one page of the table, and the choice of metric."""
    board, say = visit.board, visit.words
    table = Standings(board, say)
    groups = metric_groups(board.catalogue, say)
    values = [table.head(), table.panel(), groups, board.metric.id, say("metric.label")]
    return dict(zip(PARTS, values, strict=True))
