"""Going through the pages of a long table: where one is, and the ways on as addresses."""

from dashboards.components.markup import Tree, tag
from dashboards.selection import MOST_PAGES, View
from dashboards.text import Words


def page_ways(view: View, number: int, pages: int, told: str, words: Words) -> Tree:
    """What is shown, in words, and the pages before and after; of many also the first and last.

    An address goes no further than MOST_PAGES.
    """
    pages = min(pages, MOST_PAGES)
    ways = [
        ("first", 1, number > 2),
        ("before", number - 1, number > 1),
        ("after", number + 1, number < pages),
        ("last", pages, number < pages - 1),
    ]
    links = [
        tag("a", words(f"paging.{name}"), href=view.href(number=there), cls="ioc-button")
        for name, there, is_way in ways
        if is_way
    ]
    return tag(
        "nav",
        tag("span", told),
        tag("span", *links, cls="ioc-docket__ways"),
        cls="ioc-docket__pages",
        aria_label=words("paging.label"),
    )
