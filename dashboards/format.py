"""Numbers, dates and changes as people here read them, in Vietnamese and in English.

Missing (None, NaN) is always "—", never 0. Units are those of the metric catalogue; a unit
that is a thing counted ("dossier") is named by the page's words, not here.
"""

import math
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.period import ENGLISH_MONTHS

MISSING = "—"
MINUS = "−"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SPACE = "\N{NO-BREAK SPACE}"  # before a sign of unit

# Digits after the comma, by unit; everything else is counted whole.
DECIMALS = {"percent": 1, "day": 1, "score": 2}


def number(value: float | None, decimals: int = 0, language: str = "vi") -> str:
    """`296.931` and `98,1` in Vietnamese, `296,931` and `98.1` in English."""
    if value is None or math.isnan(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    if language == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    is_negative = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS}{text}" if is_negative else text


def figure(
    value: float | None, unit: str, language: str = "vi", against: float | None = None
) -> str:
    """The number alone, as many digits as its unit deserves.

    A value that differs from what it is measured `against` never looks the same once rounded:
    97,96 beside a target of 98 is not printed as 98,0.
    """
    decimals = _decimals(value, unit)
    text = number(value, decimals, language)
    if value is None or against is None or value == against:
        return text
    while decimals < 4 and text == number(against, decimals, language):
        decimals += 1
        text = number(value, decimals, language)
    return text


SCALES = ((1e9, "billion"), (1e6, "million"))
LARGE = {"vi": {"billion": "tỷ", "million": "triệu"}, "en": {"billion": "bn", "million": "m"}}


def large(value: float | None, unit: str, language: str = "vi") -> tuple[str, str]:
    """A sum of money short enough for a card, and in what it is counted: `5.177,8`, `tỷ`.

    Everything else is as `figure` writes it, and counted in nothing but its unit.
    """
    if value is not None and unit == "dong":
        for size, name in SCALES:
            if abs(value) >= size:
                return number(value / size, 1, language), LARGE[language][name]
    return figure(value, unit, language), ""


def shown(value: float | None, unit: str, language: str = "vi") -> str:
    """The number with its sign of unit: `98,1 %` in Vietnamese, `98.1%` in English."""
    text = figure(value, unit, language)
    if unit != "percent" or text == MISSING:
        return text
    return f"{text}{SPACE}%" if language == "vi" else f"{text}%"


def fraction(numerator: float | None, denominator: float | None, language: str = "vi") -> str:
    """`286.240 / 296.931`, or nothing where one of them is missing."""
    if numerator is None or denominator is None:
        return ""
    return f"{number(numerator, 0, language)} / {number(denominator, 0, language)}"


def goal(value: float | None, unit: str, language: str = "vi") -> str:
    """A target as it was decided: `98 %` and `37,5 %`, without digits nobody wrote."""
    if value is None or math.isnan(value):
        return MISSING
    digits = next(digits for digits in range(4) if digits == 3 or round(value, digits) == value)
    text = number(value, digits, language)
    if unit != "percent":
        return text
    return f"{text}{SPACE}%" if language == "vi" else f"{text}%"


def _decimals(value: float | None, unit: str) -> int:
    """A rate just short of 100 keeps a second digit: 99,96 % must not be printed as 100,0 %."""
    decimals = DECIMALS.get(unit, 0)
    if unit == "percent" and value is not None and 99.95 <= value < 100:
        return 2
    return decimals


def signed(value: float | None, decimals: int = 1, language: str = "vi") -> str:
    """A change with its sign: `+2,3`, `−0,4`, `0,0`."""
    text = number(value, decimals, language)
    is_positive = text[:1] not in (MINUS, MISSING) and any(digit in text for digit in "123456789")
    return f"+{text}" if is_positive else text


def day(value: date | None, language: str = "vi") -> str:
    """`31/12/2020`; `31 Dec 2020`."""
    if value is None:
        return MISSING
    if language == "vi":
        return f"{value:%d/%m/%Y}"
    return f"{value.day} {ENGLISH_MONTHS[value.month - 1][:3]} {value.year}"


def instant(value: datetime | None, language: str = "vi", zone: ZoneInfo = ZONE) -> str:
    """`08:00 22/11/2026`, in local time; `08:00, 22 Nov 2026`."""
    if value is None:
        return MISSING
    local = value.astimezone(zone)
    separator = " " if language == "vi" else ", "
    return f"{local:%H:%M}{separator}{day(local.date(), language)}"


def clock(value: datetime | None, zone: ZoneInfo = ZONE) -> str:
    """`08:00`, in local time."""
    return MISSING if value is None else f"{value.astimezone(zone):%H:%M}"
