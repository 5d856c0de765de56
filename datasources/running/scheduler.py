"""The collector: it runs every source, loads what lands, and publishes what is known.

Reading happens in child processes, writing in one thread, through the ledger. A source that
fails is booked with its sentence and holds up no other.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path

from datasources.config import FILE, known_sources, source_named
from datasources.running.children import Children
from datasources.running.job import Progress
from datasources.running.ledger import FAILED, HELD, Ledger, Sources, Terms
from datasources.running.requests import Answer, Request, ask, clear_forgotten
from datasources.running.service import Service, stop_signals
from domain.errors import BusyError, StoreError
from store import WRITING, Limits, Warehouse

ALL_GOOD, SOME_FAILED, BUSY = 0, 3, 75
AT_A_TIME = 2
ANSWER_SECONDS = 1800.0


def say(sentence: str) -> None:
    """Tell whoever watches the collector."""
    print(sentence, flush=True)  # noqa: T201  (the collector's voice)


class Collector:
    """Collects the sources of one home. `now` is its clock, `tell` where its sentences go.

    `progress` hears how far each source has come while it is read, `published` that there is a
    new snapshot; it must not take long. `limits` are the warehouse's.
    """

    def __init__(  # noqa: PLR0913 - one argument per thing a deployment or a test decides
        self,
        home: Path,
        *,
        now: Callable[[], datetime],
        keep_snapshots: int = 3,
        deadline_seconds: int = 900,
        keep_landing_days: int = 400,
        tell: Callable[[str], None] = say,
        progress: Callable[[str, Progress], None] = lambda _source, _progress: None,
        limits: Limits = WRITING,
        published: Callable[[], None] = lambda: None,
    ) -> None:
        self.home = home.absolute()
        self.limits = limits
        self.tell = tell
        self.terms = Terms(
            self.home,
            now,
            tell,
            keep_snapshots,
            deadline_seconds,
            keep_landing_days,
            progress,
            published,
        )
        self.children = Children()

    def run_once(self, only: Sequence[str] | None = None) -> int:
        """Every source once, or only some, and publish; the exit status.

        Raises UnknownNameError or CatalogueError before anything is touched.
        """
        sources = known_sources(self.home)
        chosen = {name: source_named(sources, name) for name in only or sources}

        def everything(books: Ledger) -> bool:
            good = books.begin(sources)
            good &= self._collect(books, chosen)
            return good & books.publish()

        return self._with_books(everything)

    def answer(self, request: Request) -> int:
        """Do what one person asks, or let the running collector do it; the exit status.

        Raises UnknownNameError or CatalogueError before anything is touched.
        """
        sources = known_sources(self.home)
        config = source_named(sources, request.source)

        statuses = [ALL_GOOD]

        def asked(books: Ledger) -> bool:
            if request.action == "compare":
                statuses.append(books.compare(request))
                return True
            good = books.begin(sources)
            if request.action in ("accept", "refuse"):
                statuses.append(books.decide(request))
            else:
                good &= self._collect(books, {request.source: config}, request)
            return good & books.publish()

        try:
            return self._with_books(asked, tell_busy=False) or statuses[-1]
        except BusyError as error:
            return self._passed_on(self._ask(request), error)

    def serve(self, stop: threading.Event | None = None) -> int:
        """Every source by its schedule, until told to stop; the exit status."""
        sources = known_sources(self.home)
        try:
            with (
                stop_signals(stop or threading.Event()) as stopping,
                Warehouse.open(self.home, limits=self.limits, tell=self.tell) as warehouse,
            ):
                books = Ledger(self.terms, warehouse, self.children)
                clear_forgotten(self.home)
                books.begin(sources)
                Service(
                    self.home, books, lambda: known_sources(self.home), self._configured_at
                ).run(stopping)
        except BusyError as error:
            self.tell(error.message)
            return BUSY
        finally:
            self.children.stop()
        return ALL_GOOD

    def _with_books(self, work: Callable[[Ledger], bool], *, tell_busy: bool = True) -> int:
        """Do something with the warehouse open; the exit status. Raises BusyError if not told."""
        try:
            with Warehouse.open(self.home, limits=self.limits, tell=self.tell) as warehouse:
                good = work(Ledger(self.terms, warehouse, self.children))
        except BusyError as error:
            if not tell_busy:
                raise
            self.tell(error.message)
            return BUSY
        finally:
            self.children.stop()
        return ALL_GOOD if good else SOME_FAILED

    def _ask(self, request: Request) -> Answer | None:
        """The running collector's answer. Raises StoreError where it cannot be asked."""
        try:
            return ask(self.home, request, ANSWER_SECONDS)
        except OSError as error:
            raise StoreError(
                f"The running collector cannot be asked ({error.strerror}): {self.home} is not "
                "yours to write. Give the command as the user who collects."
            ) from None

    def _passed_on(self, answered: Answer | None, error: BusyError) -> int:
        if answered is None:
            self.tell(f"{error.message} It was asked, and gave no answer.")
            return BUSY
        for sentence in answered.sentences:
            self.tell(sentence)
        return answered.status

    def _collect(self, books: Ledger, sources: Sources, request: Request | None = None) -> bool:
        """Read a few sources at a time, and load each as soon as it has landed."""
        good, waiting = True, list(sources)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            try:
                while waiting:
                    jobs = [books.job(name, sources[name], request) for name in waiting]
                    runs = {pool.submit(books.read, job): job for job in jobs if job is not None}
                    for run in as_completed(runs):
                        job = runs[run]
                        result = books.book(job, sources[job.source], run.result())
                        good &= result.status not in (FAILED, HELD)
                    read = {job.source for job in runs.values()}
                    waiting = [one for one in read if books.has_more(one, sources[one])]
            finally:
                self.children.stop()
        return good

    def _configured_at(self) -> int:
        """When sources.toml was last changed, in nanoseconds; 0 while it is missing."""
        try:
            return (self.home / FILE).stat().st_mtime_ns
        except OSError:
            return 0
