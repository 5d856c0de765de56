"""Turning pages: page after page of one question until its end, and proof that it was the end.

A page that comes again, a token that comes again and an endless list are noticed; where the
answer tells how many items there are, so many must have come.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec
from pydantic import Field, model_validator

from datasources.base import Frozen
from datasources.kinds.items import ABSENT, at
from domain.errors import SourceError

MOST_MOVES = 5
SAME_AGAIN = 3


class Paging(Frozen):
    """How the answers of a source are divided.

    `parameter` carries the page, the offset or the cursor, `size_parameter` the number of items
    asked for; `next` and `total` are where an answer tells the next cursor and the number of
    all items.
    """

    kind: Literal["none", "page", "offset", "cursor"] = "none"
    parameter: str = ""
    first: int | None = Field(default=None, ge=0)
    size: int | None = Field(default=None, ge=1, le=100_000)
    size_parameter: str = ""
    next: str = ""
    total: str = ""
    max_pages: int = Field(default=10_000, ge=1)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Paging":
        if self.kind in ("page", "offset") and not self.parameter:
            raise ValueError(f'kind = "{self.kind}" needs parameter, the name that carries it')
        if self.kind == "cursor" and not self.next:
            raise ValueError('kind = "cursor" needs next, where an answer tells the next cursor')
        if self.size_parameter and self.size is None:
            raise ValueError("size_parameter needs size beside it")
        return self


class Page(NamedTuple):
    """One answer: its bytes, what they stand for, and its items."""

    content: bytes
    answer: Any
    items: list[Any]


class MovedError(Exception):
    """The list changed while its pages were turned."""


Turn = Callable[[Mapping[str, str]], Page]


@dataclass
class Turning:
    """The pages of one question, in one go. `turn` asks with what paging adds to the question."""

    paging: Paging
    source: str
    turn: Turn
    _seen: set[bytes] = field(default_factory=set)
    _tokens: set[str] = field(default_factory=set)
    _empty: int = 0

    def pages(self) -> Iterator[tuple[Page, bool]]:
        """Each page, and whether it is the last. Raises SourceError or MovedError."""
        received, promised, number = 0, None, 0
        extra: Mapping[str, str] | None = self._first()
        while extra is not None:
            number += 1
            page = self._page(extra, number)
            told = self._total(page)
            if promised is not None and told != promised:
                raise MovedError
            promised = told
            received += len(page.items)
            extra = self._next(page, number, received, promised)
            if extra is None and promised is not None and received != promised:
                if received > promised:
                    raise MovedError
                fact = f"promises {promised} items and sends {received}"
                raise self._error(fact, "Nothing is taken; it is asked again next time")
            yield page, extra is None

    def _page(self, extra: Mapping[str, str], number: int) -> Page:
        """One page that has not come before; asked for again where it has."""
        if number > self.paging.max_pages:
            fact = f"has more than {self.paging.max_pages} pages"
            raise self._error(fact, "Raise paging.max_pages if there are so many")
        for _ in range(SAME_AGAIN):
            page = self.turn(extra)
            if not page.items:
                return page
            # The order of an object's keys says nothing, and an answer may carry a clock.
            digest = sha256(msgspec.json.encode(page.items, order="sorted")).digest()
            if digest not in self._seen:
                self._seen.add(digest)
                return page
        raise self._error(f"repeats an earlier page as its page {number}", "Check paging")

    def _first(self) -> dict[str, str]:
        paging = self.paging
        extra = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
        if paging.kind == "page":
            extra[paging.parameter] = str(1 if paging.first is None else paging.first)
        elif paging.kind == "offset":
            extra[paging.parameter] = str(paging.first or 0)
        return extra

    def _next(
        self, page: Page, number: int, received: int, promised: int | None
    ) -> Mapping[str, str] | None:
        """What the question for the next page adds; None after the last one.

        A page shorter than what was asked for is no end: many servers give less at a time.
        """
        paging = self.paging
        if paging.kind == "none" or (promised is not None and received >= promised):
            return None
        if paging.kind == "cursor":
            self._empty = 0 if page.items else self._empty + 1
            return self._cursor(page)
        if not page.items:
            return None
        moved = number if paging.kind == "page" else received
        first = self._first()
        return {**first, paging.parameter: str(int(first[paging.parameter]) + moved)}

    def _cursor(self, page: Page) -> Mapping[str, str] | None:
        """The next cursor; where it is told as an address, only its parameters are taken."""
        token = at(page.answer, self.paging.next)
        if token is ABSENT or token in (None, "", False):
            return None
        if self._empty >= SAME_AGAIN:
            fact = "has empty pages without end"
            raise self._error(fact, "Set paging.total to where the number of items is told")
        text = str(token)
        if text in self._tokens:
            raise self._error("names a next page that it has named before", "Check paging.next")
        self._tokens.add(text)
        if not (text.startswith(("http://", "https://", "/", "?")) and urlsplit(text).query):
            if not self.paging.parameter:
                raise self._error("names its next page by a token", "Set paging.parameter")
            return {**self._first(), self.paging.parameter: text}
        told = dict(parse_qsl(urlsplit(text).query))
        name = self.paging.parameter
        return told if not name else {**self._first(), name: told.get(name, "")}

    def _total(self, page: Page) -> int | None:
        if not self.paging.total:
            return None
        told = at(page.answer, self.paging.total)
        if isinstance(told, str) and told.isascii() and told.isdecimal():
            told = int(told[:18])
        if isinstance(told, bool) or not isinstance(told, int) or told < 0:
            fact = f"does not tell at '{self.paging.total}' how many items there are"
            raise self._error(fact, "Correct paging.total, or leave it out")
        return told

    def _error(self, fact: str, way_on: str) -> SourceError:
        return SourceError(self.source, f"the list {fact}", way_on)
