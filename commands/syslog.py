"""Copying the audit trail to the province's log server, where nobody of this machine can mend it.

    <109>1 2026-11-22T05:00:00.000000+00:00 HOST toan-canh - audit - {"seq": 7, …, "hash": …}

RFC 5424 over a local socket, UDP (RFC 5426) or TCP (RFC 6587, counted octets). Every entry is
sent, and at the end the head: whoever compares it later finds out if the end was cut off.
"""

import json
import socket
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from domain.errors import IocError
from store.state.audit import Entry, Verdict, sent_to, sent_until, unsent, verified

AUDIT_NOTICE, AUDIT_ALERT = 13 * 8 + 5, 13 * 8 + 1
TIMEOUT_SECONDS = 5.0
MOST_AT_ONCE = 5000


def send_trail(home: Path, where: str, now: datetime) -> Verdict:
    """Send what was not sent yet, and the head. Raises IocError if it cannot be sent.

    A trail that was changed is an alert of its own, and what follows is still sent.
    """
    verdict = verified(home)
    with _Wire(where) as wire:
        last = sent_until(home, where)
        try:
            for entry in unsent(home, last, MOST_AT_ONCE):
                wire.send(AUDIT_NOTICE, entry.deed.at, _told(entry))
                last = entry.seq
        finally:  # what could not be noted is sent again, never left out
            sent_to(home, where, last)
        priority = AUDIT_ALERT if verdict.problem else AUDIT_NOTICE
        wire.send(priority, now, _head(verdict))
    return verdict


def _told(entry: Entry) -> dict[str, object]:
    deed = entry.deed
    return {
        "seq": entry.seq,
        "at": deed.at.isoformat(),
        "actor": deed.actor,
        "address": deed.address,
        "event": deed.event,
        "object": deed.object,
        "outcome": deed.outcome,
        "detail": deed.detail,
        "hash": entry.hash,
    }


def _head(verdict: Verdict) -> dict[str, object]:
    return {
        "event": "audit.head",
        "entries": verdict.entries,
        "head": verdict.head,
        "problem": verdict.problem,
    }


class _Wire(AbstractContextManager["_Wire"]):
    """A connection to a log server: a local socket, udp:// or tcp://."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._is_counted = False
        try:
            self._socket = self._connected()
        except OSError as error:
            raise self._trouble(error) from error

    def _connected(self) -> socket.socket:
        if self._where.startswith("/"):
            return _datagrams(socket.AF_UNIX, self._where)
        parts = urlsplit(self._where)
        if parts.scheme == "tcp":
            self._is_counted = True
            return socket.create_connection(
                (parts.hostname or "", parts.port or 601), TIMEOUT_SECONDS
            )
        kinds = socket.getaddrinfo(parts.hostname, parts.port or 514, type=socket.SOCK_DGRAM)
        return _datagrams(kinds[0][0], kinds[0][4])

    def send(self, priority: int, at: datetime, told: dict[str, object]) -> None:
        text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
        line = f"<{priority}>1 {at.isoformat()} {socket.gethostname()} toan-canh - audit - {text}"
        message = line.encode("ascii")
        try:
            self._socket.sendall(
                b"%d %b" % (len(message), message) if self._is_counted else message
            )
        except OSError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: OSError) -> IocError:
        return IocError(f"IOC_SYSLOG: {self._where} cannot be written to: {error}.")

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _datagrams(family: int, there: object) -> socket.socket:
    wire = socket.socket(family, socket.SOCK_DGRAM)
    try:
        wire.connect(there)  # type: ignore[arg-type]  # a path or an address, as the family wants
    except OSError:
        wire.close()
        raise
    return wire
