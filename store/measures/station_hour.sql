-- How hours of measuring stations are counted: on the day in Vietnam the hour begins.
--
-- records   one row per state of an hour: sign +1 as it is now known, -1 as it was before
-- kinds     what they tell beside where and when they count: each combination once

select
    known_day,
    hour_day as day,
    cast(null as date) as origin_day,
    dimension_id,
    sign, readings, expected, exceeded
from records
where hour_day is not null;

select
    kinds.*,
    sign * readings as station_readings,
    sign * expected as station_readings_expected,
    case when exceeded then sign else 0 end as station_exceedance_hours
from kinds
