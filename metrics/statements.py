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

# Combinations of the organisations whose doings alone are counted, and of those below them.
OWN = """exists (
        select 1
        from (select unnest($own_organisations) as code) as own
        where d.organisation = own.code
            or starts_with(d.organisation, own.code || '.')
    )"""

# What lies in the areas asked for.
WITHIN = """,
link as (
    select asked.area_id, l.area_id as leaf_id, l.valid_from, l.valid_until
    from area_link as l
    join asked
        on asked.area_id = l.ancestor_id
        and asked.map = l.boundaries
    where l.level = $level
)"""

# The same with the days on which its events count there. As in the rollups, an area counts
# under the nearest of its ancestors before it began and after it ended.
CLIMBING = """,
near as (
    select l.boundaries, l.area_id, l.ancestor_id, l.estimated, l.valid_from
    from area_link as l
    where l.level = $level
        and (l.boundaries, l.area_id) in (
            select (other.boundaries, other.area_id)
            from area_link as other
            join asked
                on asked.area_id = other.ancestor_id
                and asked.map = other.boundaries
            where other.level = $level
        )
),
climb as (
    select
        boundaries,
        area_id,
        ancestor_id,
        estimated,
        case
            when row_number() over (life order by valid_from) = 1 then date '0001-01-01'
            else valid_from
        end as valid_from,
        coalesce(
            lead(valid_from) over (life order by valid_from), date '9999-12-31'
        ) as valid_until
    from near
    window life as (partition by boundaries, area_id)
),
link as (
    select
        asked.area_id,
        asked.life_start,
        asked.life_end,
        climb.area_id as leaf_id,
        climb.estimated,
        climb.valid_from,
        climb.valid_until
    from climb
    join asked
        on asked.area_id = climb.ancestor_id
        and asked.map = climb.boundaries
)"""

ONE_AREA = """where r.level = $level
    and r.boundaries = $first_map
    and r.area_id = $first_area"""
MANY_AREAS = """join asked
    on asked.area_id = r.area_id
    and asked.map = r.boundaries
where r.level = $level
    and r.boundaries between $first_map and $last_map
    and r.area_id between $first_area and $last_area"""

# Events per area, period, source and level counted at, from the area rollups, and from those that
# are cut by dimensions; {days} bounds the days that are read, {filters} what is counted.
ROLLED_UP = """
select
    r.area_id,
    r.source,
    r.leaf_level,
    {dimension} as dimension,
    {period} as period,
    {alive} as alive,
    {fits} as fits,
    {brought} as brought,
    min(r.{day}) as first_day,
    max(r.estimated) as estimated,
    {sums}
from {record}_area_{table} as r
{areas}
    and {days}
    {filters}
group by all"""

# How often each amount was there, from the rollup by month.
SPREAD = (
    ASKED
    + """
select
    r.area_id,
    r.leaf_level,
    '' as dimension,
    {period} as period,
    {alive} as alive,
    r.amount,
    sum(r.times) as times
from {record}_area_spread as r
{areas}
    and r.month >= $first_month
    and r.month < $end
group by all"""
)

# Every combination of dimensions that counts in the areas asked for, and where it counts.
PLACED = """,
place as (
    select
        {place_no} as place_no,
        d.dimension_id,
        link.area_id,
        d.source,
        d.leaf_level,
        {dimension} as dimension,
        link.estimated,
        link.valid_from,
        link.valid_until,
        link.life_start,
        link.life_end
    from dimension as d
    join link on link.leaf_id = d.area_id
    {filters}
)"""

# An area that comes to lie in another takes along what is open in it, on the day: all that
# happened before counts once more as having happened then, and is taken from where it lay.
STAYING = """,
stay as (
    select place_no * 3 as stay_no, place.*, cast(null as date) as moved_on, 1 as sign
    from place
    union all by name
    select
        place_no * 3 + 1 as stay_no,
        place.* replace (date '0001-01-01' as valid_from, valid_from as valid_until),
        valid_from as moved_on,
        1 as sign
    from place
    where valid_from > date '0001-01-01'
    union all by name
    select
        place_no * 3 + 2 as stay_no,
        place.* replace (date '0001-01-01' as valid_from),
        valid_until as moved_on,
        -1 as sign
    from place
    where valid_until < date '9999-12-31'
)"""

