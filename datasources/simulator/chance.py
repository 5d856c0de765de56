"""Chance without a memory: every draw is a hash of the thing it is about.

A draw depends on the seed, its subject and its purpose alone, never on the draws made before
it. So a day can be drawn alone, in any order and up to any moment, and is always the same day.
"""

from functools import cache
from hashlib import blake2b
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF_BITS = 2.0**-53


def word(text: str) -> int:
    """64 bits that stand for a text: the same on every machine and in every year."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def keys(*parts: Keys | Counts | int) -> Keys:
    """One key per element for what the parts name together, such as seed, office, day, number."""
    total: Keys = np.zeros(1, dtype=np.uint64)
    for part in parts:
        total = _mixed(total + _GOLDEN + _mixed(_words(part)))
    return total


def uniform(subjects: Keys, purpose: str) -> Numbers:
    """One number in [0, 1) per subject; another purpose gives another, unrelated number."""
    words = _mixed(subjects ^ np.uint64(_purpose(purpose)))
    return (words >> np.uint64(11)).astype(np.float64) * _HALF_BITS


def happens(
    subjects: Keys, purpose: str, probability: NDArray[np.floating[Any]] | float
) -> NDArray[np.bool_]:
    """Whether it happens to each subject, with the probability given."""
    return uniform(subjects, purpose) < probability


def waiting(subjects: Keys, purpose: str, mean: Numbers | float) -> Numbers:
    """An exponential waiting time per subject, with the mean given."""
    return -mean * np.log1p(-uniform(subjects, purpose))


def chosen(subjects: Keys, purpose: str, cumulated: Numbers) -> Counts:
    """The number of one of several things per subject; `cumulated` weights need not end at 1."""
    points = uniform(subjects, purpose) * cumulated[-1]
    found: Counts = np.searchsorted(cumulated, points, side="right")
    return np.minimum(found, len(cumulated) - 1)


def arrivals(subjects: Keys, purpose: str, mean: Numbers) -> Counts:
    """A Poisson number per subject, by counting up the distribution until the draw is passed."""
    draw = uniform(subjects, purpose)
    probability = np.exp(-mean)
    reached = probability.copy()
    count = np.zeros(len(draw), dtype=np.int64)
    waiting_for = np.flatnonzero(draw >= reached)
    number = 0
    while waiting_for.size and number < 1000:
        number += 1
        probability[waiting_for] *= mean[waiting_for] / number
        reached[waiting_for] += probability[waiting_for]
        count[waiting_for] = number
        waiting_for = waiting_for[draw[waiting_for] >= reached[waiting_for]]
    return count


def bell(subject: str) -> float:
    """One standard normal number for one named thing."""
    return NormalDist().inv_cdf(((word(subject) >> 12) + 0.5) / 2.0**52)


def fraction(subject: str) -> float:
    """One number in [0, 1) for one named thing."""
    return (word(subject) >> 11) * _HALF_BITS


@cache
def _purpose(name: str) -> int:
    return word(name)


def _words(part: Keys | Counts | int) -> Keys:
    if isinstance(part, int):
        return np.array([part & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64)
    return part.astype(np.uint64)


def _mixed(words: Keys) -> Keys:
    """The finaliser of splitmix64: every bit of the result depends on every bit given."""
    with np.errstate(over="ignore"):
        mixed = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))
