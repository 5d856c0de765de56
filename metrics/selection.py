"""A selection: which metrics, where, when, cut how. Whatever is shown was asked for by one."""

import json
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from domain.area import Boundaries, Level
from domain.errors import SelectionError, suggestion
from domain.period import Grain, ReportingCalendar, Span, periods


class By(StrEnum):
    """What the values of a selection are broken down by."""

    NONE = "none"
    AREA = "area"
    ORGANISATION = "organisation"
    PROCEDURE = "procedure"
    FIELD = "field"
    CHANNEL = "channel"


# The column that holds each dimension, by kind of record. What is not here cannot be asked.
DIMENSIONS: dict[str, dict[By, str]] = {
    "dossier": {
        By.ORGANISATION: "organisation",
        By.PROCEDURE: "procedure_code",
        By.FIELD: "field_code",
        By.CHANNEL: "channel",
    },
    "document": {By.ORGANISATION: "organisation"},
    "receipt": {By.ORGANISATION: "organisation"},
    "feedback": {
        By.ORGANISATION: "organisation",
        By.FIELD: "field_code",
        By.CHANNEL: "channel",
    },
    "procedure": {
        By.ORGANISATION: "organisation",
        By.PROCEDURE: "procedure_code",
        By.FIELD: "field_code",
    },
    "station_hour": {},
    "observation": {},
}
FILTERS: dict[str, dict[str, str]] = {
    "dossier": {
        "organisation": "organisation",
        "receiving_organisation": "receiving_organisation",
        "procedure": "procedure_code",
        "field": "field_code",
        "channel": "channel",
    },
    "document": {
        "organisation": "organisation",
        "receiving_organisation": "receiving_organisation",
    },
    "receipt": {"organisation": "organisation"},
    "feedback": {
        "organisation": "organisation",
        "field": "field_code",
        "channel": "channel",
    },
    "procedure": {
        "organisation": "organisation",
        "procedure": "procedure_code",
        "field": "field_code",
    },
    "station_hour": {},
    "observation": {},
}


@dataclass(frozen=True)
class Selection:
    """One question to the catalogue.

    `area` is "CODE" (whoever held the code on the span's last day), "CODE@YYYY-MM-DD" or an
    area id; None is the country. `level` names the level of the areas listed (by area) or
    narrows the counts to those made at that level. `as_of` answers with what was known at
    the end of that day. Filters of the same name are alternatives, of different names all
    hold. Raises SelectionError when it contradicts itself.
    """

    metrics: tuple[str, ...]
    span: Span
    area: str | None = None
    grain: Grain | None = None
    by: By = By.NONE
    level: Level | None = None
    boundaries: Boundaries = Boundaries.THEN
    as_of: date | None = None
    filters: tuple[tuple[str, str], ...] = ()
    reporting: ReportingCalendar = ReportingCalendar.MONTH

    def __post_init__(self) -> None:
        if not self.metrics:
            raise SelectionError("A selection names at least one metric.")
        if len(set(self.metrics)) < len(self.metrics):
            raise SelectionError("A selection names each metric once.")
        if self.boundaries is Boundaries.TODAY and self.level is Level.DISTRICT:
            raise SelectionError(
                "Today's map has no districts: they ended on 30/06/2025. Ask with boundaries=then."
            )
        known = FILTERS["dossier"]
        for name, _ in self.filters:
            if name not in known:
                hint = suggestion(name, known) or f" There are: {', '.join(known)}."
                raise SelectionError(f"There is no filter '{name}'.{hint}")

    @property
    def periods(self) -> list[Span]:
        """The periods asked for, oldest first, none left out."""
        return periods(self.span, self.grain, self.reporting)

    @property
    def key(self) -> str:
        """The same text for the same question, in every process: part of a cache key."""
        return json.dumps(
            [getattr(self, field.name) for field in fields(self)],
            default=_plain,
            ensure_ascii=False,
        )


def _plain(value: object) -> object:
    """How a field that JSON does not know is written in a key."""
    return [str(value.start), str(value.end)] if isinstance(value, Span) else str(value)
