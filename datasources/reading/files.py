"""Taking files from where others put them: whole ones, once each, and nothing but files.

A file is taken when it has not changed for two seconds, or when a `.done` file of the same name
lies beside it. What was taken is remembered by name, size, time and hash, so a file is read
again only when it changed. Names come from others: they are shown with care and never used.
"""

import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from hashlib import sha256
from pathlib import Path
from typing import Any

from datasources.base import Document, Note, Order
from domain.errors import SourceError

INBOX = "inbox"
NOTHING_PUSHED = "nothing was pushed to it that is still to be read"
PUSH_IT = "Push a document to it, or submit its form"
STILL_SECONDS = 2.0
SHOWN_NAME = 120
PIECE = 1024**2
END = 1024
"""So many last bytes of a file are handed on where its middle is left out."""


@dataclass(frozen=True)
class Found:
    """A file in place: its path, the name that people and the cursor know it by, its state."""

    path: Path
    name: str
    size: int
    modified_ns: int

    @property
    def state(self) -> list[int]:
        return [self.size, self.modified_ns]


def new_files(
    pattern: str, order: Order, suffixes: Sequence[str] = (), most: int | None = None
) -> Iterator[Document | Note]:
    """The files of a path, folder or glob that are new or changed, the oldest first.

    A folder stands for all files in it, at any depth, that end in one of `suffixes`. The note
    tells which were left for the next run. Of a file of more than `most` bytes only so many are
    handed on, and its END; it is hashed whole all the same. Raises SourceError where nothing
    matches.
    """
    found = matching(pattern, order, suffixes)
    taken: Mapping[str, Any] = order.cursor.get("files", {})
    changed = [one for one in found if list(taken.get(one.name, ())[:2]) != one.state]
    settled, unsettled = _settled(changed)
    for one in unsettled:
        yield Note(f"{one.name} is still being written; it is taken at the next run.")
    forget: dict[str, Any] = dict.fromkeys(sorted(taken.keys() - {one.name for one in found}))
    for one in settled:
        document = _document(one, order.source, taken.get(one.name, ()), forget, most)
        if document is not None:
            yield document
        if isinstance(document, Document):
            forget = {}
            if order.sample:
                return


def ready_folder(source: str) -> str:
    """Where the documents lie that were pushed to a source and are read next."""
    return f"{INBOX}/{source}/ready"


def matching(pattern: str, order: Order, suffixes: Sequence[str]) -> list[Found]:
    """Every file that a path means, the oldest first. Raises SourceError where there is none."""
    path = Path(pattern).expanduser()
    whole = path if path.is_absolute() else order.home / path
    folder = whole if whole.is_dir() else None
    paths = _below(whole, suffixes) if folder else _globbed(str(whole))
    root = folder or Path(str(whole)).parent
    found = [one for one in (_found(path, root) for path in paths) if one is not None]
    if not found and pattern == ready_folder(order.source):
        raise SourceError(order.source, NOTHING_PUSHED, PUSH_IT)
    if not found:
        raise SourceError(
            order.source, f"no file matches {pattern}", "Check path in config/sources.toml"
        )
    return sorted(found, key=lambda one: (one.modified_ns, one.name))


def _below(folder: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            if name.lower().endswith(tuple(suffixes)) and not name.startswith("."):
                yield Path(parent, name)


def _globbed(pattern: str) -> Iterator[Path]:
    for name in glob(pattern, recursive=True):  # noqa: PTH207  (also for absolute patterns)
        if not name.endswith(".done"):
            path = Path(name)
            yield path if has_magic(pattern) else path.resolve()


def _found(path: Path, root: Path) -> Found | None:
    """A regular file; links, pipes and folders that a glob happens to match are not taken."""
    try:
        status = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    name = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    return Found(path, shown(str(name)), status.st_size, status.st_mtime_ns)


def shown(name: str) -> str:
    """A name fit to be shown: no control characters, no bytes that are no text, not endless."""
    plain = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    )
    if len(plain) <= SHOWN_NAME:
        return plain
    return f"{plain[:SHOWN_NAME]}…{sha256(os.fsencode(name)).hexdigest()[:8]}"


def _settled(files: list[Found]) -> tuple[list[Found], list[Found]]:
    """Those that are whole, and those that someone is still writing."""
    young = [one for one in files if not _is_done(one)]
    if young:
        time.sleep(STILL_SECONDS - min(_age(one) for one in young))
    moving = {one.name for one in young if _state(one.path) != one.state}
    return (
        [one for one in files if one.name not in moving],
        [one for one in files if one.name in moving],
    )


def _is_done(one: Found) -> bool:
    return _age(one) >= STILL_SECONDS or one.path.with_name(f"{one.path.name}.done").exists()


def _age(one: Found) -> float:
    """Seconds since the last change; a time in the future, of a wrong clock, is no age at all."""
    return max(time.time() - one.modified_ns / 1e9, 0.0)


def _state(path: Path) -> list[int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _document(
    one: Found, source: str, taken: Sequence[Any], forget: Mapping[str, Any], most: int | None
) -> Document | Note | None:
    """The file's content, unless it is what was taken before or changes while it is read."""
    try:
        content, digest, size, state = _content(one.path, one.size, most)
    except OSError as error:
        raise SourceError(
            source, f"{one.name} cannot be read ({error.strerror})", "Check its owner and mode"
        ) from None
    if state != one.state or size != one.size:
        return Note(f"{one.name} changed while it was read; it is taken at the next run.")
    if list(taken[2:]) == [digest]:
        return None
    remember = {"files": {**forget, one.name: [*one.state, digest]}}
    return Document(one.name, content, remember, sha256=digest, size=size)


def _content(path: Path, size: int, most: int | None) -> tuple[bytes, str, int, list[int]]:
    """What is kept of a file's bytes, the hash and number of all, its state after the last one.

    One byte more than expected is read at most. A link that has taken the file's place is not
    followed, a pipe is not waited for.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(size + 1 if most is None or size <= most else most)
        digest, read, end = sha256(content), len(content), b""
        while read <= size and (piece := file.read(min(PIECE, size + 1 - read))):
            digest.update(piece)
            read += len(piece)
            end = (end + piece)[-END:]
        status = os.fstat(descriptor)
    return content + end, digest.hexdigest(), read, [status.st_size, status.st_mtime_ns]
