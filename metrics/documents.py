"""Comparisons, restatements, rankings and findings as documents: the same for program and API."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from metrics import answer
from metrics.compare import Compared
from metrics.formula import Text
from metrics.quality import Finding
from metrics.restated import RESTATED, explanation

RANKED = (
    "rank", "ranked", "percentile", "not_ranked", "rank_before", "rank_change", "value_before",
    "peers", "peer_rank", "peer_ranked",
)  # fmt: skip
"""What a ranking says of each line, beside its value."""


def compared_document(found: Iterable[Compared]) -> list[dict[str, Any]]:
    """One mapping per basis; None is missing, `obstacle` says why there is no comparison."""
    return [
        {
            "basis": one.basis.value,
            "metric": one.metric,
            "period_start": one.span.start.isoformat(),
            "period_end": one.span.end.isoformat(),
            "value": one.value,
            "other": one.other,
            "difference": one.difference,
            "change": one.change,
            "share": one.share,
            "is_better": one.is_better,
            "rank": one.rank,
            "of": one.of,
            "other_start": one.other_span and one.other_span.start.isoformat(),
            "other_end": one.other_span and one.other_span.end.isoformat(),
            "with_what": _both(one.with_what),
            "obstacle": _both(one.obstacle),
            "caveat": _both(one.caveat),
        }
        for one in found
    ]


def restated_document(frame: pd.DataFrame, as_of: date) -> dict[str, Any]:
    """The document of a query, each value with what it was on a day and why it differs."""
    document = answer.document(frame)
    rows = frame.to_dict("records")
    for value, row in zip(document["values"], rows, strict=True):
        value |= {name: _plain(row[name]) for name in RESTATED}
        value["words"] = _both(explanation(row, as_of))
    return {"as_of": as_of.isoformat(), **document}


def ranking_document(listed: pd.DataFrame, frame: pd.DataFrame) -> dict[str, Any]:
    """The document of a query with its lines in order, each with its place or why it has none."""
    listed.attrs = frame.attrs
    document = answer.document(listed)
    for value, row in zip(document["values"], listed.to_dict("records"), strict=True):
        value |= {name: _plain(row[name]) for name in RANKED}
    return document


def findings_document(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """One mapping per finding: the figure, the rule, what was expected, and it all in words."""
    return [
        {
            "rule": one.rule,
            "metric": one.metric,
            "area_id": one.area_id,
            "area_name": one.area_name,
            "period_start": one.span.start.isoformat(),
            "period_end": one.span.end.isoformat(),
            "value": one.value,
            "expected": one.expected,
            "words": _both(one.words),
            "citation": one.citation,
        }
        for one in found
    ]


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"vi": text.vi, "en": text.en}


def _plain(value: Any) -> Any:
    """A number, a text, or None for what is missing."""
    if value is None or pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
