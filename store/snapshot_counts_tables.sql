-- The tallies of one kind of record, empty, and the ways to read them: as what each event adds to
-- the counts; with what it is broken down by; with the day it became known. And its rollup by
-- month. snapshot_counts.sql fills them.

create table snapshot.{record}_effect as
from {record}_effect limit 0;

create table snapshot.{record}_tally as
select {grain}, effect_id from {record}_tally limit 0;

create view snapshot.{record}_change as
select {grain}, {measures}
from {record}_tally
join {record}_effect using (effect_id);

create view snapshot.{record}_known as
select known_day, day, origin_day, {dimensions}, {measures}
from {record}_change
join dimension using (dimension_id);

create view snapshot.{record}_delta as
select day, origin_day, {dimensions}, {measures}
from {record}_change
join dimension using (dimension_id);

create table snapshot.{record}_month (
    level varchar,
    area_id varchar,
    leaf_level varchar,
    source varchar,
    month date,
    origin_month date,
    estimated integer,
    {sum_columns},
    is_then boolean,
    is_today boolean
);

create view snapshot.{record}_area_month as
select 'then' as boundaries, * exclude (is_then, is_today)
from {record}_month
where is_then
union all
select 'today' as boundaries, * exclude (is_then, is_today)
from {record}_month
where is_today;
