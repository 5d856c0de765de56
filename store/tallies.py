"""Tallies: events kept one by one, each as a few numbers and what it does to the counts.

Millions of events do the same few things to the counts: "received online, with a due date" adds
one to five measures. Each such effect is written down once, `<record>_effect`, and an event only
names it, `<record>_tally`. The view `<record>_delta` puts the two together.
"""

from store.connection import Connection
from store.facts import Count
from store.sql import listed, quoted, run, scalar

TABLES = """
create or replace table {record}_effect (effect_id integer not null, {columns});
comment on table {record}_effect is
    'Everything that events were found to do to the counts, each once. Only ever appended to.';

create or replace table {record}_tally (
    batch_id bigint not null,
    known_day date not null,
    day date not null,
    origin_day date,
    dimension_id integer not null,
    effect_id integer not null
);
comment on table {record}_tally is
    'The events each batch added, or took back. Only ever appended to.';
"""
VIEW = """
create view {record}_delta as
select batch_id, {grain}, {measures}
from {record}_tally
join {record}_effect using (effect_id);
comment on view {record}_delta is
    'What each batch added to the counts, or took back: its events with their effects.';
"""
COMMENT = "comment on column {table}.{column} is '{text}'"
MEANS = {
    "batch_id": "The batch that brought it; 0: of those before everything was counted anew.",
    "known_day": "Day on which the collector learned it.",
    "day": "Day of the event that is counted.",
    "origin_day": "Day a cohort began: the day of reception; null: no cohort.",
    "dimension_id": "What it is broken down by: see dimension.",
    "effect_id": "Number of the effect, from 1.",
}

TALLIED = ("effect", "tally")
"""The tables of a kind of record that is tallied: `<record>_effect` and `<record>_tally`."""

EVENTS_AT_ONCE = 1_000_000
"""So many events are netted at a time: all those of a million changed dossiers need gigabytes."""

# Parts share no row of the grain, so what is left of each is what would be left of all.
IN_PART = "select * from ({counted}) as counted where hash({grain}) % {parts} = {part}"

NUMBER = "select count(*) from ({counted})"

COLUMNS = "select column_name from (describe {relation})"

ADD_EFFECTS = """
insert into {record}_effect
select
    (select coalesce(max(effect_id), 0) from {record}_effect) + row_number() over (),
    {measures}
from (select distinct {measures} from {found} where {moves}) as found
where not exists (from {record}_effect as known where {same});
"""
WITH_EFFECTS = "select * from ({noted}) join {record}_effect using (effect_id)"

APPEND = """
insert into {record}_tally (batch_id, {grain}, effect_id)
select $batch_id, {grain}, effect_id from ({noted}) as noted;
"""

# Where something is taken back, most of it cancels out. The view tells what is left. Events of
# different amounts are added up apart, so that what is left still tells each amount.
NET = """
create or replace temp table net as
select {grain}, {sums} from ({counted}) as counted group by {grain}{apart} having {moved};
"""
APART = ", case when {number} <> 0 then {total} // {number} end"
NET_NOTED = "select {grain}, effect_id from net join {record}_effect using ({measures})"


def make_tables(connection: Connection, count: Count) -> None:
    """Make the tables of one kind of record, empty."""
    columns = listed(count.measures, "{} integer not null")
    run(connection, TABLES, None, record=count.counted, columns=columns)
    for table in TALLIED:
        _explain(connection, count, f"{count.counted}_{table}")


def make_view(connection: Connection, count: Count, grain: tuple[str, ...]) -> None:
    """Make the view that puts the tables together, where there is nothing of its name."""
    names = {"grain": listed(grain), "measures": listed(count.measures)}
    run(connection, VIEW, None, record=count.counted, **names)
    _explain(connection, count, f"{count.counted}_delta")


def _explain(connection: Connection, count: Count, table: str) -> None:
    counted = f"Counted by measures/{count.record}.sql; see domain/measures.toml."
    means = dict.fromkeys(count.measures, counted) | MEANS
    for column in columns_of(connection, table):
        run(connection, COMMENT, table=table, column=quoted(column), text=means[column])


def with_effects(count: Count, noted: str) -> str:
    """The SQL of noted events with what they add to each measure."""
    return WITH_EFFECTS.format(record=count.counted, noted=noted)


def append_noted(
    connection: Connection, count: Count, grain: tuple[str, ...], noted: str, batch_id: int
) -> None:
    """Append events with the numbers of their effects: rows of the grain and effect_id."""
    names = {"record": count.counted, "grain": listed(grain)}
    run(connection, APPEND, {"batch_id": batch_id}, noted=noted, **names)


def append_net(
    connection: Connection, count: Count, grain: tuple[str, ...], counted: str, batch_id: int
) -> None:
    """Append what is left of counts where they cancel out: rows of the grain and the measures."""
    parts = 1 + int(scalar(connection, NUMBER.format(counted=counted))) // EVENTS_AT_ONCE
    for part in range(parts):
        some = IN_PART.format(counted=counted, grain=listed(grain), parts=parts, part=part)
        noted = net_noted(connection, count, grain, counted if parts == 1 else some)
        append_noted(connection, count, grain, noted, batch_id)


def net_noted(connection: Connection, count: Count, grain: tuple[str, ...], counted: str) -> str:
    """The SQL of what is left of counts, with the numbers of its effects."""
    names = {"record": count.counted, "grain": listed(grain), "measures": listed(count.measures)}
    run(
        connection,
        NET,
        None,
        sums=listed(count.measures, "cast(sum({0}) as integer) as {0}"),
        counted=counted,
        apart=_apart(count),
        moved=" or ".join(f"sum({quoted(one)}) <> 0" for one in count.measures),
        **names,
    )
    add_effects(connection, count, "net")
    return NET_NOTED.format(**names)


def _apart(count: Count) -> str:
    """What keeps the amounts apart, as one more thing to group by."""
    if count.spread is None:
        return ""
    total, number = count.spread
    return APART.format(total=quoted(total), number=quoted(number))


def add_effects(connection: Connection, count: Count, found: str) -> None:
    """Give every effect in a relation of measures a number, unless it has one."""
    run(
        connection,
        ADD_EFFECTS,
        record=count.counted,
        measures=listed(count.measures),
        found=found,
        moves=" or ".join(f"{quoted(one)} <> 0" for one in count.measures),
        same=" and ".join(f"known.{quoted(one)} = found.{quoted(one)}" for one in count.measures),
    )


def columns_of(connection: Connection, relation: str) -> list[str]:
    """The names of the columns of a relation, in order."""
    rows = connection.execute(COLUMNS.format(relation=relation)).fetchall()
    return [name for (name,) in rows]
