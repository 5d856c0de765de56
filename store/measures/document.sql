-- How documents are counted: on the day they were sent, where their sender is.
-- A message that revokes a document is counted as a revocation and not as a document sent.
--
-- records   one row per state of a document: sign +1 as it is now known, -1 as it was before
-- lives     the first statement: one row per state of a document
-- steps     the second: what happens in each kind of life, and on which of its days. What
--           happens on a day that a life does not have does not happen in it.
-- The last statement tells what each step counts as.

select known_day, dimension_id, sent_day, sign, business, signed, signature, paper
from records;

with kinds as (
    select distinct sign, business, signed, signature, paper from lives
)

select
    kinds.*,
    'sent_day' as day_name,
    cast(null as varchar) as origin_name
from kinds;

select
    steps.*,
    case when business <> 1 then sign else 0 end as docs_sent,
    case when business <> 1 and not paper then sign else 0 end as docs_electronic,
    case when business <> 1 and paper then sign else 0 end as docs_parallel,
    case when business <> 1 and signed then sign else 0 end as docs_signed,
    case when business <> 1 and signature = 'unverified' then sign else 0 end
        as docs_signed_unverified,
    case when business <> 1 and signature = 'invalid' then sign else 0 end
        as docs_signature_invalid,
    case when business = 1 then sign else 0 end as docs_revoked
from steps
