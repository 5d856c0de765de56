"""Deltas: what a batch adds to the counts, and takes back of what was counted before.

Each record a batch touches is counted as it is now known (+1) and as it was (-1), and the
differences are appended under the day they became known. Nothing appended is ever changed,
so the figures of any past day can be given as they were known on any other. What is tallied
(tallies.py) is kept in another form; `<record>_delta` has the same columns for all.
"""

from dataclasses import dataclass, replace

from domain.calendar import WorkingCalendar
from store.accounting import Moment
from store.connection import Connection
from store.facts import FACTS, Count, counts, observed_measures
from store.handover import find_heirs, handed, moved
from store.joined import join_batch
from store.lives import read_events
from store.schema import fingerprint_of, remember_fingerprint
from store.sql import listed, matched, quoted, run, scalar
from store.tallies import (
    TALLIED,
    append_net,
    append_noted,
    make_tables,
    make_view,
    with_effects,
)
from store.working_days import write_working_days

DIMENSIONS = (
    "source",
    "area_id",
    "leaf_level",
    "organisation",
    "receiving_area_id",
    "receiving_organisation",
    "procedure_code",
    "field_code",
    "channel",
)
GRAIN = ("known_day", "day", "origin_day", "dimension_id")

TABLE = """
create or replace table {record}_delta (
    batch_id bigint not null,
    known_day date not null,
    day date not null,
    origin_day date,
    dimension_id integer not null,
    {columns}
);
comment on table {record}_delta is
    'What each batch added to the counts, or took back. Only ever appended to.';
comment on column {record}_delta.batch_id is
    'The batch that brought it; 0: of those before everything was counted anew.';
comment on column {record}_delta.known_day is 'Day on which the collector learned it.';
comment on column {record}_delta.day is 'Day of the event that is counted.';
comment on column {record}_delta.origin_day is
    'Day a cohort began: reception, or the first day of an observed period; null: no cohort.';
comment on column {record}_delta.dimension_id is 'What it is broken down by: see dimension.';
"""

# Most measures of most rows are 0; looking for a closer form takes longer than all the rest.
MEASURE = "not null using compression rle"

# Vietnam's clocks have not changed since; DuckDB's calendar knows them before, and is slower.
LOCAL_DAY = """
create or replace temp macro local_day(instant) as
case
    when instant >= timestamptz '1976-01-01' then
        cast(make_timestamp(epoch_us(instant) + 25_200_000_000) as date)
    else cast(instant as date)
end
"""
LOCAL_INSTANT = """
create or replace temp macro local_instant(clock) as
case
    when clock >= timestamp '1976-01-01' then make_timestamptz(epoch_us(clock) - 25_200_000_000)
    else timezone('Asia/Ho_Chi_Minh', clock)
end
"""
LOCAL_TIME = """
create or replace temp macro local_time(instant) as
cast(make_timestamp(epoch_us(instant) + 25_200_000_000) as time)
"""

OBSERVED = "create or replace temp table observed (metric text, part text, measure text)"

MOMENT = """
create or replace temp table moment as
select cast($now as date) as known_day, $source as source;
"""

COMMENT = "comment on column {record}_delta.{column} is '{text}'"

# Before they were tallied, the deltas were a table of this name.
IS_TABLE = "select exists (from duckdb_tables() where table_name = '{table}')"
DROP = "drop {kind} if exists {table}"
RENAME = "alter table {table} rename to {name}"
IS_KNOWN = "select exists (from {table})"

# A batch: what it brought, what that replaces, and dossiers only told about by new steps. The
# numbers tell the states apart and are the same however often the view is read.
OWN_STATES = """
create or replace temp view version as
select line + 1 as record_no, 1 as sign, moment.*, {fields} from fresh_{record}, moment
union all
select -line - 1, -1, moment.*, {fields} from superseded_{record}, moment;
"""

