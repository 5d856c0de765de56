"""The office: where and when administration may be done, if not everywhere and always.

People, rights, screens, the audit trail and the machine's own figures can be kept off the port
that everybody uses: on a listener of their own, to stated addresses, in stated hours
(TCVN 14423:2026 5.13.2.3 b; Decision 742 asks for each of the three).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time

import flask

from dashboards.access import AUDIT, PEOPLE, SCREENS
from dashboards.proxy import Network, is_in, networks
from domain.dossier import VIETNAM
from domain.errors import IocError

ADMINISTRATION = frozenset({AUDIT, PEOPLE, SCREENS})
HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


@dataclass(frozen=True)
class Office:
    """Where administration is done; None: everywhere, from everywhere, always."""

    port: int | None = None
    addresses: tuple[Network, ...] | None = None
    hours: tuple[time, time] | None = None

    def closed(self, request: flask.Request, now: datetime) -> str | None:
        """The key of the sentence that says why it is closed to a request; None if it is open."""
        if self.port is not None and request.environ.get("SERVER_PORT") != str(self.port):
            return "office.elsewhere"
        if self.addresses is not None and not is_in(request.remote_addr or "", self.addresses):
            return "office.address"
        return None if self._is_open_at(now.astimezone(VIETNAM).time()) else "office.hours"

    def _is_open_at(self, clock: time) -> bool:
        if self.hours is None:
            return True
        begin, end = self.hours
        return begin <= clock < end if begin < end else clock >= begin or clock < end


def closed_office(office: Office) -> Callable[[flask.Request, str], str | None]:
    """What the gate asks: why what needs a permission is closed to a request; None if it is not."""

    def closed(request: flask.Request, needed: str) -> str | None:
        return office.closed(request, datetime.now(UTC)) if needed in ADMINISTRATION else None

    return closed


def office_of(port: int | None, addresses: str, hours: str) -> Office:
    """The office as the settings say. Raises IocError naming the setting."""
    return Office(
        port, networks(addresses, "IOC_ADMIN_FROM") if addresses.strip() else None, _hours(hours)
    )


def _hours(text: str) -> tuple[time, time] | None:
    if not text.strip():
        return None
    found = HOURS.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        begin, end = (time.fromisoformat(one) for one in found.groups())
    except ValueError:
        raise IocError(f"IOC_ADMIN_HOURS: '{text}' is not like 07:00-19:00.") from None
    return begin, end
