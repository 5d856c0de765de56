"""The collector: it runs every source, loads what lands, and publishes what is known.

Reading happens in child processes, writing in one thread: of its room this module alone knows
the store. A source that fails is booked with its sentence and holds up no other.
"""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path

from datasources.accounting import accounting, remarks
from datasources.base import SourceConfig, kind_of
from datasources.children import Children
from datasources.config import FILE, PRESS, known_sources, source_named
from datasources.job import Job, Outcome
from datasources.landed import clear_unfinished, is_readable, read_landed, set_aside
from datasources.mapping import MappedConfig
from datasources.schedule import grace, stale_after, usual_gap
from datasources.service import Service, Sources, stop_signals
from domain.errors import BusyError, StoreError
from store import BatchResult, SourceInfo, Warehouse, publish

ALL_GOOD, SOME_FAILED, BUSY = 0, 3, 75
AT_A_TIME = 2
FAILED = "failed"


def say(sentence: str) -> None:
    """Tell whoever watches the collector."""
    print(sentence, flush=True)  # noqa: T201  (the collector's voice)


class Collector:
    """Collects the sources of one home. `now` is its clock, `tell` where its sentences go."""

    def __init__(
        self,
        home: Path,
        *,
        now: Callable[[], datetime],
        keep_snapshots: int = 3,
        deadline_seconds: int = 900,
        tell: Callable[[str], None] = say,
    ) -> None:
        self.home = home.absolute()
        self.now = now
        self.keep_snapshots = keep_snapshots
        self.deadline_seconds = deadline_seconds
        self.tell = tell
        self.children = Children()

    def run_once(self, only: Sequence[str] | None = None) -> int:
        """Every source once, or only some, and publish; the exit status.

        Raises UnknownNameError or CatalogueError before anything is touched.
        """
        sources = known_sources(self.home)
        chosen = {name: source_named(sources, name) for name in only or sources}
        try:
            with Warehouse.open(self.home) as warehouse:
                books = Ledger(self, warehouse)
                good = books.begin(sources)
                good &= self._collect(books, chosen)
                good &= books.publish()
        except BusyError as error:
            self.tell(error.message)
            return BUSY
        finally:
            self.children.stop()
        return ALL_GOOD if good else SOME_FAILED

    def serve(self, stop: threading.Event | None = None) -> int:
        """Every source by its schedule, until told to stop; the exit status."""
        sources = known_sources(self.home)
        try:
            with (
                stop_signals(stop or threading.Event()) as stopping,
                Warehouse.open(self.home) as warehouse,
            ):
                books = Ledger(self, warehouse)
                books.begin(sources)
                Service(books, lambda: known_sources(self.home), self._configured_at).run(stopping)
        except BusyError as error:
            self.tell(error.message)
            return BUSY
        finally:
            self.children.stop()
        return ALL_GOOD

    def _collect(self, books: "Ledger", sources: Sources) -> bool:
        """Read a few sources at a time, and load each as soon as it has landed."""
        good = True
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            jobs = [books.job(name, config) for name, config in sources.items()]
            runs = {pool.submit(books.read, job): job for job in jobs}
            try:
                for run in as_completed(runs):
                    job = runs[run]
                    result = books.book(job, sources[job.source], run.result())
                    good &= result.status != FAILED
            finally:
                self.children.stop()
        return good

    def _configured_at(self) -> int:
        """When sources.toml was last changed, in nanoseconds; 0 while it is missing."""
        try:
            return (self.home / FILE).stat().st_mtime_ns
        except OSError:
            return 0


