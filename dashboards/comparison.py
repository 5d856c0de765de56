"""The comparing part of a page about an area: one metric as a trend, on the map, in a ranking.

Every function returns plain JSON; things are looked up and put into words, nothing is computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell
from dashboards.charts.frame import Figure
from dashboards.charts.frame import empty as no_figure
from dashboards.charts.map import Place, area_map
from dashboards.charts.trend import Event, TrendLook, since_the_first, trend
from dashboards.charts.trend_sheet import events_within
from dashboards.components.card import name_and_variant
from dashboards.components.catalogue import adding
from dashboards.components.choices import Option, options_of, segment
from dashboards.components.happened import event_list
from dashboards.components.head import panel_head
from dashboards.components.legend import legend
from dashboards.components.markup import Tree, tag
from dashboards.components.ranking import Layout, Standing, ranking
from dashboards.components.states import empty
from dashboards.components.table import series_table
from dashboards.components.taking import take_menu
from dashboards.geography import REORGANISED, Shapes, shapes_within
from dashboards.happenings import happened
from dashboards.inside import Inside
from dashboards.narrowing import unfit_text
from dashboards.places import area_title, area_view
from dashboards.sections import basis, span_text
from dashboards.text import Words
from dashboards.theme import Scheme
from domain.area import Boundaries, Level
from domain.period import Grain
from metrics.catalogue import Better, Catalogue, Metric, subject_title
from metrics.ranking import Order

COUNTRY_LAW = "202/2025/QH15"


@dataclass(frozen=True)
class Comparison:
    """Trend, map and ranking of a board's chosen metric, in one language; figures by scheme.

    With `has_before` the trend shows last year's course, too.
    """

    board: Board
    inside: Inside
    words: Words
    has_before: bool = False

    # ---- the trend

    def trend_head(self) -> list[Tree]:
        """The chosen metric's name, what is drawn, and the choice of grain."""
        metric, view, say = self.board.metric, self.board.view, self.words
        name, variant = name_and_variant(metric.name[say.language])
        grains = options_of(view, "grain", _grains(metric), self.board.grain, say)
        menu = take_menu("trend", name, say)
        return panel_head(name, self._note(variant), segment(say("grain.label"), grains), menu)

    def _note(self, variant: str) -> str:
        metric = self.board.metric
        parts = [variant, metric.unit_name(self.words.language)]
        return ", ".join(part for part in parts if part)

    @cached_property
    def unfit(self) -> str:
        """By what the chosen metric cannot be narrowed, where it has no figure for that."""
        names = self.board.unfit(self.board.metric)
        return unfit_text(names, self.words) if names else ""

    def trend(self, scheme: Scheme) -> Figure:
        board = self.board
        if self.unfit:
            return no_figure(scheme, self.words, self.unfit)
        look = TrendLook(
            words=self.words,
            scheme=scheme,
            grain=board.grain,
            reporting=board.view.calendar,
            selected=board.span_of(board.metric.id),
            events=self.events(),
            before=tuple(board.series_before) if self.has_before else (),
            hrefs=self._period_hrefs(),
        )
        return trend(board.series[board.metric.id], look)

    def _period_hrefs(self) -> dict[date, str]:
        """Where a click on a period leads: the same view of its days alone."""
        board = self.board
        return {
            cell.period.start: board.view.href(
                period=None, first=cell.period.start, last=cell.period.last_day
            )
            for cell in board.series[board.metric.id]
        }

    def events(self) -> tuple[Event, ...]:
        """What changed the area's territory, with its law, what else happened, and outages."""
        board = self.board
        changes = (*board.register.predecessors(board.area.area_id),)
        if board.boundaries is Boundaries.THEN:
            changes += board.register.successors(board.area.area_id)
        laws = {
            change.effective_from: change.legal_basis for change in changes if change.legal_basis
        }
        if board.area.level is Level.COUNTRY:
            laws[REORGANISED] = COUNTRY_LAW
        merged = tuple(
            Event(day, self.words("trend.event", day=fmt.day(day, self.words.language), law=law))
            for day, law in sorted(laws.items())
        )
        return (*merged, *happened(board, self.words))

    def trend_foot(self) -> list[Tree]:
        """The table behind the chart, the source, and the way to the data."""
        board, say = self.board, self.words
        found = board.series[board.metric.id]
        note = say(f"adding.{adding(board.metric)}")
        numbers = series_table(board.metric, found, board.grain, board.view.calendar, say, note)
        told = events_within(since_the_first(found), self.events())
        return [
            *event_list(told, say),
            tag("details", tag("summary", say("table.show")), numbers, cls="ioc-panel__data"),
            tag("p", *self._origin(found), cls="ioc-panel__foot"),
        ]

    def _origin(self, found: Sequence[Cell]) -> list[Tree]:
        names = dict.fromkeys(name for cell in found for name in cell.sources)
        titles = self.board.source_titles(self.words.language)
        said = " · ".join(titles.get(name, name) for name in names) or self.words("value.none")
        return [
            tag("span", self.words("panel.source", source=said), cls="ioc-panel__source"),
            tag(
                "a",
                self.words("definition.csv"),
                href=self.board.download_href(self.board.metric.id),
                download=True,
            ),
        ]

    # ---- the map

    def map_head(self) -> list[Tree]:
        board, say = self.board, self.words
        title = say("map.title", area=area_title(self.inside.mapped_in, board.map_day))
        return panel_head(title, self._metric_line(), take_menu("map", title, say))

    def _metric_line(self) -> str:
        board = self.board
        name = name_and_variant(board.metric.name[self.words.language])[0]
        return f"{name}, {span_text(board, board.metric, self.words)}"

    def map(self, scheme: Scheme) -> Figure:
        shapes = self._shapes()
        places = [self._place(cell) for cell in self.inside.mapped]
        if shapes is None or self.unfit:
            return no_figure(scheme, self.words, self.unfit)
        return area_map(places, shapes, self.words, scheme, self.board.area.code)

    def _shapes(self) -> Shapes | None:
        return shapes_within(self.inside.mapped_in, self.board.map_day)

    def _place(self, cell: Cell) -> Place:
        board = self.board
        area = board.register.get(cell.area_id)
        href = area_view(board.view, area, board.span.last_day).href()
        return Place(area.code, area_title(area, board.map_day), cell, href)

    def map_foot(self) -> list[Tree]:
        """The legend with counts, and what must be said about the lines."""
        shapes = self._shapes()
        found = self.inside.mapped
        caption = f"{shapes.caption}. {shapes.credit}".strip() if shapes else ""
        return [
            tag(
                "div",
                legend(found, self.board.metric.unit, self.words),
                cls="ioc-legend",
                role="list",
                aria_label=self.words("map.legend"),
            ),
            tag("p", tag("span", caption, cls="ioc-map__schematic"), cls="ioc-map__caption"),
        ]

    # ---- the ranking

    def ranking(self) -> list[Tree]:
        """A panel with the areas listed, in order of the chosen metric."""
        board, say = self.board, self.words
        where = area_title(self.inside.listed_in, board.map_day)
        title = say("ranking.title", area=where)
        order = segment(say("order.label"), self._orders())
        head = panel_head(title, self._metric_line(), order, take_menu("ranking", title, say))
        if all(cell.value is None for cell in self.inside.members):
            note = empty(self.unfit or say("ranking.none"), icon="list-checks")
            return [
                tag("div", *head, cls="ioc-panel__head"),
                tag("div", note, cls="ioc-panel__body"),
            ]
        standings = [self.standing(cell) for cell in self.inside.members]
        caption = say("ranking.caption", count=len(standings))
        whole = board.view.href(
            page="ranking", metric=board.metric.id, rest=None, **board.own_days(board.metric.id)
        )
        compared = basis(board, say, board.metric.id) or say("change.label")
        laid = Layout(say("ranking.area"), board.view.order)
        rows = ranking(board.metric, standings, caption, compared, say, laid)
        foot = tag(
            "a",
            say("definition.csv"),
            href=self.board.download_href(board.metric.id, listed_in=self.inside.listed_in),
            download=True,
        )
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", rows, cls="ioc-panel__body"),
            tag("p", tag("a", say("ranking.whole"), href=whole), foot, cls="ioc-panel__foot"),
        ]

    def _orders(self) -> list[Option]:
        """Which end of the ranking comes first; what is neither good nor bad is large or small."""
        view, metric = self.board.view, self.board.metric
        names = (
            ("best", "worst") if metric.better is not Better.NEUTRAL else ("largest", "smallest")
        )
        return [
            Option(self.words(f"order.{name}"), view.href(order=order), view.order is order)
            for name, order in zip(names, Order, strict=True)
        ]

    def standing(self, cell: Cell) -> Standing:
        """One area of a ranking, with its value before and where its name leads."""
        place = self._place(cell)
        before = self.inside.members_earlier.get(cell.area_id)
        is_self = cell.area_id == self.board.area.area_id
        return Standing(cell, before, place.name, place.href, is_self)

    # ---- the choice of metric

    def heading(self) -> Tree:
        """The heading of trend, map and ranking."""
        return tag("h2", self.words("section.comparison"), cls="ioc-section__title")

    def metric_choice(self) -> tuple[list[dict[str, object]], str, str]:
        """Data, value and label of the select: every metric, by subject."""
        groups = metric_groups(self.board.catalogue, self.words)
        return groups, self.board.metric.id, self.words("metric.label")


def metric_groups(catalogue: Catalogue, words: Words) -> list[dict[str, object]]:
    """Every metric as an option, by subject."""
    subjects: dict[str, list[dict[str, str]]] = {}
    for metric in catalogue:
        item = {"value": metric.id, "label": metric.name[words.language]}
        subjects.setdefault(metric.subject, []).append(item)
    return [
        {"group": subject_title(subject)[words.language], "items": items}
        for subject, items in subjects.items()
    ]


def _grains(metric: Metric) -> list[Grain]:
    """The grains a metric may be cut into, finest first."""
    grains = list(Grain)
    return grains[grains.index(metric.smallest_grain) :]
