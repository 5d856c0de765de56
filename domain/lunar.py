"""The Vietnamese lunar calendar: the date that stands beside the solar one on every wall.

Months begin on the day of the new moon and hold the sun's major terms, both at UTC+7; a year
with thirteen months repeats the first one without a major term. The formulas are those of Hồ
Ngọc Đức's public description, after Jean Meeus: exact to minutes between 1900 and 2199. In some
years (1985, 2007, 2030) Tết falls on another day than in China, which reckons at UTC+8.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import floor, pi, sin

ZONE = 7.0
JULIAN = 1721424.5
"""The Julian date of the midnight before ordinal 0."""
MONTH = 29.530588853
FIRST_MOON = 2415021.076998695
STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
BRANCHES = (
    ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ"),
    ("Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi"),
)
EARLIEST, LATEST = date(1900, 1, 31), date(2199, 12, 31)


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar; `leap` is the repetition of a month."""

    year: int
    month: int
    day: int
    leap: bool = False

    @property
    def year_name(self) -> str:
        """`Bính Ngọ`."""
        branches = BRANCHES[0] + BRANCHES[1]
        return f"{STEMS[(self.year + 6) % 10]} {branches[(self.year + 8) % 12]}"


def lunar_day(day: date) -> LunarDay:
    """The lunar date of a day between 1900 and 2199. Raises ValueError outside."""
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"The lunar calendar is known from {EARLIEST} to {LATEST}, not on {day}.")
    number = _number(day)
    month_start = _moon_before(number)
    year = day.year if _eleventh_month(day.year) > month_start else day.year + 1
    first, last = _eleventh_month(year - 1), _eleventh_month(year)
    place = (month_start - first) // 29
    month, is_leap = place + 11, False
    if last - first > 365:
        doubled = _leap_place(first)
        if place >= doubled:
            month, is_leap = place + 10, place == doubled
    month = month - 12 if month > 12 else month
    year = year - 1 if month >= 11 and place < 4 else year
    return LunarDay(year, month, number - month_start + 1, is_leap)


def _number(day: date) -> int:
    """Days counted as astronomers do, from noon."""
    return day.toordinal() + int(JULIAN + 0.5)


def _moon_before(number: int) -> int:
    """The day of the last new moon up to a day."""
    count = floor((number - FIRST_MOON) / MONTH)
    return next(start for ahead in (1, 0, -1) if (start := _new_moon(count + ahead)) <= number)


@lru_cache(maxsize=512)
def _new_moon(count: int) -> int:
    """The day, in Vietnam, of the new moon so many months after that of 1 January 1900."""
    t = count / 1236.85
    turn = pi / 180
    mean = 2415020.75933 + 29.53058868 * count + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * turn)
    sun = (359.2242 + 29.10535608 * count - 0.0000333 * t**2 - 0.00000347 * t**3) * turn
    moon = (306.0253 + 385.81691806 * count + 0.0107306 * t**2 + 0.00001236 * t**3) * turn
    node = (21.2964 + 390.67050646 * count - 0.0016528 * t**2 - 0.00000239 * t**3) * turn
    off = (0.1734 - 0.000393 * t) * sin(sun) + 0.0021 * sin(2 * sun)
    off += -0.4068 * sin(moon) + 0.0161 * sin(2 * moon) - 0.0004 * sin(3 * moon)
    off += 0.0104 * sin(2 * node) - 0.0051 * sin(sun + moon) - 0.0074 * sin(sun - moon)
    off += 0.0004 * sin(2 * node + sun) - 0.0004 * sin(2 * node - sun)
    off += -0.0006 * sin(2 * node + moon) + 0.0010 * sin(2 * node - moon)
    off += 0.0005 * sin(2 * moon + sun)
    late = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(mean + off - late + 0.5 + ZONE / 24)


def _sun_sector(number: int) -> int:
    """Which twelfth of its course the sun is in at the midnight that begins a day: 0 is spring."""
    t = (number - 0.5 - ZONE / 24 - 2451545.0) / 36525
    turn = pi / 180
    mean = 357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3
    place = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    place += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(mean * turn)
    place += (0.019993 - 0.000101 * t) * sin(2 * mean * turn) + 0.000290 * sin(3 * mean * turn)
    return floor(place % 360 / 30)


@lru_cache(maxsize=64)
def _eleventh_month(year: int) -> int:
    """The first day of the month that holds the winter solstice of a year."""
    count = floor((_number(date(year, 12, 31)) - 2415021) / MONTH)
    start = _new_moon(count)
    return _new_moon(count - 1) if _sun_sector(start) >= 9 else start


@lru_cache(maxsize=64)
def _leap_place(first: int) -> int:
    """Which month after an eleventh one, in a year of thirteen, holds no major term."""
    count = floor((first - FIRST_MOON) / MONTH + 0.5)
    before, place = -1, 1
    sector = _sun_sector(_new_moon(count + place))
    while sector != before and place < 14:
        before, place = sector, place + 1
        sector = _sun_sector(_new_moon(count + place))
    return place - 1
