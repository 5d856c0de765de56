-- What is known of each observation touched by a batch. Printed figures and those that stand
-- alone are kept as facts but never counted.

create or replace temp view known as
select
    version.record_no,
    version.sign,
    version.known_day,
    version.source,
    version.area as area_id,
    coalesce(nullif(version.level, ''), area.level) as leaf_level,
    '' as organisation,
    '' as receiving_area_id,
    '' as receiving_organisation,
    '' as procedure_code,
    '' as field_code,
    '' as channel,
    version.metric,
    version.period_start,
    version.period_end,
    version.numerator,
    version.denominator,
    version.value
from version
join area on area.area_id = version.area
where not coalesce(version.standalone, false)
and not coalesce(version.as_reported, false);
