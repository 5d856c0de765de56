"""What makes a delivered figure believable, and whether it may be added up."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from datasources.reading.arrow import Column, Flags, compute, is_given, is_true
from datasources.reading.fields import Doubt


def figure_doubts(fields: Mapping[str, Column]) -> list[Doubt]:
    """Figures that cannot be: none at all, divided by nothing, or for a period without days."""
    value, numerator = _given(fields, "value"), _given(fields, "numerator")
    backwards = compute.less_equal(fields["period_end"], fields["period_start"])
    doubts = [
        Doubt("value", "missing", "and numerator are both empty", ~value & ~numerator),
        Doubt("denominator", "number", "is not above 0", _not_above_zero(fields)),
        Doubt(
            "period_end",
            "order",
            "is not after period_start: it is the first day that no longer belongs to the period",
            is_true(backwards),
        ),
    ]
    if "as_reported" in fields:
        printed = is_true(fields["as_reported"])
        reason = "is empty, though the figure is said to be as reported"
        doubts.append(Doubt("value", "missing", reason, printed & ~value))
    return doubts


def stands_alone(fields: Mapping[str, Column], height: int, *, always: bool) -> Column:
    """Which figures are never added: those said so, and every rate taken over as printed."""
    alone = np.full(height, always)
    for name in ("standalone", "as_reported"):
        if name in fields:
            alone |= is_true(fields[name])
    told: Column = pa.array(alone)
    return told


def _given(fields: Mapping[str, Column], name: str) -> Flags:
    if name not in fields:
        return np.zeros(len(fields["metric"]), dtype=np.bool_)
    return is_given(fields[name])


def _not_above_zero(fields: Mapping[str, Column]) -> Flags:
    if "denominator" not in fields:
        return np.zeros(len(fields["metric"]), dtype=np.bool_)
    return is_true(compute.less_equal(fields["denominator"], 0))
