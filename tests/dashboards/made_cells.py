"""Cells made by hand, for what only looks at them."""

from datetime import UTC, date, datetime
from typing import Any

from dashboards.cells import Cell
from domain.period import Span

MAY = Span(date(2026, 5, 1), date(2026, 6, 1))


def cell(value: float | None = 96.4, **fields: Any) -> Cell:
    """A cell of an on-time rate; near its target of 98 unless told otherwise."""
    standard: dict[str, Any] = {
        "metric": "on_time_rate_resolved",
        "area_id": "25@2025-07-01",
        "area": "25",
        "area_name": "Phú Thọ",
        "level": "province",
        "dimension_value": "",
        "period": MAY,
        "numerator": None if value is None else value * 10,
        "denominator": None if value is None else 1000.0,
        "value": value,
        "unit": "percent",
        "target": 98.0,
        "target_decision": "QĐ 1",
        "target_decision_en": "Decision 1",
        "status": "unknown" if value is None else "near",
        "status_reason": "missing" if value is None else "",
        "freshness": "fresh",
        "coverage": 1.0,
        "coverage_reported": 148.0,
        "coverage_expected": 148.0,
        "open": False,
        "reported": False,
        "as_reported": False,
        "estimated": False,
        "simulated": False,
        "citation": "",
        "definition_version": 1,
        "snapshot": "ioc-1",
        "sources": ("permits",),
        "data_as_of": datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    }
    return Cell(**{**standard, **fields})


def month(number: int) -> Span:
    return Span(date(2026, number, 1), date(2026, number + 1, 1))
