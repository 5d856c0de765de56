"""A map's own figure on paper: the shapes, colours and islands the page shows, and the legend."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from reportlab.graphics.shapes import Circle, Drawing, Path, PolyLine
from reportlab.lib.colors import Color, HexColor

from dashboards.charts.frame import Figure
from dashboards.exports.drawing.pen import box, fitted, width_of, write
from dashboards.exports.exhibit import Mapped
from dashboards.theme import ASSETS

LEGEND_ROOM, LEGEND_ROW, LEGEND_SIZE = 26.0, 11.0, 7.5
Ring = Sequence[Sequence[float]]


class Window:
    """A part of the sheet in which degrees are places, as Mercator drew them, evenly scaled."""

    def __init__(self, geo: Figure, left: float, bottom: float, width: float, height: float):
        (x0, x1), (y0, y1) = geo["domain"]["x"], geo["domain"]["y"]
        (west, east), (south, north) = geo["lonaxis"]["range"], geo["lataxis"]["range"]
        room = (width * (x1 - x0), height * (y1 - y0))
        self._west, self._south = math.radians(west), _mercator(south)
        wide, tall = math.radians(east) - self._west, _mercator(north) - self._south
        self._scale = min(room[0] / wide, room[1] / tall)
        self._left = left + width * x0 + (room[0] - wide * self._scale) / 2
        self._bottom = bottom + height * y0 + (room[1] - tall * self._scale) / 2

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a point of the earth is, from the lower left corner."""
        x = self._left + (math.radians(longitude) - self._west) * self._scale
        return x, self._bottom + (_mercator(latitude) - self._south) * self._scale


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def draw_map(sheet: Drawing, chart: Mapped) -> None:
    """Every trace of the page's figure in its order, then the legend and the caption."""
    layout = chart.figure["layout"]
    foot = LEGEND_ROOM + LEGEND_ROW * (len(_legend_lines(chart, sheet.width)) - 1)
    area = (0.0, foot, sheet.width, sheet.height - foot)
    windows = {name: Window(layout[name], *area) for name in ("geo", "geo2") if name in layout}
    for trace in chart.figure["data"]:
        window = windows[trace.get("geo", "geo")]
        if trace["type"] == "choropleth":
            _areas(sheet, window, trace)
        elif trace["mode"] == "lines":
            _frame(sheet, window, trace)
        elif trace["mode"] == "markers":
            _islands(sheet, window, trace)
        else:
            _names(sheet, window, trace)
    _legend(sheet, chart)


def _areas(sheet: Drawing, window: Window, trace: Figure) -> None:
    shapes = shapes_of(trace["geojson"])
    line = trace["marker"]["line"]
    for shape, step in zip(trace["locations"], trace["z"], strict=True):
        path = Path(
            fillColor=_fill(trace, step),
            strokeColor=HexColor(line["color"]),
            strokeWidth=line["width"] * 0.6,
            strokeLineJoin=1,
            fillRule=0,
        )
        for ring in shapes[shape]:
            places = [window.place(*point[:2]) for point in ring]
            path.moveTo(*places[0])
            for place in places[1:]:
                path.lineTo(*place)
            path.closePath()
        sheet.add(path)


def _fill(trace: Figure, step: int) -> Color | None:
    """The colour of a class: the scale's steps stand in pairs, one colour each."""
    colour = trace["colorscale"][2 * step][1]
    return HexColor(colour) if colour.startswith("#") else None


@cache
def shapes_of(url: str) -> Mapping[str, list[Ring]]:
    """The rings of every shape of a map file, by the shape's id."""
    path = ASSETS.parent / urlsplit(url).path.lstrip("/")
    file = json.loads(path.read_text(encoding="utf-8"))
    return {shape["id"]: list(_rings(shape["geometry"])) for shape in file["features"]}


def _rings(geometry: Any) -> Iterator[Ring]:
    parts = geometry["coordinates"]
    for polygon in parts if geometry["type"] == "MultiPolygon" else [parts]:
        yield from polygon


def _frame(sheet: Drawing, window: Window, trace: Figure) -> None:
    places = zip(trace["lon"], trace["lat"], strict=True)
    points = [part for place in places for part in window.place(*place)]
    colour = HexColor(trace["line"]["color"])
    sheet.add(PolyLine(points, strokeColor=colour, strokeWidth=0.6, strokeDashArray=[1, 2]))


def _islands(sheet: Drawing, window: Window, trace: Figure) -> None:
    marker = trace["marker"]
    for place in zip(trace["lon"], trace["lat"], strict=True):
        x, y = window.place(*place)
        outline = HexColor(marker["line"]["color"])
        fill = HexColor(marker["color"])
        sheet.add(Circle(x, y, 1.4, fillColor=fill, strokeColor=outline, strokeWidth=0.3))


def _names(sheet: Drawing, window: Window, trace: Figure) -> None:
    for text, *place in zip(trace["text"], trace["lon"], trace["lat"], strict=True):
        x, y = window.place(*place)
        write(sheet, x, y - 2, text, 6.5, anchor="middle")


def _legend_lines(chart: Mapped, width: float) -> list[list[tuple[str, str]]]:
    """The legend in lines of as many entries as there is room for, one below the other."""
    needed = max((width_of(text, LEGEND_SIZE) for _, text in chart.legend), default=0.0) + 20
    fitting = max(1, int(width / needed))
    legend = list(chart.legend)
    return [legend[at : at + fitting] for at in range(0, len(legend), fitting)] or [[]]


def _legend(sheet: Drawing, chart: Mapped) -> None:
    """Squares of colour with their words, side by side; what is said of the lines below."""
    lines = _legend_lines(chart, sheet.width)
    share = sheet.width / max(len(lines[0]), 3 if len(lines) == 1 else 1)
    for number, line in enumerate(reversed(lines)):
        y = 13 + LEGEND_ROW * number
        for place, (colour, text) in enumerate(line):
            x = place * share
            box(sheet, x, y, 8, 8, HexColor(colour))
            write(sheet, x + 11, y + 1, fitted(text, share - 13, LEGEND_SIZE), LEGEND_SIZE)
    write(sheet, 0, 2, fitted(chart.caption, sheet.width, 6.5), 6.5, colour="ink-3")
