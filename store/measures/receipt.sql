-- How documents are counted where they come to: once for each receiver that tells of them.
-- A message that revokes a document is none that was received.
--
-- records   one row per state of a receipt: sign +1 as it is now known, -1 as it was before
-- lives     the first statement: one row per state of a receipt
-- steps     the second: what happens in each kind of life, and on which of its days. What
--           happens on a day that a life does not have does not happen in it.
-- The last statement tells what each step counts as.

with ruled as (
    select
        *,
        case when accepted_day is null then refused_day end as turned_away_day,
        coalesce(accepted_day, refused_day, date '9999-12-31') as answered_day
    from records
    where business <> 1
)

select
    known_day,
    dimension_id,
    sign,
    minutes,
    -- In time until the second working day after the arrival begins.
    accepted_day < breach_day as is_in_time,
    received_day,
    turned_away_day,
    accepted_day,
    case
        when breach_day is null then cast(null as date)
        when breach_day <= answered_day then breach_day
        else accepted_day
    end as judged_day
from ruled;

with kinds as (
    select distinct sign, minutes, is_in_time from lives
)

select
    kinds.*,
    step.name as step,
    case step.name
        when 'received' then 'received_day'
        when 'refused' then 'turned_away_day'
        when 'accepted' then case when minutes is not null then 'accepted_day' end
        when 'judged' then 'judged_day'
    end as day_name,
    cast(null as varchar) as origin_name
from kinds
cross join (values ('received'), ('refused'), ('accepted'), ('judged')) as step (name);

select
    steps.*,
    case when step = 'received' then sign else 0 end as docs_received,
    case when step = 'refused' then sign else 0 end as docs_refused,
    case when step = 'accepted' and minutes is not null then sign else 0 end
        as docs_accepted_timed,
    case when step = 'accepted' and minutes is not null then sign * minutes else 0 end
        as docs_acceptance_minutes,
    case when step = 'judged' then sign else 0 end as docs_acceptance_judged,
    case when step = 'judged' and is_in_time then sign else 0 end as docs_accepted_in_time
from steps
