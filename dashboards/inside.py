"""The areas inside an area, or around it: one metric of each, and which targets they miss."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dashboards.board import Board, first_of_each
from dashboards.cells import Cell
from dashboards.components.attention import shortfall
from dashboards.geography import map_around
from dashboards.text import Words
from domain.area import Area, Level
from domain.errors import SelectionError
from domain.period import Span
from metrics.catalogue import Better, Metric
from metrics.selection import By


@dataclass(frozen=True)
class Missed:
    """A metric whose target the whole or some of its areas miss.

    `own` is the whole's cell, `cells` those of the areas that miss it, worst first, of so
    many `judged`.
    """

    metric: Metric
    own: Cell
    cells: list[Cell]
    judged: int

    @property
    def shortfall(self) -> float:
        """The largest there is."""
        return max(shortfall(self.metric, cell) for cell in (self.own, *self.cells[:1]))


@dataclass(frozen=True)
class Inside:
    """What a board shows about the areas in its area; for a commune, about its neighbours."""

    board: Board

    @cached_property
    def listed_in(self) -> Area:
        """The area whose inside is ranked: this one, or for a commune what it lies in."""
        board = self.board
        if board.area.level is not Level.COMMUNE:
            return board.area
        above = board.register.ancestors(board.area.area_id, board.map_day)
        return board.register.get(above.get(Level.DISTRICT) or above[Level.PROVINCE])

    @cached_property
    def mapped_in(self) -> Area:
        """The area whose inside is on the map."""
        return map_around(self.board.area, self.board.register, self.board.map_day)

    def _cells(self, area: Area, metrics: Sequence[str], span: Span) -> list[Cell]:
        """Values of the areas directly in `area`; none where it holds none, or not yet."""
        try:
            return self.board.values(area, metrics, span, by=By.AREA)
        except SelectionError:
            return []

    @cached_property
    def _judged(self) -> list[Metric]:
        """The metrics that are watched: those shown that can be judged."""
        some = self.board.catalogue.some(self.board.shown)
        return [metric for metric in some if metric.better is not Better.NEUTRAL]

    @cached_property
    def _all(self) -> list[Cell]:
        """The chosen metric and all that are judged, of every area listed."""
        metrics = dict.fromkeys([self.board.metric.id, *(metric.id for metric in self._judged)])
        asked = self.board.by_span(metrics)
        return [
            cell for span, some in asked.items() for cell in self._cells(self.listed_in, some, span)
        ]

    # ---- one metric of each

    @cached_property
    def members(self) -> list[Cell]:
        """The chosen metric of every area listed, each area once."""
        return _one_per_area(cell for cell in self._all if cell.metric == self.board.metric.id)

    @cached_property
    def members_earlier(self) -> Mapping[str, Cell]:
        """The same for the span compared with, by area id."""
        span = self.board.span_of(self.board.metric.id)
        before = self.board.compared_with(span)
        if before is None or not self.members:
            return {}
        found = self._cells(self.listed_in, [self.board.metric.id], before)
        register, is_like = self.board.register, self.board.is_like_before
        likes = (cell for cell in found if is_like(register.get(cell.area_id), span))
        return {cell.area_id: cell for cell in _one_per_area(likes)}

    @cached_property
    def mapped(self) -> list[Cell]:
        """The chosen metric of every area on the map."""
        if self.mapped_in.area_id == self.listed_in.area_id:
            return self.members
        metric = self.board.metric.id
        return _one_per_area(self._cells(self.mapped_in, [metric], self.board.span_of(metric)))

    # ---- which targets are missed

    def missed(self) -> list[Missed]:
        """The targets missed by this area, then those missed inside it only; the worst first."""
        members, judged = self._missed_by_members()
        found = [
            Missed(metric, own, members.get(metric.id, []), judged.get(metric.id, 0))
            for metric in self._judged
            for own in [self.board.headline[metric.id]]
            if metric.id in members or (own.status == "missed" and not own.reported)
        ]
        return sorted(found, key=lambda one: (one.own.status != "missed", -one.shortfall))

    def none_missed(self, words: Words) -> str:
        """That no target is missed, as far as could be judged: what is not known is not good."""
        own, inside = self.board.headline, self._missed_by_members()[1]
        asked = [one.id for one in self._judged if own[one.id].target is not None]
        judged = [one for one in asked if own[one].status != "unknown" or inside[one]]
        if not judged:
            return words("attention.unjudged")
        rest = len(asked) - len(judged)
        return words("attention.partly", count=rest) if rest else words("attention.none")

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing inside the area."""
        return self.board.area.level is Level.COMMUNE

    def _missed_by_members(self) -> tuple[dict[str, list[Cell]], Counter[str]]:
        """By metric: the areas that miss its target, worst first; and how many were judged."""
        told = [] if self.is_alone else [cell for cell in self._all if not cell.reported]
        missed: dict[str, list[Cell]] = {}
        for cell in told:
            if cell.status == "missed":
                missed.setdefault(cell.metric, []).append(cell)
        for metric in self._judged:
            missed.get(metric.id, []).sort(key=lambda cell: (-shortfall(metric, cell), cell.area))
        return missed, Counter(cell.metric for cell in told if cell.status != "unknown")


def _one_per_area(found: Iterable[Cell]) -> list[Cell]:
    """Of each area the computed cell where there is one, else the printed."""
    return list(first_of_each(found, lambda cell: cell.area_id).values())


def missed_since(series: Sequence[Cell]) -> tuple[Span, bool] | None:
    """The first period of the misses that reach up to the last finished one.

    Also whether they begin where the series begins, so that they may be older. None if the
    last finished period was not missed.
    """
    first, is_oldest = None, True
    for cell in reversed([cell for cell in series if not cell.open and not cell.reported]):
        if cell.status != "missed":
            is_oldest = cell.value is None
            break
        first = cell.period
    return None if first is None else (first, is_oldest)
