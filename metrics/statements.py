"""The SQL of the queries: constants with `$named` parameters.

{braces} are filled from closed lists only (records, measures, dimension columns, grains),
never from what anybody asked. `asked` holds the areas with the map each is read from and the
days it lives. Rollups are sorted by map, level and area: the bounds of both let DuckDB skip
what is elsewhere.
"""

ASKED = """
with asked as (
    select
        unnest($areas) as area_id,
        unnest($area_numbers) as area,
        unnest($maps) as map,
        unnest($life_starts) as life_start,
        unnest($life_ends) as life_end
)"""
PERIODS = """,
period as (
    select
        unnest($starts) as period_start,
        unnest($ends) as period_end,
        unnest($period_numbers) as period
)"""

# What lies in the areas asked for.
WITHIN = """,
link as (
    select asked.area, asked.map, l.area_id, l.estimated, l.valid_from, l.valid_until
    from area_link as l
    join asked
        on asked.area_id = l.ancestor_id
        and asked.map = l.boundaries
    where l.level = $level
)"""

# The same with the days on which its events count there. As in the rollups, an area counts
# under the nearest of its ancestors before it began and after it ended.
CLIMBING = """,
climb as (
    select
        l.boundaries,
        l.area_id,
        l.ancestor_id,
        l.estimated,
        case
            when row_number() over (life order by l.valid_from) = 1 then date '0001-01-01'
            else l.valid_from
        end as valid_from,
        coalesce(
            lead(l.valid_from) over (life order by l.valid_from), date '9999-12-31'
        ) as valid_until
    from area_link as l
    where l.level = $level
        and l.boundaries in (select map from asked)
    window life as (partition by l.boundaries, l.area_id)
),
link as (
    select
        climb.area_id,
        climb.estimated,
        climb.valid_from,
        climb.valid_until,
        asked.area,
        asked.life_start,
        asked.life_end
    from climb
    join asked
        on asked.area_id = climb.ancestor_id
        and asked.map = climb.boundaries
)"""

IN_BOUNDS = """r.level = $level
    and r.boundaries between $first_map and $last_map
    and r.area_id between $first_area and $last_area"""

# Events per area, period, source and level counted at, from the area rollups. Periods are
# numbered from 0; -1 is all the time before the first.
ROLLED_UP = (
    ASKED
    + """
select
    a.area,
    r.source,
    r.leaf_level,
    '' as dimension,
    {period} as period,
    min(r.{day}) as first_day,
    max(r.estimated) as estimated,
    {sums}
from {record}_area_{day} as r
join asked as a
    on a.area_id = r.area_id
    and a.map = r.boundaries
where {bounds}
    and r.{day} < $end
group by all"""
)

# The same from single events, which alone can be filtered, broken down, and told as of a day.
SINGLE = (
    ASKED
    + CLIMBING
    + """
select
    a.area,
    r.source,
    r.leaf_level,
    {dimension} as dimension,
    {period} as period,
    min(r.day) as first_day,
    max(a.estimated::int) as estimated,
    {sums}
from {table} as r
join link as a
    on a.area_id = r.area_id
    and r.day >= a.valid_from
    and r.day < a.valid_until
where r.day < $end
    {conditions}
group by all"""
)

# When an area began to deliver, whatever a selection is narrowed to.
BEGINNINGS = (
    ASKED
    + """
select a.area, r.source, r.leaf_level, min(r.month) as first_day
from {record}_area_month as r
join asked as a
    on a.area_id = r.area_id
    and a.map = r.boundaries
where {bounds}
group by all"""
)
KNOWN_BEGINNINGS = (
    ASKED
    + CLIMBING
    + """
select a.area, r.source, r.leaf_level, min(r.day) as first_day
from {record}_known as r
join link as a
    on a.area_id = r.area_id
    and r.day >= a.valid_from
    and r.day < a.valid_until
where r.known_day <= $as_of
    and r.day < $end
group by all"""
)

