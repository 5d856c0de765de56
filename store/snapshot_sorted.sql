-- The rollups of one kind of record once more, as if they had just been built: one row for each
-- cell, sorted, so that a question reads only what it is about.

create table snapshot.{record}_area_sorted as
select
    level, area_id, leaf_level, source, {keys} day, origin_day,
    max(estimated) as estimated, {sums},
    is_then, is_today
from snapshot.{record}_area
group by all
order by level, area_id, leaf_level, source, day;

drop table snapshot.{record}_area;

alter table snapshot.{record}_area_sorted rename to {record}_area;
