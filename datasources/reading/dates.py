"""Every form of date that sources write, read in one way.

A text's *shape* is the text with every digit written as 0. The shape says which form it is and
where year, month … stand; so one text, and a column of texts (date_columns.py), are read by the
same layout. Known forms, each with surrounding spaces allowed:

    yyyyMMddHHmmss  yyyyMMdd  yyyy-MM-dd  yyyy/MM/dd  d/M/yyyy  d-M-yyyy
    the last four perhaps with a time: " H:mm[:ss[.f]]" or "T…", perhaps with Z or ±hh[:mm]

Empty, "NULL" and a zero date (0000-00-00, or 0001-01-01 as some systems write it) mean none.
A date without a zone is a date in the source's own zone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.errors import RecordError

TIME = (
    r"(?:[T ](?P<H>00?):(?P<m>00)(?::(?P<s>00)(?:[.,](?P<f>0{1,9}))?)?"
    r" ?(?P<z>[Zz]|[+-]00(?::?00)?)?)?"
)
FORMS = (
    r"(?P<y>0000)(?P<M>00)(?P<d>00)(?:(?P<H>00)(?P<m>00)(?P<s>00))?",
    r"(?P<y>0000)-(?P<M>00)-(?P<d>00)" + TIME,
    r"(?P<y>0000)/(?P<M>00?)/(?P<d>00?)" + TIME,
    r"(?P<d>00?)/(?P<M>00?)/(?P<y>0000)" + TIME,
    r"(?P<d>00?)-(?P<M>00?)-(?P<y>0000)" + TIME,
)
TOKENS = {
    "yyyy": "(?P<y>0000)", "MM": "(?P<M>00)", "dd": "(?P<d>00)", "HH": "(?P<H>00)",
    "mm": "(?P<m>00)", "ss": "(?P<s>00)", "M": "(?P<M>00?)", "d": "(?P<d>00?)",
    "H": "(?P<H>00?)", "f": "(?P<f>0{1,9})", "Z": "(?P<z>[Zz]|[+-]00(?::?00)?)",
}  # fmt: skip
NOTHING = frozenset({"", "NULL", "null", "-"})
DIGITS = str.maketrans("123456789", "000000000")
EARLIEST, LATEST = 1900, 2199
ZERO_DATES = frozenset({(0, 0, 0), (1, 1, 1)})
DAY_END = timedelta(days=1, microseconds=-1)


@dataclass(frozen=True)
class Layout:
    """Where the parts of one shape stand; None where the shape lacks a part."""

    year: slice
    month: slice
    day: slice
    hour: slice | None
    minute: slice | None
    second: slice | None
    fraction: slice | None
    zone: str | None
    zone_at: int


def form_of(pattern: str) -> str:
    """The form that a pattern such as "MM/dd/yyyy HH:mm" stands for. Raises ValueError."""
    parts = re.split(r"(yyyy|MM|dd|HH|mm|ss|M|d|H|f|Z)", pattern)
    form = "".join(TOKENS[part] if part in TOKENS else re.escape(part) for part in parts)
    if re.search(r"[A-SU-Za-z]", "".join(part for part in parts if part not in TOKENS)):
        raise ValueError(f"'{pattern}' has letters other than yyyy MM dd HH mm ss f Z")
    if not {"y", "M", "d"} <= set(re.compile(form).groupindex):
        raise ValueError(f"'{pattern}' lacks yyyy, MM or dd")
    return form


@lru_cache(maxsize=4096)
def layout_of(shape: str, patterns: tuple[str, ...] = ()) -> Layout | None:
    """The layout of a shape, or None where no form (or none of `patterns`) has it."""
    for form in [form_of(pattern) for pattern in patterns] or FORMS:
        if match := re.fullmatch(r"\s*" + form + r"\s*", shape):
            return _layout(match)
    return None


def _layout(match: re.Match[str]) -> Layout:
    spans = {name: slice(*match.span(name)) for name, text in match.groupdict().items() if text}
    zone = match.groupdict().get("z")
    return Layout(
        year=spans["y"],
        month=spans["M"],
        day=spans["d"],
        hour=spans.get("H"),
        minute=spans.get("m"),
        second=spans.get("s"),
        fraction=spans.get("f"),
        zone=zone,
        zone_at=match.start("z") if zone else 0,
    )


def instant(
    text: str | None,
    zone: ZoneInfo,
    patterns: tuple[str, ...] = (),
    *,
    day_end: bool = False,
) -> datetime | None:
    """The instant a text names, in UTC, or None for none. With `day_end` a bare day means its end.

    Raises RecordError, which does not repeat the text.
    """
    read = _read(text, patterns)
    if read is None:
        return None
    moment, offset, bare = read
    if day_end and bare:
        moment += DAY_END
    if offset is None:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    return (moment - offset).replace(tzinfo=UTC)


def day(text: str | None, zone: ZoneInfo, patterns: tuple[str, ...] = ()) -> date | None:
    """The day a text names: as written, or in `zone` where it names another zone itself."""
    read = _read(text, patterns)
    if read is None:
        return None
    moment, offset, _ = read
    if offset is None:
        return moment.date()
    return (moment - offset).replace(tzinfo=UTC).astimezone(zone).date()


def _read(
    text: str | None, patterns: tuple[str, ...]
) -> tuple[datetime, timedelta | None, bool] | None:
    """Wall time, offset if one is written, and whether there is no time of day."""
    if text is None or text.strip() in NOTHING:
        return None
    layout = layout_of(text.translate(DIGITS), patterns) if text.isascii() else None
    if layout is None:
        raise RecordError("is no date in a known form")
    year, month, day_ = int(text[layout.year]), int(text[layout.month]), int(text[layout.day])
    if (year, month, day_) in ZERO_DATES:
        return None
    try:
        moment = datetime(year, month, day_, *_clock(text, layout))  # noqa: DTZ001  (wall time)
    except ValueError:
        raise RecordError("is no day or time that exists") from None
    if not EARLIEST <= year <= LATEST:
        raise RecordError(f"is not between {EARLIEST} and {LATEST}")
    return moment, _offset(text, layout), layout.hour is None


def _clock(text: str, layout: Layout) -> tuple[int, int, int, int]:
    hour, minute, second = (
        int(text[part]) if part else 0 for part in (layout.hour, layout.minute, layout.second)
    )
    fraction = text[layout.fraction] if layout.fraction else ""
    return hour, minute, second, int(fraction[:6].ljust(6, "0"))


def _offset(text: str, layout: Layout) -> timedelta | None:
    if layout.zone is None or layout.zone in "Zz":
        return None if layout.zone is None else timedelta(0)
    digits = text[layout.zone_at + 1 : layout.zone_at + len(layout.zone)].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 15 or minutes > 59:
        raise RecordError("has an offset that no zone has")
    return timedelta(hours=hours, minutes=minutes) * (-1 if layout.zone[0] == "-" else 1)
