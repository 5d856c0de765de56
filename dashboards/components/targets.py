"""The targets of one metric: how much, for whom, from when, and who decided."""

from collections.abc import Sequence

from dashboards import format as fmt
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.table import table
from dashboards.places import area_title
from dashboards.text import Words
from metrics.catalogue import Better, Metric
from metrics.targets import Target


def targets_table(metric: Metric, targets: Sequence[Target], words: Words) -> Tree:
    """A line for each target; without any, the sentence that nobody has decided one."""
    if not targets:
        return tag("p", words("targets.none"), cls="ioc-section__note")
    columns = [
        (words("targets.value"), False),
        (words("targets.where"), False),
        (words("targets.from"), False),
        (words("targets.until"), False),
        (words("targets.decision"), False),
    ]
    rows = [_row(metric, target, words) for target in targets]
    return table(words("targets.title"), columns, rows, "ioc-table--dense ioc-targets")


def _row(metric: Metric, target: Target, words: Words) -> list[Content]:
    language = words.language
    sign = "≥" if metric.better is Better.HIGHER else "≤"
    where = [area_title(target.area)] if target.area else []
    where += [words(f"level.{target.level}")] if target.level else []
    return [
        f"{sign}\u00a0{fmt.goal(target.value, metric.unit, language)}",
        ", ".join(where) or words("targets.anywhere"),
        fmt.day(target.valid_from, language) if target.valid_from else "",
        fmt.day(target.valid_until, language) if target.valid_until else "",
        target.decision[language],
    ]
