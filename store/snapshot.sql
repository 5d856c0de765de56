-- The tables of a snapshot that are copied from the warehouse: never dossiers, only counts,
-- observations, and what is needed to read them. The small ones are written anew each time.

create or replace table snapshot.meta as
select
    $version as version,
    cast($now as timestamptz) as built_at,
    cast($horizon as date) as horizon,
    exists (from source where simulated and last_success_at is not null) as simulated,
    cast($schema_version as integer) as schema_version;

create or replace table snapshot.source as
from source;

create or replace table snapshot.feed as
from feed;

create or replace table snapshot.promise as
select *
from promise
where due_day >= cast($horizon as date) - 400;

-- Measuring stations one by one, of the last days: what a station says now is nobody's figure,
-- so it is kept no longer than somebody would act on it.
create or replace table snapshot.station_day as
select
    source,
    station,
    area as area_id,
    coalesce(kind, '') as kind,
    cast(hour as date) as day,
    cast(coalesce(sum(readings), 0) as bigint) as readings,
    cast(coalesce(sum(expected), 0) as bigint) as expected,
    count(*) filter (where exceeded) as exceeded_hours,
    max(case when readings > 0 then hour end) as last_hour,
    coalesce(max_by(worst, hour) filter (where exceeded), '') as worst
from station_hour
where known_to is null
and cast(hour as date) > cast($horizon as date) - 8
and cast(hour as date) <= cast($horizon as date)
group by all;

create or replace table snapshot.batch as
select * exclude (landing, manifest_sha256)
from batch
qualify row_number() over (partition by source order by batch_id desc) <= $batches_kept;

create or replace table snapshot.rejected as
select *
from rejected
where batch_id in (select batch_id from snapshot.batch)
qualify row_number() over (partition by batch_id order by row_number) <= $rejected_kept;

create table if not exists {to}.dimension as
from dimension limit 0;

insert into {to}.dimension
select *
from dimension
where dimension_id > (select coalesce(max(dimension_id), 0) from {known}.dimension);
