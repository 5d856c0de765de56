"""Who may ask for what. Nothing is answered that is not registered here with a permission.

Every callback and every route is registered through one `Access`, which keeps the permission
beside it. A gate before each request refuses what it does not find (default deny), requests
from other sites, requests without the session's own token, and whatever the person may not do.
Who asks is found by `person_of` (dashboards/people.py); pages and the API only know the
`Person`.
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import flask
from dash import Dash
from werkzeug.exceptions import BadRequest

from dashboards import ids
from dashboards.plain import plain_page
from dashboards.text import Words, words
from domain.errors import StoreError
from domain.scope import EVERYTHING, Scope

READ = "figures.read"
"""See figures on pages and through the API."""
EXPORT = "figures.export"
"""Take figures away as files."""
DOSSIERS = "dossier.read"
"""See single dossiers, by their codes, of one's own areas and organisations."""
SOURCES = "sources.read"
"""See the books of collecting: batches, and why records were rejected."""
SUBMIT = "figures.submit"
"""Fill in forms and submit figures, for the areas of one's scope."""
ALERTS = "alerts.read"
"""See what needs somebody: alerts and requests of explanation, of one's scope."""
HANDLE = "alerts.handle"
"""Acknowledge and explain alerts of one's scope."""
CLOSE = "alerts.close"
"""Close alerts of one's scope, and open them again."""
ASK = "explanations.ask"
"""Ask for explanations of figures of one's scope, and decide on them."""
ANSWER = "explanations.answer"
"""Answer requests of explanation of one's scope."""
BOARDS = "boards.own"
"""Put together boards of one's own, and look at those that others share."""
SCREENS = "screens.manage"
"""Say which screens are ours and what they show, and take it from them."""
PEOPLE = "people.manage"
"""See who has which role and scope, and change it."""
AUDIT = "audit.read"
"""Read the audit trail."""
OWN = "account.own"
"""See one's own account and change one's password."""
LEAVE = "session.end"
"""Log out."""
CODE = "session.code"
"""Tell the second factor; held only between password and code."""
ENROL = "session.enrol"
"""Set up the second factor; held only until it is."""
PUSH = "documents.push"
"""Push documents to a source; held by programs with a token, never by people."""
OPEN = ""
"""No right is needed: nothing here depends on who asks."""

Respond = TypeVar("Respond", bound=Callable[..., Any])


@dataclass(frozen=True)
class Person:
    """Who asks: what they may do, and what they may see.

    `shown` is what they are called and `role` the role's name, both empty for guests and
    programs. `token` is what each of their POST requests has to bring; empty: nothing.
    `is_halfway` while they still have to prove who they are. `warning` is the key of a sentence
    that stands above every page they see.
    """

    name: str
    permissions: frozenset[str]
    scope: Scope
    shown: str = ""
    role: str = ""
    token: str = ""
    is_halfway: bool = False
    warning: str = ""

    def may(self, permission: str) -> bool:
        """Whether they may do what needs this permission."""
        return permission in (OPEN, *self.permissions)


GUEST = Person(
    "guest",
    frozenset(
        {READ, EXPORT, DOSSIERS, SOURCES, SUBMIT, ALERTS, HANDLE, CLOSE, ASK, ANSWER, BOARDS}
    ),
    EVERYTHING,
)

