"""An address that cannot be read: what is wrong with it, and the nearest one that can."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboards.components.markup import Markup, tag
from dashboards.components.states import empty
from dashboards.selection import AddressError
from dashboards.text import Words


def page(error: AddressError, words: Words) -> Component:
    """The page for one unreadable address."""
    problems = "\n".join(words(problem.key, **problem.gaps) for problem in error.problems)
    actions = [(words("address.nearest", href=error.nearest_href), error.nearest_href)]
    if error.nearest_href != "/":
        actions.append((words("address.home"), "/"))
    return Markup(
        className="ioc-panel",
        element="section",
        tree=[
            tag("h1", words("address.title"), cls="ioc-sr"),
            empty(words("address.title"), problems, actions, icon="map"),
        ],
    )


def refusal(
    title: str, text: str, words: Words, actions: Sequence[tuple[str, str]] = ()
) -> Component:
    """The page for what cannot be shown: no snapshot yet, a query that failed, no right to see.

    `actions` are (name, address) of where to go instead: by default to the beginning.
    """
    actions = actions or [(words("address.home"), "/")]
    return Markup(
        className="ioc-panel",
        element="section",
        tree=[
            tag("h1", title, cls="ioc-sr"),
            empty(title, text, actions, icon="database", kind="ioc-empty--error"),
        ],
    )
