"""A metric over periods as a line, with its target as steps and what was printed as diamonds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportlab.graphics.shapes import Circle, Drawing, Polygon, PolyLine
from reportlab.lib.colors import white

from dashboards import format as fmt
from dashboards.exports.drawing.pen import fitted, ink, rule, width_of, write
from dashboards.exports.exhibit import Points

SIZE = 8.0
MOST_LABELS = 9
EVENT_SIZE, EVENT_ROW = 7.0, 10.0
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Axes:
    """Where things stand on the sheet: the frame in points, and the range of values."""

    left: float
    bottom: float
    right: float
    top: float
    low: float
    high: float
    count: int

    def x(self, place: float) -> float:
        """The middle of a period."""
        return self.left + (self.right - self.left) * (place + 0.5) / self.count

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom + (self.top - self.bottom) * share


def draw_points(sheet: Drawing, chart: Points) -> None:
    """Grid, axes, target, line, and the last value written where the line ends."""
    low, high, step = bounds_of(chart)
    axes = Axes(
        left=_widest(low, high, step, chart) + 8,
        bottom=18,
        right=sheet.width - 62,
        top=sheet.height - 6,
        low=low,
        high=high,
        count=len(chart.labels),
    )
    said = _said(sheet, axes, chart)
    lines = max((line for *_, line in said), default=-1) + 1
    axes = replace(axes, top=axes.top - EVENT_ROW * lines)
    _grid(sheet, axes, step, chart)
    _periods(sheet, axes, chart)
    _events(sheet, axes, said)
    _target(sheet, axes, chart)
    _line(sheet, axes, chart)
    _printed(sheet, axes, chart)
    _ends(sheet, axes, chart)


def bounds_of(chart: Points) -> tuple[float, float, float]:
    """The ends of the value axis and the step between its lines; counts start at 0."""
    known = [one for one in (*chart.values, *chart.targets, *chart.printed) if one is not None]
    low, high = chart.bounds or (min(0.0, *known, 0.0), max(*known, 0.0, 1.0))
    step = _step(high - low)
    first = math.floor(low / step) * step
    last = math.ceil(high / step) * step
    if chart.bounds is not None:
        last = min(last, 100.0) if high <= 100.5 else last
    return first, max(last, first + step), step


def _step(reach: float) -> float:
    """A round number that cuts the range into about five."""
    rough = reach / 5 or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(one * power for one in STEPS if one * power >= rough - 1e-12)


def ticks(low: float, high: float, step: float) -> list[float]:
    """The values of the grid's lines."""
    return [low + step * number for number in range(round((high - low) / step) + 1)]


def tick_text(value: float, step: float, chart: Points) -> str:
    """A value of the axis, with as many digits as the step between two has."""
    decimals = next((digits for digits in range(3) if round(step, digits) == step), 2)
    text = fmt.number(value, decimals, chart.language)
    return f"{text}{fmt.SPACE}%" if chart.unit == "percent" else text


def _widest(low: float, high: float, step: float, chart: Points) -> float:
    return max(width_of(tick_text(one, step, chart), SIZE) for one in ticks(low, high, step))


def _grid(sheet: Drawing, axes: Axes, step: float, chart: Points) -> None:
    for value in ticks(axes.low, axes.high, step):
        y = axes.y(value)
        rule(sheet, axes.left, y, axes.right, y)
        text = tick_text(value, step, chart)
        write(sheet, axes.left - 5, y - SIZE / 3, text, SIZE, anchor="end", colour="ink-3")


def _periods(sheet: Drawing, axes: Axes, chart: Points) -> None:
    """Names of some periods, the last one always, none over another."""
    rule(sheet, axes.left, axes.bottom, axes.right, axes.bottom, colour="line-strong")
    last = axes.count - 1
    widest = max(width_of(label, SIZE) for label in chart.labels) + 10
    fitting = max(1, min(MOST_LABELS, int((axes.right - axes.left) / widest)))
    every = max(1, math.ceil(axes.count / fitting))
    for place in range(last, -1, -every):
        x = axes.x(place)
        rule(sheet, x, axes.bottom, x, axes.bottom - 3, colour="line-strong")
        write(sheet, x, 4, chart.labels[place], SIZE, anchor="middle", colour="ink-3")


def _said(sheet: Drawing, axes: Axes, chart: Points) -> list[tuple[float, float, str, int]]:
    """Where each event is, where its words begin, the words, and their line: none over another."""
    found: list[tuple[float, float, str, int]] = []
    ends: list[list[tuple[float, float]]] = []
    for place, text in chart.events:
        at = axes.x(place - 0.5)
        is_left = place <= axes.count / 2
        room = (sheet.width - at if is_left else at) - 3
        words = fitted(text.replace("\n", " "), room, EVENT_SIZE)
        wide = width_of(words, EVENT_SIZE)
        first = at + 3 if is_left else at - 3 - wide
        line = next(
            (
                number
                for number, taken in enumerate(ends)
                if all(first > end + 6 or first + wide < start - 6 for start, end in taken)
            ),
            len(ends),
        )
        if line == len(ends):
            ends.append([])
        ends[line].append((first, first + wide))
        found.append((at, first, words, line))
    return found


