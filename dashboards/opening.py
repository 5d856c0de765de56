"""How the web of a home is opened: to whom, under which addresses, with which key.

    nobody has an account   the simulated province is shown to whoever is at this machine;
                            real figures only where IOC_OPEN=loopback says so
    somebody has            everybody logs in, from wherever the stated addresses lead

Whatever leaves this machine needs accounts, and addresses stated in IOC_ORIGINS.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dashboards.office import Office
from dashboards.proxy import Network, networks
from domain.errors import IocError
from store.state.sessions import Sessions

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
KEY_FILE = "secret_key"
USER_ADD = "python app.py user add NAME --role administrator"


@dataclass(frozen=True)
class Opening:
    """How the web is opened.

    `guests`: whoever is at this machine may look without logging in, until there are accounts.
    `is_real`: what guests see is not simulated. `origins`: the addresses people open it under.
    `proxies`: where the proxies stand that tell who asks; none: nobody is in front. `office`:
    where administration is done. `contact`: whom security.txt names. `key` signs forms and must
    be the same in all web processes; `identity_secret` is ours at the identity provider.
    """

    guests: bool = True
    is_real: bool = False
    origins: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    office: Office = field(default_factory=Office)
    contact: str = ""
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    identity_secret: str | None = field(default=None, repr=False)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it through TLS."""
        return any(origin.startswith("https://") for origin in self.origins)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names it answers to."""
        return (*LOOPBACK, *(_host(origin) for origin in self.origins))


def opening_of(
    home: Path,
    *,
    host: str,
    origins: str = "",
    openness: str = "demo",
    proxies: str = "",
    key: str | None = None,
    real_sources: Sequence[str] = (),
) -> Opening:
    """How a home may be opened as it is now. Raises IocError with what has to be done first."""
    stated = tuple(_origin(one) for one in origins.split(",") if one.strip())
    leaves = host not in LOOPBACK or any(_host(one) not in LOOPBACK for one in stated)
    has_people = Sessions(home, {}).has_people
    if leaves and not has_people:
        raise IocError(
            "The web is to be reached from other machines, but nobody has an account. "
            f"Make the first one: {USER_ADD}"
        )
    if leaves and not stated:
        raise IocError(
            f"IOC_HOST is {host}, so say under which addresses people open the web: "
            "IOC_ORIGINS=https://ioc.example.gov.vn"
        )
    if any(one.startswith("https://") for one in stated) and not proxies.strip():
        raise IocError(
            "IOC_ORIGINS says https, which a proxy in front speaks. Have it tell who asks, and say "
            "so: IOC_PROXIED=true. Without it everybody would have the proxy's address."
        )
    if real_sources and not has_people and openness != "loopback":
        raise IocError(
            f"{', '.join(real_sources)}: this is no simulated source, and nobody has an account. "
            f"Make the first one ({USER_ADD}), or let whoever is at this machine look "
            "without logging in: IOC_OPEN=loopback"
        )
    signing = key.encode() if key else key_of(home)
    trusted = networks(proxies, "IOC_PROXIES")
    return Opening(not has_people, bool(real_sources), stated, trusted, key=signing)


def key_of(home: Path) -> bytes:
    """The key of a home, made at the first start. Raises IocError if others can read it."""
    path = home / KEY_FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        _make(path)
        if path.stat().st_mode & 0o077:
            raise IocError(f"{path} can be read by others. Mend it: chmod 600 {path}")
        key = path.read_text().strip()
    except OSError as error:
        raise IocError(
            f"{path} cannot be read ({error.strerror}). It belongs to the user the web runs as."
        ) from error
    if len(key) < 32:
        raise IocError(f"{path} is too short to be a key. Remove it; the next start makes one.")
    return key.encode()


def _make(path: Path) -> None:
    """Make the key appear whole; of several that start at once, one wins."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _origin(text: str) -> str:
    """An address as browsers state it. Raises IocError for what is none, or not safe."""
    origin = text.strip().rstrip("/").lower()
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise IocError(f"IOC_ORIGINS: '{text.strip()}' is not like https://ioc.example.gov.vn")
    if parts.scheme == "http" and _host(origin) not in LOOPBACK:
        raise IocError(
            f"IOC_ORIGINS: {origin} would send passwords in the open. Put TLS in front and "
            "state the https:// address."
        )
    return origin


def _host(origin: str) -> str:
    name = urlsplit(origin).hostname or ""
    return f"[{name}]" if ":" in name else name
