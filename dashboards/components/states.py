"""What a page shows instead of figures: nothing there, not possible, not understood."""

from collections.abc import Sequence

from dashboards.components.markup import Tree, tag


def empty(
    title: str,
    text: str = "",
    actions: Sequence[tuple[str, str]] = (),
    *,
    icon: str = "calendar",
    kind: str = "",
) -> Tree:
    """A calm explanation with ways on. Actions are (label, href), the best first."""
    links = [
        tag("a", label, href=href, cls="ioc-button" + (" ioc-button--primary" if first else ""))
        for first, (label, href) in ((index == 0, action) for index, action in enumerate(actions))
    ]
    return tag(
        "div",
        tag("span", cls=f"ioc-empty__mark ioc-icon ioc-icon--{icon}", aria_hidden="true"),
        tag("p", title, cls="ioc-empty__title"),
        *[tag("p", part, cls="ioc-empty__text") for part in text.split("\n") if part],
        tag("div", *links, cls="ioc-empty__action") if links else None,
        cls=f"ioc-empty {kind}".strip(),
    )


def loading() -> Tree:
    """Where something will stand as soon as it is known."""
    line = tag("span", cls="ioc-skeleton__line")
    short = tag("span", cls="ioc-skeleton__line ioc-skeleton__line--short")
    chart = tag("span", cls="ioc-skeleton__chart")
    bones = tag("div", line, short, chart, cls="ioc-skeleton", aria_hidden="true")
    return tag("div", bones, cls="ioc-panel__body", aria_busy="true")
