"""What the collector oversees beside loading: batches held for a person, and who was due.

A held batch landed but is not believed. It is in the books, so no restart loads it by itself;
its figures are nowhere until a person accepts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import duckdb

from domain.errors import StoreError
from domain.freshness import SourceClock
from store import books, feeds
from store.accounting import Accounting
from store.books import BatchResult
from store.connection import Connection
from store.facts import FACTS, VERSION
from store.feeds import Due, Member
from store.landing import Landing, read_landing
from store.sql import drop_temporary, quoted, run, scalar, transaction
from store.staging import stage
from store.warehouse import LANDING, Warehouse

Decision = Literal["accepted", "refused", "superseded"]

DOUBTED = """
update source set
    up = true,
    up_reason = '',
    last_attempt_at = $now,
    suspect = true,
    doubt = $reason,
    failures = 0,
    retry_at = null
where source = $source;
"""

HELD = """
select batch_id, source, landing, message, finished_at
from batch
where status = 'held'
and decision = ''
order by batch_id
"""

DECIDE = """
update batch set decision = $decision, decided_by = $by, decided_at = $now
where batch_id = $held_id;
"""

BELIEVED = """
update source set suspect = false, doubt = ''
where source = $source
and not exists (from batch where source = $source and status = 'held' and decision = '');
"""

VOLUMES = """
select cast(started_at as date) as day, count(*) filter ("read" > 0), sum("read")
from batch
where source = $source
and status in ('ok', 'unchanged')
and cast(started_at as date) >= $since
and not starts_with(message, $reread)
group by day
having sum("read") > 0
order by day
"""

LANDINGS = """
select batch_id, landing
from batch
where source = $source
and landing is not null
and origin_bytes > 0
and status in ('ok', 'unchanged')
order by batch_id
"""

ANNOTATE = "update batch set message = $message where batch_id = $batch_id"
FORGIVE = "update source set retry_at = null where source = $source"
PATIENCE = "select failures, retry_at from source where source = $source"
REREAD = "Read again"
"""How the message of a batch begins that read a stretch of time once more."""


# Records that were last changed in a stretch of time, and were not told when it was read again.
UNTOLD = """
select cast({version} as date) as day, count(*)
from {kind}
where source = $source
and known_to is null
and {version} >= $since
and {version} < $until
and {key} not in (select {key} from read_parquet($path))
group by day
order by day
"""

# Where places deliver through a source, they are what is due, and not the source as a whole.
DAYS = """
select source, area_id, due_day, count(*), count(*) filter (kept), count(*) filter (reminder > 0)
from promise
where due_day >= $since
and due_day < $until
and (
    area_id <> ''
    or organisation <> ''
    or source not in (select source from feed where expected)
)
group by all
order by all
"""

OUTCOMES = "select outcome, count(*) from dropped_{kind} group by outcome"


@dataclass(frozen=True)
class Held:
    """A batch that waits for a decision, and why."""

    batch_id: int
    source: str
    folder: Path
    reason: str
    held_at: datetime


@dataclass(frozen=True)
class Attendance:
    """How a source is doing, who is expected to deliver through it, and since when it is tried."""

    clock: SourceClock
    members: tuple[Member, ...]
    since: datetime | None


@dataclass(frozen=True)
class DueDay:
    """What was due through a source on one day, of one area or (empty) of none in particular."""

    source: str
    area_id: str
    day: date
    due: int
    kept: int
    reminders: int


@dataclass(frozen=True)
class Volume:
    """What a source brought on one day: so many deliveries, so many records."""

    day: date
    deliveries: int
    records: int


def hold(warehouse: Warehouse, folder: Path, reason: str, now: datetime) -> BatchResult:
    """Book a landed batch as held; the last good figures stay, and the source is suspect."""
    landing = read_landing(folder)
    with warehouse.writing, transaction(warehouse.connection):
        moment = warehouse.moment(landing.source, now)
        result = BatchResult(
            moment.batch_id,
            landing.source,
            landing.kind,
            "held",
            rows_read=landing.rows_read,
            total=Accounting(),
            started_at=landing.started_at,
            finished_at=moment.now,
            data_as_of=landing.data_as_of,
            message=reason,
        )
        books.write(warehouse.connection, result, moment, landing)
        run(warehouse.connection, DOUBTED, vars(moment) | {"reason": reason})
        return result


def held(warehouse: Warehouse, source: str | None = None) -> list[Held]:
    """The batches that wait for a decision, oldest first."""
    with warehouse.writing:
        rows = warehouse.connection.execute(HELD).fetchall()
    return [
        Held(number, name, warehouse.home / LANDING / name / folder, reason, at)
        for number, name, folder, reason, at in rows
        if source in (None, name)
    ]


def result_of(warehouse: Warehouse, one: Held) -> BatchResult:
    """A held batch as it stands in the books."""
    with warehouse.writing:
        return books.batch_numbered(warehouse.connection, one.batch_id)


def landings(warehouse: Warehouse, source: str) -> dict[int, str]:
    """The landed folder of each batch of a source that brought anything, by its number."""
    with warehouse.writing:
        rows = warehouse.connection.execute(LANDINGS, {"source": source}).fetchall()
    return dict(rows)


def accept(warehouse: Warehouse, one: Held, by: str, now: datetime) -> BatchResult:
    """Load a held batch after all. Raises StoreError if its folder is gone."""
    with warehouse.writing:
        result = warehouse.load(one.folder, now)
        message = f"accepted by {by}"
        with transaction(warehouse.connection):
            _decide(warehouse, one, "accepted", by, now)
            told = {"message": message, "batch_id": result.batch_id}
            run(warehouse.connection, ANNOTATE, told)
        return result


def refuse(warehouse: Warehouse, one: Held, by: str, now: datetime) -> None:
    """Take nothing of a held batch, and go on after it at the next collection."""
    with warehouse.writing, transaction(warehouse.connection):
        _decide(warehouse, one, "refused", by, now)
        try:
            landing = read_landing(one.folder)
        except StoreError:
            return
        moment = warehouse.moment(one.source, now)
        books.move_cursor(warehouse.connection, landing, moment)


def supersede(warehouse: Warehouse, one: Held, now: datetime) -> None:
    """Give a held batch up for a later one that holds all it held."""
    with warehouse.writing, transaction(warehouse.connection):
        _decide(warehouse, one, "superseded", "", now)


def volumes(warehouse: Warehouse, source: str, since: date) -> list[Volume]:
    """What a source brought on each day from `since` on that it brought anything."""
    params = {"source": source, "since": since, "reread": REREAD}
    with warehouse.writing:
        rows = warehouse.connection.execute(VOLUMES, params).fetchall()
    return [Volume(day, int(deliveries), int(records)) for day, deliveries, records in rows]


def annotate(warehouse: Warehouse, batch_id: int, message: str) -> None:
    """Add to a batch what a person should know of it."""
    with warehouse.writing, transaction(warehouse.connection):
        run(warehouse.connection, ANNOTATE, {"message": message, "batch_id": batch_id})


def forgive(warehouse: Warehouse, source: str) -> None:
    """Let a source that keeps failing be tried at once."""
    with warehouse.writing, transaction(warehouse.connection):
        run(warehouse.connection, FORGIVE, {"source": source})


def patience(warehouse: Warehouse, source: str) -> tuple[int, datetime | None]:
    """How often in a row a source has failed, and until when it is left alone."""
    with warehouse.writing:
        row = warehouse.connection.execute(PATIENCE, {"source": source}).fetchone()
    return (0, None) if row is None else (int(row[0]), row[1])


def expect(warehouse: Warehouse, source: str, members: Sequence[Member]) -> None:
    """Expect these to deliver through a source, and nobody else."""
    with warehouse.writing, transaction(warehouse.connection):
        feeds.expect(warehouse.connection, source, members)


def attendance(warehouse: Warehouse, source: str) -> Attendance | None:
    """What is to be known to judge who was late; None for a source that was never met."""
    with warehouse.writing:
        clock = feeds.clock_of(warehouse.connection, source)
        if clock is None:
            return None
        members = feeds.expected(warehouse.connection, source)
        return Attendance(clock, tuple(members), feeds.first_attempt(warehouse.connection, source))


def note_due(warehouse: Warehouse, source: str, due: Sequence[Due], now: datetime) -> None:
    """Keep who was due on a day and who was late."""
    with warehouse.writing, transaction(warehouse.connection):
        feeds.note(warehouse.connection, source, due, now)


def due_days(warehouse: Warehouse, since: date, until: date) -> list[DueDay]:
    """What was due on each day from `since` up to, not including, `until`."""
    params = {"since": since, "until": until}
    with warehouse.writing:
        rows = warehouse.connection.execute(DAYS, params).fetchall()
    return [DueDay(*row) for row in rows]


def untold(warehouse: Warehouse, folder: Path, since: datetime) -> list[tuple[date, int]]:
    """By day, the records we know that a source no longer tells of a time that was read again."""
    landing, found = read_landing(folder), list[tuple[date, int]]()
    if landing.data_as_of is None:
        return []
    for kind in landing.record_kinds:
        fact = FACTS[kind]
        if fact.dates_itself:
            sql = UNTOLD.format(
                kind=quoted(kind), version=quoted(VERSION), key=quoted(fact.keys[0])
            )
            params = {
                "source": landing.source,
                "since": since,
                "until": landing.data_as_of,
                "path": str(landing.parquet(kind)),
            }
            with warehouse.writing:
                found += warehouse.connection.execute(sql, params).fetchall()
    return found


def compare(warehouse: Warehouse, folder: Path, now: datetime) -> dict[str, Accounting]:
    """What loading a landed batch would do, by kind of record. Nothing is kept of it.

    Raises StoreError if the folder is not whole.
    """
    landing = read_landing(folder)
    with warehouse.writing:
        moment, connection = warehouse.moment(landing.source, now), warehouse.connection
        connection.execute("begin")
        try:
            for kind in landing.record_kinds:
                stage(connection, FACTS[kind], landing, moment)
            return {kind: _outcome(connection, kind, landing) for kind in landing.record_kinds}
        except duckdb.FatalException:
            raise
        except duckdb.Error as error:
            raise StoreError(f"{folder} could not be compared: {error}") from error
        finally:
            connection.execute("rollback")
            drop_temporary(connection)


def _outcome(connection: Connection, kind: str, landing: Landing) -> Accounting:
    fresh = int(scalar(connection, f"select count(*) from fresh_{kind}"))  # noqa: S608  (our names)
    changed = int(scalar(connection, f"select count(*) from superseded_{kind}"))  # noqa: S608
    dropped = dict(connection.execute(OUTCOMES.format(kind=kind)).fetchall())
    return Accounting(
        read=landing.records_read.get(kind, 0),
        new=fresh - changed,
        changed=changed,
        unchanged=dropped.get("unchanged", 0),
        duplicate=dropped.get("duplicate", 0),
        rejected=dropped.get("rejected", 0) + landing.rejected.get(kind, 0),
    )


def _decide(warehouse: Warehouse, one: Held, decision: Decision, by: str, now: datetime) -> None:
    params = {
        "held_id": one.batch_id,
        "decision": decision,
        "by": by,
        "now": now,
        "source": one.source,
    }
    run(warehouse.connection, DECIDE, params)
    run(warehouse.connection, BELIEVED, params)
