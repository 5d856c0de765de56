"""Explanations in files: what was asked and answered about the figures that a file shows."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboards import format as fmt
from dashboards.access import ALERTS, Person
from dashboards.cases import Cases
from dashboards.telling import Telling
from dashboards.text import Words
from domain.area import Area
from domain.errors import AreaError
from domain.period import Span
from domain.scope import Scope
from metrics.rules import Rules
from store.state.explanations import Entry, Explanation, State

MOST = 20
STATES: tuple[State, ...] = ("asked", "answered", "accepted")


@dataclass(frozen=True)
class Explanations:
    """The requests of a home that somebody with a scope may read, in one language.

    Whoever may take figures away may read them too (dashboards/roles.py).
    """

    home: Path
    scope: Scope
    rules: Rules
    words: Words

    def about(
        self, area: Area, span: Span, metrics: Collection[str] = (), *, inside: bool = False
    ) -> tuple[str, ...]:
        """What was said about figures of an area whose days lie in a span, in whole or in part.

        `metrics` are those meant, none given: any; `inside` takes in all areas within it. One
        line each: where, which days, what was said, by whom and when; or until when it is due.
        """
        meant = [
            one
            for one in self._all
            if (not metrics or one.subject.metric in metrics)
            and _overlaps(one, span)
            and (self._lies_in(one, area) if inside else one.subject.area_id == area.area_id)
        ]
        entries = self._cases.entries(meant[:MOST])
        return tuple(self._line(one, entries[one.explanation_id]) for one in meant[:MOST])

    @cached_property
    def _cases(self) -> Cases:
        return Cases(self.home, Person("export", frozenset({ALERTS}), self.scope))

    @cached_property
    def _all(self) -> list[Explanation]:
        return [one for one in self._cases.requests(STATES) if one.subject.metric]

    @cached_property
    def _telling(self) -> Telling:
        return Telling(self.rules, self.words, {}, self._cases.names)

    def _lies_in(self, one: Explanation, area: Area) -> bool:
        try:
            return area.area_id in self.rules.register.belongs_to(one.subject.area_id)
        except AreaError:  # a register of another time
            return False

    def _line(self, one: Explanation, entries: list[Entry]) -> str:
        say, telling, subject = self.words, self._telling, one.subject
        parts = [
            telling.metric_name(subject.metric),
            telling.subject_place(subject),
            telling.period(subject.period_start, subject.period_end),
        ]
        head = " · ".join(part for part in parts if part)
        answer = next((entry for entry in reversed(entries) if entry.act == "answer"), None)
        if one.state == "asked" or answer is None:
            due = say("explain.due", day=fmt.day(one.due_day, say.language))
            return f"{head}: {say('mark.asked')} ({due})"
        text = " ".join(answer.text.split())
        return f"{head}: {text} ({telling.actor(answer.actor)}, {telling.at(answer.at)})"


def _overlaps(one: Explanation, span: Span) -> bool:
    start, end = one.subject.period_start, one.subject.period_end
    return start is not None and end is not None and start < span.end and span.start < end
