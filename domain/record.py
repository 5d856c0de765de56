"""What lands: the columns of every kind of record, in their fixed order.

A landed batch holds one Parquet file per kind of record. Instants are UTC, days are
days in Vietnam, empty text means "not told", and nothing here can name a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class FieldType(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INSTANT = "instant"  # timestamp in microseconds, UTC
    DATE = "date"
    INT = "int"  # 64 bits
    NUMBER = "number"  # double
    FLAG = "flag"
    MAYBE = "maybe"  # yes, no or not told (null): never no by default
    PAUSES = "pauses"  # list of {start: instant, end: instant or null}


@dataclass(frozen=True)
class Field:
    """One column; the `key` columns together name the record, so delivering it again is safe."""

    name: str
    type: FieldType
    key: bool = False


def _fields(layout: str) -> tuple[Field, ...]:
    """Fields from lines of `type: name name*`, where * marks a part of the key."""
    lines = [line.strip().partition(":") for line in layout.strip().splitlines()]
    return tuple(
        Field(name.removesuffix("*"), FieldType(kind), name.endswith("*"))
        for kind, _, names in lines
        for name in names.split()
    )


DOSSIER = _fields("""
    text: dossier_code* procedure_code procedure_name field_code field_name channel
    text: receiving_organisation competent_organisation receiving_area competent_area
    instant: submitted_at received_at due_at finished_at returned_at refused_at withdrawn_at
    int: status
    text: deadline_precision
    pauses: pauses
    int: supplements
    maybe: digitised reused electronic_result has_fee paid_online apology
    instant: reception_due_at updated_at
""")

DOSSIER_EVENT = _fields("""
    text: dossier_code*
    instant: at*
    int: status*
    instant: due_at
""")

DOCUMENT = _fields("""
    text: document_id* sender_organisation sender_area
    instant: sent_at
    date: promulgated_on
    text: kind
    flag: signed paper
    date: due_on
    int: business receivers
    text: receiver_organisations signature
""")

DOCUMENT_STATUS = _fields("""
    text: document_id* organisation* status*
    instant: at*
    text: area
""")

OBSERVATION = _fields("""
    text: metric* area* level*
    date: period_start* period_end*
    number: numerator denominator value
    flag: as_reported standalone
    text: citation note
""")

FEEDBACK = _fields("""
    text: feedback_code* channel field_code field_name organisation area
    instant: received_at due_at answered_at
    text: status
    maybe: satisfied reopened
    instant: updated_at
""")

PROCEDURE = _fields("""
    text: procedure_code* owner_area*
    date: valid_from* valid_until
    text: procedure_name field_code field_name owner_organisation scheme service_level
    number: term
    text: term_unit
    maybe: has_fee online_payment linked
""")

ORGANISATION = _fields("""
    text: organisation_code*
    date: valid_from* valid_until
    text: name area level kind
""")

STATION_HOUR = _fields("""
    text: station*
    instant: hour*
    text: area kind
    int: readings expected
    flag: exceeded
    text: worst
""")

RECORDS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "dossier": DOSSIER,
        "dossier_event": DOSSIER_EVENT,
        "document": DOCUMENT,
        "document_status": DOCUMENT_STATUS,
        "observation": OBSERVATION,
        "feedback": FEEDBACK,
        "procedure": PROCEDURE,
        "organisation": ORGANISATION,
        "station_hour": STATION_HOUR,
    }
)

REJECTED = _fields("""
    int: row
    text: field rule reason
""")
"""Why a row was refused: its number and the rule it broke. Never its values."""
