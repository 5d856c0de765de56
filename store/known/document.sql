-- What is known of each document touched by a batch.

create or replace temp view known as
select
    version.record_no,
    version.sign,
    version.known_day,
    version.source,
    version.sender_area as area_id,
    area.level as leaf_level,
    coalesce(version.sender_organisation, '') as organisation,
    '' as receiving_area_id,
    '' as receiving_organisation,
    '' as procedure_code,
    '' as field_code,
    '' as channel,
    cast(version.sent_at as date) as sent_day,
    coalesce(version.business, 0) as business,
    coalesce(version.signed, false) as signed,
    coalesce(version.signature, '') as signature,
    coalesce(version.paper, false) as paper
from version
join area on area.area_id = version.sender_area;
