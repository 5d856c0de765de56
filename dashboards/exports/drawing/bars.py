"""Lines in an order as bars, each with its name before and its value behind it."""

from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color

from dashboards.exports.drawing.pen import box, fitted, ink, width_of, write
from dashboards.exports.exhibit import Bars

TITLE_ROOM = 16.0
THICKEST = 22.0
NAMES_SHARE = 0.46


def draw_bars(sheet: Drawing, chart: Bars) -> None:
    """All bars begin at 0."""
    top = sheet.height - TITLE_ROOM
    write(sheet, 0, top + 4, fitted(chart.title, sheet.width, 9), 9, bold=True, colour="ink")
    pitch = min(THICKEST, top / max(len(chart.labels), 1))
    size = min(8.5, pitch * 0.62)
    names = min(max(width_of(name, size) for name in chart.labels), sheet.width * NAMES_SHARE) + 6
    texts = max(width_of(text, size) for text in chart.texts) + 6
    reach = sheet.width - names - texts
    for place, name in enumerate(chart.labels):
        y = top - pitch * (place + 1)
        length = reach * max(chart.values[place], 0.0) / (chart.most or 1.0)
        box(sheet, names, y + pitch * 0.18, max(length, 0.5), pitch * 0.64, colour_of(chart, place))
        line = y + pitch / 2 - size * 0.35
        write(sheet, names - 6, line, fitted(name, names - 6, size), size, anchor="end")
        write(sheet, names + length + 4, line, chart.texts[place], size, colour="ink")


def colour_of(chart: Bars, place: int) -> Color:
    """The verdict's colour, or that of a series where nothing is judged."""
    status = chart.statuses[place]
    return ink(f"{status}-fill") if status else ink("series-1")
