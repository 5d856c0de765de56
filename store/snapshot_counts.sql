-- The tallies of one kind of record, as they were appended, and what they add up to by month.

insert into {to}.{record}_effect
select *
from {record}_effect
where effect_id > (select coalesce(max(effect_id), 0) from {known}.{record}_effect);

insert into {to}.{record}_tally
select {grain}, effect_id from {record}_tally where batch_id > $since;

create or replace temp table rolled_month as
select
    level, area_id, leaf_level, source,
    cast(date_trunc('month', day) as date) as month,
    cast(date_trunc('month', origin_day) as date) as origin_month,
    max(estimated) as estimated,
    {sums},
    is_then, is_today
from {rolled}
group by all
order by level, area_id, month;

insert into {to}.{record}_month
from rolled_month;
