"""Which screen asks: from the token a wall's browser holds to the person it stands for.

A wall cannot log in every quarter of an hour. It may show figures within its scope, from its
addresses, and nothing else; and it goes on showing them while the file of people and screens
cannot be read, for as long as we knew it moments before.
"""

import logging
import re
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import flask

from dashboards.access import Person
from dashboards.roles import ROLES, SCREEN
from domain.errors import StoreError
from domain.scope import Scope
from store.state import screens
from store.state.screens import Screen, Screens
from store.state.sessions import digest

log = logging.getLogger(__name__)

KNOWN_FOR_SECONDS = 600.0
TROUBLE_SECONDS = 5.0
TOKEN_SECONDS = int(screens.TOKEN_GOOD_FOR.total_seconds())
ROLE = ROLES[SCREEN]
BUILD, SIZE = re.compile(r"[0-9a-f]{1,20}"), re.compile(r"\d{2,5}x\d{2,5}")


class KnownScreens:
    """The screens of one home, as its web sees them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._screens = Screens(home)
        self._known: dict[str, tuple[float, Screen]] = {}
        self._trouble_until = 0.0
        self._lock = threading.Lock()

    def found(self, token: str, address: str) -> Screen | None:
        """The screen that holds a token and asks from an address. Raises StoreError.

        A new token that is due is left in `flask.g.new_token` for the answer to bring.
        """
        if time.monotonic() < self._trouble_until:
            return self._remembered(token, address)
        now = datetime.now(UTC)
        try:
            shown = self._screens.found(token, now)
        except StoreError as error:
            log.warning("screens cannot be looked up: %s", error.message)
            self._trouble_until = time.monotonic() + TROUBLE_SECONDS
            return self._remembered(token, address)
        if shown is None or not shown.screen.admits(address):
            self._known.pop(digest(token), None)
            if shown is not None:
                log.warning("screen %s asked from %s", shown.screen.screen_id, address)
            return None
        self._remember(token, shown.screen)
        try:
            self._care(token, shown, now, address)
        except StoreError as error:  # it is known: what is noted about it may wait
            log.warning("a screen could not be noted: %s", error.message)
        return shown.screen

    def person(self, screen: Screen, form_token: str) -> Person:
        """Who a screen is: somebody who may look at what it was given, and do nothing."""
        scope = Scope(screen.scope.areas, screen.scope.organisations, ROLE.least)
        name = f"screen {screen.screen_id}"
        return Person(name, ROLE.permissions, scope, screen.name, ROLE.name, form_token)

    def _care(self, token: str, shown: screens.Shown, now: datetime, address: str) -> None:
        """Note that it is there, and give it a new token when one is due."""
        screen = shown.screen
        if shown.is_new:
            screens.settle(self.home, screen.screen_id, token, now)
        if shown.is_due:
            with self._lock:  # of several requests at once, one gets the new token
                again = self._screens.found(token, now)
                if again is not None and again.is_due:
                    flask.g.new_token = screens.rotate(self.home, screen.screen_id, now)
        build, size = _told()
        is_news = build not in ("", screen.build) or size not in ("", screen.resolution)
        if is_news or screen.seen_at is None or now - screen.seen_at >= screens.SEEN_EVERY:
            screens.see(self.home, screen.screen_id, now, (address, build, size))

    def _remember(self, token: str, screen: Screen) -> None:
        self._known[digest(token)] = (time.monotonic(), screen)

    def _remembered(self, token: str, address: str) -> Screen | None:
        """The screen as it was known minutes ago. Raises StoreError if it was not."""
        at, screen = self._known.get(digest(token), (0.0, None))
        if screen is None or time.monotonic() - at > KNOWN_FOR_SECONDS:
            raise StoreError("Screens cannot be looked up now.")
        return screen if screen.admits(address) else None


def _told() -> tuple[str, str]:
    """Which build the page runs and how large the screen is, as it says itself."""
    args = flask.request.args
    build, size = args.get("build", ""), args.get("size", "")
    return build if BUILD.fullmatch(build) else "", size if SIZE.fullmatch(size) else ""
