"""Who asks, when a proxy stands in front: its word is taken, and nobody else's.

Locks, screens' addresses and the audit trail all stand on the address a request comes from. A
header says it; whoever reaches the web past the proxy could write that header too.
"""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from domain.errors import IocError

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(text: str, setting: str) -> tuple[Network, ...]:
    """Addresses and ranges between commas. Raises IocError naming the setting."""
    found = []
    for one in (part.strip() for part in text.split(",") if part.strip()):
        try:
            found.append(ipaddress.ip_network(one, strict=False))
        except ValueError:
            raise IocError(
                f"{setting}: '{one}' is no address and no range, such as 10.1.2.3 or 10.1.2.0/24."
            ) from None
    return tuple(found)


def is_in(address: str, where: Iterable[Network]) -> bool:
    """Whether an address is one of those."""
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(here in one for one in where)


class TrustedProxy:
    """A WSGI application behind proxies at known addresses.

    The last address in X-Forwarded-For is the one our proxy saw; what stands before it was
    written by whoever asked.
    """

    def __init__(self, app: Wsgi, proxies: tuple[Network, ...]) -> None:
        self._straight = app
        self._through = ProxyFix(app, x_for=1, x_proto=1)
        self._proxies = proxies

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if is_in(environ.get("REMOTE_ADDR", ""), self._proxies):
            return self._through(environ, start_response)
        for name in FORWARDED:
            environ.pop(name, None)
        return self._straight(environ, start_response)
