-- What is known of each version of a procedure touched by a batch.

create or replace temp view known as
select
    version.record_no,
    version.sign,
    version.known_day,
    version.source,
    version.owner_area as area_id,
    area.level as leaf_level,
    coalesce(version.owner_organisation, '') as organisation,
    '' as receiving_area_id,
    '' as receiving_organisation,
    version.procedure_code,
    coalesce(version.field_code, '') as field_code,
    '' as channel,
    version.valid_from,
    version.valid_until,
    coalesce(version.service_level, '') as service_level,
    version.has_fee,
    version.online_payment,
    version.linked
from version
join area on area.area_id = version.owner_area;
