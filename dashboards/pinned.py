"""One thing that somebody pinned, drawn for whoever looks at it: their scope, today's figures.

A pin is the address of a view and what of it is shown. What it says comes from the same places as
on the page it was pinned on, so the two cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dashboards.board import Board
from dashboards.breakdown import Breakdown
from dashboards.comparison import Comparison
from dashboards.components.card import card
from dashboards.components.markup import Tree, tag
from dashboards.components.states import empty
from dashboards.data import Drawn, Visit
from dashboards.inside import Inside
from dashboards.metric_sheet import MetricSheet
from dashboards.places import area_title
from dashboards.sections import Sections
from dashboards.subjects import subject
from dashboards.text import Words
from dashboards.theme import SCHEMES
from dashboards.withheld import without
from metrics.selection import By

CUTS = {f"cut-{by}": by for by in (By.FIELD, By.CHANNEL, By.PROCEDURE, By.ORGANISATION)}
CHARTS = ("trend", "map", "spread")
KINDS = ("figure", *CHARTS, "ranking", *CUTS, "view")
OF_ITS_PAGE = ("ioc-info", "ioc-take", "ioc-panel__actions")
"""What works only on the page a part comes from."""


@dataclass(frozen=True)
class Pinned:
    """A pin of a kind; `visit` is one at its address. Asked for only where that can be read."""

    visit: Visit
    kind: str

    @property
    def words(self) -> Words:
        return self.visit.words

    @cached_property
    def board(self) -> Board:
        board = self.visit.board
        return replace(board, shown=(board.metric.id,))

    @cached_property
    def inside(self) -> Inside:
        return Inside(self.board)

    @cached_property
    def _compared(self) -> Comparison:
        return Comparison(self.board, self.inside, self.words, has_before=True)

    def drawn(self) -> Drawn:
        """Its title, what it is about, its address; `body.tree` or `body.figure`; `foot.tree`."""
        view = self.visit.view
        told: Drawn = {"title": self._title(), "lead": self._lead(), "href": view.href()}
        if self.kind == "view":
            return {**told, "body.tree": None, "foot.tree": None}
        if not view.has_choices:
            none = empty(self.words("my.nothing"), kind="ioc-empty--inline")
            return {**told, "body.tree": none, "foot.tree": None}
        if self.kind in CHARTS:
            return {**told, "body.figure": self._figure(), "foot.tree": self._foot()}
        return {**told, "body.tree": without(OF_ITS_PAGE, self._tree()), "foot.tree": self._foot()}

    def _title(self) -> str:
        view, say = self.visit.view, self.words
        if not view.has_choices:
            return say(f"shell.{view.page}")
        place = area_title(self.board.area, self.board.map_day)
        if self.kind == "view" and view.page in ("overview", "area"):
            return place
        if self.kind == "view" and view.page == "subject":
            return f"{subject(view.rest).short[say.language]} · {place}"
        if self.kind == "view" and view.page != "metric":
            return f"{say(f'shell.{view.page}')} · {place}"
        name = self.board.metric.name[say.language]
        if self.kind in CUTS:
            name = f"{name}, {say(f'my.by_{CUTS[self.kind]}')}"
        return f"{name} · {place}"

    def _lead(self) -> str:
        has_lead = self.visit.view.has_choices
        return Sections(self.board, self.inside, self.words).lead() if has_lead else ""

    def _figure(self) -> dict[str, Any]:
        compared = self._compared
        sheet = MetricSheet(self.board, self.inside, self.words)
        draw: dict[str, Callable[..., Any]] = {
            "trend": compared.trend,
            "map": compared.map,
            "spread": sheet.distribution,
        }
        return {scheme: draw[self.kind](scheme) for scheme in SCHEMES}

    def _tree(self) -> Tree | None:
        say = self.words
        if self.kind == "figure":
            told = Sections(self.board, self.inside, say, self.visit.said)
            return card(told.reading(self.board.metric), say)
        if self.kind == "ranking":
            _, body, *_ = self._compared.ranking()
            return body
        found = Breakdown(self.board, say).panel(CUTS[self.kind])
        if found is None:
            return empty(say("my.nothing"), kind="ioc-empty--inline")
        _, _, _, body, *_ = found
        return list(body)

    def _foot(self) -> Tree | None:
        """What must be said of a map's lines; whether the figures are made up, and their reach."""
        told = Sections(self.board, self.inside, self.words)
        lines = self._compared.map_foot() if self.kind == "map" else []
        reach = tag("p", *told.aside(), cls="ioc-panel__foot")
        return tag("div", *lines, reach if self.kind != "figure" else None, cls="ioc-pin__foot")
