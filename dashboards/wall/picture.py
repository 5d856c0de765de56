"""Charts and maps of a tile as SVG, exactly as large as its room: no text becomes smaller.

Ten units are one size of the smallest text. Colours are classes (assets/wall.css), so a picture
follows the theme; those of a map's areas come with its own figure.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from dashboards import format as fmt
from dashboards.charts.frame import Figure
from dashboards.exports.drawing.map import Window, shapes_of
from dashboards.exports.drawing.pen import BOLD, width_of
from dashboards.exports.drawing.points import Axes, bounds_of, runs, tick_text, ticks
from dashboards.exports.exhibit import Points

UNITS = 10.0
TEXT, LARGE_TEXT = 10.0, 15.0
SVG = Markup(
    '<svg class="ioc-pic" viewBox="0 0 {} {}" role="img" aria-label="{}"'
    ' xmlns="http://www.w3.org/2000/svg">{}</svg>'
)
LINE = Markup('<line class="ioc-pic__{}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
TEXT_AT = Markup('<text class="ioc-pic__{}" x="{}" y="{}" text-anchor="{}">{}</text>')
PATH = Markup('<path class="ioc-pic__{}" d="{}"/>')
AREA = Markup('<path d="{}" fill="{}"/>')
DOT = Markup('<circle class="ioc-pic__{}" cx="{}" cy="{}" r="{}"/>')


def chart(points: Points, width: float, height: float) -> Markup:
    """A metric over periods in a room of so many sizes of text."""
    wide, tall = width * UNITS, height * UNITS
    low, high, step = bounds_of(points)
    lines = ticks(low, high, step)
    labels = [tick_text(one, step, points) for one in lines]
    last = _last(points)
    end = fmt.shown(last[1], points.unit, points.language) if last else ""
    axes = Axes(
        left=max(width_of(text, TEXT) for text in labels) + 8,
        bottom=22,
        right=wide - max(width_of(end, LARGE_TEXT, BOLD), width_of("0", TEXT)) - 16,
        top=tall - (20 if points.events else 10),
        low=low,
        high=high,
        count=max(len(points.labels), 1),
    )
    drawing = [
        *_grid(axes, tall, lines, labels),
        *_periods(points, axes, tall),
        *_events(points, axes, tall),
        *_targets(points, axes, tall),
        *_course(points, axes, tall),
        *_printed(points, axes, tall),
        *_end(axes, tall, last, end),
    ]
    return SVG.format(_n(wide), _n(tall), points.title, Markup("").join(drawing))


def _n(number: float) -> str:
    return f"{number:.1f}"


def _last(points: Points) -> tuple[int, float] | None:
    """The place of the newest value, and the value."""
    known = [(at, one) for at, one in enumerate(points.values) if one is not None]
    return known[-1] if known else None


def _grid(
    axes: Axes, tall: float, lines: Sequence[float], labels: Sequence[str]
) -> Iterator[Markup]:
    for value, text in zip(lines, labels, strict=True):
        y = tall - axes.y(value)
        yield LINE.format("grid", _n(axes.left), _n(y), _n(axes.right), _n(y))
        yield TEXT_AT.format("tick", _n(axes.left - 5), _n(y + 3.5), "end", text)


def _periods(points: Points, axes: Axes, tall: float) -> Iterator[Markup]:
    """Names of some periods, the last one always, none over another or beyond the edge."""
    widest = max((width_of(label, TEXT) for label in points.labels), default=1.0) + 14
    fitting = max(1, int((axes.right - axes.left) / widest))
    every = max(1, math.ceil(axes.count / fitting))
    y = tall - axes.bottom
    yield LINE.format("axis", _n(axes.left), _n(y), _n(axes.right), _n(y))
    for place in range(axes.count - 1, -1, -every):
        half = width_of(points.labels[place], TEXT) / 2
        x = max(axes.x(place), half)
        yield LINE.format("axis", _n(axes.x(place)), _n(y), _n(axes.x(place)), _n(y + 4))
        yield TEXT_AT.format("tick", _n(x), _n(tall - 5), "middle", points.labels[place])


def _events(points: Points, axes: Axes, tall: float) -> Iterator[Markup]:
    """What changed the meaning of the numbers, where there is room for its words."""
    for place, text in points.events:
        x, words = axes.x(place - 0.5), text.replace("\n", " ")
        yield LINE.format("event", _n(x), _n(tall - axes.bottom), _n(x), _n(tall - axes.top - 4))
        is_left = place <= axes.count / 2
        room = axes.right - x if is_left else x
        if width_of(words, TEXT) <= room:
            at, anchor = (x + 4, "start") if is_left else (x - 4, "end")
            yield TEXT_AT.format("tick", _n(at), "11.0", anchor, words)


def _targets(points: Points, axes: Axes, tall: float) -> Iterator[Markup]:
    """A step for each run of periods with one target."""
    half = (axes.right - axes.left) / axes.count / 2
    for value, group in groupby(enumerate(points.targets), key=lambda one: one[1]):
        places = [place for place, _ in group]
        if value is not None:
            y = tall - axes.y(value)
            ends = axes.x(places[0]) - half, axes.x(places[-1]) + half
            yield LINE.format("target", _n(ends[0]), _n(y), _n(ends[1]), _n(y))


def _course(points: Points, axes: Axes, tall: float) -> Iterator[Markup]:
    """The line, broken at gaps; the running period dashed and hollow."""
    values, opens = points.values, points.opens
    done = [None if place == opens else value for place, value in enumerate(values)]
    for run in runs(done):
        places = [(axes.x(at), tall - axes.y(done[at] or 0.0)) for at in run]
        path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in places)
        yield PATH.format("line", path)
        if axes.count <= 40:
            for x, y in places:
                yield DOT.format("dot", _n(x), _n(y), "2.6")
    value = None if opens is None else values[opens]
    if opens is None or value is None:
        return
    x, y = axes.x(opens), tall - axes.y(value)
    before = values[opens - 1] if opens else None
    if before is not None:
        start = axes.x(opens - 1), tall - axes.y(before)
        yield LINE.format("open", _n(start[0]), _n(start[1]), _n(x), _n(y))
    yield DOT.format("hollow", _n(x), _n(y), "3.4")


def _printed(points: Points, axes: Axes, tall: float) -> Iterator[Markup]:
    for place, value in enumerate(points.printed):
        if value is not None:
            x, y = axes.x(place), tall - axes.y(value)
            corners = ((x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5))
            path = "M" + "L".join(f"{_n(one)} {_n(other)}" for one, other in corners) + "Z"
            yield PATH.format("printed", path)


def _end(axes: Axes, tall: float, last: tuple[int, float] | None, text: str) -> Iterator[Markup]:
    """The newest value in words, where the line ends."""
    if last is not None:
        y = tall - axes.y(last[1]) + 5
        y = min(max(y, LARGE_TEXT), tall - axes.bottom)
        yield TEXT_AT.format("end", _n(axes.right + 8), _n(y), "start", text)


# ---- maps


def area_map(figure: Figure, width: float, height: float, title: str) -> Markup:
    """A map's own figure: areas, archipelagos and their names."""
    wide, tall = width * UNITS, height * UNITS
    layout = figure["layout"]
    windows = {
        name: Window(layout[name], 0.0, 0.0, wide, tall)
        for name in ("geo", "geo2")
        if name in layout
    }
    drawing: list[Markup] = []
    for trace in figure["data"]:
        window = windows[trace.get("geo", "geo")]
        if trace["type"] == "choropleth":
            drawing += _areas(trace, window, tall)
        elif trace["mode"] == "lines":
            places = _places(zip(trace["lon"], trace["lat"], strict=True), window, tall)
            drawing.append(PATH.format("frame", "M" + "L".join(places)))
        elif trace["mode"] == "markers":
            drawing += _islands(trace, window, tall)
        else:
            drawing += _names(trace, window, (wide, tall))
    return SVG.format(_n(wide), _n(tall), title, Markup("").join(drawing))


