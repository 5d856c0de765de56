"""Staging: deciding what becomes of each line that landed, before any fact is written.

Each line is new, changed, unchanged, a duplicate or rejected, and never two of these. A line
that is dropped keeps its reason, so that the accounting counts what was done.
"""

from store.accounting import Moment
from store.connection import Connection
from store.facts import SQL_TYPES, VERSION, Fact
from store.landing import Landing
from store.sql import listed, quoted, run, scalar

NOTHING = "create or replace temp table staged_{kind} (line bigint, {columns})"

STAGE = """
create or replace temp table staged_{kind} as
select file_row_number as line, {columns}
from read_parquet($path, file_row_number = true);
"""

DROPPED = """
create or replace temp table dropped_{kind} (line bigint not null, outcome varchar not null);
"""

MISSING = "{0} is null"
EMPTY = "{0} is null or {0} = ''"
UNKNOWN_AREA = "{0} is null or {0} not in (select area_id from area)"

# The first rule a line breaks, by its place in the list of rules.
REJECT = """
create or replace temp table refused as
select line, rule from (select line, case {cases} end as rule from staged_{kind})
where rule is not null;

insert into rejected
select
    $batch_id,
    $source,
    line + 1,
    $fields[rule],
    case when rule <= $keys then 'key' else 'area' end,
    case
        when rule <= $keys then 'It is missing: the record has no name.'
        else 'The register has no such area.'
    end
from refused;

insert into dropped_{kind} select line, 'rejected' from refused;
"""

HAS_DUPLICATES = "select count(*) <> count(distinct ({keys})) from staged_{kind}"

# The last of several wins; among those their source dates, the newest.
DEDUPLICATE = """
insert into dropped_{kind}
select line, 'duplicate'
from (
    select line, row_number() over (partition by {keys} order by {newest}line desc) as place
    from staged_{kind}
    where line not in (select line from dropped_{kind})
)
where place > 1;
"""

# The key alone finds the version that holds, and only of these the other columns are read.
MATCH = """
create or replace temp table found_{kind} as
select staged.line, fact.rowid as old_row
from staged_{kind} as staged
join {kind} as fact on {same_key}
where fact.source = $source
and fact.known_to is null
and staged.line not in (select line from dropped_{kind});

create or replace temp table superseded_{kind} as
select found.line, found.old_row, {fact_columns}
from found_{kind} as found
join {kind} as fact on fact.rowid = found.old_row
join staged_{kind} as staged on staged.line = found.line
where ({differs}) and {is_newer};

insert into dropped_{kind}
select line, 'unchanged' from found_{kind}
where line not in (select line from superseded_{kind});

create or replace temp view fresh_{kind} as
select * from staged_{kind} where line not in (select line from dropped_{kind});
"""

DIFFERS = "fact.{0} is distinct from staged.{0}"
NOT_OLDER = f"coalesce(staged.{VERSION} >= fact.{VERSION}, true)"

FRESH = "select exists (from fresh_{kind})"


def stage(connection: Connection, fact: Fact, landing: Landing, moment: Moment) -> None:
    """Read what landed of one kind of record, and sort its lines.

    Leaves the temporary relations fresh_<kind>, the lines to be written, and
    superseded_<kind>, the versions they replace, each under the line that replaces it.
    """
    read = fact.kind in landing.record_kinds
    template = "cast({0} as {1}) as {0}" if read else "{0} {1}"
    columns = ", ".join(
        template.format(quoted(field.name), SQL_TYPES[field.type]) for field in fact.fields
    )
    path = {"path": str(landing.parquet(fact.kind))}
    run(connection, STAGE if read else NOTHING, path, kind=fact.kind, columns=columns)
    run(connection, DROPPED, kind=fact.kind)
    _reject(connection, fact, moment)
    _drop_duplicates(connection, fact)
    _match(connection, fact, moment)


def is_fresh(connection: Connection, fact: Fact) -> bool:
    """Whether anything staged of one kind of record is new or changed."""
    return bool(scalar(connection, FRESH.format(kind=fact.kind)))


def _reject(connection: Connection, fact: Fact, moment: Moment) -> None:
    """Refuse lines that lack a part of their key, or name an area that does not exist."""
    rules = [(EMPTY if key in fact.text_keys else MISSING).format(quoted(key)) for key in fact.keys]
    rules += [UNKNOWN_AREA.format(quoted(area)) for area in fact.areas]
    cases = " ".join(f"when {rule} then {place}" for place, rule in enumerate(rules, start=1))
    params = vars(moment) | {"fields": [*fact.keys, *fact.areas], "keys": len(fact.keys)}
    run(connection, REJECT, params, kind=fact.kind, cases=cases)


def _drop_duplicates(connection: Connection, fact: Fact) -> None:
    names = {"kind": fact.kind, "keys": listed(fact.keys)}
    if scalar(connection, HAS_DUPLICATES.format(**names)):
        newest = f"{VERSION} desc nulls last, " if fact.dates_itself else ""
        run(connection, DEDUPLICATE, None, newest=newest, **names)


def _match(connection: Connection, fact: Fact, moment: Moment) -> None:
    """Find the current version of each line, and whether the line says something newer."""
    run(
        connection,
        MATCH,
        vars(moment),
        kind=fact.kind,
        differs=" or ".join(DIFFERS.format(quoted(one)) for one in fact.values) or "false",
        is_newer=NOT_OLDER if fact.dates_itself else "true",
        same_key=" and ".join(f"fact.{one} = staged.{one}" for one in map(quoted, fact.keys)),
        fact_columns=listed(fact.columns, "fact.{}"),
    )
