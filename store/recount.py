"""Counting anew: what is known counted once more by other rules, a range of keys at a time.

Millions of dossiers do not fit into memory at once, and counting them takes minutes in which
anything may end the program. So each range is counted into tables beside those that hold, and
committed; whoever opens the warehouse next goes on after it. The last step puts the new tables
in the place of the old ones. Until then nothing is loaded or published, and everybody reads
the last snapshot.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from store.connection import Connection
from store.deltas import Due, append, make_empty, replace_tables
from store.facts import FACTS, Count
from store.growth import books_until
from store.joined import join_history
from store.schema import counted_anew, remember_fingerprint
from store.sql import drop_temporary, listed, matched, quoted, run, scalar, transaction

ANEW = 0
"""Stands for the batches whose deltas were made once more."""
SAMPLES = 1000
"""In each part about so many rows are looked at, so that all are of about the same size."""

# Made for one kind of record at a time; gone when it is counted.
PARTS = """
create or replace table recount_part as
with sampled as (
    {sampled}
),
placed as (
    select name, row_number() over (order by name) as place from sampled
),
beginning as (
    select distinct name
    from placed
    where place % $step = 0
    union all
    select null
)
select
    cast($record as varchar) as record,
    cast($fingerprint as varchar) as fingerprint,
    cast($books as varchar) as books,
    row_number() over (order by name nulls first) as part,
    name as "from",
    lead(name) over (order by name nulls first) as until,
    false as is_counted
from beginning;
"""
SAMPLE = "select {key} as name from {table} where rowid % $every = 0"
IS_BEGUN = "select exists (from duckdb_tables() where table_name = 'recount_part')"
IS_OURS = """
select exists (
    from recount_part
    where record = $record and fingerprint = $fingerprint and books = $books
)
"""
LAST_BATCH = "select coalesce(max(batch_id), 0) from batch"
LEFT = """
select part, "from", until from recount_part where not is_counted order by part
"""
NUMBER = "select count(*) from recount_part"
IS_COUNTED = "update recount_part set is_counted = true where part = $part"

FROM, UNTIL = "{key} >= $from", "{key} < $until"

# Each record as it was just before and at each moment it, or a step of it, became known.
STATES = """
create or replace temp table moments as
select
    row_number() over () as record_no,
    moments.*,
    cast(at_moment as date) as known_day
from ({moments}) as moments;

create or replace temp table known_version as
select record_no, 1 as sign, moments.known_day, moments.source, {fields}
from moments join (from {record} where {in_part}) as fact on {same}
where known_from <= at_moment and (known_to is null or known_to > at_moment)
union all
select -record_no, -1, moments.known_day, moments.source, {fields}
from moments join (from {record} where {in_part}) as fact on {same}
where known_from < at_moment and (known_to is null or known_to >= at_moment);

create or replace temp view version as
from known_version;
"""
MOMENTS = """
select source, {keys}, known_from as at_moment from {table} where {in_part}
union
select source, {keys}, known_to from {table} where known_to is not null and {in_part}
"""
STEPS = """
create or replace temp table event as
select record_no, "at", status
from moments join (from {steps} where {in_part}) as fact using (source, {key})
where known_from <= at_moment and (known_to is null or known_to > at_moment)
union
select -record_no, "at", status
from moments join (from {steps} where {in_part}) as fact using (source, {key})
where known_from < at_moment and (known_to is null or known_to >= at_moment);
"""


def recount(connection: Connection, due: Due, rows: int, tell: Callable[[int, int], None]) -> None:
    """Make the deltas of a record once more from its facts, as if each batch came again.

    About so many `rows` of facts are counted in one transaction. `tell` hears how many parts are
    counted, and of how many.
    """
    _begin(connection, due, rows)
    anew, number = replace(due.count, is_anew=True), int(scalar(connection, NUMBER))
    left = connection.execute(LEFT).fetchall()
    for place, (part, since, until) in enumerate(left, number - len(left)):
        tell(place, number)
        with transaction(connection):
            _count(connection, anew, {"from": since, "until": until})
            run(connection, IS_COUNTED, {"part": part})
        drop_temporary(connection)
    with transaction(connection):
        replace_tables(connection, due.count)
        run(connection, "drop table recount_part")
        remember_fingerprint(connection, due.record, due.fingerprint)
        remember_fingerprint(connection, counted_anew(due.record), uuid4().hex)
    tell(number, number)


def _begin(connection: Connection, due: Due, rows: int) -> None:
    """Divide what is known into parts, unless another run has got further with the same."""
    books = books_until(connection, int(scalar(connection, LAST_BATCH)))
    ours = {"record": due.record, "fingerprint": due.fingerprint, "books": books}
    if scalar(connection, IS_BEGUN) and scalar(connection, IS_OURS, ours):
        return
    key, count = quoted(FACTS[due.count.facts[0]].keys[0]), due.count
    sampled = "\n    union all\n    ".join(
        SAMPLE.format(key=key, table=table) for table in count.facts
    )
    every = max(rows // SAMPLES, 1)
    with transaction(connection):
        run(connection, PARTS, ours | {"every": every, "step": rows // every}, sampled=sampled)
        make_empty(connection, replace(count, is_anew=True))


def _count(connection: Connection, count: Count, within: dict[str, str | None]) -> None:
    """Count the records whose keys lie within a range, as they were known at every moment."""
    fact = FACTS[count.facts[0]]
    key = quoted(fact.keys[0])
    if count.joined:
        join_history(connection, within, _in_part(key, within))
        append(connection, count, ANEW)
        return
    keys, in_part = listed(fact.keys), _in_part(key, within)
    run(
        connection,
        STATES,
        within,
        record=count.record,
        fields=listed(fact.columns, "fact.{}"),
        same=matched(("source", *fact.keys), "fact", "moments"),
        in_part=in_part,
        moments=" union ".join(
            MOMENTS.format(keys=keys, table=table, in_part=in_part) for table in count.facts
        ),
    )
    if count.steps is not None:
        run(connection, STEPS, within, steps=count.steps, key=keys, in_part=in_part)
    append(connection, count, ANEW)


def _in_part(key: str, within: dict[str, str | None]) -> str:
    """The condition that a key lies in a range; one that begins or ends nowhere is open."""
    told = [FROM] * (within["from"] is not None) + [UNTIL] * (within["until"] is not None)
    return " and ".join(told).format(key=key) or "true"
