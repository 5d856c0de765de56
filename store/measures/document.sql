-- How documents are counted: on the day they were sent, where their sender is.
-- A message that revokes a document is counted as a revocation and not as a document sent.
--
-- records   one row per state of a document: sign +1 as it is now known, -1 as it was before
-- kinds     what they tell beside where and when they count: each combination once

select
    known_day,
    sent_day as day,
    cast(null as date) as origin_day,
    dimension_id,
    sign, business, signed, signature, paper
from records
where sent_day is not null;

select
    kinds.*,
    case when business <> 1 then sign else 0 end as docs_sent,
    case when business <> 1 and not paper then sign else 0 end as docs_electronic,
    case when business <> 1 and paper then sign else 0 end as docs_parallel,
    case when business <> 1 and signed then sign else 0 end as docs_signed,
    case when business <> 1 and signature = 'unverified' then sign else 0 end
        as docs_signed_unverified,
    case when business <> 1 and signature = 'invalid' then sign else 0 end
        as docs_signature_invalid,
    case when business = 1 then sign else 0 end as docs_revoked
from kinds