class Ledger:
    """The warehouse of a running collector: orders come from it, and what was read goes in."""

    def __init__(self, collector: Collector, warehouse: Warehouse) -> None:
        self._collector = collector
        self._warehouse = warehouse
        self._landing = collector.home / "landing"
        self.now = collector.now
        self.tell = collector.tell

    def begin(self, sources: Sources) -> bool:
        """Meet the sources, and load what an earlier run landed but did not live to load."""
        if self._warehouse.notice:
            self.tell(self._warehouse.notice)
        clear_unfinished(self._landing)
        self.register(sources)
        good = True
        for folder in self._warehouse.waiting():
            source = folder.parent.name
            kind = sources[source].kind if source in sources else ""
            good &= self._told(self._load(folder, source, kind), folder).status != FAILED
        return good

    def register(self, sources: Sources) -> None:
        """Put what the configuration says of each source into the warehouse."""
        now = self.now()
        self._warehouse.register_sources(
            source_info(name, config, now) for name, config in sources.items()
        )

    def last_runs(self) -> Mapping[str, datetime]:
        """When each source was last tried."""
        return {batch.source: batch.started_at for batch in self._warehouse.last_batches()}

    def job(self, name: str, config: SourceConfig) -> Job:
        """The order for one run of a source, from where its last loaded batch left off."""
        has_own = "deadline_seconds" in config.model_fields_set
        seconds = config.deadline_seconds if has_own else self._collector.deadline_seconds
        return Job(
            home=str(self._collector.home),
            source=name,
            root=str(self._landing),
            now=self.now(),
            seconds=seconds,
            cursor=self._warehouse.cursor(name) or {},
        )

    def read(self, job: Job) -> Outcome:
        """Run a job in a child process; this takes as long as it takes."""
        return self._collector.children.run(job)

    def book(self, job: Job, config: SourceConfig, outcome: Outcome) -> BatchResult:
        """Load what landed, or book why nothing did; and tell it."""
        if outcome.folder is not None:
            folder = Path(outcome.folder)
            return self._told(self._load(folder, job.source, config.kind), folder)
        reason = outcome.error or f"{job.source}: nothing landed."
        result = self._warehouse.fail(
            job.source, config.kind, job.now, reason, self.now(), suspect=outcome.suspect
        )
        return self._told(result, None)

    def publish(self) -> bool:
        """Publish what is known; whether it went well."""
        collector = self._collector
        try:
            publish(self._warehouse, collector.home, self.now(), keep=collector.keep_snapshots)
        except StoreError as error:
            self.tell(error.message)
            return False
        return True

    def _load(self, folder: Path, source: str, kind: str) -> BatchResult:
        """Load one landed folder. One that the disk has damaged is set aside, to be read again."""
        began = self.now()
        try:
            return self._warehouse.load(folder, began)
        except StoreError as error:
            if not is_readable(folder):
                set_aside(folder)
            return self._warehouse.fail(source, kind, began, error.message, self.now())

    def _told(self, result: BatchResult, folder: Path | None) -> BatchResult:
        """Say what became of a batch; a folder in which nothing came is not kept."""
        if result.status == FAILED or folder is None:
            self.tell(f"failed: {result.message}")
            return result
        self.tell(accounting(result.source, result.rows_read, result.total, result.data_as_of))
        for remark in remarks(folder):
            self.tell(f"  {remark}")
        if not read_landed(folder).manifest["origins"]:
            shutil.rmtree(folder, ignore_errors=True)
        return result


def source_info(name: str, config: SourceConfig, now: datetime) -> SourceInfo:
    """What the warehouse should know of a source; the printed figures promise no next time."""
    records = kind_of(config.kind).records
    if isinstance(config, MappedConfig):
        records = (config.record, *(("dossier_event",) if config.events else ()))
    gap = None if name == PRESS else usual_gap(config, now)
    return SourceInfo(
        source=name,
        kind=config.kind,
        records=records,
        title_vi=config.title.vi if config.title else name,
        title_en=config.title.en if config.title else name,
        owner=config.owner,
        simulated=config.simulated,
        schedule=None if gap is None else config.schedule,
        expected_by=config.expected_by,
        expected_every_s=gap,
        grace_s=0 if gap is None else grace(gap),
        hard_max_s=stale_after(config),
    )