STEPS_TOO = """
create or replace temp table retold as
select rowid + 1000000000000 as record_no, {fields}
from {record}
where source = $source
and known_to is null
and {key} in (select {key} from fresh_{steps})
and {key} not in (select {key} from fresh_{record});

create or replace temp table known_event as
select {key}, "at", status
from {steps}
where source = $source
and known_to is null
and {key} in (select {key} from fresh_{record} union all select {key} from fresh_{steps});

create or replace temp view version as
select line + 1 as record_no, 1 as sign, moment.*, {fields} from fresh_{record}, moment
union all
select -line - 1, -1, moment.*, {fields} from superseded_{record}, moment
union all
select record_no, 1, moment.*, {fields} from retold, moment
union all
select -record_no, -1, moment.*, {fields} from retold, moment;

create or replace temp table event as
select record_no, step."at", step.status from version join known_event as step using ({key})
union
select record_no, step."at", step.status
from version join fresh_{steps} as step using ({key}) where sign = 1;
"""

# What the records are broken down by: each combination once, with its number. It is found again
# by one number for all its values, unless two combinations were to have the same.
NUMBER = """
create or replace temp table numbered as
select
    found.*,
    hash({found}) as hashed,
    dimension.dimension_id is null as is_new,
    cast(
        coalesce(
            dimension.dimension_id,
            (select coalesce(max(dimension_id), 0) from dimension)
            + row_number() over (partition by dimension.dimension_id is null)
        ) as integer
    ) as dimension_id
from (select distinct {dimensions} from known) as found
left join dimension on {same_found};

insert into dimension
select dimension_id, {dimensions} from numbered where is_new;
"""
ARE_DIFFERENT = "select count(*) = count(distinct hashed) from numbered"
BY_HASH = "numbered.hashed = hash({dimensions})"
RECORDS = """
create or replace temp view records as
select known.*, numbered.dimension_id
from known
join numbered on {same_known};
"""

APPEND = """
insert into {record}_delta (batch_id, {grain}, {measures})
select $batch_id, {grain}, {measures} from ({counted}) as counted;
"""

# Where something is taken back, most of it cancels out.
APPEND_NET = """
insert into {record}_delta (batch_id, {grain}, {measures})
select $batch_id, {grain}, {sums} from ({counted}) as counted group by {grain} having {moved};
"""

# What is handed over, and who holds what on its day: found once, and netted in parts.
HANDED_ON = "create or replace temp table handed_on as {counted}"
HELD_ON = "create or replace temp table held_on as {counted}"


@dataclass(frozen=True)
class Due:
    """A kind of record that is to be counted anew, and what names the rules to count it by."""

    count: Count
    fingerprint: str

    @property
    def record(self) -> str:
        return self.count.record


def prepare_counting(connection: Connection, calendar: WorkingCalendar | None) -> list[Due]:
    """Write the working days, and make the tables of whatever nothing is known of.

    Without a calendar the working days that were written last hold on. Returns what is known
    but was counted by other rules than those that hold now: recount.py counts it anew.
    """
    days = write_working_days(connection, calendar)
    tell_the_time(connection)
    connection.execute(OBSERVED)
    connection.executemany("insert into observed values (?, ?, ?)", observed_measures())
    found = [Due(count, count.fingerprint(days)) for count in counts().values()]
    due = [one for one in found if fingerprint_of(connection, one.record) != one.fingerprint]
    for one in due:
        if not is_known(connection, one.count):
            replace_tables(connection, one.count)
            remember_fingerprint(connection, one.record, one.fingerprint)
    return [one for one in due if is_known(connection, one.count)]


def tell_the_time(connection: Connection) -> None:
    """Define what the rules call local days and times, which each connection needs anew."""
    for macro in (LOCAL_DAY, LOCAL_INSTANT, LOCAL_TIME):
        connection.execute(macro)


def is_known(connection: Connection, count: Count) -> bool:
    """Whether anything is known of a kind of record."""
    return any(scalar(connection, IS_KNOWN.format(table=table)) for table in count.facts)


def count_batch(connection: Connection, count: Count, moment: Moment) -> None:
    """Append what the staged batch changes. The facts must not have been written yet."""
    run(connection, MOMENT, vars(moment))
    if count.joined:
        join_batch(connection)
        append(connection, count, moment.batch_id)
        return
    fact = FACTS[count.record]
    names = {"record": count.record, "fields": listed(fact.columns)}
    if count.steps is None:
        run(connection, OWN_STATES, None, **names)
    else:
        key = quoted(fact.keys[0])
        run(connection, STEPS_TOO, vars(moment), steps=count.steps, key=key, **names)
    append(connection, count, moment.batch_id)


