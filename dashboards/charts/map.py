"""Areas on a map, coloured by verdict where there is a target and by amount where there is none."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.charts.frame import Figure, empty, layout, safe_label
from dashboards.geography import (
    HOME_OF,
    Archipelago,
    Shapes,
    archipelagos,
)
from dashboards.text import Words
from dashboards.theme import Scheme, colours

STATUSES = ("met", "near", "missed", "unknown")
STEPS = 5


@dataclass(frozen=True)
class Place:
    """An area on the map: its code, name and value, and where a click leads."""

    code: str
    name: str
    cell: Cell
    href: str


@dataclass(frozen=True)
class Scale:
    """How areas are coloured: by status, or by the class of their amount.

    `edges` are the upper ends of the amount's classes, low to high; None is by status.
    """

    edges: tuple[float, ...] | None

    def step(self, cell: Cell) -> int:
        """The class of a value: the status's place, or the amount's class."""
        if self.edges is None:
            return STATUSES.index(cell.status)
        return bisect_left(self.edges, cell.value or 0.0)


def scale(cells: Sequence[Cell]) -> Scale:
    """By status where any value has a target, else five classes of about equally many areas."""
    if any(cell.target is not None for cell in cells):
        return Scale(None)
    values = sorted(cell.value for cell in cells if cell.value is not None)
    cuts = (
        {values[(len(values) - 1) * part // STEPS] for part in range(1, STEPS)} if values else set()
    )
    return Scale(tuple(sorted(cuts)))


def area_map(
    places: Sequence[Place], shapes: Shapes, words: Words, scheme: Scheme, chosen: str | None = None
) -> Figure:
    """The map of some areas.

    Traces: "areas", "none" (no data), "chosen", and the archipelagos, which every national map
    shows where they are, and the map of the province they belong to shows in an inset.
    """
    shown = [place for place in places if place.code in shapes.feature]
    known = [place for place in shown if place.cell.value is not None]
    rest = [place for place in shown if place.cell.value is None]
    used = scale([place.cell for place in places])
    traces = [
        _areas(known, shapes, used, words, scheme),
        _blank(rest, shapes, words, scheme),
        _outline([place for place in shown if place.code == chosen], shapes, scheme),
        *_archipelago_traces(places, shapes, used, words, scheme),
    ]
    if not any(traces):
        return empty(scheme, words)
    sheet = layout(scheme, words.language)
    sheet["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0}
    del sheet["xaxis"], sheet["yaxis"]
    sheet["geo"] = _geo(shapes.view)
    if not shapes.is_national and _insets(shapes):
        sheet["geo"]["domain"] = {"x": [0, 0.74], "y": [0, 1]}
        sheet["geo2"] = _geo(_view_of(_insets(shapes)[0]), x=(0.76, 1.0), y=(0.0, 0.42))
    return {"data": [trace for trace in traces if trace], "layout": sheet}


def _geo(
    view: tuple[float, float, float, float],
    x: tuple[float, float] = (0, 1),
    y: tuple[float, float] = (0, 1),
) -> Figure:
    west, south, east, north = view
    return {
        "visible": False,
        "fitbounds": False,
        "bgcolor": "rgba(0,0,0,0)",
        "projection": {"type": "mercator"},
        "lonaxis": {"range": [west, east]},
        "lataxis": {"range": [south, north]},
        "domain": {"x": list(x), "y": list(y)},
    }


def ramp(used: Scale, scheme: Scheme) -> list[str]:
    """The colours of a scale's classes."""
    colour = colours(scheme)
    if used.edges is None:
        return [colour[f"{status}-fill"] for status in STATUSES]
    return [colour[f"ramp-{step}"] for step in range(1, len(used.edges) + 2)]


def _areas(
    places: Sequence[Place], shapes: Shapes, used: Scale, words: Words, scheme: Scheme
) -> Figure | None:
    if not places:
        return None
    return {
        "type": "choropleth",
        "name": "areas",
        "geojson": shapes.url,
        "locations": [shapes.feature[place.code] for place in places],
        "z": [used.step(place.cell) for place in places],
        **_stepped(ramp(used, scheme)),
        "marker": {"line": {"color": colours(scheme)["map-border"], "width": 0.8}},
        **_hovers(places, words),
    }


def _stepped(steps: list[str]) -> Figure:
    """A colour scale without transitions: class i is exactly steps[i]."""
    count = len(steps)
    edges = [(i / count, steps[i]) for i in range(count)]
    pairs = [
        [position, colour]
        for i, (start, colour) in enumerate(edges)
        for position in (start, (i + 1) / count)
    ]
    return {"colorscale": pairs, "zmin": -0.5, "zmax": count - 0.5, "showscale": False}


