-- What is known of each hour of a measuring station touched by a batch.
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
    version.station as organisation,
    '' as receiving_area_id,
    '' as receiving_organisation,
    '' as procedure_code,
    coalesce(version.kind, '') as field_code,
    '' as channel,
    local_day(version."hour") as hour_day,
    coalesce(version.readings, 0) as readings,
    coalesce(version.expected, 0) as expected,
    coalesce(version.exceeded, false) as exceeded
from version
join area on area.area_id = version.area;
