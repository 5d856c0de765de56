"""Batches that are not believed: held, and what a person decides about them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datasources.base import SourceConfig
from datasources.config import PRESS
from datasources.reading.landed import Landed, read_landed
from datasources.running import volume
from datasources.running.job import Job
from datasources.running.ledger.desk import Desk
from datasources.running.ledger.pushed import Pushed
from datasources.running.requests import Request
from domain.dossier import local_day
from domain.errors import StoreError
from store import BatchResult, oversight
from store.oversight import Held

DONE, NOTHING_TO_DO, SOME_FAILED = 0, 2, 3


@dataclass
class Doubts:
    """What waits for a decision."""

    desk: Desk
    pushed: Pushed

    def doubt(self, job: Job, config: SourceConfig, landed: Landed) -> str | None:
        """Why a person should look at a batch before it counts; None where nobody has to."""
        if job.reread_from is not None or job.replay or job.source == PRESS:
            return None
        day = local_day(job.now)
        told = oversight.volumes(self.desk.warehouse, job.source, volume.looked_back(day))
        history = {one.day: volume.Day(one.deliveries, one.records) for one in told}
        return volume.doubt(landed.records, day, history, config.volume_jump)

    def hold(self, source: str, config: SourceConfig, landed: Landed, doubt: str) -> BatchResult:
        """Hold a batch. The same again, or more of the same question, adds nothing to decide."""
        if config.push:
            result = self._held(source, landed, doubt)
            self.pushed.settle(source, landed.names, "held", doubt, result.batch_id)
            return result
        if held := oversight.held(self.desk.warehouse, source):
            last = held[-1]
            asked = getattr(config, "url", None) is not None
            before = read_landed(last.folder).originals if last.folder.is_dir() else None
            if asked or before == landed.originals:
                shutil.rmtree(landed.folder, ignore_errors=True)
                self.desk.tell(f"{source}: batch {last.batch_id} still waits for a decision.")
                return oversight.result_of(self.desk.warehouse, last)
            self.supersede(source)
        return self._held(source, landed, doubt)

    def supersede(self, source: str) -> None:
        """Give up what is held of a source for a later batch, which holds all of it."""
        for one in oversight.held(self.desk.warehouse, source):
            oversight.supersede(self.desk.warehouse, one, self.desk.now())
            shutil.rmtree(one.folder, ignore_errors=True)

    def decide(self, request: Request, told: Callable[[BatchResult, Path], object]) -> int:
        """Accept or refuse all that is held of a source; the exit status."""
        held = oversight.held(self.desk.warehouse, request.source)
        if not held:
            self.desk.tell(f"{request.source}: no batch waits for a decision.")
            return NOTHING_TO_DO
        if request.action == "refuse":
            for one in held:
                self._refuse(one, request.by)
            return DONE
        accepted = [self._accept(one, request.by, told) for one in held]
        return DONE if all(accepted) else SOME_FAILED

    def _held(self, source: str, landed: Landed, doubt: str) -> BatchResult:
        result = oversight.hold(self.desk.warehouse, landed.folder, doubt, self.desk.now())
        self.desk.tell(f"held: {source}: {doubt}. The last good figures stay. Decide by:")
        self.desk.tell(f"  source accept {source}   or   source refuse {source}")
        return result

    def _accept(self, one: Held, by: str, told: Callable[[BatchResult, Path], object]) -> bool:
        try:
            result = oversight.accept(self.desk.warehouse, one, by, self.desk.now())
        except StoreError as error:
            self.desk.tell(error.message)
            return False
        if self.desk.is_pushed(one.source):
            names = read_landed(one.folder).names
            self.pushed.settle(one.source, names, "loaded", f"accepted by {by}", result.batch_id)
        told(result, one.folder)
        return True

    def _refuse(self, one: Held, by: str) -> None:
        names = read_landed(one.folder).names if one.folder.is_dir() else []
        oversight.refuse(self.desk.warehouse, one, by, self.desk.now())
        if self.desk.is_pushed(one.source):
            self.pushed.settle(one.source, names, "refused", f"refused by {by}", one.batch_id)
        shutil.rmtree(one.folder, ignore_errors=True)
        self.desk.tell(f"{one.source}: batch {one.batch_id} is refused; nothing of it is kept.")
