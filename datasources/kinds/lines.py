"""Lines of JSON in which every mapped value is a text, read as one table: the usual export.

The quick way to what `Items` would say. It gives way to it at anything unusual: a value of
another type, a broken or an empty line, a key that no line has.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.json as arrow_json

from datasources.base import Document, Note, Read, Rejected
from datasources.kinds.items import BOM, LOOKED_AT, keys_not_read
from datasources.reading.arrow import Chunked, Numbers, compute
from datasources.reading.mapped import wanted
from datasources.reading.mapping import MappedConfig

BLOCK = 4 * 1024**2
PLAIN_KEY = re.compile(r"\w+")


class Lines:
    """Lines as texts under the stanza's names; rows are counted from 1."""

    def __init__(self, texts: Mapping[str, Chunked], unused: Sequence[str]) -> None:
        self._texts, self._unused = texts, unused
        height = len(next(iter(texts.values())))
        self.rows: Numbers = np.arange(1, height + 1)

    def told(self, record: str) -> Iterator[Read | Note | Rejected]:  # noqa: ARG002  (as in Rows)
        """The lines read, and the keys passed over."""
        yield Read(len(self.rows))
        yield from keys_not_read(self._unused)

    def table(self, columns: Mapping[str, str]) -> pa.Table:
        """The columns that fill fields, under the fields' names."""
        return pa.table([self._texts[path] for path in columns.values()], names=list(columns))


def quick_lines(
    document: Document, config: MappedConfig, optional: Sequence[str] = ()
) -> Lines | None:
    """The lines of a document, or None where they have to be looked at one by one."""
    columns = wanted(config)
    paths = {path: path.split(".") for path in columns.values()}
    if not all(PLAIN_KEY.fullmatch(part) for parts in paths.values() for part in parts):
        return None
    content = document.content.removeprefix(BOM)
    height = content.count(b"\n") + (not content.endswith(b"\n"))
    # Arrow's reader takes the process down over a `null` where a line should begin.
    if content.count(b"\n{") + content.startswith(b"{") != height:
        return None
    try:
        table = _read(content, _schema(list(paths.values())))
        texts = {path: _at(table, parts) for path, parts in paths.items()}
        for column in texts.values():
            column.validate(full=True)
        unused = _unused(content, {parts[0] for parts in paths.values()})
    except (pa.ArrowException, msgspec.MsgspecError, UnicodeError, TypeError):
        return None
    missing = any(
        texts[path].null_count == table.num_rows
        for field, path in columns.items()
        if field not in optional
    )
    return None if missing or table.num_rows != height else Lines(texts, unused)


def _read(content: bytes, schema: pa.Schema) -> pa.Table:
    return arrow_json.read_json(
        pa.BufferReader(content),  # type: ignore[arg-type]  # the stubs lack it
        arrow_json.ReadOptions(block_size=BLOCK),
        arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def _schema(paths: Sequence[Sequence[str]]) -> pa.Schema:
    """A column for each first key, of texts or of objects with more keys in them."""
    return pa.schema(_fields(paths))


def _fields(paths: Sequence[Sequence[str]]) -> "list[pa.Field[Any]]":
    inner: dict[str, list[Sequence[str]]] = {}
    for first, *rest in paths:
        inner.setdefault(first, []).extend([rest] if rest else [])
    return [
        pa.field(name, pa.struct(_fields(rest)) if rest else pa.string())
        for name, rest in inner.items()
    ]


def _at(table: pa.Table, parts: Sequence[str]) -> Chunked:
    first, *rest = parts
    column: Any = table[first]
    for part in rest:
        column = compute.struct_field(column, part)
    if not pa.types.is_string(column.type):
        raise TypeError(f"{first} is no text")
    found: Chunked = column
    return found


def _unused(content: bytes, read: set[str]) -> list[str]:
    """The keys of the first lines that no field asks for."""
    first = io.BytesIO(content)
    items = [msgspec.json.decode(line) for line, _ in zip(first, range(LOOKED_AT), strict=False)]
    return sorted({key for item in items for key in item} - read)
