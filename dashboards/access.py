"""Who may ask for what. Nothing is answered that is not registered here with a permission.

Every callback and every route is registered through one `Access`, which keeps the permission
beside it. A gate before each request refuses what it does not find (default deny), requests
from other sites, and whatever the person may not do. Today everybody is `GUEST`; whoever adds
people replaces `person_of` and touches no page.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import flask
from dash import Dash
from werkzeug.exceptions import BadRequest

from domain.scope import EVERYTHING, Scope

READ = "figures.read"
"""See figures on pages and through the API."""
OPEN = ""
"""No right is needed: nothing here depends on who asks."""

Respond = TypeVar("Respond", bound=Callable[..., Any])


@dataclass(frozen=True)
class Person:
    """Who asks: what they may do, and the areas they may see."""

    name: str
    permissions: frozenset[str]
    scope: Scope


GUEST = Person("guest", frozenset({READ}), EVERYTHING)

# What Dash itself serves. Every other endpoint it brings is refused.
DASH_ENDPOINTS = {
    "/": READ,
    "/<path:path>": READ,
    "/_dash-layout": READ,
    "/_dash-dependencies": READ,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": OPEN,
    "_dash_assets.static": OPEN,
}
CALLBACKS_ENDPOINT = "/_dash-update-component"
MACHINES = "/api/"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Access:
    """The register of callbacks and routes, and the gate before them.

    `hosts` are the names the server answers to; none given: to any.
    """

    def __init__(
        self,
        app: Dash,
        person_of: Callable[[], Person] = lambda: GUEST,
        hosts: Collection[str] = (),
    ) -> None:
        self.app = app
        self.person_of = person_of
        self.hosts = hosts
        self.callbacks: dict[str, str] = {}
        self.routes: dict[str, str] = dict(DASH_ENDPOINTS)
        app.server.before_request(self.gate)
        app.server.extensions["ioc-access"] = self

    def callback(self, permission: str, **wiring: Any) -> Callable[[Respond], Respond]:
        """Register a server callback that needs `permission`; the rest is Dash's `callback`."""

        def register(respond: Respond) -> Respond:
            before = set(self.app.callback_map)
            self.app.callback(**wiring)(respond)
            for output in set(self.app.callback_map) - before:
                self.callbacks[output] = permission
            return respond

        return register

    def route(self, rule: str, permission: str) -> Callable[[Respond], Respond]:
        """Register a GET route that needs `permission`."""

        def register(respond: Respond) -> Respond:
            self.app.server.add_url_rule(rule, endpoint=rule, view_func=respond, methods=["GET"])
            self.routes[rule] = permission
            return respond

        return register

    def gate(self) -> flask.Response | None:
        """Let the request pass, or say why not."""
        request = flask.request
        if self.hosts and _host_name(request) not in self.hosts:
            return _refusal(400, "This server does not answer to that name.")
        if request.endpoint is None or (request.path.startswith(MACHINES) and _is_page(request)):
            return _refusal(404, "There is nothing at this address.")
        if request.method not in SAFE_METHODS and not _is_own_page(request):
            return _refusal(403, "The request comes from another site.")
        needed = self._permission_needed(request)
        if needed is None:
            return _refusal(403, "This is not registered, so nobody may ask for it.")
        flask.g.person = self.person_of()
        if needed != OPEN and needed not in flask.g.person.permissions:
            return _refusal(403, f"This needs the permission '{needed}'.")
        return None

    def _permission_needed(self, request: flask.Request) -> str | None:
        if request.endpoint != CALLBACKS_ENDPOINT:
            return self.routes.get(str(request.endpoint))
        if set(request.args) - {"endId"}:  # only background jobs send more, and there are none
            return None
        return self.callbacks.get(_output_of(request))


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


def _output_of(request: flask.Request) -> str:
    try:
        body = request.get_json()
    except BadRequest:
        return ""
    output = body.get("output") if isinstance(body, Mapping) else None
    return output if isinstance(output, str) else ""


def _is_own_page(request: flask.Request) -> bool:
    """Whether the browser says that the request comes from a page of this site.

    Programs that are no browsers send neither header; they carry no one's session either.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site in ("same-origin", "none") and origin in (None, request.host_url.rstrip("/"))


def _refusal(status: int, detail: str) -> flask.Response:
    response = flask.jsonify({"title": "refused", "status": status, "detail": detail})
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
