-- The same for the rollups by month.

create table snapshot.{record}_month_sorted as
select
    level, area_id, leaf_level, source, month, origin_month,
    max(estimated) as estimated, {sums},
    is_then, is_today
from snapshot.{record}_month
group by all
order by level, area_id, month;

drop table snapshot.{record}_month;

alter table snapshot.{record}_month_sorted rename to {record}_month;
