-- What is known of each receipt touched by a batch: a document at one receiver, by the statuses
-- that receiver told and by what the document itself says, if it is known.
--
-- version   one row per state to be counted: sign +1 as it is now known, -1 as it was before
-- event     the statuses known in that state, by record_no
-- local_day   the day of an instant on Vietnam's clocks
-- working_day   the working calendar

-- 01 arrived; 02 refused; 03 accepted, which what follows (04, 05, 06) shows too where a
-- receiver leaves it out. Recalls and what a vendor adds tell nothing of a receipt. It counts in
-- the area its receiver had when it first told; whose area nobody knows counts nowhere.
create or replace temp table handled as
select
    record_no,
    min_by(area, ("at", status)) filter (where area <> '') as area_id,
    min("at") as told_at,
    min("at") filter (where status = '01') as arrived_at,
    min("at") filter (where status = '02') as refused_at,
    coalesce(
        min("at") filter (where status = '03'),
        min("at") filter (where status in ('04', '05', '06'))
    ) as accepted_at
from event
where status in ('01', '02', '03', '04', '05', '06')
group by record_no;

create or replace temp view known as
select
    version.record_no,
    version.sign,
    version.known_day,
    version.source,
    handled.area_id,
    area.level as leaf_level,
    version.organisation,
    '' as receiving_area_id,
    '' as receiving_organisation,
    '' as procedure_code,
    '' as field_code,
    '' as channel,
    coalesce(version.business, 0) as business,
    local_day(handled.told_at) as received_day,
    local_day(handled.refused_at) as refused_day,
    local_day(handled.accepted_at) as accepted_day,
    -- Where no arrival is told, the moment it was sent stands for it.
    local_day(coalesce(handled.arrived_at, version.sent_at)) as arrived_day,
    cast(
        greatest(
            epoch_us(handled.accepted_at)
            - epoch_us(coalesce(handled.arrived_at, version.sent_at)),
            0
        ) // 60_000_000 as integer
    ) as minutes,
    breach.day as breach_day
from version
join handled using (record_no)
join area on area.area_id = handled.area_id
left join working_day as came
    on came.day = local_day(coalesce(handled.arrived_at, version.sent_at))
left join working_day as breach
    on breach.is_working
    and breach.worked = came.worked + 2;
