-- How reports of citizens and firms are counted.
-- What was forwarded or refused is another's to answer: it counts as received and no further.
-- An answer given while the report is still being worked on has not closed it.
--
-- records   one row per state of a report: sign +1 as it is now known, -1 as it was before
-- lives     the first statement: one row per state of a report
-- steps     the second: what happens in each kind of life, and on which of its days. What
--           happens on a day that a life does not have does not happen in it.
-- The last statement tells what each step counts as.

with ruled as (
    select
        sign,
        known_day,
        dimension_id,
        received_day,
        due_day,
        status not in ('forwarded', 'refused') as is_ours,
        status in ('answered', '') as is_closed,
        cast(due_day + interval '1' day as date) as overdue_from,
        case when answered_day < received_day then received_day else answered_day end
            as answered_day,
        satisfied,
        reopened
    from records
    where received_day is not null
),

lived as (
    select
        *,
        is_ours and is_closed and answered_day is not null as is_answered,
        case
            when is_closed and answered_day is not null then answered_day
            else date '9999-12-31'
        end as end_day,
        case
            when overdue_from > received_day then overdue_from
            when overdue_from is not null then received_day
        end as breach_day
    from ruled
)

select
    known_day,
    dimension_id,
    sign,
    due_day is not null as has_due,
    answered_day <= due_day as is_on_time,
    is_ours,
    is_answered,
    breach_day < end_day as is_breached,
    satisfied,
    reopened,
    received_day,
    answered_day,
    breach_day
from lived;

with kinds as (
    select distinct
        sign, has_due, is_on_time, is_ours, is_answered, is_breached, satisfied, reopened
    from lives
)

select
    kinds.*,
    step.name as step,
    case step.name
        when 'received' then 'received_day'
        when 'answered' then 'answered_day'
        when 'overdue' then case when is_ours and is_breached then 'breach_day' end
        when 'cleared' then case when is_answered and is_breached then 'answered_day' end
        -- The term has run out: on the first day overdue, or with a late answer.
        when 'lapsed' then case
            when is_ours and is_breached then 'breach_day'
            when is_answered and not is_on_time then 'answered_day'
        end
    end as day_name,
    case when step.name = 'lapsed' then 'received_day' end as origin_name
from kinds
cross join (
    values ('received'), ('answered'), ('overdue'), ('cleared'), ('lapsed')
) as step (name);

select
    steps.*,
    case when step = 'received' then sign else 0 end as feedback_received,
    case when step = 'received' and is_ours then sign else 0 end as feedback_in_competence,
    case when step = 'received' and is_ours and has_due then sign else 0 end
        as feedback_due,
    case when step = 'answered' then sign else 0 end as feedback_given_answer,
    case when step = 'answered' and is_answered then sign else 0 end as feedback_answered,
    case when step = 'answered' and is_answered and is_on_time then sign else 0 end
        as feedback_answered_on_time,
    case when step = 'answered' and is_answered and not is_on_time then sign else 0 end
        as feedback_answered_late,
    case
        when not is_ours then 0
        when step = 'received' then sign
        when step = 'answered' and is_answered then -sign
        else 0
    end as feedback_pending,
    case when step = 'overdue' then sign when step = 'cleared' then -sign else 0 end
        as feedback_pending_overdue,
    case when step = 'lapsed' then sign else 0 end as feedback_lapsed,
    case when step = 'answered' and satisfied is not null then sign else 0 end as feedback_rated,
    case when step = 'answered' and satisfied then sign else 0 end as feedback_satisfied,
    case when step = 'answered' and reopened then sign else 0 end as feedback_reopened,
    -- Nothing to complain of: in time, not called bad, not reported again.
    case
        when step = 'answered' and is_answered
            and coalesce(is_on_time, true)
            and coalesce(satisfied, true)
            and not coalesce(reopened, false)
            then sign
        else 0
    end as feedback_answered_well
from steps
