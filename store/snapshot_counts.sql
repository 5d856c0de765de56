-- The deltas of one kind of record, as they were appended, and the two ways to read them:
-- with the day they became known, and as everything is known now.

create table snapshot.{record}_change as
select {grain}, {measures} from {record}_delta;

create view snapshot.{record}_known as
select known_day, day, origin_day, {dimensions}, {measures}
from {record}_change
join dimension using (dimension_id);

create view snapshot.{record}_delta as
select day, origin_day, {dimensions}, {measures}
from {record}_change
join dimension using (dimension_id);

create table snapshot.{record}_month as
select
    level, area_id, leaf_level, source,
    cast(date_trunc('month', day) as date) as month,
    cast(date_trunc('month', origin_day) as date) as origin_month,
    max(estimated) as estimated,
    {sums},
    is_then, is_today
from snapshot.{record}_area
group by all
order by level, area_id, month;

create view snapshot.{record}_area_month as
select 'then' as boundaries, * exclude (is_then, is_today)
from {record}_month
where is_then
union all
select 'today' as boundaries, * exclude (is_then, is_today)
from {record}_month
where is_today;
