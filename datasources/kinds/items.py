"""One JSON answer or file as rows of texts: the columns that are asked for, by dotted path.

Nothing of an item is kept but the values at those paths.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from datasources.base import Document, Note, Read, Rejected
from datasources.reading.arrow import Column, Numbers
from datasources.reading.mapped import EVENT, kinds_of, wanted
from datasources.reading.mapping import MappedConfig
from datasources.reading.texts import (
    UNREADABLE,
    ShapeError,
    column_of,
    epoch_text,
    text_of,
    texts_at_once,
)
from domain.errors import SourceError, suggestion
from domain.record import FieldType

ABSENT = object()
ENOUGH = 20
"""Of so many items one at least has every key, unless the stanza calls it optional."""

MANY = 20
LOOKED_AT = 100
DATES = (FieldType.INSTANT, FieldType.DATE)
BOM = b"\xef\xbb\xbf"


def decoded(content: bytes, source: str, name: str) -> Any:
    """The value that JSON stands for. Raises SourceError, without quoting it."""
    try:
        return msgspec.json.decode(content.removeprefix(BOM))
    except RecursionError:
        fact = "holds JSON that is nested without end"
    except (msgspec.MsgspecError, UnicodeError):
        fact = "is no whole JSON: it may be cut off"
    if content.lstrip()[:1] == b"<":
        fact = "is a page for people, not JSON"
    raise SourceError(source, f"{name} {fact}", "Nothing of it is taken")


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path such as "data.items.0"; ABSENT where nothing does."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split(".") if path else ():
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isascii() and part.isdecimal():
            place = int(part[:9])
            value = value[place] if place < len(value) else ABSENT
        else:
            return ABSENT
    return value


def items_of(answer: Any, path: str, source: str, name: str) -> list[Any]:
    """The list at a path of an answer. Raises SourceError."""
    found = at(answer, path)
    if isinstance(found, list):
        return found
    place = f"at '{path}'" if path else "but something else"
    near = ""
    if found is ABSENT and isinstance(answer, dict):
        near = suggestion(path.partition(".")[0], answer).strip() or "Correct items in the stanza"
    raise SourceError(source, f"{name} holds no list {place}", near)


def lines_of(content: bytes, source: str, name: str) -> list[Any]:
    """An item for each line that is not empty; ABSENT for one that is no JSON. Raises SourceError.

    A last line that stops short means that the file was cut off.
    """
    lines = content.removeprefix(BOM).splitlines()
    found = [_line(line) for line in lines if line.strip()]
    if found and found[-1] is ABSENT and not content.endswith((b"\n", b"\r")):
        fact = f"{name} ends in the middle of line {len(lines)}"
        raise SourceError(source, fact, "Wait until it is copied whole, or export it again")
    return found


def _line(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except UNREADABLE:
        return ABSENT


class Items:
    """The items of one document, as texts under the stanza's names; rows are counted from 1.

    `epoch` is the unit of dates that are written as numbers, `optional` names fields that their
    sender may leave out.
    """

    def __init__(
        self,
        document: Document,
        items: Sequence[Any],
        config: MappedConfig,
        source: str,
        optional: Sequence[str] = (),
        epoch: str | None = None,
    ) -> None:
        self._name, self._source = document.name, source
        self._decimal, self._epoch = config.decimal, epoch
        self._items, self._columns, self._kinds = items, wanted(config), kinds_of(config)
        self._refuse_missing(optional)
        self._wrong: dict[int, tuple[str, str]] = {}
        objects = self._objects()
        self._texts: dict[tuple[str, bool], Column] = {}
        for field, path in self._columns.items():
            place = self._place(field, path)
            if place not in self._texts:
                values = [self._value(item, path) for _, item in objects]
                self._texts[place] = self._column(field, values, place, objects)
        good = np.array([row not in self._wrong for row, _ in objects], dtype=np.bool_)
        if not good.all():
            self._texts = {
                place: column.filter(pa.array(good)) for place, column in self._texts.items()
            }
        self.rows: Numbers = np.array([row for row, _ in objects], np.int64)[good]

    def told(self, record: str) -> Iterator[Read | Note | Rejected]:
        """The items read, the keys passed over, and the items that are not shaped like the rest."""
        yield Read(len(self._items))
        yield from keys_not_read(self._unused())
        for row, (field, reason) in sorted(self._wrong.items()):
            yield Rejected(record, row, field, "shape", reason)

    def table(self, columns: Mapping[str, str]) -> pa.Table:
        """The columns that fill fields, under the fields' names."""
        return pa.table(
            [self._texts[self._place(field, path)] for field, path in columns.items()],
            names=list(columns),
        )

    def _place(self, field: str, path: str) -> tuple[str, bool]:
        """Under which a column is kept: its path, and whether numbers in it may be dates."""
        return path, self._kinds[field.removeprefix(EVENT)] in DATES

    def _objects(self) -> list[tuple[int, dict[str, Any]]]:
        """The items that are objects, each with its number."""
        found = []
        for row, item in enumerate(self._items, start=1):
            if isinstance(item, dict):
                found.append((row, item))
            else:
                what = "is no JSON" if item is ABSENT else "is no object with keys"
                self._wrong[row] = "", what
        return found

    def _value(self, item: dict[str, Any], path: str) -> Any:
        found = item[path] if path in item else at(item, path)
        return None if found is ABSENT else found

    def _column(
        self,
        field: str,
        values: Sequence[Any],
        place: tuple[str, bool],
        objects: Sequence[tuple[int, Any]],
    ) -> Column:
        """A column of texts; of rows in which there is none, the reason is noted."""
        epoch = self._epoch if place[1] else None
        quick = None if epoch else texts_at_once(values)
        if quick is not None:
            return quick
        texts: list[str | None] = []
        for (row, _), value in zip(objects, values, strict=True):
            try:
                meant = epoch_text(value, epoch) if epoch else value
                texts.append(text_of(meant, self._decimal))
            except ShapeError as error:
                texts.append(None)
                self._wrong.setdefault(row, (field.removeprefix(EVENT), str(error)))
        return column_of(texts)

    def _refuse_missing(self, optional: Sequence[str]) -> None:
        """A key that no item has was renamed by its sender, or never was."""
        objects = [item for item in self._items if isinstance(item, dict)]
        if len(objects) < ENOUGH:
            return
        for field, path in self._columns.items():
            if field in optional or any(at(item, path) is not ABSENT for item in objects):
                continue
            keys = sorted({key for item in objects[:LOOKED_AT] for key in item})
            near = suggestion(path.partition(".")[0], keys).strip()
            stanza, _, key = field.rpartition(".")
            place = f"[{self._source}.{stanza or 'columns'}] {key} in config/sources.toml"
            raise SourceError(
                self._source,
                f"none of the {len(objects)} items of {self._name} has '{path}'",
                f"{near} Correct {place}, or name {field} under optional".strip(),
            )

    def _unused(self) -> list[str]:
        read = {path.split(".")[0] for path in self._columns.values()} | set(self._columns.values())
        objects = [item for item in self._items[:LOOKED_AT] if isinstance(item, dict)]
        return sorted({key for item in objects for key in item if key.isprintable()} - read)


def keys_not_read(unused: Sequence[str]) -> Iterator[Note]:
    """A note of the keys that no field asks for."""
    if unused:
        shown = ", ".join(unused[:MANY]) + (" …" if len(unused) > MANY else "")
        yield Note(f"Keys not read: {shown}.")
