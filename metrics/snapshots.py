"""The published state that values are asked of, for rooms that may not touch the store."""

import pandas as pd

from store import Snapshot, current_snapshot

__all__ = ["Snapshot", "current_snapshot", "rejections"]

REJECTIONS = """
select source, field, rule, reason, count(*) as count
from rejected
group by all
order by count desc, source, field, rule, reason
"""


def rejections(snapshot: Snapshot) -> pd.DataFrame:
    """Why records of the last batches were not believed, the most frequent reason first.

    Columns: source, field, rule, reason, count. Source: the snapshot's `rejected`.
    """
    return snapshot.frame(REJECTIONS)
