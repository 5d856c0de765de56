"""What the colours of a map mean, with how many areas have each."""

from collections.abc import Sequence

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.charts.map import STATUSES, scale
from dashboards.components.markup import Tree, tag
from dashboards.text import Words


def legend(cells: Sequence[Cell], unit: str, words: Words) -> list[Tree]:
    """Verdicts with their shapes, or the classes of an amount; and how many have no data."""
    edges = scale(cells).edges
    missing = sum(cell.value is None for cell in cells)
    found = _verdicts(cells, words) if edges is None else [_classes(edges, unit, words)]
    return [*found, *([_missing(missing, words)] if missing else [])]


def _verdicts(cells: Sequence[Cell], words: Words) -> list[Tree]:
    known = [cell.status for cell in cells if cell.value is not None]
    return [
        tag(
            "span",
            tag("span", cls=f"ioc-status__mark ioc-status__mark--{status}", aria_hidden="true"),
            words(f"status.{status}"),
            tag("b", str(known.count(status)), cls="ioc-legend__count"),
            cls="ioc-legend__item",
            role="listitem",
        )
        for status in STATUSES
        if status in known
    ]


def _classes(edges: Sequence[float], unit: str, words: Words) -> Tree:
    """`≤ 1.200`, `≤ 3.400` …, and at last `> 9.800`."""
    names = [f"≤\u00a0{fmt.figure(edge, unit, words.language)}" for edge in edges]
    names += [f">\u00a0{fmt.figure(edge, unit, words.language)}" for edge in edges[-1:]]
    steps = [
        tag("span", name, cls=f"ioc-legend__step ioc-legend__step--{index}")
        for index, name in enumerate(names, start=1)
    ]
    return tag("span", *steps, cls="ioc-legend__ramp", role="listitem")


def _missing(count: int, words: Words) -> Tree:
    return tag(
        "span",
        tag("span", cls="ioc-legend__none", aria_hidden="true"),
        words("value.none"),
        tag("b", str(count), cls="ioc-legend__count"),
        cls="ioc-legend__item",
        role="listitem",
    )