def _places(points: Iterator[tuple[float, ...]], window: Window, tall: float) -> list[str]:
    """Places on the sheet, each once: what is nearer than a tenth of a unit is one."""
    found: list[str] = []
    for longitude, latitude, *_ in points:
        x, y = window.place(longitude, latitude)
        place = f"{_n(x)} {_n(tall - y)}"
        if not found or found[-1] != place:
            found.append(place)
    return found


def _areas(trace: Figure, window: Window, tall: float) -> Iterator[Markup]:
    shapes = shapes_of(trace["geojson"])
    is_outline = trace["name"] == "chosen"
    for shape, step in zip(trace["locations"], trace["z"], strict=True):
        rings = (_places(iter(map(tuple, ring)), window, tall) for ring in shapes[shape])
        path = "".join(f"M{'L'.join(ring)}Z" for ring in rings if len(ring) > 2)
        colour = trace["colorscale"][2 * step][1]
        yield PATH.format("chosen", path) if is_outline else AREA.format(path, colour)


def _islands(trace: Figure, window: Window, tall: float) -> Iterator[Markup]:
    for longitude, latitude in zip(trace["lon"], trace["lat"], strict=True):
        x, y = window.place(longitude, latitude)
        yield DOT.format("island", _n(x), _n(tall - y), "1.8")


def _names(trace: Figure, window: Window, size: tuple[float, float]) -> Iterator[Markup]:
    """Names in the middle of their places, moved inwards where they would leave the sheet."""
    wide, tall = size
    for text, *place in zip(trace["text"], trace["lon"], trace["lat"], strict=True):
        x, y = window.place(*place)
        half = width_of(text, TEXT) / 2
        x = min(max(x, half), wide - half)
        y = min(tall - y + 6, tall - 3)
        yield TEXT_AT.format("name", _n(x), _n(y), "middle", text)
