"""Exhibits of a board: what a page shows as a chart, a map, a ranking or cards, to take away."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import CARDS, Board
from dashboards.cells import Cell, one_per_period
from dashboards.charts.map import STATUSES, ramp, scale
from dashboards.charts.trend import since_the_first
from dashboards.charts.trend_sheet import value_axis
from dashboards.comparison import Comparison
from dashboards.components.ranking import Standing, ranked
from dashboards.exports.entries import (
    decimals_of,
    ranking_table,
    series_table,
    why_unranked,
)
from dashboards.exports.exhibit import Bars, Exhibit, Mapped, Points, Table
from dashboards.exports.telling import Telling
from dashboards.geography import shapes_within
from dashboards.inside import Inside
from dashboards.sections import basis
from dashboards.text import Words
from dashboards.theme import colours
from domain.period import label
from metrics.catalogue import Better, Metric
from metrics.ranking import Order

FEW = 20
"""So many areas are drawn in one chart; of more, only those at both ends."""
ENDS = 10
Place = tuple[int | None, Standing]


@dataclass(frozen=True)
class BoardExhibits:
    """The exhibits of one board's chosen metric, in one language."""

    board: Board
    words: Words

    @cached_property
    def inside(self) -> Inside:
        return Inside(self.board)

    @cached_property
    def telling(self) -> Telling:
        return Telling(self.board, self.words)

    @cached_property
    def compared(self) -> Comparison:
        return Comparison(self.board, self.inside, self.words)

    # ---- the trend

    def trend(self) -> Exhibit:
        """The chosen metric over time, as a line with its target."""
        board, told, metric = self.board, self.telling, self.board.metric
        cells = board.series[metric.id]
        drawn = since_the_first(cells)
        place = told.place(board.area)
        return Exhibit(
            key="trend",
            title=f"{told.short(metric)}: {place}",
            lead=told.lead(metric, board.grain),
            source=told.source(cells),
            facts=told.facts(board.area, cells, metric),
            table=series_table(metric, cells, board.grain, board.view.calendar, self.words),
            charts=(self._points(metric, drawn),) if drawn else (),
            remarks=(*told.unfit(metric), *told.remarks(drawn), *self._events()),
            simulated=told.is_simulated(cells),
            late=told.late(cells),
        )

    def _points(self, metric: Metric, cells: Sequence[Cell]) -> Points:
        say, board = self.words, self.board
        periods = one_per_period(cells)
        printed = {
            cell.period: cell.value for cell in cells if cell.reported and cell.value is not None
        }
        axis = value_axis(cells)
        bounds = axis.get("range")
        computed = [cell for cell in periods if not cell.reported]
        values = {cell.period: cell.value for cell in computed}
        opens = next((place for place, cell in enumerate(periods) if cell.open), None)
        return Points(
            title=self.telling.short(metric),
            labels=tuple(
                label(one.period, board.grain, say.language, board.view.calendar) for one in periods
            ),
            values=tuple(values.get(one.period) for one in periods),
            targets=tuple(one.target for one in periods),
            printed=tuple(printed.get(one.period) for one in periods),
            opens=opens,
            unit=metric.unit,
            unit_name=metric.unit_name(say.language),
            value_name=self.telling.short(metric),
            target_name=say("trend.target_short"),
            printed_name=say("mark.reported"),
            decimals=decimals_of(
                (fmt.figure(one.value, metric.unit, say.language, one.target) for one in cells),
                say.language,
            ),
            language=say.language,
            bounds=None if bounds is None else (float(bounds[0]), float(bounds[1])),
            events=tuple(
                (place, event.text)
                for event in self.compared.events()
                for place, one in enumerate(periods)
                if place and one.period.contains(event.day)
            ),
        )

    def _events(self) -> tuple[str, ...]:
        span = self.board.trend_span
        return tuple(
            event.text.replace("\n", " ")
            for event in self.compared.events()
            if span.contains(event.day)
        )

    # ---- the ranking and the map

    def ranking(self, *, apart: bool = False) -> Exhibit:
        """The areas inside in order of the chosen metric; of many, the chart shows both ends.

        `apart` leaves the whole list to workbooks.
        """
        told, metric = self.telling, self.board.metric
        place = told.place(self.inside.listed_in)
        cells = self.inside.members
        placed = self._placed(cells)
        return Exhibit(
            key="ranking",
            title=self.words("export.ranking", metric=told.short(metric), area=place),
            lead=told.lead(metric),
            source=told.source(cells),
            facts=told.facts(self.inside.listed_in, cells, metric),
            table=self._ranking_table(placed),
            charts=self._bars(placed),
            remarks=(*told.unfit(metric), *told.remarks(cells), *self._plainly(placed)),
            simulated=told.is_simulated(cells),
            late=told.late(cells),
            table_apart=apart,
        )

    def _placed(self, cells: Sequence[Cell]) -> list[Place]:
        lines = [self.compared.standing(cell) for cell in cells]
        return ranked(self.board.metric, lines, self.board.view.order)

    def _ranking_table(self, placed: Sequence[Place]) -> Table:
        compared = basis(self.board, self.words, self.board.metric.id)
        return ranking_table(self.board.metric, placed, compared, self.words)

    def _plainly(self, placed: Sequence[Place]) -> tuple[str, ...]:
        """Why there is less to see than areas: those without a rank, or all alike."""
        say, unit = self.words, self.board.metric.unit
        ranked_values = [one.cell.value for rank, one in placed if rank is not None]
        count = len(placed) - len(ranked_values)
        told = []
        if len(ranked_values) > 1 and len(set(ranked_values)) == 1:
            value = fmt.shown(ranked_values[0], unit, say.language)
            told.append(say("export.all_equal", count=len(ranked_values), value=value))
        if count:
            why = Counter(why_unranked(one, say) for rank, one in placed if rank is None)
            named = ", ".join(f"{name} ({number})" for name, number in why.most_common())
            told.append(say("export.unranked", count=count, of=len(placed), why=named))
        return tuple(told)

    def _bars(self, placed: Sequence[Place]) -> tuple[Bars, ...]:
        """One chart of few areas; of many, both ends side by side, on one scale.

        None where all have the same value: `_plainly` says it in a sentence.
        """
        lines = [one for rank, one in placed if rank is not None]
        first, last = self._end_names
        if len({one.cell.value for one in lines}) < 2:
            return ()
        if len(lines) <= FEW:
            return (self._bar(self.words(f"order.{first}"), lines, lines),)
        return (
            self._bar(self.words(f"export.{first}", count=ENDS), lines[:ENDS], lines),
            self._bar(self.words(f"export.{last}", count=ENDS), lines[: -ENDS - 1 : -1], lines),
        )

    @property
    def _end_names(self) -> tuple[str, str]:
        """What the ends of the ranking are called, the one listed first first."""
        is_neutral = self.board.metric.better is Better.NEUTRAL
        names = ("largest", "smallest") if is_neutral else ("best", "worst")
        return names if self.board.view.order is Order.BEST else (names[1], names[0])

    def _worst(self, placed: Sequence[Place]) -> tuple[Bars, ...]:
        """The end that needs somebody; of a neutral metric the largest."""
        found, (first, _) = self._bars(placed), self._end_names
        return found[:1] if first in ("worst", "largest") else found[-1:]

    def _bar(self, title: str, lines: Sequence[Standing], all_lines: Sequence[Standing]) -> Bars:
        metric, language = self.board.metric, self.words.language
        texts = tuple(
            fmt.figure(one.cell.value, metric.unit, language, one.cell.target) for one in lines
        )
        return Bars(
            title=title,
            labels=tuple(one.name for one in lines),
            values=tuple(one.cell.value or 0.0 for one in lines),  # only ranked ones are drawn
            texts=texts,
            statuses=tuple(one.cell.status if one.cell.target is not None else "" for one in lines),
            unit=metric.unit,
            value_name=self.telling.short(metric),
            decimals=decimals_of(texts, language),
            most=max(one.cell.value or 0.0 for one in all_lines),
        )

    def map(self, *, apart: bool = False) -> Exhibit:
        """The areas on the map, beside those that are worst; the table is that of the ranking."""
        told, metric = self.telling, self.board.metric
        place = told.place(self.inside.mapped_in)
        cells = self.inside.mapped
        drawn, placed = self._mapped(), self._placed(cells)
        return Exhibit(
            key="map",
            title=self.words("export.map", metric=told.short(metric), area=place),
            lead=told.lead(metric),
            source=told.source(cells),
            facts=told.facts(self.inside.mapped_in, cells, metric),
            table=self._ranking_table(placed),
            charts=(*((drawn,) if drawn else ()), *self._worst(placed)),
            remarks=(*told.unfit(metric), *told.remarks(cells)),
            simulated=told.is_simulated(cells),
            late=told.late(cells),
            table_apart=apart,
        )

    def _mapped(self) -> Mapped | None:
        shapes = shapes_within(self.inside.mapped_in, self.board.map_day)
        figure = self.compared.map("light")
        if shapes is None or not figure["data"]:
            return None
        caption = f"{shapes.caption}. {shapes.credit}".strip()
        title = self.words("map.title", area=self.telling.place(self.inside.mapped_in))
        return Mapped(title, figure, self._legend(), caption)

    def _legend(self) -> tuple[tuple[str, str], ...]:
        """The colours of the map, in words, with how many areas have each."""
        cells, say, unit = self.inside.mapped, self.words, self.board.metric.unit
        used = scale(cells)
        shades = ramp(used, "light")
        known = [cell for cell in cells if cell.value is not None]
        counts = [sum(used.step(cell) == step for cell in known) for step in range(len(shades))]
        if used.edges is None:
            names = [say(f"status.{status}") for status in STATUSES]
        else:
            edges = [fmt.figure(edge, unit, say.language) for edge in used.edges]
            names = [*(f"≤ {edge}" for edge in edges), *(f"> {edge}" for edge in edges[-1:])]
        told = [
            (shade, f"{name}: {count}")
            for shade, name, count in zip(shades, names or [""], counts, strict=False)
            if count
        ]
        missing = len(cells) - len(known)
        nothing = (colours("light")["map-none"], f"{say('value.none')}: {missing}")
        return (*told, *((nothing,) if missing else ()))


def chosen(board: Board, words: Words, what: str) -> Exhibit:
    """The exhibit of a page's panel: trend, ranking or map."""
    found = BoardExhibits(board, words)
    return {"trend": found.trend, "ranking": found.ranking, "map": found.map}[what]()


PANELS = ("trend", "ranking", "map")
__all__ = ["CARDS", "PANELS", "BoardExhibits", "chosen"]
