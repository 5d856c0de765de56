"""Submissions: figures that departments and communes have counted, filled into our own form.

The web reads a workbook in a limited child, shows it, and once a person has confirmed it puts
what was shown into the inbox of the source: the figures alone, as JSON. The workbook is not
kept: it may hold names in its cells and its properties. Its SHA-256 is cited with each figure.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from pydantic import Field, field_validator

from datasources.base import (
    Document,
    Note,
    Order,
    Parsed,
    Read,
    Reading,
    Record,
    Rejected,
    SourceConfig,
)
from datasources.reading.files import new_files, ready_folder
from datasources.reading.texts import UNREADABLE
from domain.area import Area, AreaRegister, Level
from domain.dossier import VIETNAM
from domain.errors import AreaError, SourceError
from domain.period import Grain, ReportingCalendar, Span, label, period_end, period_start

AREAS = re.compile(r"(VN|\d{2}|\d{3}|\d{5})(/(province|district|commune))?")
SHOWN_HASH = 16
MOST_FIGURES = 50_000
SUBMIT_PAGE = "Submit it through the page Nộp số liệu"


class SubmissionsConfig(SourceConfig):
    """Keys of a form. `areas` names who submits: "25" an area, "25/commune" each of its communes.

    Documents come from the page alone, so the source is always pushed to; and as they come one
    by one, how many records a day brings tells nothing.
    """

    kind: Literal["submissions"]
    metrics: tuple[str, ...] = Field(min_length=1)
    grain: Literal["month", "quarter", "year"]
    areas: tuple[str, ...] = Field(min_length=1)
    calendar: ReportingCalendar = ReportingCalendar.MONTH
    push: Literal[True] = True
    volume_jump: float = Field(default=0.0, ge=0)
    memory_mb: int = Field(default=1024, ge=512)

    @field_validator("areas")
    @classmethod
    def _areas(cls, areas: tuple[str, ...]) -> tuple[str, ...]:
        for text in areas:
            if not AREAS.fullmatch(text):
                raise ValueError(f"'{text}' is neither a code such as 25 nor such as 25/commune")
        return areas

    @field_validator("metrics")
    @classmethod
    def _once_each(cls, metrics: tuple[str, ...]) -> tuple[str, ...]:
        twice = [name for name in metrics if metrics.count(name) > 1]
        if twice:
            raise ValueError(f"'{twice[0]}' is asked for twice")
        return metrics

    @property
    def name(self) -> str:
        """What people call the form, for a citation."""
        return self.title.vi if self.title else self.kind


class Figure(msgspec.Struct, frozen=True):
    """One row of a form: the area by its id, and the row of the sheet it stood in.

    Counts have a numerator, ratios a denominator too, scores a value alone; a rate whose counts
    nobody knows is a value `as_reported`.
    """

    metric: str
    area: str
    row: int
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    as_reported: bool = False


class Submission(msgspec.Struct, frozen=True):
    """What a person has confirmed: the figures of one form and period, and the file's SHA-256."""

    source: str
    period_start: date
    period_end: date
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    submitted_at: Annotated[datetime, msgspec.Meta(tz=True)]
    figures: Annotated[list[Figure], msgspec.Meta(min_length=1, max_length=MOST_FIGURES)]


class Submissions:
    """Forms that people fill in."""

    id = "submissions"
    config = SubmissionsConfig
    records = ("observation",)
    tolerated = 0

    def fetch(self, config: SubmissionsConfig, order: Order) -> Iterator[Document | Note]:  # noqa: ARG002 - every kind is asked in the same way
        """The confirmed submissions, the oldest first: a later one replaces what it repeats."""
        yield from new_files(ready_folder(order.source), order, suffixes=(".json",))

    def parse(
        self, document: Document, config: SubmissionsConfig, reading: Reading
    ) -> Iterator[Parsed]:
        """The figures of one submission, each citing form, period, time and file."""
        told = _submission(document, reading.source)
        span = Span(told.period_start, told.period_end)
        if not is_period(span, config):
            fact = f"{document.name} is for a period that is no {config.grain} of this form"
            raise SourceError(reading.source, fact, SUBMIT_PAGE)
        allowed = {one.area_id for one in submitters(reading.source, config, reading.areas, span)}
        cited = citation(config, span, told)
        yield Read(len(told.figures))
        for figure in told.figures:
            if doubt := _doubt(figure, config, allowed):
                yield Rejected("observation", figure.row, *doubt)
            else:
                yield _record(figure, span, cited)