def _hovers(places: Sequence[Place], words: Words) -> Figure:
    return {
        "text": [_hover(place, words) for place in places],
        "customdata": [place.href for place in places],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(place: Place, words: Words) -> str:
    cell, language = place.cell, words.language
    if cell.value is None:
        return f"<b>{safe_label(place.name)}</b><br>{words('value.none')}"
    lines = [f"<b>{safe_label(place.name)}</b>", fmt.shown(cell.value, cell.unit, language)]
    if parts := fmt.fraction(cell.numerator, cell.denominator, language):
        lines[1] += f" ({parts})"
    if cell.target is not None:
        lines.append(words(f"status.{cell.status}"))
    if cell.estimated:
        lines.append(words("mark.estimated"))
    if cell.averaged:
        lines.append(words("mark.averaged"))
    return "<br>".join(lines)


def _blank(places: Sequence[Place], shapes: Shapes, words: Words, scheme: Scheme) -> Figure | None:
    """Areas without a value: the colour of nothing, and the words in the hover."""
    if not places:
        return None
    colour = colours(scheme)
    return {
        "type": "choropleth",
        "name": "none",
        "geojson": shapes.url,
        "locations": [shapes.feature[place.code] for place in places],
        "z": [0] * len(places),
        **_stepped([colour["map-none"]]),
        "marker": {"line": {"color": colour["map-border"], "width": 0.8}},
        **_hovers(places, words),
    }


def _outline(places: Sequence[Place], shapes: Shapes, scheme: Scheme) -> Figure | None:
    """A dark line around the area the page is about."""
    if not places:
        return None
    return {
        "type": "choropleth",
        "name": "chosen",
        "geojson": shapes.url,
        "locations": [shapes.feature[place.code] for place in places],
        "z": [0] * len(places),
        **_stepped(["rgba(0,0,0,0)"]),
        "marker": {"line": {"color": colours(scheme)["ink"], "width": 2.5}},
        "hoverinfo": "skip",
    }


def _insets(shapes: Shapes) -> list[Archipelago]:
    """The archipelagos that lie in the mapped province, far from its mainland."""
    return [one for one in archipelagos() if one.code in shapes.feature]


NAMED = 0.75
"""Degrees below an archipelago's frame that its name takes, whole."""


def _view_of(one: Archipelago) -> tuple[float, float, float, float]:
    longitudes, latitudes = one.frame
    return (
        min(longitudes) - 0.4,
        min(latitudes) - NAMED,
        max(longitudes) + 0.4,
        max(latitudes) + 0.4,
    )


def _archipelago_traces(
    places: Sequence[Place], shapes: Shapes, used: Scale, words: Words, scheme: Scheme
) -> list[Figure]:
    by_code = {place.code: place for place in places}
    drawn = archipelagos() if shapes.is_national else _insets(shapes)
    geo = "geo" if shapes.is_national else "geo2"
    traces: list[Figure] = []
    for one in drawn:
        home = by_code.get(HOME_OF[one.code] if shapes.is_national else one.code)
        traces += [_frame(one, geo, scheme), _islands(one, home, used, geo, words, scheme)]
        traces.append(_name(one, geo, scheme))
    return traces


def _frame(one: Archipelago, geo: str, scheme: Scheme) -> Figure:
    return {
        "type": "scattergeo",
        "name": f"{one.code}-frame",
        "geo": geo,
        "mode": "lines",
        "lon": one.frame[0],
        "lat": one.frame[1],
        "line": {"color": colours(scheme)["line-strong"], "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _islands(
    one: Archipelago, home: Place | None, used: Scale, geo: str, words: Words, scheme: Scheme
) -> Figure:
    """The islands as points, in the colour of the area they belong to."""
    colour = colours(scheme)["unknown-fill"]
    if home is not None and home.cell.value is not None:
        colour = ramp(used, scheme)[used.step(home.cell)]
    text = _hover(home, words) if home else words("value.none")
    return {
        "type": "scattergeo",
        "name": one.code,
        "geo": geo,
        "mode": "markers",
        "lon": one.islands[0],
        "lat": one.islands[1],
        "marker": {
            "color": colour,
            "size": 5,
            "line": {"color": colours(scheme)["ink-3"], "width": 0.5},
        },
        "text": [f"{name}<br>{text}" for name in one.island_names],
        "customdata": [home.href if home else None] * len(one.island_names),
        "hovertemplate": "%{text}<extra></extra>",
    }


def _name(one: Archipelago, geo: str, scheme: Scheme) -> Figure:
    longitudes, latitudes = one.frame
    return {
        "type": "scattergeo",
        "name": f"{one.code}-name",
        "geo": geo,
        "mode": "text",
        "lon": [(min(longitudes) + max(longitudes)) / 2],
        "lat": [min(latitudes) - 0.35],
        "text": [one.name.replace("Quần đảo ", "QĐ. ")],
        "textfont": {"size": 12, "color": colours(scheme)["ink-2"]},
        "textposition": "middle center",
        "hoverinfo": "skip",
    }