# Observations per area, their own period and the asked period their last day is in.
OBSERVED = (
    ASKED
    + PERIODS
    + """
select
    a.area,
    r.source,
    r.leaf_level,
    r.measure,
    p.period,
    p.period_start,
    p.period_end,
    r.day,
    r.origin_day,
    max(r.estimated) as estimated,
    sum(r.value) as value
from observation_area_day as r
join asked as a
    on a.area_id = r.area_id
    and a.map = r.boundaries
    and r.day >= a.life_start
    and r.day < a.life_end
join period as p
    on r.day >= p.period_start
    and r.day < p.period_end
where {bounds}
    and r.measure in (select unnest($measures))
    and r.day < $end
group by all"""
)
KNOWN_OBSERVED = (
    ASKED
    + PERIODS
    + CLIMBING
    + """,
part as (
    select unnest($measures) as measure, unnest($metrics) as metric, unnest($parts) as part
)
select
    a.area,
    o.source,
    coalesce(nullif(o.level, ''), own.level) as leaf_level,
    part.measure,
    p.period,
    p.period_start,
    p.period_end,
    o.period_end - 1 as day,
    o.period_start as origin_day,
    max(a.estimated::int) as estimated,
    sum(case part.part
        when 'numerator' then o.numerator
        when 'denominator' then o.denominator
        else o.value
    end) as value
from observation_known as o
join part using (metric)
join area as own using (area_id)
join link as a
    on a.area_id = o.area_id
    and o.period_end - 1 >= greatest(a.valid_from, a.life_start)
    and o.period_end - 1 < least(a.valid_until, a.life_end)
join period as p
    on o.period_end - 1 >= p.period_start
    and o.period_end - 1 < p.period_end
where not o.standalone
    and o.period_end - 1 < $end
    and o.known_from::date <= $as_of
    and (o.known_to is null or o.known_to::date > $as_of)
group by all
having value is not null"""
)

# Figures delivered for the very area and period: printed ones, and those never added up.
DELIVERED = (
    ASKED
    + PERIODS
    + """
select
    o.metric,
    a.area,
    o.level,
    p.period,
    o.source,
    o.numerator,
    o.denominator,
    o.value,
    o.standalone,
    o.citation
from {table} as o
join asked as a using (area_id)
join period as p using (period_start, period_end)
where o.metric in (select unnest($metrics))
    {known}
order by o.metric, o.area_id, o.standalone, o.level, o.source, o.citation"""
)
KNOWN = """
    and o.known_from::date <= $as_of
    and (o.known_to is null or o.known_to::date > $as_of)"""

# The areas of some levels that lie in the areas asked for: how many, since when and until
# when they exist, and when they began to deliver events (null: not yet).
DELIVERING = """,
delivering as (
    select r.area_id, min(r.month) as first_day
    from {record}_area_month as r
    where r.level in (select unnest($levels))
        and r.leaf_level = r.level
        and r.boundaries between $first_map and $last_map
        and r.area_id in (select area_id from link)
    group by all
)"""
BEGUN = (
    ASKED
    + WITHIN
    + DELIVERING
    + """
select
    a.area,
    d.first_day,
    greatest(own.valid_from, a.valid_from) as valid_from,
    least(own.valid_until, a.valid_until) as valid_until,
    count(*) as areas
from link as a
join area as own using (area_id)
left join delivering as d using (area_id)
where own.level in (select unnest($levels))
    and ($map = 'then' or own.valid_until = date '9999-12-31')
group by all"""
)
EXPECTED = (
    ASKED
    + WITHIN
    + """
select
    a.area,
    greatest(own.valid_from, a.valid_from) as valid_from,
    least(own.valid_until, a.valid_until) as valid_until,
    count(*) as areas
from link as a
join area as own using (area_id)
where own.level in (select unnest($levels))
    and ($map = 'then' or own.valid_until = date '9999-12-31')
group by all"""
)

# How many areas delivered an observation of a metric that lies whole in a period.
OBSERVERS = (
    ASKED
    + PERIODS
    + WITHIN
    + """
select a.area, o.metric, own.level, p.period, count(distinct o.area_id) as areas
from {table} as o
join link as a
    on a.area_id = o.area_id
    and o.period_end - 1 >= a.valid_from
    and o.period_end - 1 < a.valid_until
join area as own on own.area_id = o.area_id
join period as p
    on o.period_start >= p.period_start
    and o.period_end <= p.period_end
where not o.standalone
    and o.metric in (select unnest($metrics))
    {known}
group by all"""
)
