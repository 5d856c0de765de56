-- The tallies of one kind of record, as they were appended, and the ways to read them: as what
-- each event adds to the counts; with what it is broken down by; with the day it became known.

create table if not exists snapshot.{record}_effect as
from {record}_effect limit 0;

insert into snapshot.{record}_effect
select *
from {record}_effect
where effect_id > (select coalesce(max(effect_id), 0) from snapshot.{record}_effect);

create table if not exists snapshot.{record}_tally as
select {grain}, effect_id from {record}_tally limit 0;

insert into snapshot.{record}_tally
select {grain}, effect_id from {record}_tally where batch_id > $since;

create or replace view snapshot.{record}_change as
select {grain}, {measures}
from {record}_tally
join {record}_effect using (effect_id);

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
