"""Ways to take figures away, pin them or ask about them are shown to those alone who may.

Pages are drawn once for all who see the same figures, so what one of them may not do is left out
after that. The server refuses it anyway: this is so that nobody is offered what will be refused.
"""

from collections.abc import Callable, Collection
from typing import Any

from dashboards.access import ASK, BOARDS, EXPORT, Person
from dashboards.cells import ASK_PLACE
from dashboards.data import Drawn

TAKING = ("/download", "/download/rejected")
"""Files that need the permission to take figures away."""
Attributes = dict[str, Any]


def as_allowed(parts: Drawn, who: Person) -> Drawn:
    """A page's parts without what this person may not do; the parts given stay as they are."""
    return {
        name: allowed(value, who) if name.endswith(".tree") else value
        for name, value in parts.items()
    }


def allowed(tree: Any, who: Person) -> Any:
    """A tree, or several, without what gives files away, pins or asks, where they may not."""
    refused = [
        is_one
        for permission, is_one in ((EXPORT, _gives_files), (BOARDS, _pins), (ASK, _asks))
        if not who.may(permission)
    ]
    return _without(tree, lambda one: any(is_one(one) for is_one in refused)) if refused else tree


def without(kinds: Collection[str], tree: Any) -> Any:
    """A tree, or several, without the elements of some classes."""
    return _without(tree, lambda one: not _kinds(one).isdisjoint(kinds))


def _without(tree: Any, is_left_out: Callable[[Attributes], bool]) -> Any:
    if not isinstance(tree, list):
        return tree
    return [_without(one, is_left_out) for one in tree if not is_left_out(_attributes(one))]


def _attributes(one: Any) -> Attributes:
    """Those of an element; none for a text, or for several elements."""
    has_any = isinstance(one, list) and len(one) > 1 and isinstance(one[1], dict)
    return one[1] if has_any else {}


def _kinds(attributes: Attributes) -> set[str]:
    return set(str(attributes.get("className", "")).split())


def _gives_files(attributes: Attributes) -> bool:
    path = str(attributes.get("href", "")).partition("?")[0]
    is_file = bool(attributes.get("download")) and path in TAKING
    return is_file or "ioc-take" in _kinds(attributes)


def _pins(attributes: Attributes) -> bool:
    return "data-pin" in attributes


def _asks(attributes: Attributes) -> bool:
    return str(attributes.get("href", "")).startswith(f"{ASK_PLACE}/")
