"""Readings of sensors become hours: what was read in each quarter of it, each reading once.

An hour is told when it is over, and told again when a late reading amends it. What was read is
kept for a while, in the cursor of the source, so that an hour is always told whole.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeGuard

import msgspec

from datasources.reading.dates import instant
from datasources.reading.texts import UNREADABLE
from domain.errors import RecordError, suggestion

HOUR = 3600
LONGEST_LINE = 64 * 1024
AHEAD = timedelta(minutes=10)
OLDEST = timedelta(days=1100)
LARGEST = 1e9
GOOD = frozenset({"", "ok", "0", "00"})
"""What a station says of itself when it measures; else it is being calibrated, or is broken."""

STATION = re.compile(r"[\w.:/-]{1,60}")

Values = list[float | None]
Slots = dict[str, Values]


class ReadingError(RecordError):
    """Why a reading is refused: the key, the rule and the reason, no values."""

    def __init__(self, field: str, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.rule = rule


class Told(NamedTuple):
    """One reading: the values in the order of the parameters, None for one that is missing."""

    station: str
    at: datetime
    values: Values


class Hour(NamedTuple):
    """One hour of a station, in hours since 1970, and what was read in each part of it."""

    station: str
    hour: int
    slots: Slots


@dataclass(frozen=True)
class Form:
    """How readings are written: the keys of station, time and status, and of each parameter."""

    station: str
    at: str
    status: str
    parameters: Sequence[str]
    zone: Any
    stations: Collection[str]

    def read(self, line: bytes, now: datetime) -> Told | None:
        """The reading in a line; None for a station that says it does not measure.

        Raises ReadingError.
        """
        item = _item(line)
        station = item.get(self.station)
        if not isinstance(station, str) or station not in self.stations:
            near = suggestion(station, self.stations) if _is_name(station) else ""
            raise ReadingError(self.station, "station", f"is no station of the stanza.{near}")
        at = self._moment(item.get(self.at), now)
        status = item.get(self.status, "")
        if status is not None and str(status).strip().casefold() not in GOOD:
            return None
        values = [_number(name, item.get(name)) for name in self.parameters]
        if all(value is None for value in values):
            raise ReadingError("", "missing", "holds none of the parameters of the stanza")
        return Told(station, at, values)

    def _moment(self, value: object, now: datetime) -> datetime:
        try:
            at = instant(value, self.zone) if isinstance(value, str) else None
        except RecordError:
            at = None
        if at is None:
            raise ReadingError(self.at, "date", "is no date in a known form")
        if at > now + AHEAD:
            raise ReadingError(self.at, "future", "is later than now: check the station's clock")
        if at < now - OLDEST:
            raise ReadingError(self.at, "late", "is older than three years")
        return at


@dataclass
class Hours:
    """The hours of all stations. `kept` is what the cursor holds of an earlier run.

    `latest` is the second of the newest reading: how far the data reach, however many silent
    hours follow. What was read is known from the hour `known_from` on, `late_hours` before the
    last run: a reading for an older hour that was told already is refused.
    """

    kept: Mapping[str, Any]
    per_hour: int
    now: datetime
    late_hours: int
    latest: int = 0
    known_from: int = 0
    _stations: dict[str, dict[int, Slots]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)
    _touched: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for station, known in self.kept.items():
            self._next[station] = int(known["next"])
            self._stations[station] = {
                int(hour): dict(slots) for hour, slots in known["hours"].items()
            }

    def add(self, told: Told) -> None:
        """Take a reading; the same one again changes nothing. Raises ReadingError."""
        second = int(told.at.timestamp())
        hour = second // HOUR
        self.latest = max(self.latest, second)
        if hour < min(self._next.get(told.station, hour), self.known_from):
            raise ReadingError(
                "", "late", f"comes more than {self.late_hours} hours after its hour was told"
            )
        slot = str(second % HOUR * self.per_hour // HOUR)
        slots = self._stations.setdefault(told.station, {}).setdefault(hour, {})
        if slots.get(slot) != told.values:
            slots[slot] = told.values
            self._touched.add((told.station, hour))

    def whole(self, *, open_too: bool = False) -> list[Hour]:
        """Every hour that is over and was not told yet, silent ones too, or that has changed."""
        over = int(self.now.timestamp()) // HOUR + open_too
        found = []
        for station, hours in sorted(self._stations.items()):
            start = self._next.get(station, min(hours, default=over))
            wanted = {hour for name, hour in self._touched if name == station and hour < over}
            wanted.update(range(start, over))
            found += [Hour(station, hour, hours.get(hour, {})) for hour in sorted(wanted)]
            self._next[station] = max(start, over)
        return found

    def remember(self) -> dict[str, Any]:
        """What joins the cursor: the hours that may still be amended; None forgets others."""
        return {station: self._remembered(station) for station in sorted(self._stations)}

    def _remembered(self, station: str) -> dict[str, Any]:
        hours = self._stations[station]
        before = self.kept.get(station, {"hours": {}})["hours"]
        kept = {str(hour): slots for hour, slots in hours.items() if hour >= self.floor}
        return {"next": self._next[station], "hours": {**dict.fromkeys(before), **kept}}

    @property
    def floor(self) -> int:
        """The first hour whose readings are kept for the next run."""
        return int(self.now.timestamp()) // HOUR - self.late_hours


def moment_of(hour: int) -> datetime:
    """The instant at which an hour since 1970 begins."""
    return datetime.fromtimestamp(hour * HOUR, UTC)


def lines_in(content: bytes) -> Iterator[bytes]:
    """The lines of a file that hold something."""
    return (line for line in content.splitlines() if line.strip())


def stripped(payload: bytes, topic: str, form: Form) -> bytes:
    """What is kept of a message while it waits: its reading and no more, as one line.

    The last part of its topic is its station where it names none.
    """
    try:
        item = _item(payload)
    except ReadingError:
        return b"null\n"
    item.setdefault(form.station, topic.rpartition("/")[2])
    names = (form.station, form.at, form.status, *form.parameters)
    kept = {name: _short(item[name]) for name in names if name in item}
    return msgspec.json.encode(kept) + b"\n"


def _item(line: bytes) -> dict[str, Any]:
    try:
        item = msgspec.json.decode(line) if len(line) <= LONGEST_LINE else None
    except UNREADABLE:
        item = None
    if not isinstance(item, dict):
        raise ReadingError("", "shape", "is no reading: no JSON object on one line")
    return item


def _short(value: object) -> object:
    """Numbers and short words; anything else is no part of a reading."""
    if isinstance(value, str):
        return value[:40]
    return value if isinstance(value, int | float) else None


def _number(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST:
        raise ReadingError(name, "number", "is no number")
    return float(value)


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and STATION.fullmatch(value) is not None
