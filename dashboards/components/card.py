"""A card: one metric, one number, and everything needed to believe it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from dashboards import format as fmt
from dashboards.cells import UNFIT, Cell
from dashboards.components import marks
from dashboards.components.markup import Tree, tag
from dashboards.text import Words
from metrics.catalogue import Better, Metric

STALE = ("stale", "suspect", "down")


@dataclass(frozen=True)
class Reading:
    """What a card shows: the metric, its value now and before, and the values before that.

    `past` is oldest first; `basis` says in words what "before" is; `trend_href` leads to the
    same page with this metric's trend, map and ranking; of `today` the hour says how fresh.
    `unfit` says by what the metric cannot be narrowed, where it has no figure for that. `said`
    says whether an explanation of the figure was asked for ("asked") or given ("answered").
    `page_href` is the metric's own page, if this is not it. `counts` says what the value is made
    of, and `why` which source keeps silent where there is none. `ask_href` is where an
    explanation of the figure is asked for, if it needs one.
    """

    metric: Metric
    cell: Cell
    before: Cell | None
    past: Sequence[Cell]
    basis: str
    trend_href: str
    today: date | None = None
    unfit: str = ""
    said: str = ""
    page_href: str = ""
    counts: str = ""
    why: str = ""
    ask_href: str = ""


def card(reading: Reading, words: Words, *, hero: bool = False) -> Tree:
    """The card of one metric. Clicking it opens the definition (data-action "define")."""
    metric, cell = reading.metric, reading.cell
    kind = f"ioc-card ioc-card--{cell.status}"
    kind += " ioc-card--hero" if hero else ""
    kind += " ioc-is-stale" if cell.freshness in STALE else ""
    return tag(
        "article",
        _head(reading, words, level=2 if hero else 3),
        _variant(metric, words),
        _figure(metric, cell, words),
        tag("p", reading.counts, cls="ioc-card__counts") if reading.counts else None,
        _verdict(reading, words),
        _bullet(metric, cell),
        _target(reading, words),
        _spark(reading, words),
        _foot(reading, words),
        cls=kind,
        data_action="define",
        data_metric=metric.id,
    )


def name_and_variant(name: str) -> tuple[str, str]:
    """A metric's name, and which of several ways of counting it is, without the brackets."""
    plain, bracket, variant = name.partition(" (")
    return (plain, variant.removesuffix(")")) if bracket and name.endswith(")") else (name, "")


def _head(reading: Reading, words: Words, *, level: int) -> Tree:
    metric = reading.metric
    name = metric.name[words.language]
    title, href = name_and_variant(name)[0], reading.page_href
    return tag(
        "div",
        tag(f"h{level}", tag("a", title, href=href) if href else title, cls="ioc-card__title"),
        tag(
            "button",
            cls="ioc-info",
            type="button",
            aria_label=words("card.definition", metric=name),
            data_action="define",
            data_metric=metric.id,
        ),
        cls="ioc-card__head",
    )


def _variant(metric: Metric, words: Words) -> Tree | None:
    variant = name_and_variant(metric.name[words.language])[1]
    return tag("p", variant, cls="ioc-card__variant") if variant else None


def _figure(metric: Metric, cell: Cell, words: Words) -> Tree:
    if cell.value is None:
        return tag(
            "p",
            tag("span", fmt.MISSING, cls="ioc-card__value ioc-card__value--none"),
            cls="ioc-card__figure",
        )
    kind = "ioc-card__value" + (" ioc-card__value--reported" if cell.reported else "")
    text, scale = fmt.large(cell.value, metric.unit, words.language)
    if not scale:
        text = fmt.figure(cell.value, metric.unit, words.language, against=cell.target)
    unit = f"{scale} {metric.unit_name(words.language)}".strip()
    return tag(
        "p",
        tag("span", ("≈\u00a0" if cell.estimated else "") + text, cls=kind),
        tag("span", unit, cls="ioc-card__unit"),
        cls="ioc-card__figure",
    )


def _verdict(reading: Reading, words: Words) -> Tree | None:
    metric, cell = reading.metric, reading.cell
    if cell.value is None:
        return None
    before = reading.before.value if reading.before else None
    judged = cell.target is not None or cell.status != "unknown"
    return tag(
        "p",
        marks.status(cell.status, words, pill=cell.status in ("near", "missed"))
        if judged
        else None,
        marks.change(metric, cell.value, before, reading.basis, words) if reading.basis else None,
        cls="ioc-card__verdict",
    )


