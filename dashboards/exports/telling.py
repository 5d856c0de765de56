"""What is said of an exhibit in words: which days and areas, how it is counted, its sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.card import name_and_variant
from dashboards.components.definition import target_text
from dashboards.narrowing import Narrowing, unfit_text
from dashboards.places import area_title
from dashboards.sections import basis
from dashboards.text import Words
from domain.area import Area
from domain.freshness import Freshness, worst
from domain.period import Grain, label
from domain.scope import Scope
from metrics.catalogue import Metric
from metrics.sources import Source, sources_of

MOST_NAMED = 2
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Telling:
    """The words about a board's exhibits, in one language."""

    board: Board
    words: Words

    def place(self, area: Area) -> str:
        return area_title(area, self.board.map_day)

    def name(self, metric: Metric) -> str:
        return metric.name[self.words.language]

    def short(self, metric: Metric) -> str:
        return name_and_variant(self.name(metric))[0]

    def period(self, metric: Metric | None) -> str:
        """The days figures are of: those looked at, or a metric's own newest period."""
        days = self.board.span_of(metric.id) if metric else self.board.span
        return label(days, None, self.words.language)

    def lead(self, metric: Metric | None, grain: Grain | None = None) -> str:
        """Variant, unit, days, map and comparison, as far as they say something."""
        board, say = self.board, self.words
        variant = name_and_variant(self.name(metric))[1] if metric else ""
        unit = say("export.unit", unit=metric.unit_name(say.language)) if metric else ""
        days = board.span_of(metric.id) if metric else board.span
        span = label(board.trend_span if grain else days, None, say.language)
        cut = f"{say('grain.label').lower()} {say(f'grain.{grain}').lower()}" if grain else ""
        on_map = say(f"boundaries.{board.boundaries}_long")
        compared = "" if grain else basis(board, say, metric.id if metric else "")
        told = (variant, unit, span, cut, on_map, compared, *self.filters)
        return " · ".join(part for part in told if part)

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """What the figures are narrowed to, by name."""
        board = self.board
        chips = Narrowing(board.view, board.snapshot, board.scope, self.words).chips()
        return tuple(f"{chip.name}: {chip.value}" for chip in chips)

    def is_simulated(self, cells: Sequence[Cell]) -> bool:
        """Whether any of the values is; where there is none, whether this program shows any."""
        if any(cell.value is not None for cell in cells):
            return any(cell.simulated for cell in cells)
        return self.board.snapshot.simulated

    def source(self, cells: Sequence[Cell]) -> str:
        """The sources, how far the oldest of them reaches and its state, the snapshot."""
        say = self.words
        return " · ".join(
            (
                say("panel.source", source=self.sources(cells, MOST_NAMED) or say("value.none")),
                self.reach(cells),
                say("export.snapshot", version=self.board.snapshot.version),
            )
        )

    def sources(self, cells: Sequence[Cell], most: int | None = None) -> str:
        """The sources by name; of more than `most`, how many there are besides."""
        titles = self.board.source_titles(self.words.language)
        names = list(dict.fromkeys(name for cell in cells for name in cell.sources))
        named = ", ".join(titles.get(name, name) for name in names[:most])
        rest = len(names[most:]) if most else 0
        others = self.words("shell.other_sources", count=rest)
        return f"{named} {others}" if rest else named

    def reach(self, cells: Sequence[Cell]) -> str:
        """`Số liệu đến 08:00 22/11/2026 (Mới)`, of the oldest and the worst there is."""
        say = self.words
        known = [cell for cell in cells if cell.value is not None]
        until = min((cell.data_as_of for cell in known if cell.data_as_of), default=None)
        if until is None:
            return say("value.none")
        state = _state(cells)
        reached = say("reach.until", until=marks.reach_of(until, say))
        return f"{reached} ({say(f'freshness.{state}')})"

    def late(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        """The sources on which figures wait, each with how far it reaches and its state."""
        doubtful = [cell for cell in cells if _is_late(cell)]
        if not doubtful:
            return ()
        board, say = self.board, self.words
        names = {name for cell in doubtful for name in cell.sources}
        titles = board.source_titles(say.language)
        found = sources_of(board.snapshot, board.now, board.rules.calendar, board.horizon)
        told = [
            f"{titles.get(one.id, one.id)}: {self._reached(one)}"
            for one in found.all
            if one.id in names and one.state.severity > Freshness.HOLIDAY.severity
        ]
        return tuple(told) or (self.reach(doubtful),)

    def _reached(self, source: Source) -> str:
        say = self.words
        state = say(f"freshness.{source.state}")
        if source.data_as_of is None:
            return state
        return f"{say('reach.until', until=marks.reach_of(source.data_as_of, say))} ({state})"

    def remarks(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        """What qualifies some of the values, each once; simulated values have their own mark."""
        say = self.words
        known = [cell for cell in cells if cell.value is not None]
        state = _state(cells)
        partial = any(cell.coverage is not None and cell.coverage < 1 for cell in known)
        told = (
            ("missing", len(known) < len(cells)),
            ("open", any(cell.open for cell in known)),
            ("estimated", any(cell.estimated for cell in known)),
            ("averaged", any(cell.averaged for cell in known)),
            ("reported", any(cell.reported for cell in known)),
            ("locked", any(cell.locked for cell in cells)),
            ("partial", partial),
        )
        late = () if state.severity <= Freshness.HOLIDAY.severity else (state,)
        return (
            *(say(f"freshness.{one}_long") for one in late),
            *(say(f"export.remark_{name}") for name, holds in told if holds),
        )

    def _all_remarks(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        simulated = any(cell.simulated for cell in cells)
        first = (self.words("export.remark_simulated"),) if simulated else ()
        return (*first, *self.remarks(cells))

    def facts(self, area: Area, cells: Sequence[Cell], metric: Metric | None = None) -> Facts:
        """Everything one must know to believe the values, or to ask for them again."""
        board, say = self.board, self.words
        told = [
            (say("definition.area"), self.place(area)),
            (say("definition.period"), self.period(metric)),
            (say("filter.boundaries"), say(f"boundaries.{board.boundaries}_long")),
            (say("filter.calendar"), say(f"calendar.{board.view.calendar}")),
            (say("filter.compare"), basis(board, say, metric.id if metric else "")),
            *((say("export.filters"), one) for one in self.filters),
            (say("export.scope"), _scope_text(board.scope, say)),
            *(self._about(metric, cells) if metric else ()),
            (say("definition.sources"), self.sources(cells)),
            (say("definition.as_of"), self.reach(cells)),
            (say("definition.snapshot"), board.snapshot.version),
            (say("export.address"), board.view.href()),
            *((say("export.remark"), remark) for remark in self._all_remarks(cells)),
        ]
        return tuple((name, text) for name, text in told if text)

    def unfit(self, metric: Metric) -> tuple[str, ...]:
        """Why a metric has no figure under the filters chosen; nothing where it has."""
        names = self.board.unfit(metric)
        return (unfit_text(names, self.words),) if names else ()

    def _about(self, metric: Metric, cells: Sequence[Cell]) -> list[tuple[str, str]]:
        say, language = self.words, self.words.language
        promised = next((cell for cell in reversed(cells) if cell.target is not None), None)
        day = fmt.day(metric.reviewed, language)
        return [
            (say("export.metric"), self.name(metric)),
            (say("export.meaning"), " ".join(metric.meaning[language].split())),
            (say("definition.explanation"), metric.explanation(language)),
            (say("export.unit_name"), metric.unit_name(language)),
            (say("definition.target"), target_text(metric, promised, say) if promised else ""),
            (say("definition.better"), say(f"better.{metric.better}")),
            (say("definition.basis"), metric.legal_basis[language]),
            (say("definition.owner"), metric.owner),
            (
                say("definition.version"),
                f"{metric.id}, {say('definition.version_of', version=metric.version, day=day)}",
            ),
        ]


def _state(cells: Sequence[Cell]) -> Freshness:
    """The worst state, also of values that have not come; of who never delivers, if of all."""
    found = {Freshness(cell.freshness) for cell in cells if cell.freshness}
    return worst(found - {Freshness.NEVER} or {Freshness.NEVER})


def _is_late(cell: Cell) -> bool:
    """Whether waiting may make a figure better: what never came is not waited for."""
    if not cell.freshness or cell.freshness == Freshness.NEVER:
        return False
    return Freshness(cell.freshness).severity > Freshness.HOLIDAY.severity


def _scope_text(scope: Scope, words: Words) -> str:
    """What narrows whatever the person may see; nothing where all may be seen."""
    told = []
    if scope.organisations is not None:
        names = ", ".join(sorted(scope.organisations)) or words("value.none")
        told.append(words("export.scope_organisations", names=names))
    if scope.least:
        told.append(words("export.scope_least", least=scope.least))
    return "; ".join(told)
