"""One metric of an area cut by organisation, procedure, field or channel: who pulls it up or down.

A click on a line narrows everything on the page to it; what is chosen stays among the others.
"""

from dataclasses import dataclass

from dashboards.board import Board
from dashboards.cells import Cell
from dashboards.components.head import panel_head
from dashboards.components.markup import Tree, tag
from dashboards.components.pins import pin_button
from dashboards.components.ranking import Layout, Standing, ranking
from dashboards.components.states import empty
from dashboards.geography import REORGANISED
from dashboards.narrowing import Narrowing, unfit_text
from dashboards.sections import basis
from dashboards.selection import View
from dashboards.text import Words
from domain.period import Span, label
from metrics.catalogue import Metric
from metrics.selection import DIMENSIONS, By

MOST_LINES = 15


def cuts(metric: Metric) -> list[By]:
    """What a metric can be cut by, beside areas."""
    return list(DIMENSIONS[metric.record])


@dataclass(frozen=True)
class Breakdown:
    """The cuts of a board's metric, in one language; `view` is what links keep, if another."""

    board: Board
    words: Words
    view: View | None = None

    def panel(self, by: By) -> Tree | None:
        """A panel of one cut; nothing where the metric has none such."""
        board, say = self.board, self.words
        if by not in cuts(board.metric):
            return None
        narrowing = Narrowing(self._kept, board.snapshot, board.scope, say)
        standings = [self._standing(cell, by, narrowing) for cell in self._lines(by)]
        laid = Layout(say(f"filter.{by}"), board.view.order, MOST_LINES)
        title, count = say(f"breakdown.{by}"), say("breakdown.count", count=len(standings))
        note = f"{board.metric.short[say.language]}, {label(board.span, None, say.language)}"
        compared = basis(board, say) or say("change.label")
        body = (
            ranking(board.metric, standings, f"{title}: {count}", compared, say, laid)
            if standings
            else empty(self._why(), icon="list-checks", kind="ioc-empty--inline")
        )
        href = board.download_href(board.metric.id, listed_in=board.area, by=by)
        foot = tag("a", say("definition.csv"), href=href, download=True)
        pin = pin_button(f"cut-{by}", title, say)
        return tag(
            "section",
            tag("div", *panel_head(title, note, pin), cls="ioc-panel__head"),
            tag("div", body, cls="ioc-panel__body"),
            tag("p", tag("span", say("breakdown.hint")), foot, cls="ioc-panel__foot"),
            cls="ioc-panel",
        )

    @property
    def _kept(self) -> View:
        return self.view or self.board.view

    def _why(self) -> str:
        names = self.board.unfit(self.board.metric)
        return unfit_text(names, self.words) if names else self.words("value.none")

    def _lines(self, by: By) -> list[tuple[Cell, Cell | None]]:
        """What is known of each value of the dimension, and what was before."""
        board = self.board
        now = board.values(board.area, [board.metric.id], board.span, by=by)
        earlier: dict[str, Cell] = {}
        if (span := board.compared_span) is not None and not self._was_another(by, span):
            past = board.values(board.area, [board.metric.id], span, by=by)
            earlier = {cell.dimension_value: cell for cell in past}
        return [
            (cell, earlier.get(cell.dimension_value))
            for cell in now
            if cell.value is not None and (cell.value or cell.denominator)
        ]

    def _was_another(self, by: By, span: Span) -> bool:
        """Whether organisations were others then: most began, or changed, with their area."""
        return by is By.ORGANISATION and span.start < REORGANISED <= self.board.span.last_day

    def _standing(self, line: tuple[Cell, Cell | None], by: By, narrowing: Narrowing) -> Standing:
        cell, before = line
        code, view = cell.dimension_value, self._kept
        is_chosen = (by.value, code) in view.filters
        href = view.toggled(by.value, code).href() if code else ""
        return Standing(cell, before, narrowing.title(by, code), href, is_chosen)
