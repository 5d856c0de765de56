"""What every kind of source has in common: its keys, and fetch and parse kept apart.

`fetch` touches files or the network and decides nothing; `parse` decides and touches nothing.
So a fault of the line and a fault of the data can never be taken for one another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator

from datasources.reading.cron import checked_cron
from domain.area import AreaRegister
from domain.errors import UnknownNameError, suggestion
from domain.organisation import OrganisationRegister

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "csv": "datasources.kinds.delimited",
        "dvcqg": "datasources.kinds.dvcqg",
        "edxml": "datasources.kinds.edxml",
        "feedback": "datasources.kinds.feedback",
        "json": "datasources.kinds.pages",
        "lgsp_statistics": "datasources.kinds.lgsp",
        "mqtt": "datasources.kinds.stations",
        "observations": "datasources.kinds.observations",
        "organisations": "datasources.kinds.organisations",
        "procedures": "datasources.kinds.procedures",
        "qd766": "datasources.kinds.qd766",
        "sql": "datasources.kinds.databases",
        "submissions": "datasources.kinds.submissions",
        "xlsx": "datasources.kinds.workbooks",
    }
)
"""Each kind of source and the one module that knows it."""


class Frozen(BaseModel):
    """Nothing changes after it was read, and nothing unknown gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Frozen):
    """What people call the source."""

    vi: str
    en: str


class SourceConfig(Frozen):
    """The keys that every kind of source knows; each kind adds its own."""

    kind: str
    title: Title | None = None
    owner: str = ""
    schedule: str = "*/15 * * * *"
    expected_by: time | None = None
    time_zone: str = "Asia/Ho_Chi_Minh"
    deadline_precision: Literal["day", "second"] = "day"
    simulated: bool = False
    deadline_seconds: int = Field(default=900, ge=1, le=86_400)
    memory_mb: int = Field(default=4096, ge=512)
    stale_after_hours: float | None = Field(default=None, gt=0)
    within: str | None = Field(default=None, pattern=r"^\d{2}$")
    push: bool = False
    expected_from: tuple[str, ...] = ()
    volume_jump: float = Field(default=0.2, ge=0)
    reconcile_days: int = Field(default=7, ge=0, le=366)

    @field_validator("schedule")
    @classmethod
    def _cron(cls, text: str) -> str:
        return checked_cron(text)

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(
                f"'{name}' is not a time zone.{suggestion(name, available_timezones())}"
            )
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every date that does not name its own."""
        return ZoneInfo(self.time_zone)


Config = TypeVar("Config", bound=SourceConfig)


@dataclass(frozen=True)
class Document:
    """One file or one answer, as delivered.

    `name` is how people know it, `sha256` the hash of its content. `remember` joins the source's
    cursor once the document has landed. `as_of` is the instant up to which its sender says it is
    complete, if it says so. `size` is told where `content` leaves out the middle of a large file.
    """

    name: str
    content: bytes
    remember: Mapping[str, Any] = field(default_factory=dict)
    as_of: datetime | None = None
    sha256: str = ""
    size: int | None = None


class Read(NamedTuple):
    """So many raw rows were read."""

    rows: int


class Note(NamedTuple):
    """A sentence about the delivery that a person should know, free of its values."""

    sentence: str


class Record(NamedTuple):
    """One record: its kind, and its values in the order of `domain.record.RECORDS`."""

    kind: str
    values: tuple[object, ...]


class Columns(NamedTuple):
    """Many records of one kind, as a table with the columns of `domain.record.RECORDS`."""

    kind: str
    table: pa.Table


class Rejected(NamedTuple):
    """A record that cannot be believed: where it stands and the rule it broke, never its values."""

    kind: str
    row: int
    field: str
    rule: str
    reason: str


Parsed = Read | Note | Record | Columns | Rejected


@dataclass(frozen=True)
class Order:
    """What `fetch` is asked for: everything new since `cursor`.

    `home` is the folder of the installation, `now` the instant of the run, `seconds` the time
    it may take. With `sample` one document is enough. A kind that can go back in time reads
    everything since `reread_from` once more, where that is told.
    """

    source: str
    home: Path
    now: datetime
    cursor: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 900.0
    sample: bool = False
    reread_from: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """What `parse` may look things up in.

    `organisation_days` are the days on which some organisation of the register began or ended;
    `memo` holds what a kind wants to keep from one document of the run to the next; `home` is
    the folder of the installation, where a stanza may name files of its own.
    """

    source: str
    areas: AreaRegister
    organisations: OrganisationRegister
    now: datetime
    organisation_days: tuple[date, ...] = ()
    memo: dict[str, Any] = field(default_factory=dict, compare=False)
    home: Path = Path()


class Kind(Protocol[Config]):
    """A connector: one module, one object in it named KIND.

    `config` is the model of its stanza, `records` the kinds of record it can deliver. So many
    bad records as `tolerated` never spoil a whole delivery: a few are all that a short one holds.
    """

    id: str
    config: type[Config]
    records: tuple[str, ...]
    tolerated: int

    def fetch(self, config: Config, order: Order) -> Iterator[Document | Note]:
        """The documents that are new. Raises SourceError where the source cannot be reached."""
        ...

    def parse(self, document: Document, config: Config, reading: Reading) -> Iterator[Parsed]:
        """What one document says. Raises SourceError where nothing in it can be believed."""
        ...


def can_reread(config: SourceConfig) -> bool:
    """Whether a source heeds `reread_from`; its kind says so by a method of this name."""
    answer = getattr(kind_of(config.kind), "can_reread", None)
    return answer is not None and bool(answer(config))


@cache
def kind_of(name: str) -> Kind[Any]:
    """The connector of one kind. Raises UnknownNameError with the nearest names."""
    if name not in MODULES:
        raise UnknownNameError("kind of source", name, MODULES)
    connector: Kind[Any] = import_module(MODULES[name]).KIND
    return connector
