-- How procedures are counted: stocks, +1 on the first day a version is in force and -1 on the
-- first day it no longer is, where the authority that offers it is.
--
-- records   one row per version of a procedure: sign +1 as it is now known, -1 as it was before
-- kinds     what events tell beside where and when they count: each combination once

with events as (
    select
        case step.name when 'begun' then valid_from else valid_until end as day,
        known_day,
        dimension_id,
        case step.name when 'begun' then sign else -sign end as sign,
        service_level,
        has_fee,
        online_payment,
        linked
    from records
    cross join (values ('begun'), ('ended')) as step (name)
    where coalesce(valid_from < valid_until, true)
)

select
    known_day,
    day,
    cast(null as date) as origin_day,
    dimension_id,
    sign, service_level, has_fee, online_payment, linked
from events
where day is not null;

select
    kinds.*,
    sign as procedures_total,
    case when service_level <> '' then sign else 0 end as procedures_level_told,
    case when service_level in ('full', 'partial', '3', '4') then sign else 0 end
        as procedures_online,
    case when service_level in ('full', '4') then sign else 0 end as procedures_fully_online,
    case when linked is not null then sign else 0 end as procedures_linked_told,
    case when linked then sign else 0 end as procedures_linked,
    case when has_fee then sign else 0 end as procedures_with_fee,
    case when has_fee and online_payment is not null then sign else 0 end
        as procedures_payment_told,
    case when has_fee and online_payment then sign else 0 end as procedures_online_payment
from kinds
