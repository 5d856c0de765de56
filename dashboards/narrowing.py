"""Filters: what figures can be narrowed to, what it is called, and what is chosen, as chips."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.selection import FILTERS, View
from dashboards.text import Words
from domain.period import Span, label
from domain.scope import Scope
from metrics.names import Named, found, known, named
from metrics.selection import By
from metrics.snapshots import Snapshot

MOST = 60
"""Options of one picker; typing finds the others."""
Option = dict[str, str]


@dataclass(frozen=True)
class Chip:
    """One thing that is chosen: what it narrows, to what, and the address without it."""

    name: str
    value: str
    href: str


@dataclass(frozen=True)
class Narrowing:
    """The filters of one view on one snapshot, for one person's scope."""

    view: View
    snapshot: Snapshot
    scope: Scope
    words: Words

    def title(self, name: str, code: str) -> str:
        """What one value of a filter is called: a name, or the code itself."""
        return self._text(name, named(self.snapshot, By(name), code))

    def _text(self, name: str, one: Named) -> str:
        if not one.code:
            return self.words("filter.untold")
        if name == "channel":
            key = f"channel.{one.code}"
            return self.words(key) if key in self.words else one.code
        return one.name

    def _option(self, name: str, one: Named) -> Option:
        text = self._text(name, one)
        around = f", {one.within}" if one.within else ""
        code = "" if name == "channel" or text == one.code else f" ({one.code})"
        return {"value": one.code, "label": f"{text}{around}{code}"}

    def options(self, name: str, text: str = "") -> list[Option]:
        """What a picker offers: what is chosen, then what fits the text, or the first there are."""
        chosen = getattr(self.view, name)
        among = known(self.snapshot, By(name), self.scope)
        fitting = found(text, among, MOST + len(chosen))
        first = [named(self.snapshot, By(name), code) for code in chosen]
        rest = [one for one in fitting if one.code not in chosen]
        return [self._option(name, one) for one in [*first, *rest][: MOST + len(chosen)]]

    def chips(self) -> list[Chip]:
        """The filters that are chosen, in the order of the pickers."""
        return [
            Chip(
                self.words(f"filter.{name}"),
                self.title(name, code),
                self.view.toggled(name, code).href(),
            )
            for name, code in self.view.filters
        ]

    def period_chips(self, span: Span) -> list[Chip]:
        """The days, where they were chosen and no name says them."""
        view = self.view
        if view.first is None and view.last is None:
            return []
        days = label(span, None, self.words.language)
        return [Chip(self.words("filter.period"), days, view.href(first=None, last=None))]

    @property
    def without_any(self) -> str:
        """The address without filters."""
        return self.view.href(**dict.fromkeys(FILTERS, ()))


def unfit_text(names: Sequence[str], words: Words) -> str:
    """That a metric has no figure because it cannot be narrowed by some filters."""
    told = ", ".join(words(f"filter.{name}_lower") for name in names)
    return words("value.unfit", filters=told)
