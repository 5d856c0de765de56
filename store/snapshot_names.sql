-- What codes are called. A catalogue's name goes before those that single records tell, and of
-- each the newest.

create or replace temp table told as
select 'organisation' as dimension, organisation_code as code, name, true as is_catalogue,
    max(known_from) as known_from
from organisation
where batch_id > $since
group by all
union all
select 'procedure', procedure_code, procedure_name, true, max(known_from)
from "procedure"
where batch_id > $since
group by all
union all
select 'procedure', procedure_code, procedure_name, false, max(known_from)
from dossier
where batch_id > $since
group by all
union all
select 'field', field_code, field_name, true, max(known_from)
from "procedure"
where batch_id > $since
group by all
union all
select 'field', field_code, field_name, false, max(known_from)
from dossier
where batch_id > $since
group by all
union all
select 'field', field_code, field_name, false, max(known_from)
from feedback
where batch_id > $since
group by all
union all
from {known}.name;

create or replace table snapshot.name as
select dimension, code, name, is_catalogue, known_from
from told
where code <> ''
    and name <> ''
qualify row_number() over (
    partition by dimension, code order by is_catalogue desc, known_from desc, name
) = 1
order by dimension, code;
