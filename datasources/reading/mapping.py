"""How a table's columns become the fields of a record: the stanzas of a file source.

`columns` says which of their columns is which of our fields, `values` which of their values
is which of ours ("*" is the rest), `pick` which of several rows' values a record takes.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from datasources.base import SourceConfig
from datasources.reading.dates import form_of
from domain.errors import suggestion
from domain.record import RECORDS, FieldType

AREA_FIELDS = ("receiving_area", "competent_area", "sender_area", "area", "owner_area")
ORGANISATION_FIELDS = (
    "receiving_organisation",
    "competent_organisation",
    "sender_organisation",
    "organisation",
    "owner_organisation",
)
SET_BY_THE_STANZA = ("deadline_precision",)
NEEDED: Mapping[str, tuple[str, ...]] = {
    "dossier": ("dossier_code",),
    "dossier_event": ("dossier_code", "at", "status"),
    "document": ("document_id", "sent_at"),
    "document_status": ("document_id", "organisation", "status", "at"),
    "observation": ("metric", "area", "period_start", "period_end"),
    "feedback": ("feedback_code", "received_at"),
    "procedure": ("procedure_code", "valid_from"),
    "organisation": ("organisation_code", "name"),
    "station_hour": ("station", "hour"),
}
PLACES: Mapping[str, tuple[str, ...]] = {
    "dossier": (
        "competent_area", "receiving_area", "competent_organisation", "receiving_organisation",
    ),
    "document": ("sender_area", "sender_organisation"),
    "feedback": ("area", "organisation"),
    "procedure": ("owner_area", "owner_organisation"),
    "station_hour": ("area",),
}  # fmt: skip
"""Of these a record must have one, or it lies nowhere."""

Mappable = Literal[
    "dossier", "dossier_event", "document", "document_status", "observation",
    "feedback", "procedure", "organisation", "station_hour",
]  # fmt: skip
Pick = Literal["first", "last", "min", "max", "count"]


class MappedConfig(SourceConfig):
    """A source whose rows are mapped to records by its stanza."""

    record: Mappable
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    formats: tuple[str, ...] = ()
    group_by: str | None = None
    pick: dict[str, Pick] = Field(default_factory=dict)
    events: dict[str, str] = Field(default_factory=dict)
    decimal: Literal[".", ","] = "."

    own_forms: ClassVar[tuple[str, ...]] = ()
    """How values that come typed as dates are written, whatever `formats` says of texts."""

    @field_validator("formats")
    @classmethod
    def _forms(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in formats:
            form_of(pattern)
        return formats

    @model_validator(mode="after")
    def _fields_exist(self) -> "MappedConfig":
        fields = mappable(self.record)
        _refuse_unknown("columns", self.columns, self.record, fields)
        _refuse_unknown("values", self.values, self.record, {**fields, "event_status": None})
        _refuse_unknown("pick", self.pick, self.record, self.columns)
        _refuse_unknown("events", self.events, "dossier_event", mappable("dossier_event"))
        for name in NEEDED[self.record]:
            if name not in self.columns:
                raise ValueError(f"columns lacks {name}, which every {self.record} has")
        places = PLACES.get(self.record, ())
        if places and not any(name in self.columns for name in places):
            raise ValueError(f"columns lacks a place: one of {', '.join(places)}")
        return self

    @model_validator(mode="after")
    def _groups_by_its_key(self) -> "MappedConfig":
        key = NEEDED[self.record][0]
        if self.group_by not in (None, key):
            raise ValueError(f"group_by can only be {key}, which names the {self.record}")
        if self.pick and self.group_by is None:
            raise ValueError(f'pick chooses among the rows of one record: add group_by = "{key}"')
        if self.events and not (self.record == "dossier" and {"at", "status"} <= set(self.events)):
            raise ValueError("events belong to a dossier and need at and status")
        return self


def mappable(record: str) -> dict[str, FieldType]:
    """The fields of a kind of record that a column can fill."""
    return {
        one.name: one.type
        for one in RECORDS[record]
        if one.type is not FieldType.PAUSES and one.name not in SET_BY_THE_STANZA
    }


def _refuse_unknown(key: str, given: Iterable[str], record: str, known: Iterable[str]) -> None:
    known = list(known)
    for name in given:
        if name not in known:
            near = suggestion(name, known) or f" Known: {', '.join(known)}."
            raise ValueError(f"{key}.{name} is no field of a {record}.{near}")
