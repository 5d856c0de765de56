"""How many areas have how much: one metric's values over areas, in classes of equal width."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.charts.frame import Figure, empty, layout
from dashboards.text import Words
from dashboards.theme import Scheme, colours

WIDTHS = (1.0, 2.0, 2.5, 5.0, 10.0)
CLASSES = 12
HEADROOM = 1.12


@dataclass(frozen=True)
class Class:
    """One class of values, from `low` up to `high`, with how many areas lie in it.

    The last class holds its upper end, too.
    """

    low: float
    high: float
    count: int


def classes(values: Sequence[float]) -> list[Class]:
    """Classes of a round width that hold every value, about a dozen at most, low to high."""
    if not values:
        return []
    low, high = min(values), max(values)
    width = _round_width((high - low) / CLASSES)
    first = floor(round(low / width, 6))
    last = max(ceil(round(high / width, 6)), first + 1)
    places = [min(floor(round(value / width, 6)), last - 1) for value in values]
    return [
        Class(round(n * width, 6), round((n + 1) * width, 6), places.count(n))
        for n in range(first, last)
    ]


def _round_width(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below."""
    if least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(least))
    return next(power * width for width in WIDTHS if power * width >= least)


def distribution(cells: Sequence[Cell], whole: Cell, words: Words, scheme: Scheme) -> Figure:
    """Columns of areas by class; of a rate with its target and the value of the whole as lines.

    Traces: "areas". Without any value a figure that says so.
    """
    found = classes([cell.value for cell in cells if cell.value is not None])
    if not found:
        return empty(scheme, words)
    sheet = layout(scheme, words.language)
    colour, unit, language = colours(scheme), whole.unit, words.language
    sheet["margin"] |= {"t": 42, "l": 16, "r": 16}
    sheet["yaxis"] |= {"visible": False, "range": [0, HEADROOM * max(one.count for one in found)]}
    sheet["xaxis"] |= {"ticksuffix": _sign(unit, language), "nticks": 8, "tickangle": 0}
    target = (whole.target, words("trend.target_short"), colour["ink-3"])
    marks = (target, (whole.value, words("distribution.whole"), colour["ink"]))
    told = [(value, text, ink) for value, text, ink in marks if value is not None]
    told *= whole.denominator is not None  # the count of a whole is far from those of its parts
    ends = [found[0].low, found[-1].high, *(value for value, _, _ in told)]
    sheet["xaxis"]["range"] = [min(ends), max(ends)]
    sheet["shapes"] = [_line(value, ink) for value, _, ink in told]
    sheet["annotations"] = [
        _label(value, f"{text} {_shown(value, whole, language)}", ink, row)
        | {"xanchor": _anchor((value - min(ends)) / (max(ends) - min(ends)))}
        for row, (value, text, ink) in enumerate(told)
    ]
    return {"data": [_columns(found, unit, words, scheme)], "layout": sheet}


def _shown(value: float, whole: Cell, language: str) -> str:
    """A target as it was decided, a value with the digits of its unit."""
    told = fmt.goal if value == whole.target else fmt.shown
    return told(value, whole.unit, language)


def _sign(unit: str, language: str) -> str:
    return ("\u00a0%" if language == "vi" else "%") if unit == "percent" else ""


def _columns(found: Sequence[Class], unit: str, words: Words, scheme: Scheme) -> Figure:
    colour, language = colours(scheme), words.language
    return {
        "type": "bar",
        "name": "areas",
        "x": [(one.low + one.high) / 2 for one in found],
        "y": [one.count for one in found],
        "width": [one.high - one.low for one in found],
        "marker": {"color": colour["series-1"], "line": {"color": colour["surface"], "width": 1}},
        "text": [str(one.count) if one.count else "" for one in found],
        "textposition": "outside",
        "textfont": {"size": 12, "color": colour["ink-2"]},
        "cliponaxis": False,
        "hovertext": [
            words(
                "distribution.hover",
                low=fmt.goal(one.low, unit, language),
                high=fmt.goal(one.high, unit, language),
                count=one.count,
            )
            for one in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _line(value: float, colour: str) -> Figure:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": value,
        "x1": value,
        "y0": 0,
        "y1": 1.02,
        "line": {"color": colour, "width": 1.5, "dash": "4px,3px"},
    }


def _anchor(place: float) -> str:
    """Where a word holds on to its line: inwards near either end, so that no screen cuts it."""
    return "left" if place < 1 / 3 else "right" if place > 2 / 3 else "center"


def _label(value: float, text: str, colour: str, row: int) -> Figure:
    """A word above its line; two of them stand on two rows, so that neither hides the other."""
    return {
        "x": value,
        "y": 1.02,
        "xref": "x",
        "yref": "paper",
        "text": text,
        "yanchor": "bottom",
        "yshift": 18 * row,
        "showarrow": False,
        "font": {"size": 12, "color": colour},
    }
