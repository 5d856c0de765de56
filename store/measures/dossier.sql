-- How dossiers are counted, in the words of domain/dossier.py and to the same result.
-- Stocks are +1 and -1 on the days they change, so that the stock of any day is the sum of all
-- days up to it.
--
-- records   one row per state of a dossier: sign +1 as it is now known, -1 as it was before
-- pauses    the days its clock stood still, [start_day, end_day), never overlapping
-- working_day   the working calendar: working days up to a day, and when what is due is near due
-- lives     the first statement: one row per state of a dossier
-- waits     the second: one row per pause of a life
-- steps     the next ones: what happens in each kind of life or wait, and on which of its days.
--           What happens on a day that one does not have does not happen in it.
-- The last statement tells what each step counts as.

with ruled as (
    select
        record_no,
        sign,
        known_day,
        dimension_id,
        channel,
        received_day,
        due_day,
        supplements > 0 as is_supplemented,
        digitised,
        reused,
        electronic_result,
        has_fee,
        paid_online,
        apology,
        receiving_area_id <> area_id as is_from_elsewhere,
        -- What has been accepted at a time nobody told is no late reception.
        case
            when answered_at is not null or coalesce(status, 1) = 1
                then reception_due_day
        end as reception_day,
        coalesce(answered_at > reception_due_at, true) as is_reception_late,
        -- By the day a dossier is overdue the day after its due day, by the second on it.
        case
            when deadline_precision = 'second' then due_day
            else cast(due_day + interval '1' day as date)
        end as overdue_from,
        case
            when deadline_precision = 'second' and finished_at < due_at then 'early'
            when deadline_precision = 'second' and finished_at = due_at then 'on_time'
            when deadline_precision = 'second' and finished_at > due_at then 'late'
            when finished_day < due_day then 'early'
            when finished_day = due_day then 'on_time'
            when finished_day > due_day then 'late'
        end as punctuality,
        is_last_minute,
        -- A refusal counts whatever the status; the other ends only if it agrees or is not told.
        case
            when refused_day is not null then refused_day
            when status = 3 then closing_day
        end as refused_day,
        case
            when status is null then withdrawn_day
            when status = 7 then coalesce(withdrawn_day, closing_day)
        end as withdrawn_day,
        case
            when (status is null or status in (9, 10)) and finished_day >= received_day
                then finished_day
            when (status is null or status in (9, 10)) and finished_day < received_day
                then received_day
        end as resolved_day
    from records
),

ended as (
    select
        *,
        least(
            coalesce(refused_day, date '9999-12-31'),
            coalesce(withdrawn_day, date '9999-12-31'),
            coalesce(resolved_day, date '9999-12-31')
        ) as end_day,
        case when overdue_from > received_day then overdue_from else received_day end
            as breach_day
    from ruled
),

lived as (
    select
        *,
        resolved_day is not null
            and resolved_day < coalesce(withdrawn_day, date '9999-12-31')
            and resolved_day < coalesce(refused_day, date '9999-12-31') as is_resolved,
        withdrawn_day is not null
            and withdrawn_day < coalesce(refused_day, date '9999-12-31') as is_withdrawn,
        case when breach_day < end_day then breach_day else end_day end as near_end_day,
        case
            when promised.near_from > received_day then promised.near_from
            when promised.near_from is not null then received_day
        end as near_day,
        went.worked - came.worked as days_between
    from ended
    left join working_day as came on came.day = received_day
    left join working_day as went on went.day = resolved_day
    left join working_day as promised on promised.day = due_day
)

select
    record_no,
    known_day,
    dimension_id,
    sign,
    channel,
    due_day is not null as has_due,
    is_from_elsewhere,
    is_supplemented,
    digitised,
    reused,
    has_fee,
    paid_online,
    electronic_result,
    apology,
    punctuality,
    is_reception_late,
    is_last_minute,
    is_resolved,
    received_day is not null and received_day < end_day as is_open_once,
    received_day is not null and overdue_from is not null and breach_day < end_day
        as is_overdue_once,
    near_day < near_end_day as is_near_once,
    is_withdrawn and withdrawn_day = end_day as ends_withdrawn,
    refused_day = end_day as ends_refused,
    -- Withdrawn or refused after it had ended in another way.
    is_withdrawn and withdrawn_day > end_day as is_withdrawn_after,
    refused_day > end_day as is_refused_after,
    case when is_resolved then days_between end as days_between,
    received_day,
    reception_day,
    near_day,
    near_end_day,
    breach_day,
    case when end_day < date '9999-12-31' then end_day end as ended_day,
    withdrawn_day,
    refused_day
from lived;

-- A pause counts only while the dossier is open.
with waited as (
    select
        lives.*,
        coalesce(ended_day, date '9999-12-31') as end_day,
        case when start_day > received_day then start_day else received_day end as pause_day,
        case
            when pauses.end_day < ended_day or ended_day is null then pauses.end_day
            else ended_day
        end as resume_day
    from lives
    join pauses on pauses.record_no = lives.record_no
    where is_open_once
    and pauses.end_day > received_day
    and start_day < coalesce(ended_day, date '9999-12-31')
),

