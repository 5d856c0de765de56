"""What happens when: every callback of the program, each a sentence, each with its permission.

The browser sends where it is (`ids.PLACE`); the server answers with the frame and the page.
Clientside callbacks live in assets/app.js and need no permission: they ask nobody.
"""

from dataclasses import replace
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboards import ids
from dashboards.access import DOSSIERS, PAGE_PERMISSIONS, READ, Access, person
from dashboards.components.definition import definition
from dashboards.components.states import empty
from dashboards.data import Drawn, Figures, Visit, language_of
from dashboards.explaining import beside
from dashboards.frame import Frame, Parts, bare_parts, framed
from dashboards.narrowing import Narrowing
from dashboards.pages import (
    PAGES,
    Page,
    compare,
    drawn_later,
    filled,
    methodology,
    my,
    not_found,
    slow_parts,
    subject,
)
from dashboards.selection import FILTERS
from dashboards.signin import home_of
from dashboards.text import words
from dashboards.told import told
from dashboards.whoami import with_person
from dashboards.withheld import allowed, as_allowed
from domain.errors import IocError, ScopeError, StoreError

PlaceData = dict[str, str]
MOST_TYPED = 100
CARD_PARTS = ("dossier-cards", "office-cards", "printed")
CLICKABLE = {
    "overview": CARD_PARTS,
    "area": CARD_PARTS,
    "metric": ("value",),
    "subject": ("cards",),
}
"""The parts of pages whose cards tell what is behind them."""
PLACE = Input(ids.PLACE, "data")
SERVED = Input(ids.SERVED, "data")


def register(access: Access, figures: Figures) -> None:
    """Everything a browser may ask, and everything it does alone."""
    _frame(access, figures)
    _router(access, figures)
    for page in PAGES.values():
        _redraw(access, figures, page)
        for name in slow_parts(page):
            _redraw_later(access, figures, page, name)
    _narrow(access, figures)
    _definitions(access, figures)
    _in_the_browser(access.app)


def _frame(access: Access, figures: Figures) -> None:
    @access.callback(
        READ,
        output={name: _output(part) for name, part in Frame.PARTS.items()},
        inputs={"place": PLACE, "served": SERVED},
    )
    def show_frame(place: PlaceData | None, served: object) -> Parts:  # noqa: ARG001 - a new snapshot asks again
        """The band, the banners, the choices and the foot for where the visitor is."""
        try:
            parts = framed(figures, _arrived(figures, place))
        except StoreError:
            parts = bare_parts(words(language_of(place)))
        waiting = figures.watching.waiting(person())
        parts = {**parts, "options": allowed(parts["options"], person())}
        return with_person(parts, person(), words(language_of(place)), waiting)


def _router(access: Access, figures: Figures) -> None:
    @access.callback(
        READ,
        output={"page": Output(ids.PAGE, "children"), "shown": Output(ids.PAGE, "data-page")},
        inputs={"place": PLACE, "served": SERVED, "shown": State(ids.PAGE, "data-page")},
    )
    def show_page(place: PlaceData | None, served: object, shown: str | None) -> dict[str, Any]:  # noqa: ARG001
        """The page at an address; nothing where only what is on it changes."""
        try:
            visit = _arrived(figures, place)
        except StoreError as error:
            say = words(language_of(place))
            return _page(
                not_found.refusal(
                    say("refusal.no_snapshot"), told(error.message, say.language), say
                ),
                "",
            )
        if problem := visit.problem:
            return _page(not_found.page(problem, visit.words), "")
        page = PAGES[visit.view.page]
        if not person().may(PAGE_PERMISSIONS.get(page.NAME, READ)):
            return _page(_denied(visit, "denied.text"), "")
        if shown == page.NAME:
            raise PreventUpdate
        try:
            content = filled(page, visit, as_allowed(_drawn(figures, page, visit), person()))
            _tell_drawn(visit)
            return _page(content, page.NAME)
        except IocError as error:
            return _page(_failure(visit, error), "")


