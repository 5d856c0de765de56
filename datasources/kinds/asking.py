"""Asking an address for JSON: window after window of time, page after page, let in by a secret."""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from datasources.base import Document, Note, Order
from datasources.kinds.changes import Window, parameters, windows
from datasources.kinds.items import ABSENT, at, decoded, items_of, lines_of
from datasources.kinds.pages_config import JsonConfig, fits_a_header
from datasources.kinds.paging import MOST_MOVES, MovedError, Page, Turning
from datasources.reading.client import Question
from datasources.reading.dates import instant
from datasources.reading.secret import read_secret
from domain.errors import RecordError, SourceError

SHARE = 0.5
"""After this share of its time a run begins no new window; the next one goes on from there."""


class Asking:
    """One run at an address: window after window, page after page. `ask` gives an answer."""

    def __init__(
        self, config: JsonConfig, order: Order, ask: Callable[[Mapping[str, str]], bytes]
    ) -> None:
        self._config, self._order, self._ask = config, order, ask
        self._stops = time.monotonic() + order.seconds * SHARE
        known = order.cursor.get("until")
        self._known = datetime.fromisoformat(known) if known else None
        self._reached = self._known

    def documents(self) -> Iterator[Document | Note]:
        """Every page that is to be read, and a note where the rest is left for the next run."""
        for window in self._windows():
            for document in self._pages(window):
                yield document
                if self._order.sample:
                    return
            if window and not window.last and time.monotonic() > self._stops:
                yield Note(f"Read up to {window.until:%d/%m/%Y}; the next run goes on from there.")
                return

    def _windows(self) -> Iterator[Window | None]:
        changes = self._config.changes
        if changes is None:
            return iter([None])
        return windows(
            changes, self._known, self._order.now, self._config.zone, self._order.reread_from
        )

    def _pages(self, window: Window | None) -> Iterator[Document]:
        """The pages of one window; from its first again where the list moved meanwhile."""
        fixed = self._between(window)
        for _ in range(MOST_MOVES):
            turning = Turning(
                self._config.paging,
                self._order.source,
                lambda extra: self._page({**fixed, **extra}),
            )
            try:
                for number, (page, last) in enumerate(turning.pages(), start=1):
                    self._see(page)
                    yield self._document(page, window, number, last=last)
                return
            except MovedError:
                continue
        fact = "the list changes faster than it can be read"
        raise SourceError(self._order.source, fact, "Ask for more items at a time, or at night")

    def _page(self, extra: Mapping[str, str]) -> Page:
        content = self._ask(extra)
        answer, items = content_of(content, "the answer", self._config, self._order.source)
        return Page(content, answer, items)

    def _document(self, page: Page, window: Window | None, number: int, *, last: bool) -> Document:
        place = f" {window.begin:%Y-%m-%d}" if window and not window.last else ""
        name = f"{str(self._config.url).rstrip('/').rpartition('/')[2]}{place} {number}"
        remember = {"until": self._mark(window)} if last and window else {}
        complete = last and self._config.live and (window is None or window.last)
        return Document(name, page.content, remember, self._order.now if complete else None)

    def _mark(self, window: Window) -> str:
        """How far everything is known: what was seen, or what was asked for; never ahead of now."""
        changes = self._config.changes
        told = bool(changes and changes.column) and window.last
        seen = self._reached or window.begin
        mark = seen if told else window.until
        return min(mark, self._order.now).astimezone(UTC).isoformat()

    def _see(self, page: Page) -> None:
        """Note the latest change that the items of a page tell."""
        changes = self._config.changes
        if changes is None or not changes.column:
            return
        for item in page.items:
            moment = self._moment(at(item, changes.column))
            if moment is not None:
                self._reached = max(moment, self._reached or moment)

    def _moment(self, value: Any) -> datetime | None:
        if value is ABSENT or isinstance(value, bool):
            return None
        try:
            if isinstance(value, int | float):
                scale = 1000 if self._config.epoch == "ms" else 1
                return datetime.fromtimestamp(value / scale, UTC)
            return instant(str(value), self._config.zone, self._config.formats)
        except (RecordError, ValueError, OverflowError, OSError):
            return None

    def _between(self, window: Window | None) -> dict[str, str]:
        """The parameters that say which stretch of time is asked for."""
        changes = self._config.changes
        if changes is None or window is None:
            return {}
        return parameters(changes, window, self._config.zone)


def content_of(content: bytes, name: str, config: JsonConfig, source: str) -> tuple[Any, list[Any]]:
    """What a document stands for, and its items. Raises SourceError."""
    if config.are_lines(name):
        return None, lines_of(content, source, name)
    answer = decoded(content, source, name)
    return answer, items_of(answer, config.items, source, name)


def questions(config: JsonConfig, order: Order) -> Callable[[Mapping[str, str]], Question]:
    """The question with what paging and time add to it: in the address, or in the body."""
    params, headers = dict(config.params), {"Accept": "application/json", **config.headers}
    if config.auth != "none":
        secret = read_secret(order.home / str(config.token_file), order.source, "token_file")
        if config.auth in ("bearer", "header") and not fits_a_header(secret):
            fact = f"{config.token_file} holds more than one line of plain letters and digits"
            raise SourceError(order.source, fact, "Write the token alone into it")
        _let_in(config, secret, params, headers)
    if config.method == "GET":
        return lambda extra: Question("", "GET", {**params, **extra}, headers)
    return lambda extra: Question("", "POST", params, headers, _filled(config.body, extra))


def _let_in(
    config: JsonConfig, secret: str, params: dict[str, str], headers: dict[str, str]
) -> None:
    """Add the secret to where this source wants it."""
    match config.auth:
        case "bearer":
            headers["Authorization"] = f"Bearer {secret}"
        case "basic":
            both = b64encode(f"{config.username}:{secret}".encode()).decode()
            headers["Authorization"] = f"Basic {both}"
        case "header":
            headers[config.auth_name] = secret
        case "query":
            params[config.auth_name] = secret


def _filled(body: Mapping[str, Any], extra: Mapping[str, str]) -> dict[str, Any]:
    """The body with more values at dotted places; whole numbers as such."""
    filled: dict[str, Any] = dict(body)
    for path, text in extra.items():
        *parents, name = path.split(".")
        place = filled
        for parent in parents:
            inner = place.get(parent)
            place[parent] = dict(inner) if isinstance(inner, dict) else {}
            place = place[parent]
        place[name] = int(text) if text.isascii() and text.isdecimal() else text
    return filled
