"""The audit trail reaches a log server: a real local socket, a real UDP and a real TCP one."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commands.syslog import send_trail
from domain.errors import IocError
from store.state.audit import Deed, note, verified
from store.state.database import FILE
from tests.command_line import ask

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for event in ("login", "export", "logout"):
        note(tmp_path, Deed(NOON, "lan", "10.0.0.7", event, "số liệu"))
    return tmp_path


@contextmanager
def listening(kind: str, folder: Path) -> Iterator[tuple[str, socket.socket]]:
    if kind == "unix":
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as server:
            server.bind(str(folder / "log"))
            yield str(folder / "log"), server
    else:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
            server.bind(("127.0.0.1", 0))
            yield f"udp://127.0.0.1:{server.getsockname()[1]}", server


def received(server: socket.socket) -> list[tuple[str, dict[str, Any]]]:
    """Priority and what was told, of every message that is there."""
    server.settimeout(0.2)
    found: list[tuple[str, dict[str, Any]]] = []
    while True:
        try:
            head, _, told = server.recv(65536).decode("ascii").partition(" - audit - ")
        except TimeoutError:
            return found
        found.append((head.partition(">")[0], json.loads(told)))


@pytest.mark.parametrize("kind", ["unix", "udp"])
def test_every_entry_is_sent_once_and_the_head_each_time(kind: str, home: Path) -> None:
    with listening(kind, home) as (where, server):
        send_trail(home, where, NOON)
        told = received(server)
        assert [one["event"] for _, one in told] == ["login", "export", "logout", "audit.head"]
        assert {priority for priority, _ in told} == {"<109"}
        assert told[0][1]["actor"] == "lan"
        assert told[0][1]["object"] == "số liệu"
        assert told[3][1]["head"] == told[2][1]["hash"] == verified(home).head
        note(home, Deed(NOON, "minh", "", "login"))
        send_trail(home, where, NOON)
        assert [one["event"] for _, one in received(server)] == ["login", "audit.head"]


def test_a_trail_that_was_changed_is_an_alert(home: Path) -> None:
    with sqlite3.connect(home / FILE) as db:
        db.execute("drop trigger audit_is_not_changed")
        db.execute("update audit set actor = 'x' where seq = 2")
    db.close()
    with listening("udp", home) as (where, server):
        assert send_trail(home, where, NOON).problem == "Entry 2 was changed."
        priority, head = received(server)[-1]
    assert (priority, head["problem"]) == ("<105", "Entry 2 was changed.")


def test_over_tcp_every_message_says_how_long_it_is(home: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        taken: list[bytes] = []

        def take() -> None:
            connection, _ = server.accept()
            with connection:
                while part := connection.recv(65536):
                    taken.append(part)

        thread = threading.Thread(target=take)
        thread.start()
        send_trail(home, f"tcp://127.0.0.1:{server.getsockname()[1]}", NOON)
        thread.join(10)
    rest, number = b"".join(taken), 0
    while rest:
        length, _, rest = rest.partition(b" ")
        message, rest = rest[: int(length)], rest[int(length) :]
        assert message.startswith(b"<109>1 ")
        number += 1
    assert number == 4


def test_a_log_server_that_is_not_there_is_named_and_gets_all_of_it_later(home: Path) -> None:
    with pytest.raises(IocError, match=r"IOC_SYSLOG: .*/log cannot be written to"):
        send_trail(home, str(home / "log"), NOON)
    with listening("unix", home) as (where, server):
        send_trail(home, where, NOON)
        assert len(received(server)) == 4


def test_the_command_sends_and_says_where_to_say_where(home: Path) -> None:
    with listening("udp", home) as (where, server):
        done = ask(home, "audit", "send", IOC_SYSLOG=where)
        assert (done.returncode, done.stdout[:10]) == (0, "3 entries."), done.stderr
        assert len(received(server)) == 4
    refused = ask(home, "audit", "send")
    assert refused.returncode == 2
    assert "IOC_SYSLOG does not say" in refused.stderr
