-- Rolls the deltas of one kind of record up to every level on both maps. The same statements
-- serve all records and all levels; {record}, {keys} and the sums are all that differs.
--
-- Numbers stand for places until the last step, because grouping by text is several times
-- slower. A fact counts under the ancestor its area had on the day of the event; before the
-- area began or after it ended, under the nearest, so that nothing is lost on the way up.

create or replace temp table place as
select row_number() over () as place_no, source, area_id, leaf_level
from (
    select distinct source, area_id, leaf_level
    from dimension
    where dimension_id in (select dimension_id from {record}_delta)
);

create or replace temp table reach as
select
    row_number() over () as reach_no,
    boundaries, level, ancestor_id, source, leaf_level
from (
    select distinct link.boundaries, link.level, link.ancestor_id, place.source, place.leaf_level
    from place
    join area_link as link on link.area_id = place.area_id
);

create or replace temp table climb as
select
    place.place_no,
    reach.reach_no,
    cast(link.estimated as integer) as estimated,
    case
        when row_number() over (life order by link.valid_from) = 1 then date '0001-01-01'
        else link.valid_from
    end as valid_from,
    coalesce(lead(link.valid_from) over (life order by link.valid_from), date '9999-12-31')
        as valid_until
from place
join area_link as link on link.area_id = place.area_id
join reach on reach.boundaries = link.boundaries
and reach.level = link.level
and reach.ancestor_id = link.ancestor_id
and reach.source = place.source
and reach.leaf_level = place.leaf_level
window life as (partition by place.place_no, link.boundaries, link.level);

create or replace temp table leaf as
select place.place_no, delta.day, delta.origin_day, {keys} {sums}
from {record}_delta as delta
join dimension using (dimension_id)
join place on place.source = dimension.source
and place.area_id = dimension.area_id
and place.leaf_level = dimension.leaf_level
where delta.day <= $horizon
group by place.place_no, {keys} delta.day, delta.origin_day;

create or replace temp table rolled as
select climb.reach_no, leaf.day, leaf.origin_day, {keys} max(climb.estimated) as estimated, {sums}
from leaf
join climb on climb.place_no = leaf.place_no
and leaf.day >= climb.valid_from
and leaf.day < climb.valid_until
group by climb.reach_no, {keys} leaf.day, leaf.origin_day;

create table snapshot.{record}_area_day as
select
    reach.boundaries,
    reach.level,
    reach.ancestor_id as area_id,
    reach.leaf_level,
    reach.source,
    {keys}
    rolled.day,
    rolled.origin_day,
    rolled.estimated,
    {measures}
from rolled
join reach using (reach_no)
order by reach.boundaries, reach.level, reach.ancestor_id, rolled.day;
