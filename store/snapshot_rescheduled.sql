-- How many open dossiers were promised for a later day than before: by the day that became known,
-- the batch that told it, and who answers for them. It takes two versions of a dossier to see, and
-- a snapshot has none; so they are compared where it is written.

create or replace temp table postponed as
select
    cast(newer.known_from as date) as known_day,
    newer.source,
    newer.batch_id,
    newer.competent_area as area_id,
    coalesce(newer.competent_organisation, '') as organisation,
    local_day(older.due_at) as old_due,
    local_day(newer.due_at) as new_due,
    count(*) as dossiers
from dossier as newer
join dossier as older
    on older.source = newer.source
    and older.dossier_code = newer.dossier_code
    and older.known_to = newer.known_from
where newer.batch_id > $since
and local_day(newer.due_at) > local_day(older.due_at)
and newer.finished_at is null
and newer.withdrawn_at is null
and newer.refused_at is null
group by all
order by known_day, area_id;

create table if not exists {to}.rescheduled as
from postponed limit 0;

insert into {to}.rescheduled
from postponed;