def _bullet(metric: Metric, cell: Cell) -> Tree | None:
    """The value against its target, from 0; only where 100 is the end of the scale."""
    if cell.value is None or cell.target is None or metric.unit != "percent":
        return None
    style = {
        "--value": f"{cell.value:.2f}",
        "--target": f"{cell.target:.2f}",
        "--min": "0",
        "--max": "100",
    }
    return tag(
        "div",
        tag("span", cls="ioc-bullet__fill"),
        tag("span", cls="ioc-bullet__target"),
        cls="ioc-bullet",
        style=style,
        aria_hidden="true",
    )


def _target(reading: Reading, words: Words) -> Tree | None:
    """What was promised and how far off it is; without a value or a verdict, why."""
    metric, cell = reading.metric, reading.cell
    if cell.value is None:
        why = reading.unfit or reading.why or missing_reason(cell, words)
        return tag("p", why, cls="ioc-card__target")
    why = marks.why_unknown(cell, words)
    if cell.target is None:
        return None
    sign = "≥" if metric.better is Better.HIGHER else "≤"
    promised = f"{sign} {fmt.goal(cell.target, metric.unit, words.language)}"
    return tag(
        "p",
        tag("span", words("card.target"), " ", tag("b", promised)),
        tag("span", why or _gap(metric, cell, words), cls="ioc-card__gap"),
        cls="ioc-card__target",
    )


def missing_reason(cell: Cell, words: Words) -> str:
    """Why there is no number: not asked for, nothing ever came or to divide by, nothing then."""
    if cell.status_reason == UNFIT:
        return words("reason.unfit")
    if cell.freshness == "never":
        return words("value.never")
    if cell.denominator == 0:
        return words("value.nothing_to_divide")
    return words("value.none")


def _gap(metric: Metric, cell: Cell, words: Words) -> str:
    """How far a value is above or below its target, in the metric's unit."""
    if cell.value is None or cell.target is None:
        return ""
    above = cell.value - cell.target
    size = fmt.figure(abs(above), metric.unit, words.language)
    if not any(digit in size for digit in "123456789"):
        return words("card.hardly" if above else "card.exactly")
    unit = words("unit.point") if metric.unit == "percent" else metric.unit_name(words.language)
    return words("card.above" if above > 0 else "card.below", amount=f"{size} {unit}")


def _spark(reading: Reading, words: Words) -> Tree | None:
    """The last periods as a line; a link to the full trend."""
    values = [cell.value for cell in reading.past]
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return None
    unit, language = reading.metric.unit, words.language
    spoken = words(
        "card.spark",
        metric=reading.metric.name[language],
        low=fmt.shown(min(known), unit, language),
        high=fmt.shown(max(known), unit, language),
        count=len(known),
    )
    line = tag(
        "span",
        cls="ioc-spark",
        style={"--spark": spark_image(values)},
        role="img",
        aria_label=spoken,
    )
    return tag("a", line, cls="ioc-card__spark", href=reading.trend_href)


def spark_image(values: Sequence[float | None]) -> str:
    """A CSS url() with the line of some values, oldest first; None breaks it."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    height = (high - low) or 1.0
    step = 100 / max(len(values) - 1, 1)
    path, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{index * step:.1f} {27 - (value - low) / height * 24:.1f}")
        pen = "L"
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-1 0 102 30' preserveAspectRatio='none'>"
        f"<path d='{''.join(path)}' fill='none' stroke='#000' stroke-width='1.75'"
        " vector-effect='non-scaling-stroke' stroke-linejoin='round' stroke-linecap='round'/></svg>"
    )
    return f'url("data:image/svg+xml,{quote(svg, safe=" =:/")}")'


def _foot(reading: Reading, words: Words) -> Tree | None:
    cell = reading.cell
    if reading.unfit:
        return None
    return tag(
        "p",
        marks.freshness(cell.freshness, cell.data_as_of, words, today=reading.today),
        tag(
            "span", *_said(reading, words), *marks.reservations(cell, words), cls="ioc-card__marks"
        ),
        cls="ioc-card__foot",
    )


def _said(reading: Reading, words: Words) -> list[Tree]:
    if not reading.said:
        return _ask(reading, words)
    kind = f"ioc-mark ioc-mark--{reading.said}"
    return [tag("span", words(f"mark.{reading.said}"), cls=kind)]


def _ask(reading: Reading, words: Words) -> list[Tree]:
    """The way to ask who missed a target for an explanation, with the figure it is about."""
    if not reading.ask_href:
        return []
    return [tag("a", words("explain.ask"), href=reading.ask_href, cls="ioc-card__ask")]
