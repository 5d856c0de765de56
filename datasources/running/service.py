"""The collector as it runs day and night: a schedule, a queue, and one thread that writes.

Threads of the scheduler wait for child processes; what those read comes through a queue to the
one thread that books it, publishes, and follows changes of the configuration.
"""

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import NamedTuple, Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from datasources.base import SourceConfig, can_reread
from datasources.config import FILE
from datasources.running.job import Job, Outcome
from datasources.running.requests import Request, answer, waiting
from datasources.running.schedule import is_due, trigger_of
from datasources.running.watching import utc_now, watch_scheduler
from domain.dossier import VIETNAM
from domain.errors import IocError

AT_A_TIME = 4
THREADS = 4 * AT_A_TIME
LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 60.0
HEARTBEAT_SHARE = 10.0
AFTER_MIDNIGHT = 5
REREAD_HOUR, REREAD_MINUTE = 2, 10

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
    def overheard(self) -> AbstractContextManager[list[str]]: ...
    def job(
        self,
        name: str,
        config: SourceConfig,
        request: Request | None = None,
        *,
        again: bool = False,
    ) -> Job | None: ...
    def read(self, job: Job) -> Outcome: ...
    def book(self, job: Job, config: SourceConfig, outcome: Outcome) -> Booked: ...
    def has_more(self, name: str, config: SourceConfig) -> bool: ...
    def left_alone_until(self, name: str) -> datetime | None: ...
    def decide(self, request: Request) -> int: ...
    def compare(self, request: Request) -> int: ...
    def register(self, sources: Sources) -> None: ...
    def last_runs(self) -> Mapping[str, datetime]: ...
    def tidy(self) -> None: ...
    def publish(self) -> bool: ...


class Run(NamedTuple):
    """One run that has been read and is to be booked, and who asked for it, if anybody did."""

    job: Job
    outcome: Outcome
    request: Request | None


