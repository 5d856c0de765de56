"""What a page of a subject tells: what is red, the figures by section, wholes and their parts.

Every function returns plain JSON; values come from `query`, nothing is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.breakdown import Breakdown
from dashboards.cells import Cell
from dashboards.components.attention import attention
from dashboards.components.card import card
from dashboards.components.head import page_head, panel_head, section_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.split import Part, split_bar
from dashboards.components.states import empty
from dashboards.components.stations import station_table
from dashboards.inside import Inside
from dashboards.places import area_title, area_view, crumbs
from dashboards.sections import MOST_CONCERNS, Sections, span_text
from dashboards.selection import View
from dashboards.subjects import Split, Subject, subjects
from dashboards.text import Words
from metrics.catalogue import Metric
from metrics.deliveries import Deliveries, deliveries
from metrics.formula import Gathering
from metrics.ranking import Order
from metrics.stations import Station, stations
from metrics.words import words as metric_words
from store.state.explanations import Mark

MOST_STATIONS = 60
MOST_IN_ROW = 6
"""A section of so many cards, or of more, takes the whole width."""


def subject_row(view: View, words: Words) -> Tree:
    """The subjects as links, and the index of Decision 766 among them; where we are is marked."""
    about: list[tuple[str, dict[str, str | None]]] = [
        (one.short[words.language], {"page": "subject", "rest": one.name}) for one in subjects()
    ]
    about.append((words("shell.index766"), {"page": "index766", "rest": None}))
    links = [
        tag(
            "a",
            name,
            href=view.href(metric=None, **place),
            cls="ioc-subjects__link",
            aria_current="page" if (view.page, view.rest) == tuple(place.values()) else None,
        )
        for name, place in about
    ]
    return tag("nav", *links, cls="ioc-subjects", aria_label=words("subject.row"))


@dataclass(frozen=True)
class SubjectSheet:
    """The panels of one subject for one board, in one language."""

    subject: Subject
    board: Board
    inside: Inside
    words: Words
    said: Sequence[Mark] = ()

    @cached_property
    def told(self) -> Sections:
        return Sections(self.board, self.inside, self.words, self.said)

    @cached_property
    def deliveries(self) -> Deliveries:
        return deliveries(self.board.snapshot)

    # ---- the head

    def head(self) -> list[Tree]:
        """The subject under the areas it can be seen for, its question, and how far it reaches."""
        board, say = self.board, self.words
        path = crumbs(board.view, board.area, board.register, board.span.last_day)
        title = area_title(board.area, board.map_day)
        own = board.view.model_copy(update={"page": "area", "metric": None})
        path.append((title, area_view(own, board.area, board.map_day).href()))
        place = tag("b", title)
        lead: list[Content] = [place, f" · {self.told.lead()}"]
        question = tag("p", self.subject.question[say.language], cls="ioc-pagehead__question")
        first, *rest = page_head(self.subject.title[say.language], lead, path, say, [])
        return [first, rest[0], question, *rest[1:], *self.told.trouble(), self._aside()]

    def _aside(self) -> Tree:
        return tag("div", *self.told.aside(), cls="ioc-pagehead__actions")

    def others(self) -> Tree:
        """The row of subjects, this one marked."""
        return subject_row(self.board.view, self.words)

    # ---- what is red

    def concerns(self) -> list[Tree]:
        """The missed targets, worst first: whose, where, since when, and what to do."""
        board, say = self.board, self.words
        missed = self.inside.missed()[:MOST_CONCERNS]
        items = [
            replace(
                self.told.concern(one),
                href=self._metric_href(one.metric),
                advice=self._advice(one.metric),
            )
            for one in missed
        ]
        key = "attention.narrowed" if board.view.filters else "attention.note"
        head = panel_head(say("attention.title"), say(key), level=2)
        body = attention(items, self.inside.none_missed(say), say)
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", body, cls="ioc-panel__body"),
        ]

    def _advice(self, metric: Metric) -> str:
        said = self.subject.advice.get(metric.id)
        return said[self.words.language] if said else ""

    def _metric_href(self, metric: Metric) -> str:
        """The metric's own page, of the period its figure here is of."""
        days = self.board.own_days(metric.id)
        return self.board.view.href(page="metric", metric=metric.id, rest=None, **days)

    # ---- the figures

    def sections(self) -> list[Tree]:
        """Every section with its cards, then what nobody tells or is not counted at this level."""
        return [self._section(one.title[self.words.language], one.metrics)
                for one in self.subject.section]  # fmt: skip

    def _section(self, title: str, names: Sequence[str]) -> Tree:
        metrics = self.board.catalogue.some(names)
        shown = [one for one in metrics if self._is_there(one)]
        untold = [one for one in metrics if one not in shown and not self._has_teller(one)]
        elsewhere = [one for one in metrics if one not in shown and one not in untold]
        cards = [self._card(one) for one in shown]
        return tag(
            "section",
            section_head(title),
            tag("div", *cards, cls="ioc-grid ioc-grid--cards") if cards else None,
            self._left_out("subject.untold", untold),
            self._left_out("subject.other_levels", elsewhere),
            cls=f"ioc-section ioc-section--of-{min(len(cards), MOST_IN_ROW)}",
        )

    def _is_there(self, metric: Metric) -> bool:
        """Whether a card is worth its room: somebody tells it at this level, or it has a value."""
        if self.board.headline[metric.id].value is not None:
            return True
        return self.board.area.level in metric.levels and self._has_teller(metric)

    def _has_teller(self, metric: Metric) -> bool:
        return bool(self.deliveries.tellers(metric))

    def _left_out(self, key: str, metrics: Sequence[Metric]) -> Tree | None:
        """Metrics without a card, by name, each a link; and why."""
        if not metrics:
            return None
        language = self.words.language
        told: list[Content] = [self.words(key) + " "]
        for index, one in enumerate(metrics):
            name = tag("a", one.name[language], href=self._metric_href(one))
            told += [" · " if index else "", name]
        return tag("p", *told, cls="ioc-section__note ioc-left-out")

    def _card(self, metric: Metric) -> Tree:
        cell = self.board.headline[metric.id]
        reading = replace(
            self.told.reading(metric),
            page_href=self._metric_href(metric),
            counts=self._counts(metric, cell),
            why=self._why(metric, cell),
        )
        return card(reading, self.words)

    def _counts(self, metric: Metric, cell: Cell) -> str:
        """What a value is made of, in words, and of which days: "8.123 / 9.000 hồ sơ …"."""
        say, told = self.words, []
        parts = fmt.fraction(cell.numerator, cell.denominator, say.language)
        if metric.is_rate and parts:
            told.append(f"{parts} {self._of(metric)}".strip())
        elif cell.value is not None and metric.formula.gathering is Gathering.STOCK:
            told.append(say("subject.at_end", day=fmt.day(cell.period.last_day, say.language)))
        if metric.id in self.board.newest:
            told.append(span_text(self.board, metric, say))
        return " · ".join(told)

    def _of(self, metric: Metric) -> str:
        """Of what a rate is; nothing where the source alone knows."""
        if any(name.startswith("observed_") for name in metric.denominator):
            return ""
        return metric_words().sum_of(metric.denominator, self.words.language)

    def _why(self, metric: Metric, cell: Cell) -> str:
        """Why there is no number: which source is silent, about whom, and about which days."""
        say, board = self.words, self.board
        if cell.value is not None or board.unfit(metric) or cell.denominator == 0:
            return ""
        titles = board.source_titles(say.language)
        names = [titles.get(name, name) for name in self.deliveries.tellers(metric)]
        if not names:
            return say("subject.no_source")
        return say(
            "subject.silent",
            source=" · ".join(names[:2]),
            area=area_title(board.area, board.map_day),
            period=span_text(board, metric, say),
        )

    # ---- wholes and their parts

    def splits(self) -> list[Tree]:
        """A panel for every whole that has a value."""
        return [panel for one in self.subject.split for panel in [self._split(one)] if panel]

    def _split(self, one: Split) -> Tree | None:
        headline, language = self.board.headline, self.words.language
        whole = headline[one.whole].value
        if not whole:
            return None
        counts = [headline[part.metric].numerator for part in one.part]
        parts = [
            Part(part.name[language], count, part.kind)
            for part, count in zip(one.part, counts, strict=True)
        ]
        known = [count for count in counts if count is not None]
        is_whole = len(known) == len(counts)
        parts.append(Part(one.rest[language], whole - sum(known) if is_whole else None, "unknown"))
        metric = self.board.catalogue.metric(one.whole)
        number = fmt.number(whole, 0, language)
        note = f"{number} {metric.unit_name(language)}, {span_text(self.board, metric, self.words)}"
        return tag(
            "section",
            tag("div", *panel_head(one.title[language], note), cls="ioc-panel__head"),
            tag("div", split_bar(whole, parts, self.words), cls="ioc-panel__body"),
            cls="ioc-panel",
        )

    # ---- one by one

    def stations(self) -> list[Tree]:
        """The stations in the area as they are now, those out of their limits first."""
        board, say = self.board, self.words
        if "stations" not in self.subject.lists:
            return []
        found = stations(board.snapshot, board.area.area_id, board.scope, board.register)
        until = fmt.day(board.horizon, say.language)
        count = fmt.number(len(found), 0, say.language)
        note = say("stations.note", count=count, until=until)
        head = panel_head(say("stations.title"), note)
        body = (
            station_table(found[:MOST_STATIONS], self._places(found), board.now, say)
            if found
            else empty(say("stations.none"), icon="list-checks", kind="ioc-empty--inline")
        )
        rest = len(found) - MOST_STATIONS
        foot = (
            tag("p", say("stations.rest", count=rest), cls="ioc-panel__foot") if rest > 0 else None
        )
        return [
            tag(
                "section",
                tag("div", *head, cls="ioc-panel__head"),
                tag("div", body, cls="ioc-panel__body"),
                foot,
                cls="ioc-panel",
            )
        ]

    def _places(self, found: Sequence[Station]) -> dict[str, Content]:
        """The areas of stations, each a link to the same page of it."""
        board = self.board
        areas = {one.area_id: board.register.get(one.area_id) for one in found}
        return {
            area_id: tag(
                "a",
                area_title(area, board.map_day),
                href=area_view(board.view, area, board.span.last_day).href(),
            )
            for area_id, area in areas.items()
        }

    # ---- by whom, by what

    def cuts(self) -> Tree | None:
        """The chosen metric cut as the subject says, the worst of each first."""
        view = self.board.view.model_copy(update={"order": Order.WORST})
        shown = Breakdown(replace(self.board, view=view), self.words, self.board.view)
        panels = [panel for by in self.subject.cuts for panel in [shown.panel(by)] if panel]
        return tag("div", *panels, cls="ioc-cuts") if panels else None
