"""Logging in and out, and one's own account: pages and forms that need no program in the browser.

    GET  /login               the form for the step a login has reached
    POST /session             name and password
    POST /session/code        the second factor
    POST /session/enrol       setting up the second factor
    POST /session/password    a new password
    POST /logout
    GET  /account             who I am, what I may see, and a new password

Every POST answers with an address to go to, so that loading a page anew sends nothing twice.
"""

import secrets
from collections.abc import Callable
from hmac import compare_digest
from html import escape
from urllib.parse import urlencode, urlsplit

import flask
from werkzeug.wrappers import Response

from dashboards import plain
from dashboards.access import (
    CODE,
    ENROL,
    LEAVE,
    LOGIN,
    OPEN,
    OWN,
    TOKEN_FIELD,
    Access,
    Person,
    language,
    person,
)
from dashboards.people import People, Step
from dashboards.roles import ROLES
from dashboards.text import Words
from domain.area import AreaRegister
from domain.area import register as areas
from domain.errors import AreaError
from domain.scope import Scope
from store.state.people import FOREIGN
from store.state.sessions import Session

ACCOUNT = "/account"
ELSEWHERE = f"{LOGIN}/identity"
LEAVE_THERE = f"{ELSEWHERE}/leave"
REASONS = (
    *("refused", "ended", "wrong_code", "different", "left", "left_here"),
    *("provider_down", "provider_refused", "provider_clock", "provider_wrong"),
    "no_way_out",
    *("no_grant", "not_let_in"),
)
REASONS_OF_PASSWORDS = (
    "too_short",
    "too_short_code",
    "too_long",
    "too_plain",
    "has_name",
    "used_before",
    "wrong_password",
)


def register(access: Access, people: People) -> None:
    """The routes."""
    _login(access, people)
    _steps(access, people)
    _account(access)


def _login(access: Access, people: People) -> None:
    @access.route(LOGIN, OPEN)
    def login() -> Response:
        session = people.session(active=False)
        if session is not None and session.stage == "in":
            return flask.redirect(_next(flask.request.args.get("next", "")))
        say = language(flask.request)
        cookie = flask.request.cookies.get(people.form_cookie) or secrets.token_urlsafe(16)
        answer = flask.Response(_form(people, session, say, cookie))
        people.set_cookie(answer, people.form_cookie, cookie)
        return answer

    @access.route("/session", OPEN, "POST")
    def log_in() -> Response:
        given = flask.request.form
        cookie = flask.request.cookies.get(people.form_cookie, "")
        token = given.get(TOKEN_FIELD, "")
        if not cookie or not compare_digest(token.encode(), people.form_token(cookie).encode()):
            return back("ended")
        step = people.log_in(given.get("name", ""), given.get("password", "")[:257])
        return back("refused") if step is None else onward(people, step)

    @access.route("/logout", LEAVE, "POST")
    def log_out() -> Response:
        is_foreign = FOREIGN in people.log_out()
        why = "left_here" if is_foreign and people.provider is not None else "left"
        answer = flask.redirect(f"{LOGIN}?{urlencode({'why': why})}", 303)
        people.drop_session(answer)  # type: ignore[arg-type]  # Flask's own answer
        return answer


def _steps(access: Access, people: People) -> None:
    def stepping(take: Callable[[Session, str], Step | None]) -> Response:
        session = people.session(active=True)
        if session is None:
            return back("ended")
        step = take(session, flask.request.form.get("code", ""))
        return back("wrong_code") if step is None else onward(people, step)

    @access.route("/session/code", CODE, "POST")
    def tell_code() -> Response:
        return stepping(people.tell_code)

    @access.route("/session/enrol", ENROL, "POST")
    def enrol() -> Response:
        return stepping(people.enrol)

    @access.route("/session/password", OWN, "POST")
    def change_password() -> Response:
        session, given = people.session(active=True), flask.request.form
        if session is None:
            return back("ended")
        place = ACCOUNT if session.stage == "in" else LOGIN
        password = given.get("password", "")
        if password != given.get("again"):
            return back("different", place)
        old = given.get("old", "")
        if session.stage == "in" and not people.is_right(session.account, old):
            return back("wrong_password", place)
        if weakness := people.weakness(session.account, password):
            return back(weakness.removeprefix("signin."), place)
        return onward(people, people.change_password(session, password))


def _account(access: Access) -> None:
    @access.route(ACCOUNT, OWN)
    def account() -> Response:
        who, say = person(), language(flask.request)
        role = ROLES[who.role]
        rows = {
            say("account.name"): who.name,
            say("account.role"): role.vi if say.language == "vi" else role.en,
            say("account.areas"): scope_text(who.scope, areas(), say),
        }
        if who.scope.organisations is not None:
            rows[say("account.organisations")] = ", ".join(sorted(who.scope.organisations))
        parts = [
            plain.listed(rows),
            plain.form("/logout", [], say("signin.leave"), {TOKEN_FIELD: who.token}),
            _password_form(who, say),
            plain.link("/", say("account.back")),
        ]
        other = f"{ACCOUNT}?lang={'en' if say.language == 'vi' else 'vi'}"
        return flask.Response(plain.plain_page(who.shown, [], say, "\n".join(parts), other))


