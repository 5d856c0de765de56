import numpy as np
import pytest

from datasources.simulator.chance import arrivals, chosen, fraction, keys, uniform, waiting

MANY = keys(1, np.arange(200_000))


def test_a_draw_depends_on_its_subject_alone_and_not_on_the_order() -> None:
    forwards = uniform(keys(5, np.arange(1000)), "late")
    backwards = uniform(keys(5, np.arange(1000)[::-1]), "late")
    alone = uniform(keys(5, np.array([17])), "late")
    assert forwards.tolist() == backwards[::-1].tolist()
    assert alone[0] == forwards[17]


def test_another_seed_another_subject_and_another_purpose_are_unrelated() -> None:
    draws = uniform(MANY, "a")
    others = [uniform(MANY, "b"), uniform(keys(2, np.arange(200_000)), "a"), np.roll(draws, 1)]
    for other in others:
        assert abs(np.corrcoef(draws, other)[0, 1]) < 0.01


def test_draws_are_even_and_stay_below_one() -> None:
    draws = uniform(MANY, "even")
    assert 0 <= draws.min() < 0.001
    assert 0.999 < draws.max() < 1
    assert abs(draws.mean() - 0.5) < 0.003


def test_arrivals_have_the_mean_and_the_spread_of_a_poisson_number() -> None:
    for mean in (0.05, 3.0, 40.0):
        numbers = arrivals(MANY, "arrive", np.full(len(MANY), mean))
        assert abs(numbers.mean() / mean - 1) < 0.03
        assert abs(numbers.var() / mean - 1) < 0.05


def test_nothing_arrives_where_nothing_is_expected() -> None:
    assert arrivals(MANY, "arrive", np.zeros(len(MANY))).sum() == 0


def test_choices_follow_their_weights() -> None:
    picked = chosen(MANY, "pick", np.cumsum([3.0, 0.0, 1.0]))
    assert np.bincount(picked, minlength=3)[1] == 0
    assert abs((picked == 0).mean() - 0.75) < 0.01


def test_waiting_has_its_mean() -> None:
    assert abs(waiting(MANY, "wait", 12.0).mean() - 12.0) < 0.2


def test_a_named_thing_always_has_the_same_fraction() -> None:
    # The number itself is part of the promise: worlds must not change between versions.
    assert fraction("xã Phùng Nguyên") == pytest.approx(0.3978504290230036)
