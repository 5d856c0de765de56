"""Cells: the figures of one metric for every line and period asked for, gaps included."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.freshness import SEVERITY, Freshness
from domain.measure import Additivity, measures
from metrics import coverage
from metrics.contents import has_table, observed_metrics
from metrics.counts import Counts, counts, life
from metrics.coverage import Coverage
from metrics.formula import Figures, Gathering, Numbers
from metrics.metric import Aggregation, Metric
from metrics.observed import Observations, observations
from metrics.question import Question
from metrics.spread import middles
from metrics.window import Flags

NEVER = SEVERITY.index(Freshness.NEVER)


@dataclass(frozen=True)
class Cells:
    """One metric's figures, lines × periods; NaN is missing.

    `lines` are values of the dimension, or empty where a line is an area. `severity` is the
    freshness as its place in SEVERITY, `used` tells which sources each line has figures of.
    """

    metric: Metric
    lines: tuple[str, ...]
    numerator: Numbers
    denominator: Numbers
    value: Numbers
    estimated: Flags
    severity: npt.NDArray[np.intp]
    used: Flags
    coverage: Coverage


def cells(question: Question, metrics: Sequence[Metric]) -> list[Cells]:
    """The cells of some metrics, in their order, from one counting query per kind of record."""
    found: dict[str, Cells] = {}
    for record, source in _SOURCES.items():
        asked = [one for one in metrics if one.record == record and not one.is_looked_up]
        if asked:
            found.update((one.metric.id, one) for one in source(question, record, asked))
    return [found.get(metric.id) or _blank(question, metric) for metric in metrics]


def _event_cells(question: Question, record: str, metrics: Sequence[Metric]) -> list[Cells]:
    if not has_table(question.snapshot, f"{record}_area"):
        return []  # published by a version of the program that did not count it
    counted = counts(question, record, _measures(metrics))
    below = coverage.levels_below(question, counted.leaf_levels)
    covered = coverage.of_events(question, record, below) if below else None
    return [_counted(question, metric, counted, covered) for metric in metrics]


def _counted(
    question: Question, metric: Metric, counted: Counts, covered: Coverage | None
) -> Cells:
    gathering, leaf_level = metric.formula.gathering, leaf_level_of(question, metric)
    begun = counted.has_begun(leaf_level)
    used = np.asarray(begun.any(axis=2))
    told = counted.is_told(begun) & life(question, gathering) & _has_level(question, metric)
    own = coverage.of_itself(told)

    def sums(names: Sequence[str], stocks: Gathering | None) -> Numbers:
        return _gathered(counted, names, gathering, stocks, leaf_level)

    figures = _figures(metric, told, sums)
    if metric.formula.is_middle:
        found = middles(question, metric, counted.lines, leaf_level)
        below, whole, middle = (np.where(told, one, np.nan) for one in found)
        figures = below, whole, middle
    return Cells(
        metric,
        _lines(question, counted.lines),
        *figures,
        estimated=_estimated(counted, metric, leaf_level) & told,
        severity=_severity(question, used),
        used=used,
        coverage=own if covered is None or metric.aggregation is Aggregation.OWN_LEVEL else covered,
    )


def _gathered(
    counted: Counts,
    names: Sequence[str],
    gathering: Gathering,
    stocks: Gathering | None,
    leaf_level: str | None,
) -> Numbers:
    """Measures added up, those that are stocks in the formula's own way."""
    if stocks is None:
        return counted.sums(names, gathering, leaf_level)
    is_stock = {name: measures()[name].additivity is Additivity.LAST for name in names}
    flows = [name for name in names if not is_stock[name]]
    held = [name for name in names if is_stock[name]]
    parts = [(flows, gathering), (held, stocks)]
    return np.asarray(
        np.sum([counted.sums(some, how, leaf_level) for some, how in parts if some], axis=0)
    )


