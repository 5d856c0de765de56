"""Single dossiers: what each is today, and how late. No person, only codes and dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import Any

from domain.dossier import VIETNAM, DeadlinePrecision, Pause, Verdict, verdict
from domain.dossier import Dossier as Judged

NO_END = date.max


@dataclass(frozen=True)
class DossierRow:
    """One dossier of a list; instants carry Vietnam's zone. See COLUMNS for what is shown.

    `weight` is its share in the figure, `pauses` the days its clock stood still, `days_late` the
    working days from its due day to its end, or to today while it is open.
    """

    weight: float
    id: int
    source: str
    dossier_code: str
    procedure_code: str
    procedure_name: str
    field_code: str
    field_name: str
    channel: str
    organisation: str
    receiving_organisation: str
    area_id: str
    receiving_area_id: str
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    refused_at: datetime | None
    withdrawn_at: datetime | None
    reception_due_at: datetime | None
    updated_at: datetime | None
    status: int | None
    deadline_precision: str
    supplements: int | None
    pauses: list[dict[str, date]] | None
    ended_day: date | None
    known_from: datetime
    batch_id: int
    days_late: int | None
    today: date

    @cached_property
    def verdict(self) -> Verdict:
        """What it is at the end of today (domain.dossier)."""
        judged = Judged(
            self.received_at,
            self.due_at,
            self.finished_at,
            self.refused_at,
            self.withdrawn_at,
            self.submitted_at,
            self.updated_at,
            self.status,
            DeadlinePrecision(self.deadline_precision),
            tuple(_pause(start, end) for start, end in self.paused),
        )
        return verdict(judged, self.today)

    @cached_property
    def paused(self) -> list[tuple[date, date | None]]:
        """The days of its pauses: from, and up to but not including; None while one lasts."""
        days = ((one["start"], one["end"]) for one in self.pauses or ())
        return [(start, None if end == NO_END else end) for start, end in days]


@dataclass(frozen=True)
class Provenance:
    """Where what is known of a dossier comes from.

    `known_from` is when the collector learned it, `origins` are the SHA-256 of the documents the
    batch was read from, `counting` names the rules it was counted by.
    """

    source: str
    batch_id: int
    known_from: datetime
    booked_at: datetime | None
    origins: tuple[str, ...]
    counting: str


@dataclass(frozen=True)
class DossierLife:
    """One dossier with the steps its source reported (instant, status) and its provenance."""

    row: DossierRow
    steps: tuple[tuple[datetime, int], ...]
    provenance: Provenance


COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "source": "id of the source that told of it",
        "dossier_code": "its code in that source",
        "procedure_code": "code of the procedure",
        "procedure_name": "its name",
        "field_code": "code of the field of administration",
        "field_name": "its name",
        "channel": "online, direct, postal or nothing",
        "organisation": "code of the organisation that decides it",
        "receiving_organisation": "code of the organisation that received it",
        "area_id": "area of the deciding organisation, where it counts",
        "receiving_area_id": "area of the receiving organisation",
        "submitted_at": "when the applicant sent it",
        "received_at": "when it was accepted",
        "due_at": "when its result is promised",
        "finished_at": "when its result was ready",
        "returned_at": "when its result was handed over",
        "status": "status code of the national portal, 1 to 10",
        "verdict": "what it is today: early, on_time, late, pending, overdue, paused and so on",
        "days_late": "working days from the due day to its end, or to today while it is open; "
        "negative: so many before the due day; null without a due day",
        "weight": "its share in the number: 1, or what an average adds up",
    }
)
"""What a list tells of each dossier."""

SELECTED = tuple(one.name for one in fields(DossierRow) if one.name not in ("weight", "today"))
"""What is read of each dossier, in this order."""


def row_of(values: Sequence[Any], today: date) -> DossierRow:
    """A row of weight, SELECTED as it was read."""
    return DossierRow(today=today, **dict(zip(("weight", *SELECTED), values, strict=True)))


def _pause(start: date, end: date | None) -> Pause:
    return Pause(_midnight(start), None if end is None else _midnight(end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
