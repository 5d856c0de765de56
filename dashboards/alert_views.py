"""What the page of alerts shows at each address: a list, one alert, one request, a form to ask.

/alerts                      what is under way; /alerts/open, acknowledged, explained, closed
/alerts/requests             requests without a decision; /alerts/answered those with one
/alerts/12, /alerts/request/5
/alerts/ask/12               asking about an alert
/alerts/ask/METRIC/AREA/FROM/TO   asking about a figure; `TO` is the last day, included
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from dashboards.access import ANSWER, ASK, CLOSE, HANDLE, Person
from dashboards.cases import Cases
from dashboards.components.alerts import alert_list, area_href, case_panel, request_href, tabs
from dashboards.components.choices import Option
from dashboards.components.explanations import request_list, request_panel
from dashboards.components.markup import Tree, tag
from dashboards.components.states import empty
from dashboards.data import Figures, Visit
from dashboards.explaining import Now, telling_of
from dashboards.telling import Telling
from domain.errors import IocError, ScopeError
from domain.period import DAY
from store.state.alerts import UNDER_WAY, Alert, entries_of
from store.state.explanations import Explanation, Subject

Parts = dict[str, Any]
LISTS: dict[str, tuple[Any, ...]] = {
    "": UNDER_WAY,
    "open": ("open",),
    "acknowledged": ("acknowledged",),
    "explained": ("explained",),
    "closed": ("closed",),
}
REQUESTS: dict[str, tuple[Any, ...]] = {
    "requests": ("asked", "answered"),
    "answered": ("accepted", "withdrawn"),
}


@dataclass(frozen=True)
class Form:
    """What can be written and done here: a heading, which fields, and the buttons by group."""

    title: str = ""
    word: str = ""
    has_links: bool = False
    has_days: bool = False
    buttons: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Views:
    """One visit of the page by one person."""

    figures: Figures
    visit: Visit
    who: Person
    at: datetime

    @property
    def rest(self) -> str:
        return self.visit.view.rest or ""

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.figures.home, self.who)

    @cached_property
    def telling(self) -> Telling:
        return telling_of(self.figures, self.cases, self.visit)

    @cached_property
    def now(self) -> Now:
        return Now(self.figures, self.at)

    def parts(self) -> Parts:
        """The value of every part of the page."""
        body, form = self._shown()
        say = self.visit.words
        buttons = {name: self._buttons(form, name) for name in ("handle", "answer", "ask", "close")}
        is_closed = not any(buttons.values())
        return {
            "tabs": tabs(self._tabs(), self.telling),
            "body": body,
            "hidden": is_closed,
            "form_head": [tag("h3", form.title, cls="ioc-panel__title")] if form.title else None,
            "word_label": form.word or say("alerts.word"),
            "word_hint": say("alerts.word_hint"),
            "links_hidden": not form.has_links,
            "links_label": say("explain.links"),
            "days_hidden": not form.has_days,
            "days_label": say("explain.days"),
            **buttons,
        }

    def _shown(self) -> tuple[list[Tree], Form]:
        first, _, more = self.rest.partition("/")
        if self.rest in LISTS:
            found = self.cases.alerts(LISTS[self.rest])
            return [alert_list(found, self.telling, self.at)], Form()
        if self.rest in REQUESTS:
            return [self._requests(REQUESTS[self.rest])], Form()
        if first == "ask":
            return self._asking(more)
        return self._request(int(more)) if first == "request" else self._case(int(first))

    # ---- lists

    def _tabs(self) -> list[Option]:
        say = self.visit.words
        requests = self.cases.requests(("asked", "answered"))
        overdue = sum(one.is_overdue(self.now.today) for one in requests)
        under_way = self.cases.alerts(UNDER_WAY)
        counts = {"": len(under_way), "requests": len(requests)}
        counts |= {state: sum(one.state == state for one in under_way) for state in UNDER_WAY}
        options = []
        for name in (*LISTS, *REQUESTS):
            text = say(f"alerts.tab_{name or 'all'}")
            if name in counts:
                text = f"{text} ({counts[name]})"
            if name == "requests" and overdue:
                text = f"{text} · {say('explain.overdue_count', count=overdue)}"
            href = f"/alerts/{name}".rstrip("/")
            options.append(Option(text, href, is_current=self.rest == name))
        return options

    def _requests(self, states: tuple[Any, ...]) -> Tree:
        found = self.cases.requests(states)
        return request_list(found, self.cases.entries(found), self.telling, self.now.today)

    def _nothing(self, key: str) -> tuple[list[Tree], Form]:
        say = self.visit.words
        back = [(say("alerts.tab_all"), "/alerts")]
        told = empty(say(key), say("alerts.gone_long"), back, kind="ioc-empty--error")
        return [tag("section", told, cls="ioc-panel")], Form()

    # ---- one alert, one request

    def _case(self, number: int) -> tuple[list[Tree], Form]:
        one = self.cases.alert(number)
        if one is None:
            return self._nothing("alerts.gone")
        asked = self.cases.requests(("asked", "answered", "accepted"), alert_id=number)
        ways = self._ways(Subject(one.key.metric, one.key.area_id), one)
        entries = entries_of(self.figures.home, number)
        body = case_panel(one, entries, asked, self.telling, self.at, ways)
        return body, self._form_of_case(one)

    def _form_of_case(self, one: Alert) -> Form:
        handle: list[str] = []
        if one.is_under_way:
            handle = ["acknowledge", "explain"] if one.state == "open" else ["explain"]
        close = ["close"] if one.is_under_way else ["reopen"]
        return Form(self.visit.words("alerts.form"), buttons={"handle": handle, "close": close})

    def _request(self, number: int) -> tuple[list[Tree], Form]:
        one = self.cases.request(number)
        if one is None:
            return self._nothing("explain.gone")
        entries = self.cases.entries([one])[number]
        ways = self._ways(one.subject, None)
        if one.alert_id is not None:
            text = self.visit.words("alerts.number", number=one.alert_id)
            ways = [tag("a", text, href=f"/alerts/{one.alert_id}", cls="ioc-button"), *ways]
        body = request_panel(one, entries, self.telling, self.now.today, ways)
        return body, self._form_of_request(one)

    def _form_of_request(self, one: Explanation) -> Form:
        say = self.visit.words
        answer = ["answer"] if one.state in ("asked", "answered") else []
        ask = {"asked": ["withdraw"], "answered": ["accept", "return", "withdraw"]}
        buttons = {"answer": answer, "ask": ask.get(one.state, [])}
        may_answer, may_ask = self.who.may(ANSWER), self.who.may(ASK)
        title = "explain.form_answer" if may_answer else "explain.form_decide"
        return Form(
            say(title),
            say("explain.answer_word" if may_answer else "explain.decide_word"),
            has_links=may_answer and bool(answer),
            has_days=may_ask and one.state == "answered",
            buttons=buttons,
        )

    def _ways(self, subject: Subject, one: Alert | None) -> list[Tree]:
        """To the area's page, and to asking for an explanation of an alert."""
        say, ways = self.visit.words, []
        seen = one.seen if one else subject
        href = area_href(
            self.telling,
            subject.area_id,
            subject.metric,
            seen.period_start,
            seen.period_end,
            self.visit.snapshot.horizon,
        )
        if href and subject.metric:
            ways.append(tag("a", say("alerts.area"), href=href, cls="ioc-button"))
        if one is not None and one.is_under_way and self.who.may(ASK):
            href = f"/alerts/ask/{one.alert_id}"
            ways.append(tag("a", say("explain.ask"), href=href, cls="ioc-button"))
        return ways

    # ---- asking

    def _asking(self, rest: str) -> tuple[list[Tree], Form]:
        """The figure that is asked about, and the form; or what was asked about it already."""
        if not self.who.may(ASK):
            return self._nothing("explain.not_yours")
        try:
            subject = self.subject(rest)
            found = self.now.kept(subject, self.who.scope)
        except ScopeError:
            return self._nothing("explain.not_yours")
        except (IocError, ValueError):
            return self._nothing("explain.no_figure")
        say, held = self.visit.words, self._asked(subject)
        place = self.telling.subject_place(subject)
        period = self.telling.period(subject.period_start, subject.period_end)
        what = self.telling.metric_name(subject.metric) or say("explain.source")
        facts = [("place", place), ("period", period)]
        if subject.metric:
            facts += [("value", self.telling.value(subject.metric, found))]
            facts += [("snapshot", found.snapshot)]
        items = [
            part
            for key, text in facts
            for part in (tag("dt", say(f"alerts.{key}")), tag("dd", text))
            if text
        ]
        held_link = (
            tag(
                "p",
                say("explain.held"),
                " ",
                tag(
                    "a", say("explain.number", number=held.explanation_id), href=request_href(held)
                ),
                cls="ioc-note ioc-note--wait",
            )
            if held
            else None
        )
        panel = tag(
            "section",
            tag("div", tag("h2", what, cls="ioc-panel__title"), cls="ioc-panel__head"),
            tag("div", tag("dl", *items, cls="ioc-definition__facts"), held_link,
                cls="ioc-panel__body"),
            cls="ioc-panel",
        )  # fmt: skip
        if held:
            return [panel], Form()
        form = Form(say("explain.ask"), say("explain.question"), has_days=True,
                    buttons={"ask": ["ask"]})  # fmt: skip
        return [panel], form

    def subject(self, rest: str) -> Subject:
        """What an address asks about. Raises IocError, ValueError."""
        if rest.isdecimal():
            one = self.cases.alert(int(rest))
            if one is None:
                raise ScopeError("There is no such alert within the scope.")
            key, seen = one.key, one.seen
            return Subject(key.metric, key.area_id, key.organisation, key.source,
                           seen.period_start, seen.period_end)  # fmt: skip
        metric, area_id, first, last = rest.split("/")
        area = self.figures.rules.register.get(area_id)
        end = date.fromisoformat(last) + DAY
        return Subject(metric, area.area_id, "", "", date.fromisoformat(first), end)

    def _asked(self, subject: Subject) -> Explanation | None:
        """A request about the same that waits for its reply."""
        some = self.cases.requests(("asked",))
        return next((one for one in some if one.subject == subject), None)

    # ---- buttons

    def _buttons(self, form: Form, group: str) -> Tree | None:
        """The buttons of a group, for those who may press them."""
        permission = {"handle": HANDLE, "answer": ANSWER, "ask": ASK, "close": CLOSE}[group]
        names = form.buttons.get(group, ())
        if not names or not self.who.may(permission):
            return None
        return tag(
            "div",
            *[
                tag(
                    "button",
                    self.visit.words(f"alerts.do_{name}"),
                    type="button",
                    cls="ioc-button" + (" ioc-button--primary" if name in PRIMARY else ""),
                    data_action=name,
                )
                for name in names
            ],
            cls="ioc-write__group",
        )


PRIMARY = ("explain", "answer", "ask", "accept")