def _estimated(counted: Counts, metric: Metric, leaf_level: str | None) -> Flags:
    """Which figures hold counts of areas that belong there only for the most part."""
    ways = {metric.formula.gathering, *(metric.formula.stocks or ())}
    return np.asarray(np.any([counted.estimated(way, leaf_level) for way in sorted(ways)], axis=0))


def _observed_cells(question: Question, _record: str, metrics: Sequence[Metric]) -> list[Cells]:
    if question.organisations is not None:
        return []  # an observation is of a whole area
    delivered = observed_metrics(question.snapshot)
    metrics = [metric for metric in metrics if (metric.id, False) in delivered]
    if not metrics:
        return []
    observed = observations(question, _measures(metrics))
    covered = coverage.of_observations(question, [metric.id for metric in metrics])
    return [_observed(question, metric, observed, covered[metric.id]) for metric in metrics]


def _observed(
    question: Question, metric: Metric, observed: Observations, covered: Coverage
) -> Cells:
    gathering, leaf_level = metric.formula.gathering, leaf_level_of(question, metric)
    names = (*metric.numerator, *metric.denominator)
    told = life(question, Gathering.FLOW) & _has_level(question, metric)
    used = observed.is_used(names)
    return Cells(
        metric,
        (),
        *_figures(metric, told, lambda names, _: observed.sums(names, gathering, leaf_level)),
        estimated=observed.estimated(names, gathering, leaf_level) & told,
        severity=_severity(question, used),
        used=used,
        coverage=covered,
    )


_SOURCES: dict[str, Callable[[Question, str, Sequence[Metric]], list[Cells]]] = {
    "dossier": _event_cells,
    "document": _event_cells,
    "receipt": _event_cells,
    "feedback": _event_cells,
    "procedure": _event_cells,
    "station_hour": _event_cells,
    "observation": _observed_cells,
}


def _figures(
    metric: Metric, told: Flags, sums: Callable[[Sequence[str], Gathering | None], Numbers]
) -> Figures:
    """Sum first, divide last; nothing where nothing was told."""
    missing = np.full(told.shape, np.nan)
    above, below = metric.formula.stocks or (None, None)
    numerator = np.where(told, sums(metric.numerator, above), missing)
    denominator = missing
    if metric.is_rate:
        denominator = np.where(told, sums(metric.denominator, below), missing)
    return metric.formula.figures(numerator, denominator, metric.scale)


def _blank(question: Question, metric: Metric) -> Cells:
    """A metric that is never computed: its values can only have been delivered."""
    lines = 0 if question.is_by_dimension else len(question.places.areas)
    shape = (lines, len(question.window.periods))
    missing = np.full(shape, np.nan)
    return Cells(
        metric,
        (),
        missing,
        missing,
        missing,
        estimated=np.zeros(shape, dtype=bool),
        severity=np.full(shape, NEVER),
        used=np.zeros((lines, len(question.sources.all)), dtype=bool),
        coverage=coverage.of_itself(np.zeros(shape, dtype=bool)),
    )


def _severity(question: Question, used: Flags) -> npt.NDArray[np.intp]:
    """The worst state of the sources a line has, lines × periods; of none at all: never."""
    states = np.where(used[:, :, None], question.sources.severities(question.window), -1)
    worst = states.max(axis=1, initial=-1)
    return np.where(worst < 0, NEVER, worst)


def _measures(metrics: Sequence[Metric]) -> list[str]:
    """Every measure the metrics stand on, once."""
    return list(
        dict.fromkeys(name for one in metrics for name in (*one.numerator, *one.denominator))
    )


def leaf_level_of(question: Question, metric: Metric) -> str | None:
    """The level that counts must have been made at to count for a metric."""
    if question.places.leaf_level is not None:
        return question.places.leaf_level.value
    if metric.aggregation is Aggregation.OWN_LEVEL:
        return question.places.areas[0].level.value
    return None


def _has_level(question: Question, metric: Metric) -> bool:
    """Whether the metric means anything at the level of the rows."""
    return question.places.level in metric.levels


def _lines(question: Question, lines: tuple[str, ...]) -> tuple[str, ...]:
    return lines if question.is_by_dimension else ()
