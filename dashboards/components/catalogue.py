"""The catalogue as a page: every metric with its meaning, formula, law and targets, by subject."""

from collections.abc import Sequence

from dashboards.components.head import section_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.states import empty
from dashboards.components.targets import targets_table
from dashboards.selection import View
from dashboards.text import Words
from metrics.catalogue import Metric, subject_title
from metrics.selection import DIMENSIONS
from metrics.targets import Targets


def _subjects(metrics: Sequence[Metric]) -> dict[str, list[Metric]]:
    by_subject: dict[str, list[Metric]] = {}
    for metric in metrics:
        by_subject.setdefault(metric.subject, []).append(metric)
    return by_subject


def contents(metrics: Sequence[Metric], sought: str, words: Words) -> Tree:
    """How many were found, and a link to each subject."""
    links = [
        tag(
            "li",
            tag("a", subject_title(subject)[words.language], href=f"#{subject}"),
            tag("span", f" {len(some)}", cls="ioc-legend__count"),
        )
        for subject, some in _subjects(metrics).items()
    ]
    key = "catalogue.found" if sought else "catalogue.all"
    return tag(
        "nav",
        tag("p", words(key, count=len(metrics)), cls="ioc-section__note", role="status"),
        tag("ul", *links, cls="ioc-contents-list"),
        aria_label=words("catalogue.contents"),
    )


def catalogue_sections(
    metrics: Sequence[Metric], targets: Targets, view: View, words: Words
) -> Tree:
    """A section for each subject, a folded entry for each of its metrics."""
    if not metrics:
        return empty(words("catalogue.none"), icon="search")
    sections = [
        tag(
            "section",
            section_head(
                subject_title(subject)[words.language], words("catalogue.all", count=len(some))
            ),
            tag(
                "div",
                *[_entry(metric, targets, view, words) for metric in some],
                cls="ioc-panel ioc-entries",
            ),
            cls="ioc-section",
            id=subject,
        )
        for subject, some in _subjects(metrics).items()
    ]
    return tag("div", *sections, cls="ioc-board")


def _entry(metric: Metric, targets: Targets, view: View, words: Words) -> Tree:
    language = words.language
    href = view.href(page="metric", metric=metric.id, sought="")
    facts = [item for key, told in _facts(metric, words) for item in _fact(key, told, words)]
    summary = tag(
        "summary",
        tag("h3", metric.name[language], cls="ioc-entry__name"),
        tag("span", metric.unit_name(language), cls="ioc-entry__unit"),
        tag("p", metric.meaning[language], cls="ioc-entry__meaning"),
    )
    return tag(
        "details",
        summary,
        tag(
            "div",
            tag("dl", *facts, cls="ioc-definition__facts"),
            targets_table(metric, targets.of(metric.id), words),
            tag("p", tag("a", words("catalogue.open"), href=href, cls="ioc-button")),
            cls="ioc-entry__body ioc-definition",
        ),
        cls="ioc-entry",
    )


def _fact(key: str, told: Content, words: Words) -> list[Tree]:
    return [tag("dt", words(key)), tag("dd", told)]


def _facts(metric: Metric, words: Words) -> list[tuple[str, Content]]:
    language = words.language
    cuts = ["area", *(by.value for by in DIMENSIONS[metric.record])]
    levels = ", ".join(words(f"level.{level}") for level in metric.levels)
    return [
        ("definition.explanation", metric.explanation(language)),
        ("definition.better", words(f"better.{metric.better}")),
        ("definition.basis", metric.legal_basis[language]),
        ("definition.owner", metric.owner),
        ("catalogue.levels", levels),
        ("catalogue.grain", words(f"grain.{metric.smallest_grain}")),
        ("catalogue.cuts", ", ".join(words(f"cut.{cut}") for cut in cuts)),
        ("catalogue.adding", words(f"adding.{adding(metric)}")),
        (
            "definition.version",
            words(
                "definition.version_of",
                version=metric.version,
                day=f"{metric.reviewed:%d/%m/%Y}",
            ),
        ),
        ("catalogue.id", tag("code", metric.id)),
    ]


def adding(metric: Metric) -> str:
    """What may be added up: flows over all, stocks over areas, rates and scores never."""
    if metric.is_looked_up or metric.is_rate:
        return "never"
    return "areas" if metric.formula.gathering.value != "flow" else "all"
