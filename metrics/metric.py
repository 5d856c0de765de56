"""What a metric is: the fields of its stanza, and what follows from them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.area import Level
from domain.period import Grain
from metrics.formula import Formula, Gathering, Text
from metrics.words import words

NO_PART = Text(vi="không có", en="none")


class Better(StrEnum):
    """Which direction is good; a neutral metric is never judged."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Aggregation(StrEnum):
    """Whose counts an area's value is made of.

    SUBTREE    everything in the area, whatever level it was counted at
    OWN_LEVEL  only what was counted at the area's own level, unless a level is asked for
    MERGED_AVERAGE  the same; on today's map a merged province has, for the time before, the mean
               of the provinces it was made of (metrics/merged.py)
    """

    SUBTREE = "subtree"
    OWN_LEVEL = "own_level"
    MERGED_AVERAGE = "merged_average"


@dataclass(frozen=True)
class Metric:
    """One metric. `numerator` and `denominator` are measures (domain/measures.toml).

    `short` fits a card's title, `tolerance` is how far from the target is still near (in the
    metric's unit), `record` the kind of record it is counted from, `subject` its file.
    """

    id: str
    subject: str
    name: Text
    short: Text
    meaning: Text
    formula: Formula
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    unit: str
    better: Better
    tolerance: float
    smallest_grain: Grain
    levels: tuple[Level, ...]
    aggregation: Aggregation
    legal_basis: Text
    owner: str
    reviewed: date
    version: int
    record: str

    @property
    def scale(self) -> float:
        """What the quotient is multiplied by: 100 for percentages."""
        return 100.0 if self.unit == "percent" else 1.0

    @property
    def is_rate(self) -> bool:
        """Whether the value is a quotient, which has a denominator and cannot be summed."""
        return bool(self.denominator)

    @property
    def is_looked_up(self) -> bool:
        """Whether values are only ever what was delivered for the very area and period."""
        return self.formula.gathering is Gathering.LOOKUP

    def explanation(self, language: str = "vi") -> str:
        """The formula as a sentence, with its numerator and denominator in words."""
        spoken = words()
        return self.formula.sentence(
            spoken.sum_of(self.numerator, language),
            spoken.sum_of(self.denominator, language) or NO_PART[language],
            language,
        )

    def unit_name(self, language: str = "vi") -> str:
        """What people call the unit: "%", "hồ sơ"."""
        return words().units[self.unit][language]
