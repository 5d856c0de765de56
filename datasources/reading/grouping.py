"""Several rows, one record: event logs repeat a case's columns on each of its events."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from datasources.reading.arrow import Chunked, Numbers, compute, in_plain
from datasources.reading.date_columns import Bytes, by_length

MIXER = np.uint64(0x9E3779B97F4A7C15)
ROW = "row number"
FIRST = "first"
WHOLE = compute.CountOptions(mode="only_valid")
GIVEN = compute.ScalarAggregateOptions(skip_nulls=True, min_count=1)


def without_repeats(table: pa.Table, rows: Numbers, key: str) -> tuple[pa.Table, Numbers]:
    """The table without rows that say of the same key what an earlier row said already."""
    if surely_different(table[key]):
        return table, rows
    numbered = in_plain(table).append_column(ROW, pa.array(rows))
    groups = numbered.group_by(table.column_names, use_threads=False).aggregate([(ROW, "min")])
    kept = compute.is_in(pa.array(rows), groups[f"{ROW}_min"].combine_chunks())
    return table.filter(kept), rows[np.asarray(kept)]


def surely_different(texts: Chunked) -> bool:
    """Whether no text comes twice. Equal hashes of two texts make it False: that is rare."""
    hashes = [_hashes(matrix) for chunk in texts.chunks for _, matrix in by_length(chunk)]
    if sum(len(one) for one in hashes) < len(texts):
        return False
    ordered = np.sort(np.concatenate(hashes)) if hashes else np.zeros(0, dtype=np.uint64)
    return not (ordered[1:] == ordered[:-1]).any()


def _hashes(matrix: Bytes) -> NDArray[np.uint64]:
    """64 bits for each row of bytes, eight bytes at a time."""
    height, width = matrix.shape
    padded = np.zeros((height, -(-width // 8) * 8), dtype=np.uint8)
    padded[:, :width] = matrix
    total = np.full(height, width, dtype=np.uint64)
    for word in padded.view(np.uint64).T:
        total = (total ^ word) * MIXER
        total ^= total >> np.uint64(29)
    return total


def one_row_per_key(
    table: pa.Table, rows: Numbers, key: str, pick: Mapping[str, str]
) -> tuple[pa.Table, Numbers]:
    """One row for each key, in the order of their first rows.

    A field takes its first value that is not empty, unless `pick` says last, min, max or count.
    """
    numbered = table.append_column(ROW, pa.array(rows))
    others = [name for name in table.column_names if name != key]
    wanted: list[Any] = [(name, *_aggregate(pick.get(name, FIRST))) for name in others]
    groups = numbered.group_by(key, use_threads=False).aggregate([*wanted, (ROW, "min")])
    names = [f"{name}_{how}" for name, how, _ in wanted]
    grouped = groups.select([key, *names]).rename_columns([key, *others])
    order = compute.sort_indices(groups[f"{ROW}_min"])
    numbers = np.asarray(groups[f"{ROW}_min"].combine_chunks())
    return grouped.take(order).select(table.column_names), numbers[np.asarray(order)]


def _aggregate(how: str) -> tuple[str, Any]:
    return (how, WHOLE) if how == "count" else (how, GIVEN)
