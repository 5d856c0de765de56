-- The same for how often each amount was there.

create table snapshot.{record}_spread_sorted as
select
    level, area_id, leaf_level, source, month, amount,
    cast(sum(times) as bigint) as times,
    is_then, is_today
from snapshot.{record}_spread
group by all
having sum(times) <> 0
order by level, area_id, month;

drop table snapshot.{record}_spread;

alter table snapshot.{record}_spread_sorted rename to {record}_spread;
