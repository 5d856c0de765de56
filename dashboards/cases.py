"""What one person sees of alerts and requests of explanation: those of their scope, worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from dashboards.access import ALERTS, Person
from domain.area import register
from domain.errors import AreaError, StoreError
from domain.scope import Scope
from store.state import alerts as book
from store.state import explanations as requests
from store.state.alerts import Alert, Watch
from store.state.explanations import Entry, Explained, Explanation, Mark
from store.state.people import people

SEVERITIES = ("urgent", "warning")
MOST_SHOWN = 200


@dataclass(frozen=True)
class Cases:
    """The book of one home, as a person may see it."""

    home: Path
    who: Person

    def alerts(self, states: Sequence[book.State]) -> list[Alert]:
        """Alerts in some states: urgent first, then what nobody answered, the oldest first."""
        found = [one for one in book.alerts(self.home, states) if self._sees_alert(one)]
        if tuple(states) == ("closed",):
            return found
        return sorted(found, key=_urgency)

    def alert(self, number: int) -> Alert | None:
        """One alert; None for none, and for one outside the scope."""
        found = book.alert_of(self.home, number)
        return found if found is not None and self._sees_alert(found) else None

    def requests(self, states: Sequence[requests.State], alert_id: int = 0) -> list[Explanation]:
        """Requests in some states, those due first before the others."""
        found = requests.explanations(self.home, states, alert_id=alert_id)
        return [one for one in found if self._sees(one)]

    def request(self, number: int) -> Explanation | None:
        """One request; None for none, and for one outside the scope."""
        found = requests.explanation_of(self.home, number)
        return found if found is not None and self._sees(found) else None

    def said_about(self, metric: str, area_id: str, first: date, end: date) -> list[Explanation]:
        """Requests about a figure of an area whose period lies in some days."""
        found = requests.explanations(
            self.home, ("asked", "answered", "accepted"), metric=metric, area_id=area_id
        )
        return [one for one in found if self._sees(one) and _lies_in(one, first, end)]

    def entries(self, some: Sequence[Explanation]) -> dict[int, list[Entry]]:
        """What was said about each, the oldest first."""
        told: dict[int, list[Entry]] = {one.explanation_id: [] for one in some}
        for entry in requests.entries_of(self.home, list(told)):
            told[entry.explanation_id].append(entry)
        return told

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people are called, by the name they log in under."""
        try:
            return {one.name: one.shown for one in people(self.home)}
        except StoreError:
            return {}

    def _sees_alert(self, one: Alert) -> bool:
        return is_within(self.who.scope, one.key.area_id, one.key.organisation)

    def _sees(self, one: Explanation) -> bool:
        return is_within(self.who.scope, one.subject.area_id, one.subject.organisation)


def _urgency(one: Alert) -> tuple[int, int, str, float, float]:
    """Urgent before the rest, unanswered before explained; of one rule the furthest off first."""
    value, bound = one.seen.value, one.seen.bound
    distance = abs(value - bound) if value is not None and bound is not None else 0.0
    is_answered = int(one.state == "explained")
    rank = SEVERITIES.index(one.severity)
    return rank, is_answered, one.key.rule, -distance, one.raised_at.timestamp()


def _lies_in(one: Explanation, first: date, end: date) -> bool:
    start, until = one.subject.period_start, one.subject.period_end
    return start is not None and until is not None and first <= start and until <= end


@lru_cache(maxsize=65536)
def is_within(scope: Scope, area_id: str, organisation: str) -> bool:
    """Whether something about an area or an organisation is within a scope.

    Who sees only what some organisations do sees nothing about a whole area. What is about
    neither is a source's, and everybody's who may see sources.
    """
    if area_id:
        try:
            if not scope.allows(area_id, register()):
                return False
        except AreaError:  # a register of another time
            return scope.areas is None
    if organisation:
        return scope.allows_organisation(organisation)
    return not area_id or scope.organisations is None


class Watching:
    """What waits for somebody, looked up for every page without opening a file."""

    def __init__(self, home: Path) -> None:
        self._watch, self._explained = Watch(home), Explained(home)

    def waiting(self, who: Person) -> int:
        """How many alerts and requests of a person's scope nobody has answered yet."""
        if not who.may(ALERTS):
            return 0
        try:
            places = [place[:2] for place in self._watch.places()]
            places += [place[:2] for place in self._explained.asked()]
        except StoreError:
            return 0
        return sum(is_within(who.scope, area_id, code) for area_id, code in places)

    def said(self, who: Person) -> tuple[int, tuple[Mark, ...]]:
        """Which figures were asked about or explained, with a number that changes as they do."""
        if not who.may(ALERTS):
            return 0, ()
        try:
            version = self._explained.version
            return version, tuple(self._explained.marks()) if version else ()
        except StoreError:
            return 0, ()