# The same counts from single events, which alone can be filtered, broken down, and told as of
# a day: first by combination, which is a number, then by what the combinations stand for.
SINGLE = (
    ASKED
    + CLIMBING
    + PLACED
    + """{stays},
counted as (
    select
        {key},
        {period} as period,
        {alive} as alive,
        {fits} as fits,
        {brought} as brought,
        min({day}) as first_day,
        {sums}
    from {record}_change as r
    {places}
    where {day} < $end
        and {matters}
        {known}
    group by all
)
select
    p.area_id,
    p.source,
    p.leaf_level,
    p.dimension,
    r.period,
    r.alive,
    r.fits,
    r.brought,
    min(r.first_day) as first_day,
    max(p.estimated::int) as estimated,
    {totals}
from counted as r
join {placed} as p using ({key})
group by all"""
)
# Which combinations count: all there are, some, or each in the place that the day decides.
ALL_PLACES = ""
SOME_PLACES = "semi join place as p using (dimension_id)"
PLACES_BY_DAY = """join stay as p
        on p.dimension_id = r.dimension_id
        and r.day >= p.valid_from
        and r.day < p.valid_until"""

# Where few combinations count, what they stand for comes first, and of each effect of events on
# the counts only how often it happened: then few rows are added up.
NARROWED = (
    ASKED
    + CLIMBING
    + PLACED
    + """{stays},
named as (
    select
        p.area_id,
        p.source,
        p.leaf_level,
        p.dimension,
        p.estimated,
        {period} as period,
        {alive} as alive,
        {fits} as fits,
        {brought} as brought,
        {share},
        r.effect_id,
        min({day}) as first_day,
        count(*) as times
    from {record}_tally as r
    {places}
    where {day} < $end
        {known}
    group by all
)
select
    n.area_id,
    n.source,
    n.leaf_level,
    n.dimension,
    n.period,
    n.alive,
    n.fits,
    n.brought,
    min(n.first_day) as first_day,
    max(n.estimated::int) as estimated,
    {sums}
from named as n
join {record}_effect as r using (effect_id)
where {matters}
group by all"""
)
# How often each amount was there, from single events: only those that have one are looked at.
AMOUNTS = """r.{total} // r.{number} as amount,
    sum(r.{number} * n.times) as times"""
WITH_AMOUNTS = """
        and r.day >= $start
        and r.effect_id in (select effect_id from {record}_effect where {number} <> 0)"""
THESE_PLACES = "join place as p using (dimension_id)"

# When an area began to deliver, whatever a selection is narrowed to.
BEGINNINGS = (
    ASKED
    + """
select r.area_id, r.source, r.leaf_level, min(r.month) as first_day
from {record}_area_month as r
{areas}
group by all"""
)
FIRST_KNOWN = """,
begun as (
    select dimension_id, min(day) as first_day
    from {record}_change
    where known_day <= $as_of
        and day < $end
    group by all
)"""
KNOWN_BEGINNINGS = (
    ASKED
    + CLIMBING
    + PLACED
    + FIRST_KNOWN
    + """
select
    p.area_id,
    p.source,
    p.leaf_level,
    min(greatest(begun.first_day, p.valid_from)) as first_day
from begun
join place as p
    on p.dimension_id = begun.dimension_id
    and begun.first_day < p.valid_until
group by all"""
)
# When each area first delivered events counted at its own level.
FIRST_MONTHS = """
select area_id, min(month) as first_day
from {record}_area_month
where boundaries = $map
    and level = leaf_level
group by area_id
order by area_id"""

# What codes are called, and which there are.
HAS_TABLE = "select 1 from duckdb_tables() where table_name = $name"
NAMES = "select dimension, code, name from name"
DIMENSION_VALUES = """
select distinct {column}
from dimension
where {column} <> ''
order by 1"""

