"""Delimited files (CSV): mapped by the stanza of the source, a block at a time on each core."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Literal

import pyarrow as pa
from pydantic import Field

from datasources.arrow import Numbers, compute, is_one_of, is_true
from datasources.base import Columns, Document, Note, Order, Parsed, Reading, Rejected
from datasources.delivered import Delivered, Style
from datasources.fields import Doubt, Forms, converted, translated
from datasources.files import new_files
from datasources.grouping import one_row_per_key, without_repeats
from datasources.harmonise import Harmoniser, Rules
from datasources.mapping import NEEDED, MappedConfig, mappable
from domain.record import FieldType

CORES = 2


class CsvConfig(MappedConfig):
    """Keys of a CSV source."""

    kind: Literal["csv"]
    path: str
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)


class Delimited:
    """Files of rows with a header."""

    id = "csv"
    config = CsvConfig
    records = ("dossier", "dossier_event", "document", "document_status", "observation")
    tolerated = 0

    def fetch(self, config: CsvConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed files of `path`."""
        yield from new_files(config.path, order, suffixes=(".csv",))

    def parse(self, document: Document, config: CsvConfig, reading: Reading) -> Iterator[Parsed]:
        """Records and refusals; row numbers as a spreadsheet shows them, the header being row 1."""
        events = {f"events.{key}": name for key, name in config.events.items()}
        style = Style(config.encoding, config.delimiter)
        table = Delivered(document, reading.source, style, {**config.columns, **events})
        yield from table.told(config.record)
        rules = rules_of(config)
        texts, rows = table.table(config.columns), table.rows
        doubts: list[Doubt] = []
        if config.group_by:
            texts, rows, doubts = grouped(texts, rows, config, rules)
        yield from harmonised(texts, rows, rules, reading, doubts)
        if config.events:
            rules = replace(rules, record="dossier_event", values=_event_values(config))
            yield from harmonised(*_steps(table, config, rules), rules, reading)


KIND = Delimited()


def rules_of(config: MappedConfig) -> Rules:
    """What a stanza says of how its files write things."""
    by_second = config.deadline_precision == "second"
    forms = Forms(config.zone, config.formats, config.decimal, day_end=by_second)
    return Rules(config.record, forms, config.values, config.within, config.deadline_precision)


def grouped(
    table: pa.Table, rows: Numbers, config: CsvConfig, rules: Rules
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


def _steps(delivered: Delivered, config: CsvConfig, rules: Rules) -> tuple[pa.Table, Numbers]:
    """The rows that are steps of a dossier: those whose status is not translated to nothing."""
    table = delivered.table({"dossier_code": config.columns["dossier_code"], **config.events})
    status = translated(table["status"].combine_chunks(), rules.values.get("status", {}))
    are_steps = is_true(compute.not_equal(status, ""))
    return table.filter(pa.array(are_steps)), delivered.rows[are_steps]


def _event_values(config: CsvConfig) -> dict[str, dict[str, str]]:
    """An event's status has its own translation where `values.event_status` gives one."""
    own = config.values.get("event_status", config.values.get("status"))
    return {"status": own} if own else {}
