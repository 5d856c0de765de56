"""CSV: a table's own values under their headings, as Excel opens them in Vietnamese.

Numbers have a decimal point, days are ISO, missing is empty. A text that a spreadsheet would
take for a formula is told apart by an apostrophe.
"""

import csv
import io
from datetime import datetime

from dashboards.exports.exhibit import Entry, Exhibit
from dashboards.format import ZONE
from metrics.answer import inert

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as Windows-1258


def delimited(exhibit: Exhibit) -> bytes:
    """The table; below it, after an empty line, what is said of it."""
    held = io.StringIO()
    lines = csv.writer(held, lineterminator="\r\n")
    table = exhibit.table
    if table is not None:
        lines.writerow([inert(column.heading) for column in table.columns])
        lines.writerows([_written(entry) for entry in row] for row in table.rows)
        lines.writerow([])
    lines.writerow([inert(exhibit.title)])
    lines.writerows([inert(name), inert(text)] for name, text in exhibit.facts)
    return (BYTE_ORDER_MARK + held.getvalue()).encode()


def _written(entry: Entry) -> str:
    value = entry.value
    if value is None:
        return ""
    if isinstance(value, str):
        return str(inert(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="seconds")
    return str(value)
