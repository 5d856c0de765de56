"""A real MariaDB on the loopback, started by the tests and gone with them."""

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

from sqlalchemy import Connection, NullPool, create_engine

from tests.datasources.postgres import ACCOUNT, PASSWORD, WAIT_SECONDS, free_port

SERVER, MAKER = "mariadbd", "mariadb-install-db"
WHERE = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"

PREPARED = (
    "create database test character set utf8mb4",
    f"create user '{ACCOUNT}'@'127.0.0.1' identified by '{PASSWORD}'",
    f"grant select on test.* to '{ACCOUNT}'@'127.0.0.1'",
)


@dataclass(frozen=True)
class Server:
    """A running server; its address holds no password."""

    port: int
    socket: Path

    @property
    def url(self) -> str:
        return f"mariadb://{ACCOUNT}@127.0.0.1:{self.port}/test"

    def run(self, *statements: str) -> None:
        """Statements that write, as the owner of the database."""
        with connected(self.socket, "test") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.commit()


def is_installed() -> bool:
    return all(shutil.which(name, path=WHERE) for name in (SERVER, MAKER, "my_print_defaults"))


@contextmanager
def running() -> Iterator[Server]:
    """A server with an empty database, and an account that may only read it."""
    home = Path(tempfile.mkdtemp(prefix="toan-canh-my-", dir="/tmp"))
    try:
        command = _made(home)
        with (home / "log").open("w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
        try:
            found = Server(int(command[-1].partition("=")[2]), home / "socket")
            _wait(server, found.socket, home)
            with connected(found.socket) as owner:
                for statement in PREPARED:
                    owner.exec_driver_sql(statement)
            yield found
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _made(home: Path) -> list[str]:
    """The files of a server, and the command that starts it."""
    plain = ["--no-defaults", f"--datadir={home}/data"]
    maker = [str(shutil.which(MAKER, path=WHERE)), *plain, "--skip-test-db"]
    subprocess.run(
        [*maker, "--auth-root-authentication-method=normal", f"--user={home.owner()}"],
        check=True,
        capture_output=True,
    )
    return [
        str(shutil.which(SERVER, path=WHERE)),
        *plain,
        f"--user={home.owner()}",
        f"--socket={home}/socket",
        "--bind-address=127.0.0.1",
        "--innodb-flush-method=nosync",
        "--innodb-buffer-pool-size=16M",
        f"--port={free_port()}",
    ]


def _wait(server: "subprocess.Popen[Any]", place: Path, home: Path) -> None:
    ends = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ends:
        try:
            with socket.socket(socket.AF_UNIX) as trial:
                trial.connect(str(place))
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError((home / "log").read_text())


def connected(place: Path, database: str = "") -> Connection:
    """The owner's own connection, through the socket."""
    url = f"mariadb+pymysql://root@/{database}?unix_socket={place}&charset=utf8mb4"
    return create_engine(url, poolclass=NullPool).connect()
