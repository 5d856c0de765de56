"""From what was asked for to a folder of exhibits: a panel of a page, a table, or a pack."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from dashboards import format as fmt
from dashboards.board import CARDS, Board, board_of
from dashboards.exports.board_exhibits import BoardExhibits
from dashboards.exports.exhibit import Exhibit, Folder
from dashboards.exports.frame_exhibit import frame_exhibit
from dashboards.exports.more_exhibits import MoreExhibits
from dashboards.exports.periods import named_period
from dashboards.exports.recipe import Recipe, Section
from dashboards.exports.said import Explanations
from dashboards.exports.telling import Facts
from dashboards.inside import Inside
from dashboards.places import area_title
from dashboards.selection import FILTERS, View
from dashboards.text import Words, words
from domain.dossier import local_day
from domain.errors import UnknownNameError
from domain.period import Span, label
from domain.scope import Scope
from metrics.rules import Rules
from metrics.selection import Selection
from metrics.snapshots import Snapshot

PANELS = ("trend", "ranking", "map", "figures", "concerns")
Told = Callable[[int, int], None]
"""Told of progress: how many exhibits are made, and of how many."""


@dataclass(frozen=True)
class Maker:
    """Who makes a file, when, from which snapshot and with which scope and rules.

    With a `home`, what was explained there about the figures stands beside them.
    """

    snapshot: Snapshot
    rules: Rules
    scope: Scope
    now: datetime
    language: str = "vi"
    person: str = ""
    home: Path | None = None

    @property
    def words(self) -> Words:
        return words(self.language)

    def board(self, view: View) -> Board:
        return board_of(view, self.snapshot, self.rules, self.scope, self.now)

    # ---- one exhibit

    def panel(self, what: str, view: View) -> Folder:
        """What a panel of a page shows. Raises UnknownNameError, and as `query` does."""
        if what not in PANELS:
            raise UnknownNameError("chart or table", what, PANELS)
        board = self.board(view)
        found, more = BoardExhibits(board, self.words), MoreExhibits(board, self.words)
        made: dict[str, Callable[[], Exhibit]] = {
            "figures": more.figures,
            "concerns": more.concerns,
            "trend": found.trend,
            "ranking": found.ranking,
            "map": found.map,
        }
        return self._single(self._explained(made[what](), what, board))

    def table(self, selection: Selection) -> Folder:
        """Any selection as a table. Raises as `query` does, and ExportError for too many rows."""
        view = View(
            page="area" if selection.area else "overview",
            area=selection.area,
            first=selection.span.start,
            last=selection.span.last_day,
            boundaries=selection.boundaries,
            calendar=selection.reporting,
            **{name: _values_of(selection, name) for name in FILTERS},
        )
        return self._single(frame_exhibit(self.board(view), selection, self.words))

    def _single(self, exhibit: Exhibit) -> Folder:
        return Folder(
            exhibit.title, exhibit.lead, (exhibit,), self._made(), self.now, self.language
        )

    def _made(self) -> Facts:
        say = self.words
        made = ((say("export.made_at"), fmt.instant(self.now, self.language)),)
        return (*made, *(((say("export.made_by"), self.person),) if self.person else ()))

    # ---- packs

    def pack(
        self,
        recipe: Recipe,
        area: str | None = None,
        period: str | None = None,
        told: Told = lambda _made, _of: None,
    ) -> Folder:
        """The exhibits of a recipe, of its area and period or of those given.

        Raises as `query` does, and PeriodError.
        """
        view = self._view(recipe, area, period)
        board = self.board(view)
        exhibits = []
        for number, section in enumerate(recipe.sections):
            told(number, len(recipe.sections))
            exhibits.append(self._section(section, view, recipe))
        told(len(recipe.sections), len(recipe.sections))
        place = area_title(board.area, board.map_day)
        say, span = self.words, label(board.span, None, self.language)
        about = (
            (say("definition.snapshot"), self.snapshot.version),
            *self._made(),
        )
        titled = f"{place}, {span}"
        return Folder(
            recipe.title, titled, tuple(exhibits), about, self.now, self.language, has_cover=True
        )

    def _span(self, period: str, recipe: Recipe) -> Span:
        return named_period(period, local_day(self.now), recipe.calendar)

    def _view(self, recipe: Recipe, area: str | None, period: str | None) -> View:
        span = self._span(period or recipe.period, recipe)
        where = area or recipe.area
        return View(
            page="area" if where else "overview",
            area=where,
            first=span.start,
            last=span.last_day,
            compare=recipe.compare,
            calendar=recipe.calendar,
        )

    def _section(self, section: Section, view: View, recipe: Recipe) -> Exhibit:
        """The exhibit of a section: of its own period where it names one."""
        own = self._span(section.period, recipe) if section.period else None
        asked = view.model_copy(
            update={
                "first": own.start if own else view.first,
                "last": own.last_day if own else view.last,
                "metric": section.metric or view.metric,
                "grain": section.grain,
                "order": section.order,
            }
        )
        board = self.board(asked)
        found, more = BoardExhibits(board, self.words), MoreExhibits(board, self.words)
        made: dict[str, Callable[[], Exhibit]] = {
            "figures": lambda: more.figures(section.metrics),
            "concerns": more.concerns,
            "trend": lambda: replace(found.trend(), table_apart=not section.whole),
            "map": lambda: found.map(apart=not section.whole),
            "ranking": lambda: found.ranking(apart=not section.whole),
            "index766": more.index766,
            "sources": more.sources,
        }
        exhibit = self._explained(made[section.kind](), section.kind, board, section.metrics)
        return replace(exhibit, comment=section.comment)

    @cached_property
    def _explanations(self) -> Explanations | None:
        if self.home is None:
            return None
        return Explanations(self.home, self.scope, self.rules, self.words)

    def _explained(
        self, exhibit: Exhibit, kind: str, board: Board, metrics: tuple[str, ...] = ()
    ) -> Exhibit:
        """An exhibit with what was said about its figures."""
        book = self._explanations
        if book is None or kind in ("sources", "index766"):
            return exhibit
        one, span = (board.metric.id,), board.span
        if kind == "figures":
            said = book.about(board.area, span, metrics or CARDS)
        elif kind == "concerns":
            said = book.about(board.area, span, inside=True)
        elif kind == "trend":
            said = book.about(board.area, board.trend_span, one)
        else:
            inside = Inside(board)
            place = inside.mapped_in if kind == "map" else inside.listed_in
            said = book.about(place, span, one, inside=True)
        return replace(exhibit, said=said)


def _values_of(selection: Selection, name: str) -> tuple[str, ...]:
    """The values of one filter of a selection."""
    return tuple(value for one, value in selection.filters if one == name)
