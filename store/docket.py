"""The docket: every dossier with its share in every count, for those who may see single ones.

It is published with the figures and named beside them in CURRENT.json, in files of its own that
nobody opens who may not read dossiers. It holds codes and dates, no person and no free text; a
code alone still leads to a person in its source system, so it is in no other published file.

A list must be as long as the number it explains. So each dossier is kept with the events that
measures/dossier.sql found in it, and a list is made of what a figure is made of. That takes three
short rows for each dossier, and saves the rules from being written a second time.

Publishing has half a second for some thousand changes among millions of dossiers, so the docket
is not copied: it is a row of parts, each with the dossiers its batches touched, and a dossier
stands in the newest part that has it. A new part takes in those before it that are no larger,
so that there are few, and each dossier is written again only a few times. The price is paid by
who reads: the first question to a docket looks up which dossiers of the older parts are
superseded. Once half of the first part is, everything is written anew.
The docket knows the present only: a list as of a past day cannot be given.
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from store.connection import Connection, Limits, connect_snapshot
from store.contents import read_whole
from store.deltas import GRAIN
from store.facts import FACTS, Count, counts
from store.growth import books_until
from store.handover import HEIRS, find_single_heirs, handed, moved
from store.lives import read_events
from store.pointer import Docket, Part, sha256_of
from store.schema import counted_anew, fingerprint_of, schema_version
from store.sql import drop_temporary, listed, quoted, run, scalar, sql_file
from store.tallies import net_noted, with_effects

RECORD = "dossier"
EVERYTHING = -1
"""Before the first batch."""
SMALL_ROWS, SUPERSEDED_SHARE = 20_000, 0.5
MOST_PARTS = 12
AT_ONCE = 400_000
"""So many rows of dossiers are looked through at once: all of them do not fit into memory."""

ATTACH = "attach '{path}' as part"
ATTACH_SMALL = "attach '{path}' as part (block_size 16384)"
DETACH = "detach part"

LAST_BATCH = "select coalesce(max(batch_id), 0) from batch"
TOUCHED = """
select count(*)
from (
    select source, dossier_code from dossier where batch_id > $since and known_to is null
    union
    select source, dossier_code from dossier_event where batch_id > $since
)
"""
ALL = """
select source, {fields}, known_from, batch_id
from dossier
where known_to is null
and rowid >= $first
and rowid < $end
"""
OF_BATCHES = f"{ALL}and batch_id > $since"

# Dossiers of which only new steps were told.
RETOLD = """
create or replace temp table docket_retold as
select distinct source, dossier_code
from dossier_event
where batch_id > $since
except
select source, dossier_code
from dossier
where batch_id > $since and known_to is null;
"""
OF_STEPS = f"""
union all
{ALL}and batch_id <= $since
and (source, dossier_code) in (from docket_retold)
"""
HAS_RETOLD = "select exists (from docket_retold)"

DOCKETED = """
create or replace temp table docketed as
select
    $numbered + row_number() over () as record_no,
    1 as sign,
    date '2000-01-01' as known_day,
    found.*
from ({found}) as found;

create or replace temp view version as
from docketed;

