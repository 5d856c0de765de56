"""Screens: the page a wall opens, and the page on which operators say which wall it is.

    GET  /screen                  what a wall opens: its figures, or a code to be confirmed
    GET  /screens                 all screens: last seen, version, resolution
    POST /screens/new             the screen that shows a code is ours
    POST /screens/<id>/revoke     it shows nothing any more
    POST /screens/<id>/send, recall, playlist: see dashboards/screen_orders.py

Nobody types a password at a wall, and no address makes one: somebody who may has to stand before
it and read the code.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape

import flask
from werkzeug.wrappers import Response

from dashboards import format as fmt
from dashboards import plain
from dashboards.access import OPEN, SCREENS, TOKEN_FIELD, WALL, Access, Person, language, person
from dashboards.grants import scope_fields, scope_of_form
from dashboards.kiosk import TOKEN_SECONDS
from dashboards.people import People, address
from dashboards.screen_orders import (
    actions,
    assigned,
    known,
    playlist_choice,
    playlist_of,
    recalled,
    sent,
)
from dashboards.signin import home_of, scope_text
from dashboards.text import Words
from domain.area import register as areas
from domain.errors import IocError, StoreError
from domain.grant import scope_told
from store.state import screens
from store.state.audit import Deed
from store.state.screens import Screen

WHERE = "/screens"
ASKED_AGAIN_SECONDS = 5
BUILD_SHOWN = 7


def register(access: Access, people: People) -> None:
    """The routes."""

    @access.route(WALL, OPEN)
    def wall() -> Response:
        return _wall(people)

    @access.route(WHERE, SCREENS)
    def listed() -> Response:
        return _page(people, "")

    @access.route(f"{WHERE}/new", SCREENS, "POST")
    def add() -> Response:
        return _tried(people, lambda: _confirmed(people))

    @access.route(f"{WHERE}/<screen_id>/revoke", SCREENS, "POST")
    def revoke(screen_id: str) -> Response:
        def done() -> str:
            screens.revoke(people.home, screen_id, _deed("screen.revoke", screen_id))
            return ""

        return _tried(people, done)

    @access.route(f"{WHERE}/<screen_id>/<action>", SCREENS, "POST")
    def order(screen_id: str, action: str) -> Response:
        deeds = {"send": sent, "recall": recalled, "playlist": assigned}
        if action not in deeds:
            return flask.Response("", 404)
        return _tried(people, lambda: deeds[action](people.home, screen_id))

    server: flask.Flask = access.app.server

    @server.after_request
    def rotated(answer: flask.Response) -> flask.Response:
        if token := flask.g.get("new_token"):
            people.set_cookie(answer, people.screen_cookie, token, TOKEN_SECONDS)
        return answer


# ---- at the wall --------------------------------------------------------------------------------


def _wall(people: People) -> Response:
    """To the figures, or the code to read out, which asks again by itself."""
    screen = people.screen()
    if screen is not None:
        there = flask.redirect(_home(people, screen))
        people.keep_form_token(there, people.wall_token(screen))  # type: ignore[arg-type]  # Flask's own answer
        return there
    now, say = datetime.now(UTC), language(flask.request)
    secret = flask.request.cookies.get(people.enrolment_cookie, "")
    token = screens.receive(people.home, secret, now) if secret else None
    if token is not None:
        answer = flask.redirect(WALL)
        people.set_cookie(answer, people.screen_cookie, token, TOKEN_SECONDS)  # type: ignore[arg-type]  # Flask's own answer
        answer.delete_cookie(people.enrolment_cookie, secure=people.opening.is_secure)
        return answer
    code = screens.code_of(people.home, secret, now) if secret else None
    if code is None:
        asked = screens.ask(people.home, now, address())
        if asked is None:
            return flask.Response(_code_page("", say), 429)
        code, secret = asked
    shown = flask.Response(_code_page(code, say))
    people.set_cookie(shown, people.enrolment_cookie, secret, 3600)
    return shown


def _home(people: People, screen: Screen) -> str:
    """What the screen shows: its playlist, or the page of its area where it has none."""
    if screen.playlist and known(people.home).get(screen.playlist):
        return f"/wall/{screen.playlist}"
    return home_of(screen.scope)


def _code_page(code: str, say: Words) -> str:
    """The code, large; or that too many wait. Either asks again by itself."""
    body, sentence = "", say("screens.too_many")
    if code:
        grouped, spoken = f"{code[:4]} {code[4:]}", " ".join(code)
        body = f'<p class="ioc-code" aria-label="{escape(spoken)}">{escape(grouped)}</p>'
        sentence = say("screens.code_text")
    page = plain.plain_page(say("screens.code_title"), [sentence], say, body)
    again = f'<meta http-equiv="refresh" content="{ASKED_AGAIN_SECONDS}">'
    return plain.wide(page.replace("<title>", f"{again}\n<title>", 1))


# ---- on the operators' page ---------------------------------------------------------------------


def _confirmed(people: People) -> str:
    given, say = flask.request.form, language(flask.request)
    name, playlist = given.get("name", "").strip()[:60], playlist_of(people.home, given, say)
    if not name:
        raise IocError(say("screens.no_name"))
    code, scope = given.get("code", ""), scope_of_form(given, say)
    if not person().scope.includes(scope, areas()):
        raise IocError(say("screens.too_wide"))
    asked_from = screens.asked_from(people.home, code, datetime.now(UTC))
    if asked_from is None:
        raise IocError(say("screens.no_code"))
    stated = given.get("addresses", "").strip()
    try:
        where = screens.networks(stated or asked_from)
    except StoreError:
        raise IocError(say("screens.bad_addresses", told=stated)) from None
    deed = _deed("screen.add", "", f"{scope_told(scope)}; {', '.join(where)}")
    screens.confirm(people.home, code, (name, playlist, scope, where), deed)
    return f'<p role="status">{escape(say("screens.added", name=name))}</p>'


def _deed(event: str, what: str, detail: str = "") -> Deed:
    return Deed(datetime.now(UTC), person().name, address(), event, what, detail=detail)


def _tried(people: People, do: Callable[[], str]) -> Response:
    try:
        return _page(people, do())
    except IocError as error:
        return _page(people, plain.error(error.message), 400)


def _page(people: People, news: str, status: int = 200) -> Response:
    who, say = person(), language(flask.request)
    heads = ("name", "scope", "playlist", "addresses", "seen", "build", "resolution", "state")
    rows = [_row(people, one, who, say) for one in screens.screens(people.home)]
    typed = {} if status == 200 else flask.request.form  # a slip is mended, not typed again
    table = plain.table([say(f"screens.{one}") for one in (*heads, "actions")], rows)
    parts = [
        news,
        table if rows else f"<p>{escape(say('screens.none'))}</p>",
        f"<h2>{escape(say('screens.new'))}</h2>",
        f"<p>{escape(say('screens.how', address=flask.request.host_url + WALL[1:]))}</p>",
        plain.form(
            f"{WHERE}/new", _fields(people, who, say, typed), say("screens.add"), _hidden(who, say)
        ),
        plain.link("/screens/playlists", say("screens.edit")),
        plain.link("/", say("account.back")),
    ]
    text = plain.plain_page(say("screens.title"), [say("screens.lead")], say, "\n".join(parts))
    return flask.Response(plain.wide(text), status)


def _fields(people: People, who: Person, say: Words, given: Mapping[str, str]) -> list[str]:
    return [
        plain.field("code", say("screens.code"), value=given.get("code", "")),
        plain.field("name", say("screens.name"), value=given.get("name", "")),
        *scope_fields(say, who.scope),
        plain.field(
            "addresses",
            say("screens.addresses_field"),
            value=given.get("addresses", ""),
            optional=True,
        ),
        playlist_choice(people.home, say, given.get("playlist", "")),
    ]


def _row(people: People, one: Screen, who: Person, say: Words) -> list[str]:
    seen = fmt.instant(one.seen_at, say.language) if one.seen_at else "–"
    state = "screens.revoked" if one.revoked_at else "screens.in_use"
    told = (
        f"{one.name} ({one.screen_id})",
        scope_text(one.scope, areas(), say),
        one.playlist or "–",
        ", ".join(one.addresses),
        f"{seen} {one.seen_from}".strip(),
        one.build[:BUILD_SHOWN] or "–",
        one.resolution.replace("x", " × ") or "–",
        say(state),
    )
    action = ""
    if one.revoked_at is None:
        to = f"{WHERE}/{one.screen_id}/revoke"
        hidden = _hidden(who, say)
        action = actions(people.home, one, say, hidden)
        action += plain.form(to, [], say("screens.revoke"), hidden)
    return [*(escape(text) for text in told), action]


def _hidden(who: Person, say: Words) -> dict[str, str]:
    return {TOKEN_FIELD: who.token, "lang": say.language}