KIND = Submissions()


def citation(config: SubmissionsConfig, span: Span, told: Submission) -> str:
    """Where a figure comes from, in words and without anybody's name."""
    period = label(span, Grain(config.grain), "vi", config.calendar)
    at = told.submitted_at.astimezone(VIETNAM)
    return (
        f"Biểu {config.name}, kỳ {period[:1].lower()}{period[1:]}, nộp {at:%H:%M %d/%m/%Y}, "
        f"tệp sha256 {told.sha256[:SHOWN_HASH]}"
    )


def is_period(span: Span, config: SubmissionsConfig) -> bool:
    """Whether a span is exactly one period of the form."""
    grain, calendar = Grain(config.grain), config.calendar
    first, end = (find(span.start, grain, calendar) for find in (period_start, period_end))
    return (span.start, span.end) == (first, end)


def submitters(
    source: str, config: SubmissionsConfig, areas: AreaRegister, span: Span
) -> list[Area]:
    """Everybody who submits for a period, by the map of its last day. Raises SourceError."""
    found = {
        one.area_id: one
        for text in config.areas
        for one in areas_meant(source, text, areas, span.last_day)
    }
    return list(found.values())


def areas_meant(source: str, text: str, areas: AreaRegister, day: date) -> list[Area]:
    """The areas of "25" or "25/commune" on a day. Raises SourceError where there is none."""
    code, _, level = text.partition("/")
    try:
        area = areas.at(code, day)
    except AreaError:
        fact = f"areas names '{text}', but nothing holds that code on {day:%d/%m/%Y}"
        raise SourceError(source, fact, "Correct areas in config/sources.toml") from None
    if not level:
        return [area]
    return list(areas.descendants(area.area_id, Level(level), Span.of_days(day, day)))


def _submission(document: Document, source: str) -> Submission:
    try:
        told = msgspec.json.decode(document.content, type=Submission)
    except UNREADABLE:
        raise SourceError(source, f"{document.name} is no submission", SUBMIT_PAGE) from None
    if told.source != source or told.period_end <= told.period_start:
        raise SourceError(source, f"{document.name} is a submission of something else", SUBMIT_PAGE)
    return told


def _doubt(
    figure: Figure, config: SubmissionsConfig, allowed: set[str]
) -> tuple[str, str, str] | None:
    """Field, rule and reason why a figure is refused; the page checks all of it before."""
    if figure.metric not in config.metrics:
        return "metric", "value", "is no metric of this form"
    if figure.area not in allowed:
        return "area", "area", "does not submit this form for the period"
    numbers = (figure.numerator, figure.denominator, figure.value)
    # A number that JSON can hold is finite; one below 0 counts nothing.
    if any(number is not None and number < 0 for number in numbers):
        return "numerator", "number", "is below 0"
    if figure.numerator is None and figure.value is None:
        return "value", "missing", "and numerator are both empty"
    return None


def _record(figure: Figure, span: Span, cited: str) -> Record:
    """A rate whose counts nobody knows stands alone; everything else may be added."""
    return Record(
        "observation",
        (
            figure.metric,
            figure.area,
            "",
            span.start,
            span.end,
            figure.numerator,
            figure.denominator,
            figure.value,
            figure.as_reported,
            figure.as_reported,
            cited,
            "",
        ),
    )