def _redraw(access: Access, figures: Figures, page: Page) -> None:
    @access.callback(
        PAGE_PERMISSIONS.get(page.NAME, READ),
        output={part: _output(part) for part in page.PARTS},
        inputs={"place": PLACE, "served": SERVED},
        prevent_initial_call=True,
    )
    def redraw(place: PlaceData | None, served: object) -> Drawn:  # noqa: ARG001 - a new snapshot asks again
        """What is on the page, when the visitor chose something else or there is a new snapshot."""
        visit = _arrived(figures, place)
        if visit.problem or visit.view.page != page.NAME:
            raise PreventUpdate
        try:
            parts = _drawn(figures, page, visit)
        except IocError as error:
            set_props(ids.PAGE, {"children": _failure(visit, error), "data-page": ""})
            return dict.fromkeys(page.PARTS, no_update)
        _tell_drawn(visit)
        return as_allowed(parts, person())


def _redraw_later(access: Access, figures: Figures, page: Page, name: str) -> None:
    parts = slow_parts(page)[name]

    @access.callback(
        PAGE_PERMISSIONS.get(page.NAME, READ),
        output={part: _output(part) for part in parts},
        inputs={"place": PLACE, "served": SERVED},
    )
    def redraw_later(place: PlaceData | None, served: object) -> Drawn:  # noqa: ARG001 - a new snapshot asks again
        """A part of the page that needs longer; what fails in it fails alone."""
        visit = _arrived(figures, place)
        if visit.problem or visit.view.page != page.NAME:
            raise PreventUpdate
        try:
            drawn = figures.remembered(
                f"{page.NAME}/{name}", visit, lambda: drawn_later(page, name, visit)
            )
            return as_allowed(drawn, person())
        except IocError as error:
            why = told(error.message, visit.words.language)
            said = empty(visit.words("refusal.failed"), why, kind="ioc-empty--error")
            return dict.fromkeys(parts, said)


def _narrow(access: Access, figures: Figures) -> None:
    @access.callback(
        READ,
        output={name: Output(ids.picker(name), "data", allow_duplicate=True) for name in FILTERS},
        inputs={"typed": Input(ids.TYPED, "data"), "place": State(ids.PLACE, "data")},
        prevent_initial_call=True,
    )
    def offer(typed: dict[str, str] | None, place: PlaceData | None) -> dict[str, Any]:
        """The values of a filter whose names are like what was typed into its picker."""
        visit = _arrived(figures, place)
        name = (typed or {}).get("name", "")
        if visit.problem or name not in FILTERS:
            raise PreventUpdate
        narrowing = Narrowing(visit.view, visit.snapshot, visit.scope, visit.words)
        offered = narrowing.options(name, str((typed or {}).get("text", ""))[:MOST_TYPED])
        return {**dict.fromkeys(FILTERS, no_update), name: offered}


def _definitions(access: Access, figures: Figures) -> None:
    @access.callback(
        READ,
        output={
            "opened": Output(ids.DRAWER, "opened"),
            "title": Output(ids.DRAWER, "title"),
            "body": Output(ids.DRAWER_BODY, "tree"),
        },
        inputs={"clicked": Input(ids.CLICKED, "data"), "place": State(ids.PLACE, "data")},
        prevent_initial_call=True,
    )
    def define(clicked: dict[str, Any] | None, place: PlaceData | None) -> dict[str, Any]:
        """Behind a card: what its metric means, and what its number is made of."""
        visit = _arrived(figures, place)
        if not clicked or visit.problem:
            raise PreventUpdate
        metric = visit.board.catalogue.metric(str(clicked.get("metric")))
        evidence = visit.board.evidence(metric, visit.words.language)
        if not person().may(DOSSIERS):
            evidence = replace(evidence, dossiers_href="")
        said = beside(figures, visit, evidence.cell, person())
        return {
            "opened": True,
            "title": metric.name[visit.words.language],
            "body": allowed(definition(evidence, visit.words, said), person()),
        }


