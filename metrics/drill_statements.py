"""The SQL of drilling: the statements of figures, asked dossier by dossier.

The same areas, days and measures as statements.py adds up, read from the docket (store): each
dossier's share in a figure is the sum of its own rows.
"""

from metrics.dossiers import SELECTED
from metrics.statements import ASKED, CLIMBING

# What each dossier adds to one figure; most add 1, some add as many days as they took.
SHARE = """,
share as materialized (
    select r.id, sum({weight}) as weight
    from step as r
    join link
        on link.leaf_id = r.area_id
        and r.day >= link.valid_from
        and r.day < link.valid_until
    where r.day < $end
        and ({counts})
        {conditions}
    group by r.id
    having sum({weight}) <> 0
)"""
SHARES = ASKED + CLIMBING + SHARE
OWN_LEVEL = """and exists (
            select 1
            from area_link as own
            where own.area_id = r.area_id
                and own.ancestor_id = r.area_id
                and own.level = $leaf_level
        )"""
NARROWED = "and r.id in (select d.id from dossier as d {filters})"

TOTALS = "\nselect count(*) as dossiers, coalesce(sum(weight), 0) as total from share"

COLUMNS = ",\n    ".join(
    "settled.worked - promised.worked as days_late" if one == "days_late" else f"d.{one}"
    for one in SELECTED
)
# A dossier that ended is as late as it was then; an open one as late as it is today.
DAYS = """left join working_day as promised on promised.day = d.due_at::date
left join working_day as settled on settled.day = least(coalesce(d.ended_day, $today), $today)"""

LISTED = """
from share
join dossier as d using (id)
"""
PAGED = """
order by {order}, d.dossier_code, d.source
limit $limit
offset $offset"""
COUNTED = """
select
    (select count(*) from share),
    (select sum(weight) from share),
    share.weight,
    """
FOUND = COUNTED + COLUMNS + LISTED + DAYS + PAGED

ONE = (
    """
select
    1,
    """
    + COLUMNS
    + """,
    d.steps
from dossier as d
"""
    + DAYS
    + """
where d.dossier_code = $code
    and d.source = $source"""
)

BATCH = """
select batch_id, source, kind, started_at, finished_at, origin_sha256, origin_bytes
from batch
where batch_id = $batch_id"""
COUNTING = "select counting from about"
