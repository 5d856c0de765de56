"""Reading markup trees: what a reader would read, and the elements of a class."""

from collections.abc import Iterator
from typing import Any

from dashboards.components.markup import Tree


def text_of(tree: Any) -> str:
    """Everything a reader would read, in order."""
    if tree is None or isinstance(tree, str):
        return tree or ""
    return "".join(text_of(child) for child in _children(tree))


def elements(tree: Any, cls: str) -> list[Tree]:
    """Every element of a tree, or of several, that carries the class."""
    return list(_found(tree, cls))


def _found(tree: Any, cls: str) -> Iterator[Tree]:
    if not isinstance(tree, list):
        return
    if not _is_several(tree) and cls in str(tree[1].get("className", "")).split():
        yield tree
    for child in _children(tree):
        yield from _found(child, cls)


def _children(tree: Tree) -> Tree:
    return tree if _is_several(tree) else tree[2:]


def _is_several(tree: Tree) -> bool:
    return not tree or isinstance(tree[0], list)
