"""Who asks: from a request's cookies to the person, and the steps by which somebody logs in.

    password  →  code (who has a second factor)  →  new password (if due)  →  in

Each step gives the browser a new session, and the one before it is dead. The answer to a wrong
attempt is the same, and takes as long, whether the name, the password or a lock is the reason.
"""

import base64
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import flask

from dashboards import passwords
from dashboards.access import (
    ALERTS,
    CODE,
    DOSSIERS,
    ENROL,
    GUEST,
    LEAVE,
    MACHINES,
    OWN,
    READ,
    Person,
    acts,
    person,
)
from dashboards.kiosk import KnownScreens
from dashboards.opening import Opening
from dashboards.provider import Provider
from dashboards.roles import ROLES, Role, role_named
from domain.errors import StoreError
from domain.scope import EVERYTHING
from store.state import people as accounts
from store.state import sessions
from store.state.audit import Deed, note
from store.state.keys import Keys
from store.state.people import Account, person_named
from store.state.screens import Screen
from store.state.sessions import Session, Sessions, Stage

FOR_PROGRAMS = frozenset({ALERTS})
"""What a key may open beside figures, if it was made for that."""
IDLE_ACCOUNT = timedelta(days=45)
ADMINISTRATORS_PASSWORD = timedelta(days=60)
DEVICE_SECONDS = int(sessions.DEVICE_KNOWN_FOR.total_seconds())
TOKEN_COOKIE = "_csrf_token"  # noqa: S105 - a name, where Dash looks for it
OURSELVES = "ioc.ourselves"
"""Set in the environment of our own first requests; nothing that is sent can set it."""

HALFWAY: dict[Stage, frozenset[str]] = {
    "code": frozenset({CODE, LEAVE}),
    "enrol": frozenset({ENROL, LEAVE}),
    "change": frozenset({OWN, LEAVE}),
}
State = Literal["guest", "live", "ended", "dark"]
"""Of an open page: nobody logged in, somebody is, is no more; or a screen that is none of ours."""


@dataclass(frozen=True)
class Step:
    """Where a login has got to: the stage reached, and the token of its session."""

    stage: Stage
    token: str
    account: Account


