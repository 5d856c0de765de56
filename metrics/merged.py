"""Scores of a merged area before the merger: the mean of those it was made of, and said so.

Official practice for the digital transformation index of a province merged in 2025: until it has
a score of its own, the arithmetic mean of the scores of the provinces before. It is nobody's
published score, so every figure made this way is marked, and its citation names whose it is of.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from domain.area import Area, Boundaries, Level
from metrics.metric import Aggregation, Metric
from metrics.observed import delivered
from metrics.question import Question

WORDS = "Trung bình cộng của {names}; không phải điểm được công bố"
KEYS = ["metric", "area", "period"]


def merged_averages(
    question: Question, metrics: Sequence[Metric], rows: pd.DataFrame
) -> pd.DataFrame:
    """Rows like `rows`, of today's areas and periods that began before their merger.

    Only where `rows` has nothing of its own, and every area it was made of has a score.
    """
    asked = [one.id for one in metrics if one.aggregation is Aggregation.MERGED_AVERAGE]
    made_of = {number: _before(question, area) for number, area in _merged(question)}
    if not asked or not made_of:
        return rows.iloc[:0]
    old = {area.area_id: area for areas in made_of.values() for area in areas}
    before = replace(question, places=replace(question.places, areas=tuple(old.values())))
    told = delivered(before, asked)
    told = told[~told["standalone"]].drop_duplicates(KEYS)
    held = set(rows[KEYS].itertuples(index=False, name=None))
    found = []
    for number, areas in made_of.items():
        of_these = told[told["area_id"].isin([area.area_id for area in areas])]
        for _, scores in of_these.groupby(["metric", "period"]):
            metric, period = scores["metric"].iloc[0], int(scores["period"].iloc[0])
            is_whole = len(scores) == len(areas) and _is_before(question, number, period)
            if is_whole and (metric, number, period) not in held:
                found.append(_average(question, number, areas, scores))
    return pd.DataFrame(found, columns=[*rows.columns]) if found else rows.iloc[:0]


def _merged(question: Question) -> list[tuple[int, Area]]:
    """The provinces asked for that were made of several, with their numbers."""
    if question.selection.boundaries is not Boundaries.TODAY:
        return []
    return [
        (number, area)
        for number, area in enumerate(question.places.areas)
        if area.level is Level.PROVINCE and len(_before(question, area)) > 1
    ]


def _before(question: Question, area: Area) -> list[Area]:
    """The provinces an area was made of, in the order of the register."""
    changes = question.register.predecessors(area.area_id)
    old = (question.register.get(one.old_id) for one in changes if one.is_default)
    return [one for one in old if one.level is area.level]


def _is_before(question: Question, number: int, period: int) -> bool:
    """Whether a period began before the area did."""
    begun = question.places.areas[number].valid_from
    return begun is not None and question.window.periods[period].start < begun


def _average(
    question: Question, number: int, areas: Sequence[Area], scores: pd.DataFrame
) -> dict[Hashable, Any]:
    """One row: the mean, whose it is of, and where those were published."""
    names = ", ".join(area.version(None).name for area in areas)
    where = sorted({text for text in scores["citation"].fillna("") if text})
    first = scores.iloc[0].to_dict()
    return first | {
        "area_id": question.places.areas[number].area_id,
        "area": number,
        "value": float(scores["value"].mean()),
        "citation": "; ".join([WORDS.format(names=names), *where]),
        "averaged": True,
        "rests_on": tuple(sorted({*scores["source"]})),
    }