class Service:
    """Runs the sources by their schedules; `configured` reads which there are, `changed` when."""

    def __init__(
        self,
        home: Path,
        books: Books,
        configured: Callable[[], dict[str, SourceConfig]],
        changed: Callable[[], int],
    ) -> None:
        self._home = home
        self._books = books
        self._configured = configured
        self._changed = changed
        self._changed_at = changed()
        self._sources: Sources = configured()
        self._read: queue.Queue[Run | str | None] = queue.Queue()
        self._publications = Publications()
        self._stopping = threading.Event()
        self._reading = Reading()
        self._slots = threading.BoundedSemaphore(AT_A_TIME)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=VIETNAM,
        )
        watch_scheduler(self._scheduler, self._read.put)

    def run(self, stopping: threading.Event) -> None:
        """Collect until told to stop. Children are left to whoever started them."""
        self._stopping = stopping
        self._scheduler.add_job(
            self._read.put, "cron", args=[None], hour=0, minute=0, second=AFTER_MIDNIGHT
        )
        self._scheduler.add_job(self._reread, "cron", hour=REREAD_HOUR, minute=REREAD_MINUTE)
        self._schedule()
        self._scheduler.start()
        try:
            while not stopping.is_set():
                self._take()
                self._attend()
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

    def _now(self, name: str, request: Request | None = None, *, again: bool = False) -> None:
        """Run a source at once, beside its schedule."""
        self._scheduler.add_job(
            self._collect, args=[name, request], kwargs={"again": again}, next_run_time=utc_now()
        )

    def _reread(self) -> None:
        """Read a stretch of time once more, of every source that can."""
        for name, config in self._sources.items():
            if config.reconcile_days and can_reread(config):
                self._now(name, again=True)

    def _collect(self, name: str, request: Request | None = None, *, again: bool = False) -> None:
        """One run of one source, in a thread of the scheduler; never two of a source at once."""
        config = self._sources.get(name)
        if config is None or self._stopping.is_set():
            return
        if request is None and self._books.left_alone_until(name) is not None:
            return
        with self._reading.alone(name):
            try:
                job = self._books.job(name, config, request, again=again)
            except IocError as error:
                self._refuse(request, error.message)
                return
            if job is not None:
                with self._slots:
                    outcome = self._books.read(job)
                self._read.put(Run(job, outcome, request))
                self._reading.wait_until_booked(name, self._stopping)
            else:
                self._refuse(request, f"{name}: nothing was pushed.", status=0)

    def _refuse(self, request: Request | None, sentence: str, status: int = 3) -> None:
        if request is None:
            if status:
                self._read.put(sentence)
        else:
            answer(self._home, request, status, [sentence])

    def _take(self) -> None:
        """Wait a moment for something that was read; book it and all that came meanwhile."""
        try:
            self._book(self._read.get(timeout=LOOK_SECONDS))
            while True:
                self._book(self._read.get_nowait())
        except queue.Empty:
            return

    def _book(self, found: Run | str | None) -> None:
        """Book one run. At midnight there is none, and only the day is new."""
        if isinstance(found, str):
            self._books.tell(found)
        elif found is None:
            self._books.tidy()
            self._publications.ask()
        else:
            self._book_run(found)

    def _book_run(self, found: Run) -> None:
        name = found.job.source
        config = self._sources.get(name)
        try:
            if config is None:
                self._publications.ask()
                return
            with self._books.overheard() as told:
                booked = self._books.book(found.job, config, found.outcome)
            self._publications.note(booked)
            if found.request is not None:
                status = 0 if booked.status in ("ok", "unchanged") else 3
                answer(self._home, found.request, status, told)
            if self._books.has_more(name, config):
                self._now(name)
        finally:
            self._reading.is_booked(name)

    def _attend(self) -> None:
        """Do what people ask, and read at once what was pushed."""
        for request in waiting(self._home):
            if request.source not in self._sources:
                answer(self._home, request, 2, [f"There is no source '{request.source}'."])
            elif request.action in ("run", "replay"):
                self._now(request.source, request)
            else:
                self._decide(request)
        for name, config in self._sources.items():
            if self._books.has_more(name, config) and self._reading.is_free(name):
                self._now(name)

    def _decide(self, request: Request) -> None:
        with self._books.overheard() as told:
            try:
                compares = request.action == "compare"
                do = self._books.compare if compares else self._books.decide
                status = do(request)
                if not compares:
                    self._publications.ask()
            except IocError as error:
                told.append(error.message)
                status = 3
        answer(self._home, request, status, told)

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
        before = self._sources
        try:
            self._sources = self._configured()
        except IocError as error:
            self._books.tell(f"{error.message} The sources stay as they were.")
            return
        self._books.register(self._sources)
        self._schedule()
        for name, config in self._sources.items():
            if name in before and before[name] != config:
                self._now(name)
        self._publications.ask()
        self._books.tell(f"{FILE} was read again.")


class Reading:
    """Which sources are being read, so that none is read twice at a time."""

    def __init__(self) -> None:
        self._guard = threading.Condition()
        self._taken: set[str] = set()
        self._booked: set[str] = set()

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """The source for oneself; waits until nobody else reads it."""
        with self._guard:
            self._guard.wait_for(lambda: name not in self._taken)
            self._taken.add(name)
            self._booked.discard(name)
        try:
            yield
        finally:
            with self._guard:
                self._taken.discard(name)
                self._guard.notify_all()

    def is_free(self, name: str) -> bool:
        """Whether nobody reads the source."""
        with self._guard:
            return name not in self._taken

    def is_booked(self, name: str) -> None:
        """What was read of a source is in the books, so its cursor has moved."""
        with self._guard:
            self._booked.add(name)
            self._guard.notify_all()

    def wait_until_booked(self, name: str, stopping: threading.Event) -> None:
        """Wait until what was read is in the books: the next run goes on from there."""
        with self._guard:
            while name not in self._booked and not stopping.is_set():
                self._guard.wait(LOOK_SECONDS)


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
