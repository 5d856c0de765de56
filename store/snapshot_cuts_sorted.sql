-- The same for the counts by month, field of administration and channel.

create table snapshot.{record}_cut_month_sorted as
select
    level, area_id, leaf_level, source, {cuts}, month, origin_month, estimated,
    bit_or(touched) as touched, {sums},
    is_then, is_today
from snapshot.{record}_cut_month
group by all
order by level, {cuts}, area_id, month;

drop table snapshot.{record}_cut_month;

alter table snapshot.{record}_cut_month_sorted rename to {record}_cut_month;
