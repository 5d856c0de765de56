"""The top of a page: where we are, what is shown, how far the figures reach."""

from collections.abc import Sequence

from dashboards.components.markup import Content, Tree, tag
from dashboards.text import Words


def page_head(
    title: str,
    lead: Sequence[Content],
    crumbs: Sequence[tuple[str, str]],
    words: Words,
    aside: Sequence[Tree] = (),
    notes: Sequence[Tree] = (),
) -> list[Tree]:
    """Breadcrumb, heading and lead; `crumbs` are (name, href), from the country down.

    `notes` stand below, before how far the figures reach.
    """
    return [
        *([_crumbs(crumbs, title, words)] if crumbs else []),
        tag("h1", title, cls="ioc-pagehead__title"),
        tag("p", *lead, cls="ioc-pagehead__lead"),
        *notes,
        *([tag("div", *aside, cls="ioc-pagehead__actions")] if aside else []),
    ]


def _crumbs(crumbs: Sequence[tuple[str, str]], here: str, words: Words) -> Tree:
    items = [tag("li", tag("a", name, href=href), cls="ioc-crumbs__item") for name, href in crumbs]
    items.append(tag("li", here, cls="ioc-crumbs__item", aria_current="page"))
    return tag(
        "nav",
        tag("ol", *items, cls="ioc-crumbs__list"),
        cls="ioc-crumbs",
        aria_label=words("shell.crumbs"),
    )


def section_head(title: str, note: str = "") -> Tree:
    """The heading of a section, with a quiet note beside it."""
    return tag(
        "div",
        tag("h2", title, cls="ioc-section__title"),
        tag("p", note, cls="ioc-section__note") if note else None,
        cls="ioc-section__head",
    )


def panel_head(title: str, note: str, *actions: Content, level: int = 3) -> list[Tree]:
    """The heading of a panel and its note; `actions` stand at the right.

    `level` is 2 where no section stands between the panel and the page's own heading.
    """
    titles = tag(
        "div",
        tag(f"h{level}", title, cls="ioc-panel__title"),
        tag("p", note, cls="ioc-panel__note") if note else None,
        cls="ioc-panel__titles",
    )
    return [titles, *([tag("div", *actions, cls="ioc-panel__actions")] if actions else [])]
