"""A real PostgreSQL on the loopback, started by the tests and gone with them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

PASSWORD = "mật khẩu thử"
ACCOUNT = "ioc"
WAIT_SECONDS = 60
SERVERS = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Server:
    """A running server; its address holds no password."""

    port: int

    @property
    def url(self) -> str:
        return f"postgresql://{ACCOUNT}@127.0.0.1:{self.port}/postgres"

    def run(self, *statements: str) -> None:
        """Statements that write, as the owner of the database."""
        with connected(self.port) as connection:
            for statement in statements:
                connection.execute(statement)


def programs() -> Path | None:
    """The folder of the server's programs: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(SERVERS.glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


@contextmanager
def running(bin_folder: Path) -> Iterator[Server]:
    """A server with an empty database. It refuses to run as root, so root hands it over."""
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    # Not below pytest's folder: the path of a socket may be no longer than 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="toan-canh-pg-", dir="/tmp"))
    if owner:
        shutil.chown(home, owner["user"], owner["group"])
    try:
        port = free_port()
        _make(bin_folder, home, owner)
        command = f"{bin_folder}/postgres -D {home}/data -p {port} -k {home} -h 127.0.0.1"
        options = " -c fsync=off -c max_connections=20"
        with (home / "log").open("w") as log:
            server = subprocess.Popen(
                (command + options).split(), stdout=log, stderr=log, cwd=home, **owner
            )
        try:
            _wait(server, port, home)
            yield Server(port)
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _make(bin_folder: Path, home: Path, owner: dict[str, Any]) -> None:
    secret = home / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    subprocess.run(
        [bin_folder / "initdb", "-D", home / "data", "-U", ACCOUNT, "-A", "scram-sha-256",
         f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, capture_output=True, cwd=home, **owner,
    )  # fmt: skip


def _wait(server: "subprocess.Popen[Any]", port: int, home: Path) -> None:
    ends = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ends:
        try:
            connected(port).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError((home / "log").read_text())


def connected(port: int) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host="127.0.0.1", port=port, user=ACCOUNT, password=PASSWORD, dbname="postgres",
        autocommit=True, connect_timeout=5,
    )  # fmt: skip


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
