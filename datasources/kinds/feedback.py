"""What citizens and firms report or ask: portal, Zalo, hotline, app, and whatever else listens.

One shape for all of them, as JSON or as CSV. Of a report its times, its field, who answers and
whether the sender was content are read; what it says, who sent it and where exactly are never
decoded. docs/sources/feedback.md lists the keys.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from datasources.base import (
    Columns,
    Document,
    Note,
    Order,
    Parsed,
    Reading,
    SourceConfig,
)
from datasources.kinds.dvcqg_config import only_coded
from datasources.kinds.lists import listed
from datasources.reading.arrow import Numbers
from datasources.reading.delivered import Delivered, Style, header_of
from datasources.reading.fields import Forms, translate
from datasources.reading.files import new_files
from datasources.reading.harmonise import Harmoniser, Rules

Value = str | int | float | bool | None
TOLERATED = 20
RATED = "rating"
BEST = 5
FIELDS: Mapping[str, str] = {
    "feedback_id": "feedback_code",
    "channel": "channel",
    "sector": "field_code",
    "sector_name": "field_name",
    "unit_code": "organisation",
    "commune_code": "area",
    "received_at": "received_at",
    "due_at": "due_at",
    "answered_at": "answered_at",
    "status": "status",
    "satisfied": "satisfied",
    "reopened": "reopened",
    "updated_at": "updated_at",
}
"""Their keys and our fields; `rating` beside them tells whether somebody was satisfied."""

THEIRS = {ours: theirs for theirs, ours in FIELDS.items()}
NEEDED = ("feedback_id", "received_at")
STATUSES: Mapping[str, str] = {
    "1": "received",
    "2": "received",
    "3": "refused",
    "4": "processing",
    "5": "processing",
    "6": "answered",
    "7": "answered",
    "8": "answered",
    "9": "processing",
}
AGAIN = "9"
"""The sender reported the same once more."""

CHANNELS: Mapping[str, str] = {
    "web": "portal",
    "portal": "portal",
    "zalo": "zalo",
    "hotline": "hotline",
    "1022": "hotline",
    "phone": "hotline",
    "app": "app",
    "mobile": "app",
    "direct": "direct",
    "desk": "direct",
    "": "",
    "*": "other",
}
SHIPPED: Mapping[str, Mapping[str, str]] = {"status": STATUSES, "channel": CHANNELS}


class FeedbackConfig(SourceConfig):
    """Keys of a feedback source. A rating of `satisfied_from` or more, of 5, is content."""

    kind: Literal["feedback"]
    path: str
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    satisfied_from: int = Field(default=3, ge=1, le=5)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("values")
    @classmethod
    def _coded(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return only_coded(values, tuple(SHIPPED))


class Report(msgspec.Struct):
    """All that is taken of one report."""

    feedback_id: Value = None
    channel: Value = None
    sector: Value = None
    sector_name: Value = None
    unit_code: Value = None
    commune_code: Value = None
    received_at: Value = None
    due_at: Value = None
    answered_at: Value = None
    status: Value = None
    satisfied: Value = None
    reopened: Value = None
    updated_at: Value = None
    rating: Value = None


class Feedback:
    """Files of reports."""

    id = "feedback"
    config = FeedbackConfig
    records = ("feedback",)
    tolerated = TOLERATED

    def fetch(self, config: FeedbackConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed files of `path`."""
        yield from new_files(config.path, order, suffixes=(".json", ".csv"))

    def parse(
        self, document: Document, config: FeedbackConfig, reading: Reading
    ) -> Iterator[Parsed]:
        """Reports and refusals; rows of a CSV as a spreadsheet shows them, of JSON from 1."""
        if document.content.lstrip()[:1] in (b"[", b"{"):
            table, rows = yield from _json_rows(document, reading.source)
        else:
            table, rows = yield from _csv_rows(document, config, reading.source)
        if table.num_rows:
            yield from _harmonised(table, rows, config, reading)


KIND = Feedback()

Rows = Generator[Parsed, None, tuple[pa.Table, Numbers]]


def _json_rows(document: Document, source: str) -> Rows:
    found, numbers = yield from listed(document, source, "feedback", Report)
    names = [*FIELDS, RATED]
    columns = [[_text(getattr(one, name)) for one in found] for name in names]
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.table(arrays, names=names), np.array(numbers, dtype=np.int64)


def _csv_rows(document: Document, config: FeedbackConfig, source: str) -> Rows:
    style = Style(config.encoding, config.delimiter)
    header = {name.strip() for name in header_of(document, style)}
    known = {name: name for name in (*FIELDS, RATED) if name in header or name in NEEDED}
    table = Delivered(document, source, style, known)
    for item in table.told("feedback"):
        if isinstance(item, Note):  # what is passed over is the same in every file: told once
            item = Note(item.sentence.removeprefix(f"{document.name}: "))  # noqa: PLW2901
        yield item
    return table.table(known), table.rows


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value).strip()


def _harmonised(
    table: pa.Table, rows: Numbers, config: FeedbackConfig, reading: Reading
) -> Iterator[Parsed]:
    theirs: dict[str, list[str]] = {
        name: [text or "" for text in table[name].to_pylist()] for name in table.column_names
    }
    columns = {FIELDS[name]: texts for name, texts in theirs.items() if name in FIELDS}
    empty = [""] * table.num_rows
    status, channel = theirs.get("status", empty), theirs.get("channel", empty)
    statuses, channels = (config.values.get(*each) for each in SHIPPED.items())
    columns["status"] = [translate(code, statuses) for code in status]
    columns["channel"] = [translate(code.casefold(), channels) for code in channel]
    stars = theirs.get(RATED, empty)
    columns["satisfied"] = _satisfied(columns.get("satisfied", empty), stars, config)
    columns["reopened"] = _reopened(columns.get("reopened", empty), status)
    ours = pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})
    forms = Forms(config.zone, day_end=True)
    rules = Rules("feedback", forms, within=config.within)
    harmoniser = reading.memo.setdefault("feedback", Harmoniser(rules, reading))
    records, refusals = harmoniser.records(ours, rows)
    for one in refusals:
        yield one._replace(field=THEIRS.get(one.field, one.field))
    if records.num_rows:
        yield Columns("feedback", records)


def _satisfied(told: Sequence[str], ratings: Sequence[str], config: FeedbackConfig) -> list[str]:
    """What the sender said in so many words, or else by the number of stars."""
    return [said or _by_stars(stars, config) for said, stars in zip(told, ratings, strict=True)]


def _by_stars(stars: str, config: FeedbackConfig) -> str:
    """No stars, or a number of them that nobody can give, tells nothing."""
    number = int(stars) if stars.isascii() and stars.isdecimal() and len(stars) == 1 else 0
    if not 1 <= number <= BEST:
        return ""
    return "yes" if number >= config.satisfied_from else "no"


def _reopened(told: Sequence[str], status: Sequence[str]) -> list[str]:
    return [
        said or ("yes" if code == AGAIN else "") for said, code in zip(told, status, strict=True)
    ]
