"""The telling part of a page about an area: its head, its cards, what needs somebody.

Every function returns plain JSON: trees, figures, options. They look things up and put words
to them; nothing is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell, ask_href, one_per_period
from dashboards.components import marks
from dashboards.components.attention import Concern, Culprit, attention
from dashboards.components.card import Reading, card
from dashboards.components.head import page_head, panel_head, section_head
from dashboards.components.markup import Tree, tag
from dashboards.components.trouble import trouble
from dashboards.inside import Inside, Missed, missed_since
from dashboards.narrowing import Narrowing, unfit_text
from dashboards.places import area_title, area_view, crumbs
from dashboards.selection import Compare
from dashboards.text import Words
from domain.freshness import Freshness, worst
from domain.period import Grain, ReportingCalendar, Span, label, period_end, period_start
from metrics.catalogue import Metric
from metrics.sources import sources_of
from store.state.explanations import Mark

MOST_CONCERNS = 6
TROUBLED = (Freshness.STALE, Freshness.DOWN, Freshness.SUSPECT, Freshness.FUTURE)
MOST_CULPRITS = 3


@dataclass(frozen=True)
class Sections:
    """Head, cards and concerns of one board, in one language."""

    board: Board
    inside: Inside
    words: Words
    said: Sequence[Mark] = ()

    # ---- the head of the page

    def head(self) -> list[Tree]:
        """Where we are, which days on which map, and how far the figures reach."""
        board = self.board
        title = area_title(board.area, board.map_day)
        path = crumbs(board.view, board.area, board.register, board.span.last_day)
        lead = [self.lead(), *self._successors()]
        return page_head(title, lead, path, self.words, self.aside(), self.trouble())

    def trouble(self) -> list[Tree]:
        """Why figures are old: which of their sources are in trouble, and since when."""
        board = self.board
        shown = [cell for cell in board.headline.values() if cell.value is not None]
        used = {name for cell in shown for name in cell.sources}
        states = {
            one.id: one.state
            for one in sources_of(
                board.snapshot, board.now, board.rules.calendar, board.horizon
            ).all
            if one.id in used and one.state in TROUBLED
        }
        rows = [row for row in board.snapshot.sources if row["source"] in states]
        is_all = bool(shown) and all(cell.freshness in TROUBLED for cell in shown)
        return trouble(
            [(row, states[row["source"]].value) for row in rows], self.words, is_all=is_all
        )

    def aside(self) -> list[Tree]:
        """How far the figures shown reach, and whether they are made up."""
        return [*self._simulated(), self._reach()]

    def lead(self) -> str:
        """Which days, on which map, compared with what, narrowed to what."""
        board, say = self.board, self.words
        said = [label(board.span, None, say.language), say(f"boundaries.{board.boundaries}_long")]
        if compared := basis(board, say):
            said.append(compared)
        if board.is_history and board.area.valid_until:
            last = board.area.valid_until - timedelta(days=1)
            said.append(say("area.ended", day=fmt.day(last, say.language)))
        narrowing = Narrowing(board.view, board.snapshot, board.scope, say)
        said += [f"{chip.name}: {chip.value}" for chip in narrowing.chips()]
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
        """A section of cards in order, one for each metric that such an area has."""
        asked = [metric for metric in self.board.catalogue.some(metrics) if self._has(metric)]
        found = [card(self.reading(metric), self.words) for metric in asked]
        return tag(
            "section",
            section_head(title),
            tag("div", *found, cls="ioc-grid ioc-grid--cards ioc-grid--four"),
            cls="ioc-section",
        )

    def _has(self, metric: Metric) -> bool:
        """Whether areas of this level have the metric, or somebody printed it for this one."""
        board = self.board
        return board.area.level in metric.levels or board.headline[metric.id].value is not None

    def reading(self, metric: Metric) -> Reading:
        """What the card of a metric shows."""
        board = self.board
        return Reading(
            metric=metric,
            cell=board.headline[metric.id],
            before=board.earlier.get(metric.id),
            past=one_per_period(board.series[metric.id]),
            basis=basis(board, self.words, metric.id),
            trend_href=board.view.href(metric=metric.id),
            today=board.horizon,
            said=said_of(board.headline[metric.id], self.said),
            unfit=self._unfit(metric),
            ask_href=self._ask_href(board.headline[metric.id]),
            page_href="" if board.view.page == "metric" else self._page_href(metric),
        )

    def _ask_href(self, cell: Cell) -> str:
        """Where a missed target is asked about: a figure of the area as a whole."""
        is_asked = cell.status == "missed" and not self.board.view.filters
        return ask_href(cell) if is_asked else ""

    def _page_href(self, metric: Metric) -> str:
        return self.board.view.href(page="metric", metric=metric.id)

    def _unfit(self, metric: Metric) -> str:
        names = self.board.unfit(metric)
        return unfit_text(names, self.words) if names else ""

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
        items = [self.concern(one) for one in self.inside.missed()[:MOST_CONCERNS]]
        key = "attention.narrowed" if self.board.view.filters else "attention.note"
        head = panel_head(say("attention.title"), say(key), level=2)
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", attention(items, self.inside.none_missed(say), say), cls="ioc-panel__body"),
        ]

    def concern(self, one: Missed) -> Concern:
        """What is told of one missed target."""
        return Concern(
            one.metric,
            one.own,
            [self._culprit(cell) for cell in one.cells[:MOST_CULPRITS]],
            len(one.cells),
            one.judged,
            self.since(one.metric),
            self.board.view.href(metric=one.metric.id),
        )

    def since(self, metric: Metric) -> str:
        """Since when the whole has missed the target, in words; nothing if it has not."""
        board, say = self.board, self.words
        run = missed_since(board.series[metric.id])
        if run is None:
            return ""
        first, is_oldest = run
        period = label(first, board.grain_of(metric), say.language, board.view.calendar)
        return say("attention.at_least" if is_oldest else "attention.since", period=period)

    def _culprit(self, cell: Cell) -> Culprit:
        board = self.board
        area = board.register.get(cell.area_id)
        href = area_view(board.view, area, board.span.last_day, metric=cell.metric).href()
        return Culprit(area_title(area, board.map_day), cell, href)


def basis(board: Board, words: Words, metric: str = "") -> str:
    """What changes are measured against: "so với cùng kỳ 2025", or nothing."""
    before = board.compared_with(board.span_of(metric))
    if before is None:
        return ""
    if board.view.compare is Compare.LAST_YEAR:
        return words("compare.to_last_year", year=before.start.year)
    return words("compare.to_previous")


def span_text(board: Board, metric: Metric, words: Words) -> str:
    """The days a metric's figures are of: "Quý III/2026" where it has a period of its own."""
    span, calendar = board.span_of(metric.id), board.view.calendar
    grains = (Grain.MONTH, Grain.QUARTER, Grain.YEAR) if metric.id in board.newest else ()
    whole = (grain for grain in grains if _is_one(span, grain, calendar))
    return label(span, next(whole, None), words.language, calendar)


def _is_one(span: Span, grain: Grain, calendar: ReportingCalendar) -> bool:
    """Whether a span is a whole period of a grain."""
    begins = period_start(span.start, grain, calendar) == span.start
    return begins and period_end(span.start, grain, calendar) == span.end


def said_of(cell: Cell, marks: Sequence[Mark]) -> str:
    """Whether somebody asked about a figure ("asked") or explained it ("answered"), or nothing."""
    states = {
        one.state
        for one in marks
        if (one.metric, one.area_id) == (cell.metric, cell.area_id)
        and cell.period.start <= one.period_start
        and one.period_end <= cell.period.end
    }
    if "asked" in states:
        return "asked"
    return "answered" if states else ""
