"""Rows of any kind of source, mapped by its stanza: what files, answers and databases share.

A kind of source turns what it was given into texts under the names the stanza uses; from there
on every kind goes the same way, a block of rows at a time on each core.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from datasources.base import Columns, Note, Parsed, Read, Reading, Rejected
from datasources.reading.arrow import Numbers, compute, is_one_of, is_true
from datasources.reading.fields import Doubt, Forms, converted, translated
from datasources.reading.grouping import one_row_per_key, without_repeats
from datasources.reading.harmonise import Harmoniser, Rules
from datasources.reading.mapping import NEEDED, MappedConfig, mappable
from domain.errors import SourceError, suggestion
from domain.record import FieldType

CORES = 2
OF_FEW = (FieldType.TEXT, FieldType.INT, FieldType.FLAG, FieldType.MAYBE)
EVENT = "events."
CONFIGURATION = "config/sources.toml"
MANY = 20
MARKS = (";", "\t", "|")
NAMED = {"\t": "\\t"}


class Rows(Protocol):
    """What was delivered, as texts: its columns by the stanza's names, each row's number."""

    rows: Numbers

    def told(self, record: str) -> Iterator[Read | Note | Rejected]:
        """The rows read, what was passed over, and the rows that are no rows."""
        ...

    def table(self, columns: Mapping[str, str]) -> pa.Table:
        """The columns that fill fields, under the fields' names."""
        ...


def wanted(config: MappedConfig) -> dict[str, str]:
    """Every column a stanza asks for, by the field it fills; an event's are told by `events.`."""
    events = {f"{EVENT}{field}": name for field, name in config.events.items()}
    return {**config.columns, **events}


def repeating(config: MappedConfig) -> list[str]:
    """The fields whose few texts come again and again, where each row makes a record of its own."""
    if config.group_by or config.events:
        return []
    kinds, key = mappable(config.record), NEEDED[config.record][0]
    return [name for name in config.columns if name != key and kinds[name] in OF_FEW]


def kinds_of(config: MappedConfig) -> dict[str, FieldType]:
    """What the fields that a stanza may fill hold, an event's among them."""
    steps = mappable("dossier_event") if config.events else {}
    return {**steps, **mappable(config.record)}


def column_named(name: str, field: str, header: Sequence[str], source: str, document: str) -> str:
    """The column that the stanza calls `name` for a field, as it is written in a header.

    Raises SourceError with the nearest one.
    """
    found = [one for one in header if one.strip() == name.strip()]
    if len(found) == 1:
        return found[0]
    if found:
        fact = f"{document} has {len(found)} columns '{name}'"
        raise SourceError(source, fact, "Give each its own name")
    near = suggestion(name, header).strip()
    way_on = f"{near} " if near else f"Its columns are: {', '.join(header[:MANY])}. "
    if len(header) == 1 and (mark := next((one for one in MARKS if one in header[0]), None)):
        way_on += f"Is '{NAMED.get(mark, mark)}' its delimiter? "
    stanza, _, key = field.rpartition(".")
    place = f"[{source}.{stanza or 'columns'}] {key} in {CONFIGURATION}"
    if field == name:
        place = "the header: this kind of file has our own names"
    fact = f"{document} has no column '{name}'"
    raise SourceError(source, fact, f"{way_on}Correct {place}")


def mapped(delivered: Rows, config: MappedConfig, reading: Reading) -> Iterator[Parsed]:
    """The records that rows make, and the refusals."""
    yield from delivered.told(config.record)
    rules = rules_of(config)
    texts, rows = delivered.table(config.columns), delivered.rows
    doubts: list[Doubt] = []
    if config.group_by:
        texts, rows, doubts = grouped(texts, rows, config, rules)
    yield from harmonised(texts, rows, rules, reading, doubts)
    if config.events:
        rules = replace(rules, record="dossier_event", values=_event_values(config))
        yield from harmonised(*_steps(delivered, config, rules), rules, reading)


def rules_of(config: MappedConfig) -> Rules:
    """What a stanza says of how its rows are written."""
    by_second = config.deadline_precision == "second"
    patterns = config.formats and (*config.formats, *config.own_forms)
    forms = Forms(config.zone, patterns, config.decimal, day_end=by_second)
    return Rules(config.record, forms, config.values, config.within, config.deadline_precision)


def grouped(
    table: pa.Table, rows: Numbers, config: MappedConfig, rules: Rules
) -> tuple[pa.Table, Numbers, list[Doubt]]:
    """One row for each record; those of which some row holds no date or number where it should.

    What is chosen by size is read before it is compared: as texts, 9 is above 10.
    """
    key, kinds = NEEDED[rules.record][0], mappable(rules.record)
    doubted: list[tuple[Doubt, pa.Table]] = []
    for name, how in config.pick.items():
        if how in ("min", "max") and kinds[name] is not FieldType.TEXT:
            texts = translated(table[name].combine_chunks(), rules.values.get(name, {}))
            column, doubts = converted(name, kinds[name], texts, rules.forms)
            table = table.set_column(table.column_names.index(name), name, column)
            doubted += [(one, table.filter(pa.array(one.rows))) for one in doubts]
    table, rows = one_row_per_key(table, rows, key, config.pick)
    return (
        table,
        rows,
        [one._replace(rows=is_one_of(table[key], bad[key])) for one, bad in doubted],
    )


def harmonised(
    table: pa.Table,
    rows: Numbers,
    rules: Rules,
    reading: Reading,
    doubts: Sequence[Doubt] = (),
) -> Iterator[Columns | Rejected]:
    """The rows as records of one kind, a block at a time on each core, in their order.

    `doubts` are about rows of a table in which no row says what an earlier one said already.
    """
    table, rows = without_repeats(table, rows, NEEDED[rules.record][0])
    harmoniser = reading.memo.setdefault(f"rows {rules.record}", Harmoniser(rules, reading))
    with ThreadPoolExecutor(CORES) as pool:
        blocks = _blocks(table, rows, doubts)
        for records, refusals in pool.map(lambda block: harmoniser.records(*block), blocks):
            yield from refusals
            if records.num_rows:
                yield Columns(rules.record, records)


def _blocks(
    table: pa.Table, rows: Numbers, doubts: Sequence[Doubt]
) -> Iterator[tuple[pa.Table, Numbers, list[Doubt]]]:
    start = 0
    for batch in table.to_batches():
        part = slice(start, start + batch.num_rows)
        known = [one._replace(rows=one.rows[part]) for one in doubts]
        yield pa.Table.from_batches([batch]), rows[part], known
        start += batch.num_rows


def _steps(delivered: Rows, config: MappedConfig, rules: Rules) -> tuple[pa.Table, Numbers]:
    """The rows that are steps of a dossier: those whose status is not translated to nothing."""
    table = delivered.table({"dossier_code": config.columns["dossier_code"], **config.events})
    status = translated(table["status"].combine_chunks(), rules.values.get("status", {}))
    are_steps = is_true(compute.not_equal(status, ""))
    return table.filter(pa.array(are_steps)), delivered.rows[are_steps]


def _event_values(config: MappedConfig) -> dict[str, dict[str, str]]:
    """An event's status has its own translation where `values.event_status` gives one."""
    own = config.values.get("event_status", config.values.get("status"))
    return {"status": own} if own else {}