# What Dash itself serves. Every other endpoint it brings is refused.
DASH_ENDPOINTS = {
    "/": READ,
    "/<path:path>": READ,
    "/_dash-layout": READ,
    "/_dash-dependencies": READ,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": OPEN,
    "_dash_assets.static": OPEN,
}
# What the navigation leads to, where that is not a page whoever sees figures may open.
PAGE_PERMISSIONS = {
    "wall": READ,
    "dossiers": DOSSIERS,
    "sources": SOURCES,
    "submit": SUBMIT,
    "alerts": ALERTS,
    "packs": EXPORT,
    "my": BOARDS,
}
CALLBACKS_ENDPOINT = "/_dash-update-component"
MACHINES = "/api/"
LOGIN, WALL = "/login", "/screen"
SCREEN_COOKIES = ("__Host-ioc-screen", "ioc-screen")
"""What a wall's browser holds, with TLS and without."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MOST_VALUES = 1000
TOKEN_HEADER, TOKEN_FIELD = "X-CSRFToken", "token"
TICK = f"{ids.SERVED}.data"


class Access:
    """The register of callbacks and routes, and the gate before them.

    `hosts` are the names the server answers to; none given: to any. `origins` are the addresses
    its pages have; none given: the one each request came to.
    """

    def __init__(
        self,
        app: Dash,
        person_of: Callable[[], Person | None] = lambda: GUEST,
        hosts: Collection[str] = (),
        origins: Collection[str] = (),
    ) -> None:
        self.app = app
        self.person_of = person_of
        self.hosts = hosts
        self.origins = origins
        self.callbacks: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.routes: dict[str, str] = dict(DASH_ENDPOINTS)
        self.closed: Callable[[flask.Request, str], str | None] = lambda _request, _needed: None
        self.keepers: dict[str, Callable[[flask.Request], Person | None]] = {}
        app.server.before_request(self.gate)
        app.server.extensions["ioc-access"] = self

    def callback(self, permission: str, **wiring: Any) -> Callable[[Respond], Respond]:
        """Register a server callback that needs `permission`; the rest is Dash's `callback`."""

        def register(respond: Respond) -> Respond:
            before = set(self.app.callback_map)
            self.app.callback(**wiring)(respond)
            for output in set(self.app.callback_map) - before:
                self.callbacks[output] = permission
                self.names[output] = respond.__name__
            return respond

        return register

    def route(
        self, rule: str, permission: str, method: str = "GET"
    ) -> Callable[[Respond], Respond]:
        """Register a route of one method that needs `permission`."""

        def register(respond: Respond) -> Respond:
            self.app.server.add_url_rule(rule, endpoint=rule, view_func=respond, methods=[method])
            self.routes[rule] = permission
            return respond

        return register

    def keep(self, permission: str, keeper: Callable[[flask.Request], Person | None]) -> None:
        """Let `keeper` say who asks where `permission` is needed: programs that bring a token."""
        self.keepers[permission] = keeper

    @property
    def unregistered(self) -> list[str]:
        """Callbacks that were registered past us: nobody may ask for them."""
        on_the_server = {
            output for output, entry in self.app.callback_map.items() if "callback" in entry
        }
        return sorted(on_the_server - set(self.callbacks))

    def gate(self) -> flask.Response | None:
        """Let the request pass, or say why not."""
        request = flask.request
        if self.hosts and _host_name(request) not in self.hosts:
            return refusal(400, "This server does not answer to that name.")
        if request.endpoint is None or (request.path.startswith(MACHINES) and _is_page(request)):
            return refusal(404, "There is nothing at this address.")
        if request.method not in SAFE_METHODS and not _is_own_page(request, self.origins):
            return refusal(403, "The request comes from another site.")
        return self._admitted(request, self._permission_needed(request))

    def _admitted(self, request: flask.Request, needed: str | None) -> flask.Response | None:
        """Let the request pass if whoever asks may do what it needs."""
        if needed is None:
            return refusal(403, "This is not registered, so nobody may ask for it.")
        if needed == OPEN:
            return None
        try:
            asking = self.keepers[needed](request) if needed in self.keepers else self.person_of()
        except StoreError:
            return refusal(503, "Who asks cannot be found out now. Try again in a moment.")
        if asking is None or (asking.is_halfway and not asking.may(needed)):
            return _unknown(request, is_machine=needed in self.keepers)
        flask.g.person = asking
        return _refused(request, asking, needed) or self._shut(request, needed)

    def _shut(self, request: flask.Request, needed: str) -> flask.Response | None:
        """Why nobody may do this here or now; None if they may."""
        why = self.closed(request, needed)
        if why is None:
            return None
        say = language(request)
        if not wants_page(request):
            return refusal(403, say(why))
        return flask.Response(plain_page(say("denied.title"), [say(why)], say), 403)

    def _permission_needed(self, request: flask.Request) -> str | None:
        if request.endpoint != CALLBACKS_ENDPOINT:
            return self.routes.get(str(request.endpoint))
        if set(request.args) - {"endId"}:  # only background jobs send more, and there are none
            return None
        asked = _asked(request)
        output = asked.get("output")
        if not isinstance(output, str) or _values(asked) > MOST_VALUES:
            return None
        return self.callbacks.get(output)


