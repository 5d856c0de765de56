"""The area register as tables, so that SQL can check areas and roll facts up through them."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa

from domain.area import AreaRegister, Boundaries
from store.connection import Connection
from store.schema import fingerprint_of, remember_fingerprint
from store.sql import run, transaction

FIRST_DAY = date.min
NO_END = date.max

AREA = ("area_id", "code", "level", "name", "full_name", "valid_from", "valid_until")
LINK = ("boundaries", "area_id", "level", "ancestor_id", "valid_from", "valid_until", "estimated")
CHANGE = (
    "old_id",
    "new_id",
    "change_kind",
    "part",
    "is_default",
    "effective_from",
    "legal_basis",
    "share_note",
)
TENURE = ("area_id", "holder_no", "holder_id", "holder_level", "valid_from", "valid_until")

REPLACE = """
delete from {table};

insert into {table} by name select * from arriving;
"""


def write_areas(connection: Connection, register: AreaRegister) -> None:
    """Replace the area tables by what the register holds now, if that has changed."""
    tables = area_tables(register)
    fingerprint = _fingerprint(tables)
    if fingerprint == fingerprint_of(connection, "area"):
        return
    with transaction(connection):
        for table, rows in tables.items():
            connection.register("arriving", rows)
            run(connection, REPLACE, table=table)
            connection.unregister("arriving")
        remember_fingerprint(connection, "area", fingerprint)


@lru_cache(maxsize=2)
def area_tables(register: AreaRegister) -> dict[str, pa.Table]:
    """The register as it is kept: areas, what each counts towards, what each became."""
    return {
        "area": _table(AREA, _areas(register)),
        "area_link": _table(LINK, _links(register)),
        "area_change": _table(CHANGE, _changes(register)),
        "tenure": _table(TENURE, _tenures(register)),
    }


def _areas(register: AreaRegister) -> Iterator[tuple[Any, ...]]:
    for area in register.areas.values():
        days = (area.valid_from or FIRST_DAY, area.valid_until or NO_END)
        yield (area.area_id, area.code, str(area.level), area.name, area.full_name, *days)


def _links(register: AreaRegister) -> Iterator[tuple[Any, ...]]:
    for boundaries in Boundaries:
        for link in register.closure(boundaries):
            days = (link.valid_from or FIRST_DAY, link.valid_until or NO_END)
            ancestor = (str(link.level), link.ancestor_id)
            yield (str(boundaries), link.area_id, *ancestor, *days, link.estimated)


def _tenures(register: AreaRegister) -> Iterator[tuple[Any, ...]]:
    """Who holds what was open in an area after its end: its heir, then the heir's heir."""
    for area in register.areas.values():
        holder, number = area, 0
        while (heir := register.heir(holder.area_id)) is not None:
            begins = max(area.valid_until or NO_END, holder.valid_until or NO_END)
            number += 1
            if heir.valid_until is None or heir.valid_until > begins:
                ends = heir.valid_until or NO_END
                yield (area.area_id, number, heir.area_id, str(heir.level), begins, ends)
            holder = heir


def _changes(register: AreaRegister) -> Iterator[tuple[Any, ...]]:
    for change in register.changes:
        yield tuple(getattr(change, column) for column in CHANGE)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    held = list(rows)
    return pa.table({column: [row[place] for row in held] for place, column in enumerate(columns)})


def _fingerprint(tables: dict[str, pa.Table]) -> str:
    digest = hashlib.sha256()
    for table in tables.values():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        digest.update(sink.getvalue())
    return digest.hexdigest()
