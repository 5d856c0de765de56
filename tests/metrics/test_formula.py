import numpy as np
import pytest

from metrics.formula import FORMULAS


@pytest.mark.parametrize(
    ("formula", "numerator", "denominator", "scale", "shown"),
    [
        ("total", 7, np.nan, 1, (7, np.nan, 7)),
        ("stock", 7, np.nan, 1, (7, np.nan, 7)),
        ("ratio", 207, 225, 100, (207, 225, 92)),
        ("ratio", 1, 0, 100, (1, 0, np.nan)),
        ("complement", 9, 12, 100, (3, 12, 25)),
        ("average", 30, 4, 1, (30, 4, 7.5)),
        ("share_of_units", 5, 13, 100, (5, 13, 500 / 13)),
        ("score", 61.86, np.nan, 1, (61.86, np.nan, 61.86)),
        ("reported", 1681, 1901, 100, (1681, 1901, 168100 / 1901)),
    ],
)
def test_each_formula_gives_the_figures_it_shows(
    formula: str, numerator: float, denominator: float, scale: float, shown: tuple[float, ...]
) -> None:
    figures = FORMULAS[formula].figures(np.array([numerator]), np.array([denominator]), scale)
    np.testing.assert_allclose([figure[0] for figure in figures], shown)


def test_a_complement_and_its_parts_always_fit() -> None:
    lapsed, received = np.array([0.0, 3.0, 12.0]), np.full(3, 12.0)
    numerator, denominator, value = FORMULAS["complement"].figures(lapsed, received, 100.0)
    np.testing.assert_allclose(value, 100 * numerator / denominator)
    assert ((value >= 0) & (value <= 100)).all()
