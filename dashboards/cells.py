"""Values one by one: the rows of a query's frame with gaps as None and periods as spans."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from domain.area import Area
from domain.period import Span

ASK_PLACE = "/alerts/ask"
"""Where explanations are asked for."""


class Cell(NamedTuple):
    """One value: metric x area (or dimension) x period, with everything said about it.

    Numbers are None where they are missing. `status` is met, near, missed or unknown, and
    `status_reason` says why it is unknown. `reported` is a figure printed elsewhere. `locked` is
    the day at whose end its period was locked, "" if it is not; `restated_value` is what is known
    of it now.
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
    locked: str = ""
    restated_value: float | None = None
    averaged: bool = False


UNFIT = "unfit"
"""Why there is no verdict where a filter does not apply."""


def blank(metric: str, unit: str, area: Area, period: Span, snapshot: str) -> Cell:
    """The cell of a metric that cannot be narrowed as chosen: no figure, and why."""
    return Cell(
        metric=metric,
        area_id=area.area_id,
        area=area.code,
        area_name=area.full_name,
        level=area.level.value,
        dimension_value="",
        period=period,
        numerator=None,
        denominator=None,
        value=None,
        unit=unit,
        target=None,
        target_decision="",
        target_decision_en="",
        status="unknown",
        status_reason=UNFIT,
        freshness="",
        coverage=None,
        coverage_reported=None,
        coverage_expected=None,
        open=False,
        reported=False,
        as_reported=False,
        estimated=False,
        simulated=False,
        citation="",
        definition_version=None,
        snapshot=snapshot,
        sources=(),
        data_as_of=None,
    )


def cells(frame: pd.DataFrame) -> list[Cell]:
    """The frame's rows in its order."""
    values = frame.to_numpy(dtype=object)
    values[pd.isna(values)] = None
    columns = dict(zip(frame.columns, values.T.tolist(), strict=True))
    columns["sources"] = [_names(text) for text in columns["sources"]]
    columns["period"] = list(map(_span, columns["period_start"], columns["period_end"]))
    return list(map(Cell, *(columns[name] for name in Cell._fields)))


@lru_cache(maxsize=4096)
def _span(start: date, end: date) -> Span:
    return Span(start, end)


@lru_cache(maxsize=256)
def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


def one_per_period(cells: Sequence[Cell]) -> list[Cell]:
    """The first cell of each period: the computed one where a printed figure stands beside it."""
    first: dict[date, Cell] = {}
    for cell in cells:
        first.setdefault(cell.period.start, cell)
    return list(first.values())


def ask_href(cell: Cell) -> str:
    """Where an explanation of a value is asked for; the last day is included."""
    return f"{ASK_PLACE}/{cell.metric}/{cell.area_id}/{cell.period.start}/{cell.period.last_day}"
