"""Pages: one file each. A page is a skeleton without figures and a function that draws it.

    NAME               what the address calls it (dashboards/selection.py)
    PARTS              what it draws: "id.property"
    skeleton(words)    the components, empty
    drawn(visit)       the value of every part, as plain JSON; a figure in both colour schemes

The shell puts the two together on the first visit, and sends only the parts afterwards: a new
snapshot or another period changes numbers, and nothing on the screen loses its place.
"""

from typing import Protocol

from dash.development.base_component import Component

from dashboards.data import Drawn, Visit
from dashboards.pages import alerts, area, overview, sources, submit
from dashboards.text import Words


class Page(Protocol):
    """What every page module offers."""

    NAME: str
    PARTS: tuple[str, ...]

    def skeleton(self, words: Words) -> Component: ...

    def drawn(self, visit: Visit) -> Drawn: ...


PAGES: dict[str, Page] = {page.NAME: page for page in (overview, area, sources, submit, alerts)}


def filled(page: Page, visit: Visit, values: Drawn) -> Component:
    """A page's skeleton with its parts' values in place."""
    skeleton = page.skeleton(visit.words)
    for part in page.PARTS:
        component, _, name = part.rpartition(".")
        setattr(skeleton[component], name, values[part])
    return skeleton
