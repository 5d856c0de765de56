"""What a trend is drawn on: axes, the days selected, what happened, words where lines end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.charts.frame import Figure, layout, safe_label
from dashboards.text import Words
from dashboards.theme import Scheme, colours
from domain.period import Grain, ReportingCalendar, Span

HEADROOM = 1.06


@dataclass(frozen=True)
class Event:
    """Something that changed what the numbers mean: a day and a short text, with its law.

    What lasted ends before `until`.
    """

    day: date
    text: str
    until: date | None = None


@dataclass(frozen=True)
class TrendLook:
    """How to draw: language, colours, the grain, the days that are selected, what happened.

    `before` are the periods a year before those drawn, one for each; `hrefs` where a click on a
    period leads, by its first day.
    """

    words: Words
    scheme: Scheme
    grain: Grain
    reporting: ReportingCalendar = ReportingCalendar.MONTH
    selected: Span | None = None
    events: tuple[Event, ...] = ()
    before: tuple[Cell, ...] = ()
    hrefs: Mapping[date, str] = field(default_factory=dict)


def trend_sheet(cells: Sequence[Cell], look: TrendLook) -> Figure:
    """The layout of a trend, without its annotations."""
    sheet = layout(look.scheme, look.words.language)
    colour = colours(look.scheme)
    unit = cells[0].unit
    top = _headroom(_events_within(cells, look))
    sheet["margin"] = {"l": 8, "r": 76, "t": top, "b": 8, "pad": 0}
    sheet["xaxis"].update(_time_axis(cells, look))
    sheet["yaxis"]["ticksuffix"] = ("\u00a0%" if look.words.language == "vi" else "%") * (
        unit == "percent"
    )
    drawn = [*cells, *look.before]
    sheet["yaxis"].update(value_axis(drawn))
    # Plotly keeps the range of the figure before where a new one leaves it open.
    sheet["yaxis"].setdefault("range", _whole_range(drawn))
    sheet["shapes"] = [*_selection_band(look, colour), *_event_rules(cells, look, colour)]
    return sheet


def _headroom(events: Sequence[Event]) -> int:
    """Room for what is written above: two lines of one event, or the numbers of several."""
    return {0: 14, 1: 58}.get(len(events), 32)


def _time_axis(cells: Sequence[Cell], look: TrendLook) -> Figure:
    first, last = cells[0].period, cells[-1].period
    pad = (last.start - first.start) / 60
    return {
        "type": "date",
        "range": [(first.start - pad).isoformat(), (last.start + pad).isoformat()],
        "tickformat": _TICKS[look.grain][0],
        "nticks": 7,
        "tickangle": 0,
        **_TICKS[look.grain][1],
    }


_TICKS: dict[Grain, tuple[str, Figure]] = {
    Grain.DAY: ("%d/%m", {}),
    Grain.WEEK: ("%d/%m/%y", {}),
    Grain.MONTH: ("%m/%y", {}),
    Grain.QUARTER: ("%m/%y", {}),
    Grain.YEAR: ("%Y", {"dtick": "M12"}),
}


def _whole_range(cells: Iterable[Cell]) -> list[float]:
    """From 0, or from what is below it, to a little above all values and targets."""
    values = [v for cell in cells for v in (cell.value, cell.target) if v is not None]
    return [min(*values, 0.0), max(*values, 1.0) * HEADROOM]


def value_axis(cells: Iterable[Cell]) -> Figure:
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
    events = _events_within(cells, look)
    rules = [
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
        for event in events
    ]
    return [*[_lasting(event, event.until, colour) for event in events if event.until], *rules]


def _lasting(event: Event, until: date, colour: Any) -> Figure:
    """The days of something that lasted, shaded."""
    return {
        "type": "rect",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": event.day.isoformat(),
        "x1": until.isoformat(),
        "y0": 0,
        "y1": 1,
        "fillcolor": colour["line"],
        "line": {"width": 0},
    }


def event_labels(cells: Sequence[Cell], look: TrendLook) -> list[Figure]:
    """What happened, written above the rule of its day; of several only their numbers."""
    middle = cells[len(cells) // 2].period.start
    events = _events_within(cells, look)
    texts = {events[0].day: safe_label(events[0].text)} if len(events) == 1 else _numbers(events)
    return [
        {
            "text": text.replace("\n", "<br>"),
            "align": "left",
            "x": day.isoformat(),
            "xref": "x",
            "xanchor": "center" if len(events) > 1 else "left" if day <= middle else "right",
            "y": 1.02,
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 12, "color": colours(look.scheme)["ink-3"]},
        }
        for day, text in texts.items()
    ]


def _numbers(events: Sequence[Event]) -> dict[date, str]:
    """The places of events in the list below the chart, by day."""
    found: dict[date, str] = {}
    for number, event in enumerate(events, start=1):
        before = f"{found[event.day]}, " if event.day in found else ""
        found[event.day] = f"{before}{number}"
    return found


def events_within(cells: Sequence[Cell], events: Sequence[Event]) -> list[Event]:
    """The events that a chart of some cells shows, the oldest first; one under way begins there."""
    if not cells:
        return []
    whole = Span(cells[0].period.start, cells[-1].period.end)
    begun = (
        replace(event, day=whole.start)
        if event.until and event.day < whole.start < event.until
        else event
        for event in events
    )
    return sorted((event for event in begun if whole.contains(event.day)), key=lambda e: e.day)


def _events_within(cells: Sequence[Cell], look: TrendLook) -> list[Event]:
    return events_within(cells, look.events)


def end_labels(cells: Sequence[Cell], look: TrendLook) -> list[Figure]:
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
    return [_end_label(one, _is_upper(place, labels)) for place, one in enumerate(labels)]


def _is_upper(place: int, labels: list[tuple[float, str, str, str]]) -> bool:
    """Whether a label stands above its line: of two that are as high, only the first."""
    heights = [label[0] for label in labels]
    return place == heights.index(max(heights))


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
