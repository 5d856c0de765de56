"""What needs somebody today: targets that are missed, worst first, where, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.markup import Tree, tag
from dashboards.text import Words
from metrics.catalogue import Better, Metric


@dataclass(frozen=True)
class Culprit:
    """An area that misses a target: its name, value and address."""

    name: str
    cell: Cell
    href: str


@dataclass(frozen=True)
class Concern:
    """A metric whose target is missed in some of the areas judged.

    `cell` is the value of the whole, `worst` the areas furthest from the target, `missed` of
    `judged` areas miss it; a commune has no areas inside, and then `judged` is 0. `advice` says
    what to do.
    """

    metric: Metric
    cell: Cell
    worst: Sequence[Culprit]
    missed: int
    judged: int
    since: str
    href: str
    advice: str = ""


def shortfall(metric: Metric, cell: Cell) -> float:
    """How far a value is beyond its target, in tolerances of the metric; 0 if it is not."""
    if cell.value is None or cell.target is None:
        return 0.0
    above = cell.value - cell.target
    behind = -above if metric.better is Better.HIGHER else above
    return max(behind, 0.0) / (metric.tolerance or max(abs(cell.target), 1.0))


def attention(concerns: Sequence[Concern], none_missed: str, words: Words) -> Tree:
    """The list, or the sentence that says how far nothing is missed."""
    if not concerns:
        return tag("p", none_missed, cls="ioc-section__note")
    return tag("ol", *[_item(concern, words) for concern in concerns], cls="ioc-attention")


def _item(concern: Concern, words: Words) -> Tree:
    places = (
        tag("p", *_places(concern, words), cls="ioc-attention__meta") if concern.worst else None
    )
    owner = words("attention.owner", owner=concern.metric.owner)
    told = " · ".join(part for part in (concern.since, owner) if part)
    return tag(
        "li",
        marks.status_mark("missed", words),
        tag("p", *_what(concern, words), cls="ioc-attention__what"),
        places,
        tag("p", told, cls="ioc-attention__meta"),
        _advice(concern, words),
        cls="ioc-attention__item ioc-attention__item--missed",
    )


def _advice(concern: Concern, words: Words) -> Tree | None:
    """What to do about it, where somebody wrote it down."""
    if not concern.advice:
        return None
    return tag(
        "p", tag("b", words("attention.advice")), " ", concern.advice, cls="ioc-attention__advice"
    )


def _what(concern: Concern, words: Words) -> list[Tree | str]:
    """The metric and its value, its target, and how many areas miss it."""
    metric, cell, language = concern.metric, concern.cell, words.language
    value = "" if cell.value is None else f" {fmt.shown(cell.value, metric.unit, language)}"
    name = tag("a", metric.short[language], href=concern.href)
    sign = "≥" if metric.better is Better.HIGHER else "≤"
    target = f"{sign}\u00a0{fmt.goal(_target(concern), metric.unit, language)}"
    told: list[Tree | str] = [name, f"{value}, {words('attention.target', target=target)}"]
    if concern.judged:
        told.append(": " + words("attention.count", missed=concern.missed, judged=concern.judged))
    return told


def _target(concern: Concern) -> float | None:
    first = concern.worst[0].cell if concern.worst else concern.cell
    return concern.cell.target if concern.cell.target is not None else first.target


def _places(concern: Concern, words: Words) -> list[Tree | str]:
    """The worst areas with their values, each a link."""
    said: list[Tree | str] = [words("attention.worst") + " "]
    for index, culprit in enumerate(concern.worst):
        value = fmt.shown(culprit.cell.value, concern.metric.unit, words.language)
        said += [", " if index else "", tag("a", culprit.name, href=culprit.href), f" {value}"]
    return said
