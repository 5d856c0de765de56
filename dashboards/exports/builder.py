"""The builder: one process that makes what people have asked for, one file after another.

It is started when something waits, holds a lock so that there is one, stays a while for what
comes next, and ends. What takes too long or too much is given up and said so; the pages never
wait for it.
"""

import fcntl
import hashlib
import logging
import os
import resource
import signal
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from dashboards.exports.exhibit import Folder
from dashboards.exports.forms import Form, form_named
from dashboards.exports.making import Maker
from dashboards.exports.picture import page_count, pixels
from dashboards.exports.wanted import Wanted, made, scope_read
from domain.errors import IocError
from metrics.rules import rules
from metrics.snapshots import STANDARD, Limits, current_snapshot
from store.state import exports
from store.state.exports import Export, Made

log = logging.getLogger(__name__)
FOLDER = "exports"
LOCK = "builder.lock"
SECONDS = 60
MEMORY = 3 * 1024**3
LINGER_SECONDS = 60.0
PAUSE_SECONDS = 0.2
MOST_PICTURES = 60
PICTURE_SCALE = 1.2


class TooLongError(IocError):
    """A file took longer than any may."""


@dataclass(frozen=True)
class Patience:
    """How long one file may take, and how long the builder stays without work, in seconds."""

    seconds: int = SECONDS
    linger: float = LINGER_SECONDS


USUAL = Patience()


def build(home: Path, limits: Limits = STANDARD, patience: Patience = USUAL) -> int:
    """Make what waits until nothing has for a while; how many files were made or given up.

    0 where another builder is at it already. `limits` hold for every query.
    """
    (home / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    with _only_one(home) as is_ours:
        if not is_ours:
            return 0
        exports.recover(home, "The builder ended twice while making it. Ask for less.")
        return _build_all(home, limits, patience)


def is_at_work(home: Path) -> bool:
    """Whether a builder holds the lock."""
    with _only_one(home) as is_ours:
        return not is_ours


@contextmanager
def _only_one(home: Path) -> Iterator[bool]:
    (home / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / FOLDER / LOCK).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def limit() -> None:
    """Bound this process, once and for all: the pages go before, and memory has an end."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _build_all(home: Path, limits: Limits, patience: Patience) -> int:
    count, idle_since = 0, time.monotonic()
    while time.monotonic() - idle_since < patience.linger:
        _clear(home)
        found = exports.take(home, datetime.now(UTC))
        if found is None:
            time.sleep(PAUSE_SECONDS)
            continue
        _build_one(home, found, limits, patience)
        count, idle_since = count + 1, time.monotonic()
    return count


def _clear(home: Path) -> None:
    """Take away the files nobody may have any more."""
    for export_id in exports.forget(home, datetime.now(UTC)):
        for path in (home / FOLDER).glob(f"{export_id}*"):
            path.unlink(missing_ok=True)


def _build_one(home: Path, found: Export, limits: Limits, patience: Patience) -> None:
    try:
        with no_longer_than(patience.seconds):
            exports.finish(home, found.export_id, _made(home, found, limits))
    except IocError as error:
        exports.fail(home, found.export_id, error.message)
    except MemoryError:
        exports.fail(home, found.export_id, "It needs more memory than a file may. Ask for less.")
    except Exception:
        log.exception("The export %s failed", found.export_id)
        exports.fail(home, found.export_id, "It could not be made; the log says why.")


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Give a piece of work up after so many seconds. Raises TooLongError."""

    def give_up(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal's handler
        raise TooLongError(f"It took longer than {seconds} seconds. Ask for less.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _made(home: Path, found: Export, limits: Limits) -> Made:
    """Make the file of one export, and the pictures of its pages where they are wanted."""
    wanted = Wanted.model_validate_json(found.wanted)
    form = form_named(wanted.form)
    maker = Maker(
        current_snapshot(home, limits),
        rules(home / "config"),
        scope_read(found.scope),
        datetime.now(UTC),
        wanted.language,
        "" if found.person == "guest" else found.person,
        home,
    )
    folder = made(wanted, maker, lambda one, of: exports.tell(home, found.export_id, one, of))
    content = form.write(folder, home / "config")
    keep(path_of(home, found.export_id), content)
    pages = _pictures(home, found.export_id, content) if wanted.pictures else 0
    digest = hashlib.sha256(content).hexdigest()
    return Made(file_name(folder, form), form.media, pages, digest, maker.snapshot.version)


def path_of(home: Path, export_id: str, picture: int | None = None) -> Path:
    """Where a file lies, or the picture of one of its pages."""
    return home / FOLDER / (export_id if picture is None else f"{export_id}-{picture}.png")


def keep(path: Path, content: bytes) -> None:
    """All of it or nothing: it may be asked for at any moment."""
    held = path.with_name(f"{path.name}.tmp")
    held.touch(mode=0o600)
    held.write_bytes(content)
    held.replace(path)


def _pictures(home: Path, export_id: str, content: bytes) -> int:
    count = min(page_count(content), MOST_PICTURES)
    for number in range(count):
        keep(path_of(home, export_id, number), pixels(content, number, PICTURE_SCALE))
    return count


def file_name(folder: Folder, form: Form) -> str:
    """A name that says what and when, of letters every system takes."""
    plain = unicodedata.normalize("NFD", folder.title.replace("Đ", "D").replace("đ", "d"))
    letters = "".join(
        sign if sign.isascii() and sign.isalnum() else "-"
        for sign in plain
        if not unicodedata.combining(sign)
    )
    words = [word for word in letters.lower().split("-") if word]
    return f"{'-'.join(words)[:80].strip('-')}-{folder.made_at:%Y%m%d}.{form.suffix}"
