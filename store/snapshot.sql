-- The tables of a snapshot that are copied from the warehouse: never dossiers, only counts,
-- observations, and what is needed to read them.

create table snapshot.meta as
select
    $version as version,
    cast($now as timestamptz) as built_at,
    cast($horizon as date) as horizon,
    exists (from source where simulated and last_success_at is not null) as simulated,
    cast($schema_version as integer) as schema_version;

create table snapshot.area as
from area;

create table snapshot.area_link as
from area_link;

create table snapshot.area_change as
from area_change;

create table snapshot.source as
from source;

create table snapshot.batch as
select * exclude (landing, manifest_sha256)
from batch
qualify row_number() over (partition by source order by batch_id desc) <= $batches_kept;

create table snapshot.rejected as
select *
from rejected
where batch_id in (select batch_id from snapshot.batch)
qualify row_number() over (partition by batch_id order by row_number) <= $rejected_kept;

create table snapshot.dimension as
from dimension;

create table snapshot.observation_known as
select
    source,
    metric,
    area as area_id,
    level,
    period_start,
    period_end,
    numerator,
    denominator,
    value,
    coalesce(as_reported, false) as as_reported,
    coalesce(standalone, false) or coalesce(as_reported, false) as standalone,
    coalesce(citation, '') as citation,
    coalesce(note, '') as note,
    known_from,
    known_to
from observation;

create view snapshot.observation as
select * exclude (known_to) from observation_known where known_to is null;
