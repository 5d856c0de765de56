"""What the command line reads of a selection: a breakdown, and a filter."""

from typing import TYPE_CHECKING

from domain.errors import SelectionError

if TYPE_CHECKING:
    from metrics.selection import By


def breakdown(text: str) -> "By":
    """What values are broken down by. Raises SelectionError."""
    from metrics.selection import By

    if text not in list(By):
        raise SelectionError(f"There is no breakdown by '{text}'. There are: {', '.join(By)}.")
    return By(text)


def pair(text: str) -> tuple[str, str]:
    """A filter's name and value. Raises SelectionError."""
    name, equals, value = text.partition("=")
    if not equals or not value:
        raise SelectionError(f"--filter {text} is not NAME=VALUE, as in --filter channel=online.")
    return name, value
