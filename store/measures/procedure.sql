-- How procedures are counted: stocks, +1 on the first day a version is in force and -1 on the
-- first day it no longer is, where the authority that offers it is.
--
-- records   one row per version of a procedure: sign +1 as it is now known, -1 as it was before
-- lives     the first statement: one row per state of a version
-- steps     the second: what happens in each kind of life, and on which of its days. What
--           happens on a day that a life does not have does not happen in it.
-- The last statement tells what each step counts as.

select
    known_day,
    dimension_id,
    valid_from,
    valid_until,
    sign as life_sign,
    service_level,
    has_fee,
    online_payment,
    linked
from records
where coalesce(valid_from < valid_until, true);

with kinds as (
    select distinct life_sign, service_level, has_fee, online_payment, linked from lives
)

select
    kinds.*,
    case when step.name = 'begun' then life_sign else -life_sign end as sign,
    case when step.name = 'begun' then 'valid_from' else 'valid_until' end as day_name,
    cast(null as varchar) as origin_name
from kinds
cross join (values ('begun'), ('ended')) as step (name);

select
    steps.*,
    sign as procedures_total,
    case when service_level <> '' then sign else 0 end as procedures_level_told,
    case when service_level in ('full', 'partial', '3', '4') then sign else 0 end
        as procedures_online,
    case when service_level in ('full', '4') then sign else 0 end as procedures_fully_online,
    case when service_level = 'full' then sign else 0 end as procedures_whole,
    case when service_level = 'partial' then sign else 0 end as procedures_partial,
    case when service_level = '4' then sign else 0 end as procedures_level_4,
    case when service_level = '3' then sign else 0 end as procedures_level_3,
    case when linked is not null then sign else 0 end as procedures_linked_told,
    case when linked then sign else 0 end as procedures_linked,
    case when has_fee then sign else 0 end as procedures_with_fee,
    case when has_fee and online_payment is not null then sign else 0 end
        as procedures_payment_told,
    case when has_fee and online_payment then sign else 0 end as procedures_online_payment
from steps
