"""What a page about one metric tells beside its trend, map and ranking.

Every function returns plain JSON; values come from `query` and `compare`, nothing is computed.
"""

from dataclasses import dataclass, replace

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import ask_href
from dashboards.charts.distribution import classes, distribution
from dashboards.charts.frame import Figure
from dashboards.components.card import card, name_and_variant
from dashboards.components.comparisons import comparisons_table
from dashboards.components.definition import definition
from dashboards.components.head import page_head, panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.pins import pin_button
from dashboards.components.states import empty
from dashboards.components.table import table
from dashboards.components.targets import targets_table
from dashboards.inside import Inside
from dashboards.narrowing import unfit_text
from dashboards.places import area_title, area_view, crumbs
from dashboards.sections import Sections
from dashboards.text import Words
from dashboards.theme import Scheme
from metrics.compare import comparisons


@dataclass(frozen=True)
class MetricSheet:
    """Head, value, comparisons, distribution and definition of a board's metric."""

    board: Board
    inside: Inside
    words: Words

    def head(self) -> list[Tree]:
        """The metric's name under the areas it can be seen for, and how far the figures reach."""
        board, say = self.board, self.words
        told = Sections(board, self.inside, say)
        name, variant = name_and_variant(board.metric.name[say.language])
        path = [(say("shell.methodology"), board.view.href(page="methodology", metric=None))]
        path += crumbs(board.view, board.area, board.register, board.span.last_day)
        path.append((area_title(board.area, board.map_day), board.view.href()))
        own = area_view(board.view.model_copy(update={"page": "area"}), board.area, board.map_day)
        place = tag("a", area_title(board.area, board.map_day), href=own.href())
        lead: list[Content] = [place, f" · {told.lead()}"]
        if variant:
            lead.insert(0, f"{variant[:1].upper()}{variant[1:]} · ")
        return page_head(name, lead, path, say, told.aside())

    def value(self) -> Tree:
        """The metric's card: its value over the whole span, and the way to ask about it."""
        told = Sections(self.board, self.inside, self.words)
        reading = told.reading(self.board.metric)
        if reading.cell.value is not None and not self.board.view.filters:
            # Elsewhere a card asks of what missed its target; here somebody came for this figure.
            reading = replace(reading, ask_href=ask_href(reading.cell))
        return card(reading, self.words, hero=True)

    # ---- beside others

    def against(self) -> list[Tree]:
        """A panel with the value compared on every basis there is."""
        board, say = self.board, self.words
        head = panel_head(say("against.title"), say("against.lead"))
        if names := board.unfit(board.metric):
            body = empty(unfit_text(names, say), icon="list-checks", kind="ioc-empty--inline")
        else:
            asked = board.selection(board.area, [board.metric.id], board.span)
            found = comparisons(
                asked, board.scope, board.snapshot, now=board.now, rules=board.rules
            )
            body = comparisons_table(board.metric, found, say)
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", body, cls="ioc-panel__body"),
        ]

    # ---- the areas by how much they have

    def distribution_head(self) -> list[Tree]:
        say, board = self.words, self.board
        where = area_title(self.inside.listed_in, board.map_day)
        title = say("distribution.title", area=where)
        return panel_head(title, say("distribution.note"), pin_button("spread", title, say))

    def distribution(self, scheme: Scheme) -> Figure:
        whole = self.board.headline[self.board.metric.id]
        return distribution(self.inside.members, whole, self.words, scheme)

    def distribution_foot(self) -> list[Tree]:
        """The table behind the chart, and the way to the data."""
        board, say = self.board, self.words
        unit, language = board.metric.unit, say.language
        found = classes([cell.value for cell in self.inside.members if cell.value is not None])
        columns = [(say("distribution.class"), False), (say("distribution.count"), True)]
        rows: list[list[Content]] = [
            [
                f"{fmt.goal(one.low, unit, language)} – {fmt.goal(one.high, unit, language)}",
                str(one.count),
            ]
            for one in found
        ]
        numbers = table(say("distribution.note"), columns, rows, "ioc-table--dense")
        href = board.download_href(board.metric.id, listed_in=self.inside.listed_in)
        return [
            tag("details", tag("summary", say("table.show")), numbers, cls="ioc-panel__data"),
            tag(
                "p",
                tag("span"),
                tag("a", say("definition.csv"), href=href, download=True),
                cls="ioc-panel__foot",
            ),
        ]

    # ---- what it means

    def definition(self) -> list[Tree]:
        """Meaning, formula with its numbers, legal basis, version, and every target."""
        board, say = self.board, self.words
        evidence = board.evidence(board.metric, say.language)
        targets = board.rules.targets.of(board.metric.id)
        return [
            tag("div", *panel_head(say("metric.definition"), ""), cls="ioc-panel__head"),
            tag(
                "div",
                definition(evidence, say, has_ways=False),
                tag("h4", say("targets.title"), cls="ioc-panel__title"),
                targets_table(board.metric, targets, say),
                cls="ioc-panel__body",
            ),
        ]
