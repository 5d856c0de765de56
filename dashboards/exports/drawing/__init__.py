"""Charts as vector drawings, for pages and pictures: the same look as on the screen, on paper.

`drawn(chart, width, height)` gives a ReportLab drawing, which a PDF takes as vectors and
picture.py as SVG or pixels. No browser is started for it: a chart takes milliseconds.
"""

from collections.abc import Sequence

from reportlab.graphics.shapes import Drawing

from dashboards.exports.drawing.bars import THICKEST, TITLE_ROOM, draw_bars
from dashboards.exports.drawing.map import draw_map
from dashboards.exports.drawing.points import draw_points
from dashboards.exports.exhibit import Bars, Chart, Points

__all__ = ["drawn", "natural_height"]


def natural_height(charts: Sequence[Chart], width: float) -> float:
    """How high charts side by side should be, if together they are so wide."""
    heights = []
    for chart in charts:
        if isinstance(chart, Points):
            heights.append(width * 0.46)
        elif isinstance(chart, Bars):
            heights.append(TITLE_ROOM + THICKEST * len(chart.labels))
        else:
            heights.append(width * 0.64)
    return max(heights)


def drawn(chart: Chart, width: float, height: float) -> Drawing:
    """A chart as large as asked, in points."""
    sheet = Drawing(width, height)
    if isinstance(chart, Points):
        draw_points(sheet, chart)
    elif isinstance(chart, Bars):
        draw_bars(sheet, chart)
    else:
        draw_map(sheet, chart)
    return sheet
