"""Ways to take figures away are shown to those alone who may take them.

Pages are drawn once for all who see the same figures, so what one of them may not do is left out
after that. The server refuses it anyway: this is so that nobody is offered what will be refused.
"""

from collections.abc import Iterator
from typing import Any

from dashboards.access import EXPORT, Person
from dashboards.data import Drawn

TAKING = ("/download", "/download/rejected")
"""Files that need the permission to take figures away."""


def as_allowed(parts: Drawn, who: Person) -> Drawn:
    """A page's parts without what this person may not do; the parts given stay as they are."""
    return {
        name: allowed(value, who) if name.endswith(".tree") else value
        for name, value in parts.items()
    }


def allowed(tree: Any, who: Person) -> Any:
    """A tree, or several, without the menus and links that give files away where they may not."""
    return tree if who.may(EXPORT) else _without_taking(tree)


def _without_taking(tree: Any) -> Any:
    if not isinstance(tree, list):
        return tree
    return [_without_taking(one) for one in _left(tree)]


def _left(tree: list[Any]) -> Iterator[Any]:
    return (one for one in tree if not (isinstance(one, list) and _gives_files(one)))


def _gives_files(one: list[Any]) -> bool:
    attributes = one[1] if len(one) > 1 and isinstance(one[1], dict) else {}
    path = str(attributes.get("href", "")).partition("?")[0]
    is_file = bool(attributes.get("download")) and path in TAKING
    return is_file or "ioc-take" in str(attributes.get("className", "")).split()
