"""The sections of pages about an area: from a board's answers to what is drawn.

Every function returns plain JSON: trees, figures, options. They look things up and put words
to them; nothing is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell
from dashboards.charts.frame import Figure
from dashboards.charts.map import STATUSES, Place, area_map, scale
from dashboards.charts.trend import Event, TrendLook, trend
from dashboards.components import marks
from dashboards.components.attention import Concern, Culprit, attention
from dashboards.components.card import Reading, card, name_and_variant
from dashboards.components.choices import options_of, segment
from dashboards.components.head import page_head, panel_head, section_head
from dashboards.components.markup import Tree, tag
from dashboards.components.ranking import Standing, ranking
from dashboards.components.states import empty
from dashboards.components.table import series_table
from dashboards.geography import REORGANISED, Shapes, shapes_within
from dashboards.inside import Inside, Missed, missed_since
from dashboards.places import area_title, area_view, crumbs
from dashboards.selection import Compare
from dashboards.text import Words
from dashboards.theme import Scheme
from domain.area import Boundaries, Level
from domain.freshness import Freshness, worst
from domain.period import Grain, label
from metrics.catalogue import Metric, subject_title

MOST_CONCERNS = 6
MOST_CULPRITS = 3


@dataclass(frozen=True)
class Sections:
    """The sections of one board, in one language and colour scheme."""

    board: Board
    words: Words
    scheme: Scheme

    @cached_property
    def inside(self) -> Inside:
        return Inside(self.board)

    # ---- the head of the page

    def head(self) -> list[Tree]:
        """Where we are, which days on which map, and how far the figures reach."""
        board = self.board
        title = area_title(board.area, board.map_day)
        path = crumbs(board.view, board.area, board.register, board.span.last_day)
        aside = [*self._simulated(), self._reach()]
        return page_head(title, [self._lead(), *self._successors()], path, self.words, aside)

    def _lead(self) -> str:
        board, say = self.board, self.words
        said = [label(board.span, None, say.language), say(f"boundaries.{board.boundaries}_long")]
        if basis := self.basis:
            said.append(basis)
        if board.is_history and board.area.valid_until:
            last = board.area.valid_until - timedelta(days=1)
            said.append(say("area.ended", day=fmt.day(last, say.language)))
        return " · ".join(said)

    def _successors(self) -> list[Tree | str]:
        """Links to what an ended area became, the main one first."""
        board = self.board
        ids = dict.fromkeys(
            change.new_id for change in board.register.successors(board.area.area_id)
        )
        areas = [board.register.get(area_id) for area_id in ids if area_id and board.is_history]
        if not areas:
            return []
        told: list[Tree | str] = [f" · {self.words('area.today')} "]
        view = board.view.model_copy(update={"first": None, "last": None})
        for index, area in enumerate(areas):
            href = area_view(view, area, board.horizon).href()
            told += [", " if index else "", tag("a", area_title(area), href=href)]
        return told

    @property
    def basis(self) -> str:
        """What changes are measured against: "so với cùng kỳ 2025", or nothing."""
        board = self.board
        if board.compared_span is None:
            return ""
        if board.view.compare is Compare.LAST_YEAR:
            return self.words("compare.to_last_year", year=board.compared_span.start.year)
        return self.words("compare.to_previous")

    def _simulated(self) -> list[Tree]:
        if not any(cell.simulated for cell in self.board.headline.values()):
            return []
        return [tag("span", self.words("mark.simulated"), cls="ioc-mark ioc-mark--simulated")]

    def _reach(self) -> Tree:
        """How far the newest of the figures reach, and the worst state of those shown."""
        shown = [cell for cell in self.board.headline.values() if cell.value is not None]
        until = max((cell.data_as_of for cell in shown if cell.data_as_of), default=None)
        if until is None:
            return tag("span", self.words("value.none"), cls="ioc-reach")
        text = self.words("reach.until", until=marks.reach_of(until, self.words))
        state = worst(Freshness(cell.freshness) for cell in shown)
        return tag("span", text, marks.freshness(state, None, self.words), cls="ioc-reach")

    # ---- cards

    def cards(self, title: str, metrics: Sequence[str]) -> Tree:
        """A section of cards, one per metric, in order."""
        board = self.board
        found = [
            card(self._reading(metric), self.words) for metric in board.catalogue.some(metrics)
        ]
        return tag(
            "section",
            section_head(title),
            tag("div", *found, cls="ioc-grid ioc-grid--cards ioc-grid--four"),
            cls="ioc-section",
        )

    def _reading(self, metric: Metric) -> Reading:
        board = self.board
        return Reading(
            metric=metric,
            cell=board.headline[metric.id],
            before=board.earlier.get(metric.id),
            past=board.series[metric.id],
            basis=self.basis,
            trend_href=board.view.href(metric=metric.id),
            today=board.horizon,
        )

    def printed(self) -> Tree | None:
        """Figures published elsewhere for this area and span; nothing where there are none."""
        board = self.board
        if not board.printed:
            return None
        items = [
            card(Reading(metric, cell, None, (), "", board.view.href(metric=metric.id)), self.words)
            for metric, cell in board.printed
        ]
        return tag(
            "section",
            section_head(self.words("section.printed"), self.words("section.printed_note")),
            tag("div", *items, cls="ioc-grid ioc-grid--cards ioc-grid--four"),
            cls="ioc-section",
        )

    # ---- what needs somebody

    def concerns(self) -> list[Tree]:
        """A panel with the missed targets, worst first."""
        say = self.words
        items = [self._concern(one) for one in self.inside.missed()[:MOST_CONCERNS]]
        head = panel_head(say("attention.title"), say("attention.note"))
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", attention(items, say), cls="ioc-panel__body"),
        ]

    def _concern(self, one: Missed) -> Concern:
        return Concern(
            one.metric,
            one.own,
            [self._culprit(cell) for cell in one.cells[:MOST_CULPRITS]],
            len(one.cells),
            one.judged,
            self._since(one.metric),
            self.board.view.href(metric=one.metric.id),
        )

    def _since(self, metric: Metric) -> str:
        """Since when the whole has missed the target, in words; nothing if it has not."""
        board, say = self.board, self.words
        run = missed_since(board.series[metric.id])
        if run is None:
            return ""
        first, is_oldest = run
        period = label(first, board.grain, say.language, board.view.calendar)
        return say("attention.at_least" if is_oldest else "attention.since", period=period)

    def _culprit(self, cell: Cell) -> Culprit:
        board = self.board
        area = board.register.get(cell.area_id)
        href = area_view(board.view, area, board.span.last_day, metric=cell.metric).href()
        return Culprit(area_title(area, board.map_day), cell, href)

    # ---- the trend

    def trend_head(self) -> list[Tree]:
        """The chosen metric's name, what is drawn, and the choice of grain."""
        metric, view, say = self.board.metric, self.board.view, self.words
        name, variant = name_and_variant(metric.name[say.language])
        grains = options_of(view, "grain", _grains(metric), self.board.grain, say)
        return panel_head(name, self._note(variant), segment(say("grain.label"), grains))

    def _note(self, variant: str) -> str:
        metric = self.board.metric
        parts = [variant, metric.unit_name(self.words.language)]
        return ", ".join(part for part in parts if part)

    def trend(self) -> Figure:
        board = self.board
        look = TrendLook(
            words=self.words,
            scheme=self.scheme,
            grain=board.grain,
            reporting=board.view.calendar,
            selected=board.span,
            events=self._events(),
        )
        return trend(board.series[board.metric.id], look)

    def _events(self) -> tuple[Event, ...]:
        """What changed the area's territory, with its law; for the country the reorganisation."""
        board = self.board
        changes = (*board.register.predecessors(board.area.area_id),)
        if board.boundaries is Boundaries.THEN:
            changes += board.register.successors(board.area.area_id)
        laws = {
            change.effective_from: change.legal_basis for change in changes if change.legal_basis
        }
        if board.area.level is Level.COUNTRY:
            laws[REORGANISED] = COUNTRY_LAW
        return tuple(
            Event(day, self.words("trend.event", day=fmt.day(day, self.words.language), law=law))
            for day, law in sorted(laws.items())
        )

    def trend_foot(self) -> list[Tree]:
        """The table behind the chart, the source, and the way to the data."""
        board, say = self.board, self.words
        found = board.series[board.metric.id]
        numbers = series_table(board.metric, found, board.grain, board.view.calendar, say)
        return [
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
        return panel_head(title, self._metric_line())

    def _metric_line(self) -> str:
        board = self.board
        name = name_and_variant(board.metric.name[self.words.language])[0]
        return f"{name}, {label(board.span, None, self.words.language)}"

    def map(self) -> Figure:
        shapes = self._shapes()
        places = [self._place(cell) for cell in self.inside.mapped]
        if shapes is None:
            return {"data": [], "layout": {}}
        return area_map(places, shapes, self.words, self.scheme, self.board.area.code)

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
                self._legend(found),
                cls="ioc-legend",
                role="list",
                aria_label=self.words("map.legend"),
            ),
            tag("p", tag("span", caption, cls="ioc-map__schematic"), cls="ioc-map__caption"),
        ]

    def _legend(self, found: Sequence[Cell]) -> list[Tree]:
        used = scale(found)
        missing = sum(cell.value is None for cell in found)
        if used.edges is None:
            return [*self._status_counts(found), *self._none_count(missing)]
        steps = [
            tag("span", text, cls=f"ioc-legend__step ioc-legend__step--{index}")
            for index, text in enumerate(self._class_names(used.edges), start=1)
        ]
        return [
            tag("span", *steps, cls="ioc-legend__ramp", role="listitem"),
            *self._none_count(missing),
        ]

    def _status_counts(self, found: Sequence[Cell]) -> list[Tree]:
        counts = {
            status: sum(cell.status == status and cell.value is not None for cell in found)
            for status in STATUSES
        }
        return [
            tag(
                "span",
                tag("span", cls=f"ioc-status__mark ioc-status__mark--{status}", aria_hidden="true"),
                self.words(f"status.{status}"),
                tag("b", str(count), cls="ioc-legend__count"),
                cls="ioc-legend__item",
                role="listitem",
            )
            for status, count in counts.items()
            if count
        ]

    def _none_count(self, missing: int) -> list[Tree]:
        if not missing:
            return []
        return [
            tag(
                "span",
                tag("span", cls="ioc-legend__none", aria_hidden="true"),
                self.words("value.none"),
                tag("b", str(missing), cls="ioc-legend__count"),
                cls="ioc-legend__item",
                role="listitem",
            )
        ]

    def _class_names(self, edges: Sequence[float]) -> list[str]:
        """`≤ 1.200`, `≤ 3.400` …, and at last `> 9.800`."""
        unit, language = self.board.metric.unit, self.words.language
        names = [f"≤\u00a0{fmt.figure(edge, unit, language)}" for edge in edges]
        return [*names, f">\u00a0{fmt.figure(edges[-1], unit, language)}" if edges else ""]

    # ---- the ranking

    def ranking(self) -> list[Tree]:
        """A panel with the areas listed, in order of the chosen metric."""
        board, say = self.board, self.words
        where = area_title(self.inside.listed_in, board.map_day)
        head = panel_head(say("ranking.title", area=where), self._metric_line())
        if all(cell.value is None for cell in self.inside.members):
            note = empty(say("ranking.none"), icon="list-checks")
            return [
                tag("div", *head, cls="ioc-panel__head"),
                tag("div", note, cls="ioc-panel__body"),
            ]
        standings = [
            Standing(
                cell,
                self.inside.members_earlier.get(cell.area_id),
                name=self._place(cell).name,
                href=self._place(cell).href,
                is_self=cell.area_id == board.area.area_id,
            )
            for cell in self.inside.members
        ]
        caption = say("ranking.caption", count=len(standings))
        rows = ranking(board.metric, standings, caption, self.basis or say("change.label"), say)
        foot = tag(
            "a",
            say("definition.csv"),
            href=self.board.download_href(board.metric.id, listed_in=self.inside.listed_in),
            download=True,
        )
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", rows, cls="ioc-panel__body"),
            tag("p", tag("span"), foot, cls="ioc-panel__foot"),
        ]

    # ---- the choice of metric

    def comparison(self) -> Tree:
        """The heading of trend, map and ranking."""
        return tag("h2", self.words("section.comparison"), cls="ioc-section__title")

    def metric_choice(self) -> tuple[list[dict[str, object]], str, str]:
        """Data, value and label of the select: every metric, by subject."""
        say = self.words
        subjects: dict[str, list[dict[str, str]]] = {}
        for metric in self.board.catalogue:
            item = {"value": metric.id, "label": metric.name[say.language]}
            subjects.setdefault(metric.subject, []).append(item)
        groups: list[dict[str, object]] = [
            {"group": subject_title(subject)[say.language], "items": items}
            for subject, items in subjects.items()
        ]
        return groups, self.board.metric.id, say("metric.label")


COUNTRY_LAW = "202/2025/QH15"


def _grains(metric: Metric) -> list[Grain]:
    """The grains a metric may be cut into, finest first."""
    grains = list(Grain)
    return grains[grains.index(metric.smallest_grain) :]
