"""What figures are narrowed to, each as a chip that can be taken away."""

from collections.abc import Sequence

from dashboards.components.markup import Tree, tag
from dashboards.narrowing import Chip
from dashboards.text import Words


def chips(chosen: Sequence[Chip], without_any: str, words: Words) -> Tree | None:
    """The row of chips, with a way to take them all away where there are several."""
    if not chosen:
        return None
    items = [_chip(one, words) for one in chosen]
    if len(chosen) > 1:
        clear = tag("a", words("filter.clear"), href=without_any, cls="ioc-chips__clear")
        items.append(tag("li", clear))
    return tag("ul", *items, cls="ioc-chips", aria_label=words("filter.active"))


def _chip(one: Chip, words: Words) -> Tree:
    name = f"{one.name}: {one.value}"
    remove = tag(
        "a", cls="ioc-chip__remove", href=one.href, aria_label=words("filter.remove", filter=name)
    )
    return tag("li", tag("span", f"{one.name}: "), tag("b", one.value), remove, cls="ioc-chip")


def narrowing_label(count: int, words: Words) -> Tree:
    """What the button says that opens the pickers, with how many filters are chosen."""
    number = tag("b", str(count), cls="ioc-count") if count else None
    return tag("span", words("filter.narrow"), number)