def person() -> Person:
    """Who asks for this request; pages and the API take the scope from here, never from a URL."""
    asking = flask.g.get("person")
    if not isinstance(asking, Person):
        raise PermissionError("The request did not pass the gate, so nobody asks.")
    return asking


def _host_name(request: flask.Request) -> str:
    """The name the browser used, without its port; IPv6 addresses keep their brackets."""
    name, _, port = request.headers.get("Host", "").rpartition(":")
    return name if name and port.isdecimal() else f"{name}:{port}".removeprefix(":")


def _is_page(request: flask.Request) -> bool:
    """Whether Dash would answer with a page, as it does for every address nobody else knows."""
    return request.endpoint == "/<path:path>"


def acts(request: flask.Request) -> bool:
    """Whether a person did something: a page that redraws itself for a new snapshot did not."""
    if request.endpoint != CALLBACKS_ENDPOINT:
        return True
    return _asked(request).get("changedPropIds") != [TICK]


def wants_page(request: flask.Request) -> bool:
    """Whether a browser wants to show the answer, rather than a program to read it."""
    if request.method not in SAFE_METHODS or request.path.startswith(MACHINES):
        return False
    # a worker of the page that passes a navigation on (wall/worker.js) leaves only its mode
    is_shown = request.headers.get("Sec-Fetch-Mode") == "navigate" or (
        request.headers.get("Sec-Fetch-Dest", "document") == "document"
    )
    return is_shown and "text/html" in request.headers.get("Accept", "")


def language(request: flask.Request) -> Words:
    """The words for an answer that is no page of the program."""
    said = request.args.get("lang") or request.form.get("lang")
    return words("en" if said == "en" else "vi")


def _asked(request: flask.Request) -> Mapping[str, Any]:
    try:
        body = request.get_json()
    except BadRequest:
        return {}
    return body if isinstance(body, Mapping) else {}


def _values(asked: Mapping[str, Any]) -> int:
    """How many values a callback is sent; a pattern makes lists of them."""
    given = [one for name in ("inputs", "state") for one in asked.get(name) or ()]
    return sum(len(one) if isinstance(one, list) else 1 for one in given)


def _is_own_page(request: flask.Request, origins: Collection[str]) -> bool:
    """Whether the browser says that the request comes from a page of this site.

    Programs that are no browsers send neither header; they carry no one's session either.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    own = origins or (request.host_url.rstrip("/"),)
    return site in ("same-origin", "none") and (origin is None or origin in own)


def _has_token(request: flask.Request, token: str) -> bool:
    """Whether a request brings the token that only pages of its own session know."""
    if not token:
        return True
    given = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD, "")
    return hmac.compare_digest(given.encode(), token.encode())


def _refused(request: flask.Request, asking: Person, needed: str) -> flask.Response | None:
    """Why a person may not ask for this; None if they may."""
    if not asking.may(needed):
        return _forbidden(request, needed)
    if request.method not in SAFE_METHODS and not _has_token(request, asking.token):
        return refusal(403, "The request lacks the token of its session. Load the page anew.")
    return None


def _unknown(request: flask.Request, *, is_machine: bool) -> flask.Response:
    """The answer to somebody who has not logged in: browsers are led to where they can."""
    if is_machine:
        return refusal(401, "There is no such source, or the token is not valid for it.")
    if not wants_page(request):
        return refusal(401, "Log in first, or send a token that is valid.")
    if any(request.cookies.get(name) for name in SCREEN_COOKIES):
        return flask.redirect(WALL)  # type: ignore[return-value]  # nobody logs in at a wall
    here = request.full_path.rstrip("?")
    query = "" if here == "/" else f"?next={quote(here, safe='')}"
    return flask.redirect(LOGIN + query)  # type: ignore[return-value]  # Flask makes its own kind


def _forbidden(request: flask.Request, needed: str) -> flask.Response:
    if not wants_page(request):
        return refusal(403, f"This needs the permission '{needed}'.")
    say = language(request)
    return flask.Response(plain_page(say("denied.title"), [say("denied.text")], say), 403)


def refusal(status: int, detail: str) -> flask.Response:
    """The document (RFC 9457) that says why a request is not answered."""
    response = flask.jsonify({"title": "refused", "status": status, "detail": detail})
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
