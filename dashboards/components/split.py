"""A whole and its parts as one bar: each part with its name, its count and its share."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import format as fmt
from dashboards.components.markup import Tree, tag
from dashboards.text import Words


@dataclass(frozen=True)
class Part:
    """One part of a whole: its name, how many, how it is judged ("plain": not at all)."""

    name: str
    count: float | None
    kind: str = "plain"


def split_bar(whole: float, parts: Sequence[Part], words: Words) -> Tree:
    """The bar, and below it every part; a part nobody told of is said to be unknown."""
    drawn = [
        tag(
            "span",
            cls=f"ioc-split__part ioc-split__part--{one.kind}",
            style={"--share": f"{100 * (one.count or 0) / whole:.2f}"},
        )
        for one in parts
        if one.count
    ]
    return tag(
        "div",
        tag("div", *drawn, cls="ioc-split__bar", aria_hidden="true"),
        tag("ul", *[_line(one, whole, words) for one in parts], cls="ioc-split__list"),
        cls="ioc-split",
    )


def _line(one: Part, whole: float, words: Words) -> Tree:
    language = words.language
    share = None if one.count is None else 100 * one.count / whole
    return tag(
        "li",
        tag("span", cls=f"ioc-split__mark ioc-split__part--{one.kind}", aria_hidden="true"),
        tag("span", one.name, cls="ioc-split__name"),
        tag("b", fmt.number(one.count, 0, language), cls="ioc-split__count"),
        tag("span", fmt.shown(share, "percent", language), cls="ioc-split__share"),
    )
