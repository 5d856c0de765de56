-- Some of the dossiers of one part of the docket: those that batches after $since told of, each as
-- it is known now, and its events with what they do to the counts. The events are those that
-- measures/dossier.sql finds, so a list of dossiers cannot follow other rules than the number it
-- explains.
--
-- docketed   the dossiers, numbered; known/dossier.sql has told how each stands
-- The heirs of areas that ended are numbered after the dossier: see handover.py.

{into_event}
select
    cast(noted.dimension_id // {heirs} as integer) as dossier_no,
    coalesce(tenure.holder_id, docketed.competent_area) as area_id,
    noted.day,
    noted.origin_day,
    noted.effect_id
from ({noted}) as noted
join docketed on docketed.record_no = noted.dimension_id // {heirs}
left join tenure
    on tenure.area_id = docketed.competent_area
    and tenure.holder_no = noted.dimension_id % {heirs};

create or replace temp table docket_life as
select
    dossier_no,
    max(day) as last_day,
    min(day) filter (
        where dossiers_resolved > 0 or dossiers_withdrawn > 0 or dossiers_refused > 0
    ) as ended_day,
    coalesce(sum({stocks}), 0) <> 0 as is_open
from part.event
join dossier_effect using (effect_id)
where dossier_no > $numbered
group by dossier_no;

create or replace temp table docket_pauses as
select record_no, list({{'start': start_day, 'end': end_day}} order by start_day) as stopped
from pauses
group by record_no;

create or replace temp table docket_steps as
select record_no, list({{'at': "at", 'status': status}} order by "at", status) as told
from event
group by record_no;

{into_dossier}
select
    cast(standing.record_no as integer) as dossier_no,
    standing.source,
    standing.dossier_code,
    coalesce(standing.procedure_code, '') as procedure_code,
    coalesce(standing.procedure_name, '') as procedure_name,
    coalesce(standing.field_code, '') as field_code,
    coalesce(standing.field_name, '') as field_name,
    coalesce(standing.channel, '') as channel,
    coalesce(standing.competent_organisation, '') as organisation,
    coalesce(standing.receiving_organisation, '') as receiving_organisation,
    standing.competent_area as area_id,
    standing.receiving_area as receiving_area_id,
    standing.submitted_at,
    standing.received_at,
    standing.due_at,
    standing.finished_at,
    standing.returned_at,
    standing.refused_at,
    standing.withdrawn_at,
    known.reception_due_at,
    standing.updated_at,
    standing.status,
    coalesce(standing.deadline_precision, 'day') as deadline_precision,
    standing.supplements,
    docket_pauses.stopped as pauses,
    docket_steps.told as steps,
    coalesce(docket_life.is_open, false) as is_open,
    docket_life.last_day,
    docket_life.ended_day,
    docketed.known_from,
    docketed.batch_id
from standing
join docketed using (record_no)
join known using (record_no)
left join docket_life on docket_life.dossier_no = standing.record_no
left join docket_pauses using (record_no)
left join docket_steps using (record_no);
