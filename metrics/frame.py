"""The result of a query: one row per cell, then the printed figures that differ.

COLUMNS says what each column holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.area import Boundaries
from domain.dossier import VIETNAM
from metrics.cells import Cells
from metrics.delivered import with_delivered
from metrics.metric import Better, Metric
from metrics.question import Question
from metrics.rules import Rules
from metrics.sources import SEVERITIES
from metrics.status import Evidence, verdicts

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "metric": "id of the metric",
        "area_id": "id of the area, as in 25@2025-07-01",
        "area": "code of the area",
        "area_name": "name of the area on the span's last day",
        "level": "level the counts were made for",
        "dimension": "what the row is broken down by, or empty",
        "dimension_value": "the value of the dimension, or empty",
        "period_start": "first day of the period",
        "period_end": "first day after the period",
        "numerator": "numerator; the value itself where nothing is divided; NaN is missing",
        "denominator": "denominator; NaN where nothing is divided, or missing",
        "value": "the value in its unit (percent runs 0-100); NaN is missing, never 0",
        "unit": "unit of the value",
        "target": "the target that holds on the period's last day; NaN is none",
        "target_decision": "who decided the target, in Vietnamese",
        "target_decision_en": "the same in English",
        "status": "met, near, missed or unknown",
        "status_reason": "why the status is unknown, or empty",
        "freshness": "state of the sources the value rests on",
        "coverage": "share of the areas expected that reported, 0..1; NaN if none is expected",
        "coverage_reported": "areas that reported",
        "coverage_expected": "areas expected to report",
        "open": "whether the period was not finished at the horizon",
        "reported": "whether this is a printed figure that stands alone",
        "as_reported": "whether only the rate was printed, without what it divides",
        "estimated": "whether counts of split areas were assigned for the most part",
        "averaged": "whether it is the mean of merged provinces' scores, which nobody published",
        "simulated": "whether a source of the value is simulated",
        "citation": "where a delivered figure was printed, or empty",
        "formula": "id of the formula",
        "definition_version": "version of the metric's definition",
        "locked": "day at whose end the figures were locked, whose knowledge this is; or empty",
        "restated_value": "what is known now of a locked value; NaN where nothing is locked",
        "snapshot": "version of the snapshot",
        "sources": "ids of the sources the value rests on, joined by commas",
        "data_as_of": "how far the data of the oldest source reach",
    }
)
DIRECTION = {Better.HIGHER: 1.0, Better.LOWER: -1.0, Better.NEUTRAL: 0.0}
Columns = dict[str, Any]


@dataclass(frozen=True)
class _Shape:
    """How lines × periods are laid out as rows: line by line, each line's periods in order."""

    lines: int
    periods: int

    @property
    def rows(self) -> int:
        return self.lines * self.periods

    def same(self, value: object, dtype: type = object) -> npt.NDArray[Any]:
        """One value for all rows."""
        return np.full(self.rows, value, dtype=dtype)

    def per_line(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.repeat(values, self.periods)

    def per_period(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.tile(values, self.lines)


def result(question: Question, found: Sequence[Cells], rules: Rules) -> pd.DataFrame:
    """The frame of a question's cells: metrics in the order asked, then lines, then periods."""
    parts = [_columns(question, cells, rules) for cells in found]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    metrics = [cells.metric for cells in found]
    starts = np.cumsum([0, *(len(part["value"]) for part in parts)])
    if not (question.is_by_dimension or question.is_narrowed):
        columns = with_delivered(columns, question, metrics, starts)
    columns |= _verdicts(columns, metrics)
    frame = pd.DataFrame({name: columns[name] for name in COLUMNS}, copy=False)
    frame.attrs = {
        "snapshot": question.snapshot.version,
        "boundaries": question.selection.boundaries.value,
        "note": question.places.note,
    }
    return frame


def _columns(question: Question, cells: Cells, rules: Rules) -> Columns:
    """The rows of one metric: everything but its verdicts."""
    shape = _Shape(*cells.value.shape)
    return {
        **_names(question, cells, shape),
        **_figures(cells, shape),
        **_targets(question, cells.metric, rules, shape),
        **_provenance(question, cells, shape),
    }


def _names(question: Question, cells: Cells, shape: _Shape) -> Columns:
    metric, window, selection = cells.metric, question.window, question.selection
    areas = question.places.areas
    day = None if selection.boundaries is Boundaries.TODAY else window.periods[-1].last_day
    one = len(areas) == 1

    def named(values: Sequence[str]) -> npt.NDArray[Any]:
        return shape.same(values[0]) if one else shape.per_line(np.array(values, dtype=object))

    dimension = selection.by.value if question.is_by_dimension else ""
    lines = np.array(cells.lines or [""] * shape.lines, dtype=object)
    return {
        "metric": shape.same(metric.id),
        "area_id": named([area.area_id for area in areas]),
        "area": named([area.code for area in areas]),
        "area_name": named([area.version(day).name for area in areas]),
        "level": shape.same(question.places.level.value),
        "dimension": shape.same(dimension),
        "dimension_value": shape.per_line(lines),
        "period_start": shape.per_period(np.array([s.start for s in window.periods], dtype=object)),
        "period_end": shape.per_period(np.array([s.end for s in window.periods], dtype=object)),
        "unit": shape.same(metric.unit),
        "open": shape.per_period(window.is_open),
        "formula": shape.same(metric.formula.id),
        "definition_version": shape.same(metric.version, int),
        "snapshot": shape.same(question.snapshot.version),
    }


def _figures(cells: Cells, shape: _Shape) -> Columns:
    reported, expected = cells.coverage.reported, cells.coverage.expected
    tall = (shape.lines, shape.periods)
    reported, expected = np.broadcast_to(reported, tall), np.broadcast_to(expected, tall)
    share = np.divide(reported, expected, out=np.full(tall, np.nan), where=expected > 0)
    return {
        "numerator": cells.numerator.ravel(),
        "denominator": cells.denominator.ravel(),
        "value": cells.value.ravel(),
        "estimated": cells.estimated.ravel(),
        "severity": cells.severity.ravel(),
        "coverage": share.ravel(),
        "coverage_reported": reported.ravel(),
        "coverage_expected": expected.ravel(),
        "reported": shape.same(value=False, dtype=bool),
        "as_reported": shape.same(value=False, dtype=bool),
        "averaged": shape.same(value=False, dtype=bool),
        "citation": shape.same(""),
        "locked": shape.same(""),
        "restated_value": shape.same(np.nan, float),
    }


def _targets(question: Question, metric: Metric, rules: Rules, shape: _Shape) -> Columns:
    """The target of every row: the more specific ones write over the more general."""
    values = np.full((shape.lines, shape.periods), np.nan)
    decisions = {lang: np.full(values.shape, "", dtype=object) for lang in ("vi", "en")}
    areas, periods = question.places.areas, question.window.periods
    for target in rules.targets.of(metric.id):
        when = np.array([target.holds_on(span.last_day) for span in periods])
        if not when.any():
            continue
        where = np.array(
            [target.holds_for(one.area_id, question.places.level, rules.register) for one in areas]
        )
        place = np.ix_(np.resize(where, shape.lines), when)
        values[place] = target.value
        for language, texts in decisions.items():
            texts[place] = target.decision[language]
    return {
        "target": values.ravel(),
        "target_decision": decisions["vi"].ravel(),
        "target_decision_en": decisions["en"].ravel(),
    }


def _provenance(question: Question, cells: Cells, shape: _Shape) -> Columns:
    told = question.sources.told(cells.used)
    return {
        "sources": shape.per_line(told.sources),
        "data_as_of": shape.per_line(told.data_as_of),
        "simulated": shape.per_line(told.simulated),
    }


def _verdicts(columns: Columns, metrics: Sequence[Metric]) -> Columns:
    ids, numbers = np.unique(columns["metric"].astype(str), return_inverse=True)
    by_id = {metric.id: metric for metric in metrics}
    freshness = SEVERITIES[columns.pop("severity")]
    status, reason = verdicts(
        Evidence(
            value=columns["value"],
            target=columns["target"],
            tolerance=np.array([by_id[name].tolerance for name in ids])[numbers],
            direction=np.array([DIRECTION[by_id[name].better] for name in ids])[numbers],
            denominator=columns["denominator"],
            freshness=freshness,
            is_open=columns["open"],
        )
    )
    return {
        "status": status,
        "status_reason": reason,
        "freshness": freshness,
        "data_as_of": pd.to_datetime(columns["data_as_of"], utc=True).tz_convert(VIETNAM),
    }
