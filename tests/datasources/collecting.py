"""A collector's books with a clock of their own, reading in this process: many days in seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from datasources.config import known_sources
from datasources.running.children import Children
from datasources.running.job import Job, Outcome, Progress
from datasources.running.ledger import Ledger, Terms
from datasources.running.requests import Request, request_of
from datasources.running.worker import perform
from domain.dossier import VIETNAM
from store import BatchResult, Reserve, Warehouse
from tests.datasources.home import Home
from tests.store.prepared import prepare


class HereReader:
    """The real reader, in this process and not in a child."""

    def run(self, job: Job, _tell: Callable[[str, Progress], None]) -> Outcome:
        return perform(job)


@dataclass
class Books:
    """The open books of one home; `now` can be set."""

    home: Home
    warehouse: Warehouse
    now: datetime
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        terms = Terms(self.home.path, lambda: self.now, self.told.append)
        self.ledger = Ledger(terms, self.warehouse, cast("Children", HereReader()))
        self.begin()

    def begin(self) -> None:
        """Read the configuration, and load what waits."""
        self.sources = known_sources(self.home.path)
        self.ledger.begin(self.sources)

    def at(self, text: str) -> "Books":
        """Set the clock, in the time of Vietnam: "2026-02-12 17:30"."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=VIETNAM)
        return self

    def run(self, name: str, request: Request | None = None, *, again: bool = False) -> BatchResult:
        """One run of a source, booked."""
        job = self.ledger.job(name, self.sources[name], request, again=again)
        assert job is not None
        return self.ledger.book(job, self.sources[name], self.ledger.read(job))

    def decide(self, action: Any, name: str) -> int:
        return self.ledger.decide(request_of(action, name, "Lan", self.now))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.warehouse.connection.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        return self.rows(sql)[0][0]


@contextmanager
def books_of(home: Home, now: str) -> Iterator[Books]:
    """The books of a home, opened at an instant of Vietnam."""
    moment = datetime.fromisoformat(now).replace(tzinfo=VIETNAM)
    prepare(home.path)
    with Warehouse.open(home.path, reserve=Reserve(0, 0)) as warehouse:
        yield Books(home, warehouse, moment)
