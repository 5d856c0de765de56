"""Crash points are there for the crash tests alone, and do nothing unless one is chosen."""

import pytest

from domain.errors import UnknownNameError
from store import arm
from store.crashpoint import STEPS, crashpoint


def test_no_step_is_deadly_unless_it_is_chosen() -> None:
    arm("before_commit")
    for step in set(STEPS) - {"before_commit"}:
        crashpoint(step)
    arm(None)
    crashpoint("before_commit")


def test_a_step_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no crash point 'before_comit'.*'before_commit'"):
        arm("before_comit")
