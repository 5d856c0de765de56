"""Asking a source over HTTP, and believing as little as possible of what comes back.

One host, the one in the configuration: no redirect, no proxy from the environment, no address
that its name should not lead to. Every answer has a deadline for all of it, not for its next
byte, and a largest size, packed and unpacked. Only questions that may be asked twice are asked
again.
"""

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self
from urllib.parse import SplitResult, urlsplit

import httpx
import stamina
from stamina.instrumentation import set_on_retry_hooks

from datasources.base import Order
from domain.errors import SourceError

ATTEMPTS = 3
ANSWER_SECONDS = 30.0
LARGEST = 50 * 1024**2
SMALL = 1024**2
MOST_UNPACKED = 200
LONGEST_WAIT = 300.0
AGAIN = frozenset({429, 500, 502, 503, 504})
REFUSED = frozenset({401, 403, 407})
PACKED = ("", "identity", "gzip", "deflate")
PATIENCE = httpx.Timeout(10.0)

# Retries are told in our own words; by default each would also be printed.
set_on_retry_hooks([])

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TryAgainError(Exception):
    """An answer that may be better next time; `wait` is what the server asks for, in seconds."""

    def __init__(self, fact: str, wait: float | None = None) -> None:
        super().__init__(fact)
        self.fact = fact
        self.wait = wait


