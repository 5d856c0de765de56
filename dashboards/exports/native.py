"""Charts that PowerPoint draws itself from numbers one can edit: lines and bars."""

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.chart import XL_TICK_LABEL_POSITION as LABELS
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from dashboards.exports.drawing.points import bounds_of
from dashboards.exports.exhibit import Bars, Points
from dashboards.theme import colours

MOST_NAMES = 9


def rgb(token: str) -> RGBColor:
    """A colour of the light scheme."""
    found: RGBColor = RGBColor.from_string(colours("light")[token].removeprefix("#").upper())
    return found


def value_format(decimals: int) -> str:
    """How values are shown: whole, or with so many digits."""
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")


def add_lines(shapes: Any, chart: Points, place: tuple[int, int, int, int], size: float) -> None:
    """A line with its target; the running period is dashed and hollow. `size` is in points."""
    data = CategoryChartData(number_format=value_format(chart.decimals))
    data.categories = chart.labels
    data.add_series(chart.value_name, chart.values)
    if chart.has_targets:
        data.add_series(chart.target_name, chart.targets)
    if chart.has_printed:
        data.add_series(chart.printed_name, chart.printed)
    drawn = shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data).chart
    _axes(drawn, size)
    _thin_out(drawn.category_axis, len(chart.labels))
    low, high, step = bounds_of(chart)
    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = low, high, step
    axis.tick_labels.number_format = "#,##0.##" if step < 1 else "#,##0"
    axis.tick_labels.number_format_is_linked = False
    axis.major_gridlines.format.line.color.rgb = rgb("grid-line")
    drawn.has_legend = chart.has_targets or chart.has_printed
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.include_in_layout = False
        drawn.legend.font.size = Pt(size)
    series = list(drawn.plots[0].series)
    _value_line(series[0], chart, size)
    for one in series[1:]:
        is_target = one.name == chart.target_name
        (_target_line if is_target else _printed_points)(one)


def _axes(drawn: Any, size: float) -> None:
    drawn.has_title = False
    drawn.font.size = Pt(size)
    drawn.font.color.rgb = rgb("ink-2")
    drawn.value_axis.format.line.fill.background()
    drawn.category_axis.format.line.color.rgb = rgb("line-strong")
    drawn.category_axis.tick_label_position = LABELS.LOW


def _thin_out(axis: Any, count: int) -> None:
    """Names under some periods only; python-pptx has no word for it."""
    every = str(-(-count // MOST_NAMES))
    element = axis._element
    for name in ("c:tickLblSkip", "c:tickMarkSkip"):
        skip = OxmlElement(name)
        skip.set("val", every)
        element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _value_line(series: Any, chart: Points, size: float) -> None:
    series.smooth = False
    series.format.line.color.rgb = rgb("series-1")
    series.format.line.width = Pt(2.5)
    _marker(series.marker, "series-1", 6)
    known = [place for place, value in enumerate(chart.values) if value is not None]
    if chart.opens is not None and chart.values[chart.opens] is not None:
        point = series.points[chart.opens]
        point.format.line.color.rgb = rgb("series-1")
        point.format.line.dash_style = MSO_LINE.ROUND_DOT
        _marker(point.marker, "series-1", 8, hollow=True)
    if known:
        label = series.points[known[-1]].data_label
        label.position = XL_LABEL_POSITION.ABOVE
        label.font.size, label.font.bold = Pt(size + 2), True
        label.font.color.rgb = rgb("series-1")
        _show_value(label)


def _show_value(label: Any) -> None:
    """A label of one point tells its value, which python-pptx leaves to the label's own XML."""
    held = label._get_or_add_dLbl()
    for name in ("showLegendKey", "showCatName", "showSerName", "showPercent", "showBubbleSize"):
        found = held.find(f"{{*}}{name}")
        if found is not None:
            found.set("val", "0")
    held.find("{*}showVal").set("val", "1")


def _target_line(series: Any) -> None:
    series.smooth = False
    series.format.line.color.rgb = rgb("ink-3")
    series.format.line.width = Pt(1.5)
    series.format.line.dash_style = MSO_LINE.DASH
    series.marker.style = XL_MARKER_STYLE.NONE


def _printed_points(series: Any) -> None:
    series.format.line.fill.background()
    _marker(series.marker, "ink-3", 7, style=XL_MARKER_STYLE.DIAMOND)


def _marker(
    marker: Any,
    token: str,
    size: int,
    *,
    hollow: bool = False,
    style: Any = XL_MARKER_STYLE.CIRCLE,
) -> None:
    marker.style, marker.size = style, size
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = RGBColor(255, 255, 255) if hollow else rgb(token)
    marker.format.line.color.rgb = rgb(token)


def add_bars(shapes: Any, chart: Bars, place: tuple[int, int, int, int], size: float) -> None:
    """Bars in order from the top, each with its value and the colour of its verdict."""
    data = CategoryChartData(number_format=value_format(chart.decimals))
    data.categories = chart.labels
    data.add_series(chart.value_name, chart.values)
    drawn = shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place, data).chart
    _axes(drawn, size)
    drawn.has_legend = False
    drawn.category_axis.reverse_order = True
    drawn.category_axis.format.line.fill.background()
    drawn.category_axis.tick_labels.font.size = Pt(size)
    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale = 0, chart.most * 1.16 or 1
    axis.visible, axis.has_major_gridlines = False, False
    plot = drawn.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = value_format(chart.decimals), False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(size)
    labels.font.color.rgb = rgb("ink")
    for point, status in enumerate(chart.statuses):
        fill = plot.series[0].points[point].format.fill
        fill.solid()
        fill.fore_color.rgb = rgb(f"{status}-fill" if status else "series-1")
