"""Reading the docket: its parts behind one connection, as if they were one.

`dossier` has one row per dossier as it is known now, `id` its number; `step` what it adds to each
measure, on which day and in which area, by `id`; `batch` the batches that told of them;
`area_link` what each area counts towards and `working_day` the working calendar, as in every
snapshot.
"""

from pathlib import Path

import duckdb

from domain.errors import StoreError
from store.connection import Connection, Limits, connect_docket
from store.pointer import Docket, is_intact
from store.snapshot import Reader
from store.sql import run

PART_BITS = 40
"""A dossier's id is the number of its part, and its own number in these lowest bits."""

# What newer parts tell anew.
GONE = """
create table gone_{number} as
select dossier_no
from part_{number}.dossier
where (source, dossier_code) in ({newer});
"""
NEWER = "select source, dossier_code from part_{number}.dossier"

STANDING = "where dossier_no not in (from gone_{number})"
ROWS = """
select {number} * (1::bigint << {bits}) + dossier_no as id, * exclude (dossier_no)
from part_{number}.{table}
{standing}"""
VIEW = "create view {table} as {rows}"
BATCHES = "select * from part_{number}.batch"
SHARED = """
create view step as
select event.* exclude (effect_id), effect.* exclude (effect_id)
from event
join part_{last}.effect using (effect_id);

create view area_link as from part_0.area_link;

create view working_day as from part_0.working_day;

create view about as from part_{last}.about;
"""


class DocketReader(Reader):
    """The connection to the docket of one snapshot, opened by the first question to it."""

    def __init__(self, folder: Path, docket: Docket, limits: Limits) -> None:
        super().__init__(folder / docket.parts[-1].file, limits)
        self._parts = tuple((folder / part.file, part.sha256) for part in docket.parts)

    @property
    def paths(self) -> frozenset[Path]:
        return frozenset(path for path, _ in self._parts)

    def _connect(self) -> Connection:
        self._refuse_inherited()
        for path, sha256 in self._parts:
            refuse_damaged(path, sha256)
        try:
            return connect_docket([path for path, _ in self._parts], _joined, self.limits)
        except duckdb.Error as error:
            raise StoreError(f"{self.path} cannot be opened: {error}") from error


def refuse_damaged(path: Path, sha256: str) -> None:
    """Read a part once per process, to know that it is the one published. Raises StoreError."""
    way_on = f"Remove it, and publish again: python app.py collect --once ({path})"
    try:
        intact = is_intact(path, sha256)
    except OSError as error:
        raise StoreError(
            f"The list of dossiers cannot be read: {error.strerror}. {way_on}"
        ) from error
    if not intact:
        raise StoreError(f"The list of dossiers is damaged. {way_on}")


def _joined(connection: Connection, number: int) -> None:
    """Make one table of the parts: a dossier stands in the newest part that has it."""
    for one in range(number - 1):
        newer = " union all ".join(NEWER.format(number=more) for more in range(one + 1, number))
        run(connection, GONE, None, number=str(one), newer=newer)
    for table in ("dossier", "event"):
        rows = "union all".join(
            ROWS.format(
                number=one,
                bits=PART_BITS,
                table=table,
                standing=STANDING.format(number=one) if one < number - 1 else "",
            )
            for one in range(number)
        )
        run(connection, VIEW, None, table=table, rows=rows)
    batches = " union ".join(BATCHES.format(number=one) for one in range(number))
    run(connection, VIEW, None, table="batch", rows=batches)
    run(connection, SHARED, None, last=str(number - 1))