def _form(people: People, session: Session | None, say: Words, cookie: str) -> str:
    """The login page, at the step that has been reached."""
    args = flask.request.args
    hidden = {"next": args.get("next", ""), "lang": say.language}
    hidden[TOKEN_FIELD] = people.form_token(cookie if session is None else people.token)
    stage = session.stage if session else ""
    sentences: list[str] = []
    if stage == "code":
        action, title = "/session/code", say("signin.code_title")
        sentences, fields = [say("signin.code_text")], [_code_field(say)]
    elif stage == "enrol":
        action, title = "/session/enrol", say("signin.enrol_title")
        secret = people.offered_secret()
        grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        sentences = [say("signin.enrol_text"), grouped]
        fields = [_code_field(say)]
    elif stage == "change":
        action, title = "/session/password", say("signin.change_title")
        sentences = [say("signin.change_text"), say(_policy(session))]
        fields = _new_password(say, old=False)
    else:
        action, title = "/session", say("shell.name")
        fields = [
            plain.field("name", say("signin.name"), "text", "username", focus=True),
            plain.field("password", say("signin.password"), "password", "current-password"),
        ]
    submit = say("signin.submit") if not stage else say("signin.go_on")
    body = plain.form(action, fields, submit, hidden)
    if people.provider is not None and not stage:
        kept = {name: text for name, text in hidden.items() if text and name != TOKEN_FIELD}
        there = f"{ELSEWHERE}?{urlencode(kept)}"
        label = people.provider.config.label
        body = plain.way_in(there, say("signin.elsewhere", label=label)) + body
        if args.get("why") == "left_here":
            body = plain.way_in(LEAVE_THERE, say("signin.leave_there", label=label)) + body
    body = _complaint(say) + body
    other = {"next": args.get("next", ""), "lang": "en" if say.language == "vi" else "vi"}
    link = f"{LOGIN}?{urlencode({name: text for name, text in other.items() if text})}"
    return plain.plain_page(title, sentences, say, body, link)


def _password_form(who: Person, say: Words) -> str:
    """A new password, for those who have one here."""
    if FOREIGN in who.name:
        return f"<p>{escape(say('account.foreign'))}</p>"
    hidden = {TOKEN_FIELD: who.token, "lang": say.language}
    fields = _new_password(say, old=True)
    form = plain.form("/session/password", fields, say("signin.keep"), hidden)
    return f"<h2>{escape(say('account.change'))}</h2>{_complaint(say)}{form}"


def _policy(session: Session | None) -> str:
    has_code = session is not None and ROLES[session.account.role].needs_code
    return "signin.policy_code" if has_code else "signin.policy"


def _code_field(say: Words) -> str:
    return plain.field("code", say("signin.code"), "text", "one-time-code", focus=True)


def _new_password(say: Words, *, old: bool) -> list[str]:
    present = [plain.field("old", say("signin.old"), "password", "current-password")]
    return [
        *(present if old else []),
        plain.field("password", say("signin.new"), "password", "new-password"),
        plain.field("again", say("signin.again"), "password", "new-password"),
    ]


def _complaint(say: Words) -> str:
    """Why the form is shown again, if it is; only reasons we know are said."""
    why = flask.request.args.get("why", "")
    known = why in (*REASONS, *REASONS_OF_PASSWORDS)
    return plain.error(say(f"signin.{why}")) if known else ""


def back(why: str, place: str = LOGIN, kept: dict[str, str] | None = None) -> Response:
    """To the form again, with the reason; `kept` as in `onward`."""
    known = _kept() if kept is None else kept
    return flask.redirect(f"{place}?{urlencode({'why': why, **known})}", 303)


def onward(people: People, step: Step, kept: dict[str, str] | None = None) -> Response:
    """To the next step of the login, or to where the person wanted to go.

    `kept` is what the next form has to know; by default what this one knew.
    """
    known = _kept() if kept is None else kept
    if step.stage == "in":
        wanted = known.get("next", "")
        place = _next(wanted) if wanted else home_of(step.account.scope)
    else:
        place = f"{LOGIN}?{urlencode(known)}".rstrip("?")
    answer = flask.redirect(place, 303)
    people.keep_session(answer, step)  # type: ignore[arg-type]  # Flask's own answer
    return answer


def _kept() -> dict[str, str]:
    """What the next form has to know."""
    given = flask.request.form
    return to_keep(given.get("next", ""), given.get("lang", ""))


def to_keep(wanted: str, language: str) -> dict[str, str]:
    """Where somebody wants to go and in which language, as addresses carry it."""
    kept = {"next": wanted, "lang": language}
    return {name: text for name, text in kept.items() if text and text != "vi"}


def _next(wanted: str) -> str:
    """A local address; anything else is the beginning. Browsers read a backslash as a slash."""
    parts = urlsplit(wanted)
    plain_path = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    has_oddities = any(ord(one) < 33 for one in wanted)
    is_local = plain_path and not has_oddities and not parts.scheme and not parts.netloc
    return wanted if is_local and not wanted.startswith(LOGIN) else "/"


def home_of(scope: Scope) -> str:
    """Where a person begins: the country, or the first area they may see."""
    if not scope.areas:
        return "/"
    first = min(scope.areas)
    try:
        return f"/area/{areas().get(first).code}"
    except AreaError:
        return "/"


def scope_text(scope: Scope, register: AreaRegister, say: Words) -> str:
    """The areas of a scope, by name."""
    if scope.areas is None:
        return say("area.country")
    named = [register.get(area_id).full_name for area_id in sorted(scope.areas)]
    return ", ".join(named) or "–"
