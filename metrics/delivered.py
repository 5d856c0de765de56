"""Delivered figures beside computed ones: a printed number never replaces a counted one.

Where nothing was computed a delivered figure answers the cell; where something was, the
printed one follows in a row of its own, marked `reported`, with its citation.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.contents import observed_metrics
from metrics.merged import merged_averages
from metrics.metric import Metric
from metrics.observed import delivered
from metrics.question import Question

Columns = dict[str, Any]


def with_delivered(
    columns: Columns, question: Question, metrics: Sequence[Metric], starts: npt.NDArray[np.intp]
) -> Columns:
    """The rows of a question with the delivered figures put in; `starts` are the metrics' rows."""
    known = observed_metrics(question.snapshot)
    looked_up = {metric.id for metric in metrics if metric.is_looked_up}
    told = [one.id for one in metrics if (one.id, True) in known or one.id in looked_up]
    if not told:
        return columns
    rows = delivered(question, told)
    rows = rows[rows["standalone"] | rows["metric"].isin(looked_up)]
    rows = rows.assign(averaged=False, rests_on=rows["source"].map(lambda source: (source,)))
    averages = merged_averages(question, metrics, rows)
    rows = rows if averages.empty else pd.concat([rows, averages], ignore_index=True)
    if rows.empty:
        return columns
    first = dict(zip((metric.id for metric in metrics), starts, strict=False))
    begins = rows["metric"].map(first).to_numpy(dtype=int)
    periods = len(question.window.periods)
    at = begins + rows["area"].to_numpy(dtype=int) * periods + rows["period"].to_numpy(dtype=int)
    figures = _figures(rows, question, {metric.id: metric for metric in metrics})
    answers = ~pd.Series(at).duplicated().to_numpy() & np.isnan(columns["value"][at])
    for name, values in figures.items():
        columns[name][at[answers]] = values[answers]
    return _inserted(columns, figures, at, ~answers)


def _inserted(
    columns: Columns, figures: Columns, at: npt.NDArray[np.intp], extra: npt.NDArray[np.bool_]
) -> Columns:
    """The rows with one more after each place that has a figure of its own already."""
    places = np.concatenate([np.arange(len(columns["value"])), at[extra]])
    order = np.argsort(places, kind="stable")
    grown = {}
    for name, values in columns.items():
        added = figures[name][extra] if name in figures else values[at[extra]]
        grown[name] = np.concatenate([values, added])[order]
    return grown


def _figures(rows: pd.DataFrame, question: Question, metrics: Mapping[str, Metric]) -> Columns:
    """What a delivered figure says in place of a computed one."""
    asked = [metrics[name] for name in rows["metric"]]
    is_rate = np.array([metric.is_rate for metric in asked])
    scale = np.array([metric.scale for metric in asked])
    numerator, denominator, value = (
        rows[name].to_numpy(dtype=float) for name in ("numerator", "denominator", "value")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = scale * numerator / np.where(denominator == 0, np.nan, denominator)
    count = np.where(np.isnan(value), numerator, value)
    sources = question.sources
    eye = np.eye(len(sources.all), dtype=bool)
    used = np.array([eye[sources.numbers(names)].any(axis=0) for names in rows["rests_on"]])
    told = sources.told(used)
    period = rows["period"].to_numpy(dtype=int)
    states = sources.severities(question.window)[:, period].T
    severity = np.where(used, states, -1).max(axis=1)
    return {
        "numerator": np.where(is_rate, numerator, count),
        "denominator": np.where(is_rate, denominator, np.nan),
        "value": np.where(is_rate, np.where(np.isnan(quotient), value, quotient), count),
        "reported": rows["standalone"].to_numpy(dtype=bool),
        "as_reported": is_rate & np.isnan(numerator),
        "estimated": np.zeros(len(rows), dtype=bool),
        "averaged": rows["averaged"].to_numpy(dtype=bool),
        "severity": severity,
        "coverage": np.ones(len(rows)),
        "coverage_reported": np.ones(len(rows)),
        "coverage_expected": np.ones(len(rows)),
        "citation": rows["citation"].fillna("").to_numpy(dtype=object),
        "sources": told.sources,
        "data_as_of": told.data_as_of,
        "simulated": told.simulated,
    }
