"""Versions that hold from one day to another: procedures and organisations."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from datasources.reading.arrow import Column, compute, filled, is_true
from datasources.reading.fields import Doubt

EVER = date.min
"""The first day of what has no beginning that anybody knows."""


def begun(fields: Mapping[str, Column], height: int) -> Column:
    """The first days of versions: since ever where none is told."""
    told = fields.get("valid_from", pa.nulls(height, pa.date32()))
    return filled(told, EVER)


def validity_doubts(fields: Mapping[str, Column]) -> list[Doubt]:
    """Versions that end on or before the day they begin; terms below nothing."""
    doubts: list[Doubt] = []
    if "valid_until" in fields:
        never = is_true(compute.less_equal(fields["valid_until"], fields["valid_from"]))
        doubts.append(Doubt("valid_until", "period", "is not after valid_from", never))
    if "term" in fields:
        negative = np.asarray(compute.less(filled(fields["term"], 0.0), 0.0))
        doubts.append(Doubt("term", "number", "is below 0", negative))
    return [one for one in doubts if one.rows.any()]
