"""One value beside others: the period before, last year, its target, the area above, its peers."""

from collections.abc import Sequence

from dashboards import format as fmt
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.table import table
from dashboards.text import Words
from metrics.catalogue import Metric
from metrics.compare import Compared

ARROWS = {1: "up", -1: "down", 0: "flat"}


def comparisons_table(metric: Metric, found: Sequence[Compared], words: Words) -> Tree:
    """A line for each comparison; what cannot be compared says why."""
    columns = [
        (words("against.with"), False),
        (words("against.now"), True),
        (words("against.other"), True),
        (words("against.difference"), True),
        (words("against.note"), False),
    ]
    rows = [_row(metric, one, words) for one in found]
    return table(words("against.title"), columns, rows, "ioc-table--sticky")


def _row(metric: Metric, one: Compared, words: Words) -> list[Content]:
    language = words.language
    name = tag(
        "span",
        words(f"against.{one.basis}"),
        tag("small", f" {(one.obstacle or one.with_what)[language]}", cls="ioc-against__what"),
    )
    if one.obstacle is not None:
        return [name, fmt.shown(one.value, metric.unit, language), fmt.MISSING, fmt.MISSING, ""]
    return [
        name,
        fmt.shown(one.value, metric.unit, language),
        fmt.shown(one.other, metric.unit, language),
        _difference(metric, one, words),
        _note(one, words),
    ]


def _difference(metric: Metric, one: Compared, words: Words) -> Content:
    """How far the two are apart, with a sign and whether that is good."""
    language = words.language
    if one.share is not None:
        return words("against.share", share=fmt.shown(one.share, "percent", language))
    if one.difference is None:
        return fmt.MISSING
    decimals = fmt.DECIMALS.get(metric.unit, 0)
    text = fmt.signed(round(one.difference, decimals), decimals, language)
    if metric.unit == "percent":
        text = words("change.points", amount=text)
    if one.change is not None:
        text += f" ({words('change.percent', amount=fmt.signed(one.change, 1, language))})"
    rounded = round(one.difference, decimals)
    sign = (rounded > 0) - (rounded < 0)
    judged = {True: "better", False: "worse", None: "neutral"}[one.is_better if sign else None]
    return tag(
        "span",
        tag("span", cls="ioc-change__arrow", aria_hidden="true"),
        tag("span", text, cls="ioc-change__amount"),
        cls=f"ioc-change ioc-change--{ARROWS[sign]} ioc-change--{judged}",
    )


def _note(one: Compared, words: Words) -> str:
    told = []
    if one.rank is not None:
        told.append(words("against.rank", rank=one.rank, of=one.of or 0))
    if one.caveat is not None:
        told.append(one.caveat[words.language])
    return " · ".join(told)