def _events(sheet: Drawing, axes: Axes, said: Sequence[tuple[float, float, str, int]]) -> None:
    for at, first, words, line in said:
        foot = axes.top + 6 + EVENT_ROW * line
        rule(sheet, at, axes.bottom, at, foot + 5, colour="ink-3", width=0.7)
        write(sheet, first, foot, words, EVENT_SIZE, colour="ink-3")


def _target(sheet: Drawing, axes: Axes, chart: Points) -> None:
    """Steps from period to period."""
    half = (axes.right - axes.left) / axes.count / 2
    for place, value in enumerate(chart.targets):
        if value is None:
            continue
        x, y = axes.x(place), axes.y(value)
        rule(sheet, x - half, y, x + half, y, colour="ink-3", width=1, dash=[4, 3])


def _line(sheet: Drawing, axes: Axes, chart: Points) -> None:
    """The line broken at gaps; the running period dashed and hollow."""
    done = [None if place == chart.opens else value for place, value in enumerate(chart.values)]
    for run in runs(done):
        points = [part for place in run for part in (axes.x(place), axes.y(done[place] or 0.0))]
        if len(run) > 1:
            sheet.add(PolyLine(points, strokeColor=ink("series-1"), strokeWidth=1.8))
    if axes.count <= 40:
        for place, value in enumerate(done):
            if value is not None:
                _dot(sheet, axes.x(place), axes.y(value), hollow=False)
    _open(sheet, axes, chart)


def _open(sheet: Drawing, axes: Axes, chart: Points) -> None:
    value = None if chart.opens is None else chart.values[chart.opens]
    if chart.opens is None or value is None:
        return
    x, y = axes.x(chart.opens), axes.y(value)
    before = chart.values[chart.opens - 1] if chart.opens else None
    if before is not None:
        x0, y0 = axes.x(chart.opens - 1), axes.y(before)
        rule(sheet, x0, y0, x, y, colour="series-1", width=1.4, dash=[2, 2])
    _dot(sheet, x, y, hollow=True)


def runs(values: Sequence[float | None]) -> list[list[int]]:
    """The places of values that follow each other without a gap."""
    found: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append(place)
    return [run for run in found if run]


def _dot(sheet: Drawing, x: float, y: float, *, hollow: bool) -> None:
    colour = ink("series-1")
    fill = white if hollow else colour
    radius = 3.0 if hollow else 2.0
    sheet.add(Circle(x, y, radius, fillColor=fill, strokeColor=colour, strokeWidth=1.2))


def _printed(sheet: Drawing, axes: Axes, chart: Points) -> None:
    for place, value in enumerate(chart.printed):
        if value is not None:
            x, y = axes.x(place), axes.y(value)
            corners = [x - 4, y, x, y + 4, x + 4, y, x, y - 4]
            sheet.add(Polygon(corners, fillColor=None, strokeColor=ink("ink-2"), strokeWidth=1.2))


def _ends(sheet: Drawing, axes: Axes, chart: Points) -> None:
    """The last value and the last target in words, apart from each other."""
    known = [place for place, value in enumerate(chart.values) if value is not None]
    promised = [one for one in chart.targets if one is not None]
    last = chart.values[known[-1]] if known else None
    goal = promised[-1] if promised else None
    x = axes.right + 4
    value_y = axes.y(last) - 3 if last is not None else 0.0
    goal_y = axes.y(goal) - 3 if goal is not None else 0.0
    if last is not None and goal is not None and abs(value_y - goal_y) < 20:
        middle, turn = (value_y + goal_y) / 2, 1 if last >= goal else -1
        value_y, goal_y = middle + 10 * turn, middle - 10 * turn
        lift = max(0.0, axes.bottom + 2 - min(value_y, goal_y))  # both: they stay apart
        value_y, goal_y = value_y + lift, goal_y + lift
    value_y, goal_y = max(value_y, axes.bottom - 2), max(goal_y, axes.bottom + 2)
    if last is not None:
        text = fmt.shown(last, chart.unit, chart.language)
        write(sheet, x, value_y, text, 9, bold=True, colour="series-1")
    if goal is not None:
        write(sheet, x, goal_y + 4, chart.target_name, 7, colour="ink-3")
        write(
            sheet, x, goal_y - 4.5, fmt.goal(goal, chart.unit, chart.language), 7.5, colour="ink-3"
        )
