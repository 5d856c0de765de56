-- What is known of each dossier touched by a batch: what its record tells, with the steps
-- that were reported about it since. Both may come in any order; nothing here depends on it.
--
-- version   one row per state to be counted: sign +1 as it is now known, -1 as it was before
-- event     the steps known in that state, by record_no
-- local_day, local_time   of an instant, on Vietnam's clocks; local_instant the other way
-- working_day   the working calendar

-- A record tells how things stood when its source last changed it. Steps after that win.
create or replace temp table happened as
with told as (
    select
        record_no,
        updated_at,
        status,
        greatest(received_at, finished_at, returned_at, refused_at, withdrawn_at) as last_told_at
    from version
    where record_no in (select record_no from event)
),
last_step as (
    select
        record_no,
        max("at") as last_at,
        arg_max(status, ("at", status)) as last_status,
        min("at") filter (where status = 2) as accepted_at,
        max("at") filter (where status not in (9, 10)) as reopened_at
    from event
    group by record_no
),
finish as (
    select event.record_no, min(event."at") as done_at
    from event
    join last_step using (record_no)
    where event.status in (9, 10)
    and event."at" >= coalesce(last_step.reopened_at, event."at")
    group by event.record_no
)
select
    last_step.*,
    finish.done_at,
    case
        when told.updated_at is not null then last_at > told.updated_at
        else last_at >= coalesce(told.last_told_at, last_at)
    end as is_newer,
    coalesce(told.updated_at, told.last_told_at) as told_at
from last_step
join told using (record_no)
left join finish using (record_no);

create or replace temp view standing as
select
    version.* exclude (status, received_at, finished_at, refused_at, withdrawn_at),
    coalesce(version.received_at, happened.accepted_at) as received_at,
    if(happened.is_newer, happened.last_status, version.status) as status,
    case
        when not coalesce(happened.is_newer, false) then version.finished_at
        when happened.last_status not in (9, 10) then null
        when version.finished_at >= coalesce(happened.reopened_at, version.finished_at)
            then version.finished_at
        else happened.done_at
    end as finished_at,
    case
        when not coalesce(happened.is_newer, false) then version.refused_at
        when happened.last_status = 3 then coalesce(version.refused_at, happened.last_at)
    end as refused_at,
    case
        when not coalesce(happened.is_newer, false) then version.withdrawn_at
        when happened.last_status = 7 then coalesce(version.withdrawn_at, happened.last_at)
    end as withdrawn_at,
    happened.is_newer,
    happened.told_at
from version
left join happened using (record_no);

-- The clock stands still from status 5, 6 or 8 until the next other status, through the pauses
-- a record tells itself, and while its status says so without saying since when.
create or replace temp table stopped as
with step as (
    select
        record_no,
        status,
        "at",
        lead("at") over (partition by record_no order by "at", status) as next_at
    from event
),
told as (
    select record_no, is_newer, told_at, unnest(pauses, recursive := true)
    from standing
    where len(pauses) > 0
),
resumed as (
    select told.record_no, told."start", min(step."at") as "at"
    from told
    join step using (record_no)
    where told."end" is null
    and told.is_newer
    and step.status not in (5, 6, 8)
    and step."at" > told."start"
    and step."at" >= coalesce(told.told_at, step."at")
    group by told.record_no, told."start"
),
spans as (
    select
        step.record_no,
        step."at" as "start",
        coalesce(
            step.next_at,
            case
                when not standing.is_newer and standing.status not in (5, 6, 8)
                    then greatest(standing.told_at, step."at")
            end
        ) as "end"
    from step
    join standing using (record_no)
    where step.status in (5, 6, 8)
    and not exists (
        -- The record tells when that pause ended: steps may have been missed since.
        from told
        where told.record_no = step.record_no
        and step."at" >= told."start"
        and step."at" < told."end"
    )
    union all
    select told.record_no, told."start", coalesce(told."end", resumed."at")
    from told
    left join resumed using (record_no, "start")
),
stated as (
    select record_no, coalesce(updated_at, received_at) as "start", null as "end"
    from standing
    where status in (5, 6, 8)
    and record_no not in (select record_no from spans where "end" is null)
)
select record_no, cast("start" as date) as start_day, cast("end" as date) as end_day
from (select * from spans union all select * from stated)
where "start" is not null;

-- Whole days, overlaps and neighbours joined, so that no day is counted twice.
create or replace temp table pauses as
with open_ended as (
    select record_no, start_day, coalesce(end_day, date '9999-12-31') as end_day
    from stopped
    where end_day is null or start_day < end_day
),
marked as (
    select
        *,
        start_day > max(end_day) over (
            partition by record_no
            order by start_day, end_day
            rows between unbounded preceding and 1 preceding
        ) as is_apart
    from open_ended
),
grouped as (
    select
        *,
        count(*) filter (where is_apart) over (
            partition by record_no order by start_day, end_day rows unbounded preceding
        ) as island
    from marked
)
select record_no, min(start_day) as start_day, max(end_day) as end_day
from grouped
group by record_no, island;

-- By when what was sent online had to be received: as its source says, else eight working hours
-- after it was sent (domain/deadline.py).
create or replace temp view awaited as
select
    standing.*,
    case
        when channel is distinct from 'online' then null
        when reception_due_at is not null then reception_due_at
        when sent_on.is_working
            then local_instant(
                sent_on.reply_day
                + least(greatest(local_time(submitted_at), time '08:00'), time '17:00')
            )
        else local_instant(sent_on.reply_day + time '08:00')
    end as awaited_at
from standing
left join working_day as sent_on on sent_on.day = local_day(submitted_at);

create or replace temp view known as
select
    record_no,
    sign,
    known_day,
    source,
    competent_area as area_id,
    area.level as leaf_level,
    coalesce(competent_organisation, '') as organisation,
    receiving_area as receiving_area_id,
    coalesce(receiving_organisation, '') as receiving_organisation,
    coalesce(procedure_code, '') as procedure_code,
    coalesce(field_code, '') as field_code,
    coalesce(awaited.channel, '') as channel,
    status,
    coalesce(deadline_precision, 'day') as deadline_precision,
    supplements,
    digitised,
    reused,
    electronic_result,
    has_fee,
    paid_online,
    apology,
    due_at,
    finished_at,
    epoch_us(due_at) - epoch_us(finished_at) between 0 and 60_000_000 as is_last_minute,
    -- The first thing that shows a dossier had been looked at.
    coalesce(
        least(received_at, finished_at, refused_at, withdrawn_at),
        case when status in (3, 7) then coalesce(updated_at, submitted_at) end
    ) as answered_at,
    awaited_at as reception_due_at,
    local_day(awaited_at) as reception_due_day,
    local_day(received_at) as received_day,
    local_day(due_at) as due_day,
    local_day(finished_at) as finished_day,
    local_day(refused_at) as refused_day,
    local_day(withdrawn_at) as withdrawn_day,
    -- When a refusal or withdrawal has no instant of its own.
    case
        when status in (3, 7)
            then cast(coalesce(finished_at, updated_at, received_at, submitted_at) as date)
    end as closing_day
from awaited
join area on area.area_id = awaited.competent_area;
