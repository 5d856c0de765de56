"""The few Arrow operations we use, with types that say what goes in and what comes out."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

Column: TypeAlias = "pa.Array[Any]"
Chunked: TypeAlias = "pa.ChunkedArray[Any]"
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]

compute: Any = pyarrow.compute

INSTANT = pa.timestamp("us", tz="UTC")
TEXTS = pa.dictionary(pa.int32(), pa.string())
"""Texts of which few differ: each once, and for each row the place of its own."""
PAUSES = pa.list_(pa.struct([("start", INSTANT), ("end", INSTANT)]))


class _NoPandas(MetaPathFinder):
    """Says of pandas that it is not installed."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def without_pandas() -> None:
    """Let this process do without pandas: Arrow loads it unasked, and that takes longest of all."""
    sys.meta_path.insert(0, _NoPandas())


def encoded(column: Column) -> tuple[NDArray[np.int32], list[Any]]:
    """The column's different values, None among them, and for each row the place of its own."""
    coded: Any = column
    if is_coded(column) and not column.null_count:
        return np.asarray(coded.indices), coded.dictionary.to_pylist()
    if is_coded(column):
        values = coded.dictionary.to_pylist()
        return np.asarray(filled(coded.indices, len(values))), [*values, None]
    coded = compute.dictionary_encode(column, null_encoding="encode")
    return np.asarray(coded.indices), coded.dictionary.to_pylist()


def coded_as(values: Sequence[str | None], places: NDArray[Any]) -> Column:
    """A column of texts that holds, in each row, the one at the row's place, still by its place."""
    missing = np.array([value is None for value in values], dtype=np.bool_)[places]
    indices: Any = pa.array(places.astype(np.int32), mask=missing if missing.any() else None)
    few = pa.array([value or "" for value in values], pa.string())
    column: Column = pa.DictionaryArray.from_arrays(indices, few)
    return column


def is_coded(column: Column) -> bool:
    """Whether a column's texts are each held once."""
    return pa.types.is_dictionary(column.type)


def is_text(column: Column) -> bool:
    """Whether a column holds texts, in whichever form."""
    return pa.types.is_string(column.type) or is_coded(column)


def plain(column: Column) -> Column:
    """The column with every row's text in its place."""
    whole: Column = column.cast(pa.string()) if is_coded(column) else column
    return whole


def spread(values: Sequence[object], places: NDArray[Any], kind: pa.DataType) -> Column:
    """A column that holds, in each row, the value at the row's place."""
    few: Any = pa.array(values, kind)
    column: Column = few.take(pa.array(places))
    return column


def in_plain(table: pa.Table) -> pa.Table:
    """The table with every text in its place."""
    form = [
        one.with_type(pa.string()) if pa.types.is_dictionary(one.type) else one
        for one in table.schema
    ]
    return table.cast(pa.schema(form))


def filled(column: Column, value: object) -> Column:
    """The column with a value where it had none."""
    whole: Column = compute.fill_null(column, value) if column.null_count else column
    return whole


def first_given(columns: Sequence[Column]) -> Column:
    """In each row the first value that some column has."""
    if len(columns) == 1:
        return columns[0]
    column: Column = compute.coalesce(*(plain(one) for one in columns))
    return column


def trimmed(texts: Column) -> Column:
    """Texts without the spaces around them, empty ones for none."""
    if is_coded(texts):
        places, values = encoded(texts)
        return coded_as([(value or "").strip() for value in values], places)
    short: Column = compute.utf8_trim_whitespace(filled(texts, ""))
    return short


def is_given(column: Column) -> Flags:
    """Which rows hold a value."""
    return np.asarray(compute.is_valid(column))


def is_true(column: Column) -> Flags:
    """Which rows of a column of flags hold true."""
    return np.asarray(compute.fill_null(column, False))


def is_empty(column: Column) -> Flags:
    """Which rows hold nothing, or empty text."""
    if is_text(column):
        return ~is_true(compute.not_equal(column, ""))
    return ~is_given(column)


def is_one_of(column: Chunked, values: Chunked) -> Flags:
    """Which rows hold one of some values."""
    return np.asarray(compute.is_in(column, value_set=values.combine_chunks()))
