"""Staging: deciding what becomes of each line that landed, before any fact is written.

Each line is new, changed, unchanged, a duplicate or rejected, and never two of these. A line
that is dropped keeps its reason, so that the accounting counts what was done.
"""

from store.accounting import Moment
from store.connection import Connection
from store.facts import SQL_TYPES, VERSION, Fact
from store.landing import Landing
from store.sql import listed, matched, quoted, run, scalar

NOTHING = """
create or replace temp view staged_{kind} as
select cast(null as bigint) as line, {columns} limit 0;
"""

# What landed is read where it lies, and of it only the columns that a statement needs.
STAGE = """
create or replace temp view staged_{kind} as
select file_row_number as line, {columns}
from read_parquet('{path}', file_row_number = true);
"""

LANDED_COLUMNS = "select name from parquet_schema($path)"

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

# Different numbers are of different keys; equal ones most likely of the same.
MAY_HAVE_DUPLICATES = "select count(*) <> count(distinct hash({keys})) from staged_{kind}"

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

# The key alone finds the version that holds.
FIND = """
create or replace temp table found_{kind} as
select staged.line, fact.rowid as old_row
from staged_{kind} as staged
join {kind} as fact on {same_key}
where fact.source = $source
and fact.known_to is null
and staged.line not in (select line from dropped_{kind});
"""

# Of many lines most say what is known already: they are told by one number for all their values.
# Where the numbers differ the values decide, so another way of numbering does no harm.
DROP_SAME = """
insert into dropped_{kind}
select found.line, 'unchanged'
from found_{kind} as found
join (select line, hash({values}) as number from staged_{kind}) as staged
    on staged.line = found.line
join (
    select rowid as old_row, hash({values}) as number
    from {kind}
    where source = $source and known_to is null
) as fact on fact.old_row = found.old_row
where fact.number = staged.number;

delete from found_{kind} where line in (select line from dropped_{kind});
"""

# Where few lines are left they are kept apart, instead of being found in the file each time.
KEEP_FEW = """
create or replace temp table few_{kind} as
select * from staged_{kind} where line not in (select line from dropped_{kind});
"""

# Only of these the other columns are read.
COMPARE = """
create or replace temp table superseded_{kind} as
select found.line, found.old_row, {fact_columns}
from found_{kind} as found
join {kind} as fact on fact.rowid = found.old_row
join {left}_{kind} as staged on staged.line = found.line
where ({differs}) and {is_newer};

insert into dropped_{kind}
select line, 'unchanged' from found_{kind}
where line not in (select line from superseded_{kind});
"""

FRESH_LINES = (
    "create or replace temp view fresh_{kind} as select * from {left}_{kind} {not_dropped}"
)
NOT_DROPPED = "where line not in (select line from dropped_{kind})"

MANY = 50_000
SIZES = """
select
    (select count(*) from found_{kind}),
    (select count(*) from staged_{kind}),
    (select count(*) from dropped_{kind});
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
    landed = _landed_columns(connection, landing, fact) if read else frozenset()
    columns = ", ".join(
        f"cast({quoted(field.name) if field.name in landed else 'null'} as "
        f"{SQL_TYPES[field.type]}) as {quoted(field.name)}"
        for field in fact.fields
    )
    path = str(landing.parquet(fact.kind)).replace("'", "''")
    run(connection, STAGE if read else NOTHING, kind=fact.kind, columns=columns, path=path)
    run(connection, DROPPED, kind=fact.kind)
    _reject(connection, fact, moment)
    _drop_duplicates(connection, fact)
    _match(connection, fact, moment)


def _landed_columns(connection: Connection, landing: Landing, fact: Fact) -> frozenset[str]:
    """What the file has: one that landed before a field was kept lacks it, and tells nothing."""
    path = str(landing.parquet(fact.kind))
    rows = connection.execute(LANDED_COLUMNS, {"path": path}).fetchall()
    return frozenset(name for (name,) in rows)


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
    if scalar(connection, MAY_HAVE_DUPLICATES.format(**names)):
        newest = f"{VERSION} desc nulls last, " if fact.dates_itself else ""
        run(connection, DEDUPLICATE, None, newest=newest, **names)


def _match(connection: Connection, fact: Fact, moment: Moment) -> None:
    """Find the current version of each line, and whether the line says something newer."""
    kind = fact.kind
    same_key = matched(fact.keys, "fact", "staged")
    run(connection, FIND, vars(moment), kind=kind, same_key=same_key)
    if _sizes(connection, kind)[0] >= MANY and fact.values:
        run(connection, DROP_SAME, vars(moment), kind=kind, values=listed(fact.values))
    _, staged, dropped = _sizes(connection, kind)
    left = "few" if dropped > staged // 2 else "staged"
    if left == "few":
        run(connection, KEEP_FEW, kind=kind)
    run(
        connection,
        COMPARE,
        kind=kind,
        left=left,
        differs=" or ".join(DIFFERS.format(quoted(one)) for one in fact.values) or "false",
        is_newer=NOT_OLDER if fact.dates_itself else "true",
        fact_columns=listed(fact.columns, "fact.{}"),
    )
    not_dropped = NOT_DROPPED.format(kind=kind) if _sizes(connection, kind)[2] else ""
    run(connection, FRESH_LINES, kind=kind, left=left, not_dropped=not_dropped)


def _sizes(connection: Connection, kind: str) -> tuple[int, int, int]:
    """How many lines have a version that holds, how many landed, and how many are dropped."""
    found, staged, dropped = connection.execute(SIZES.format(kind=kind)).fetchone() or (0, 0, 0)
    return found, staged, dropped
