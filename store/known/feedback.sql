-- What is known of each report of citizens or firms touched by a batch.
--
-- local_day   the day of an instant on Vietnam's clocks

create or replace temp view known as
select
    version.record_no,
    version.sign,
    version.known_day,
    version.source,
    version.area as area_id,
    area.level as leaf_level,
    coalesce(version.organisation, '') as organisation,
    '' as receiving_area_id,
    '' as receiving_organisation,
    '' as procedure_code,
    coalesce(version.field_code, '') as field_code,
    coalesce(version.channel, '') as channel,
    coalesce(version.status, '') as status,
    version.satisfied,
    version.reopened,
    local_day(version.received_at) as received_day,
    local_day(version.due_at) as due_day,
    -- An answer without an instant of its own is dated as well as the record allows.
    case
        when version.answered_at is not null then local_day(version.answered_at)
        when version.status = 'answered'
            then local_day(coalesce(version.updated_at, version.received_at))
    end as answered_day
from version
join area on area.area_id = version.area;
