"""A real mail server on this machine that keeps what it takes."""

import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from dashboards.digests.ways import MailServer


class MailBox:
    """What a mail server took. `refuse` is what it answers instead, as often as told."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refuse: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse.pop()
        mail = message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((tuple(envelope.rcpt_tos), mail))
        return "250 taken"

    def to(self, address: str) -> list[Any]:
        return [mail for to, mail in self.taken if to == (address,)]


@contextmanager
def mail_server() -> Iterator[tuple[MailBox, MailServer]]:
    """A server, and the way to it."""
    box = MailBox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, MailServer("127.0.0.1", port, "none", "ioc@tinh.example.vn")
    controller.stop()
