"""The collector as it runs day and night: a schedule, a queue, and one thread that writes.

Threads of the scheduler wait for child processes; what those read comes through a queue to the
one thread that books it, publishes, and follows changes of the configuration.
"""

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from datasources.base import SourceConfig
from datasources.config import FILE
from datasources.job import Job, Outcome
from datasources.schedule import is_due, trigger_of
from domain.dossier import VIETNAM
from domain.errors import IocError

AT_A_TIME = 4
LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 60.0
HEARTBEAT_SHARE = 10.0
AFTER_MIDNIGHT = 5

Sources = Mapping[str, SourceConfig]


class Booked(Protocol):
    """How a run stands in the books."""

    @property
    def source(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def message(self) -> str: ...


class Books(Protocol):
    """What the service needs of the one who writes."""

    def now(self) -> datetime: ...
    def tell(self, sentence: str) -> None: ...
    def job(self, name: str, config: SourceConfig) -> Job: ...
    def read(self, job: Job) -> Outcome: ...
    def book(self, job: Job, config: SourceConfig, outcome: Outcome) -> Booked: ...
    def register(self, sources: Sources) -> None: ...
    def last_runs(self) -> Mapping[str, datetime]: ...
    def publish(self) -> bool: ...


class Service:
    """Runs the sources by their schedules; `configured` reads which there are, `changed` when."""

    def __init__(
        self,
        books: Books,
        configured: Callable[[], dict[str, SourceConfig]],
        changed: Callable[[], int],
    ) -> None:
        self._books = books
        self._configured = configured
        self._changed = changed
        self._changed_at = changed()
        self._sources: Sources = configured()
        self._read: queue.Queue[tuple[Job, Outcome] | None] = queue.Queue()
        self._publications = Publications()
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(AT_A_TIME)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=VIETNAM,
        )

    def run(self, stopping: threading.Event) -> None:
        """Collect until told to stop. Children are left to whoever started them."""
        self._stopping = stopping
        self._scheduler.add_job(
            self._read.put, "cron", args=[None], hour=0, minute=0, second=AFTER_MIDNIGHT
        )
        self._schedule()
        self._scheduler.start()
        try:
            while not stopping.is_set():
                self._take()
                if self._publications.are_due(time.monotonic()):
                    self._publish()
                self._follow_configuration()
        finally:
            self._scheduler.shutdown(wait=False)

    def _schedule(self) -> None:
        """A job per source; one that missed a run, or never had one, runs at once."""
        last, now = self._books.last_runs(), self._books.now()
        wanted = {f"source {name}" for name in self._sources}
        for job in self._scheduler.get_jobs():
            if job.id.startswith("source ") and job.id not in wanted:
                job.remove()
        for name, config in self._sources.items():
            due = is_due(config, last.get(name), now)
            first = {"next_run_time": datetime.now(VIETNAM)} if due else {}
            self._scheduler.add_job(
                self._collect,
                trigger_of(config),
                args=[name],
                id=f"source {name}",
                replace_existing=True,
                **first,
            )

    def _collect(self, name: str) -> None:
        """One run of one source, in a thread of the scheduler."""
        config = self._sources.get(name)
        if config is not None and not self._stopping.is_set():
            job = self._books.job(name, config)
            self._read.put((job, self._books.read(job)))

    def _take(self) -> None:
        """Wait a moment for something that was read; book it and all that came meanwhile."""
        try:
            self._book(self._read.get(timeout=LOOK_SECONDS))
            while True:
                self._book(self._read.get_nowait())
        except queue.Empty:
            return

    def _book(self, found: tuple[Job, Outcome] | None) -> None:
        """Book one run. At midnight there is none, and only the day is new."""
        config = self._sources.get(found[0].source) if found else None
        if found is None or config is None:
            self._publications.ask()
        else:
            self._publications.note(self._books.book(found[0], config, found[1]))

    def _publish(self) -> None:
        began = time.monotonic()
        done = self._books.publish()
        self._publications.were_tried(began, time.monotonic(), done=done)

    def _follow_configuration(self) -> None:
        """Take over a changed sources.toml; a wrong one is told, and the old one stays."""
        changed_at = self._changed()
        if changed_at == self._changed_at:
            return
        self._changed_at = changed_at
        try:
            self._sources = self._configured()
        except IocError as error:
            self._books.tell(f"{error.message} The sources stay as they were.")
            return
        self._books.register(self._sources)
        self._schedule()
        self._publications.ask()
        self._books.tell(f"{FILE} was read again.")


class Publications:
    """When to publish: at once for news, now and then so that a quiet source is seen to live.

    Publishing takes at most half of the time, and a tenth of it without news.
    """

    def __init__(self) -> None:
        self._news = True
        self._pulse = False
        self._ended = float("-inf")
        self._took = 0.0
        self._messages: dict[str, str] = {}

    def ask(self) -> None:
        """Something changed that everybody should see."""
        self._news = True

    def note(self, run: Booked) -> None:
        """A run was booked; it is news if it brought something, or failed in a new way."""
        self._news |= run.status == "ok" or run.message != self._messages.get(run.source, "")
        self._messages[run.source] = run.message
        self._pulse = True

    def are_due(self, at: float) -> bool:
        """Whether to publish at this second of the monotonic clock."""
        rested = at - self._ended
        quiet = max(HEARTBEAT_SECONDS, HEARTBEAT_SHARE * self._took)
        return (self._news and rested >= self._took) or (self._pulse and rested >= quiet)

    def were_tried(self, began: float, ended: float, *, done: bool) -> None:
        """It was published, or could not be and is tried again after a while."""
        self._news = not done
        self._pulse = False
        self._ended = ended
        self._took = ended - began if done else HEARTBEAT_SECONDS


@contextmanager
def stop_signals(stopping: threading.Event) -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; elsewhere than in the main thread nothing does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
