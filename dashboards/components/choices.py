"""Choices that are addresses: each option is a link to the same view with one thing changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.components.markup import Tree, tag
from dashboards.selection import View
from dashboards.text import Words
from domain.period import Grain, add_months, period_start


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


def period_options(view: View, horizon: date, words: Words) -> list[Option]:
    """The usual periods, counted from the newest day; none is current for a free choice.

    Those that reach up to now leave the end open, so that a bookmark stays what it says.
    """
    year = date(horizon.year, 1, 1)
    usual: list[tuple[str, date | None, date | None]] = [
        ("month", period_start(horizon, Grain.MONTH, view.calendar), None),
        ("quarter", period_start(horizon, Grain.QUARTER, view.calendar), None),
        ("year", None, None),
        ("twelve", add_months(horizon.replace(day=1), -11), None),
        ("last_year", date(horizon.year - 1, 1, 1), date(horizon.year - 1, 12, 31)),
    ]
    chosen = (None if view.first == year and view.last is None else view.first, view.last)
    return [
        Option(
            words(f"period.{name}"),
            view.href(first=first, last=last),
            is_current=chosen == (first, last),
        )
        for name, first, last in usual
    ]


def options_of(
    view: View, field: str, values: Sequence[str], current: str, words: Words
) -> list[Option]:
    """The values of one field of the view as options."""
    return [
        Option(words(f"{field}.{value}"), view.href(**{field: value}), is_current=value == current)
        for value in values
    ]
