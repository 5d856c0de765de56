"""Reading a table or a query of another system's database, from where the last run left off."""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

import pyarrow as pa
from sqlalchemy import Connection, Row, Select, column, or_, select, table, text
from sqlalchemy.sql.expression import ColumnClause, FromClause, TextClause, and_

from datasources.base import Document, Note, Order
from datasources.kinds.databases_config import SqlConfig
from datasources.kinds.keyset import Position, earlier, in_form_of, moment_of, position_of
from datasources.reading.arrow import Column
from datasources.reading.mapped import EVENT, column_named, kinds_of, wanted
from datasources.reading.texts import ShapeError, column_of, epoch_text, text_of, texts_at_once
from domain.errors import RecordError, SourceError
from domain.record import FieldType

CHUNK = 20_000
SAMPLE = 1000
SHARE = 0.5
"""After this share of its time a run begins no new part; the next one goes on from there."""

WRONG = "\0"
"""The name of the column that says what is no value in a row; no other can be called so."""

Query: TypeAlias = "Select[*tuple[Any, ...]]"
DATES = (FieldType.INSTANT, FieldType.DATE)


class Selecting:
    """One run over one table or query."""

    def __init__(self, config: SqlConfig, order: Order, connection: Connection) -> None:
        self._config, self._order, self._connection = config, order, connection
        self._name = config.table or "query"
        self._stops = time.monotonic() + order.seconds * SHARE
        header = self._header()
        asked = dict.fromkeys(wanted(config).values())
        self._columns = [self._column(name, header) for name in asked]
        self._names = list(asked)
        self._dates = {
            name for field, name in wanted(config).items()
            if kinds_of(config)[field.removeprefix(EVENT)] in DATES
        }  # fmt: skip
        self._updated = config.updated and self._column(config.updated, header, "updated")
        self._key = config.key and self._column(config.key, header, "key")

    def documents(self) -> Iterator[Document | Note]:
        """Every part, the rows that do not tell when they changed last."""
        told = self._order.cursor.get("position")
        position = position_of(told) if told else None
        number = 0
        for rows, last in _with_last(self._parts(self._changed(position))):
            number += 1
            position = self._reached(position, rows, done=last) if self._updated else None
            yield self._document(rows, number, position, whole=last and not self._updated)
            if self._order.sample:
                return
            if self._key and not last and time.monotonic() > self._stops:
                yield Note("More rows are left; the next run goes on from there.")
                return
        if self._updated:
            without = self._select().where(column(self._updated).is_(None))
            for rows, last in _with_last(self._parts(without)):
                number += 1
                yield self._document(rows, number, position, whole=last)

    def _header(self) -> list[str]:
        """The names of the columns, as the database tells them."""
        nothing = select(text("*")).select_from(self._from()).where(text("1 = 0"))
        return list(self._connection.execute(nothing).keys())

    def _column(self, name: str, header: Sequence[str], field: str | None = None) -> str:
        """A column by the stanza's name for it; capitals do not matter where none is so named."""
        if name not in header:
            same = [one for one in header if one.lower() == name.lower()]
            if len(same) == 1:
                return same[0]
        field = field or next(key for key, value in wanted(self._config).items() if value == name)
        return column_named(name, field, header, self._order.source, self._name)

    def _from(self) -> FromClause | TextClause:
        if self._config.query is not None:
            # A last line that is a comment must not swallow the bracket.
            return text(f"(\n{_literal(self._config.query)}\n) given")
        schema, _, name = str(self._config.table).rpartition(".")
        return table(name, schema=schema or None)

    def _select(self) -> Query:
        extra = [one for one in (self._updated, self._key) if one]
        return select(*[column(one) for one in (*self._columns, *extra)]).select_from(self._from())

    def _changed(self, position: Position | None) -> Query:
        """What is to be read, in the order in which it can be gone on with."""
        asked = self._select()
        if not self._updated:
            return asked
        updated: ColumnClause[Any] = column(self._updated)
        order = [updated, *([column(self._key)] if self._key else [])]
        asked = asked.where(updated.is_not(None)).order_by(*order)
        if position is None:
            return asked
        again = position.done or self._order.reread_from is not None
        if again or not self._key or position.key is None:
            return asked.where(updated >= self._since(position))
        key: ColumnClause[Any] = column(self._key)
        further = and_(updated == position.updated, key > position.key)
        return asked.where(or_(updated > position.updated, further))

    def _since(self, position: Position) -> Any:
        overlap = timedelta(minutes=self._config.overlap_minutes if position.done else 0)
        try:
            return earlier(position.updated, overlap, self._config.zone, self._order.reread_from)
        except RecordError as error:
            raise self._unordered(error) from None

    def _parts(self, asked: Query) -> Iterator[Sequence[Row[Any]]]:
        if self._order.sample:
            asked = asked.limit(SAMPLE)
        with self._connection.execute(asked, execution_options={"stream_results": True}) as rows:
            yield from rows.partitions(CHUNK)

    def _reached(
        self, before: Position | None, rows: Sequence[Row[Any]], *, done: bool
    ) -> Position | None:
        """The position after some rows, never ahead of our own clock."""
        if not rows:
            return before and before._replace(done=done)
        place = len(self._columns)
        updated, key = rows[-1][place], rows[-1][place + 1] if self._key else None
        try:
            moment = moment_of(updated, self._config.zone)
            if moment is not None and moment > self._order.now:
                updated, key = in_form_of(updated, self._order.now, self._config.zone), None
        except RecordError as error:
            raise self._unordered(error) from None
        return Position(updated, key, done)

    def _unordered(self, error: RecordError) -> SourceError:
        fact = f"{self._config.updated} {error.message}"
        way_on = "Write query so that it is a timestamp, or a text such as 2026-01-31 08:00:00"
        return SourceError(self._order.source, fact, way_on)

    def _document(
        self, rows: Sequence[Row[Any]], number: int, position: Position | None, *, whole: bool
    ) -> Document:
        content = self._written(rows)
        remember = {"position": position.told()} if position else {}
        as_of = self._order.now if whole and self._config.live else None
        return Document(f"{self._name} {number}", content, remember, as_of)

    def _written(self, rows: Sequence[Row[Any]]) -> bytes:
        """The rows as a table of texts, and what is wrong in which."""
        wrong: list[str | None] = [None] * len(rows)
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(self._columns)
        columns = [
            self._texts(name, values, wrong)
            for name, values in zip(self._names, cells, strict=False)
        ]
        given = pa.table([*columns, column_of(wrong)], names=[*self._names, WRONG])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, given.schema) as writer:
            writer.write_table(given)
        return sink.getvalue().to_pybytes()

    def _texts(self, name: str, values: Sequence[Any], wrong: list[str | None]) -> Column:
        epoch = self._config.epoch if name in self._dates else None
        quick = None if epoch else texts_at_once(values)
        if quick is not None:
            return quick
        texts: list[str | None] = []
        for row, value in enumerate(values):
            try:
                meant = epoch_text(value, epoch) if epoch else value
                texts.append(text_of(meant, self._config.decimal))
            except ShapeError as error:
                texts.append(None)
                wrong[row] = wrong[row] or f"{name}\n{error}"
        return column_of(texts)


def _with_last(
    parts: Iterator[Sequence[Row[Any]]],
) -> Iterator[tuple[Sequence[Row[Any]], bool]]:
    """Each part, and whether it is the last; one empty part where there is none."""
    held: Sequence[Row[Any]] | None = None
    for part in parts:
        if held is not None:
            yield held, False
        held = part
    yield held or [], True


def _literal(query: str) -> str:
    """A query in which no colon stands for a parameter."""
    return query.replace(":", "\\:")
