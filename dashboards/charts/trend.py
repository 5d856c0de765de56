"""A metric over time in one area: what was, what was promised, and what is not over yet."""

from collections.abc import Sequence
from dataclasses import replace

from dashboards import format as fmt
from dashboards.cells import Cell, one_per_period
from dashboards.charts.frame import Figure, empty, safe_label
from dashboards.charts.trend_sheet import (
    Event,
    TrendLook,
    end_labels,
    event_labels,
    trend_sheet,
)
from dashboards.theme import colours
from domain.period import label

__all__ = ["Event", "TrendLook", "trend"]

MOST_MARKERS = 48
FEWEST = 6


def trend(cells: Sequence[Cell], look: TrendLook) -> Figure:
    """The figure of one metric's periods, oldest first, gaps included.

    Traces: "value" the finished periods (a gap breaks the line), "open" the running period,
    dashed, joined to the last finished one; "reported" figures printed elsewhere, hollow;
    "target" as steps; "before" a year earlier, dotted, where the days selected are. Without any
    value: a figure that says so.
    """
    cells = since_the_first(cells)
    if not cells:
        return empty(look.scheme, look.words)
    look = replace(look, before=_fitting(cells, look))
    computed = [cell for cell in cells if not cell.reported]
    printed = [cell for cell in cells if cell.reported and cell.value is not None]
    traces = [
        _target_line(one_per_period(cells), look),
        _before_line(one_per_period(cells), look),
        _value_line(computed, look),
        _open_line(computed, look),
        _printed_points(printed, look),
    ]
    figure: Figure = {
        "data": [trace for trace in traces if trace],
        "layout": trend_sheet(cells, look),
    }
    figure["layout"]["annotations"] = [
        *end_labels(one_per_period(cells), look),
        *event_labels(cells, look),
        *_before_label(one_per_period(cells), look),
    ]
    return figure


