"""Columns of text become columns of records, a hundred thousand rows at a time.

Each function answers with the values and, beside them, which rows break which rule. What a
refused row held is neither kept nor repeated.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from datasources.reading.arrow import (
    Column,
    Flags,
    coded_as,
    compute,
    encoded,
    is_coded,
    is_empty,
    is_true,
    plain,
    spread,
    trimmed,
)
from datasources.reading.date_columns import days, instants
from domain.area import Level
from domain.dossier import STATUSES
from domain.errors import RecordError, nearest
from domain.organisation import normalise_code
from domain.record import FieldType

REST = "*"
NO_DATE = "is no date in a known form"
NUMBER = r"^[+-]?\d{1,15}(\.\d+)?$"
WORDS: Mapping[str, tuple[str, ...]] = {
    "dossier.channel": ("online", "direct", "postal"),
    "document.signature": ("verified", "unverified", "invalid", "none"),
    "feedback.channel": ("portal", "zalo", "hotline", "app", "direct", "other"),
    "feedback.status": ("received", "processing", "answered", "forwarded", "refused"),
    "procedure.scheme": ("level_1_4", "nd42"),
    "procedure.service_level": ("1", "2", "3", "4", "full", "partial", "information"),
    "procedure.term_unit": ("day", "hour"),
}
"""Fields of few words, by record, and the words; empty is one of each."""

NUMBERS_KNOWN: Mapping[str, Collection[int]] = {"status": STATUSES, "business": range(4)}
"""Fields whose numbers mean something, and the numbers that do."""

LONG_CODE = re.compile(r"\d\.\d{6}\.")
METRIC = re.compile(r"[a-z][a-z0-9_]*")
LEVELS = ("", *Level)
TRUE = frozenset({"1", "true", "t", "yes", "y", "x", "có"})
FALSE = frozenset({"", "0", "false", "f", "no", "n", "không"})


class Doubt(NamedTuple):
    """Rows of a table that break a rule, and the rule in words."""

    field: str
    rule: str
    reason: str
    rows: Flags


@dataclass(frozen=True)
class Forms:
    """How a source writes dates and numbers. With `day_end` a bare due date means its end."""

    zone: ZoneInfo
    patterns: tuple[str, ...] = ()
    decimal: str = "."
    day_end: bool = False


Converted = tuple[Column, list[Doubt]]


def translated(texts: Column, values: Mapping[str, str]) -> Column:
    """Their values as ours: by name, else by "*", else as they are. Empty counts as a value."""
    places, theirs = encoded(texts)
    ours = [translate((text or "").strip(), values) for text in theirs]
    return coded_as(ours, places) if is_coded(texts) else spread(ours, places, pa.string())


def translate(text: str, values: Mapping[str, str]) -> str:
    """One value as ours."""
    return values.get(text, values.get(REST, text))


def converted(  # noqa: PLR0911  (one return per type reads best)
    name: str, kind: FieldType, texts: Column, forms: Forms, record: str = ""
) -> Converted:
    """One column of texts as values of a field of a record."""
    match kind:
        case FieldType.INSTANT:
            day_end = forms.day_end and name == "due_at"
            moments, bad = instants(plain(texts), forms.zone, forms.patterns, day_end=day_end)
            return moments, _doubts(name, "date", NO_DATE, bad)
        case FieldType.DATE:
            dates, bad = days(plain(texts), forms.zone, forms.patterns)
            return dates, _doubts(name, "date", NO_DATE, bad)
        case FieldType.NUMBER:
            return _numbers(name, plain(texts), forms.decimal)
        case FieldType.INT:
            return _by_value(name, texts, pa.int64(), lambda text: _whole(name, text))
        case FieldType.FLAG:
            return _by_value(name, texts, pa.bool_(), _flag)
        case FieldType.MAYBE:
            return _by_value(name, texts, pa.bool_(), _maybe)
        case _ if words := WORDS.get(f"{record}.{name}"):
            return _by_value(name, texts, pa.string(), lambda text: _word(name, text, words))
        case _ if name in READERS:
            return _by_value(name, texts, pa.string(), READERS[name])
    return trimmed(texts), []


def missing(name: str, column: Column) -> list[Doubt]:
    """Rows in which a field that every record has is empty."""
    return _doubts(name, "missing", "is empty", is_empty(column))


def _doubts(name: str, rule: str, reason: str, rows: Flags) -> list[Doubt]:
    return [Doubt(name, rule, reason, rows)] if rows.any() else []


def _numbers(name: str, texts: Column, decimal: str) -> Converted:
    short = trimmed(texts)
    if decimal == ",":
        short = compute.replace_substring(compute.replace_substring(short, ".", ""), ",", ".")
    given = ~is_empty(short)
    good = is_true(compute.match_substring_regex(short, NUMBER))
    numbers = compute.if_else(pa.array(given & good), short, None).cast(pa.float64())
    return numbers, _doubts(name, "number", "is no number", given & ~good)


def _by_value(
    name: str, texts: Column, kind: pa.DataType, read: Callable[[str], object]
) -> Converted:
    """A column of few different texts, each read once. `read` raises ValueError with the rule."""
    places, theirs = encoded(texts)
    ours: list[Any] = []
    wrong: dict[str, list[int]] = {}
    for place, text in enumerate(theirs):
        try:
            ours.append(read((text or "").strip()))
        except ValueError as error:
            ours.append(None)
            wrong.setdefault(str(error), []).append(place)
    doubts = [Doubt(name, "value", why, np.isin(places, bad)) for why, bad in wrong.items()]
    if is_coded(texts) and pa.types.is_string(kind):
        return coded_as(ours, places), doubts
    return spread(ours, places, kind), doubts


def _whole(name: str, text: str) -> int | None:
    if not text:
        return None
    known = NUMBERS_KNOWN.get(name)
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("is no whole number")
    if known is not None and int(text) not in known:
        raise ValueError(f"is not one of {', '.join(str(one) for one in sorted(known))}")
    return int(text)


def _flag(text: str) -> bool:
    if text.casefold() not in TRUE | FALSE:
        raise ValueError("is neither yes nor no")
    return text.casefold() in TRUE


def _maybe(text: str) -> bool | None:
    """Yes, no, or nothing where nothing is told."""
    return _flag(text) if text else None


def _word(name: str, text: str, words: tuple[str, ...]) -> str:
    if text and text not in words:
        near = nearest(text, words)
        hint = f" (nearest: {', '.join(near)})" if near else ""
        known = ", ".join(words)
        raise ValueError(f"is none of {known}{hint}; translate it under values.{name}")
    return text


def _organisation_code(text: str) -> str:
    try:
        return normalise_code(text) if text else ""
    except RecordError:
        raise ValueError("is no organisation code such as H44.18 or 000.00.18.H44") from None


def _procedure(text: str) -> str:
    """Cut "1.001193.000.00.00.H44" to "1.001193": what follows names the owner of the decision."""
    return ".".join(text.split(".")[:2]) if LONG_CODE.match(text) else text


def _level(text: str) -> str:
    if text not in LEVELS:
        raise ValueError(f"is none of {', '.join(LEVELS[1:])}")
    return text


def _metric(text: str) -> str:
    if text and not METRIC.fullmatch(text):
        raise ValueError("is no metric id: small letters, digits and _")
    return text


READERS: Mapping[str, Callable[[str], str]] = {
    "organisation_code": _organisation_code,
    "procedure_code": _procedure,
    "level": _level,
    "metric": _metric,
}
"""Texts of few words or of one form, and how each is read."""
