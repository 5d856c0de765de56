"""A dossier system on the loopback, over real HTTP, that can be told to misbehave."""

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

Question = dict[str, Any]
Item = dict[str, Any]


@dataclass
class System:
    """What the system holds, how it answers, and what it was asked.

    `faults` are played one for each question for data; None lets an answer through.
    `before_page` may change the items before a page is made.
    """

    items: list[Item] = field(default_factory=list)
    steps: list[Item] = field(default_factory=list)
    faults: list["Fault | None"] = field(default_factory=list)
    always: "Fault | None" = None
    before_page: Callable[["System", Question], None] | None = None
    asked: list[Question] = field(default_factory=list)
    logins: int = 0
    login_answer: Item | None = None
    session: str = ""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/dvcqg"

    def log_in(self) -> Item:
        self.logins += 1
        self.session = f"s{self.logins}"
        return self.login_answer or {"error_code": "0", "session": self.session}

    def answer(self, question: Question) -> Item:
        """One page, as the manual of the services promises it."""
        if question["session"] != self.session:
            return {"error_code": "01"}
        if self.before_page:
            self.before_page(self, question)
        source = self.items if question["service"] == "DongBoHoSoMC" else self.steps
        key = "NgayCapNhat" if source is self.items else "ThoiDiemXuLy"
        inside = sorted(
            (
                one
                for one in source
                if question["tuNgay"] <= one.get(key, "2") < question["denNgay"]
            ),
            key=lambda one: (one.get(key, "2"), one["MaHoSo"]),
        )
        size, page = question["soBanGhi"], question["trang"]
        return {
            "error_code": "00",
            "service": question["service"],
            "madonvi": question["madonvi"],
            "isUpdating": "False",
            "tongSo": len(inside),
            "trang": page,
            "data": inside[(page - 1) * size : page * size],
        }


Fault = Callable[["Handler", System, Question], None]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    system: System
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/login"):
            self.send(json.dumps(self.system.log_in()).encode())
            return
        self.system.asked.append(question)
        faults = self.system.faults
        fault = self.system.always or (faults.pop(0) if faults else None)
        if fault is None:
            self.send(json.dumps(self.system.answer(question), ensure_ascii=False).encode())
        else:
            fault(self, self.system, question)

    def send(
        self,
        body: bytes,
        status: int = 200,
        kind: str = "application/json",
        length: int | None = None,
        **headers: str,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def running(
    system: System, certificate: Path | None = None, key: Path | None = None
) -> Iterator[System]:
    """The system, listening on a port of the loopback; encrypted where it has a certificate.

    One that listened before and was unplugged is found at its old port again.
    """
    handler = type("Bound", (Handler,), {"system": system})
    server = ThreadingHTTPServer(("127.0.0.1", system.port), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    system.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def status(code: int, **headers: Any) -> Fault:
    """An answer with another status."""
    return lambda handler, _, __: handler.send(b"Bad Gateway", code, "text/plain", **headers)


def login_page(handler: Handler, system: System, question: Question) -> None:
    """Status 200 and a page for people."""
    handler.send(b"<html>Dang nhap</html>", 200, "text/html; charset=utf-8")


def cut(handler: Handler, system: System, question: Question) -> None:
    """The line breaks after half of the body that was promised."""
    body = json.dumps(system.answer(question)).encode()
    handler.send(body[: len(body) // 2], length=len(body))
    handler.close_connection = True


DRIPPING = 30


def drip(handler: Handler, system: System, question: Question) -> None:
    """The right answer, a byte at a time and blanks behind it, for DRIPPING seconds."""
    body = json.dumps(system.answer(question)).encode().ljust(round(DRIPPING / 0.05))
    handler.send(b"", length=len(body))
    try:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def expire(handler: Handler, system: System, question: Question) -> None:
    """The session has run out."""
    system.session = ""
    handler.send(b'{"error_code":"01"}')


def first_page(handler: Handler, system: System, question: Question) -> None:
    """The first page, whichever was asked for."""
    handler.send(json.dumps(system.answer({**question, "trang": 1})).encode())


def without_last(handler: Handler, system: System, question: Question) -> None:
    """A page from which a record is missing, well-formed."""
    answer = system.answer(question)
    handler.send(json.dumps({**answer, "data": answer["data"][:-1]}).encode())


def endless(handler: Handler, system: System, question: Question) -> None:
    """More than anybody asked for."""
    handler.send(b" " * 1024**2, length=10**9)
    try:
        for _ in range(200):
            handler.wfile.write(b" " * 1024**2)
    except OSError:
        handler.close_connection = True
