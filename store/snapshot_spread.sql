-- How often each amount was there, by month: {number} events of the amount {total} // {number}.
-- From this a median can be told for any area and period, which no sum can. It follows
-- rollup.sql, whose tables say where each place counts and when.

create or replace temp table amounts as
select
    home.place_no,
    cut.first_day,
    cast(date_trunc('month', delta.day) as date) as month,
    cast({total} // {number} as integer) as amount,
    cast(sum({number}) as bigint) as times
from {arriving} as delta
join home using (dimension_id)
join cut
    on cut.place_no = home.place_no
    and delta.day >= cut.first_day
    and delta.day < cut.end_day
where {number} <> 0
and delta.day <= $horizon
group by all
having sum({number}) <> 0;

create or replace temp table rolled_spread as
select
    reach.level, reach.ancestor_id as area_id, reach.leaf_level, reach.source,
    amounts.month, amounts.amount, cast(sum(amounts.times) as bigint) as times,
    reach.is_then, reach.is_today
from amounts
join climb
    on climb.place_no = amounts.place_no
    and amounts.first_day >= climb.first_day
    and amounts.first_day < climb.end_day
join reach using (reach_no)
group by all
order by level, area_id, month;

insert into {to}.{record}_spread
from rolled_spread;
