"""The catalogue as documents: JSON for programs, a table for terminals, docs/metrics.md."""

from collections.abc import Iterator
from typing import Any

from metrics.catalogue import Catalogue, Metric, subject_title
from metrics.formula import Text
from metrics.rules import Rules
from metrics.selection import DIMENSIONS
from metrics.targets import Target

INTRODUCTION = """\
# Danh mục chỉ tiêu · The metrics

<!-- Generated: python app.py metrics --format markdown > docs/metrics.md -->

Mỗi chỉ tiêu được định nghĩa một lần, trong `metrics/definitions/*.toml`; màn hình, tệp xuất, API
và cảnh báo đều đọc định nghĩa đó. Tỷ lệ của một địa bàn là tổng tử số chia tổng mẫu số của mọi
nơi bên trong, không bao giờ là trung bình các tỷ lệ. Số dư cộng theo địa bàn, không cộng theo
ngày. Thiếu số liệu là thiếu, không phải 0.

Each metric is defined once, in `metrics/definitions/*.toml`; screens, exports, the API and alerts
all read that definition. An area's rate is the sum of all numerators in it over the sum of all
denominators, never a mean of rates. Stocks are added over areas, never over days. Missing is
missing, not 0.
"""
HEADING = (
    "| Mức phải đạt · Target | Nơi · Where | Từ · From | Trước · Until | Quyết định · Decision |\n"
    "|---|---|---|---|---|"
)
BETTER = {
    "higher": Text("càng cao càng tốt", "higher is better"),
    "lower": Text("càng thấp càng tốt", "lower is better"),
    "neutral": Text("không đánh giá", "not judged"),
}


def catalogue_document(rules: Rules) -> dict[str, Any]:
    """Every metric with all its fields, its formula in words and its targets."""
    return {
        "version": rules.version,
        "metrics": [_metric(metric, rules) for metric in rules.catalogue],
    }


def _metric(metric: Metric, rules: Rules) -> dict[str, Any]:
    return {
        "id": metric.id,
        "subject": metric.subject,
        "name": _both(metric.name),
        "short": _both(metric.short),
        "meaning": _both(metric.meaning),
        "formula": metric.formula.id,
        "explanation": {"vi": metric.explanation("vi"), "en": metric.explanation("en")},
        "numerator": list(metric.numerator),
        "denominator": list(metric.denominator),
        "unit": metric.unit,
        "unit_name": {"vi": metric.unit_name("vi"), "en": metric.unit_name("en")},
        "better": metric.better.value,
        "tolerance": metric.tolerance,
        "smallest_grain": metric.smallest_grain.value,
        "levels": [level.value for level in metric.levels],
        "dimensions": ["area", *(by.value for by in DIMENSIONS[metric.record])],
        "aggregation": metric.aggregation.value,
        "legal_basis": _both(metric.legal_basis),
        "owner": metric.owner,
        "reviewed": metric.reviewed.isoformat(),
        "version": metric.version,
        "record": metric.record,
        "targets": [_target(target) for target in rules.targets.of(metric.id)],
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "level": target.level and target.level.value,
        "area": target.area and target.area.area_id,
        "area_name": target.area and target.area.full_name,
        "valid_from": target.valid_from and target.valid_from.isoformat(),
        "valid_until": target.valid_until and target.valid_until.isoformat(),
        "value": target.value,
        "decision": _both(target.decision),
    }


def _both(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


def catalogue_table(catalogue: Catalogue) -> str:
    """One line per metric: id, unit, formula, name."""
    rows = [(one.id, one.unit, one.formula.id, one.name.vi) for one in catalogue]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )


def catalogue_markdown(rules: Rules) -> str:
    """The whole of docs/metrics.md."""
    parts = [INTRODUCTION]
    for subject in rules.catalogue.subjects:
        title = subject_title(subject)
        parts.append(f"## {title.vi} · {title.en}\n")
        metrics = [metric for metric in rules.catalogue if metric.subject == subject]
        parts.extend("\n".join(_section(metric, rules)) for metric in metrics)
    return "\n".join(parts)


def _section(metric: Metric, rules: Rules) -> Iterator[str]:
    """One metric: both names, what it means, how it is computed, who says so, its targets."""
    better, near = BETTER[metric.better.value], f"{metric.tolerance:g}"
    yield f"### {metric.name.vi} · {metric.name.en}\n"
    yield f"`{metric.id}` · {metric.unit_name('vi')}, {better.vi} · {better.en}\n"
    yield f"{metric.meaning.vi}\n"
    yield f"{metric.meaning.en}\n"
    yield f"- {metric.explanation('vi')}"
    yield f"- {metric.explanation('en')}"
    yield f"- Căn cứ · Legal basis: {metric.legal_basis.vi} · {metric.legal_basis.en}"
    levels = ", ".join(metric.levels)
    yield f"- Cấp · Levels: {levels}; kỳ nhỏ nhất · finest: {metric.smallest_grain}"
    yield f"- Chủ trì · Owner: {metric.owner}; v{metric.version}, {metric.reviewed:%d/%m/%Y}"
    targets = rules.targets.of(metric.id)
    if targets:
        yield f"- Gần đạt trong khoảng · Near within: {near}\n"
        yield HEADING
        yield from map(_row, targets)
    yield ""


def _row(target: Target) -> str:
    where = " ".join([target.area.full_name if target.area else "", target.level or ""]).strip()
    days = [f"{day:%d/%m/%Y}" if day else "" for day in (target.valid_from, target.valid_until)]
    decision = f"{target.decision.vi} · {target.decision.en}"
    return f"| {target.value:g} | {' | '.join([where, *days])} | {decision} |"
