"""The panels of the page that compares: head, those side by side, and the ranking they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboards.board import Board
from dashboards.components.choices import options_of, segment
from dashboards.components.compared import compared_table, places_table
from dashboards.components.head import page_head, panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.states import empty
from dashboards.inside import Inside
from dashboards.narrowing import Narrowing, unfit_text
from dashboards.places import area_title
from dashboards.sections import Sections
from dashboards.selection import Side
from dashboards.side_by_side import SideBySide
from dashboards.text import Words
from metrics.catalogue import Metric
from metrics.selection import By

MOST_BEFORE = 8


@dataclass(frozen=True)
class CompareSheet:
    """Every panel of the page, in one language."""

    board: Board
    words: Words

    @cached_property
    def beside(self) -> SideBySide:
        return SideBySide(self.board, self.words)

    def head(self) -> list[Tree]:
        board, say = self.board, self.words
        lead: list[Content] = [Sections(board, Inside(board), say).lead()]
        sides = options_of(board.view, "side", list(Side), board.view.side, say)
        return page_head(
            say("compared.heading"), lead, [], say, [segment(say("compared.sides"), sides)]
        )

    def matrix(self) -> list[Tree]:
        """Metrics by those compared; with nobody chosen, how to choose."""
        say, found = self.words, self.beside
        head = panel_head(say("compared.title"), say("compared.note"), level=2)
        if not found.columns:
            key = "compared.no_areas" if found.is_of_areas else "compared.no_organisations"
            note = empty(say("compared.nobody"), say(key), icon="list-checks")
            return self._panel(head, note)
        body = compared_table(found.metrics, found.columns, self._href, self._unfit, say)
        return self._panel(head, body, *self._predecessors())

    def _href(self, metric: Metric) -> str:
        return self.board.view.href(page="metric", metric=metric.id)

    def _unfit(self, metric: Metric) -> str:
        names = self.board.unfit(metric)
        return unfit_text(names, self.words) if names else ""

    def _predecessors(self) -> list[Tree]:
        """Links that put the areas before a merger beside what they became."""
        board, found = self.board, self.beside
        if not found.is_of_areas:
            return []
        items = []
        for area in found.areas:
            old = dict.fromkeys(one.old_id for one in board.register.predecessors(area.area_id))
            some = [board.register.get(one) for one in old if one != area.area_id][:MOST_BEFORE]
            if len(some) < 2:  # one area that only changed its number says nothing
                continue
            links: list[Content] = []
            for index, one in enumerate(some):
                link = tag("a", area_title(one), href=found.toggled(one))
                links += [", " if index else "", link]
            if links:
                name = area_title(area, board.map_day)
                items.append(tag("li", f"{self.words('compared.before', area=name)} ", *links))
        return [tag("ul", *items, cls="ioc-compared__before")] if items else []

    def places(self) -> list[Tree]:
        """The ranking of the first metric; a click on a line puts it beside the others."""
        board, say, found = self.board, self.words, self.beside
        metric = found.metrics[0]
        where = area_title(found.whole, board.map_day)
        head = panel_head(say("places.title_of", area=where), metric.name[say.language])
        if not found.ranking:
            why = self._unfit(metric) or say("ranking.none")
            return self._panel(head, empty(why, icon="list-checks"))
        by = By.AREA if found.is_of_areas else By.ORGANISATION
        href = board.download_href(metric.id, listed_in=found.whole, by=by)
        foot = tag("a", say("definition.csv"), href=href, download=True)
        rows = places_table(metric, found.ranking, self._link, say)
        return [
            *self._panel(head, rows),
            tag("p", tag("span"), foot, cls="ioc-panel__foot"),
        ]

    def _link(self, row: Mapping[str, Any]) -> tuple[str, str, bool]:
        board, found, view = self.board, self.beside, self.board.view
        if not found.is_of_areas:
            code = row["dimension_value"]
            name = Narrowing(view, board.snapshot, board.scope, self.words).title(
                "organisation", code
            )
            href = view.toggled("organisation", code).href() if code else view.href()
            return name, href, code in view.organisation
        area = board.register.get(row["area_id"])
        is_chosen = area.area_id in {one.area_id for one in found.areas}
        return area_title(area, board.map_day), found.toggled(area), is_chosen

    def _panel(self, head: list[Tree], body: Tree, *more: Tree) -> list[Tree]:
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", body, *more, cls="ioc-panel__body"),
        ]
