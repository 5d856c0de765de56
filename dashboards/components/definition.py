"""The drawer behind a card: what a metric means, what this number is made of, where it is from."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import format as fmt
from dashboards.cells import UNFIT, Cell
from dashboards.components import marks
from dashboards.components.card import missing_reason
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.pins import pin_button
from dashboards.text import Words
from domain.period import label
from metrics.catalogue import Better, Metric
from metrics.words import words as metric_words


@dataclass(frozen=True)
class Evidence:
    """A value with the names of its area and sources, and where its data can be fetched.

    `dossiers_href` is where the dossiers behind it are listed; empty: nowhere, or not for whoever
    asks.
    """

    metric: Metric
    cell: Cell
    area: str
    source_titles: Sequence[str]
    csv_href: str
    trend_href: str
    dossiers_href: str = ""


def definition(
    evidence: Evidence, words: Words, said: Sequence[Tree] = (), *, has_ways: bool = True
) -> Tree:
    """Meaning, formula with its numbers, what was said about it, the facts; then the ways on."""
    metric = evidence.metric
    return tag(
        "div",
        tag("p", metric.meaning[words.language], cls="ioc-definition__meaning"),
        _formula(evidence, words),
        *said,
        _facts(evidence, words),
        _ways(evidence, words) if has_ways else None,
        cls="ioc-definition",
    )


def _ways(evidence: Evidence, words: Words) -> Tree:
    trend, csv = words("definition.trend"), words("definition.csv")
    button, listed = "ioc-button", evidence.dossiers_href
    ways = [tag("a", trend, href=evidence.trend_href, cls="ioc-button ioc-button--primary")]
    if listed:
        ways.append(tag("a", words("definition.dossiers"), href=listed, cls=button))
    ways.append(tag("a", csv, href=evidence.csv_href, cls=button, download=True))
    title = evidence.metric.name[words.language]
    ways.append(pin_button("figure", title, words, evidence.metric.id, wide=True))
    return tag("p", *[part for way in ways for part in (way, " ")])


def _formula(evidence: Evidence, words: Words) -> Tree:
    metric, language = evidence.metric, words.language
    parts = metric_words()
    top = parts.sum_of(metric.numerator, language)
    bottom = parts.sum_of(metric.denominator, language)
    if metric.formula.id == "complement":
        top = f"{bottom} − {top}"
    shape: Content = top
    if metric.formula.is_middle:
        shape = words("definition.middle", amounts=top, events=bottom)
    elif bottom:
        shape = tag(
            "span",
            tag("span", top, cls="ioc-formula__top"),
            tag("span", bottom, cls="ioc-formula__bottom"),
            cls="ioc-formula__fraction",
        )
    return tag(
        "div",
        tag("span", metric.short[language], cls="ioc-formula__name"),
        shape,
        tag("span", _now(evidence, words), cls="ioc-formula__now"),
        cls="ioc-formula",
    )


def _now(evidence: Evidence, words: Words) -> str:
    """The formula with its numbers: "286.240 / 296.931 = 96,4 %"."""
    cell, unit, language = evidence.cell, evidence.metric.unit, words.language
    value = fmt.shown(cell.value, unit, language)
    if parts := fmt.fraction(cell.numerator, cell.denominator, language):
        # Of a median the fraction says how many took no longer.
        return f"{parts} {'≤' if evidence.metric.formula.is_middle else '='} {value}"
    if cell.value is None:
        return missing_reason(cell, words)
    return f"{value} {evidence.metric.unit_name(language)}" if unit != "percent" else value


def _facts(evidence: Evidence, words: Words) -> Tree:
    rows: list[Tree] = []
    for key, content in _fact_list(evidence, words):
        if content:
            rows += [tag("dt", words(f"definition.{key}")), tag("dd", content)]
    return tag("dl", *rows, cls="ioc-definition__facts")


def _fact_list(evidence: Evidence, words: Words) -> list[tuple[str, Content]]:
    metric, cell, language = evidence.metric, evidence.cell, words.language
    return [
        ("area", evidence.area),
        ("period", label(cell.period, None, language)),
        ("status", _verdict(cell, words)),
        ("target", target_text(metric, cell, words)),
        ("better", words(f"better.{metric.better}")),
        ("explanation", metric.explanation(language)),
        ("basis", metric.legal_basis[language]),
        ("owner", metric.owner),
        ("citation", cell.citation),
        ("sources", " · ".join(evidence.source_titles)),
        ("as_of", _as_of(cell, words)),
        ("coverage", _coverage(cell, words)),
        (
            "version",
            words(
                "definition.version_of",
                version=metric.version,
                day=fmt.day(metric.reviewed, language),
            ),
        ),
        ("snapshot", cell.snapshot),
    ]


def _verdict(cell: Cell, words: Words) -> Content:
    why = marks.why_unknown(cell, words)
    return why or marks.status(cell.status, words)


def target_text(metric: Metric, cell: Cell, words: Words) -> str:
    """The target with its sign and who decided it: `≥ 98 % (Quyết định 766/QĐ-TTg)`."""
    if cell.target is None:
        return words("reason.no_target")
    sign = "≥" if metric.better is Better.HIGHER else "≤"
    text = f"{sign} {fmt.goal(cell.target, metric.unit, words.language)}"
    decision = cell.target_decision if words.language == "vi" else cell.target_decision_en
    return f"{text} ({decision})" if decision else text


def _as_of(cell: Cell, words: Words) -> Content:
    if cell.status_reason == UNFIT:
        return None
    return marks.freshness(cell.freshness, cell.data_as_of, words)


def _coverage(cell: Cell, words: Words) -> Content:
    if cell.coverage is None:
        return None
    return words(
        "mark.coverage",
        reported=fmt.number(cell.coverage_reported, 0, words.language),
        expected=fmt.number(cell.coverage_expected, 0, words.language),
    )
