"""A subject, as its file in dashboards/subjects declares it: one board for all of them."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.comparison import Comparison
from dashboards.components.states import loading
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.inside import Inside
from dashboards.pages.parts import beside, chart_panel, map_panel, markup, panel
from dashboards.subject_sheet import SubjectSheet
from dashboards.subjects import Subject, subject
from dashboards.text import Words
from dashboards.theme import SCHEMES

NAME = "subject"
TREES = (
    "head",
    "others",
    "concerns",
    "cards",
    "splits",
    "comparison",
    "trend-head",
    "trend-foot",
    "map-head",
    "map-foot",
    "ranking",
)
FIGURES = ("trend", "map")
METRIC, USUAL = part(NAME, "metric"), part(NAME, "usual")
PARTS = (
    *(f"{part(NAME, name)}.tree" for name in TREES),
    *(f"{part(NAME, name)}.figure" for name in FIGURES),
    *(f"{METRIC}.{name}" for name in ("data", "value", "aria-label")),
    f"{USUAL}.data",
)
LATER = {"cuts": (f"{part(NAME, 'cuts')}.tree",)}


def skeleton(words: Words) -> Component:
    """The page without figures."""
    choice = dmc.Select(
        id=METRIC,
        searchable=True,
        allowDeselect=False,
        maxDropdownHeight=420,
        filter={"function": "withoutAccents"},
        className="ioc-metric-choice",
    )
    heading = html.Div(
        [markup(NAME, "comparison"), choice],
        className="ioc-section__head ioc-section__head--choice",
    )
    comparing = html.Section(
        [
            heading,
            chart_panel(NAME, "trend", words.language),
            beside((5, map_panel(NAME, words.language)), (7, panel(NAME, "ranking"))),
        ],
        className="ioc-section",
    )
    return html.Div(
        [
            dcc.Store(id=USUAL),
            markup(NAME, "head", "ioc-pagehead"),
            markup(NAME, "others"),
            panel(NAME, "concerns", "ioc-panel--band"),
            markup(NAME, "cards", "ioc-subject__cards"),
            markup(NAME, "splits", "ioc-subject__splits"),
            comparing,
            markup(NAME, "cuts", tree=loading()),
        ],
        className="ioc-board",
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page that is there at once."""
    board, say, about = visit.board, visit.words, subject(visit.view.rest)
    inside = Inside(board)
    sheet = SubjectSheet(about, board, inside, say, visit.said)
    compared = Comparison(board, inside, say)
    values = [
        sheet.head(),
        sheet.others(),
        sheet.concerns(),
        sheet.sections(),
        [*sheet.splits(), *sheet.stations()],
        compared.heading(),
        compared.trend_head(),
        compared.trend_foot(),
        compared.map_head(),
        compared.map_foot(),
        compared.ranking(),
        {scheme: compared.trend(scheme) for scheme in SCHEMES},
        {scheme: compared.map(scheme) for scheme in SCHEMES},
        choices(about, visit),
        board.metric.id,
        say("metric.label"),
        {"leading": about.leading, "drawn": board.metric.id},
    ]
    return dict(zip(PARTS, values, strict=True))


def choices(about: Subject, visit: Visit) -> list[dict[str, object]]:
    """The metrics of a subject by section, and the one chosen if it is of another."""
    language, catalogue = visit.words.language, visit.board.catalogue
    chosen = visit.board.metric
    groups: list[dict[str, object]] = [
        {
            "group": one.title[language],
            "items": [
                {"value": metric.id, "label": metric.name[language]}
                for metric in catalogue.some(one.metrics)
            ],
        }
        for one in about.section
    ]
    if chosen.id not in about.metrics:
        item = {"value": chosen.id, "label": chosen.name[language]}
        groups.append({"group": visit.words("subject.chosen"), "items": [item]})
    return groups


def drawn_later(name: str, visit: Visit) -> Drawn:
    """The cuts of the chosen metric, which need longer."""
    about, board = subject(visit.view.rest), visit.board
    sheet = SubjectSheet(about, board, Inside(board), visit.words)
    return dict.fromkeys(LATER[name], sheet.cuts())
