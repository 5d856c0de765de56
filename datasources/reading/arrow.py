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
    coded: Any = compute.dictionary_encode(column, null_encoding="encode")
    return np.asarray(coded.indices), coded.dictionary.to_pylist()


def spread(values: Sequence[object], places: NDArray[Any], kind: pa.DataType) -> Column:
    """A column that holds, in each row, the value at the row's place."""
    few: Any = pa.array(values, kind)
    column: Column = few.take(pa.array(places))
    return column


def filled(column: Column, value: object) -> Column:
    """The column with a value where it had none."""
    whole: Column = compute.fill_null(column, value) if column.null_count else column
    return whole


def first_given(columns: Sequence[Column]) -> Column:
    """In each row the first value that some column has."""
    column: Column = compute.coalesce(*columns)
    return column


def trimmed(texts: Column) -> Column:
    """Texts without the spaces around them, empty ones for none."""
    plain: Column = compute.utf8_trim_whitespace(filled(texts, ""))
    return plain


def is_given(column: Column) -> Flags:
    """Which rows hold a value."""
    return np.asarray(compute.is_valid(column))


def is_true(column: Column) -> Flags:
    """Which rows of a column of flags hold true."""
    return np.asarray(compute.fill_null(column, False))


def is_empty(column: Column) -> Flags:
    """Which rows hold nothing, or empty text."""
    if pa.types.is_string(column.type):
        return ~is_true(compute.not_equal(column, ""))
    return ~is_given(column)


def is_one_of(column: Chunked, values: Chunked) -> Flags:
    """Which rows hold one of some values."""
    return np.asarray(compute.is_in(column, value_set=values.combine_chunks()))
