"""Logging in elsewhere: to the identity provider and back.

    GET  /login/identity          sends the browser to the provider
    GET  /login/identity/done     where the provider sends it back to, with a code
    GET  /login/identity/leave    to the provider once more, to be logged out there too

Between the two the browser holds one random token, the time and where it wanted to go. State,
nonce and verifier are made of these with this home's key; so none of the three can be chosen by
whoever sends the request, and a browser that did not begin here cannot end here.
"""

import base64
import binascii
import logging
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from urllib.parse import urlsplit

import flask
from werkzeug.wrappers import Response

from dashboards.access import LOGIN, OPEN, Access
from dashboards.people import People, address
from dashboards.provider import (
    CodeRefusedError,
    Identity,
    Provider,
    ProviderDownError,
    TokenRefusedError,
)
from dashboards.signin import ELSEWHERE, LEAVE_THERE, back, onward, to_keep
from domain.grant import scope_told
from store.state import identities, sessions
from store.state.audit import Deed, note

log = logging.getLogger(__name__)

DONE = f"{ELSEWHERE}/done"
GOOD_FOR_SECONDS = 600
LONGEST_WISH = 1500


@dataclass(frozen=True)
class Arrival:
    """One login on its way: what the browser holds, and what is made of it."""

    token: str
    at: int
    language: str
    wanted: str

    @property
    def cookie(self) -> str:
        wish = base64.urlsafe_b64encode(self.wanted.encode()).decode()
        return f"{self.token}.{self.at}.{self.language}.{wish}"

    @property
    def kept(self) -> dict[str, str]:
        return to_keep(self.wanted, self.language)

    def made(self, people: People, what: str) -> str:
        """State, nonce or verifier of this login: 64 characters nobody can guess."""
        return people.signed(f"arrival {what} {self.cookie}").hex()


def register(access: Access, people: People) -> None:
    """The routes; where no provider is configured there is nothing at them."""

    @access.route(ELSEWHERE, OPEN)
    def depart() -> Response:
        if people.provider is None:
            return flask.Response("", 404)
        return _depart(people, people.provider)

    @access.route(DONE, OPEN)
    def done() -> Response:
        if people.provider is None:
            return flask.Response("", 404)
        answer = _done(people, people.provider)
        answer.delete_cookie(people.arrival_cookie, secure=people.opening.is_secure, samesite="Lax")
        return answer

    @access.route(LEAVE_THERE, OPEN)
    def leave() -> Response:
        if people.provider is None:
            return flask.Response("", 404)
        return _leave(people, people.provider)


def _leave(people: People, provider: Provider) -> Response:
    """A session left open there would let the next person at this desk in as the last one."""
    try:
        there = provider.way_out(back=_here(people) + LOGIN)
    except ProviderDownError as error:
        log.warning("nobody can be logged out at the identity provider: %s", error.message)
        return back("provider_down", kept={})
    return flask.redirect(there, 302) if there else back("no_way_out", kept={})


def _depart(people: People, provider: Provider) -> Response:
    args = flask.request.args
    arrival = Arrival(
        secrets.token_urlsafe(32),
        int(time.time()),
        "en" if args.get("lang") == "en" else "vi",
        args.get("next", "")[:LONGEST_WISH],
    )
    made = {name: arrival.made(people, name) for name in ("state", "nonce", "verifier")}
    try:
        there = provider.address(**made, back=_back_here(people))
    except ProviderDownError as error:
        log.warning("nobody can be sent to the identity provider: %s", error.message)
        return back("provider_down", kept=arrival.kept)
    answer = flask.redirect(there, 302)
    people.set_cookie(answer, people.arrival_cookie, arrival.cookie, GOOD_FOR_SECONDS)  # type: ignore[arg-type]  # Flask's own answer
    return answer


def _done(people: People, provider: Provider) -> Response:
    """In, or to the login page with the reason, which is in the audit trail too."""
    args, arrival = flask.request.args, _arrival(people)
    if arrival is None or not _fits(args.get("state", ""), arrival.made(people, "state")):
        return back("ended", kept={})
    if args.get("iss", provider.config.issuer) != provider.config.issuer:
        return _refused(people, arrival, "provider_wrong", "another issuer answered")
    code = args.get("code", "")
    if "error" in args or not code:
        return _refused(people, arrival, "provider_refused", f"error {args.get('error', '')[:50]}")
    now = datetime.now(UTC)
    if not identities.use_arrival(people.home, arrival.made(people, "state"), now):
        return _refused(people, arrival, "ended", "this login was used before")
    return _finished(people, provider, arrival, code)


def _finished(people: People, provider: Provider, arrival: Arrival, code: str) -> Response:
    made = {name: arrival.made(people, name) for name in ("nonce", "verifier")}
    try:
        identity = provider.identity(code=code, **made, back=_back_here(people))
    except ProviderDownError as error:
        log.warning("a login could not be finished: %s", error.message)
        return back("provider_down", kept=arrival.kept)
    except CodeRefusedError as error:
        sessions.fail(people.home, "?", address(), "", datetime.now(UTC))
        return _refused(people, arrival, "ended", error.message)
    except TokenRefusedError as error:
        log.warning("a token was refused: %s", error.message)
        why = "provider_clock" if error.is_clock else "provider_wrong"
        return _refused(people, arrival, why, error.message)
    return _let_in(people, provider, arrival, identity)


def _let_in(people: People, provider: Provider, arrival: Arrival, identity: Identity) -> Response:
    granted = provider.config.granted(identity.groups)
    if granted is None:
        return _refused(people, arrival, "no_grant", "none of the groups is granted anything")
    role, scope = granted
    told = f"{role}, {scope_told(scope)}"
    who = identities.Vouched(
        identity.issuer, identity.subject, identity.name, identity.shown, role, scope, told
    )
    account = identities.arrive(people.home, who, datetime.now(UTC), address())
    step = people.arrive(account, has_second_factor=identity.has_second_factor)
    if step is None:
        return back("not_let_in", kept=arrival.kept)
    return onward(people, step, arrival.kept)


def _refused(people: People, arrival: Arrival, why: str, detail: str) -> Response:
    now = datetime.now(UTC)
    deed = Deed(now, "?", address(), "login", "identity provider", "refused", detail)
    note(people.home, deed)
    return back(why, kept=arrival.kept)


def _arrival(people: People) -> Arrival | None:
    """What this browser holds; None if it did not begin here, or too long ago."""
    parts = flask.request.cookies.get(people.arrival_cookie, "").split(".")
    try:
        token, at, language, wish = parts
        wanted = base64.urlsafe_b64decode(wish).decode()
        arrival = Arrival(token, int(at), language, wanted)
    except (ValueError, binascii.Error):
        return None
    is_fresh = 0 <= time.time() - arrival.at < GOOD_FOR_SECONDS
    return arrival if is_fresh and len(token) >= 43 else None


def _fits(given: str, expected: str) -> bool:
    return compare_digest(given.encode(), expected.encode())


def _back_here(people: People) -> str:
    return _here(people) + DONE


def _here(people: People) -> str:
    """Where the provider may send a browser to: a stated address, never one from a header."""
    host = flask.request.host
    stated = [one for one in people.opening.origins if urlsplit(one).netloc == host]
    origin = stated or list(people.opening.origins) or [f"http://{host}"]
    return origin[0]
