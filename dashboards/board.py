"""The figures of a page about one area: which questions are asked, and their answers.

A board asks `metrics.query` and nothing else. What it holds are cells and areas; how they look
is for components and charts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from dashboards.cells import Cell, blank, cells, one_per_period
from dashboards.components.definition import Evidence
from dashboards.places import area_title
from dashboards.selection import Compare, View, trend_span
from dashboards.subjects import subject
from domain.area import COUNTRY_ID, Area, AreaRegister, Boundaries
from domain.period import Grain, Span, previous, same_last_year
from domain.scope import Scope
from metrics.catalogue import Catalogue, Metric
from metrics.deliveries import newest_periods
from metrics.drill import why_not
from metrics.query import query
from metrics.rules import Rules
from metrics.selection import FILTERS, By, Selection
from metrics.snapshots import Snapshot

# The cards of a board, by subject, in reading order.
DOSSIER_CARDS = (
    "on_time_rate_resolved",
    "dossiers_pending_overdue",
    "dossiers_received",
    "online_dossier_rate",
    "on_time_rate_qd766",
    "resolution_rate",
    "dossiers_pending",
    "null_due_share",
)
OFFICE_CARDS = (
    "docs_electronic_rate",
    "docs_signed_rate",
    "docs_sent",
    "work_files_online_rate",
)
CARDS = DOSSIER_CARDS + OFFICE_CARDS
LEADING = "on_time_rate_resolved"


@dataclass(frozen=True)
class Board:
    """One view on one snapshot, for one person's scope, at one instant.

    `shown` are the metrics whose figures stand on the page beside the chosen one, `leading` is
    the one that is chosen where the address names none. `newest` are the spans of metrics that
    are told for a period of their own, such as a quarter, and not for the days looked at.
    """

    view: View
    snapshot: Snapshot
    rules: Rules
    scope: Scope
    now: datetime
    shown: tuple[str, ...] = CARDS
    leading: str = LEADING
    newest: Mapping[str, Span] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        return self.rules.catalogue

    @property
    def register(self) -> AreaRegister:
        return self.rules.register

    @property
    def horizon(self) -> date:
        return self.snapshot.horizon

    @cached_property
    def span(self) -> Span:
        return self.view.span(self.horizon)

    @cached_property
    def area(self) -> Area:
        """The area the page is about: the country on the overview."""
        if self.view.area is None:
            return self.register.get(COUNTRY_ID)
        return self.register.resolve(self.view.area, self.span.last_day)

    @property
    def is_history(self) -> bool:
        """Whether the area has ended, so that only the map of its time knows it."""
        return self.area.valid_until is not None

    @cached_property
    def boundaries(self) -> Boundaries:
        """The map that is read: today's, unless the visitor or the area's end says otherwise."""
        if self.is_history:
            return Boundaries.THEN
        return self.view.boundaries or Boundaries.TODAY

    @cached_property
    def map_day(self) -> date:
        """The day whose areas are listed and mapped."""
        if self.boundaries is Boundaries.TODAY:
            return max(self.horizon, self.span.last_day)
        until = self.area.valid_until
        return min(self.span.last_day, _day_before(until)) if until else self.span.last_day

    @cached_property
    def metric(self) -> Metric:
        """The metric of the trend, the map and the ranking."""
        return self.catalogue.metric(self.view.metric or self.leading)

    def span_of(self, metric: str) -> Span:
        """The days a metric's figures are of: those looked at, or its own newest period."""
        return self.newest.get(metric, self.span)

    def own_days(self, metric: str) -> dict[str, Any]:
        """What an address has to change where a metric is shown for a period of its own."""
        span = self.newest.get(metric)
        return {"period": None, "first": span.start, "last": span.last_day} if span else {}

    def by_span(self, metrics: Iterable[str]) -> dict[Span, list[str]]:
        """Some metrics by the days their figures are of."""
        found: dict[Span, list[str]] = {}
        for metric in metrics:
            found.setdefault(self.span_of(metric), []).append(metric)
        return found

    @cached_property
    def grain(self) -> Grain:
        """How the trend is cut: as chosen, or as fine as the metric is known."""
        return _coarser(self.view.grain, self.metric.smallest_grain)

    def is_known_by_grain(self, metric: Metric) -> bool:
        """Whether a metric can be cut as finely as the trend is."""
        return _coarser(self.grain, metric.smallest_grain) is self.grain

    def grain_of(self, metric: Metric) -> Grain:
        """How a metric's past is cut: as the trend is, or coarser if it has its own periods."""
        has_own = metric.id in self.newest
        return _coarser(self.grain, metric.smallest_grain) if has_own else self.grain

    @cached_property
    def trend_span(self) -> Span:
        return trend_span(self.span, self.grain, self.view.calendar)

    def source_titles(self, language: str) -> dict[str, str]:
        """What people call each source, by id."""
        return {row["source"]: row[f"title_{language}"] for row in self.snapshot.sources}

    def download_href(self, metric: str, *, listed_in: Area | None = None, by: By = By.AREA) -> str:
        """Where a metric's values can be had as a file: its trend, or what an area is cut into."""
        span = self.span_of(metric) if listed_in else self.trend_span
        asked = {
            "metric": metric,
            "area": (listed_in or self.area).area_id,
            "from": span.start.isoformat(),
            "to": span.end.isoformat(),
            **({"by": by.value} if listed_in else {"grain": self.grain.value}),
            "boundaries": self.boundaries.value,
            "calendar": self.view.calendar.value,
            "filter": [f"{name}={code}" for name, code in self._filters_but(by)],
        }
        return f"/download?{urlencode(asked, safe='@:', doseq=True)}"

    # ---- filters

    def unfit(self, metric: Metric) -> tuple[str, ...]:
        """The filters chosen that a metric cannot be narrowed by: then it has no figure here."""
        known = FILTERS[metric.record]
        return tuple(dict.fromkeys(name for name, _ in self.view.filters if name not in known))

    def blank(self, metric: Metric) -> Cell:
        """The cell of a metric that cannot be narrowed as chosen, and so is not asked for."""
        return blank(metric.id, metric.unit, self.area, self.span, self.snapshot.version)

    # ---- the area itself

    def _filters_but(self, by: By) -> tuple[tuple[str, str], ...]:
        """The filters, but what is cut by a dimension shows what is chosen among all the rest."""
        return tuple((name, code) for name, code in self.view.filters if name != by.value)

    def selection(
        self,
        area: Area,
        metrics: Sequence[str],
        span: Span,
        grain: Grain | None = None,
        by: By = By.NONE,
    ) -> Selection:
        """The question for some metrics of an area, or of what it is cut into."""
        return Selection(
            metrics=tuple(metrics),
            span=span,
            area=area.area_id,
            grain=grain,
            by=by,
            boundaries=self.boundaries,
            filters=self._filters_but(by),
            reporting=self.view.calendar,
        )

    def values(
        self,
        area: Area,
        metrics: Sequence[str],
        span: Span,
        *,
        grain: Grain | None = None,
        by: By = By.NONE,
    ) -> list[Cell]:
        """The values of some metrics of an area, or of what it is cut into.

        Metrics that cannot be narrowed by the filters chosen are left out: they have none.
        """
        asked = [one.id for one in self.catalogue.some(metrics) if not self.unfit(one)]
        if not asked:
            return []
        selection = self.selection(area, asked, span, grain, by)
        frame = query(selection, self.scope, self.snapshot, now=self.now, rules=self.rules)
        return cells(frame)

    def _ask(self, metrics: Sequence[str], span: Span, grain: Grain | None = None) -> list[Cell]:
        return self.values(self.area, metrics, span, grain=grain)

    @cached_property
    def _whole(self) -> list[Cell]:
        """The values of the whole span: what is shown, and beside cards what is only published."""
        published = [m.id for m in self.catalogue if m.is_looked_up and m.id not in self.shown]
        asked = self.by_span((*self.shown, *published * (self.shown is CARDS)))
        return [cell for span, some in asked.items() for cell in self._ask(some, span)]

    @cached_property
    def headline(self) -> Mapping[str, Cell]:
        """The value of all shown over the whole span; a printed one where none was computed."""
        found = first_of_each(self._whole, metric_of)
        some = self.catalogue.some(self.shown)
        return {one.id: found.get(one.id) or self.blank(one) for one in some}

    @cached_property
    def compared_span(self) -> Span | None:
        return self.compared_with(self.span)

    def compared_with(self, span: Span) -> Span | None:
        """The days that some days are compared with, as chosen."""
        match self.view.compare:
            case Compare.LAST_YEAR:
                return same_last_year(span)
            case Compare.PREVIOUS:
                return previous(span)
            case _:
                return None

    def is_like_before(self, area: Area, span: Span | None = None) -> bool:
        """Whether an area is the same in both spans: on the map of each day it must live in both.

        Today's map restates what was before onto the areas there are. `span`: the days looked at.
        """
        span = span or self.span
        before = self.compared_with(span)
        is_then = self.boundaries is Boundaries.THEN or area.valid_until is not None
        if before is None or not is_then:
            return before is not None
        began = area.valid_from is None or area.valid_from <= before.start
        return began and (area.valid_until is None or area.valid_until >= span.end)

    @cached_property
    def earlier(self) -> Mapping[str, Cell]:
        """The same values for the span compared with; empty without a fair comparison."""
        found: list[Cell] = []
        for span, some in self.by_span(self.shown).items():
            before = self.compared_with(span)
            if before is not None and self.is_like_before(self.area, span):
                found += self._ask(some, before)
        return first_of_each(found, metric_of)

    @cached_property
    def series_before(self) -> list[Cell]:
        """The chosen metric's periods a year before those of the trend; none if they do not fit."""
        if self.view.compare is not Compare.LAST_YEAR or not self.is_known_by_grain(self.metric):
            return []
        now = one_per_period(self.series[self.metric.id])
        asked = self._ask([self.metric.id], same_last_year(self.trend_span), self.grain)
        found = one_per_period(asked)
        return found if len(found) == len(now) else []

    @cached_property
    def series(self) -> Mapping[str, list[Cell]]:
        """The periods of all shown and of the chosen metric, with enough past to see a trend."""
        asked = self.catalogue.some(tuple(dict.fromkeys((*self.shown, self.metric.id))))
        found: dict[str, list[Cell]] = {metric.id: [] for metric in asked}
        known: dict[Grain, list[str]] = {}
        for metric in asked:
            if self.is_known_by_grain(metric) or metric.id in self.newest:
                known.setdefault(self.grain_of(metric), []).append(metric.id)
        for grain, some in known.items():
            whole = trend_span(self.span, grain, self.view.calendar)
            for cell in self._ask(some, whole, grain):
                found[cell.metric].append(cell)
        return found

    def evidence(self, metric: Metric, language: str) -> Evidence:
        """What stands behind one card's number."""
        own = [] if metric.id in self.headline else self._ask([metric.id], self.span)
        told = {**self.headline, **first_of_each(own, metric_of)}
        cell = told.get(metric.id) or self.blank(metric)
        titles = self.source_titles(language)
        return Evidence(
            metric,
            cell,
            area_title(self.area, self.map_day),
            [titles.get(source, source) for source in cell.sources],
            self.download_href(metric.id),
            self.view.href(page="metric", metric=metric.id, **self.own_days(metric.id)),
            self.dossiers_href(metric),
        )

    def dossiers_href(self, metric: Metric) -> str:
        """Where the dossiers behind a metric's value are listed; nothing if it counts none."""
        if why_not(metric) is not None or self.unfit(metric):
            return ""
        return self.view.href(page="dossiers", metric=metric.id, rest=None)

    @cached_property
    def printed(self) -> list[tuple[Metric, Cell]]:
        """Figures published elsewhere for exactly this area and span, of metrics without a card."""
        found = (c for c in self._whole if c.metric not in self.shown and c.value is not None)
        return [(self.catalogue.metric(cell.metric), cell) for cell in found]


def board_of(view: View, snapshot: Snapshot, rules: Rules, scope: Scope, now: datetime) -> Board:
    """The board of a view: with the metrics that its page shows."""
    board = Board(view, snapshot, rules, scope, now)
    if view.page == "ranking" or (view.page == "metric" and view.metric):
        return replace(board, shown=(board.metric.id,))
    if view.page != "subject":
        return board
    about = subject(view.rest)
    chosen = view.metric or about.leading
    asked = tuple(dict.fromkeys((*about.asked, chosen)))
    newest = newest_periods(snapshot, asked, board.span, rules.catalogue)
    return replace(board, shown=about.asked, leading=about.leading, newest=newest)


def _coarser(one: Grain, other: Grain) -> Grain:
    return max(one, other, key=list(Grain).index)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def first_of_each(found: Iterable[Cell], key: Callable[[Cell], str]) -> dict[str, Cell]:
    """By key the first cell that has a value, else the first: computed before printed."""
    best: dict[str, Cell] = {}
    for cell in found:
        held = best.setdefault(key(cell), cell)
        if held.value is None and cell.value is not None:
            best[key(cell)] = cell
    return best


def metric_of(cell: Cell) -> str:
    """The key under which a card finds its cell."""
    return cell.metric
