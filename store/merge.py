"""Merging staged records into the facts: the superseded versions are closed, never changed."""

from domain.errors import StoreError
from store.accounting import Accounting, Moment
from store.connection import Connection
from store.facts import Fact
from store.landing import Landing
from store.sql import listed, run

CLOSE = """
update {kind} set known_to = $now
where rowid in (select old_row from superseded_{kind});
"""

INSERT = """
insert into {kind} (source, {columns}, known_from, known_to, batch_id)
select $source, {columns}, $now, null, $batch_id from fresh_{kind};
"""

OUTCOMES = "select outcome, count(*) from dropped_{kind} group by outcome"


def merge(connection: Connection, fact: Fact, landing: Landing, moment: Moment) -> Accounting:
    """Write what was staged of one kind of record.

    Raises StoreError if the accounting does not add up to what the manifest tells.
    """
    changed = run(connection, CLOSE, vars(moment), kind=fact.kind)
    columns = listed(fact.columns)
    written = run(connection, INSERT, vars(moment), kind=fact.kind, columns=columns)
    dropped = dict(connection.execute(OUTCOMES.format(kind=fact.kind)).fetchall())
    accounting = Accounting(
        read=landing.records_read.get(fact.kind, 0),
        new=written - changed,
        changed=changed,
        unchanged=dropped.get("unchanged", 0),
        duplicate=dropped.get("duplicate", 0),
        rejected=dropped.get("rejected", 0) + landing.rejected.get(fact.kind, 0),
    )
    if not accounting.adds_up:
        raise StoreError(
            f"{landing.folder}: {fact.kind} does not add up: {accounting}. "
            "Nothing of it was loaded; collect the source again."
        )
    return accounting
