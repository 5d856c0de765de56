"""What people do about alerts and requests: checked against their scope, kept, and told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboards import format as fmt
from dashboards.access import ANSWER, ASK, CLOSE, HANDLE, Person
from dashboards.alert_views import Views
from dashboards.components.markup import Tree, tag
from dashboards.data import Figures, Visit
from dashboards.people import deed_now
from domain.errors import CalendarError, IocError, ScopeError
from store.state import alerts, explanations
from store.state.alerts import NotNowError
from store.state.explanations import Explanation, Said, Subject, links_in
from store.state.words import WordError, spoken

ACTS = {
    "handle": (HANDLE, ("acknowledge", "explain")),
    "close": (CLOSE, ("close", "reopen")),
    "answer": (ANSWER, ("answer",)),
    "ask": (ASK, ("ask", "accept", "return", "withdraw")),
}
"""By group of buttons: the permission, and what they do."""
WORDLESS = ("acknowledge", "accept")
LONGEST_DAYS = 60


class Refused(Exception):  # noqa: N818  (an answer, not a failure)
    """What cannot be done: the key of its sentence below `alerts.refused_`, and its gaps."""

    def __init__(self, key: str, **gaps: str) -> None:
        super().__init__(key)
        self.key, self.gaps = key, gaps


@dataclass(frozen=True)
class Written:
    """What stands in the fields: nothing of it was checked."""

    word: str
    links: str
    days: object


@dataclass(frozen=True)
class Deeds:
    """One click of one person at one address."""

    figures: Figures
    visit: Visit
    who: Person
    at: datetime

    @property
    def views(self) -> Views:
        return Views(self.figures, self.visit, self.who, self.at)

    def do(self, group: str, act: str, written: Written) -> Tree:
        """Do it; what became of it. Raises Refused, IocError; nothing was done then."""
        permission, acts = ACTS[group]
        if act not in acts or not self.who.may(permission) or self.visit.problem:
            raise Refused("not_possible")
        first, _, more = (self.visit.view.rest or "").partition("/")
        try:
            if act == "ask":
                return self._ask(more if first == "ask" else "", written)
            if group in ("handle", "close") and first.isdecimal():
                return self._about_alert(int(first), act, written)
            if first == "request" and more.isdecimal():
                return self._about_request(int(more), act, written)
        except WordError as error:
            raise Refused(error.key) from error
        except NotNowError as error:
            raise Refused("not_now") from error
        except CalendarError as error:
            raise Refused("calendar", told=error.message) from error
        raise Refused("not_possible")

    def _about_alert(self, number: int, act: Any, written: Written) -> Tree:
        one = self.views.cases.alert(number)
        if one is None:
            raise Refused("gone")
        word = spoken(written.word, needed=act not in WORDLESS)
        alerts.act_on(self.figures.home, number, act, word, deed_now(f"alert.{act}"))
        return self._told(f"alerts.done_{act}")

    def _about_request(self, number: int, act: Any, written: Written) -> Tree:
        one = self.views.cases.request(number)
        if one is None:
            raise Refused("gone")
        said = self._said(one, act, written)
        explanations.act_on(self.figures.home, number, act, said, deed_now(f"explanation.{act}"))
        return self._told(f"alerts.done_{act}")

    def _said(self, one: Explanation, act: str, written: Written) -> Said:
        text = spoken(written.word, needed=act not in WORDLESS)
        links = links_in(written.links) if act == "answer" else ()
        due = self._due(written) if act == "return" else None
        return Said(text, self._figures(one.subject), links, due)

    def _figures(self, subject: Subject) -> explanations.Figures:
        """The figure now; none where it cannot be had any more."""
        try:
            return self.views.now.kept(subject, self.who.scope)
        except ScopeError:
            raise Refused("gone") from None
        except IocError:
            return explanations.Figures()

    def _ask(self, rest: str, written: Written) -> Tree:
        views = self.views
        try:
            subject = views.subject(rest)
            figures = views.now.kept(subject, self.who.scope)
        except (IocError, ValueError):
            raise Refused("gone") from None
        if subject.metric and figures.value is None:
            raise Refused("no_value")
        due = self._due(written)
        said = Said(spoken(written.word), figures, due_day=due)
        alert_id = int(rest) if rest.isdecimal() else None
        deed = deed_now("explanation.ask")
        number = explanations.ask(self.figures.home, subject, said, deed, alert_id)
        say = self.visit.words
        told = say("explain.sent", number=number, day=fmt.day(due, say.language))
        return self._note(told, f"/alerts/request/{number}")

    def _due(self, written: Written) -> date:
        days = written.days
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
            raise Refused("days", most=str(LONGEST_DAYS))
        return self.views.now.due(days)

    def _told(self, key: str) -> Tree:
        return self._note(self.visit.words(key))

    def _note(self, text: str, href: str = "") -> Tree:
        link = tag("a", self.visit.words("alerts.see"), href=href) if href else None
        return tag("p", text, " ", link, cls="ioc-note ioc-note--good", role="status")
