-- What the tallies of one kind of record add up to by month and by {cuts}: the part $part of them,
-- because all at once take more memory than there may be. It follows rollup.sql, whose tables say
-- where each place counts and when, and snapshot_mixes.sql.
--
-- Whatever counts under the same ancestors is added up before it climbs, so that few rows do.

create or replace temp table cell as
select
    mixture.place_no, mixture.mix_no, cut.first_day,
    cast(date_trunc('month', delta.day) as date) as month,
    cast(date_trunc('month', delta.origin_day) as date) as origin_month,
    bit_or({touches}) as touched,
    {sums}
from {arriving} as delta
join mixture using (dimension_id)
join cut
    on cut.place_no = mixture.place_no
    and delta.day >= cut.first_day
    and delta.day < cut.end_day
where mixture.part = $part
and delta.day <= $horizon
group by all;

-- What goes with an area that comes to lie in another, as in rollup.sql. A place moves only as one
-- of its times begins, so a time lies before the move or after it. A period of whole months can be
-- opened with what came on the first day of one.
create or replace temp table carried_cell as
with move as (
    select place_no, reach_no, first_day as day, estimated, 1 as sign
    from climb
    where first_day > date '0001-01-01'
    union all
    select place_no, reach_no, end_day, estimated, -1
    from climb
    where end_day < date '9999-12-31'
)

select
    move.reach_no, cell.mix_no,
    cast(date_trunc('month', move.day) as date) as month,
    case when day(move.day) = 1 then move.day end as origin_month,
    move.estimated,
    bit_or(cell.touched) as touched,
    {carried_sums}
from move
join cell using (place_no)
where cell.first_day < move.day
and cell.touched <> 0
group by all;

create or replace temp view climbed_cell as
select
    climb.reach_no, cell.mix_no, cell.month, cell.origin_month, climb.estimated, cell.touched,
    {measures}
from cell
join climb
    on climb.place_no = cell.place_no
    and cell.first_day >= climb.first_day
    and cell.first_day < climb.end_day
where climb.is_alone
union all
select
    climb.reach_no, cell.mix_no, cell.month, cell.origin_month, climb.estimated,
    bit_or(cell.touched) as touched,
    {sums}
from cell
join climb
    on climb.place_no = cell.place_no
    and cell.first_day >= climb.first_day
    and cell.first_day < climb.end_day
where not climb.is_alone
group by all
union all
select reach_no, mix_no, month, origin_month, estimated, touched, {measures}
from carried_cell;

insert into {to}.{record}_cut_month
select
    reach.level, reach.ancestor_id as area_id, reach.leaf_level, reach.source,
    {cuts},
    climbed_cell.month, climbed_cell.origin_month, climbed_cell.estimated, climbed_cell.touched,
    {measures},
    reach.is_then, reach.is_today
from climbed_cell
join reach using (reach_no)
join mix using (mix_no)
order by reach.level, climbed_cell.mix_no, climbed_cell.reach_no, climbed_cell.month;
