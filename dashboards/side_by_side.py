"""Areas or organisations side by side: some metrics of each, and the ranking they stand in.

Values come from `query`, places from metrics.ranking; nothing is computed here.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from dashboards.board import LEADING, Board, first_of_each, metric_of
from dashboards.cells import Cell
from dashboards.geography import REORGANISED
from dashboards.narrowing import Narrowing
from dashboards.places import area_path, area_title, area_view
from dashboards.selection import Side
from dashboards.text import Words
from domain.area import Area, Boundaries, Level
from domain.period import DAY, Span
from metrics.catalogue import Metric
from metrics.query import query
from metrics.ranking import peer_groups, ranking
from metrics.selection import FILTERS, By

STANDARD = (
    LEADING,
    "dossiers_received",
    "dossiers_pending_overdue",
    "online_dossier_rate",
    "docs_signed_rate",
)
VOLUME = "dossiers_received"


@dataclass(frozen=True)
class Column:
    """One of those compared: its name, where that leads, the address without it, its values."""

    name: str
    note: str
    href: str
    without: str
    now: dict[str, Cell]
    before: dict[str, Cell]
    is_whole: bool = False


@dataclass(frozen=True)
class SideBySide:
    """What stands side by side on a board, in one language."""

    board: Board
    words: Words

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics compared: those chosen, else a few of the most asked for."""
        view = self.board.view
        chosen = (view.metric, *view.also) if view.metric else view.also
        return self.board.catalogue.some(tuple(dict.fromkeys(chosen or STANDARD)))

    @property
    def is_of_areas(self) -> bool:
        return self.board.view.side is Side.AREA

    @cached_property
    def areas(self) -> list[Area]:
        """The areas compared; none on the country's own page of comparisons."""
        board, view = self.board, self.board.view
        last = board.span.last_day
        others = [board.register.resolve(one, last) for one in view.others]
        first = [] if view.area is None else [board.area]
        return list({area.area_id: area for area in (*first, *others)}.values())

    @cached_property
    def whole(self) -> Area:
        """What is compared within: for areas what the first lies in, else the area itself."""
        board = self.board
        first = self.areas[0] if self.is_of_areas and self.areas else board.area
        if not self.is_of_areas or first.level is Level.COUNTRY:
            return first
        last = first.valid_until - DAY if first.valid_until else board.map_day
        above = board.register.ancestors(first.area_id, min(last, board.map_day))
        return board.register.get(list(above.values())[-2])

    # ---- the columns

    @cached_property
    def columns(self) -> list[Column]:
        """One for each compared, then the whole they are part of."""
        found = self._area_columns() if self.is_of_areas else self._organisation_columns()
        return [*found, self._whole_column()] if found else []

    def _values(self, area: Area, by: By = By.NONE) -> tuple[list[Cell], list[Cell]]:
        """Now, and in the span compared with; an area that has ended is on the map of its time.

        Organisations are compared with all there are: the whole is not narrowed to those chosen.
        """
        view, ids = self.board.view, [metric.id for metric in self.metrics]
        changes: dict[str, object] = {"area": None}
        if not self.is_of_areas:
            changes["organisation"] = ()
        if area.valid_until is not None:
            changes["boundaries"] = Boundaries.THEN
        board = replace(self.board, view=view.model_copy(update=changes))
        now = board.values(area, ids, board.span, by=by)
        then = board.compared_span
        is_fair = then is not None and board.is_like_before(area)
        return now, board.values(area, ids, then, by=by) if then and is_fair else []

    def _area_columns(self) -> list[Column]:
        board, view = self.board, self.board.view
        own = view.model_copy(update={"page": "area"})
        found = []
        for area in self.areas:
            now, before = self._values(area)
            until = area.valid_until
            note = self.words("compared.until", year=until.year) if until else ""
            found.append(
                Column(
                    area_title(area, None if until else board.map_day),
                    note,
                    area_view(own, area, board.span.last_day).href(),
                    self.toggled(area),
                    first_of_each(now, metric_of),
                    first_of_each(before, metric_of),
                )
            )
        return found

    def _whole_column(self) -> Column:
        board = self.board
        now, before = self._values(self.whole)
        name = area_title(self.whole, board.map_day)
        own = board.view.model_copy(update={"page": "area"})
        return Column(
            name,
            self.words("compared.whole"),
            area_view(own, self.whole, board.span.last_day).href(),
            "",
            first_of_each(now, metric_of),
            first_of_each(before, metric_of),
            is_whole=True,
        )

    def _organisation_columns(self) -> list[Column]:
        board, view = self.board, self.board.view
        cut = [one for one in self.metrics if "organisation" in _filters(one)]
        if not view.organisation or not cut:
            return []
        now, before = self._values_of(cut)
        naming = Narrowing(view, board.snapshot, board.scope, self.words)
        return [
            Column(
                naming.title("organisation", code),
                code,
                view.href(page="overview" if view.area is None else "area"),
                view.toggled("organisation", code).href(),
                first_of_each(_of(now, code), metric_of),
                first_of_each(_of(before, code), metric_of),
            )
            for code in view.organisation
        ]

    def _values_of(self, metrics: list[Metric]) -> tuple[list[Cell], list[Cell]]:
        """Some metrics of every organisation in the area, now and before."""
        board, ids = self.board, [metric.id for metric in metrics]
        now = board.values(board.area, ids, board.span, by=By.ORGANISATION)
        then = self._compared_span
        return now, board.values(board.area, ids, then, by=By.ORGANISATION) if then else []

    @property
    def _compared_span(self) -> Span | None:
        """The span compared with; none for organisations that were others then."""
        span = self.board.compared_span
        if span is None or self.is_of_areas:
            return span
        is_across = span.start < REORGANISED <= self.board.span.last_day
        return None if is_across else span

    def toggled(self, area: Area) -> str:
        """The address with one more area beside the others, or with one less."""
        board, view = self.board, self.board.view
        path = area_path(area, board.span.last_day)
        chosen = [area_path(one, board.span.last_day) for one in self.areas]
        left = [one for one in chosen if one != path] if path in chosen else [*chosen, path]
        return view.href(area=left[0] if left else None, others=tuple(left[1:8]))

    # ---- the ranking

    @cached_property
    def ranking(self) -> list[dict[str, Any]]:
        """The lines of the first metric, ranked, with the place before and among peers."""
        board, metric = self.board, self.metrics[0]
        by = By.AREA if self.is_of_areas else By.ORGANISATION
        if board.unfit(metric) or (by is By.ORGANISATION and by.value not in _filters(metric)):
            return []
        frame = self._frame(metric.id, by)
        before = self._frame(metric.id, by, self._compared_span) if self._compared_span else None
        groups = None
        if self.is_of_areas:
            volumes = self._frame(VOLUME, by)
            sizes = dict(zip(volumes["area_id"], volumes["value"], strict=True))
            groups = peer_groups(frame, board.register, sizes)
        placed = ranking(frame, metric, before=before, groups=groups, order=board.view.order)
        rows = placed.to_dict("records")
        return [{str(key): _known(value) for key, value in row.items()} for row in rows]

    def _frame(self, metric: str, by: By, span: Span | None = None) -> pd.DataFrame:
        board = self.board
        asked = board.selection(self.whole, [metric], span or board.span, by=by)
        return query(asked, board.scope, board.snapshot, now=board.now, rules=board.rules)


def _filters(metric: Metric) -> tuple[str, ...]:
    return tuple(FILTERS[metric.record])


def _of(cells: list[Cell], code: str) -> list[Cell]:
    return [cell for cell in cells if cell.dimension_value == code]


def _known(value: Any) -> Any:
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
