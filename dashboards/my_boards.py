"""What fills the page of boards: which there are, and each pin by itself, for whoever looks.

Whoever opens a shared board sees it with their own scope, never with its owner's: a pin is drawn
like any page they might open themselves.
"""

from dataclasses import replace
from typing import Any, cast

from dash import Input, Output, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboards import ids
from dashboards.access import BOARDS, Access, person
from dashboards.charts.frame import config
from dashboards.components.markup import Markup, Tree
from dashboards.components.pins import board_head, pin_head, pin_tools
from dashboards.components.states import empty
from dashboards.data import Drawn, Figures, Place, Visit
from dashboards.ids import part
from dashboards.pages.my import CHARTS, NAME, SLOTS
from dashboards.pinned import Pinned
from dashboards.told import told
from dashboards.withheld import allowed
from domain.errors import IocError, ScopeError, StoreError
from store.state import boards
from store.state.boards import Board, Pin
from store.state.people import people

INPUTS = {
    "place": Input(ids.PLACE, "data"),
    "served": Input(ids.SERVED, "data"),
    "turn": Input(ids.TURN, "data"),
}


def register(access: Access, figures: Figures) -> None:
    """The question which board there is, and one for each pin that it may hold."""

    @access.callback(BOARDS, output={"board": Output(part(NAME, "board"), "tree")}, inputs=INPUTS)
    def show_board(place: Any, served: object, turn: object) -> dict[str, list[Tree | None]]:  # noqa: ARG001 - each asks again
        """The boards somebody has, and what can be done with the one that is shown."""
        visit = _arrived(figures, place)
        name, say = person().name, visit.words
        own, board = boards.boards_of(figures.home, name), _board(figures, visit)
        if board is None and visit.view.rest:
            gone = empty(say("my.gone"), say("my.gone_long"), icon="lock")
            return {"board": [board_head(None, own, "", say)[0], gone]}
        is_others = board is not None and board.person != name
        owner = _called(figures, board.person) if is_others and board else ""
        head = board_head(board, own, owner, say)
        if board is not None and not board.pins:
            head.append(empty(say("my.empty"), say("my.empty_long"), icon="star"))
        return {"board": head}

    for number, slot in enumerate(SLOTS):
        _show_pin(access, figures, number, slot)


def _show_pin(access: Access, figures: Figures, number: int, slot: str) -> None:
    @access.callback(BOARDS, output={"pin": Output(slot, "children")}, inputs=INPUTS)
    def show_pin(place: Any, served: object, turn: object) -> dict[str, Component | None]:  # noqa: ARG001 - each asks again
        """One pin of the board that is shown; nothing where it holds fewer."""
        visit = _arrived(figures, place)
        board = _board(figures, visit)
        if board is None or number >= len(board.pins):
            return {"pin": None}
        pin = board.pins[number]
        drawn = _drawn(figures, visit, pin)
        is_own = board.person == person().name
        tools = (
            pin_tools(pin, drawn["title"], number, len(board.pins), visit.words) if is_own else None
        )
        return {"pin": _panel(pin, drawn, visit, tools, CHARTS[number])}


def _arrived(figures: Figures, place: Any) -> Visit:
    if place is None:
        raise PreventUpdate
    visit = figures.visit(place, person().scope, figures.watching.said(person()))
    if visit.problem or visit.view.page != NAME:
        raise PreventUpdate
    return visit


def _board(figures: Figures, visit: Visit) -> Board | None:
    """The board at an address, or a person's first."""
    name, rest = person().name, visit.view.rest
    if rest:
        return boards.board_of(figures.home, rest, name)
    return next(iter(boards.boards_of(figures.home, name)), None)


def _called(figures: Figures, name: str) -> str:
    """What the owner of a board is called."""
    try:
        return next((one.shown for one in people(figures.home) if one.name == name), name)
    except StoreError:
        return name


def _drawn(figures: Figures, visit: Visit, pin: Pin) -> Drawn:
    """A pin as whoever looks may see it; what cannot be shown fails alone, and says why."""
    say = visit.words
    path, _, search = pin.address.partition("?")
    place = Place(path=path, search=search, theme=visit.place.theme, language=say.language)
    there = replace(visit, place=place)
    nothing: Drawn = {"title": pin.title or say("my.pinned"), "lead": "", "href": ""}
    if there.problem:
        return {**nothing, "body.tree": empty(say("my.unread"), kind="ioc-empty--inline")}
    try:
        return figures.remembered(f"pin/{pin.kind}", there, Pinned(there, pin.kind).drawn)
    except ScopeError:
        denied = empty(
            say("denied.title"), say("denied.area"), icon="lock", kind="ioc-empty--denied"
        )
        return {**nothing, "body.tree": denied}
    except IocError as error:
        why = empty(
            say("refusal.failed"), told(error.message, say.language), kind="ioc-empty--error"
        )
        return {**nothing, "body.tree": why}


def _panel(pin: Pin, drawn: Drawn, visit: Visit, tools: Tree | None, chart: str) -> Component:
    """A pin as a panel; a chart has the name of its slot, so that clicks lead on."""
    ways = [allowed(drawn.get("menu.tree"), person()), tools]
    head = pin_head(pin, drawn["title"], drawn["lead"], drawn["href"], ways)
    body: Component = Markup(tree=drawn.get("body.tree"))
    if "body.figure" in drawn:
        how = cast("dcc.Graph.Config", config(visit.words.language))
        body = dcc.Graph(id=chart, figure=drawn["body.figure"], config=how, responsive=True)
    return html.Section(
        [
            Markup(tree=head),
            html.Div(body, className="ioc-panel__body"),
            Markup(tree=allowed(drawn.get("foot.tree"), person())),
        ],
        className=f"ioc-panel ioc-pin ioc-pin--{pin.kind.partition('-')[0]}",
    )
