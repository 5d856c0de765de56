"""What a person asks of a running collector, which alone may write: a folder of small files.

The command line leaves a request, the collector does it and leaves an answer beside it. The
folder belongs to the user who collects; nobody else can read or write it.
"""

import os
import secrets
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = "requests"
LOOK_SECONDS = 0.2
TAKEN_UP_SECONDS = 90.0
FORGOTTEN_SECONDS = 3600.0

Action = Literal["run", "replay", "accept", "refuse", "compare"]


class Request(msgspec.Struct, frozen=True):
    """Something asked: what, of which source, by whom and when.

    `batch` names one batch to be read again, `folder` a landed one to be compared.
    """

    number: str
    action: Action
    source: str
    by: str
    at: datetime
    batch: int | None = None
    folder: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """What came of it: an exit status, and the sentences for the one who asked."""

    status: int
    sentences: tuple[str, ...]


def request_of(
    action: Action,
    source: str,
    by: str,
    at: datetime,
    *,
    batch: int | None = None,
    folder: Path | None = None,
) -> Request:
    """A request under a number of its own; later ones sort later."""
    number = f"{at:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}"
    return Request(number, action, source, by, at, batch, None if folder is None else str(folder))


def ask(
    home: Path, request: Request, seconds: float, taken_up: float = TAKEN_UP_SECONDS
) -> Answer | None:
    """The running collector's answer; None if it gave none in so many seconds.

    Nor is there one if nobody takes the request up: a collector that runs once attends to none.
    """
    path = _folder(home) / f"{request.number}.json"
    _write(path, msgspec.json.encode(request))
    answer, began = path.with_suffix(".answer"), time.monotonic()
    try:
        while (waited := time.monotonic() - began) < seconds:
            if answer.exists():
                return msgspec.json.decode(answer.read_bytes(), type=Answer)
            if waited > taken_up and path.exists():
                return None
            time.sleep(LOOK_SECONDS)
    finally:
        path.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)
    return None


def waiting(home: Path) -> list[Request]:
    """What is asked and not yet taken up, the oldest first. Taking them removes them."""
    folder = home / FOLDER
    if not folder.is_dir():
        return []
    taken = []
    for path in sorted(folder.glob("*.json")):
        # One that cannot be read is somebody else's, or was withdrawn meanwhile.
        with suppress(OSError, msgspec.MsgspecError):
            taken.append(msgspec.json.decode(path.read_bytes(), type=Request))
        path.unlink(missing_ok=True)
    return taken


def answer(home: Path, request: Request, status: int, sentences: list[str]) -> None:
    """Leave the answer to a request."""
    told = Answer(status, tuple(sentences))
    _write(_folder(home) / f"{request.number}.answer", msgspec.json.encode(told))


def clear_forgotten(home: Path) -> None:
    """Remove what nobody waits for any more."""
    oldest = time.time() - FORGOTTEN_SECONDS
    for path in (home / FOLDER).glob("*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _folder(home: Path) -> Path:
    folder = home / FOLDER
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    """A file that appears whole, for its owner alone."""
    half = path.with_suffix(".part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    half.rename(path)