def append(connection: Connection, count: Count, batch_id: int) -> None:
    """Append what the relations `version` and `event` come to."""
    run(connection, count.known_sql)
    _number_dimensions(connection)
    has_heirs = find_heirs(connection, DIMENSIONS)
    takes_back = bool(scalar(connection, "select exists (from version where sign < 0)"))
    if count.is_tallied:
        _append_tallied(connection, count, batch_id, has_heirs=has_heirs, takes_back=takes_back)
        return
    run(
        connection,
        APPEND_NET if takes_back else APPEND,
        {"batch_id": batch_id},
        record=count.counted,
        grain=listed((*GRAIN, *count.keys)),
        measures=listed(count.measures),
        sums=listed(count.measures, "sum({})"),
        moved=" or ".join(f"sum({quoted(one)}) <> 0" for one in count.measures),
        counted=moved(count.measure_sql) if has_heirs else count.measure_sql,
    )


def _append_tallied(
    connection: Connection, count: Count, batch_id: int, *, has_heirs: bool, takes_back: bool
) -> None:
    """Append the events; where some cancel out, or are handed over, what is left of them."""
    read_events(connection, count)
    noted, sums = "from noted", []
    if has_heirs and count.stocks:
        counted = handed(count, with_effects(count, noted))
        run(connection, HANDED_ON, counted=counted)
        sums.append("from handed_on")
    if has_heirs:
        run(connection, HELD_ON, counted=moved(noted))
        noted = "from held_on"
    if takes_back:
        sums.append(with_effects(count, noted))
    else:
        append_noted(connection, count, GRAIN, noted, batch_id)
    if sums:
        append_net(connection, count, GRAIN, "\nunion all by name\n".join(sums), batch_id)


def _number_dimensions(connection: Connection) -> None:
    """Make the view `records`: what is known, with the number of what it is broken down by."""
    run(
        connection,
        NUMBER,
        dimensions=listed(DIMENSIONS),
        found=listed(DIMENSIONS, "found.{}"),
        same_found=matched(DIMENSIONS, "dimension", "found"),
    )
    if scalar(connection, ARE_DIFFERENT):
        same_known = BY_HASH.format(dimensions=listed(DIMENSIONS, "known.{}"))
    else:
        same_known = matched(DIMENSIONS, "numbered", "known")
    run(connection, RECORDS, same_known=same_known)


def make_empty(connection: Connection, count: Count) -> None:
    """Make the tables a kind of record is counted into, without the view that joins them."""
    if count.is_tallied:
        make_tables(connection, count)
        return
    keys = listed(count.keys, "{} varchar not null")
    measures = listed(count.measures, f"{{}} {count.measure_type} {MEASURE}")
    columns = ", ".join(filter(None, (keys, measures)))
    run(connection, TABLE, record=count.counted, columns=columns)
    for name in (*count.keys, *count.measures):
        text = f"Counted by measures/{count.record}.sql; see domain/measures.toml."
        run(connection, COMMENT, record=count.counted, column=quoted(name), text=text)


def replace_tables(connection: Connection, count: Count) -> None:
    """Put the tables that were counted anew in the place of those that held, or empty ones."""
    anew = replace(count, is_anew=True)
    tables = TALLIED if count.is_tallied else ("delta",)
    if not scalar(connection, IS_TABLE.format(table=f"{anew.counted}_{tables[0]}")):
        make_empty(connection, anew)
    kind = "table" if scalar(connection, IS_TABLE.format(table=f"{count.record}_delta")) else "view"
    run(connection, DROP, kind=kind, table=f"{count.record}_delta")
    for table in tables:
        run(connection, DROP, kind="table", table=f"{count.record}_{table}")
        run(connection, RENAME, table=f"{anew.counted}_{table}", name=f"{count.record}_{table}")
    if count.is_tallied:
        make_view(connection, count, GRAIN)
