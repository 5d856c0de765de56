"""The first picture: a page's figures in the very first answer, before any program has loaded.

Whoever opens an address reads numbers at once, even where scripts never run. The same trees
that the browser draws are written as HTML here; assets/app.js takes them away as soon as the
page itself stands in their place.
"""

import logging
from collections.abc import Mapping
from html import escape
from typing import Any

import flask
from dash.development.base_component import Component

from dashboards import ids
from dashboards.access import PAGE_PERMISSIONS, READ, Person, person
from dashboards.components.markup import Content, Markup
from dashboards.data import Drawn, Figures, Visit
from dashboards.frame import Frame, framed
from dashboards.pages import PAGES, filled
from dashboards.whoami import may_open, with_open_pages
from dashboards.withheld import as_allowed
from domain.errors import IocError

HTML_NAMES = {
    "className": "class",
    "colSpan": "colspan",
    "dateTime": "datetime",
    "htmlFor": "for",
    "rowSpan": "rowspan",
    "tabIndex": "tabindex",
}
PROVIDERS = ("MantineProvider", "DatesProvider")
FIELDS = ("AreaPicker", "Select", "DatePickerInput")
log = logging.getLogger(__name__)


def first_picture(figures: Figures, layout: Component, language: str) -> str:
    """The page at the address of this request as HTML; nothing where there is none to show.

    The page proper tells what is wrong, so a first picture that cannot be made is left out.
    """
    request = flask.request
    search = request.query_string.decode(errors="replace")
    said = request.args.get("lang")
    place = {"path": request.path, "search": search, "language": said or language}
    try:
        visit = figures.visit(place, person().scope, figures.watching.said(person()))
        if visit.problem or not _may_see(visit):
            return ""
        who = person()
        name = " ".join(["first", *(page for page in PAGE_PERMISSIONS if may_open(page, who))])
        kept = figures.remembered(name, visit, lambda: _picture(figures, visit, layout, who))
        return str(kept["html"])
    except (IocError, ValueError, PermissionError):
        return ""
    except Exception:
        log.exception("no first picture of %s", request.path)
        return ""


def _may_see(visit: Visit) -> bool:
    return person().may(PAGE_PERMISSIONS.get(visit.view.page, READ))


def _picture(figures: Figures, visit: Visit, layout: Component, who: Person) -> Drawn:
    page = PAGES[visit.view.page]
    values = figures.remembered(page.NAME, visit, lambda: page.drawn(visit))
    frame = dict(framed(figures, visit))
    frame["header"] = with_open_pages(frame["header"], who)
    for name, part in Frame.PARTS.items():
        component, _, attribute = part.rpartition(".")
        setattr(layout[component], attribute, frame[name])
    layout[ids.PAGE].children = filled(page, visit, as_allowed(values, who))
    return {"html": html_of(layout)}


def html_of(component: Any) -> str:
    """A component as HTML: markup and plain elements whole, all else as the room it takes."""
    if isinstance(component, list | tuple):
        return "".join(html_of(one) for one in component)
    if not isinstance(component, Component):
        return escape(component or "")
    children = getattr(component, "children", None)
    if isinstance(component, Markup):
        inside = markup_html(getattr(component, "tree", None))
        return _element(getattr(component, "element", "div"), _attributes(component), inside)
    if component._namespace == "dash_html_components":
        return _element(component._type.lower(), _attributes(component), html_of(children))
    if component._type in PROVIDERS:
        return html_of(children)
    return _room(component)


def _room(component: Component) -> str:
    """The room of what only the page proper can draw: charts and fields; nothing for the rest."""
    if component._type == "Graph":
        return '<div class="dash-graph"></div>'
    if component._type in FIELDS:
        label = escape(str(getattr(component, "label", None) or ""))
        return (
            f'<span class="ioc-filters__label">{label}</span><span class="ioc-first__field"></span>'
        )
    return ""


def _attributes(component: Component) -> dict[str, Any]:
    """Class and visibility; ids belong to the page proper."""
    names = ("className", "hidden", "role")
    return {name: value for name in names if (value := getattr(component, name, None))}


def markup_html(tree: Content | list[Any]) -> str:
    """A tree, or several, as HTML."""
    if tree is None or isinstance(tree, str):
        return escape(tree or "")
    if not tree or isinstance(tree[0], list):
        return "".join(markup_html(one) for one in tree)
    name, attributes, *children = tree
    return _element(name, attributes, "".join(markup_html(child) for child in children))


def _element(name: str, attributes: Mapping[str, Any], inside: str) -> str:
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>"


def _attribute(key: str, value: Any) -> str:
    name = HTML_NAMES.get(key, key)
    if value is True:
        return f" {name}"
    if isinstance(value, Mapping):
        value = ";".join(f"{property_}:{setting}" for property_, setting in value.items())
    return f' {name}="{escape(str(value))}"'