@dataclass(frozen=True)
class Question:
    """One request that changes nothing at the other end, so it may be asked again.

    `path` follows the one in the configuration; `params` and `headers` may hold a secret and
    are never shown.
    """

    path: str = ""
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass
class Client:
    """One source's host. `seconds` is the time for everything asked of it together.

    `networks` are the only ones that may be asked, if any are named; `ca_file` holds the
    authority of a network that has its own. Something is asked `attempts` times at most, and
    `good` is the status of a right answer.

    Raises SourceError, at once, if the address is not one that may be asked.
    """

    source: str
    url: str
    seconds: float
    allow_http: bool = False
    networks: Sequence[str] = ()
    ca_file: Path | None = None
    answer_seconds: float = ANSWER_SECONDS
    attempts: int = ATTEMPTS
    good: int = 200

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds
        self._parts = self._checked_url()
        self._base, self._headers, self._extensions = self._pinned()
        self._http = httpx.Client(
            verify=self._trust(), follow_redirects=False, trust_env=False, timeout=PATIENCE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._http.close()

    def post(self, path: str, question: Mapping[str, Any]) -> bytes:
        """The answer to a question that is sent as JSON."""
        return self.ask(Question(path, "POST", body=question))

    def ask(self, question: Question) -> bytes:
        """The whole answer, asked for again where that may help. Raises SourceError."""
        left = self._ends - time.monotonic()
        try:
            for attempt in stamina.retry_context(
                on=self._wait_before_again,
                attempts=self.attempts,
                timeout=max(left, 0.001),
                wait_max=30.0,
            ):
                with attempt:
                    return self._once(question)
        except TryAgainError as error:
            raise self._error(question.path, error.fact, "Ask whoever runs it") from None
        raise AssertionError("stamina ends with an answer or an error")

    def _once(self, question: Question) -> bytes:
        path = question.path
        ends = min(time.monotonic() + self.answer_seconds, self._ends)
        if time.monotonic() >= self._ends:
            raise self._error(path, f"gave no whole answer in {self.seconds:g} seconds", "")
        try:
            with self._http.stream(
                question.method,
                f"{self._base}{path}",
                params=dict(question.params) or None,
                content=None if question.body is None else json.dumps(question.body).encode(),
                headers={**self._headers, **question.headers},
                extensions=self._extensions,
            ) as response:
                self._refuse_status(path, response)
                return self._body(path, response, ends)
        except httpx.TimeoutException:
            raise TryAgainError("does not answer in time") from None
        except httpx.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                fact = "shows a certificate that is not trusted"
                way_on = "Set ca_file to the authority's certificate, or correct url"
                raise self._error(path, fact, way_on) from None
            raise TryAgainError("cannot be reached") from None
        except httpx.TransportError:
            raise TryAgainError("broke off in the middle of its answer") from None
        except httpx.DecodingError:
            raise self._error(
                path, "sends a packed answer that is broken", "Ask whoever runs it"
            ) from None

    def _refuse_status(self, path: str, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_redirect:
            fact = f"answers {status}, a redirect, which is not followed"
            raise self._error(path, fact, "Correct url in config/sources.toml")
        if status in AGAIN:
            raise TryAgainError(f"answers {status}", _retry_after(response))
        if status in REFUSED:
            raise self._error(path, f"answers {status}: it does not let us in", "Check the account")
        if status != self.good:
            raise self._error(path, f"answers {status}", "Check url and the account")
        packed = response.headers.get("content-encoding", "").strip().lower()
        if packed not in PACKED:
            # Packed twice, a few bytes become more than any machine holds.
            raise self._error(path, "packs its answer in a way nobody asked for", "")

    def _body(self, path: str, response: httpx.Response, ends: float) -> bytes:
        """The whole body, or an error: never a part of it, and never an endless one."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            fact = "answers with a page for people (text/html), perhaps a login page, not with data"
            raise self._error(path, fact, "Check url and the account")
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > LARGEST:
                fact = f"answers with more than {LARGEST // 1024**2} MB"
                raise self._error(path, fact, "Ask for less at a time, such as smaller pages")
            if len(body) > max(SMALL, MOST_UNPACKED * response.num_bytes_downloaded):
                fact = f"sends an answer that unpacks to over {MOST_UNPACKED} times its size"
                raise self._error(path, fact, "Ask whoever runs it")
            if time.monotonic() > ends:
                raise TryAgainError("sends its answer too slowly")
        return bytes(body)

    def _checked_url(self) -> SplitResult:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._refused("is no web address", "Write url as https://host/path")
        if parts.scheme == "http" and not self.allow_http:
            way_on = "Use https, or set allow_http = true for a network you trust"
            raise self._refused("is not encrypted", way_on)
        if parts.username or parts.password or parts.query or parts.fragment:
            raise self._refused("holds more than host and path", "Set username and password_file")
        return parts

    def _pinned(self) -> tuple[str, dict[str, str], dict[str, str]]:
        """Where to connect: the one address that was looked up and checked, under its own name."""
        host = str(self._parts.hostname)
        port = self._parts.port or (443 if self._parts.scheme == "https" else 80)
        address = self._address(host, port)
        literal = f"[{address}]" if address.version == 6 else str(address)
        base = f"{self._parts.scheme}://{literal}:{port}{self._parts.path.rstrip('/')}"
        headers = {
            "Host": self._parts.netloc,
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        return base, headers, {"sni_hostname": host}

    def _trust(self) -> ssl.SSLContext | bool:
        """The authorities that are believed: the usual ones, or those of one file alone."""
        if self.ca_file is None:
            return True
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            fact = f"{self.ca_file} is no certificate that can be read ({error.strerror})"
            raise SourceError(self.source, fact, "Correct ca_file") from None

    def _address(self, host: str, port: int) -> Address:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise self._refused("has no address", "Check the host in url") from None
        addresses = [ipaddress.ip_address(str(one[4][0])) for one in found]
        allowed = [one for one in addresses if self._may_ask(host, one)]
        if not allowed:
            way_on = "Correct url, or networks, in config/sources.toml"
            raise self._refused("leads to an address that may not be asked", way_on)
        return allowed[0]

    def _may_ask(self, host: str, address: Address) -> bool:
        """Whether an address is one of the allowed networks, and none of this machine's own.

        A name that leads to this machine is refused; only an address written out, or localhost,
        may. An older address in the clothes of a newer one is judged by what it is.
        """
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        if address.is_loopback and host != "localhost" and host != str(address):
            return False
        networks = [ipaddress.ip_network(one) for one in self.networks]
        return not networks or any(address in network for network in networks)

    def _refused(self, fact: str, way_on: str) -> SourceError:
        host = urlsplit(self.url).hostname or ""
        return SourceError(self.source, f"url ({host}) {fact}", way_on)

    def _error(self, path: str, fact: str, way_on: str) -> SourceError:
        return SourceError(self.source, f"{self._parts.hostname}{path} {fact}", way_on)

    def _wait_before_again(self, error: Exception) -> bool | float:
        """Whether to ask again, or after how many seconds the server wants it."""
        if not isinstance(error, TryAgainError):
            return False
        if error.wait is None:
            return True
        left = self._ends - time.monotonic()
        return error.wait if error.wait <= min(LONGEST_WAIT, left) else False


class Addressed(Protocol):
    """The keys of a stanza that name whom to ask."""

    @property
    def url(self) -> str | None: ...
    @property
    def allow_http(self) -> bool: ...
    @property
    def networks(self) -> tuple[str, ...]: ...
    @property
    def ca_file(self) -> Path | None: ...
    @property
    def answer_seconds(self) -> float: ...


def client_of(config: Addressed, order: Order) -> Client:
    """The host a stanza names, for one run. Raises SourceError as Client does."""
    return Client(
        order.source,
        str(config.url),
        order.seconds,
        config.allow_http,
        config.networks,
        config.ca_file and order.home / config.ca_file,
        config.answer_seconds,
    )


def _retry_after(response: httpx.Response) -> float | None:
    """For how long the server wants to be left alone, in seconds; None where it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    seconds = (until.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0)
