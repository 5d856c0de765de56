"""Meaning: what each figure is, how it is computed, and how it stands against its target.

`query` is the only way to a value: a Selection and a Scope in, a frame of values out, whose
columns COLUMNS documents. Definitions (definitions/*.toml) say what a metric means, formulas
(formula.py) how it is computed; neither holds SQL or expressions. `document`, `as_csv` and
`as_table` write a result down, the same for everyone.
"""

from metrics.answer import as_csv, as_table, document, values
from metrics.catalogue import Catalogue, DefinitionError, Metric, catalogue
from metrics.compare import Basis, Compared, compare, comparisons
from metrics.describe import catalogue_document, catalogue_markdown, catalogue_table
from metrics.frame import COLUMNS
from metrics.index766 import Index766, index766
from metrics.quality import Finding, findings
from metrics.query import query
from metrics.ranking import Order, ranking
from metrics.restated import restated
from metrics.rules import Rules, rules
from metrics.selection import By, Selection
from metrics.status import Reason, Status

__all__ = [
    "COLUMNS",
    "Basis",
    "By",
    "Catalogue",
    "Compared",
    "DefinitionError",
    "Finding",
    "Index766",
    "Metric",
    "Order",
    "Reason",
    "Rules",
    "Selection",
    "Status",
    "as_csv",
    "as_table",
    "catalogue",
    "catalogue_document",
    "catalogue_markdown",
    "catalogue_table",
    "compare",
    "comparisons",
    "document",
    "findings",
    "index766",
    "query",
    "ranking",
    "restated",
    "rules",
    "values",
]
