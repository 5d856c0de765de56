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
    join link on link.leaf_id = r.area_id
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
OF_STATUS = "and r.id in (select id from dossier where status in (select unnest($statuses)))"
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

GROUPED = (
    """,
listed as (
    select d.organisation, d.procedure_code, settled.worked - promised.worked as days_late"""
    + LISTED
    + DAYS
    + """)
select
    case when grouping(procedure_code) = 1 then 'organisation' else 'procedure' end as dimension,
    case when grouping(procedure_code) = 1 then organisation else procedure_code end as code,
    count(*) as dossiers,
    max(days_late) as most_late
from listed
group by grouping sets ((organisation), (procedure_code))
order by dimension, dossiers desc, most_late desc, code"""
)

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
select source, kind, finished_at, origin_sha256, (select counting from about)
from batch
where batch_id = $batch_id"""
