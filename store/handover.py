"""Handing over: what is still open in an area when it ends is its heir's from that day on.

A dossier belongs to the area it was taken in. When that area ends, somebody else has the file:
what happens to it from then on counts there, and what is open counts there too, taken from
the one that ended. Both maps stay whole: no dossier vanishes with its commune, and a new
commune's stock does not begin at zero.
"""

from store.connection import Connection
from store.facts import Count
from store.sql import listed, matched, quoted, run, scalar

# The dimensions of a batch whose area has ended, and who holds them from when to when.
REIGN = """
create or replace temp table held as
select dimension.dimension_id, tenure.holder_no, tenure.valid_from, tenure.valid_until,
    {held_dimensions}
from dimension
join tenure on tenure.area_id = dimension.area_id
where dimension.dimension_id in (select dimension_id from numbered);

insert into dimension
select
    (select max(dimension_id) from dimension) + row_number() over (),
    {dimensions}
from (select distinct {dimensions} from held) as found
where not exists (from dimension where {same_found});

create or replace temp table reign as
select
    held.dimension_id,
    held.valid_from,
    held.valid_until,
    dimension.dimension_id as holder,
    coalesce(
        lag(dimension.dimension_id) over (
            partition by held.dimension_id order by held.holder_no
        ),
        held.dimension_id
    ) as predecessor
from held
join dimension on {same_held};
"""

# The same for single dossiers: each is its own batch, and its heirs are numbered after it.
HEIRS = 100
SINGLE_REIGN = """
create or replace temp table reign as
select
    record_no * {heirs} as dimension_id,
    tenure.valid_from,
    tenure.valid_until,
    record_no * {heirs} + tenure.holder_no as holder,
    coalesce(
        lag(record_no * {heirs} + tenure.holder_no) over (
            partition by record_no order by tenure.holder_no
        ),
        record_no * {heirs}
    ) as predecessor
from docketed
join tenure on tenure.area_id = docketed.competent_area;
"""
REIGNS = "select exists (from reign)"

# A cohort stays with the area it began in: it is a share of what came in there.
MOVED = """
select counted.* exclude (dimension_id), coalesce(holder, counted.dimension_id) as dimension_id
from ({counted}) as counted
left join reign
    on reign.dimension_id = counted.dimension_id
    and counted.origin_day is null
    and counted.day >= reign.valid_from
    and counted.day < reign.valid_until
"""

HANDED = """
with handed as (
    select counted.known_day, reign.valid_from as day, holder, predecessor, {stock_sums}
    from ({counted}) as counted
    join reign
        on reign.dimension_id = counted.dimension_id
        and counted.day < reign.valid_from
    group by all
    having {open}
)

select known_day, day, cast(null as date) as origin_day, holder as dimension_id, {columns}
from handed
union all by name
select known_day, day, cast(null as date) as origin_day, predecessor as dimension_id, {taken}
from handed
"""


def find_heirs(connection: Connection, dimensions: tuple[str, ...]) -> bool:
    """Find who follows whom where areas of a batch ended; False if none did.

    The table `numbered` says which dimensions the batch has; theirs of the heirs are added.
    """
    tenured = {"area_id": "tenure.holder_id", "leaf_level": "tenure.holder_level"}
    held = ", ".join(f"{tenured.get(one, f'dimension.{one}')} as {one}" for one in dimensions)
    run(
        connection,
        REIGN,
        held_dimensions=held,
        dimensions=listed(dimensions),
        same_found=matched(dimensions, "dimension", "found"),
        same_held=matched(dimensions, "dimension", "held"),
    )
    return bool(scalar(connection, REIGNS))


def find_single_heirs(connection: Connection) -> bool:
    """The same for each dossier of `docketed`, numbered `record_no` times HEIRS."""
    run(connection, SINGLE_REIGN, None, heirs=str(HEIRS))
    return bool(scalar(connection, REIGNS))


def moved(counted: str) -> str:
    """The SQL of the same rows, each under whoever held its area on its day."""
    return MOVED.format(counted=counted)


def handed(count: Count, counted: str) -> str:
    """The SQL of what the open ones in `counted` add to an heir, and take from the one before.

    `counted` is SQL of rows of the grain and the measures, before they were moved.
    """
    return HANDED.format(
        counted=counted,
        stock_sums=listed(count.stocks, "sum({0}) as {0}"),
        open=" or ".join(f"sum({quoted(one)}) <> 0" for one in count.stocks),
        columns=_all(count, "{0}"),
        taken=_all(count, "-{0} as {0}"),
    )


def _all(count: Count, template: str) -> str:
    """Every measure: the stocks by the template, nothing of what only flows."""
    return ", ".join(
        (template if one in count.stocks else "0 as {0}").format(quoted(one))
        for one in count.measures
    )
