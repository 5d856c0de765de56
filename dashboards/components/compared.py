"""Those compared as columns, metrics as rows; and the ranking with places gained and lost."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.catalogue import adding
from dashboards.components.markup import Content, Tree, tag
from dashboards.side_by_side import Column
from dashboards.text import Words
from metrics.catalogue import Metric
from metrics.ranking import NOT_RANKED
from metrics.status import Reason

Row = Mapping[str, Any]
Link = Callable[[Row], tuple[str, str, bool]]
"""Name, address and whether it is compared of one line of a ranking."""


def compared_table(
    metrics: Sequence[Metric],
    columns: Sequence[Column],
    href: Callable[[Metric], str],
    unfit: Callable[[Metric], str],
    words: Words,
) -> Tree:
    """A row for each metric; the first column stays, the last is the whole."""
    heads = [tag("th", words("compared.metric"), scope="col"), *[_head(c, words) for c in columns]]
    rows = [_row(metric, columns, href(metric), unfit(metric), words) for metric in metrics]
    return tag(
        "div",
        tag(
            "table",
            tag("thead", tag("tr", *heads)),
            tag("tbody", *rows),
            cls="ioc-table ioc-table--sticky ioc-compared",
        ),
        cls="ioc-table-wrap",
        tabindex=0,
        role="region",
        aria_label=words("compared.title"),
    )


def _head(column: Column, words: Words) -> Tree:
    remove = None
    if column.without:
        told = words("filter.remove", filter=column.name)
        remove = tag("a", cls="ioc-chip__remove", href=column.without, aria_label=told)
    note = tag("small", column.note, cls="ioc-compared__note") if column.note else None
    name = tag("a", column.name, href=column.href)
    kind = "ioc-num ioc-compared__whole" if column.is_whole else "ioc-num"
    return tag("th", tag("span", name, remove), note, scope="col", cls=kind)


def _row(metric: Metric, columns: Sequence[Column], href: str, unfit: str, words: Words) -> Tree:
    language = words.language
    name = tag(
        "th",
        tag("a", metric.name[language], href=href),
        tag("small", unfit or words(f"adding.{adding(metric)}"), cls="ioc-compared__note"),
        scope="row",
    )
    return tag("tr", name, *[_cell(metric, column, words) for column in columns])


def _cell(metric: Metric, column: Column, words: Words) -> Tree:
    cell, before = column.now.get(metric.id), column.before.get(metric.id)
    kind = "ioc-num ioc-compared__whole" if column.is_whole else "ioc-num"
    if cell is None or cell.value is None:
        return tag("td", fmt.MISSING, cls=kind)
    value = fmt.shown(cell.value, metric.unit, words.language)
    parts: list[Content] = [tag("b", ("≈\u00a0" if cell.estimated else "") + value)]
    if cell.target is not None:
        parts.insert(0, marks.status_mark(cell.status, words))
    past = before.value if before else None
    if past is not None:
        parts.append(marks.change(metric, cell.value, past, "", words))
    return tag(
        "td", tag("span", *parts, cls="ioc-compared__cell", title=_made(cell, words)), cls=kind
    )


def _made(cell: Cell, words: Words) -> str | None:
    """What a value was made of, for whoever points at it."""
    return fmt.fraction(cell.numerator, cell.denominator, words.language) or None


def places_table(metric: Metric, rows: Sequence[Row], link: Link, words: Words) -> Tree:
    """The ranking: place, places gained, value, who is worse, place among peers, why none."""
    heads = [
        ("ranking.rank", True),
        ("places.change", True),
        ("ranking.area", False),
        ("places.value", True),
        ("places.percentile", True),
        ("places.peers", False),
        ("table.note", False),
    ]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", words("places.caption", count=len(rows)), cls="ioc-ranking__caption"),
            tag(
                "thead",
                tag(
                    "tr",
                    *[
                        tag("th", words(key), scope="col", cls="ioc-num" if is_number else None)
                        for key, is_number in heads
                    ],
                ),
            ),
            tag("tbody", *[_place(metric, row, link, words) for row in rows]),
            cls="ioc-table ioc-table--dense ioc-places",
        ),
        cls="ioc-table-wrap ioc-places__wrap",
        tabindex=0,
        role="region",
        aria_label=words("places.title"),
    )


def _place(metric: Metric, row: Row, link: Link, words: Words) -> Tree:
    language = words.language
    name, href, is_chosen = link(row)
    why = NOT_RANKED[Reason(row["not_ranked"])][language] if row["not_ranked"] else ""
    rank = fmt.MISSING if row["rank"] is None else str(row["rank"])
    percentile = row["percentile"]
    peers = ""
    if row["peer_rank"] is not None:
        peers = words(
            "places.among", rank=row["peer_rank"], of=row["peer_ranked"], peers=row["peers"]
        )
    return tag(
        "tr",
        tag("td", rank, cls="ioc-num"),
        tag("td", _gained(row["rank_change"], words), cls="ioc-num"),
        tag("th", tag("a", name, href=href), scope="row"),
        tag("td", fmt.shown(row["value"], metric.unit, language), cls="ioc-num"),
        tag("td", fmt.number(percentile, 0, language), cls="ioc-num"),
        tag("td", peers),
        tag("td", words("places.not_ranked", why=why) if why else ""),
        cls="ioc-ranking__row--self" if is_chosen else None,
        aria_current="true" if is_chosen else None,
    )


def _gained(change: int | None, words: Words) -> Content:
    """Places gained or lost, with an arrow and a word."""
    if change is None:
        return fmt.MISSING
    sign = (change > 0) - (change < 0)
    way = {1: "up", -1: "down", 0: "flat"}[sign]
    judged = {1: "better", -1: "worse", 0: "neutral"}[sign]
    return tag(
        "span",
        tag("span", cls="ioc-change__arrow", aria_hidden="true"),
        tag("span", fmt.signed(change, 0, words.language), cls="ioc-change__amount"),
        cls=f"ioc-change ioc-change--{way} ioc-change--{judged}",
    )
