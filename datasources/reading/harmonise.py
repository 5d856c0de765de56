"""A table of their texts becomes a table of our records: values, dates, organisations, areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from datasources.base import Reading, Rejected
from datasources.reading.arrow import Column, Flags, Numbers, coded_as, in_plain, is_text
from datasources.reading.fields import Doubt, Forms, converted, missing, translated
from datasources.reading.landing import schema
from datasources.reading.located import Locator
from datasources.reading.mapping import NEEDED, mappable
from datasources.reading.observation_rules import figure_doubts, stands_alone
from datasources.reading.procedure_versions import Versions
from datasources.reading.validity import begun, validity_doubts
from domain.record import RECORDS, FieldType


@dataclass(frozen=True)
class Rules:
    """How one source writes one kind of record.

    `within` is the province its names lie in; `standalone` says that its figures are never added.
    """

    record: str
    forms: Forms
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    within: str | None = None
    precision: str = "day"
    standalone: bool = False


class Harmoniser:
    """Turns the rows of one source into records of one kind."""

    def __init__(self, rules: Rules, reading: Reading, locator: Locator | None = None) -> None:
        self.rules = rules
        self.record = rules.record
        self._locator = locator or Locator(rules.record, rules.within, reading)
        keeps = rules.record == "procedure"
        self._versions = Versions.of(reading.home, reading.source) if keeps else None

    def records(
        self, table: pa.Table, rows: Numbers, doubts: Sequence[Doubt] = ()
    ) -> tuple[pa.Table, list[Rejected]]:
        """The records of a table whose columns have our names, and the refusals.

        `rows` are the numbers by which people find the rows in the file; `doubts` what is
        known of them already.
        """
        height = table.num_rows
        fields, wrong = self._fields(table)
        if self.record == "observation":
            wrong += figure_doubts(fields)
            fields["standalone"] = stands_alone(fields, height, always=self.rules.standalone)
        if "valid_from" in fields:
            wrong += validity_doubts(fields)
        places, lost = self._locator.places(fields, height)
        refused, refusals = self._refusals([*doubts, *wrong, *lost], rows, height)
        fields |= places
        if self.record == "organisation":
            fields["valid_from"] = begun(fields, height)
        names = [one.name for one in RECORDS[self.record]]
        columns = [
            fields.get(one.name, self._default(one.name, one.type, height))
            for one in RECORDS[self.record]
        ]
        records = pa.table(columns, names=names)
        if refused.any():
            # Texts that are each held once would stay behind with nobody to hold them.
            records = in_plain(records.filter(pa.array(~refused)))
        if self._versions is not None:
            records = self._versions.closed(records.cast(schema("procedure")))
        return records, refusals

    def _fields(self, table: pa.Table) -> tuple[dict[str, Column], list[Doubt]]:
        """Every mapped column as values of its field, places still as texts."""
        kinds = mappable(self.record)
        fields: dict[str, Column] = {}
        doubts: list[Doubt] = []
        for name in table.column_names:
            column: Column = table[name].combine_chunks()
            if pa.types.is_null(column.type):
                column = column.cast(pa.string())
            if values := self.rules.values.get(name):
                column = translated(column, values)
            if is_text(column):
                column, found = converted(name, kinds[name], column, self.rules.forms, self.record)
                doubts += found
            fields[name] = column
        for name in NEEDED[self.record]:
            doubts += missing(name, fields[name])
        return fields, doubts

    def _refusals(
        self, doubts: Sequence[Doubt], rows: Numbers, height: int
    ) -> tuple[Flags, list[Rejected]]:
        """Which rows are refused, and for each the first rule it breaks."""
        refused = np.zeros(height, dtype=np.bool_)
        refusals: list[Rejected] = []
        for name, rule, reason, wrong in doubts:
            new = rows[wrong & ~refused].tolist()
            refusals += [Rejected(self.record, row, name, rule, reason) for row in new]
            refused |= wrong
        return refused, refusals

    def _default(self, name: str, kind: FieldType, height: int) -> Column:
        """What a field holds that no column fills."""
        if name == "deadline_precision":
            return coded_as([self.rules.precision], np.zeros(height, dtype=np.int32))
        if kind is FieldType.TEXT:
            return coded_as([""], np.zeros(height, dtype=np.int32))
        if kind is FieldType.FLAG:
            return pa.repeat(False, height)
        return pa.nulls(height)
