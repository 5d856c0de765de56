"""The closed list of formulas: how a metric's numerator and denominator become a value.

A definition picks one by its id and never writes an expression. Each formula says which
measures it may stand on, what it computes, and the sentence that explains it to a reader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from domain.errors import UnknownNameError
from domain.measure import Additivity

Numbers = npt.NDArray[np.float64]
Figures = tuple[Numbers, Numbers, Numbers]

FLOWS = frozenset({Additivity.SUM, Additivity.COHORT})
STOCKS = frozenset({Additivity.LAST})
WORKLOAD = FLOWS | STOCKS
UNADDABLE = frozenset({Additivity.NONE})


class Gathering(StrEnum):
    """How the counts of a cell are gathered before the formula is applied.

    FLOW     summed over the areas and the days of the period
    STOCK    summed over the areas, as they stand at the period's end
    OPENING  summed over the areas, as they stood when the period began, or the area in it
    LOOKUP   looked up for the very area and period: never summed, never restated
    """

    FLOW = "flow"
    STOCK = "stock"
    OPENING = "opening"
    LOOKUP = "lookup"


@dataclass(frozen=True)
class Text:
    """The same words in Vietnamese and in English."""

    vi: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True)
class Formula:
    """One way to a value.

    `divides` says whether it needs a denominator (None: it may have one), `additivities`
    which measures it may stand on. `figures(numerator, denominator, scale)` returns the
    numerator, denominator and value that are shown, NaN where there is none; `scale` is 100
    for percentages and 1 otherwise. `words` holds {numerator} and {denominator}.

    Where stocks are added to the flows of a period, `stocks` says how those of the numerator
    and those of the denominator are gathered: none is counted twice, as what was open when
    the period began and what came in it are exactly what could be worked on.
    """

    id: str
    divides: bool | None
    gathering: Gathering
    additivities: frozenset[Additivity]
    figures: Callable[[Numbers, Numbers, float], Figures]
    words: Text
    stocks: tuple[Gathering, Gathering] | None = None

    @property
    def is_middle(self) -> bool:
        """Whether the value is the median of single events (metrics/spread.py)."""
        return self.figures is _middle

    @property
    def takes_away(self) -> bool:
        """Whether the numerator is what is left of the denominator."""
        return self.figures is _complement

    def sentence(self, numerator: str, denominator: str, language: str = "vi") -> str:
        """The formula in words, given the words of its parts."""
        return self.words[language].format(numerator=numerator, denominator=denominator)


def _count(numerator: Numbers, denominator: Numbers, _scale: float) -> Figures:
    return numerator, denominator, numerator


def _quotient(numerator: Numbers, denominator: Numbers, scale: float) -> Figures:
    """Sum first, divide last; a denominator of 0 gives no value."""
    divisor = np.where(denominator == 0, np.nan, denominator)
    return numerator, denominator, scale * numerator / divisor


def _complement(numerator: Numbers, denominator: Numbers, scale: float) -> Figures:
    """What is left of the denominator once the numerator is taken away, so that parts fit."""
    return _quotient(denominator - numerator, denominator, scale)


def _middle(numerator: Numbers, denominator: Numbers, _scale: float) -> Figures:
    """No two sums tell the middle: it is looked for among the events themselves."""
    return numerator, denominator, np.full_like(numerator, np.nan)


_DIVISION = Text(
    vi="Tử số: {numerator}. Mẫu số: {denominator}. Giá trị = tử số ÷ mẫu số × 100; "
    "cộng số đếm của mọi nơi rồi mới chia.",
    en="Numerator: {numerator}. Denominator: {denominator}. Value = numerator ÷ denominator "
    "× 100; the counts of all places are summed before dividing.",
)

FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        formula.id: formula
        for formula in (
            Formula(
                "total",
                False,
                Gathering.FLOW,
                FLOWS,
                _count,
                Text(
                    vi="Tổng trong kỳ: {numerator}.",
                    en="Sum over the period: {numerator}.",
                ),
            ),
            Formula(
                "stock",
                False,
                Gathering.STOCK,
                STOCKS,
                _count,
                Text(
                    vi="Số dư cuối kỳ: {numerator}. Cộng theo địa bàn, không cộng theo ngày.",
                    en="Stock at the period's end: {numerator}. Added over places, "
                    "never over days.",
                ),
            ),
            Formula(
                "opening_stock",
                False,
                Gathering.OPENING,
                STOCKS,
                _count,
                Text(
                    vi="Số dư đầu kỳ: {numerator}. Cộng theo địa bàn, không cộng theo ngày.",
                    en="Stock when the period begins: {numerator}. Added over places, "
                    "never over days.",
                ),
            ),
            Formula("ratio", True, Gathering.FLOW, FLOWS, _quotient, _DIVISION),
            Formula(
                "ratio_with_open",
                True,
                Gathering.FLOW,
                WORKLOAD,
                _quotient,
                Text(
                    vi="Tử số: {numerator}. Mẫu số: {denominator}; phần còn dở lấy theo số dư "
                    "cuối kỳ. Giá trị = tử số ÷ mẫu số × 100.",
                    en="Numerator: {numerator}. Denominator: {denominator}; what is still open "
                    "is taken as it stands at the period's end. Value = numerator ÷ denominator "
                    "× 100.",
                ),
                stocks=(Gathering.STOCK, Gathering.STOCK),
            ),
            Formula(
                "complement_of_workload",
                True,
                Gathering.FLOW,
                WORKLOAD,
                _complement,
                Text(
                    vi="Mẫu số: {denominator}, phần còn dở lấy theo số dư đầu kỳ (kỳ trước chuyển "
                    "sang). Tử số: mẫu số trừ đi {numerator}, phần còn dở lấy theo số dư cuối kỳ. "
                    "Giá trị = tử số ÷ mẫu số × 100.",
                    en="Denominator: {denominator}, what is open taken as it stood when the period "
                    "began (carried over). Numerator: the denominator less {numerator}, what is "
                    "open taken as it stands at the period's end. Value = numerator ÷ denominator "
                    "× 100.",
                ),
                stocks=(Gathering.STOCK, Gathering.OPENING),
            ),
            Formula(
                "complement",
                True,
                Gathering.FLOW,
                FLOWS,
                _complement,
                Text(
                    vi="Tử số: {denominator}, trừ đi {numerator}. Mẫu số: {denominator}. "
                    "Giá trị = tử số ÷ mẫu số × 100.",
                    en="Numerator: {denominator}, less {numerator}. Denominator: {denominator}. "
                    "Value = numerator ÷ denominator × 100.",
                ),
            ),
            Formula(
                "average",
                True,
                Gathering.FLOW,
                FLOWS,
                _quotient,
                Text(
                    vi="Tử số: {numerator}. Mẫu số: {denominator}. Giá trị = tử số ÷ mẫu số.",
                    en="Numerator: {numerator}. Denominator: {denominator}. "
                    "Value = numerator ÷ denominator.",
                ),
            ),
            Formula(
                "median",
                True,
                Gathering.FLOW,
                FLOWS,
                _middle,
                Text(
                    vi="Xếp {denominator} của mọi nơi theo {numerator}, xét từng hồ sơ, văn bản; "
                    "giá trị là số ở giữa (trung vị), không phải trung vị của các trung vị. "
                    "Tử số: những hồ sơ, văn bản không lâu hơn số ở giữa. Mẫu số: {denominator}.",
                    en="The {denominator} of all places in the order of {numerator}, each by "
                    "itself; the value is the one in the middle (median), never a median of "
                    "medians. Numerator: those of no more than the middle. Denominator: "
                    "{denominator}.",
                ),
            ),
            Formula(
                "share_of_units",
                True,
                Gathering.STOCK,
                STOCKS,
                _quotient,
                Text(
                    vi="Tử số: {numerator}. Mẫu số: {denominator}. Giá trị = tử số ÷ mẫu số × 100, "
                    "theo lần báo cáo cuối cùng trong kỳ.",
                    en="Numerator: {numerator}. Denominator: {denominator}. Value = numerator ÷ "
                    "denominator × 100, as last reported in the period.",
                ),
            ),
            Formula(
                "ratio_of_stocks",
                True,
                Gathering.STOCK,
                STOCKS,
                _quotient,
                Text(
                    vi="Tử số: {numerator}. Mẫu số: {denominator}. Cả hai là số dư cuối kỳ. "
                    "Giá trị = tử số ÷ mẫu số × 100; cộng số đếm của mọi nơi rồi mới chia.",
                    en="Numerator: {numerator}. Denominator: {denominator}. Both as they stand at "
                    "the period's end. Value = numerator ÷ denominator × 100; the counts of all "
                    "places are summed before dividing.",
                ),
            ),
            Formula(
                "score",
                False,
                Gathering.LOOKUP,
                UNADDABLE,
                _count,
                Text(
                    vi="Điểm được công bố cho chính địa bàn và kỳ này; không cộng, "
                    "không lấy trung bình.",
                    en="The score published for this very area and period; never added "
                    "or averaged.",
                ),
            ),
            Formula(
                "reported",
                None,
                Gathering.LOOKUP,
                UNADDABLE,
                _quotient,
                Text(
                    vi="Theo báo cáo cho chính địa bàn và kỳ này: {numerator}, chia cho "
                    "{denominator} nếu có; chỉ có tỷ lệ thì ghi lại tỷ lệ, không tính lại "
                    "và không cộng.",
                    en="As reported for this very area and period: {numerator}, divided by "
                    "{denominator} where there is one; a bare rate is repeated, never recomputed "
                    "or added.",
                ),
            ),
        )
    }
)


def formula(formula_id: str) -> Formula:
    """One formula. Raises UnknownNameError with the nearest names."""
    if formula_id not in FORMULAS:
        raise UnknownNameError("formula", formula_id, FORMULAS)
    return FORMULAS[formula_id]
