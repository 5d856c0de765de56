"""The published state that values are asked of, for rooms that may not touch the store."""

import pandas as pd

from store import STANDARD, Limits, Progress, Snapshot, current_snapshot, progress_of

__all__ = [
    "STANDARD",
    "Limits",
    "Progress",
    "Snapshot",
    "current_snapshot",
    "progress_of",
    "rejected_rows",
    "rejections",
]

REJECTIONS = """
select source, field, rule, reason, count(*) as count
from rejected
group by all
order by count desc, source, field, rule, reason
"""
ROWS = """
select source, batch_id, finished_at, row_number, field, rule, reason
from rejected
join batch using (source, batch_id)
where source = $source
or $source = ''
order by source, batch_id desc, row_number, field
"""


def rejections(snapshot: Snapshot) -> pd.DataFrame:
    """Why records of the last batches were not believed, the most frequent reason first.

    Columns: source, field, rule, reason, count. Source: the snapshot's `rejected`.
    """
    return snapshot.frame(REJECTIONS)


def rejected_rows(snapshot: Snapshot, source: str = "") -> pd.DataFrame:
    """Every refused record of the last batches, of one source or of all: its row and the rule.

    Columns: source, batch_id, finished_at, row_number, field, rule, reason; never a value of the
    record. Source: the snapshot's `rejected` and `batch`.
    """
    return snapshot.frame(ROWS, {"source": source})
