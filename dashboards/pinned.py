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
from dashboards.components.definition import definition
from dashboards.components.markup import Tree, tag
from dashboards.components.states import empty
from dashboards.components.taking import take_menu
from dashboards.data import Drawn, Visit
from dashboards.inside import Inside
from dashboards.metric_sheet import MetricSheet
from dashboards.places import area_title
from dashboards.sections import Sections
from dashboards.subjects import subject
from dashboards.text import Words
from dashboards.theme import SCHEMES
from dashboards.withheld import without
from domain.area import Area
from metrics.selection import By

CUTS = {f"cut-{by}": by for by in (By.FIELD, By.CHANNEL, By.PROCEDURE, By.ORGANISATION)}
CHARTS = ("trend", "map", "spread")
FILES = ("trend", "map", "ranking")
"""What can be taken away in every form; of the rest, the data."""
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
        """Title, lead and address; `menu.tree`, `body.tree` or `body.figure`, `foot.tree`."""
        view = self.visit.view
        told: Drawn = {"title": self._title(), "lead": self._lead(), "href": view.href()}
        told["menu.tree"] = self._menu() if view.has_choices else None
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

    def _foot(self) -> Tree:
        """What a map must say of its lines; table, meaning, the figures' reach, and a file."""
        told = Sections(self.board, self.inside, self.words)
        lines = self._compared.map_foot() if self.kind == "map" else []
        reach = told.aside() if self.kind != "figure" else []
        foot = tag("p", *reach, self._file(), cls="ioc-panel__foot")
        return tag("div", *lines, *self._numbers(), self._meaning(), foot, cls="ioc-pin__foot")

    def _numbers(self) -> list[Tree]:
        """The table behind a chart, as on its page; a map's is the ranking beside it there."""
        if self.kind == "trend":
            return self._compared.trend_foot()[:-1]
        if self.kind == "spread":
            return MetricSheet(self.board, self.inside, self.words).distribution_foot()[:1]
        if self.kind != "map" or self.inside.mapped_in != self.inside.listed_in:
            return []
        _, rows, *_ = self._compared.ranking()
        return [_closed(self.words("table.show"), without(OF_ITS_PAGE, rows))]

    def _meaning(self) -> Tree:
        """What the metric means and how this value of it is made."""
        say = self.words
        evidence = self.board.evidence(self.board.metric, say.language)
        told = tag("div", definition(evidence, say, has_ways=False), cls="ioc-pin__meaning")
        return _closed(say("definition.explanation"), told, "ioc-noprint")

    def _file(self) -> Tree:
        """The way to its data."""
        board, inside, by = self.board, self.inside, CUTS.get(self.kind, By.AREA)
        listed_in: Area | None = board.area
        if self.kind in ("figure", "trend"):
            listed_in = None
        elif self.kind not in CUTS:
            listed_in = inside.mapped_in if self.kind == "map" else inside.listed_in
        href = board.download_href(board.metric.id, listed_in=listed_in, by=by)
        return tag("a", self.words("definition.csv"), href=href, download=True)

    def _menu(self) -> Tree | None:
        """The forms it can be taken away in."""
        if self.kind not in FILES:
            return None
        return take_menu(self.kind, self._title(), self.words, self.visit.view.href())


def _closed(title: str, tree: Tree, kind: str = "") -> Tree:
    """Something that is unfolded by whoever wants to see it."""
    return tag("details", tag("summary", title), tree, cls=f"ioc-panel__data {kind}".strip())
