"""What happened, as a list under its chart: what a chart shows as a line is read here."""

from collections.abc import Sequence

from dashboards.charts.trend_sheet import Event
from dashboards.components.markup import Tree, tag
from dashboards.text import Words


def event_list(events: Sequence[Event], words: Words) -> list[Tree]:
    """The events of a chart, numbered as on it; nothing where there are none."""
    if not events:
        return []
    items = [tag("li", event.text.replace("\n", " ")) for event in events]
    return [tag("ol", *items, cls="ioc-events", aria_label=words("trend.events"))]
