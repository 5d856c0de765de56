"""What all who keep the books share: the open warehouse, the clock, and the voice."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from datasources.base import SourceConfig
from datasources.running.job import Progress
from store import Warehouse, oversight

FAILED, HELD = "failed", "held"

Sources = Mapping[str, SourceConfig]


@dataclass(frozen=True)
class Terms:
    """How a home is collected: its folder, its clock, its voice, and what it keeps."""

    home: Path
    now: Callable[[], datetime]
    tell: Callable[[str], None]
    keep_snapshots: int = 3
    deadline_seconds: int = 900
    keep_landing_days: int = 400
    progress: Callable[[str, Progress], None] = lambda _source, _progress: None
    published: Callable[[], None] = lambda: None


@dataclass
class Desk:
    """The open warehouse of a home, the sources it knows, and whoever listens."""

    terms: Terms
    warehouse: Warehouse
    sources: Sources = field(default_factory=dict)
    _overhearing: list[str] | None = None

    @property
    def home(self) -> Path:
        return self.terms.home

    @property
    def landing(self) -> Path:
        return self.terms.home / "landing"

    def now(self) -> datetime:
        return self.terms.now()

    def tell(self, sentence: str) -> None:
        """Tell whoever watches the collector, and whoever asked for what is just done."""
        self.terms.tell(sentence)
        if self._overhearing is not None:
            self._overhearing.append(sentence)

    @contextmanager
    def overheard(self) -> Iterator[list[str]]:
        """The sentences that are told while the block runs."""
        self._overhearing = []
        try:
            yield self._overhearing
        finally:
            self._overhearing = None

    def is_pushed(self, source: str) -> bool:
        """Whether others bring a source's documents."""
        config = self.sources.get(source)
        return config is not None and config.push

    def failures(self, source: str) -> int:
        """How often in a row a source has failed."""
        return oversight.patience(self.warehouse, source)[0]
