"""Receipts: what each receiver told of each document, put together of letters and statuses.

A receipt is one document at one receiver, however many statuses tell of it. Statuses and the
document come in any order and in different batches; whatever of the two comes, the receipts it
touches are counted as they are now known, and taken back as they were.
"""

from collections.abc import Mapping

from store.connection import Connection
from store.sql import run

# Sign -1 is what was known before the batch, 1 what is known with it.
BATCH = """
create or replace temp table touched as
select document_id from fresh_document_status
union
select document_id from fresh_document;

create or replace temp table told as
with held as (
    select rowid as row_no, document_id, organisation, status, "at", area
    from document_status
    where source = (select source from moment)
    and known_to is null
    and document_id in (from touched)
)
select -1 as sign, held.* exclude (row_no) from held
union all
select 1, held.* exclude (row_no)
from held
where row_no not in (select old_row from superseded_document_status)
union all
select 1, document_id, organisation, status, "at", area from fresh_document_status;

create or replace temp table letter as
with held as (
    select rowid as row_no, document_id, business, sent_at
    from document
    where source = (select source from moment)
    and known_to is null
    and document_id in (select document_id from told)
)
select -1 as sign, held.* exclude (row_no) from held
union all
select 1, held.* exclude (row_no)
from held
where row_no not in (select old_row from superseded_document)
union all
select 1, document_id, business, sent_at
from fresh_document
where document_id in (select document_id from told);

create or replace temp table receipt as
select
    sign * row_number() over () as record_no,
    sign,
    moment.known_day,
    moment.source,
    pair.document_id,
    pair.organisation,
    letter.business,
    letter.sent_at
from (select distinct sign, document_id, organisation from told) as pair
cross join moment
left join letter using (sign, document_id);

create or replace temp view version as
from receipt;

create or replace temp table event as
select receipt.record_no, told.status, told."at", told.area
from told
join receipt using (sign, document_id, organisation);
"""

# Each receipt as it was just before and at each moment a status of it, or its document, became
# known.
HISTORY = """
create or replace temp table held_status as
from document_status
where {in_part};

create or replace temp table held as
select source, document_id, business, sent_at, known_from, known_to
from document
where {in_part};

create or replace temp table moments as
with pair as (
    select distinct source, document_id, organisation from held_status
),
known as (
    select source, document_id, organisation, known_from as at_moment from held_status
    union
    select source, document_id, organisation, known_to
    from held_status
    where known_to is not null
    union
    select pair.*, known_from from pair join held using (source, document_id)
    union
    select pair.*, known_to
    from pair
    join held using (source, document_id)
    where known_to is not null
)
select
    row_number() over () as record_no,
    known.*,
    cast(at_moment as date) as known_day
from known;

create or replace temp table event as
select record_no, status, "at", area
from moments
join held_status using (source, document_id, organisation)
where known_from <= at_moment and (known_to is null or known_to > at_moment)
union all
select -record_no, status, "at", area
from moments
join held_status using (source, document_id, organisation)
where known_from < at_moment and (known_to is null or known_to >= at_moment);

create or replace temp table letter as
select record_no, business, sent_at
from moments
join held using (source, document_id)
where known_from <= at_moment and (known_to is null or known_to > at_moment)
union all
select -record_no, business, sent_at
from moments
join held using (source, document_id)
where known_from < at_moment and (known_to is null or known_to >= at_moment);

create or replace temp table receipt as
select
    stated.record_no,
    cast(sign(stated.record_no) as integer) as sign,
    moments.known_day,
    moments.source,
    moments.document_id,
    moments.organisation,
    letter.business,
    letter.sent_at
from (select distinct record_no from event) as stated
join moments on moments.record_no = abs(stated.record_no)
left join letter on letter.record_no = stated.record_no;

create or replace temp view version as
from receipt;
"""


def join_batch(connection: Connection) -> None:
    """Make `version` and `event`: the receipts a staged batch touches, and their statuses.

    Needs the temporary table `moment` and what was staged of documents and their statuses.
    """
    run(connection, BATCH)


def join_history(connection: Connection, within: Mapping[str, str | None], in_part: str) -> None:
    """The same of every receipt of some documents at every moment something of it became known.

    `in_part` is the condition that tells of which, and `within` its parameters.
    """
    run(connection, HISTORY, within, in_part=in_part)
