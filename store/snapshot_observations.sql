-- Observations are facts and counts at once: a snapshot holds every version of them.

create or replace table snapshot.observation_known as
select
    source,
    metric,
    area as area_id,
    level,
    period_start,
    period_end,
    numerator,
    denominator,
    value,
    coalesce(as_reported, false) as as_reported,
    coalesce(standalone, false) or coalesce(as_reported, false) as standalone,
    coalesce(citation, '') as citation,
    coalesce(note, '') as note,
    known_from,
    known_to
from observation;

create or replace view snapshot.observation as
select * exclude (known_to) from observation_known where known_to is null;