create or replace temp table event as
select docketed.record_no, step."at", step.status
from dossier_event as step
join docketed using (source, dossier_code)
where step.known_to is null;
"""
ROWS = "select coalesce(max(rowid), -1) + 1 from dossier"
NUMBERED = "select count(*) from docketed"
SUMS = """
select {sums}
from (select effect_id, count(*) as times from event group by effect_id)
join effect using (effect_id)
"""
RECORDS = """
create or replace temp view records as
select *, record_no * {heirs} as dimension_id from known;
"""


@dataclass(frozen=True)
class Written:
    """A docket, the file of its new part under its temporary name, and what that part counts.

    `path` is None where no dossier was touched, `sums` None where older parts count too, and
    `docket` None where figures alone are published.
    """

    docket: Docket | None
    path: Path | None = None
    sums: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Draft:
    """A docket that was written, and not yet read: `path` is the file of its new part, if any."""

    rules: str
    books: str
    kept: tuple[Part, ...]
    since: int
    until: int
    path: Path | None = None


def write_docket(
    connection: Connection, folder: Path, version: str, before: Docket | None
) -> Draft:
    """Write what the docket of a snapshot needs beside what there is already.

    Raises StoreError, duckdb.Error.
    """
    until = int(scalar(connection, LAST_BATCH))
    rules, books = _rules(connection), books_until(connection, until)
    kept = _kept(connection, folder, rules, before)
    if kept and not _touched(connection, kept[-1].until):
        *earlier, last = kept
        return Draft(rules, books, (*earlier, replace(last, until=until)), until, until)
    kept, since = _room_made(connection, kept)
    path = folder / f"{version.replace('ioc-', 'dossiers-')}.duckdb.tmp"
    path.unlink(missing_ok=True)
    _write(connection, path, since, until)
    return Draft(rules, books, kept, since, until, path)


def read_docket(draft: Draft) -> Written:
    """Read what was written whole; no statement of the warehouse may run meanwhile.

    DuckDB lets a file go only when the last statement that looked at all files has ended.
    Raises StoreError, duckdb.Error.
    """
    rules, books, kept = draft.rules, draft.books, draft.kept
    if draft.path is None:
        return Written(Docket(rules, books, kept))
    part, sums = _checked(draft.path, draft.since, draft.until)
    return Written(Docket(rules, books, (*kept, part)), draft.path, None if kept else sums)


def _kept(
    connection: Connection, folder: Path, rules: str, before: Docket | None
) -> tuple[Part, ...]:
    """The parts that still hold: none if the rules, the books or the files are other ones."""
    if before is None or not before.parts or before.rules != rules:
        return ()
    if before.books != books_until(connection, before.parts[-1].until):
        return ()
    paths = [(folder / part.file, part.bytes) for part in before.parts]
    whole = all(path.exists() and path.stat().st_size == size for path, size in paths)
    return before.parts if whole else ()


def _touched(connection: Connection, since: int) -> int:
    """How many dossiers the batches after one told of."""
    return int(scalar(connection, TOUCHED, {"since": since}))


def _room_made(connection: Connection, parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], int]:
    """The parts that stay beside a new one, and the batch that it begins after."""
    if not parts:
        return (), EVERYTHING
    first, *later = parts
    if _touched(connection, first.until) > SMALL_ROWS + SUPERSEDED_SHARE * first.rows:
        return (), EVERYTHING
    kept = [first, *later]
    while len(kept) > 1 and (
        kept[-1].rows < 2 * _touched(connection, kept[-1].until) or len(kept) >= MOST_PARTS
    ):
        kept.pop()
    return tuple(kept), kept[-1].until


def _write(connection: Connection, path: Path, since: int, until: int) -> None:
    names = {"path": str(path).replace("'", "''")}
    run(connection, ATTACH if since == EVERYTHING else ATTACH_SMALL, None, **names)
    try:
        numbered = 0
        for first, end in _ranges(connection, since):
            within = {"since": since, "first": first, "end": end, "numbered": numbered}
            numbered += _write_some(connection, within)
        run(
            connection,
            sql_file("docket.sql"),
            {"since": since, "until": until, "counting": fingerprint_of(connection, RECORD)},
        )
    finally:
        connection.execute(DETACH)


def _ranges(connection: Connection, since: int) -> list[tuple[int, int]]:
    """The places of the dossiers to be written: all at once where they are few."""
    rows = int(scalar(connection, ROWS))
    if rows <= AT_ONCE or _touched(connection, since) <= AT_ONCE:
        return [(0, rows)]
    return [(first, first + AT_ONCE) for first in range(0, rows, AT_ONCE)]


def _write_some(connection: Connection, within: Mapping[str, int]) -> int:
    """Write the dossiers in some places, and their events; how many dossiers they are."""
    count = counts()[RECORD]
    _number(connection, within)
    run(connection, count.known_sql)
    run(connection, RECORDS, None, heirs=str(HEIRS))
    begins = within["first"] == 0
    run(
        connection,
        sql_file("docket_some.sql"),
        within,
        into_event="create table part.event as" if begins else "insert into part.event",
        into_dossier="create table part.dossier as" if begins else "insert into part.dossier",
        heirs=str(HEIRS),
        noted=_events(connection, count),
        stocks=" + ".join(quoted(one) for one in count.stocks),
    )
    number = int(scalar(connection, NUMBERED))
    drop_temporary(connection)
    return number


def _number(connection: Connection, within: Mapping[str, int]) -> None:
    """Number the dossiers to be written, and gather the steps that are known of them."""
    fields = listed(FACTS[RECORD].columns)
    found = ALL.format(fields=fields)
    if within["since"] != EVERYTHING:
        run(connection, RETOLD, within)
        found = OF_BATCHES.format(fields=fields)
        if scalar(connection, HAS_RETOLD):
            found += OF_STEPS.format(fields=fields)
    run(connection, DOCKETED, within, found=found)


def _events(connection: Connection, count: Count) -> str:
    """The SQL of the events of `records`, each under whoever held its area on its day."""
    read_events(connection, count)
    if not find_single_heirs(connection):
        return "from noted"
    left = handed(count, with_effects(count, "from noted"))
    return f"{moved('from noted')} union all by name {net_noted(connection, count, GRAIN, left)}"


def _checked(path: Path, since: int, until: int) -> tuple[Part, Mapping[str, float]]:
    """The entry of a part that was read whole, and the sums of its measures.

    Raises StoreError, duckdb.Error.
    """
    names = counts()[RECORD].measures
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, path)
        checked = connect_snapshot(path, Limits(timeout_ms=0))
        try:
            read_whole(checked)
            sums = SUMS.format(sums=listed(names, "coalesce(sum({} * times), 0)"))
            found = checked.execute(sums).fetchone() or ()
            rows = int(scalar(checked, "select count(*) from dossier"))
        finally:
            checked.close()
        file = path.name.removesuffix(".tmp")
        part = Part(file, sha256.result(), path.stat().st_size, rows, since, until)
        return part, dict(zip(names, found, strict=True))


def _rules(connection: Connection) -> str:
    """Names what a docket is made by: other rules, and everything is written anew."""
    names = ("area", RECORD, counted_anew(RECORD))
    derived = [fingerprint_of(connection, name) for name in names]
    texts = (sql_file("docket.sql"), sql_file("docket_some.sql"), ALL, DOCKETED)
    told = repr((schema_version(connection), derived, texts))
    return hashlib.sha256(told.encode()).hexdigest()
