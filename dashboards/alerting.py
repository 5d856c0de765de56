"""The page of alerts and explanations: what it shows at each address, and what people do there.

Whoever acts is `person()`; what lies outside their scope does not exist for them. What they did
stands in the book together with its entry in the audit trail before they are told so.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from dashboards import ids
from dashboards.access import ALERTS, ANSWER, ASK, CLOSE, HANDLE, Access, person
from dashboards.alert_deeds import Deeds, Refused, Written
from dashboards.alert_views import Views
from dashboards.components.markup import Tree, tag
from dashboards.data import Figures, language_of
from dashboards.ids import part
from dashboards.pages.alerts import DOERS, NAME
from dashboards.text import Words, words
from domain.errors import IocError

PlaceData = dict[str, str]
Parts = dict[str, Any]
PLACE = Input(ids.PLACE, "data")
SERVED = Input(ids.SERVED, "data")
PERMISSIONS = {"handle": HANDLE, "answer": ANSWER, "ask": ASK, "close": CLOSE}


def register(access: Access, figures: Figures) -> None:
    """Everything the page may ask for."""
    _show(access, figures)
    _handle(access, figures)
    _answer(access, figures)
    _ask(access, figures)
    _close(access, figures)


def _show(access: Access, figures: Figures) -> None:
    def of(name: str, what: str) -> Output:
        return Output(part(NAME, name), what)

    @access.callback(
        ALERTS,
        output={
            "tabs": of("tabs", "tree"),
            "body": of("body", "tree"),
            "hidden": of("form", "hidden"),
            "form_head": of("form-head", "tree"),
            "word_label": of("word", "label"),
            "word_hint": of("word", "description"),
            "links_hidden": of("links-field", "hidden"),
            "links_label": of("links", "label"),
            "days_hidden": of("days-field", "hidden"),
            "days_label": of("days", "label"),
            **{name: of(name, "tree") for name in DOERS},
        },
        inputs={
            "place": PLACE,
            "served": SERVED,
            "done": Input(part(NAME, "done"), "data"),
        },
    )
    def show_alerts(place: PlaceData | None, served: object, done: object) -> Parts:  # noqa: ARG001
        """A list, one case, or a form to ask, as the address says and the scope allows."""
        if place is None:
            raise PreventUpdate
        asking = person()
        visit = figures.visit(place, asking.scope)
        if visit.problem or visit.view.page != NAME:
            raise PreventUpdate
        return Views(figures, visit, asking, datetime.now(UTC)).parts()


def _handle(access: Access, figures: Figures) -> None:
    @_doing(access, HANDLE, "handle")
    def handle(**given: Any) -> Parts:
        """Acknowledge an alert, or explain it."""
        return _done(figures, "handle", given)


def _answer(access: Access, figures: Figures) -> None:
    @_doing(access, ANSWER, "answer")
    def answer(**given: Any) -> Parts:
        """Reply to a request of explanation."""
        return _done(figures, "answer", given)


def _ask(access: Access, figures: Figures) -> None:
    @_doing(access, ASK, "ask")
    def ask(**given: Any) -> Parts:
        """Ask for an explanation, or decide on a reply."""
        return _done(figures, "ask", given)


def _close(access: Access, figures: Figures) -> None:
    @_doing(access, CLOSE, "close")
    def close(**given: Any) -> Parts:
        """Close an alert, or open it again."""
        return _done(figures, "close", given)


def _doing(
    access: Access, permission: str, group: str
) -> Callable[[Callable[..., Parts]], Callable[..., Parts]]:
    """A callback of one group of buttons; what was written is emptied once it is kept."""

    def outcome(name: str, what: str) -> Output:
        return Output(part(NAME, name), what, allow_duplicate=True)

    return access.callback(
        permission,
        output={
            "told": outcome("told", "tree"),
            "done": outcome("done", "data"),
            "word": outcome("word", "value"),
            "links": outcome("links", "value"),
        },
        inputs={
            "clicked": Input(part(NAME, group), "clicked"),
            "place": State(ids.PLACE, "data"),
            "word": State(part(NAME, "word"), "value"),
            "links": State(part(NAME, "links"), "value"),
            "days": State(part(NAME, "days"), "value"),
        },
        prevent_initial_call=True,
    )


def _done(figures: Figures, group: str, given: dict[str, Any]) -> Parts:
    """Do what was clicked, at the address it was clicked at; say what became of it."""
    clicked, place = given["clicked"] or {}, given["place"]
    say = words(language_of(place))
    written = Written(_text(given["word"]), _text(given["links"]), given["days"])
    try:
        visit = figures.visit(place, person().scope)
        deeds = Deeds(figures, visit, person(), datetime.now(UTC))
        told = deeds.do(group, str(clicked.get("action")), written)
    except Refused as refused:
        return _kept(given, _note(say, f"alerts.refused_{refused.key}", **refused.gaps))
    except IocError as error:
        return _kept(given, tag("p", error.message, cls="ioc-note ioc-note--wrong", role="alert"))
    return {"told": told, "done": clicked.get("at"), "word": "", "links": ""}


def _kept(given: dict[str, Any], told: Tree) -> Parts:
    """Nothing was done, and nothing that was written is lost."""
    word, links = _text(given["word"]), _text(given["links"])
    return {"told": told, "done": None, "word": word, "links": links}


def _note(say: Words, key: str, **gaps: str) -> Tree:
    return tag("p", say(key, **gaps), cls="ioc-note ioc-note--wrong", role="alert")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
