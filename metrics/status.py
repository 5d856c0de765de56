"""Judging: whether a value meets its target, and why it is not judged where it is not."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from domain.freshness import Freshness
from metrics.formula import Numbers

MIN_DENOMINATOR = 10
ROUNDING = 1e-9

Flags = npt.NDArray[np.bool_]
Names = npt.NDArray[np.object_]


class Status(StrEnum):
    """How a value stands against its target."""

    MET = "met"
    NEAR = "near"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a value is not judged; the first that applies.

    NEVER      no source has ever delivered anything for it
    MISSING    there is no value
    NO_TARGET  nobody has decided a target for it
    STALE      too old; DOWN, SUSPECT and FUTURE: the source's state forbids a verdict
    OPEN       the period is not finished
    SMALL      fewer than ten in the denominator
    LATE       its target is met by data that are late: late is never green
    WITHHELD   so small a count that it tells about single people (metrics/withheld.py)
    """

    NONE = ""
    NEVER = "never"
    MISSING = "missing"
    NO_TARGET = "no_target"
    STALE = "stale"
    DOWN = "down"
    SUSPECT = "suspect"
    FUTURE = "future"
    OPEN = "open"
    SMALL = "small"
    LATE = "late"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on, one entry per value.

    `direction` is 1 where higher is better, -1 where lower is, 0 where nothing is judged;
    `denominator` is NaN where there is none; `freshness` holds Freshness names.
    """

    value: Numbers
    target: Numbers
    tolerance: Numbers
    direction: Numbers
    denominator: Numbers
    freshness: Names
    is_open: Flags


def verdicts(evidence: Evidence) -> tuple[Names, Names]:
    """The status of each value, and the reason where it is unknown ("" elsewhere)."""
    lead = evidence.direction * (evidence.value - evidence.target)
    with np.errstate(invalid="ignore"):
        met = lead >= -ROUNDING
        near = lead >= -evidence.tolerance - ROUNDING
    reason = _reasons(evidence, met)
    judged = np.select([met, near], [Status.MET.value, Status.NEAR.value], Status.MISSED.value)
    status = np.where(reason == Reason.NONE.value, judged, Status.UNKNOWN.value)
    return status.astype(object), reason.astype(object)


def _reasons(evidence: Evidence, met: Flags) -> npt.NDArray[np.str_]:
    is_missing = np.isnan(evidence.value)
    is_unjudged = np.isnan(evidence.target) | (evidence.direction == 0)
    with np.errstate(invalid="ignore"):
        is_small = evidence.denominator < MIN_DENOMINATOR
    rules = [
        (is_missing & (evidence.freshness == Freshness.NEVER.value), Reason.NEVER),
        (is_missing, Reason.MISSING),
        (is_unjudged, Reason.NO_TARGET),
        *((evidence.freshness == state.value, Reason(state.value)) for state in FORBIDDING),
        (evidence.is_open, Reason.OPEN),
        (is_small, Reason.SMALL),
        ((evidence.freshness == Freshness.LATE.value) & met, Reason.LATE),
    ]
    conditions, reasons = zip(*rules, strict=True)
    return np.select(conditions, [reason.value for reason in reasons], Reason.NONE.value)


FORBIDDING = (
    Freshness.NEVER,
    Freshness.STALE,
    Freshness.DOWN,
    Freshness.SUSPECT,
    Freshness.FUTURE,
)
