"""The tile of one value: the number as large as its room allows, and all that must stand by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell, one_per_period
from dashboards.components import marks
from dashboards.components.card import STALE, missing_reason, name_and_variant, spark_image
from dashboards.exports.drawing.pen import BOLD, REGULAR, lines_of, width_of
from dashboards.inside import Inside
from dashboards.narrowing import unfit_text
from dashboards.sections import Sections, basis
from dashboards.text import Words
from dashboards.wall.layout import Room
from dashboards.wall.safe import html_of
from metrics.catalogue import Better, Metric

PADDING = (1.0, 0.7)
TITLE, LEADING = 1.25, 1.28
SAFE = 0.97
"""Of the width is reckoned with: browsers break lines a little differently."""
LARGEST, SMALLEST = 7.0, 2.1
SEVERITY = {"missed": 0, "near": 1, "met": 2, "unknown": 3}
CRAMPED = 4.2
LEAST_SPARK = 5.0
LEAST_KNOWN = 3
"""Values a course needs to be one."""

Line = tuple[str, float, Markup | str, str]
"""Class, size, content, and the text that is measured."""


@dataclass(frozen=True)
class Values:
    """The values of one board, each for a tile of its own."""

    board: Board
    words: Words

    def order(self) -> list[str]:
        """The metrics as they stand: missed first, what is old or missing last."""
        shown = list(self.board.shown)
        return sorted(shown, key=lambda name: (self._severity(name), shown.index(name)))

    def _severity(self, name: str) -> int:
        cell = self.board.headline[name]
        if cell.value is None or cell.freshness in STALE:
            return len(SEVERITY)
        return SEVERITY[cell.status]

    def red(self, name: str) -> bool:
        """Whether the target is missed, by figures fresh enough to say so."""
        return self._severity(name) == 0

    def tile(self, name: str, room: Room) -> Markup:
        metric, cell = self.board.catalogue.metric(name), self.board.headline[name]
        return ValueTile(self.board, metric, cell, self.words, room).html()


@dataclass(frozen=True)
class ValueTile:
    """One metric in its room, whose parts are as high as their lines."""

    board: Board
    metric: Metric
    cell: Cell
    words: Words
    room: Room

    @property
    def width(self) -> float:
        return self.room.width - 2 * PADDING[0]

    def html(self) -> Markup:
        kind = f"ioc-tile ioc-value ioc-tile--{self.cell.status}"
        kind += " ioc-is-stale" if self.cell.freshness in STALE else ""
        above, below = self._above(), self._below()
        height = self._rest(above, below)
        if height < CRAMPED:  # how it has moved can be left out; what it is made of cannot
            below = self._closer([one for one in below if one[0] != "change"])
            height = self._rest(above, below)
        return Markup('<article class="{}">{}{}{}</article>').format(
            kind, self._lines(above), self._figure(height), self._lines(below)
        )

    def _rest(self, above: Sequence[Line], below: Sequence[Line]) -> float:
        """The height that is left for the number."""
        taken = self._height(above) + self._height(below)
        return self.room.height - 2 * PADDING[1] - taken

    def _closer(self, below: list[Line]) -> list[Line]:
        """What it is made of and how fresh it is on one line, where both fit on it."""
        if len(below) < 2 or below[-2][0] != "parts":
            return below
        (_, size, parts, words), (_, _, foot, told) = below[-2:]
        text = f"{words}   {told}"
        if width_of(text, size) > self.width * SAFE:
            return below
        both = Markup("<span>{}</span>{}").format(parts, foot)
        return [*below[:-2], ("foot", size, both, text)]

    # ---- lines of words

    def _above(self) -> list[Line]:
        title, variant = name_and_variant(self.metric.name[self.words.language])
        named = [("title", TITLE, title, title)]
        return [*named, *([("variant", 1.0, variant, variant)] if variant else [])]

    def _below(self) -> list[Line]:
        found = [self._verdict(), *self._why(), *self._parts(), self._foot()]
        return [one for one in found if one[2]]

    def _height(self, lines: Sequence[Line]) -> float:
        return sum(
            size * LEADING * len(lines_of(text, self.width * SAFE, size, self._font(kind)))
            for kind, size, _, text in lines
        )

    @staticmethod
    def _font(kind: str) -> str:
        return BOLD if kind == "title" else REGULAR

    def _lines(self, lines: Sequence[Line]) -> Markup:
        row = Markup('<p class="ioc-value__{}">{}</p>')
        return Markup("").join(row.format(kind, content) for kind, _, content, _ in lines)

    def _verdict(self) -> Line:
        """Verdict and target; without a value, why there is none."""
        cell, say, language = self.cell, self.words, self.words.language
        if cell.value is None:
            unfit = self.board.unfit(self.metric)
            why = unfit_text(unfit, say) if unfit else missing_reason(cell, say)
            return "target", 1.1, why, why
        if cell.target is None:
            why = marks.why_unknown(cell, say) if cell.status_reason else ""
            return "target", 1.1, why, why
        sign = "≥" if self.metric.better is Better.HIGHER else "≤"
        goal = fmt.goal(cell.target, self.metric.unit, language)
        target = f"{say('card.target')} {sign}{fmt.SPACE}{goal}"
        pill = cell.status in ("near", "missed") and cell.freshness not in STALE
        told = html_of(marks.status(cell.status, say, pill=pill))
        words = f"MMM {say(f'status.{cell.status}')}  {target}"
        return "verdict", 1.2, told + Markup(" <span>{}</span>").format(target), words

    def _why(self) -> list[Line]:
        """Since when, and whose it is to mend; of what is missed."""
        if self.cell.status != "missed" or self.cell.freshness in STALE:
            return []
        since = Sections(self.board, Inside(self.board), self.words).since(self.metric)
        owner = self.words("attention.owner", owner=self.metric.owner)
        text = " · ".join(part for part in (since, owner) if part)
        return [("why", 1.0, text, text)]

    def _parts(self) -> list[Line]:
        """What was divided by what, and how the value has moved, where it fits beside."""
        cell, say = self.cell, self.words
        parts = fmt.fraction(cell.numerator, cell.denominator, say.language)
        parts = parts if self.metric.is_rate and cell.value is not None else ""
        compared = basis(self.board, say)
        before = self.board.earlier.get(self.metric.id)
        if cell.value is None or before is None or before.value is None or not compared:
            return [("parts", 1.0, parts, parts)]
        moved = marks.movement(self.metric, cell.value, before.value, say)[0]
        change = html_of(marks.change(self.metric, cell.value, before.value, compared, say))
        words = f"{parts}   MM {moved} {compared}"
        if not parts or width_of(words, 1.0) > self.width:
            return [("parts", 1.0, parts, parts), ("change", 1.0, change, f"MM {moved} {compared}")]
        return [("parts", 1.0, Markup("<span>{}</span>{}").format(parts, change), words)]

    def _foot(self) -> Line:
        """How fresh, until when, and what qualifies the number."""
        cell, say = self.cell, self.words
        found = [marks.freshness(cell.freshness, cell.data_as_of, say)] if cell.freshness else []
        found += marks.reservations(cell, say)
        reach = marks.reach_of(cell.data_as_of, say) if cell.data_as_of else ""
        told = [say(f"freshness.{cell.freshness}") if cell.freshness else "", reach]
        told += [_text(one) for one in found[1:]]
        html = Markup(" ").join(html_of(one) for one in found)
        return "foot", 1.0, html, "MMM " + "  MM ".join(part for part in told if part)

    # ---- the number

    def _figure(self, height: float) -> Markup:
        cell, metric, language = self.cell, self.metric, self.words.language
        text = fmt.figure(cell.value, metric.unit, language, against=cell.target)
        text = f"≈{fmt.SPACE}{text}" if cell.estimated and cell.value is not None else text
        unit = metric.unit_name(language) if cell.value is not None else ""
        size = min(max(height / 1.12, SMALLEST), LARGEST)
        wide = self._wide(text, unit, size)
        if wide > self.width:
            size = max(size * self.width / wide, SMALLEST)
            wide = self._wide(text, unit, size)
        rest = self.width - wide - 1.0
        kind = " ioc-value__number--reported" if cell.reported else ""
        return Markup(
            '<p class="ioc-value__figure" style="--size:{:.2f}rem">'
            '<span class="ioc-value__pair"><span class="ioc-value__number{}">{}</span> '
            '<span class="ioc-value__unit">{}</span></span>{}</p>'
        ).format(size, kind, text, unit, self._spark() if rest > LEAST_SPARK and unit else "")

    @staticmethod
    def _wide(text: str, unit: str, size: float) -> float:
        return width_of(text, size, BOLD) + width_of(unit, max(size * 0.36, 1.1)) + 0.6

    def _spark(self) -> Markup:
        values = [cell.value for cell in one_per_period(self.board.series[self.metric.id])]
        if sum(value is not None for value in values) < LEAST_KNOWN:
            return Markup("")
        line = Markup('<span class="ioc-spark" style="--spark:{}" aria-hidden="true"></span>')
        return line.format(spark_image(values))


def _text(tree: object) -> str:
    """The words of a tree."""
    if isinstance(tree, str):
        return tree
    return "".join(_text(one) for one in tree[2:]) if isinstance(tree, list) else ""
