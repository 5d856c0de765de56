"""Pinning, and everything that is done with boards.

    GET  /boards                    one's own boards
    POST /boards/new                a new one
    POST /boards/<id>/<deed>        rename, share, unshare, remove, restore
    POST /pins                      pin a part of the page at an address
    POST /pins/<id>/<deed>          rename, up, down, remove, restore

All of it is about one's own boards only: whoever is sent a board's link looks at it. What is
pinned is an address and a kind, so a board never holds a figure, nor shows more than its reader
may see.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

import flask
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboards.access import BOARDS, Access, language, person
from dashboards.data import Figures, Visit
from dashboards.pinned import KINDS
from dashboards.text import Words
from domain.errors import IocError
from store.state import boards
from store.state.words import WordError, spoken

DEEDS_OF_BOARD = ("rename", "share", "unshare", "remove", "restore")
DEEDS_OF_PIN = ("rename", "up", "down", "remove", "restore")


class Wish(BaseModel):
    """What is to be pinned where. Without a board it is the first; `new` names one to be made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal[KINDS]  # type: ignore[valid-type]  # the kinds are told once, in pinned.py
    address: str = Field(max_length=2500)
    metric: str | None = Field(default=None, max_length=80)
    title: str = Field(default="", max_length=200)
    board: str | None = Field(default=None, max_length=40)
    new: str | None = Field(default=None, max_length=200)


class Named(BaseModel):
    """A title; empty where a deed needs none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(default="", max_length=200)


def register(access: Access, figures: Figures) -> None:
    """The routes."""
    _of_boards(access, figures)
    _of_pins(access, figures)


def _of_boards(access: Access, figures: Figures) -> None:
    home = figures.home

    @access.route("/boards", BOARDS)
    def own() -> flask.Response:
        found = [
            {
                "id": one.board_id,
                "title": one.title,
                "pins": len(one.pins),
                "full": len(one.pins) >= boards.MOST_PINS,
            }
            for one in boards.boards_of(home, person().name)
        ]
        return _told({"boards": found, "more": len(found) < boards.MOST_BOARDS})

    @access.route("/boards/new", BOARDS, "POST")
    def add() -> flask.Response:
        say = language(flask.request)
        try:
            title = _title(_body(Named).title, say) or say("my.first")
        except (ValidationError, IocError) as error:
            return _unread(error, say)
        made = boards.add_board(home, person().name, title, datetime.now(UTC))
        return _refused(say, "my.too_many") if made is None else _told(_place(made, title), 201)

    @access.route("/boards/<board_id>/<deed>", BOARDS, "POST")
    def change(board_id: str, deed: str) -> flask.Response:
        say, name = language(flask.request), person().name
        try:
            title = _title(_body(Named).title, say)
        except (ValidationError, IocError) as error:
            return _unread(error, say)
        done: dict[str, Callable[[], bool]] = {
            "rename": lambda: boards.change_board(home, board_id, name, title=title or None),
            "share": lambda: boards.change_board(home, board_id, name, shared=True),
            "unshare": lambda: boards.change_board(home, board_id, name, shared=False),
            "remove": lambda: boards.remove_board(home, board_id, name, datetime.now(UTC)),
            "restore": lambda: boards.remove_board(home, board_id, name, None),
        }
        is_done = deed in DEEDS_OF_BOARD and done[deed]()
        return _told({"board": board_id}) if is_done else _refused(say, "my.not_yours", 404)


def _of_pins(access: Access, figures: Figures) -> None:
    home = figures.home

    @access.route("/pins", BOARDS, "POST")
    def add() -> flask.Response:
        say, name, now = language(flask.request), person().name, datetime.now(UTC)
        try:
            wish = _body(Wish)
            address = _address(figures, wish)
            title, new = _title(wish.title, say), _title(wish.new or "", say)
        except (ValidationError, IocError, ValueError) as error:
            return _unread(error, say)
        board_id = _board_for(home, name, wish.board, new, say, now)
        if board_id is None:
            return _refused(say, "my.too_many")
        made = boards.pin(home, name, board_id, wish.kind, address, title, now)
        if made is None:
            return _refused(say, "my.full")
        board = boards.board_of(home, board_id, name)
        return _told({"pin": made, **_place(board_id, board.title if board else "")}, 201)

    @access.route("/pins/<pin_id>/<deed>", BOARDS, "POST")
    def change(pin_id: str, deed: str) -> flask.Response:
        say, name = language(flask.request), person().name
        try:
            title = _title(_body(Named).title, say)
        except (ValidationError, IocError) as error:
            return _unread(error, say)
        done: dict[str, Callable[[], bool]] = {
            "rename": lambda: boards.rename_pin(home, pin_id, name, title),
            "up": lambda: boards.move_pin(home, pin_id, name, -1),
            "down": lambda: boards.move_pin(home, pin_id, name, 1),
            "remove": lambda: boards.remove_pin(home, pin_id, name, datetime.now(UTC)),
            "restore": lambda: boards.remove_pin(home, pin_id, name, None),
        }
        is_done = deed in DEEDS_OF_PIN and done[deed]()
        return _told({"pin": pin_id}) if is_done else _refused(say, "my.not_yours", 404)


def _board_for(
    home: Path, name: str, asked: str | None, new: str, say: Words, now: datetime
) -> str | None:
    """The board to pin to: a new one, the one asked for, or the first, made if there is none."""
    if new:
        return boards.add_board(home, name, new, now)
    if asked:
        return asked
    own = boards.boards_of(home, name)
    return own[0].board_id if own else boards.add_board(home, name, say("my.first"), now)


def _address(figures: Figures, wish: Wish) -> str:
    """The address of the view, with its metric said. Raises ValueError, IocError."""
    path, _, search = wish.address.partition("?")
    visit: Visit = figures.visit({"path": path, "search": search}, person().scope)
    if visit.problem:
        raise visit.problem
    view = visit.view.model_copy(update={"lang": None})
    if wish.kind == "view":
        return view.href()
    if not view.has_choices:
        raise ValueError(f"There is no {wish.kind} on the page {view.page}.")
    metric = visit.rules.catalogue.metric(wish.metric) if wish.metric else visit.board.metric
    return view.href(metric=metric.id)


def _title(text: str, say: Words) -> str:
    """A title as it is kept: one line. Raises WordError."""
    told = " ".join(spoken(text, needed=False).split())
    if len(told) > boards.LONGEST_TITLE:
        raise WordError("long", say("my.long", most=str(boards.LONGEST_TITLE)))
    return told


Asked = TypeVar("Asked", bound=BaseModel)


def _body(kind: type[Asked]) -> Asked:
    return kind.model_validate_json(flask.request.get_data(cache=False) or b"{}")


def _place(board_id: str, title: str) -> dict[str, str]:
    return {"board": board_id, "title": title, "href": f"/my/{board_id}"}


def _unread(error: Exception, say: Words) -> flask.Response:
    return _told({"detail": str(error) if isinstance(error, WordError) else say("my.unread")}, 400)


def _refused(say: Words, key: str, status: int = 409) -> flask.Response:
    most = {"pins": str(boards.MOST_PINS), "boards": str(boards.MOST_BOARDS)}
    return _told({"detail": say(key, **most)}, status)


def _told(document: Mapping[str, object], status: int = 200) -> flask.Response:
    answer = flask.jsonify(document)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
