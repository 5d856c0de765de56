-- How often each amount was there, by month, of one kind of record: empty, and the way to read it.
-- snapshot_spread.sql fills it.

create table snapshot.{record}_spread (
    level varchar,
    area_id varchar,
    leaf_level varchar,
    source varchar,
    month date,
    amount integer,
    times bigint,
    is_then boolean,
    is_today boolean
);

create view snapshot.{record}_area_spread as
select 'then' as boundaries, * exclude (is_then, is_today)
from {record}_spread
where is_then
union all
select 'today' as boundaries, * exclude (is_then, is_today)
from {record}_spread
where is_today;
