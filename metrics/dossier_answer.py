"""A list of dossiers written down: the same for the command line, the API and the files."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.dossier import VIETNAM, Verdict
from metrics.answer import aligned, inert
from metrics.dossiers import COLUMNS, DossierRow
from metrics.drill import Drilled

TABLE = (
    "dossier_code",
    "procedure_code",
    "organisation",
    "area_id",
    "received_at",
    "due_at",
    "finished_at",
    "days_late",
    "verdict",
    "status",
)
"""What a table on a terminal shows of a dossier."""


def document(found: Drilled, offset: int = 0) -> dict[str, Any]:
    """The JSON document of a list: the number it explains, whether it does, and its rows.

    `dossiers` is how many there are in all, `total` what their shares add up to, `expected` the
    number as it is known now and `locked` as it was locked; missing is None.
    """
    question = found.question
    return {
        "snapshot": question.snapshot.version,
        "simulated": question.snapshot.simulated,
        "metric": found.metric.id,
        "part": found.part.value,
        "area": question.places.within.code,
        "area_name": question.places.within.name,
        "boundaries": question.selection.boundaries.value,
        "period_start": question.window.periods[0].start.isoformat(),
        "period_end": question.window.periods[0].end.isoformat(),
        "expected": found.expected,
        "locked": found.locked,
        "estimated": found.estimated,
        "complete": found.is_complete,
        "total": found.total,
        "dossiers": found.dossiers,
        "offset": offset,
        "rows": [plain(row) for row in found.rows],
    }


def plain(row: DossierRow) -> dict[str, Any]:
    """A dossier as JSON has it: the columns of COLUMNS, missing as None."""
    return {name: _plain(getattr(row, name)) for name in COLUMNS}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).isoformat()
    if isinstance(value, Verdict):
        return value.value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_csv(rows: Iterable[DossierRow]) -> str:
    """All columns under their names; codes come from any source, so no cell is a formula."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows(map(inert, plain(row).values()) for row in rows)
    return text.getvalue()


def as_table(found: Drilled) -> str:
    """Columns aligned for a terminal, and below them whether the list is complete."""
    rows = [list(TABLE), *([_cell(row, name) for name in TABLE] for row in found.rows)]
    return "\n".join([*aligned(rows), told(found)])


def _cell(row: DossierRow, name: str) -> str:
    value = getattr(row, name)
    if value is None:
        return "-"
    return f"{value.astimezone(VIETNAM):%Y-%m-%d}" if isinstance(value, datetime) else str(value)


def told(found: Drilled) -> str:
    """How many there are, and whether they explain the number, in a sentence."""
    shown, whole = f"{len(found.rows)} of {found.dossiers} dossiers", f"{found.total:g}"
    if found.expected is None:
        return f"{shown}; nobody knows the number itself yet."
    if not found.is_complete:
        return f"{shown}; they make up {whole}, and the {found.part} is {found.expected:g}."
    locked = "" if found.locked is None else f" It was locked as {found.locked:g}."
    return f"{shown}; the {found.part} is {whole}.{locked}"