rested as (
    select
        waited.*,
        -- The day of reception is none of the dossier's in the first place.
        case
            when days_between is not null then
                until.worked_before
                - case when pause_day = received_day then since.worked else since.worked_before end
        end as days_waited
    from waited
    left join working_day as since on since.day = pause_day
    left join working_day as until on until.day = resume_day
),

counted as (
    select
        *,
        days_between - coalesce(sum(days_waited) over so_far, 0) as days_left
    from rested
    window so_far as (partition by record_no order by pause_day rows unbounded preceding)
)

select
    known_day,
    dimension_id,
    sign,
    has_due,
    apology,
    is_open_once,
    is_overdue_once and breach_day < resume_day as is_overdue_once,
    is_near_once,
    days_left + days_waited as days_before,
    days_left,
    received_day,
    ended_day,
    pause_day,
    case when resume_day < date '9999-12-31' then resume_day end as resume_day,
    -- While it waits for its applicant it is not near due.
    case
        when pause_day < near_end_day and near_day < resume_day
            then case when pause_day > near_day then pause_day else near_day end
    end as dimmed_day,
    case
        when pause_day < near_end_day and near_day < resume_day
            then case when resume_day < near_end_day then resume_day else near_end_day end
    end as lit_day,
    case
        when is_overdue_once and breach_day < pause_day then pause_day
        when is_overdue_once and breach_day < resume_day then breach_day
    end as cleared_day,
    -- A term does not run out in a pause: it has when the pause is over.
    case
        when is_overdue_once and pause_day <= breach_day and breach_day < resume_day
            then breach_day
    end as unlapsed_day,
    case
        when is_overdue_once and pause_day <= breach_day and breach_day < resume_day
            and (resume_day < end_day or is_resolved)
            then resume_day
    end as relapsed_day
from counted;

with kinds as (
    select distinct
        sign, channel, has_due, is_from_elsewhere, is_supplemented, digitised, reused,
        has_fee, paid_online, is_open_once
    from lives
)

select
    kinds.*,
    'received' as step,
    'received_day' as day_name,
    cast(null as varchar) as origin_name
from kinds;

with kinds as (
    select distinct
        sign, apology, punctuality, is_reception_late, is_overdue_once, is_near_once,
        is_resolved
    from lives
)

select
    kinds.*,
    step.name as step,
    case step.name
        when 'reception' then 'reception_day'
        when 'near' then case when is_near_once then 'near_day' end
        when 'overdue' then case when is_overdue_once then 'breach_day' end
        -- The term has run out: on the first day overdue, or with a late result.
        when 'lapsed' then case
            when is_overdue_once then 'breach_day'
            when is_resolved and punctuality = 'late' then 'ended_day'
        end
        -- The same, on its own day whenever the dossier came, where apologies are told of.
        when 'late' then case
            when apology is null then cast(null as varchar)
            when is_overdue_once then 'breach_day'
            when is_resolved and punctuality = 'late' then 'ended_day'
        end
    end as day_name,
    case when step.name = 'lapsed' then 'received_day' end as origin_name
from kinds
cross join (values ('reception'), ('near'), ('overdue'), ('lapsed'), ('late')) as step (name);

with kinds as (
    select distinct
        sign, has_due, electronic_result, punctuality, is_last_minute, is_open_once,
        is_overdue_once, is_near_once, is_resolved, ends_withdrawn, ends_refused,
        is_withdrawn_after, is_refused_after, days_between
    from lives
)

select
    kinds.*,
    step.name as step,
    case step.name
        when 'ended' then 'ended_day'
        when 'withdrawn' then case when is_withdrawn_after then 'withdrawn_day' end
        when 'refused' then case when is_refused_after then 'refused_day' end
    end as day_name,
    cast(null as varchar) as origin_name
from kinds
cross join (values ('ended'), ('withdrawn'), ('refused')) as step (name);

with kinds as (
    select distinct
        sign, has_due, apology, is_open_once, is_overdue_once, is_near_once
    from waits
)

select
    kinds.*,
    step.name as step,
    case step.name
        when 'stopped' then 'pause_day'
        when 'resumed' then 'resume_day'
        when 'dimmed' then 'dimmed_day'
        when 'lit' then 'lit_day'
        when 'cleared' then 'cleared_day'
        when 'unlapsed' then 'unlapsed_day'
        when 'lapsed' then 'relapsed_day'
        when 'unlate' then case when apology is not null then 'unlapsed_day' end
        when 'late' then case when apology is not null then 'relapsed_day' end
    end as day_name,
    case when step.name in ('lapsed', 'unlapsed') then 'received_day' end as origin_name
from kinds
cross join (
    values
        ('stopped'), ('resumed'), ('cleared'), ('unlapsed'), ('lapsed'), ('unlate'), ('late'),
        ('dimmed'), ('lit')
) as step (name);

