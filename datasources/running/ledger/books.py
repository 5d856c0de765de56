"""Booking: what landed is loaded, or held where it is not believed; what failed gets its sentence.

Only one thread books; reading goes on beside it.
"""

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from datasources.base import SourceConfig
from datasources.reading import registers
from datasources.reading.files import NOTHING_PUSHED, PUSH_IT
from datasources.reading.landed import (
    clear_looked_at,
    clear_unfinished,
    is_readable,
    read_landed,
    remove_older,
    set_aside,
)
from datasources.running import attendance, breaker
from datasources.running.accounting import accounting, remarks
from datasources.running.children import Children
from datasources.running.job import Job, Outcome
from datasources.running.ledger.attending import Attending
from datasources.running.ledger.desk import FAILED, HELD, Desk, Sources, Terms
from datasources.running.ledger.doubts import Doubts
from datasources.running.ledger.info import source_info
from datasources.running.ledger.pushed import Pushed
from datasources.running.replay import cursor_for_replay
from datasources.running.requests import Request
from domain.dossier import local_day
from domain.errors import SourceError, StoreError
from store import BatchResult, Warehouse, oversight, publish

__all__ = ["FAILED", "HELD", "Ledger"]


class Ledger:
    """The books of one collector, open as long as its warehouse is."""

    def __init__(self, terms: Terms, warehouse: Warehouse, children: Children) -> None:
        self._desk = Desk(terms, warehouse)
        self._warehouse = warehouse
        self._children = children
        self._pushed = Pushed(self._desk)
        self._doubts = Doubts(self._desk, self._pushed)
        self._attending = Attending(self._desk)
        self.now = terms.now

    def tell(self, sentence: str) -> None:
        """Tell whoever watches the collector, and whoever asked for what is just done."""
        self._desk.tell(sentence)

    def overheard(self) -> AbstractContextManager[list[str]]:
        """The sentences that are told while the block runs."""
        return self._desk.overheard()

    # ---- the sources ------------------------------------------------------------------------

    def begin(self, sources: Sources) -> bool:
        """Meet the sources, and load what an earlier run landed but did not live to load."""
        if self._warehouse.notice:
            self.tell(self._warehouse.notice)
        clear_unfinished(self._desk.landing)
        clear_looked_at(self._desk.landing)
        self.register(sources)
        good = True
        for folder in self._warehouse.waiting():
            source = folder.parent.name
            kind = sources[source].kind if source in sources else ""
            good &= self._told(self._load(folder, source, kind), folder).status != FAILED
        self.tidy()
        return good

    def register(self, sources: Sources) -> None:
        """Put what the configuration says of each source into the warehouse."""
        known, self._desk.sources = self._desk.sources, sources
        now = self.now()
        infos = [source_info(name, config, now) for name, config in sources.items()]
        self._warehouse.register_sources([*infos, *self._attending.own_info()])
        for name, config in sources.items():
            if known.get(name) != config:
                self._attending.expect(name, config)
                if name in known:
                    oversight.forgive(self._warehouse, name)

    def last_runs(self) -> Mapping[str, datetime]:
        """When each source was last tried."""
        return {batch.source: batch.started_at for batch in self._warehouse.last_batches()}

    def left_alone_until(self, name: str) -> datetime | None:
        """Until when a source that keeps failing is not tried; None if it follows its schedule."""
        _, until = oversight.patience(self._warehouse, name)
        return until if until is not None and until > self.now() else None

    def tidy(self) -> None:
        """Once a day: tell who was on time, expect whom there is from this day on, make room."""
        if folder := self._attending.land():
            result = self._load(folder, attendance.SOURCE, attendance.KIND)
            self._attending.loaded(folder, result.status)
        for name, config in self._desk.sources.items():
            if config.expected_from:
                self._attending.expect(name, config)
        oldest = self.now() - timedelta(days=self._desk.terms.keep_landing_days)
        waiting = {one.folder for one in oversight.held(self._warehouse)}
        waiting.update(self._warehouse.waiting())
        if number := remove_older(self._desk.landing, oldest, waiting):
            self.tell(f"{number} landed batches from before {oldest:%d/%m/%Y} were removed.")

    # ---- a run ------------------------------------------------------------------------------

    def job(
        self,
        name: str,
        config: SourceConfig,
        request: Request | None = None,
        *,
        again: bool = False,
    ) -> Job | None:
        """The order for one run of a source; None where nothing was pushed to it.

        It goes on where the last loaded batch left off. With `again`, or as a replay asks, it
        reads what was read before once more. Raises SourceError for a batch that never was.
        """
        if config.push and not self._pushed.make_ready(name):
            self._attending.judge(name)
            if request is not None:
                self.tell(f"{name}: {NOTHING_PUSHED}. {PUSH_IT}.")
            return None
        has_own = "deadline_seconds" in config.model_fields_set
        seconds = config.deadline_seconds if has_own else self._desk.terms.deadline_seconds
        job = Job(
            home=str(self._desk.home),
            source=name,
            root=str(self._desk.landing),
            now=self.now(),
            seconds=seconds,
            cursor=self._warehouse.cursor(name) or {},
        )
        if again:
            days = timedelta(days=config.reconcile_days)
            return msgspec.structs.replace(job, reread_from=job.now - days)
        if request is not None and request.action == "replay":
            cursor = self._cursor_for_replay(job, request)
            return msgspec.structs.replace(job, cursor=cursor, replay=True)
        return job

    def read(self, job: Job) -> Outcome:
        """Run a job in a child process; this takes as long as it takes."""
        progress = self._desk.terms.progress
        return self._children.run(job, lambda told: progress(job.source, told))

    def book(self, job: Job, config: SourceConfig, outcome: Outcome) -> BatchResult:
        """Load or hold what landed, or book why nothing did; tell it, and judge who was due."""
        if outcome.folder is not None:
            result = self._landed(job, config, Path(outcome.folder))
        else:
            reason = outcome.error or f"{job.source}: nothing landed."
            result = self._failed(job.source, config.kind, job.now, reason, outcome.suspect)
        if config.push:
            self._pushed.follow(job.source, result, suspect=outcome.suspect)
        self._attending.judge(job.source)
        return result

    def has_more(self, name: str, config: SourceConfig) -> bool:
        """Whether documents that were pushed can be read at once, and need not wait their turn."""
        return config.push and self._pushed.can_go_on(name)

    def decide(self, request: Request) -> int:
        """Accept or refuse what is held of a source; the exit status."""
        status = self._doubts.decide(request, self._told)
        self._attending.judge(request.source)
        return status

    def compare(self, request: Request) -> int:
        """Tell what loading a landed batch would do; the exit status."""
        folder = Path(request.folder or "")
        if self._desk.landing not in folder.parents:
            self.tell(f"{folder} lies outside {self._desk.landing}, so it cannot be compared.")
            return 2
        for kind, counts in oversight.compare(self._warehouse, folder, self.now()).items():
            self.tell(
                f"Compared with what is known, {counts.read} {kind}: {counts.new} new, "
                f"{counts.changed} changed, {counts.unchanged} unchanged, "
                f"{counts.duplicate} duplicate, {counts.rejected} rejected."
            )
        return 0

    def publish(self) -> bool:
        """Publish what is known; whether it went well."""
        keep = self._desk.terms.keep_snapshots
        try:
            publish(self._warehouse, self._desk.home, self.now(), keep=keep)
        except StoreError as error:
            self.tell(error.message)
            return False
        self._desk.terms.published()
        return True

    # ---- what became of it ------------------------------------------------------------------

    def _landed(self, job: Job, config: SourceConfig, folder: Path) -> BatchResult:
        landed = read_landed(folder)
        doubt = self._doubts.doubt(job, config, landed)
        if doubt is not None:
            return self._doubts.hold(job.source, config, landed, doubt)
        result = self._told(self._load(folder, job.source, config.kind), folder)
        if result.status == FAILED:
            return result
        if not config.push:
            self._doubts.supersede(job.source)
        if job.reread_from is not None:
            self._report_reread(job.reread_from, folder, result)
        return result

    def _failed(
        self, source: str, kind: str, began: datetime, reason: str, suspect: bool
    ) -> BatchResult:
        now, failures = self.now(), self._desk.failures(source) + 1
        # What is pushed fails by itself: one sender's bad document holds up no other's good one.
        pushed = self._desk.is_pushed(source)
        again = None if pushed else breaker.retry_at(source, failures, now)
        result = self._warehouse.fail(
            source, kind, began, reason, now, suspect=suspect, retry_at=again
        )
        self.tell(f"failed: {reason}")
        if again is not None:
            self.tell(f"  {breaker.sentence(source, failures, again)}")
        return result

    def _load(self, folder: Path, source: str, kind: str) -> BatchResult:
        """Load one landed folder. One that the disk has damaged is set aside, to be read again."""
        began = self.now()
        try:
            result = self._warehouse.load(folder, began)
        except StoreError as error:
            if not is_readable(folder):
                set_aside(folder)
            return self._failed(source, kind, began, error.message, suspect=False)
        registers.remember(self._desk.terms.home, folder)
        if self._desk.is_pushed(source):
            names = read_landed(folder).names
            counts = accounting(source, result.rows_read, result.total, None)
            self._pushed.settle(source, names, "loaded", counts, result.batch_id)
        return result

    def _told(self, result: BatchResult, folder: Path) -> BatchResult:
        """Say what became of a batch; a folder in which nothing came is not kept."""
        if result.status == FAILED:
            return result
        self.tell(accounting(result.source, result.rows_read, result.total, result.data_as_of))
        for remark in remarks(folder):
            self.tell(f"  {remark}")
        if not read_landed(folder).manifest["origins"]:
            shutil.rmtree(folder, ignore_errors=True)
        return result

    def _report_reread(self, since: datetime, folder: Path, result: BatchResult) -> None:
        """Say what a stretch of time brought that was read once more."""
        gone = oversight.untold(self._warehouse, folder, since) if folder.is_dir() else []
        untold, total = sum(number for _, number in gone), result.total
        told = (
            f"{oversight.REREAD} from {local_day(since):%d/%m/%Y}: {total.new} were missing, "
            f"{total.changed} differed, {untold} are no longer told"
        )
        days = ", ".join(f"{day:%d/%m} {number}" for day, number in gone[:5])
        told += f" ({days})." if days else "."
        oversight.annotate(self._warehouse, result.batch_id, told)
        self.tell(f"  {told}")

    def _cursor_for_replay(self, job: Job, request: Request) -> dict[str, Any]:
        if request.batch is None:
            return {}
        found = oversight.landings(self._warehouse, job.source)
        if request.batch not in found:
            known = ", ".join(str(number) for number in sorted(found)[-5:]) or "none"
            fact = f"batch {request.batch} brought nothing that could be read again"
            raise SourceError(job.source, fact, f"The last that did: {known}")
        root = self._desk.landing / job.source
        return cursor_for_replay(job.cursor, root, found, request.batch)