def since_the_first(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells from the first one with a value on, but a few periods in any case."""
    known = [index for index, cell in enumerate(cells) if cell.value is not None]
    return cells[min(known[0], max(len(cells) - FEWEST, 0)) :] if known else ()


def _fitting(cells: Sequence[Cell], look: TrendLook) -> tuple[Cell, ...]:
    """What is a year before each of the periods drawn; none where they are not as many."""
    count = len(one_per_period(cells))
    return look.before[-count:] if len(look.before) >= count else ()


def _pairs(cells: Sequence[Cell], look: TrendLook) -> list[tuple[Cell, Cell]]:
    """The periods under the days selected, each with the one a year earlier."""
    start = look.selected.start if look.selected else cells[0].period.start
    found = zip(cells, look.before, strict=False)
    return [(cell, before) for cell, before in found if cell.period.end > start]


def _before_label(cells: Sequence[Cell], look: TrendLook) -> list[Figure]:
    """What the dotted line is, where it begins."""
    told = [(cell, before) for cell, before in _pairs(cells, look) if before.value is not None]
    if len(told) < FEWEST:
        return []
    cell, before = told[0]
    below = cell.value is not None and (before.value or 0.0) < cell.value
    return [
        {
            "x": cell.period.start.isoformat(),
            "y": before.value,
            "text": look.words("trend.before"),
            "xanchor": "left",
            "yanchor": "top" if below else "bottom",
            "showarrow": False,
            "font": {"size": 12, "color": colours(look.scheme)["ink-3"]},
        }
    ]


def _before_line(cells: Sequence[Cell], look: TrendLook) -> Figure | None:
    """A year earlier, under the days selected."""
    pairs = _pairs(cells, look)
    if all(before.value is None for _, before in pairs):
        return None
    return {
        "type": "scatter",
        "name": "before",
        "mode": "lines",
        "x": [cell.period.start.isoformat() for cell, _ in pairs],
        "y": [before.value for _, before in pairs],
        "connectgaps": False,
        "line": {"color": colours(look.scheme)["series-past"], "width": 1.5, "dash": "dot"},
        "text": [_hover(before, look) for _, before in pairs],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _value_line(cells: Sequence[Cell], look: TrendLook) -> Figure | None:
    done = [cell for cell in cells if not cell.open]
    if not done:
        return None
    colour = colours(look.scheme)["series-1"]
    return {
        "type": "scatter",
        "name": "value",
        "mode": "lines+markers" if len(done) <= MOST_MARKERS else "lines",
        "x": [cell.period.start.isoformat() for cell in done],
        "y": [cell.value for cell in done],
        "connectgaps": False,
        "line": {"color": colour, "width": 2.5},
        "marker": {"color": colour, "size": 6},
        "text": [_hover(cell, look) for cell in done],
        "customdata": [look.hrefs.get(cell.period.start) for cell in done],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }


def _open_line(cells: Sequence[Cell], look: TrendLook) -> Figure | None:
    """The running period, dashed from the last finished one if that has a value."""
    running = [cell for cell in cells if cell.open and cell.value is not None]
    if not running:
        return None
    before = [cell for cell in cells if not cell.open][-1:]
    drawn = [cell for cell in before if cell.value is not None] + running
    colour = colours(look.scheme)
    return {
        "type": "scatter",
        "name": "open",
        "mode": "lines+markers",
        "x": [cell.period.start.isoformat() for cell in drawn],
        "y": [cell.value for cell in drawn],
        "line": {"color": colour["series-1"], "width": 2, "dash": "dot"},
        "marker": {
            "color": colour["surface"],
            "size": [0 if not cell.open else 9 for cell in drawn],
            "line": {"color": colour["series-1"], "width": 2},
        },
        "text": [_hover(cell, look) for cell in drawn],
        "customdata": [look.hrefs.get(cell.period.start) for cell in drawn],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }


def _printed_points(cells: Sequence[Cell], look: TrendLook) -> Figure | None:
    if not cells:
        return None
    colour = colours(look.scheme)
    return {
        "type": "scatter",
        "name": "reported",
        "mode": "markers",
        "x": [cell.period.start.isoformat() for cell in cells],
        "y": [cell.value for cell in cells],
        "marker": {
            "symbol": "diamond-open",
            "size": 12,
            "color": colour["ink-2"],
            "line": {"color": colour["ink-2"], "width": 2},
        },
        "text": [_hover(cell, look) for cell in cells],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }


def _target_line(cells: Sequence[Cell], look: TrendLook) -> Figure | None:
    """The target as steps, held to the end of the last period it is valid in."""
    if not any(cell.target is not None for cell in cells):
        return None
    days = [cell.period.start.isoformat() for cell in cells]
    return {
        "type": "scatter",
        "name": "target",
        "mode": "lines",
        "x": days,
        "y": [cell.target for cell in cells],
        "connectgaps": False,
        "line": {
            "color": colours(look.scheme)["ink-3"],
            "width": 1.5,
            "dash": "4px,3px",
            "shape": "hv",
        },
        "hoverinfo": "skip",
    }


def _hover(cell: Cell, look: TrendLook) -> str:
    """Period, value, what it was made of, and every reservation about it."""
    say, language = look.words, look.words.language
    lines = [
        label(cell.period, look.grain, language, look.reporting),
        f"<b>{fmt.shown(cell.value, cell.unit, language)}</b>",
    ]
    if parts := fmt.fraction(cell.numerator, cell.denominator, language):
        lines.append(parts)
    if cell.target is not None and not cell.open:
        lines.append(say("trend.target", target=fmt.goal(cell.target, cell.unit, language)))
    if cell.open:
        lines.append(say("mark.open"))
    if cell.estimated:
        lines.append(say("mark.estimated"))
    if cell.averaged:
        lines.append(say("mark.averaged"))
    if cell.reported:
        lines.append(say("mark.reported"))
        lines.append(safe_label(cell.citation or ""))
    return "<br>".join(line for line in lines if line)
