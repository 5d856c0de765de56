"""The child process in which foreign data are read: `python -m datasources.running.worker`.

It has limits on memory, processor time and open files, ends with its parent, and hands back a
landed folder or a sentence. What it does not understand it logs by place and type alone: the
words of an exception may quote what was read.
"""

import copy
import hashlib
import os
import resource
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec

from datasources.base import Note, Order, Reading, SourceConfig, kind_of
from datasources.config import known_sources, source_named
from datasources.reading.arrow import without_pandas
from datasources.reading.known_organisations import known_organisations
from datasources.reading.landing import Landing
from datasources.running.job import Job, Outcome, Progress
from domain.area import register
from domain.errors import IocError, SourceError

READ_AS = "read_as"
# Keys that say how a source is run, not what its data mean.
OPERATION = {
    "title",
    "owner",
    "schedule",
    "expected_by",
    "stale_after_hours",
    "deadline_seconds",
    "memory_mb",
    "username",
    "password_file",
    "auth",
    "auth_name",
    "token_file",
    "live",
    "statement_seconds",
    "page_size",
    "overlap_minutes",
    "allow_http",
    "networks",
    "answer_seconds",
    "listen_seconds",
    "allow_plain",
    "consent",
    "push",
    "expected_from",
    "volume_jump",
    "reconcile_days",
}
OPEN_FILES = 256
NICENESS = 5
MEGABYTE = 1024**2
NOT_DONE = 1
ORPHANED = 70


class SuspectError(IocError):
    """The source answered, but with something that cannot be believed."""


def main() -> int:
    """Do the one job that stands on standard input; the exit status."""
    without_pandas()
    answers = _only_answers_on_stdout()
    job = msgspec.json.decode(_first_line(), type=Job)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(said: Progress | Outcome) -> None:
        answers.write(msgspec.json.encode(said).decode() + "\n")
        answers.flush()

    outcome = perform(job, limited=True, tell=tell)
    tell(outcome)
    return 0 if outcome.error is None else NOT_DONE


def perform(
    job: Job, *, limited: bool = False, tell: Callable[[Progress], None] = lambda _: None
) -> Outcome:
    """Read one source and land it; whatever goes wrong, a person gets a sentence."""
    try:
        config = source_named(known_sources(Path(job.home)), job.source)
        if limited:
            limit(config, job.seconds)
        return Outcome(folder=str(_land(job, config, tell)))
    except IocError as error:
        return Outcome(error=error.message, suspect=isinstance(error, SuspectError))
    except MemoryError:
        way_on = "If the data are right, raise memory_mb in config/sources.toml"
        return Outcome(error=_sentence(job, "reading it needs more memory than it may use", way_on))
    except Exception as error:  # noqa: BLE001  (a reader of foreign data may fail in any way)
        _log(error)
        fact = f"reading it failed in an unforeseen way ({type(error).__name__})"
        return Outcome(error=_sentence(job, fact, f"See logs/{job.source}.log"), suspect=True)


def limit(config: SourceConfig, seconds: float) -> None:
    """Bound what this process may use, once and for all."""
    memory = config.memory_mb * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Two cores can use twice the time on the clock.
    processor = int(2 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def join(cursor: dict[str, Any], news: Mapping[str, Any]) -> None:
    """Add to a cursor, in place, what is to be remembered; None forgets an entry."""
    for name, value in news.items():
        if value is None:
            cursor.pop(name, None)
        elif isinstance(value, Mapping):
            join(cursor.setdefault(name, {}), value)
        else:
            cursor[name] = value


def _land(job: Job, config: SourceConfig, tell: Callable[[Progress], None]) -> Path:
    kind, home = kind_of(config.kind), Path(job.home)
    cursor = _cursor(job, config)
    order = Order(
        job.source,
        home,
        job.now,
        copy.deepcopy(cursor),
        job.seconds,
        job.sample,
        job.reread_from,
    )
    reading = _reading(job, home)
    with Landing(
        Path(job.root), job.source, config.kind, job.now, config.simulated, kind.tolerated
    ) as landing:
        for delivered in kind.fetch(config, order):
            if isinstance(delivered, Note):
                landing.add(delivered)
                continue
            landing.origin(delivered)
            _parse(kind.parse(delivered, config, reading), landing)
            join(cursor, delivered.remember)
            tell(Progress(landing.documents, landing.rows, delivered.name))
        try:
            return landing.finish(cursor, datetime.now(UTC)).folder
        except SourceError as error:
            raise SuspectError(error.message) from None


def _cursor(job: Job, config: SourceConfig) -> dict[str, Any]:
    """Where to go on. Under another mapping nothing has been read yet: all is read again."""
    read_as = config.model_dump_json(exclude=OPERATION)
    fingerprint = hashlib.sha256(read_as.encode()).hexdigest()[:16]
    kept = dict(job.cursor) if job.cursor.get(READ_AS, fingerprint) == fingerprint else {}
    return {**copy.deepcopy(kept), READ_AS: fingerprint}


def _parse(items: Any, landing: Landing) -> None:
    try:
        for item in items:
            landing.add(item)
    except SourceError as error:
        raise SuspectError(error.message) from None


def _reading(job: Job, home: Path) -> Reading:
    organisations, days = known_organisations(home, register())
    return Reading(job.source, register(), organisations, job.now, days, home=home)


def _first_line() -> bytes:
    """The order. Read without buffering: what follows on standard input is only its end."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, MEGABYTE)
        if not piece:
            break
        line += piece
    return line


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(ORPHANED)


def _only_answers_on_stdout() -> TextIO:
    """The channel of the answer; whatever else is printed goes to the log."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _sentence(job: Job, fact: str, way_on: str) -> str:
    return SourceError(job.source, fact, way_on).message


def _log(error: Exception) -> None:
    """The places an exception came through and its type; never its words."""
    frames = traceback.extract_tb(error.__traceback__)
    places = "".join(f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in frames)
    sys.stderr.write(f"{datetime.now(UTC).isoformat()} {type(error).__name__}\n{places}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
