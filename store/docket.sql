-- What one part of the docket holds beside its dossiers and their events (docket_some.sql).

create table part.effect as
from dossier_effect;

create table part.batch as
select batch_id, source, kind, started_at, finished_at, origin_sha256, origin_bytes
from batch
where batch_id in (select batch_id from part.dossier);

-- Once is enough: where the register or the calendar changes everything is written anew.
create table part.area_link as
from area_link
where $since < 0;

create table part.working_day as
select day, worked
from working_day
where $since < 0;

create table part.about as
select
    cast($since as bigint) as since,
    cast($until as bigint) as until,
    cast($counting as varchar) as counting;
