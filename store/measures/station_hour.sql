-- How hours of measuring stations are counted: on the day in Vietnam the hour begins.
--
-- records   one row per state of an hour: sign +1 as it is now known, -1 as it was before
-- lives     the first statement: one row per state of an hour
-- steps     the second: what happens in each kind of life, and on which of its days. What
--           happens on a day that a life does not have does not happen in it.
-- The last statement tells what each step counts as.

select known_day, dimension_id, hour_day, sign, readings, expected, exceeded
from records;

with kinds as (
    select distinct sign, readings, expected, exceeded from lives
)

select
    kinds.*,
    'hour_day' as day_name,
    cast(null as varchar) as origin_name
from kinds;

select
    steps.*,
    sign * readings as station_readings,
    sign * expected as station_readings_expected,
    case when exceeded then sign else 0 end as station_exceedance_hours
from steps
