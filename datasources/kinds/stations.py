"""Sensor stations, such as those that watch water: readings from an MQTT broker, or from files.

A reading is one JSON object: its station, its time, and numbers. What lands is one record per
station and hour: how many readings came of how many, and whether a limit was exceeded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import msgspec
from pydantic import Field, model_validator

from datasources.base import (
    Document,
    Frozen,
    Note,
    Order,
    Parsed,
    Read,
    Reading,
    Record,
    Rejected,
    SourceConfig,
)
from datasources.kinds.station_broker import Broker, adopt, listen, receive
from datasources.kinds.station_hours import (
    Form,
    Hour,
    Hours,
    ReadingError,
    Slots,
    lines_in,
    moment_of,
    stripped,
)
from datasources.reading.files import new_files
from datasources.reading.places import Areas, PlaceError
from domain.dossier import local_day
from domain.errors import SourceError

RECORD = "station_hour"
STATIONS, LATEST, KNOWN_FROM = "stations", "latest", "known_from"
AREAS = "station areas"
SPOOL = "spool"
TOLERATED = 50
SUFFIXES = (".ndjson", ".jsonl", ".json")
SECRET_SIZE = 4096


class Limit(Frozen):
    """What a parameter may be at most and at least, by the regulation that applies."""

    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _limits(self) -> "Limit":
        if self.min is None and self.max is None:
            raise ValueError("needs min or max")
        return self

    def excess(self, value: float | None) -> float:
        """How far a value is out of its limits, as a share of the limit; 0 if it is within."""
        if value is None:
            return 0.0
        if self.max is not None and value > self.max:
            return (value - self.max) / (abs(self.max) or 1.0)
        if self.min is not None and value < self.min:
            return (self.min - value) / (abs(self.min) or 1.0)
        return 0.0


class Keys(Frozen):
    """What the keys of a reading are called by those who send it."""

    station: str = "station"
    at: str = "at"
    status: str = "status"


class StationsConfig(SourceConfig):
    """Keys of sensor stations: a broker (`url`, `topics`) or files (`path`), areas and limits."""

    kind: Literal["mqtt"]
    path: str | None = None
    url: str | None = None
    topics: tuple[str, ...] = ()
    client_id: str = Field(default="toan-canh", pattern=r"^[\w-]{1,23}$")
    username: str = ""
    password_file: str | None = None
    ca_file: str | None = None
    allow_plain: bool = False
    listen_seconds: float = Field(default=60, gt=0, le=3600)
    measures: str = "water"
    every_minutes: int = Field(default=15, ge=1, le=60)
    late_hours: int = Field(default=72, ge=1, le=24 * 31)
    stations: dict[str, str]
    limits: dict[str, Limit]
    keys: Keys = Keys()

    @model_validator(mode="after")
    def _reads_something(self) -> "StationsConfig":
        if (self.path is None) == (self.url is None):
            raise ValueError("needs either path, for files, or url, for a broker")
        if self.url is not None and not self.topics:
            raise ValueError("topics is missing: what to listen to at the broker")
        if 60 % self.every_minutes:
            raise ValueError("every_minutes does not fit into an hour: 60, 30, 20, 15, 10, 5 or 1")
        if not self.stations:
            raise ValueError('stations is empty: write each as name = "code of its area"')
        if not self.limits:
            raise ValueError("limits is empty: write each parameter with its min or max")
        return self

    @property
    def per_hour(self) -> int:
        """How many readings a station owes each hour."""
        return 60 // self.every_minutes

    @property
    def form(self) -> Form:
        """How its readings are written."""
        keys = self.keys
        parameters = list(self.limits)
        return Form(keys.station, keys.at, keys.status, parameters, self.zone, self.stations)


class Sheet(msgspec.Struct):
    """What one file or visit brought: its rows, its refusals, and the hours that are told now."""

    rows: int
    refused: list[tuple[int, str, str, str]]
    hours: list[Hour] = []


class Stations:
    """Stations that send readings."""

    id = "mqtt"
    config = StationsConfig
    records = (RECORD,)
    tolerated = TOLERATED

    def fetch(self, config: StationsConfig, order: Order) -> Iterator[Document | Note]:
        """Every file of readings that is new; the last one carries the hours that are whole."""
        hours = Hours(
            order.cursor.get(STATIONS, {}),
            config.per_hour,
            order.now,
            config.late_hours,
            order.cursor.get(LATEST, 0),
            order.cursor.get(KNOWN_FROM, 0),
        )
        held: tuple[Document, Sheet] | None = None
        for one in _delivered(config, order):
            if isinstance(one, Note):
                yield one
                continue
            if held:
                yield _told(*held)
            held = one, _sheet(one.content, config, hours, order)
        whole = hours.whole(open_too=order.sample)
        if held is None and whole:
            held = Document("readings of earlier runs", b""), Sheet(0, [])
        if held:
            document, sheet = held
            sheet.hours = whole
            remember = {
                **document.remember,
                STATIONS: hours.remember(),
                LATEST: hours.latest,
                KNOWN_FROM: hours.floor,
            }
            # Silent hours are told too, but data reach only as far as the last reading.
            reach = datetime.fromtimestamp(hours.latest, UTC) if hours.latest else None
            yield _told(replace(document, remember=remember, as_of=reach), sheet)

    def parse(
        self, document: Document, config: StationsConfig, reading: Reading
    ) -> Iterator[Parsed]:
        """The hours of a sheet, and what was refused of its readings."""
        sheet = msgspec.json.decode(document.content, type=Sheet)
        areas: Areas = reading.memo.setdefault(AREAS, Areas(reading.areas, config.within))
        yield Read(sheet.rows)
        for row, field, rule, reason in sheet.refused:
            yield Rejected(RECORD, row, field, rule, reason)
        for hour in sheet.hours:
            yield _record(hour, config, areas, reading)


KIND = Stations()


def _delivered(config: StationsConfig, order: Order) -> Iterator[Document | Note]:
    """The files of a folder, or what a broker has for us, which becomes files first."""
    if config.path is not None:
        yield from new_files(config.path, order, suffixes=SUFFIXES)
        return
    form = config.form

    def strip(payload: bytes, topic: str) -> bytes:
        return stripped(payload, topic, form)

    broker = _broker(config, order)
    if order.sample:
        heard = listen(broker, strip)
        yield Document("heard at the broker", heard)
        return
    folder = order.home / SPOOL / order.source
    adopt(folder)
    receive(broker, folder, strip)
    for name in order.cursor.get("files", {}):
        # What the last run took has been loaded since: its cursor would not be here otherwise.
        (folder / name).unlink(missing_ok=True)
    if any(folder.glob("*.ndjson")):
        yield from new_files(str(folder), order, suffixes=SUFFIXES)


def _broker(config: StationsConfig, order: Order) -> Broker:
    return Broker(
        source=order.source,
        url=config.url or "",
        topics=config.topics,
        client_id=config.client_id,
        seconds=min(config.listen_seconds, order.seconds / 2),
        username=config.username,
        password=_password(config, order),
        ca_file=order.home / config.ca_file if config.ca_file else None,
        allow_plain=config.allow_plain,
    )


def _password(config: StationsConfig, order: Order) -> str:
    if config.password_file is None:
        return ""
    path = order.home / config.password_file
    try:
        return path.read_text(encoding="utf-8")[:SECRET_SIZE].strip()
    except (OSError, UnicodeError):
        fact = f"password_file {config.password_file} cannot be read"
        raise SourceError(order.source, fact, "Write the password into it") from None


def _sheet(content: bytes, config: StationsConfig, hours: Hours, order: Order) -> Sheet:
    """Put the readings of a file where they belong; what is none is refused."""
    sheet, form = Sheet(0, []), config.form
    for row, line in enumerate(lines_in(content), start=1):
        sheet.rows += 1
        try:
            told = form.read(line, order.now)
            if told is not None:
                hours.add(told)
        except ReadingError as error:
            sheet.refused.append((row, error.field, error.rule, error.message))
    return sheet


def _told(document: Document, sheet: Sheet) -> Document:
    """The sheet in place of the file; its hash and size stay those of the file."""
    size = len(document.content) if document.size is None else document.size
    return replace(document, content=msgspec.json.encode(sheet), size=size)


def _record(hour: Hour, config: StationsConfig, areas: Areas, reading: Reading) -> Record:
    """One hour as a record. Raises SourceError where the stanza gives a station no area."""
    at = moment_of(hour.hour)
    try:
        area = areas.area_id(config.stations[hour.station], local_day(at))
    except PlaceError as error:
        fact = f"stations.{hour.station} {error.message}"
        raise SourceError(reading.source, fact, "Correct config/sources.toml") from None
    worst = _worst(hour.slots, config.limits)
    values = (hour.station, at, area, config.measures, len(hour.slots), config.per_hour)
    return Record(RECORD, (*values, bool(worst), worst))


def _worst(slots: Slots, limits: Mapping[str, Limit]) -> str:
    """The parameter that was furthest out of its limits; empty where all stayed within."""
    furthest = {
        name: max((limit.excess(values[place]) for values in slots.values()), default=0.0)
        for place, (name, limit) in enumerate(limits.items())
    }
    name = max(furthest, key=lambda one: furthest[one])
    return name if furthest[name] > 0 else ""
