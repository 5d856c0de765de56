"""Tables and queries of other systems' databases, mapped by the stanza of the source.

Only the columns that fill fields are ever selected: what else a table holds stays where it is.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from datasources.base import Document, Note, Order, Parsed, Read, Reading, Rejected
from datasources.kinds.connecting import checked_url, read_only
from datasources.kinds.databases_config import SqlConfig
from datasources.kinds.selecting import WRONG, Selecting
from datasources.reading.arrow import Numbers, compute
from datasources.reading.mapped import EVENT, mapped, wanted
from datasources.reading.mapping import NEEDED
from datasources.reading.secret import read_secret


class Sql:
    """Databases."""

    id = "sql"
    config = SqlConfig
    records = tuple(NEEDED)
    tolerated = 0

    def fetch(self, config: SqlConfig, order: Order) -> Iterator[Document | Note]:
        """The rows, or those that changed since the last run, so many at a time."""
        password = None
        if config.password_file:
            path = order.home / config.password_file
            password = read_secret(path, order.source, "password_file")
        seconds = min(config.statement_seconds, order.seconds)
        url = checked_url(config.url)
        with read_only(url, order.home, order.source, password, seconds) as connection:
            yield from Selecting(config, order, connection).documents()

    def can_reread(self, config: SqlConfig) -> bool:
        """A table that tells when its rows changed can be read again from any instant on."""
        return config.updated is not None

    def parse(self, document: Document, config: SqlConfig, reading: Reading) -> Iterator[Parsed]:
        """Records and refusals; rows are counted from 1 in each part."""
        yield from mapped(Part(document, config), config, reading)


KIND = Sql()


class Part:
    """One part of a table, as texts under the stanza's names."""

    def __init__(self, document: Document, config: SqlConfig) -> None:
        with pa.ipc.open_stream(document.content) as stream:
            given = stream.read_all()
        self._fields = {name: field.removeprefix(EVENT) for field, name in wanted(config).items()}
        self._height = given.num_rows
        good = compute.is_null(given[WRONG])
        self._wrong = given[WRONG].to_pylist()
        self._texts = given.filter(good)
        self.rows: Numbers = np.flatnonzero(np.asarray(good)).astype(np.int64) + 1

    def told(self, record: str) -> Iterator[Read | Note | Rejected]:
        """The rows read, and those with what is no value."""
        yield Read(self._height)
        for row, wrong in enumerate(self._wrong, start=1):
            if wrong is not None:
                name, _, reason = wrong.rpartition("\n")
                yield Rejected(record, row, self._fields[name], "shape", reason)

    def table(self, columns: Mapping[str, str]) -> pa.Table:
        """The columns that fill fields, under the fields' names."""
        return pa.table([self._texts[name] for name in columns.values()], names=list(columns))