-- Each wait takes back how long the dossier took, and tells it anew without its days: so a row
-- tells of one dossier and all its days, and there can be a median of them.
with kinds as (
    select distinct
        sign, days_before, days_left
    from waits
)

select
    kinds.*,
    step.name as step,
    case when days_before <> days_left then 'ended_day' end as day_name,
    cast(null as varchar) as origin_name
from kinds
cross join (values ('retimed'), ('rested')) as step (name);

select
    steps.*,
    case when step = 'received' then sign else 0 end as dossiers_received,
    case when step = 'received' and channel = 'online' then sign else 0 end
        as dossiers_received_online,
    case when step = 'received' and channel = 'direct' then sign else 0 end
        as dossiers_received_direct,
    case when step = 'received' and channel = 'postal' then sign else 0 end
        as dossiers_received_postal,
    case when step = 'received' and has_due then sign else 0 end
        as dossiers_received_due,
    case when step = 'received' and not has_due then sign else 0 end as dossiers_null_due,
    case when step = 'received' and is_from_elsewhere then sign else 0 end
        as dossiers_cross_boundary,
    -- What a source does not tell is neither yes nor no: each share is of those that are told.
    case when step = 'received' and is_supplemented is not null then sign else 0 end
        as dossiers_supplement_told,
    case when step = 'received' and is_supplemented then sign else 0 end
        as dossiers_supplemented,
    case when step = 'received' and digitised is not null then sign else 0 end
        as dossiers_digitised_told,
    case when step = 'received' and digitised then sign else 0 end as dossiers_digitised,
    case when step = 'received' and reused is not null then sign else 0 end
        as dossiers_reused_told,
    case when step = 'received' and reused then sign else 0 end as dossiers_reused,
    case when step = 'received' and has_fee then sign else 0 end as dossiers_fee,
    case when step = 'received' and has_fee and paid_online is not null then sign else 0 end
        as dossiers_payment_told,
    case when step = 'received' and has_fee and paid_online then sign else 0 end
        as dossiers_paid_online,
    case
        when step = 'ended' and is_resolved and electronic_result is not null then sign else 0
    end as dossiers_result_told,
    case when step = 'ended' and is_resolved and electronic_result then sign else 0 end
        as dossiers_electronic_result,
    case when step = 'ended' and is_resolved then sign else 0 end as dossiers_resolved,
    case when step = 'ended' and is_resolved and punctuality = 'early' then sign else 0 end
        as dossiers_resolved_early,
    case when step = 'ended' and is_resolved and punctuality = 'on_time' then sign else 0 end
        as dossiers_resolved_on_time,
    case when step = 'ended' and is_resolved and punctuality = 'late' then sign else 0 end
        as dossiers_resolved_late,
    case
        when step = 'ended' and is_resolved and is_last_minute then sign else 0
    end as dossiers_resolved_last_minute,
    case when step = 'withdrawn' or (step = 'ended' and ends_withdrawn) then sign else 0 end
        as dossiers_withdrawn,
    case when step = 'refused' or (step = 'ended' and ends_refused) then sign else 0 end
        as dossiers_refused,
    case
        when not is_open_once then 0
        when step in ('received', 'resumed') then sign
        when step in ('ended', 'stopped') then -sign
        else 0
    end as dossiers_pending,
    case
        when not is_open_once or not has_due then 0
        when step in ('received', 'resumed') then sign
        when step in ('ended', 'stopped') then -sign
        else 0
    end as dossiers_pending_due,
    case
        when not is_overdue_once then 0
        when step in ('overdue', 'resumed') then sign
        when step in ('ended', 'cleared') then -sign
        else 0
    end as dossiers_pending_overdue,
    case when step = 'stopped' then sign when step = 'resumed' then -sign else 0 end
        as dossiers_paused,
    case
        when not has_due then 0
        when step = 'stopped' then sign
        when step = 'resumed' then -sign
        else 0
    end as dossiers_paused_due,
    case
        when not coalesce(is_near_once, false) then 0
        when step in ('near', 'lit') then sign
        when step in ('overdue', 'dimmed') then -sign
        when step = 'ended' and not is_overdue_once then -sign
        else 0
    end as dossiers_near_due,
    case
        when step = 'ended' and days_between is not null then sign
        when step = 'rested' then sign
        when step = 'retimed' then -sign
        else 0
    end as dossiers_timed,
    case
        when step = 'ended' and days_between is not null then sign * days_between
        when step = 'rested' then sign * days_left
        when step = 'retimed' then -sign * days_before
        else 0
    end as dossiers_working_days,
    case when step = 'reception' then sign else 0 end as dossiers_reception_due,
    case when step = 'reception' and is_reception_late then sign else 0 end
        as dossiers_reception_late,
    case when step = 'lapsed' then sign when step = 'unlapsed' then -sign else 0 end
        as dossiers_lapsed,
    case when step = 'late' then sign when step = 'unlate' then -sign else 0 end
        as dossiers_late_told,
    case
        when not coalesce(apology, false) then 0
        when step = 'late' then sign
        when step = 'unlate' then -sign
        else 0
    end as dossiers_late_apology
from steps
