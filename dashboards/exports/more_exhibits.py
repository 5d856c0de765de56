"""Exhibits that packs have besides a page's panels: key figures, what needs somebody, sources."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import CARDS, Board, first_of_each, metric_of
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.exports.entries import NOTHING, Written
from dashboards.exports.exhibit import Column, Entry, Exhibit, Kind, Table
from dashboards.exports.telling import Telling
from dashboards.inside import Inside, Missed
from dashboards.sections import Sections, basis
from dashboards.text import Words
from metrics.catalogue import Better, Metric
from metrics.index766 import NOT_TOLD, Index766, ScoredComponent, index766
from metrics.selection import Selection
from metrics.sources import sources_of

MOST_CONCERNS = 12
MOST_CULPRITS = 3


@dataclass(frozen=True)
class MoreExhibits:
    """The exhibits of one board that are tables, in one language."""

    board: Board
    words: Words

    @cached_property
    def inside(self) -> Inside:
        return Inside(self.board)

    @cached_property
    def telling(self) -> Telling:
        return Telling(self.board, self.words)

    def _exhibit(
        self, key: str, table: Table, found: Sequence[Cell], *, remarks: Sequence[str] = ()
    ) -> Exhibit:
        told, board = self.telling, self.board
        return Exhibit(
            key=key,
            title=self.words(f"export.{key}", area=told.place(board.area)),
            lead=told.lead(None),
            source=told.source(found),
            facts=told.facts(board.area, found),
            table=table,
            remarks=(*remarks, *told.remarks([cell for cell in found if cell.value is not None])),
            simulated=told.is_simulated(found),
            late=told.late(found),
        )

    # ---- key figures

    def figures(self, metrics: Sequence[str] = ()) -> Exhibit:
        """Some metrics of the area, one to a line: value, target, verdict, change, parts."""
        board = self.board
        asked = board.catalogue.some(tuple(metrics) or CARDS)
        names = [metric.id for metric in asked]
        now = first_of_each(board.values(board.area, names, board.span), metric_of)
        now = {one.id: now.get(one.id) or board.blank(one) for one in asked}
        before: dict[str, Cell] = {}
        if board.compared_span is not None:
            earlier = board.values(board.area, names, board.compared_span)
            before = first_of_each(earlier, metric_of)
        shown = [one for one in asked if self._is_known(one, now[one.id]) or metrics]
        rows = tuple(self._figure(one, now[one.id], before.get(one.id)) for one in shown)
        table = Table(self._figure_columns, rows)
        return self._exhibit("figures", table, [now[one.id] for one in shown])

    def _is_known(self, metric: Metric, cell: Cell) -> bool:
        return self.board.area.level in metric.levels or cell.value is not None

    @property
    def _figure_columns(self) -> tuple[Column, ...]:
        say = self.words
        compared = basis(self.board, say)
        moved = (Column(compared[:1].upper() + compared[1:], width=1.35),) if compared else ()
        return (
            Column(say("export.metric"), width=3.0),
            Column(say("export.value"), Kind.NUMBER, 0.8),
            Column(say("export.unit_name"), width=0.8),
            Column(say("table.target"), Kind.NUMBER, 0.85),
            Column(say("table.status"), width=1.3),
            *moved,
            Column(say("export.parts"), width=1.5),
            Column(say("definition.as_of"), width=2.45),
        )

    def _figure(self, metric: Metric, cell: Cell, before: Cell | None) -> tuple[Entry, ...]:
        say = self.words
        written = Written(metric, cell, say)
        parts = fmt.fraction(cell.numerator, cell.denominator, say.language)
        parts = parts if metric.is_rate else ""
        name, unit = metric.name[say.language], metric.unit_name(say.language)
        reached = ""
        if cell.data_as_of is not None:
            state = say(f"freshness.{cell.freshness}")
            reached = f"{marks.reach_of(cell.data_as_of, say)} ({state})"
        told = (
            reached,
            say("mark.estimated") if cell.estimated else "",
            say("mark.averaged") if cell.averaged else "",
            marks.locked_text(cell, say) if cell.locked else "",
        )
        reached = "; ".join(part for part in told if part)
        return (
            Entry(name, name),
            written.value,
            Entry(unit, unit),
            written.target,
            written.verdict,
            *((written.change(before),) if self.board.compared_span else ()),
            Entry(parts or None, parts),
            Entry(reached or None, reached),
        )

    # ---- what needs somebody

    def concerns(self) -> Exhibit:
        """The targets missed, the worst first: by how much, where, since when, who answers."""
        say = self.words
        missed = self.inside.missed()[:MOST_CONCERNS]
        columns = (
            Column(say("export.metric"), width=2.6),
            Column(say("export.value"), width=0.9),
            Column(say("table.target"), width=0.9),
            Column(say("export.missing_areas"), width=1.1),
            Column(say("export.worst_areas"), width=2.8),
            Column(say("export.since"), width=1.4),
            Column(say("definition.owner"), width=1.7),
        )
        table = Table(columns, tuple(self._concern(one) for one in missed))
        found = [cell for one in missed for cell in (one.own, *one.cells)]
        if missed:
            return self._exhibit("concerns", table, found)
        looked_at = list(self.board.headline.values())
        remarks = (self.inside.none_missed(say),)
        exhibit = self._exhibit("concerns", table, looked_at, remarks=remarks)
        return replace(exhibit, table_apart=True)

    def _concern(self, one: Missed) -> tuple[Entry, ...]:
        say, metric, language = self.words, one.metric, self.words.language
        target = next(cell.target for cell in (one.own, *one.cells) if cell.target is not None)
        sign = "≥" if metric.better is Better.HIGHER else "≤"
        worst = ", ".join(
            f"{self._named(cell)} {fmt.shown(cell.value, metric.unit, language)}"
            for cell in one.cells[:MOST_CULPRITS]
        )
        status = one.own.status if one.own.value is not None else ""
        since = Sections(self.board, self.inside, say).since(metric)
        count = f"{len(one.cells)}/{one.judged}" if one.judged else ""
        value = fmt.shown(one.own.value, metric.unit, language)
        return (
            _text(metric.short[language]),
            Entry(one.own.value, value, status),
            Entry(target, f"{sign} {fmt.goal(target, metric.unit, language)}"),
            _text(count),
            _text(worst),
            _text(since),
            _text(metric.owner),
        )

    def _named(self, cell: Cell) -> str:
        return self.telling.place(self.board.register.get(cell.area_id))

    # ---- sources

    def sources(self) -> Exhibit:
        """Every source: its state, how far its data reach, and whether it is simulated."""
        board, say = self.board, self.words
        titles = board.source_titles(say.language)
        found = sources_of(board.snapshot, board.now, board.rules.calendar, board.horizon)
        columns = (
            Column(say("sources.source"), width=3.6),
            Column(say("sources.state"), width=1.0),
            Column(say("sources.reach"), Kind.INSTANT, width=1.6),
            Column(say("table.note"), width=3.0),
        )
        rows = []
        for source in sorted(found.all, key=lambda one: -one.state.severity):
            until = source.data_as_of
            reached = marks.reach_of(until, say) if until else fmt.MISSING
            rows.append(
                (
                    _text(titles.get(source.id, source.id)),
                    _text(say(f"freshness.{source.state}")),
                    Entry(until, reached),
                    _text(say(f"freshness.{source.state}_long") if source.state.severity else ""),
                )
            )
        exhibit = self._exhibit("sources", Table(columns, tuple(rows)), [])
        simulated = any(source.is_simulated for source in found.all)
        built = fmt.instant(board.snapshot.built_at, say.language)
        version = board.snapshot.version
        told = say("shell.snapshot", version=version, built=built)
        return replace(exhibit, source=told, simulated=simulated)

    # ---- the index of Decision 766

    def index766(self) -> Exhibit:
        """Groups and components of the index, with the points reached and lost."""
        board, say = self.board, self.words
        asked = Selection(
            ("dossiers_received",),
            board.span,
            board.area.area_id,
            boundaries=board.boundaries,
            reporting=board.view.calendar,
        )
        index = index766(asked, board.scope, board.snapshot, now=board.now, rules=board.rules)[0]
        columns = (
            Column(say("export.component"), width=4.2),
            Column(say("export.most_points"), Kind.NUMBER, 0.8),
            Column(say("export.points"), Kind.NUMBER, 0.8),
            Column(say("export.official_points"), Kind.NUMBER, 0.9),
            Column(say("export.lost_points"), Kind.NUMBER, 0.8),
            Column(say("export.share"), Kind.NUMBER, 1.05),
            Column(say("table.note"), width=2.6),
        )
        table = Table(columns, tuple(self._index_rows(index)))
        known = [metric.id for metric in board.catalogue if metric.id in _metrics_of(index)]
        found = board.values(board.area, known, board.span)
        return self._exhibit("index766", table, found, remarks=(index.words[say.language],))

    def _index_rows(self, index: Index766) -> list[tuple[Entry, ...]]:
        rows: list[tuple[Entry, ...]] = []
        for group in index.groups:
            most, name = group.group.max, group.group.name[self.words.language]
            rows.append(
                (
                    Entry(name, name),
                    self._points(most),
                    self._points(group.score),
                    self._points(group.official),
                    NOTHING,
                    NOTHING,
                    self._judged(group.judged, most, group.score),
                )
            )
            rows += [self._component(one) for one in group.components]
        return rows

    def _judged(self, judged: float, most: float, score: float | None) -> Entry:
        """Of how many points the score is, where it is not of all."""
        if score is None or judged >= most:
            return NOTHING
        return _text(self.words("export.judged", judged=f"{judged:g}"))

    def _component(self, one: ScoredComponent) -> tuple[Entry, ...]:
        language = self.words.language
        name = one.component.name[language]
        note = NOT_TOLD[one.why][language] if one.score is None and one.why in NOT_TOLD else ""
        return (
            Entry(name, f"– {name}"),
            self._points(one.component.max),
            self._points(one.score),
            NOTHING,
            self._points(one.lost),
            Entry(one.share, fmt.shown(one.share, "percent", language) if one.share else ""),
            _text(note),
        )

    def _points(self, points: float | None) -> Entry:
        if points is None:
            return NOTHING
        return Entry(points, fmt.number(points, 2, self.words.language))


def _metrics_of(index: Index766) -> set[str]:
    return {one.component.metric for group in index.groups for one in group.components}


def _text(text: str) -> Entry:
    return Entry(text or None, text)
