"""A metric over time in one area: what was, what was promised, and what is not over yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.charts.frame import Figure, empty, layout, safe_label
from dashboards.text import Words
from dashboards.theme import Scheme, colours
from domain.period import Grain, ReportingCalendar, Span, label

MOST_MARKERS = 48
FEWEST = 6


@dataclass(frozen=True)
class Event:
    """Something that changed what the numbers mean: a day and a short text, with its law."""

    day: date
    text: str


@dataclass(frozen=True)
class TrendLook:
    """How to draw: language, colours, the grain, the days that are selected, what happened."""

    words: Words
    scheme: Scheme
    grain: Grain
    reporting: ReportingCalendar = ReportingCalendar.MONTH
    selected: Span | None = None
    events: tuple[Event, ...] = ()


def trend(cells: Sequence[Cell], look: TrendLook) -> Figure:
    """The figure of one metric's periods, oldest first, gaps included.

    Traces: "value" the finished periods (a gap breaks the line), "open" the running period,
    dashed, joined to the last finished one; "reported" figures printed elsewhere, hollow;
    "target" as steps. Without any value: a figure that says so.
    """
    cells = _since_the_first(cells)
    if not cells:
        return empty(look.scheme, look.words)
    computed = [cell for cell in cells if not cell.reported]
    printed = [cell for cell in cells if cell.reported and cell.value is not None]
    traces = [
        _target_line(_one_per_period(cells), look),
        _value_line(computed, look),
        _open_line(computed, look),
        _printed_points(printed, look),
    ]
    figure: Figure = {"data": [trace for trace in traces if trace], "layout": _sheet(cells, look)}
    figure["layout"]["annotations"] = [
        *_labels(_one_per_period(cells), look),
        *_event_labels(cells, look),
    ]
    return figure


def _since_the_first(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The cells from the first one with a value on, but a few periods in any case."""
    known = [index for index, cell in enumerate(cells) if cell.value is not None]
    return cells[min(known[0], max(len(cells) - FEWEST, 0)) :] if known else ()


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
        "hovertemplate": "%{text}<extra></extra>",
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
        "hovertemplate": "%{text}<extra></extra>",
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


def _one_per_period(cells: Sequence[Cell]) -> list[Cell]:
    """The first cell of each period: the computed one where there is one."""
    first: dict[date, Cell] = {}
    for cell in cells:
        first.setdefault(cell.period.start, cell)
    return list(first.values())


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
    if cell.reported:
        lines.append(say("mark.reported"))
        lines.append(safe_label(cell.citation or ""))
    return "<br>".join(line for line in lines if line)


def _sheet(cells: Sequence[Cell], look: TrendLook) -> Figure:
    sheet = layout(look.scheme, look.words.language)
    colour = colours(look.scheme)
    unit = cells[0].unit
    sheet["margin"] = {"l": 8, "r": 76, "t": 34 if look.events else 14, "b": 8, "pad": 0}
    sheet["xaxis"].update(_time_axis(cells, look))
    sheet["yaxis"]["ticksuffix"] = ("\u00a0%" if look.words.language == "vi" else "%") * (
        unit == "percent"
    )
    sheet["yaxis"].update(_value_axis(cells))
    sheet["shapes"] = [*_selection_band(look, colour), *_event_rules(cells, look, colour)]
    return sheet


def _time_axis(cells: Sequence[Cell], look: TrendLook) -> Figure:
    first, last = cells[0].period, cells[-1].period
    pad = (last.start - first.start) / 60
    return {
        "type": "date",
        "range": [(first.start - pad).isoformat(), (last.start + pad).isoformat()],
        "tickformat": _TICKS[look.grain][0],
        "nticks": 9,
        **_TICKS[look.grain][1],
    }


_TICKS: dict[Grain, tuple[str, Figure]] = {
    Grain.DAY: ("%d/%m", {}),
    Grain.WEEK: ("%d/%m/%y", {}),
    Grain.MONTH: ("%m/%y", {}),
    Grain.QUARTER: ("%m/%y", {}),
    Grain.YEAR: ("%Y", {"dtick": "M12"}),
}


def _value_axis(cells: Iterable[Cell]) -> Figure:
    """Counts start at 0; a rate shows its own range, and never beyond 100."""
    cells = list(cells)
    values = [v for cell in cells for v in (cell.value, cell.target) if v is not None]
    if cells[0].unit != "percent":
        return {
            "rangemode": "tozero",
            "nticks": 5,
            "tickformat": ",~d" if max(values) >= 10 else "",
        }
    low, high = min(values), max(values)
    room = max((high - low) * 0.15, 1.0)
    top = high + room if high > 100 else min(high + room, 100.5)
    return {"range": [max(low - room, 0.0), top], "nticks": 5}


def _selection_band(look: TrendLook, colour: Any) -> list[Figure]:
    if look.selected is None:
        return []
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": look.selected.start.isoformat(),
            "x1": look.selected.last_day.isoformat(),
            "y0": 0,
            "y1": 1,
            "fillcolor": colour["hover"],
            "line": {"width": 0},
        }
    ]


def _event_rules(cells: Sequence[Cell], look: TrendLook, colour: Any) -> list[Figure]:
    return [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": event.day.isoformat(),
            "x1": event.day.isoformat(),
            "y0": 0,
            "y1": 1.02,
            "line": {"color": colour["ink-3"], "width": 1},
        }
        for event in _events_within(cells, look)
    ]


def _event_labels(cells: Sequence[Cell], look: TrendLook) -> list[Figure]:
    middle = cells[len(cells) // 2].period.start
    return [
        {
            "text": safe_label(event.text),
            "x": event.day.isoformat(),
            "xref": "x",
            "xanchor": "left" if event.day <= middle else "right",
            "y": 1.02,
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 12, "color": colours(look.scheme)["ink-3"]},
        }
        for event in _events_within(cells, look)
    ]


def _events_within(cells: Sequence[Cell], look: TrendLook) -> list[Event]:
    whole = Span(cells[0].period.start, cells[-1].period.end)
    return [event for event in look.events if whole.contains(event.day)]


def _labels(cells: Sequence[Cell], look: TrendLook) -> list[Figure]:
    """The last value and the last target, written where the lines end."""
    say, language = look.words, look.words.language
    colour = colours(look.scheme)
    labels: list[tuple[float, str, str, str]] = []
    known = [cell for cell in cells if cell.value is not None]
    if known:
        last = known[-1]
        text = f"<b>{fmt.shown(last.value, last.unit, language)}</b>"
        text += f"<br>{say('mark.open')}" if last.open else ""
        labels.append((last.value or 0.0, last.period.start.isoformat(), text, colour["series-1"]))
    promised = [cell for cell in cells if cell.target is not None]
    if promised:
        goal = promised[-1]
        text = f"{say('trend.target_short')}<br>{fmt.goal(goal.target, goal.unit, language)}"
        labels.append((goal.target or 0.0, goal.period.start.isoformat(), text, colour["ink-3"]))
    return [_end_label(one, _is_upper(one[0], labels)) for one in labels]


def _is_upper(value: float, labels: list[tuple[float, str, str, str]]) -> bool:
    return value >= max(label[0] for label in labels)


def _end_label(label: tuple[float, str, str, str], is_upper: bool) -> Figure:
    value, day, text, colour = label
    return {
        "x": day,
        "y": value,
        "text": text,
        "xanchor": "left",
        "yanchor": "bottom" if is_upper else "top",
        "xshift": 10,
        "align": "left",
        "showarrow": False,
        "font": {"size": 12, "color": colour},
    }
