-- Rolls the deltas of one kind of record up to every level on both maps. The same statements
-- serve all records and all levels; {record}, {keys} and the sums are all that differs.
--
-- A fact counts under the ancestor its area had on the day of the event; before the area began
-- or after it ended, under the nearest, so that nothing is lost on the way up. What was still
-- open when an area came to lie in another goes over to that one on the day. Where both maps
-- agree a row is written once and read twice; so on today's map an area and what it took in may
-- have a row each for one day, and so has an area before and after a snapshot grew. Rows are
-- always added up. Numbers stand for places until the last step, because grouping and sorting by
-- text is several times slower.
--
-- {arriving} are the deltas that no snapshot has yet: all of them where one is built anew, else
-- only what is to be added to a copy of the last.

create or replace temp table met as
select dimension_id, source, area_id, leaf_level
from dimension
where dimension_id in (select dimension_id from {arriving});

create or replace temp table place as
select
    cast(row_number() over (order by area_id, leaf_level, source) as integer) as place_no,
    source, area_id, leaf_level
from (select distinct source, area_id, leaf_level from met);

create or replace temp table path as
with life as (
    select
        place.place_no, place.source, place.leaf_level,
        link.boundaries, link.level, link.ancestor_id, link.estimated, link.valid_from,
        row_number() over on_the_way as number,
        lead(link.valid_from) over on_the_way as next_from
    from place
    join area_link as link on link.area_id = place.area_id
    window on_the_way as (
        partition by place.place_no, link.boundaries, link.level order by link.valid_from
    )
)

select
    place_no, source, leaf_level, level, ancestor_id, estimated,
    case when number = 1 then date '0001-01-01' else valid_from end as first_day,
    coalesce(next_from, date '9999-12-31') as end_day,
    bool_or(boundaries = 'then') as is_then,
    bool_or(boundaries = 'today') as is_today
from life
group by all;

create or replace temp table reach as
select
    cast(
        row_number() over (order by level, ancestor_id, leaf_level, source, is_then) as integer
    ) as reach_no,
    level, ancestor_id, leaf_level, source, is_then, is_today,
    count(distinct place_no) = 1 as is_alone
from path
group by level, ancestor_id, leaf_level, source, is_then, is_today;

create or replace temp table climb as
select place_no, reach_no, is_alone, first_day, end_day, cast(estimated as integer) as estimated
from path
join reach using (level, ancestor_id, leaf_level, source, is_then, is_today);

-- The times of a place in which it counts under the same ancestors.
create or replace temp table cut as
select
    place_no,
    first_day,
    lead(first_day, 1, date '9999-12-31') over (
        partition by place_no order by first_day
    ) as end_day
from (select distinct place_no, first_day from climb);

create or replace temp table home as
select dimension_id, place_no
from met
join place using (source, area_id, leaf_level);

create or replace temp table leaf as
select home.place_no, delta.day, delta.origin_day, {keys} {sums}
from {arriving} as delta
join home using (dimension_id)
where delta.day <= $horizon
group by home.place_no, {keys} delta.day, delta.origin_day
order by home.place_no, delta.day;

-- Where only one place reaches an ancestor its rows are the ancestor's already.
create or replace temp table joint as
select climb.reach_no, leaf.day, leaf.origin_day, {keys} max(climb.estimated) as estimated, {sums}
from leaf
join climb using (place_no)
where not climb.is_alone
and leaf.day >= climb.first_day
and leaf.day < climb.end_day
group by climb.reach_no, {keys} leaf.day, leaf.origin_day
order by climb.reach_no, leaf.day;

-- What is open in an area goes with it on the day it comes to lie in another. Such a row has its
-- day for an origin, so that who has it now can open a period with it.
create or replace temp table carried as
with move as (
    select place_no, reach_no, first_day as day, 1 as sign
    from climb
    where first_day > date '0001-01-01'
    union all
    select place_no, reach_no, end_day, -1
    from climb
    where end_day < date '9999-12-31'
)

select move.reach_no, move.day, move.day as origin_day, {keys} 0 as estimated, {carried_sums}
from move
join leaf using (place_no)
where leaf.day < move.day
group by move.reach_no, {keys} move.day
having {carries};

create or replace temp view rolled as
with climbed as (
    select climb.reach_no, leaf.day, leaf.origin_day, {keys} climb.estimated, {measures}
    from leaf
    join climb using (place_no)
    where climb.is_alone
    and leaf.day >= climb.first_day
    and leaf.day < climb.end_day
    union all
    select reach_no, day, origin_day, {keys} estimated, {measures} from joint
    union all
    select reach_no, day, origin_day, {keys} estimated, {measures} from carried
)

select
    reach.level, reach.ancestor_id as area_id, reach.leaf_level, reach.source,
    {keys} climbed.day, climbed.origin_day, climbed.estimated, {measures},
    reach.is_then, reach.is_today
from climbed
join reach using (reach_no);

insert into {to}.{record}_area
from rolled;