def _in_the_browser(app: Dash) -> None:
    """Callbacks that ask nobody."""

    def run(name: str, output: Any, *inputs: Any, initial: bool = False) -> None:
        function = ClientsideFunction("ioc", name)
        app.clientside_callback(function, output, *inputs, prevent_initial_call=not initial)

    run(
        "place",
        Output(ids.PLACE, "data"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
        Input(ids.TOOLS, "data"),
        initial=True,
    )
    run(
        "closeDrawer",
        Output(ids.DRAWER, "opened", allow_duplicate=True),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
    )
    run("tools", Output(ids.TOOLS, "data"), Input(ids.HEADER, "clicked"), State(ids.TOOLS, "data"))
    run("theme", Output(ids.MANTINE, "forceColorScheme"), PLACE)
    run(
        "datesLanguage",
        Output(ids.DATES_LANGUAGE, "settings"),
        PLACE,
        State(ids.DATES_LANGUAGE, "settings"),
    )
    run("title", Output(ids.TITLE, "data"), Input(ids.PHRASES, "data"))
    run(
        "poll",
        [Output(ids.SERVED, "data"), Output(ids.OFFLINE, "tree")],
        Input(ids.POLL, "n_intervals"),
        State(ids.POLL, "interval"),
        State(ids.SERVED, "data"),
        State(ids.DRAWN, "data"),
        State(ids.PHRASES, "data"),
    )
    pickers = [ids.picker(name) for name in FILTERS]
    run(
        "typedIn",
        Output(ids.TYPED, "data"),
        *(Input(picker, "searchValue") for picker in pickers),
    )
    run("filtersOf", [Output(picker, "value") for picker in pickers], PLACE, initial=True)
    run(
        "chooseFilters",
        Output(pickers[0], "error"),
        *(Input(picker, "value") for picker in pickers),
        *(State(picker, "data") for picker in pickers),
    )
    run(
        "chooseDates",
        Output(ids.DATES, "error"),
        Input(ids.DATES, "value"),
        State(ids.PHRASES, "data"),
    )
    run(
        "openFilters",
        Output(ids.FILTERS, "className"),
        Input(ids.MORE, "clicked"),
        State(ids.FILTERS, "className"),
    )
    usual = State(compare.USUAL, "data")
    run("comparedOf", Output(compare.CHOSEN, "value"), PLACE, usual, initial=True)
    run("chooseCompared", Output(compare.CHOSEN, "error"), Input(compare.CHOSEN, "value"), usual)
    run("soughtIn", Output(methodology.SOUGHT, "value"), PLACE, initial=True)
    run("seek", Output(methodology.SOUGHT, "error"), Input(methodology.SOUGHT, "value"))
    leading = State(subject.USUAL, "data")
    error = Output(subject.METRIC, "error")
    run("chooseOfSubject", error, Input(subject.METRIC, "value"), leading)
    for page in ("overview", "area", "metric", "ranking"):
        metric = ids.part(page, "metric")
        run("chooseMetric", Output(metric, "error"), Input(metric, "value"))
    for chart in my.CHARTS:
        run("followChart", Output(chart, "clickData"), Input(chart, "clickData"))
    for page, clickable in CLICKABLE.items():
        for name in ("map", "trend"):
            chart = ids.part(page, name)
            run("followChart", Output(chart, "clickData"), Input(chart, "clickData"))
        for cards in clickable:
            clicked = Output(ids.CLICKED, "data", allow_duplicate=True)
            run("pass", clicked, Input(ids.part(page, cards), "clicked"))


def _arrived(figures: Figures, place: PlaceData | None) -> Visit:
    """The visit; nothing to do before the browser has said where it is."""
    if place is None:
        raise PreventUpdate
    return figures.visit(place, person().scope, figures.watching.said(person()))


def _drawn(figures: Figures, page: Page, visit: Visit) -> Drawn:
    return figures.remembered(page.NAME, visit, lambda: page.drawn(visit))


def _failure(visit: Visit, error: IocError) -> Component:
    """In place of a page whose figures could not be had: why, and the way back."""
    if isinstance(error, ScopeError):
        return _denied(visit, "denied.area")
    say = visit.words
    return not_found.refusal(say("refusal.failed"), told(error.message, say.language), say)


def _denied(visit: Visit, why: str) -> Component:
    """In place of a page that the person may not see: why, and the way to their own."""
    say = visit.words
    home = (say("denied.own"), home_of(visit.scope))
    return not_found.refusal(say("denied.title"), say(why), say, [home])


def _page(content: Component, name: str) -> dict[str, Any]:
    return {"page": content, "shown": name}


def _tell_drawn(visit: Visit) -> None:
    """Tell the browser, with the answer, which snapshot its figures are from.

    No `Output` does: Dash calls a page's callback wherever one of its outputs is, and this is on
    every page.
    """
    set_props(ids.DRAWN, {"data": visit.snapshot.version})


def _output(part: str) -> Output:
    component, _, name = part.rpartition(".")
    return Output(component, name)