# Observations per area, their own period and the asked period their last day is in.
OBSERVED = (
    ASKED
    + PERIODS
    + """
select
    r.area_id,
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
join period as p
    on r.day >= p.period_start
    and r.day < p.period_end
"""
    + MANY_AREAS
    + """
    and r.day >= asked.life_start
    and r.day < asked.life_end
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
    link.area_id,
    o.source,
    coalesce(nullif(o.level, ''), own.level) as leaf_level,
    part.measure,
    p.period,
    p.period_start,
    p.period_end,
    o.period_end - 1 as day,
    o.period_start as origin_day,
    max(link.estimated::int) as estimated,
    sum(case part.part
        when 'numerator' then o.numerator
        when 'denominator' then o.denominator
        else o.value
    end) as value
from observation_known as o
join part using (metric)
join area as own using (area_id)
join link
    on link.leaf_id = o.area_id
    and o.period_end - 1 >= greatest(link.valid_from, link.life_start)
    and o.period_end - 1 < least(link.valid_until, link.life_end)
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
# What there is of observations at all.
OBSERVED_METRICS = """
select distinct metric, standalone
from observation_known"""

# Figures delivered for the very area and period: printed ones, and those never added up.
DELIVERED = (
    ASKED
    + PERIODS
    + """
select
    o.metric,
    o.area_id,
    o.level,
    p.period,
    o.source,
    o.numerator,
    o.denominator,
    o.value,
    o.standalone,
    o.citation
from {table} as o
join asked using (area_id)
join period as p using (period_start, period_end)
where o.metric in (select unnest($metrics))
    {known}
order by o.metric, o.area_id, o.standalone, o.level, o.source, o.citation"""
)
KNOWN = """
    and o.known_from::date <= $as_of
    and (o.known_to is null or o.known_to::date > $as_of)"""

# How many areas delivered an observation of a metric that lies whole in a period.
OBSERVERS = (
    ASKED
    + PERIODS
    + WITHIN
    + """
select link.area_id, o.metric, own.level, p.period, count(distinct o.area_id) as areas
from {table} as o
join link
    on link.leaf_id = o.area_id
    and o.period_end - 1 >= link.valid_from
    and o.period_end - 1 < link.valid_until
join area as own on own.area_id = o.area_id
join period as p
    on o.period_start >= p.period_start
    and o.period_end <= p.period_end
where not o.standalone
    and o.metric in (select unnest($metrics))
    {known}
group by all"""
)

# What has become known after a day about the events of a metric's measures: what was added and
# what was taken back. A stock is made of all events up to the period's end.
SINCE = (
    ASKED
    + PERIODS
    + CLIMBING
    + """
select
    link.area_id,
    {dimension} as dimension,
    p.period,
    sum({added}) as added,
    sum({removed}) as removed
from {record}_change as r
join dimension as d using (dimension_id)
join period as p on r.day < p.period_end {within}
join link
    on link.leaf_id = d.area_id
    and {where} >= link.valid_from
    and {where} < link.valid_until
where r.known_day > $as_of
    and r.day < $end
    {filters}
group by all"""
)
WITHIN_PERIOD = "and r.day >= p.period_start"
# An event counts where its area lay; a stock where what it is made of lies at the period's end.
ON_ITS_DAY, AT_THE_END = "r.day", "(least(p.period_end, $end) - 1)"

# The same of observations, each a version that came or went.
OBSERVED_SINCE = (
    ASKED
    + PERIODS
    + CLIMBING
    + """
select
    link.area_id,
    '' as dimension,
    p.period,
    count(*) filter (o.known_from::date > $as_of and o.known_to is null) as added,
    count(*) filter (o.known_from::date <= $as_of and o.known_to::date > $as_of) as removed
from observation_known as o
join link
    on link.leaf_id = o.area_id
    and o.period_end - 1 >= greatest(link.valid_from, link.life_start)
    and o.period_end - 1 < least(link.valid_until, link.life_end)
join period as p
    on o.period_end - 1 >= p.period_start
    and o.period_end - 1 < p.period_end
where o.metric in (select unnest($metrics))
    and not o.standalone
    {own}
group by all"""
)
OWN_AREA = "and o.area_id = link.area_id"

# What the batches of each source brought after a day, of all areas and periods.
BATCHES_SINCE = """
select source, sum("new") as new_records, sum(changed) as changed_records
from batch
where status = 'ok'
    and finished_at::date > $as_of
group by source
order by source"""
