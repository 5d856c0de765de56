-- How observations that add up are counted: under their last day, remembering their first, so
-- that each counts only in a period that holds it whole.
--
-- records    one row per state of an observation: sign +1 as it is now known, -1 as it was before
-- observed   the metrics that add up, and the measure of each of their parts

select
    known_day,
    cast(period_end - interval '1' day as date) as day,
    period_start as origin_day,
    dimension_id,
    observed.measure,
    sign * case observed.part
        when 'numerator' then numerator
        when 'denominator' then denominator
        else value
    end as value
from records
join observed on observed.metric = records.metric
where case observed.part
    when 'numerator' then numerator
    when 'denominator' then denominator
    else value
end is not null
