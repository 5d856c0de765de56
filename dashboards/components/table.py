"""Tables: the numbers behind a chart, and whatever else is best read in rows."""

from collections.abc import Sequence

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.markup import Content, Tree, tag
from dashboards.text import Words
from domain.period import Grain, ReportingCalendar, label
from metrics.catalogue import Metric


def table(
    name: str,
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[Content]],
    kind: str = "",
    note: str = "",
) -> Tree:
    """A table. Columns are (heading, is_number); the first cell of a row is its heading.

    `note` stands below it. On a phone a table of the kind `ioc-table--cards` is a list of cards,
    one for each row.
    """
    heads = [
        tag("th", heading, scope="col", cls="ioc-num" if is_number else None)
        for heading, is_number in columns
    ]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", note, cls="ioc-table__note") if note else None,
            tag("thead", tag("tr", *heads)),
            tag("tbody", *[_row(row, columns) for row in rows]),
            cls=f"ioc-table {kind}".strip(),
        ),
        cls="ioc-table-wrap",
        tabindex=0,
        role="region",
        aria_label=name,
    )


def _row(row: Sequence[Content], columns: Sequence[tuple[str, bool]]) -> Tree:
    first, *rest = row
    others = [
        tag("td", content, cls="ioc-num" if is_number else None, data_label=heading)
        for content, (heading, is_number) in zip(rest, columns[1:], strict=True)
    ]
    return tag("tr", tag("th", first, scope="row"), *others)


def series_table(
    metric: Metric,
    cells: Sequence[Cell],
    grain: Grain,
    reporting: ReportingCalendar,
    words: Words,
    note: str = "",
) -> Tree:
    """The periods of a trend, newest first, with what each value was made of.

    `note` says whether they may be added.
    """
    language = words.language
    columns = [
        (words("table.period"), False),
        (metric.unit_name(language), True),
        (words("table.numerator"), True),
        (words("table.denominator"), True),
        (words("table.target"), True),
        (words("table.status"), False),
        (words("table.note"), False),
    ]
    rows: list[list[Content]] = [
        [
            label(cell.period, grain, language, reporting),
            fmt.figure(cell.value, metric.unit, language),
            fmt.number(cell.numerator, 0, language),
            fmt.number(cell.denominator, 0, language),
            fmt.goal(cell.target, metric.unit, language),
            words(f"status.{cell.status}") if cell.target is not None else "",
            tag("span", *marks.reservations(cell, words)),
        ]
        for cell in reversed(cells)
    ]
    return table(metric.name[language], columns, rows, "ioc-table--dense ioc-table--sticky", note)
