-- The rollup of one kind of record, empty, and the way to read it. rollup.sql fills it.

create table snapshot.{record}_area (
    level varchar,
    area_id varchar,
    leaf_level varchar,
    source varchar,
    {key_columns}
    day date,
    origin_day date,
    estimated integer,
    {sum_columns},
    is_then boolean,
    is_today boolean
);

create view snapshot.{record}_area_day as
select 'then' as boundaries, * exclude (is_then, is_today)
from {record}_area
where is_then
union all
select 'today' as boundaries, * exclude (is_then, is_today)
from {record}_area
where is_today;
