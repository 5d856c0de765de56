"""The lock that lets one collector at a time write a home.

DuckDB locks its file too, but says only that somebody holds it, and loses its lock if the
process reads the file by other means. This one is a file of its own, names its holder, and
is freed by the kernel when the holder dies, however it dies.
"""

import fcntl
import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import BusyError

FILE = "warehouse.lock"


class Lock:
    """The lock of one home, held from `take` until `release` or the end of the process."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock at once. Raises BusyError naming process, host and since when."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise BusyError(self._busy()) from None
        self._descriptor = descriptor
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(_card()).encode())

    def release(self) -> None:
        """Give the lock back. The file stays: removing it could free another's lock."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def _busy(self) -> str:
        try:
            card = json.loads(self.path.read_text())
            holder = f"process {card['pid']} on {card['host']} since {card['since']}"
        except (OSError, ValueError, KeyError):
            holder = "another process"
        return (
            f"{self.path.parent} is being collected into by {holder}. "
            "Wait for it to end, or stop it."
        )


def _card() -> dict[str, str | int]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
