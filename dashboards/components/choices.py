"""Choices that are addresses: each option is a link to the same view with one thing changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.components.markup import Tree, tag
from dashboards.selection import Period, View
from dashboards.text import Words


@dataclass(frozen=True)
class Option:
    """One way to go on: its name, its address, and whether we are there."""

    name: str
    href: str
    is_current: bool
    title: str = ""


def segment(name: str, options: Sequence[Option]) -> Tree:
    """A row of options, the current one marked."""
    links = [
        tag(
            "a",
            option.name,
            href=option.href,
            cls="ioc-segment__option",
            aria_current="true" if option.is_current else None,
            title=option.title or None,
        )
        for option in options
    ]
    return tag("div", *links, cls="ioc-segment", role="group", aria_label=name)


def labelled(name: str, options: Sequence[Option]) -> list[Tree]:
    """A filter: its label above its options."""
    return [tag("span", name, cls="ioc-filters__label"), segment(name, options)]


def period_options(view: View, words: Words) -> list[Option]:
    """The periods that have a name; none is current for a free choice of days."""
    is_free = view.first is not None or view.last is not None
    usual = (Period.MONTH, Period.LAST_MONTH, Period.QUARTER, None, Period.TWELVE, Period.LAST_YEAR)
    return [
        Option(
            words(f"period.{period or 'year'}"),
            view.href(period=period, first=None, last=None),
            is_current=not is_free and view.period is period,
        )
        for period in usual
    ]


def options_of(
    view: View, field: str, values: Sequence[str], current: str, words: Words
) -> list[Option]:
    """The values of one field of the view as options."""
    return [
        Option(words(f"{field}.{value}"), view.href(**{field: value}), is_current=value == current)
        for value in values
    ]
