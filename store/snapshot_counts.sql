-- The deltas of one kind of record, as they were appended, and the two ways to read them:
-- with the day they became known, and as everything is known now.

create table if not exists snapshot.{record}_change as
select {grain}, {measures} from {record}_delta limit 0;

insert into snapshot.{record}_change
select {grain}, {measures} from {record}_delta where batch_id > $since;

create or replace view snapshot.{record}_known as
select known_day, day, origin_day, {dimensions}, {measures}
from {record}_change
join dimension using (dimension_id);

create or replace view snapshot.{record}_delta as
select day, origin_day, {dimensions}, {measures}
from {record}_change
join dimension using (dimension_id);

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

create table if not exists snapshot.{record}_month as
from rolled_month limit 0;

insert into snapshot.{record}_month
from rolled_month;

create or replace view snapshot.{record}_area_month as
select 'then' as boundaries, * exclude (is_then, is_today)
from {record}_month
where is_then
union all
select 'today' as boundaries, * exclude (is_then, is_today)
from {record}_month
where is_today;
