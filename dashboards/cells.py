"""Values one by one: the rows of a query's frame with gaps as None and periods as spans."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import pandas as pd

from domain.period import Span


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: metric x area (or dimension) x period, with everything said about it.

    Numbers are None where they are missing. `status` is met, near, missed or unknown, and
    `status_reason` says why it is unknown. `reported` is a figure printed elsewhere.
    """

    metric: str
    area_id: str
    area: str
    area_name: str
    level: str
    dimension_value: str
    period: Span
    numerator: float | None
    denominator: float | None
    value: float | None
    unit: str
    target: float | None
    target_decision: str
    target_decision_en: str
    status: str
    status_reason: str
    freshness: str
    coverage: float | None
    coverage_reported: float | None
    coverage_expected: float | None
    open: bool
    reported: bool
    as_reported: bool
    estimated: bool
    simulated: bool
    citation: str
    definition_version: int | None
    snapshot: str
    sources: tuple[str, ...]
    data_as_of: datetime | None


_NAMES = tuple(field.name for field in fields(Cell) if field.name != "period")


def cells(frame: pd.DataFrame) -> list[Cell]:
    """The frame's rows in its order."""
    columns = {name: _plain(frame[name]) for name in _NAMES}
    columns["sources"] = [_names(value) for value in columns["sources"]]
    spans = map(Span, _plain(frame["period_start"]), _plain(frame["period_end"]))
    rows = zip(*columns.values(), strict=True)
    return [
        Cell(**dict(zip(_NAMES, row, strict=True)), period=span)
        for row, span in zip(rows, spans, strict=True)
    ]


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """Python values; whatever means "nothing" in pandas is None."""
    values: list[Any] = column.tolist()
    if column.hasnans:
        return [None if pd.isna(value) else value for value in values]
    return values


def _names(value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",")) if value else ()
