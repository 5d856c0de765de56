"""How everything is counted: every metric of the catalogue by subject, to be searched."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboards.components.catalogue import catalogue_sections, contents
from dashboards.components.head import page_head
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.pages.parts import markup
from dashboards.text import Words
from domain.vietnamese import folded
from metrics.catalogue import Metric

NAME = "methodology"
SOUGHT = part(NAME, "sought")
PARTS = (
    f"{part(NAME, 'head')}.tree",
    f"{part(NAME, 'contents')}.tree",
    f"{part(NAME, 'sections')}.tree",
    f"{SOUGHT}.label",
    f"{SOUGHT}.placeholder",
)


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without its metrics."""
    sought = dmc.TextInput(id=SOUGHT, debounce=300, className="ioc-sought")
    return html.Div(
        [
            markup(NAME, "head", "ioc-pagehead"),
            html.Div([sought, markup(NAME, "contents")], className="ioc-sought-bar"),
            markup(NAME, "sections"),
        ],
        className="ioc-board ioc-catalogue",
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page."""
    say, view, rules = visit.words, visit.view, visit.rules
    found = [one for one in rules.catalogue if _fits(one, view.sought)]
    lead = say("catalogue.lead", count=len(rules.catalogue))
    values = [
        page_head(say("catalogue.heading"), [lead], [], say),
        contents(found, view.sought, say),
        catalogue_sections(found, rules.targets, view, say),
        say("catalogue.sought"),
        say("catalogue.hint"),
    ]
    return dict(zip(PARTS, values, strict=True))


def _fits(metric: Metric, sought: str) -> bool:
    """Whether a metric's names, meaning, law or owner hold every word, accents not mattering."""
    told = [metric.id, metric.owner]
    for text in (metric.name, metric.short, metric.meaning, metric.legal_basis):
        told += [text.vi, text.en]
    words = f" {folded(' '.join(told))}"
    return all(f" {word}" in words for word in folded(sought).split())
