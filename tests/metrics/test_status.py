from typing import Any

import numpy as np
import pytest

from domain.freshness import Freshness
from metrics.status import Evidence, Reason, Status, verdicts


def verdict(
    value: float,
    target: float = 98,
    *,
    direction: int = 1,
    tolerance: float = 5,
    denominator: float = 100,
    freshness: str = "fresh",
    is_open: bool = False,
) -> tuple[str, str]:
    evidence = Evidence(
        value=np.array([value]),
        target=np.array([target]),
        tolerance=np.array([tolerance]),
        direction=np.array([float(direction)]),
        denominator=np.array([denominator]),
        freshness=np.array([freshness], dtype=object),
        is_open=np.array([is_open]),
    )
    status, reason = verdicts(evidence)
    return status[0], reason[0]


@pytest.mark.parametrize(
    ("value", "target", "direction", "tolerance", "status"),
    [
        (98, 98, 1, 5, "met"),
        (97.99, 98, 1, 5, "near"),
        (93, 98, 1, 5, "near"),
        (92.99, 98, 1, 5, "missed"),
        (0, 0, -1, 0, "met"),
        (1, 0, -1, 0, "missed"),
        (4, 0, -1, 5, "near"),
        (100 * 0.98, 98, 1, 0, "met"),
    ],
)
def test_a_value_meets_nears_or_misses_its_target(
    value: float, target: float, direction: int, tolerance: float, status: str
) -> None:
    found = verdict(value, target, direction=direction, tolerance=tolerance)
    assert found == (status, "")


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        ({"value": np.nan}, "missing"),
        ({"value": np.nan, "freshness": "never"}, "never"),
        ({"value": 99, "target": np.nan}, "no_target"),
        ({"value": 99, "direction": 0}, "no_target"),
        ({"value": 99, "freshness": "stale"}, "stale"),
        ({"value": 99, "freshness": "down"}, "down"),
        ({"value": 99, "freshness": "suspect"}, "suspect"),
        ({"value": 99, "freshness": "future"}, "future"),
        ({"value": 99, "is_open": True}, "open"),
        ({"value": 99, "denominator": 9}, "small"),
        ({"value": 99, "freshness": "late"}, "late"),
    ],
)
def test_what_cannot_be_judged_says_why(evidence: dict[str, Any], reason: str) -> None:
    assert verdict(**evidence) == ("unknown", reason)


def test_late_data_can_show_a_target_missed_but_not_met() -> None:
    assert verdict(50, freshness="late") == ("missed", "")
    assert verdict(95, freshness="late") == ("near", "")


def test_ten_are_enough_and_a_count_needs_no_denominator() -> None:
    assert verdict(99, denominator=10) == ("met", "")
    assert verdict(99, denominator=np.nan) == ("met", "")


def test_every_state_is_judged_or_has_its_reason() -> None:
    for state in Freshness:
        status, reason = verdict(99, freshness=state.value)
        assert (status == Status.MET) is (state in (Freshness.FRESH, Freshness.HOLIDAY))
        assert Reason(reason) is (Reason.NONE if status == Status.MET else Reason(state.value))
