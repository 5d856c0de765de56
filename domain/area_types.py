"""What an area is: a territory that holds a code for a while, and how it follows others."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import AreaError

COUNTRY_CODE = "VN"
COUNTRY_ID = "VN@"


class Level(StrEnum):
    """Levels of government, widest first. Districts ended on 30 June 2025."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"

    @property
    def depth(self) -> int:
        """0 for the country, 3 for a commune."""
        return list(Level).index(self)


class Boundaries(StrEnum):
    """Which map a figure is drawn on: as it was on each day, or history on today's map."""

    THEN = "then"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class AreaVersion:
    """An area's name, kind and parent while they held.

    From `valid_from` until before `valid_until`; None is open.
    """

    name: str
    kind: str
    parent_code: str | None
    valid_from: date | None
    valid_until: date | None

    @property
    def full_name(self) -> str:
        """The kind and the name: "xã Phùng Nguyên"."""
        return f"{self.kind} {self.name}".lstrip()


@dataclass(frozen=True, slots=True)
class Area:
    """One code within one edition of the map: before 1 July 2025, or since.

    A new name, kind or parent is a new version of the same area. The code alone names no
    area: most codes of the new map had belonged to another territory on the old one.
    """

    area_id: str
    code: str
    level: Level
    versions: tuple[AreaVersion, ...]

    @property
    def valid_from(self) -> date | None:
        return self.versions[0].valid_from

    @property
    def valid_until(self) -> date | None:
        """The first day it no longer is, None while it lasts."""
        return self.versions[-1].valid_until

    @property
    def name(self) -> str:
        """Its latest name."""
        return self.versions[-1].name

    @property
    def kind(self) -> str:
        """Its latest kind: tỉnh, huyện, xã, phường, đặc khu and the like."""
        return self.versions[-1].kind

    @property
    def full_name(self) -> str:
        return self.versions[-1].full_name

    def is_valid(self, day: date) -> bool:
        return is_within(day, self.valid_from, self.valid_until)

    def version(self, day: date | None = None) -> AreaVersion:
        """The version of a day, or of the nearest day of its life; the latest without a day."""
        if day is None:
            return self.versions[-1]
        until = (one for one in self.versions if one.valid_until is None or day < one.valid_until)
        return next(until, self.versions[-1])


@dataclass(frozen=True, slots=True)
class AreaChange:
    """How an old area passed into a new one, and by which law.

    `new_id` is None for a district that ended without one successor, and equal to `old_id`
    where only the kind changed. `part` tells whether all of it passed ("full") or some
    ("part"); of several successors one `is_default`. The law gives no numeric shares.
    """

    old_id: str
    new_id: str | None
    change_kind: str
    part: str
    is_default: bool
    effective_from: date
    legal_basis: str
    share_note: str


@dataclass(frozen=True, slots=True)
class TodayLink:
    """Where an area's history stands on today's map, and whether that is only for the most part."""

    area_id: str | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class AreaLink:
    """An area that counts towards `ancestor_id`, which is of `level`.

    From `valid_from` until before `valid_until`; None is open.
    """

    area_id: str
    level: Level
    ancestor_id: str
    valid_from: date | None
    valid_until: date | None
    estimated: bool


def is_within(day: date, start: date | None, end: date | None) -> bool:
    """Whether a day lies in a half-open, possibly unbounded span."""
    return (start is None or start <= day) and (end is None or day < end)


def shared_days(
    a: tuple[date | None, date | None], b: tuple[date | None, date | None]
) -> tuple[date | None, date | None] | None:
    """The days that two half-open, possibly unbounded spans share, or None."""
    start = a[0] if b[0] is None or (a[0] is not None and a[0] >= b[0]) else b[0]
    end = a[1] if b[1] is None or (a[1] is not None and a[1] <= b[1]) else b[1]
    return None if start is not None and end is not None and start >= end else (start, end)


def level_of(code: str) -> Level:
    """The level a code's length tells: 2 digits a province, 3 a district, 5 a commune."""
    levels = {2: Level.PROVINCE, 3: Level.DISTRICT, 5: Level.COMMUNE}
    if code == COUNTRY_CODE:
        return Level.COUNTRY
    if not (code.isascii() and code.isdecimal() and len(code) in levels):
        raise AreaError(
            f"'{code}' is not an area code: a province has 2 digits, a district 3, a commune 5."
        )
    return levels[len(code)]
