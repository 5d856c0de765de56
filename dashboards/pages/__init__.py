"""Pages: one file each. A page is a skeleton without figures and a function that draws it.

    NAME               what the address calls it (dashboards/selection.py)
    PARTS              what it draws: "id.property"
    skeleton(words)    the components, empty
    drawn(visit)       the value of every part, as plain JSON; a figure in both colour schemes
    LATER              parts that need longer, in groups by name; each group comes by itself
    drawn_later(name, visit)   the value of every part of one group
A page without slow parts has neither of the last two.

The shell puts the two together on the first visit, and sends only the parts afterwards: a new
snapshot or another period changes numbers, and nothing on the screen loses its place.
"""

from collections.abc import Mapping
from typing import Protocol, cast

from dash.development.base_component import Component

from dashboards.data import Drawn, Visit
from dashboards.pages import (
    alerts,
    area,
    compare,
    dossiers,
    index766,
    methodology,
    metric,
    my,
    overview,
    packs,
    ranking,
    sources,
    subject,
    submit,
)
from dashboards.text import Words


class Page(Protocol):
    """What every page module offers."""

    NAME: str
    PARTS: tuple[str, ...]

    def skeleton(self, words: Words) -> Component: ...

    def drawn(self, visit: Visit) -> Drawn: ...


PAGES: dict[str, Page] = {
    page.NAME: page
    for page in (
        overview,
        area,
        compare,
        metric,
        subject,
        dossiers,
        index766,
        methodology,
        sources,
        submit,
        alerts,
        packs,
        my,
        ranking,
    )
}


class Slow(Protocol):
    """What a page with slow parts offers, too."""

    LATER: Mapping[str, tuple[str, ...]]

    def drawn_later(self, name: str, visit: Visit) -> Drawn: ...


def slow_parts(page: Page) -> Mapping[str, tuple[str, ...]]:
    """The groups of parts that a page draws later, by name."""
    return getattr(page, "LATER", {})


def drawn_later(page: Page, name: str, visit: Visit) -> Drawn:
    """The value of every part of one group that is drawn later."""
    return cast("Slow", page).drawn_later(name, visit)


def filled(page: Page, visit: Visit, values: Drawn) -> Component:
    """A page's skeleton with its parts' values in place."""
    skeleton = page.skeleton(visit.words)
    for part in page.PARTS:
        component, _, name = part.rpartition(".")
        setattr(skeleton[component], name, values[part])
    return skeleton
