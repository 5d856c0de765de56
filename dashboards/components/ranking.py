"""Areas, or values of a dimension, in order of one metric; who cannot be judged comes last."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.markup import Tree, tag
from dashboards.text import Words
from metrics.catalogue import Metric
from metrics.ranking import Entry, Order, standings

FEW = 8  # lines without a value that still get a row each


@dataclass(frozen=True)
class Standing:
    """A line of a ranking: its value now and before, its name and where that leads, if anywhere."""

    cell: Cell
    before: Cell | None
    name: str
    href: str
    is_self: bool = False


@dataclass(frozen=True)
class Layout:
    """How a ranking is laid out: what its lines are called, which end comes first, how many."""

    lines: str
    order: Order = Order.BEST
    most: int | None = None


def ranked(
    metric: Metric, lines: Sequence[Standing], order: Order = Order.BEST
) -> list[tuple[int | None, Standing]]:
    """Standings with their rank, best or worst first, as metrics.ranking places them."""
    by_key = {str(number): one for number, one in enumerate(lines)}
    placed = standings(
        (_entry(key, one) for key, one in by_key.items()), metric.better, order=order
    )
    return [(one.rank, by_key[one.key]) for one in placed]


def _entry(key: str, one: Standing) -> Entry:
    cell = one.cell
    return Entry(key, one.name, cell.value, cell.denominator, cell.freshness, cell.status_reason)


def ranking(
    metric: Metric,
    lines: Sequence[Standing],
    caption: str,
    basis: str,
    words: Words,
    laid: Layout,
) -> Tree:
    """The ranking as a table: rank, line, bar, value, verdict, change."""
    top = max((one.cell.value for one in lines if one.cell.value is not None), default=0.0)
    scale = 100.0 if metric.unit == "percent" and top <= 100 else max(top, 1.0)
    placed = ranked(metric, lines, laid.order)
    without = [one for _, one in placed if one.cell.value is None]
    listed = placed if len(without) <= FEW else placed[: -len(without)]
    is_judged = any(one.cell.target is not None for one in lines)
    shown = listed[: laid.most]
    rows = [_row(metric, rank, one, scale, words, is_judged=is_judged) for rank, one in shown]
    if more := len(listed) - len(shown):
        rows.append(_note([words("ranking.more", count=more)]))
    if len(without) > FEW:
        rows.append(_note(_without(without, words)))
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption, cls="ioc-ranking__caption"),
            _head(metric, basis, laid.lines, words, is_judged=is_judged),
            tag("tbody", *rows),
            cls="ioc-ranking__table",
        ),
        cls="ioc-ranking",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def _without(lines: Sequence[Standing], words: Words) -> list[Tree | str]:
    """Many lines without a value, by name."""
    names: list[Tree | str] = []
    for index, one in enumerate(lines):
        names += [", " if index else "", _name(one)]
    before, _, after = words("ranking.without", count=len(lines), names="\0").partition("\0")
    return [before, *names, after]


def _name(one: Standing) -> Tree | str:
    return tag("a", one.name, href=one.href) if one.href else one.name


def _note(told: Sequence[Tree | str]) -> Tree:
    """A row that stands for several lines."""
    return tag(
        "tr",
        tag("td", fmt.MISSING, cls="ioc-ranking__rank"),
        tag("td", *told, colspan=5, cls="ioc-ranking__without"),
        cls="ioc-ranking__row ioc-ranking__row--unranked",
    )


def _head(metric: Metric, basis: str, lines: str, words: Words, *, is_judged: bool) -> Tree:
    unit = metric.unit_name(words.language)
    return tag(
        "thead",
        tag(
            "tr",
            tag("th", words("ranking.rank"), cls="ioc-ranking__rank", scope="col"),
            tag("th", lines, scope="col"),
            tag("th", metric.short[words.language], cls="ioc-ranking__barhead", scope="col"),
            tag("th", unit, cls="ioc-num", scope="col"),
            tag("th", words("ranking.status"), scope="col") if is_judged else None,
            tag("th", basis, cls="ioc-num", scope="col"),
        ),
    )


def _row(
    metric: Metric,
    rank: int | None,
    one: Standing,
    scale: float,
    words: Words,
    *,
    is_judged: bool,
) -> Tree:
    cell = one.cell
    kind = "ioc-ranking__row"
    kind += " ioc-ranking__row--unranked" if rank is None else ""
    kind += " ioc-ranking__row--self" if one.is_self else ""
    before = one.before.value if one.before else None
    return tag(
        "tr",
        tag("td", fmt.MISSING if rank is None else str(rank), cls="ioc-ranking__rank"),
        tag("th", _name(one), cls="ioc-ranking__name", scope="row"),
        tag("td", _bar(cell, scale), cls="ioc-ranking__bar"),
        tag("td", _value_text(metric, cell, words), cls="ioc-ranking__value"),
        tag("td", _verdict(cell, words), cls="ioc-ranking__status") if is_judged else None,
        tag("td", marks.change(metric, cell.value, before, "", words), cls="ioc-ranking__move"),
        cls=kind,
    )


def _bar(cell: Cell, scale: float) -> Tree | None:
    if cell.value is None:
        return None
    style = {"--value": f"{cell.value:.2f}", "--min": "0", "--max": f"{scale:.2f}"}
    if cell.target is not None and cell.target <= scale:
        style["--target"] = f"{cell.target:.2f}"
    is_judged = cell.target is not None
    kind = f"ioc-bar ioc-bar--{cell.status}" if is_judged else "ioc-bar"
    return tag("span", cls=kind, style=style)


def _value_text(metric: Metric, cell: Cell, words: Words) -> Tree | str:
    text = fmt.figure(cell.value, metric.unit, words.language)
    if cell.reported:
        return tag("span", text, cls="ioc-value ioc-value--reported", title=words("mark.reported"))
    if cell.estimated and cell.value is not None:
        return tag(
            "span", text, cls="ioc-value ioc-value--estimated", title=words("mark.estimated")
        )
    if cell.averaged:
        return tag("span", text, cls="ioc-value ioc-value--estimated", title=words("mark.averaged"))
    return text


def _verdict(cell: Cell, words: Words) -> Tree | str:
    if cell.value is None:
        return words("value.none")
    return marks.status(cell.status, words, why=marks.why_unknown(cell, words))