class People:
    """The people of one home, as its web sees them."""

    def __init__(self, home: Path, opening: Opening, provider: Provider | None = None) -> None:
        self.home = home
        self.opening = opening
        self.provider = provider
        self._keys = Keys(home)
        self._screens = KnownScreens(home)
        self._sessions = Sessions(home, {role.name: role.idle for role in ROLES.values()})

    # ---- who asks

    def who(self) -> Person | None:
        """Who sends this request; None: nobody we know. Raises StoreError."""
        request = flask.request
        if request.environ.get(OURSELVES):
            return Person("warming up", frozenset({READ}), EVERYTHING)
        if request.path.startswith(MACHINES) and "Authorization" in request.headers:
            return self._program(request)
        if request.cookies.get(self.session_cookie):
            session = self.session(active=acts(request))
            if session is not None:
                return self._person(session)
        if request.cookies.get(self.screen_cookie):
            screen = self.screen()
            return None if screen is None else self._wall(screen)
        if request.cookies.get(self.session_cookie) or not self.admits_guests(request):
            return None
        return self._guest()

    def _guest(self) -> Person:
        """Whoever uses this machine may see real figures, but no real person's dossier."""
        if not self.opening.is_real:
            return GUEST
        return replace(GUEST, permissions=GUEST.permissions - {DOSSIERS}, warning="banner.open")

    def _program(self, request: flask.Request) -> Person | None:
        """The program whose key comes with this request."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        key = self._keys.found(secret.strip(), datetime.now(UTC))
        if scheme.lower() != "bearer" or key is None:
            return None
        return Person(f"key {key.key_id}", key.rights & FOR_PROGRAMS | {READ}, key.scope)

    def admits_guests(self, request: flask.Request) -> bool:
        """Whether whoever sends this need not log in: at this machine, while nobody could."""
        return (
            self.opening.guests
            and is_loopback(request.remote_addr)
            and "X-Forwarded-For" not in request.headers
            and not self._sessions.has_people
        )

    def session(self, *, active: bool) -> Session | None:
        """The session of this request. Raises StoreError."""
        token = flask.request.cookies.get(self.session_cookie, "")
        return self._sessions.found(token, datetime.now(UTC), active=active)

    def screen(self) -> Screen | None:
        """The screen that sends this request. Raises StoreError."""
        token = flask.request.cookies.get(self.screen_cookie, "")
        return self._screens.found(token, address()) if token else None

    def _wall(self, screen: Screen) -> Person:
        flask.g.screen = screen
        return self._screens.person(screen, self.wall_token(screen))

    def wall_token(self, screen: Screen) -> str:
        """What a screen's callbacks bring; the same whatever token the screen holds."""
        return self.form_token(f"screen {screen.screen_id}")

    def state(self) -> State:
        """What an open page is told: whether whoever looks at it still may."""
        cookies = flask.request.cookies
        try:
            if cookies.get(self.session_cookie):
                session = self.session(active=False)
                if session and session.stage == "in":
                    return "live"
            if cookies.get(self.screen_cookie):
                return "dark" if self.screen() is None else "live"
            if cookies.get(self.session_cookie):
                return "ended"
            return "guest" if self.admits_guests(flask.request) else "ended"
        except StoreError:
            return "live"  # a file that cannot be read ends nobody's session

    def _person(self, session: Session) -> Person:
        account = session.account
        role, token = ROLES.get(account.role), self.form_token(self.token)
        if session.stage != "in" or role is None:
            rights = HALFWAY.get(session.stage, frozenset())
            scope = replace(account.scope, areas=frozenset())
            return Person(
                account.name, rights, scope, account.shown, account.role, token, is_halfway=True
            )
        scope = replace(account.scope, least=role.least)
        rights = role.permissions | {LEAVE}
        return Person(account.name, rights, scope, account.shown, account.role, token)

    # ---- cookies and tokens

    @property
    def session_cookie(self) -> str:
        return self._cookie("ioc")

    @property
    def device_cookie(self) -> str:
        return self._cookie("ioc-device")

    @property
    def form_cookie(self) -> str:
        return self._cookie("ioc-form")

    @property
    def screen_cookie(self) -> str:
        return self._cookie("ioc-screen")

    @property
    def enrolment_cookie(self) -> str:
        return self._cookie("ioc-enrolment")

    @property
    def arrival_cookie(self) -> str:
        return self._cookie("ioc-arrival")

    def _cookie(self, name: str) -> str:
        """Browsers keep a `__Host-` cookie from every other host; it needs TLS."""
        return f"__Host-{name}" if self.opening.is_secure else name

    def form_token(self, cookie: str) -> str:
        """What a form or a callback has to bring along with a cookie."""
        return self.signed(f"form {cookie}").hex()

    def signed(self, text: str) -> bytes:
        """What only this home's key makes of a text."""
        return hmac.digest(self.opening.key, text.encode(), hashlib.sha256)

    @property
    def token(self) -> str:
        """The token of this request's session, as the browser sent it."""
        return flask.request.cookies.get(self.session_cookie, "")

    def _device(self) -> str:
        return flask.request.cookies.get(self.device_cookie, "")

    def set_cookie(
        self, answer: flask.Response, name: str, value: str, seconds: int | None = None
    ) -> None:
        """A cookie that scripts cannot read and other sites do not send."""
        answer.set_cookie(
            name,
            value,
            max_age=seconds,
            secure=self.opening.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def keep_form_token(self, answer: flask.Response, token: str) -> None:
        """Give the browser's pages the token they send with requests."""
        answer.set_cookie(TOKEN_COOKIE, token, secure=self.opening.is_secure, samesite="Strict")

    def keep_session(self, answer: flask.Response, step: Step) -> None:
        """Give the browser its session, and its pages the token they send with requests."""
        self.set_cookie(answer, self.session_cookie, step.token)
        self.keep_form_token(answer, self.form_token(step.token))
        if step.stage == "in" and not self._is_known(step.account.name):
            device = sessions.know_device(self.home, step.account.name, datetime.now(UTC))
            self.set_cookie(answer, self.device_cookie, device, DEVICE_SECONDS)

    def drop_session(self, answer: flask.Response) -> None:
        """Take the session from the browser; it is known to be the person's still."""
        for name in (self.session_cookie, TOKEN_COOKIE):
            answer.delete_cookie(name, secure=self.opening.is_secure, samesite="Lax")

    def _is_known(self, name: str) -> bool:
        return sessions.is_known(self.home, name, self._device(), datetime.now(UTC))

    # ---- logging in and out

    def log_in(self, name: str, password: str) -> Step | None:
        """The first step; None: refused, and nobody is told why. Raises StoreError."""
        now = datetime.now(UTC)
        try:
            name = accounts.normal_name(name)
        except StoreError:
            name = "?"  # what was typed may be a password, and is not kept
        tried = (self.home, name, address(), self._device(), now)
        if sessions.locked(*tried) == "address":
            return None
        with passwords.one_of_two():
            account = person_named(self.home, name)
            lock = sessions.locked(*tried)
            is_right = passwords.fits(account.password if account else None, password)
            if account is None or not is_right or lock or not _may_log_in(account, now):
                sessions.fail(*tried)
                return None
            if not self._needs_code(account):
                sessions.succeed(*tried)
        return self._begin(account, self._stage(account, coded=False), now)

    def tell_code(self, session: Session, code: str) -> Step | None:
        """The second step, for who has a second factor; None: refused. Raises StoreError."""
        now, account = datetime.now(UTC), session.account
        tried = (self.home, account.name, address(), self._device(), now)
        step = passwords.step_of_code(account.totp or "", code, now.timestamp())
        is_locked = sessions.locked(*tried) is not None
        if step is None or is_locked or not accounts.use_step(self.home, account.name, step):
            sessions.fail(*tried)
            return None
        sessions.succeed(*tried)
        return self._begin(account, self._stage(account, coded=True), now)

    def offered_secret(self) -> str:
        """The secret a second factor is set up with; each session has its own."""
        return base64.b32encode(self.signed(f"totp {self.token}")).decode()[:32]

    def enrol(self, session: Session, code: str) -> Step | None:
        """Set up the second factor, if the app makes the right codes. Raises StoreError."""
        now, account, secret = datetime.now(UTC), session.account, self.offered_secret()
        step = passwords.step_of_code(secret, code, now.timestamp())
        if step is None:
            return None
        deed = Deed(now, account.name, address(), "person.code", account.name)
        accounts.set_totp(self.home, account.name, secret, deed)
        accounts.use_step(self.home, account.name, step)
        return self._begin(replace(account, totp=secret), "in", now)

    def weakness(self, account: Account, password: str) -> str | None:
        """The key of the sentence that says why a new password will not do."""
        role = role_named(account.role)
        before = (account.password, *(account.passwords_before if role.needs_code else ()))
        return passwords.weakness(
            password, account.name, has_code=role.needs_code, before=before[:10]
        )

    def change_password(self, session: Session, password: str) -> Step:
        """A new password, and a new session in place of all others. Raises StoreError."""
        now, account = datetime.now(UTC), session.account
        deed = Deed(now, account.name, address(), "person.password", account.name)
        with passwords.one_of_two():
            kept = passwords.hashed(password)
        accounts.change_password(self.home, account.name, kept, deed)
        fresh = replace(account, must_change=False, password_at=now)
        return self._begin(fresh, self._stage(fresh, coded=True), now)

    def is_right(self, account: Account, password: str) -> bool:
        """Whether a person who is logged in knows their password; counts as an attempt."""
        tried = (self.home, account.name, address(), self._device(), datetime.now(UTC))
        with passwords.one_of_two():
            if sessions.locked(*tried) is None and passwords.fits(account.password, password):
                return True
            sessions.fail(*tried)
            return False

    def log_out(self) -> str:
        """This request's session ends; whose it was. Raises StoreError."""
        session = self.session(active=False)
        name = session.account.name if session else "?"
        deed = Deed(datetime.now(UTC), name, address(), "logout")
        sessions.end(self.home, self.token, deed)
        return name

    def _begin(self, account: Account, stage: Stage, now: datetime) -> Step:
        token = sessions.begin(
            self.home, account.name, stage, now, address(), instead_of=self.token
        )
        return Step(stage, token, account)

    def _needs_code(self, account: Account) -> bool:
        return role_named(account.role).needs_code and account.totp is not None

    def _stage(self, account: Account, *, coded: bool) -> Stage:
        role: Role = role_named(account.role)
        if self._needs_code(account) and not coded:
            return "code"
        age = datetime.now(UTC) - account.password_at
        is_old = role.needs_code and age > ADMINISTRATORS_PASSWORD
        if not account.is_foreign and (account.must_change or is_old):
            return "change"
        return "enrol" if role.needs_code and account.totp is None else "in"

    def arrive(self, account: Account, *, has_second_factor: bool) -> Step | None:
        """The step of somebody an identity provider vouches for; None: not let in here.

        Who needs a second factor and did not show one there shows one here.
        """
        now = datetime.now(UTC)
        if not _may_log_in(account, now):
            deed = Deed(now, account.name, address(), "login", outcome="refused")
            note(self.home, deed)
            return None
        stage = "in" if has_second_factor else self._stage(account, coded=False)
        return self._begin(account, stage, now)


def person_now(home: Path, name: str, now: datetime) -> Person | None:
    """What somebody may do and see at a moment at which they ask for nothing themselves.

    None: they may not log in, or never could; a guest may while nobody has an account. Raises
    StoreError.
    """
    if name == GUEST.name:
        return None if Sessions(home, {}).has_people else GUEST
    account = person_named(home, name)
    if account is None or not _may_log_in(account, now):
        return None
    role = role_named(account.role)
    scope = replace(account.scope, least=role.least)
    return Person(account.name, role.permissions, scope, account.shown, account.role)


def note_deed(event: str, what: str, detail: str = "") -> None:
    """Keep in the audit trail what whoever asks is about to get or has handed in.

    It is on the disk when this returns; who cannot be kept there gets nothing. Raises StoreError.
    """
    people = flask.current_app.extensions["ioc-people"]
    note(people.home, Deed(datetime.now(UTC), person().name, address(), event, what, detail=detail))


def deed_now(event: str) -> Deed:
    """A deed of whoever asks, to be kept together with what it changes."""
    return Deed(datetime.now(UTC), person().name, address(), event)


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def address() -> str:
    """The address this request comes from."""
    return flask.request.remote_addr or ""


def _may_log_in(account: Account, now: datetime) -> bool:
    """Neither disabled nor unused for so long that somebody should look at it."""
    last = max(account.last_in_at or account.made_at, account.password_at)
    is_known = account.role in ROLES
    return is_known and account.disabled_at is None and now - last < IDLE_ACCOUNT
