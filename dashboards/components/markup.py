"""Markup: a whole piece of a page as ONE Dash component.

Dash 4 gives every html component its own wrapper that watches the whole store, so a table of
150 rows made of html.Td takes seconds in the browser (1,800 components: 9 s; as one Markup:
40 ms). A tree is what React.createElement takes, as plain JSON, drawn by assets/markup.js:

    ["p", {"className": "ioc-card__verdict"}, "Đạt", ["b", {}, "98,1"]]

Trees are built with `tag`, and cached as they are. React escapes
every text; tags and attributes are a closed list, and links lead to this site only.
"""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

Tree = list[Any]
"""[tag, attributes, *children]; a child is a tree or a text."""

Content = Tree | str | None

TAGS = frozenset(
    [
        "a",
        "abbr",
        "article",
        "aside",
        "b",
        "button",
        "caption",
        "code",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "header",
        "hr",
        "i",
        "label",
        "legend",
        "li",
        "nav",
        "ol",
        "p",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "ul",
    ]
)
ATTRIBUTES = frozenset(
    [
        "className",
        "colSpan",
        "dateTime",
        "disabled",
        "download",
        "href",
        "htmlFor",
        "id",
        "hidden",
        "key",
        "lang",
        "rel",
        "role",
        "rowSpan",
        "scope",
        "style",
        "tabIndex",
        "target",
        "title",
        "type",
        "open",
    ]
)
NAMES = {
    "cls": "className",
    "colspan": "colSpan",
    "datetime": "dateTime",
    "for_": "htmlFor",
    "rowspan": "rowSpan",
    "tabindex": "tabIndex",
}


def tag(name: str, *children: Content | list[Tree], **attributes: Any) -> Tree:
    """One element. `cls` is the class; `aria_label` and `data_action` become aria-/data-.

    Children that are None are left out, as are attributes that are None or False. A list of
    trees among the children is spread. Raises ValueError for a tag or attribute that is not
    allowed and for a link that leaves the site.
    """
    if name not in TAGS:
        raise ValueError(f"Markup has no <{name}>. Add it to TAGS if it cannot run anything.")
    given = {_name(key): value for key, value in attributes.items() if value not in (None, False)}
    if not _is_local(given.get("href", "/")):
        raise ValueError(f"A link may lead to this site only, not to {given['href']!r}.")
    return [name, given, *_spread(children)]


def _name(key: str) -> str:
    if key.startswith(("aria_", "data_")):
        return key.replace("_", "-")
    name = NAMES.get(key, key)
    if name not in ATTRIBUTES:
        raise ValueError(f"Markup has no attribute {key!r}.")
    return name


def _is_local(href: str) -> bool:
    return href[:1] in ("/", "?", "#") and not href.startswith("//") and "\\" not in href


def _spread(children: tuple[Content | list[Tree], ...]) -> Iterator[Tree | str]:
    for child in children:
        if isinstance(child, list) and (not child or isinstance(child[0], list)):
            yield from child
        elif child is not None:
            yield child


class Markup(Component):
    """A tree on the page.

    id         its name for callbacks
    tree       the tree, or None for nothing
    element    the tag that holds it (default div), with `className` and `label` (aria-label)
    clicked    what was clicked last: the data-* of the nearest element with data-action, and
               `at`, the browser's time, so that the same thing can be clicked twice
    Links and elements with data-href change the page's address without loading it anew.
    """

    _children_props: list[str] = []  # noqa: RUF012 - as every Dash component writes it
    _namespace = "toan_canh"
    _type = "Markup"

    def __init__(self, **properties: Any) -> None:
        names = ["id", "tree", "element", "className", "label", "clicked"]
        self._prop_names = names
        self._valid_wildcard_attributes: list[str] = []
        self.available_properties = names
        self.available_wildcard_properties: list[str] = []
        super().__init__(**properties)  # type: ignore[no-untyped-call]  # Dash has no types here
