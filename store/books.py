"""The books: batches with their row accounting, cursors, and how each source is doing."""

import json
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from store.accounting import Accounting, Moment
from store.connection import Connection
from store.feeds import hear
from store.landing import Landing
from store.sql import run, scalar

NEXT_BATCH = "select coalesce(max(batch_id), 0) + 1 from batch"
LAST_BOOKED = "select max(finished_at) from batch"
LOADED_BEFORE = """
select batch_id, source, kind, status, rows_read,
    "read", new, changed, unchanged, duplicate, rejected,
    started_at, finished_at, data_as_of, message
from batch
"""

BOOK = """
insert into batch values (
    $batch_id, $source, $kind, $landing, $manifest_sha256, $started_at, $now, $status, $rows_read,
    $read, $new, $changed, $unchanged, $duplicate, $rejected,
    $data_as_of, $message, $origin_sha256, $origin_bytes, $decision, $decided_by, $decided_at
);
"""

REJECTED = """
insert into rejected
select $batch_id, $source, "row", field, rule, reason from read_parquet($path);
"""

MOVE_CURSOR = """
delete from cursor where source = $source;

insert into cursor values ($source, $position, $batch_id);
"""

MEET = """
insert into source
select $source, $kind, '', $source, $source, '', $simulated,
    null, null, null, 0, null, null, '', null, null, null, false, '', 0, null
where not exists (from source where source = $source);
"""

SUCCEEDED = """
update source set
    up = true,
    up_reason = '',
    last_attempt_at = $now,
    last_success_at = $now,
    data_as_of = greatest(data_as_of, $data_as_of),
    simulated = simulated or $simulated,
    suspect = $suspect,
    doubt = '',
    failures = 0,
    retry_at = null
where source = $source;
"""

FAILED = """
update source set
    up = false,
    up_reason = $reason,
    last_attempt_at = $now,
    suspect = suspect or $suspect,
    failures = failures + 1,
    retry_at = $retry_at
where source = $source;
"""

CONFIGURE = """
update source set
    kind = $kind,
    records = $records,
    title_vi = $title_vi,
    title_en = $title_en,
    owner = $owner,
    simulated = $simulated,
    schedule = $schedule,
    expected_by = $expected_by,
    expected_every_s = $expected_every_s,
    grace_s = $grace_s,
    hard_max_s = $hard_max_s
where source = $source;
"""


@dataclass(frozen=True)
class SourceInfo:
    """What the configuration says of one source."""

    source: str
    kind: str
    records: tuple[str, ...] = ()
    title_vi: str = ""
    title_en: str = ""
    owner: str = ""
    simulated: bool = False
    schedule: str | None = None
    expected_by: time | None = None
    expected_every_s: int | None = None
    grace_s: int = 0
    hard_max_s: int | None = None


@dataclass(frozen=True)
class BatchResult:
    """One batch as it stands in the books.

    `status` is ok, unchanged (nothing was new or changed), held (landed, but a person has to
    decide) or failed. `replayed` tells that
    the very same batch had been loaded before, so nothing was done. `records` holds the
    accounting of each kind of record where it was just loaded; `total` is their sum.
    """

    batch_id: int
    source: str
    kind: str
    status: str
    rows_read: int
    total: Accounting
    started_at: datetime
    finished_at: datetime
    data_as_of: datetime | None = None
    message: str = ""
    replayed: bool = False
    records: dict[str, Accounting] = field(default_factory=dict)


def next_batch(connection: Connection) -> int:
    """The number of the batch that is booked next."""
    return int(scalar(connection, NEXT_BATCH))


def last_booked(connection: Connection) -> datetime | None:
    """When the newest batch was booked."""
    found: datetime | None = scalar(connection, LAST_BOOKED)
    return found


def loaded_before(connection: Connection, landing: Landing) -> BatchResult | None:
    """The batch that loaded this very landing, if any did."""
    found = _results(
        connection,
        LOADED_BEFORE + "where manifest_sha256 = $sha256 and source = $source and status <> 'held'",
        {"sha256": landing.sha256, "source": landing.source},
        replayed=True,
    )
    return found[0] if found else None


def last_batches(connection: Connection) -> list[BatchResult]:
    """The last batch of every source, by source."""
    last = "where batch_id in (select max(batch_id) from batch group by source) order by source"
    return _results(connection, LOADED_BEFORE + last, {})


def batch_numbered(connection: Connection, batch_id: int) -> BatchResult:
    """One batch by its number."""
    number = {"batch_id": batch_id}
    return _results(connection, LOADED_BEFORE + "where batch_id = $batch_id", number)[0]


def booked_landings(connection: Connection) -> set[tuple[str, str]]:
    """Source and SHA-256 of the manifest of everything that was loaded, or is held."""
    sql = "select source, manifest_sha256 from batch where manifest_sha256 is not null"
    return {(source, sha256) for source, sha256 in connection.execute(sql).fetchall()}


def book(
    connection: Connection, landing: Landing, moment: Moment, records: dict[str, Accounting]
) -> BatchResult:
    """Book a loaded batch, move its source's cursor, and note that the source is up."""
    total = sum(records.values(), Accounting())
    result = BatchResult(
        batch_id=moment.batch_id,
        source=landing.source,
        kind=landing.kind,
        status="ok" if total.new or total.changed else "unchanged",
        rows_read=landing.rows_read,
        total=total,
        started_at=landing.started_at,
        finished_at=moment.now,
        data_as_of=landing.data_as_of,
        records=records,
    )
    write(connection, result, moment, landing)
    move_cursor(connection, landing, moment)
    told = {"data_as_of": landing.data_as_of, "simulated": landing.simulated}
    _meet(connection, landing.source, landing.kind, simulated=landing.simulated)
    run(connection, SUCCEEDED, vars(moment) | told | {"suspect": landing.suspect})
    hear(connection, records, moment)
    return result


def move_cursor(connection: Connection, landing: Landing, moment: Moment) -> None:
    """Go on after this batch at the next collection."""
    if landing.cursor is not None:
        position = json.dumps(landing.cursor, ensure_ascii=False, sort_keys=True)
        run(connection, MOVE_CURSOR, vars(moment) | {"position": position})


def book_rejected(connection: Connection, landing: Landing, moment: Moment) -> None:
    """Keep the reasons for which the parser refused records."""
    if landing.rejected_file is not None:
        run(connection, REJECTED, vars(moment) | {"path": str(landing.rejected_file)})


def book_failure(
    connection: Connection,
    moment: Moment,
    kind: str,
    started_at: datetime,
    reason: str,
    *,
    suspect: bool,
    retry_at: datetime | None = None,
) -> BatchResult:
    """Book a collection that brought nothing, and note that the source is down.

    Until `retry_at` a source that keeps failing is left alone.
    """
    result = BatchResult(
        moment.batch_id,
        moment.source,
        kind,
        "failed",
        rows_read=0,
        total=Accounting(),
        started_at=started_at,
        finished_at=moment.now,
        message=reason,
    )
    write(connection, result, moment)
    _meet(connection, moment.source, kind, simulated=False)
    told = {"reason": reason, "suspect": suspect, "retry_at": retry_at}
    run(connection, FAILED, vars(moment) | told)
    return result


def configure_source(connection: Connection, info: SourceInfo) -> None:
    """Take over what the configuration says; how the source is doing stays as it is."""
    _meet(connection, info.source, info.kind, simulated=info.simulated)
    run(connection, CONFIGURE, vars(info) | {"records": ",".join(info.records)})


def position_of(connection: Connection, source: str) -> Any:
    """The cursor a source was left at, None before its first."""
    found = scalar(
        connection, "select position from cursor where source = $source", {"source": source}
    )
    return None if found is None else json.loads(found)


def _meet(connection: Connection, source: str, kind: str, *, simulated: bool) -> None:
    run(connection, MEET, {"source": source, "kind": kind, "simulated": simulated})


def write(
    connection: Connection, result: BatchResult, moment: Moment, landing: Landing | None = None
) -> None:
    """Write one line of the book of batches."""
    params = vars(result) | vars(result.total) | vars(moment)
    params["landing"] = landing and landing.folder.name
    params["manifest_sha256"] = landing and landing.sha256
    params["origin_sha256"] = landing.origin_sha256 if landing else ""
    params["origin_bytes"] = landing.origin_bytes if landing else 0
    run(connection, BOOK, params | {"decision": "", "decided_by": "", "decided_at": None})


def _results(
    connection: Connection, sql: str, params: dict[str, Any], *, replayed: bool = False
) -> list[BatchResult]:
    rows = connection.execute(sql, params or None).fetchall()
    return [_result(row, replayed=replayed) for row in rows]


def _result(row: tuple[Any, ...], *, replayed: bool) -> BatchResult:
    return BatchResult(
        batch_id=row[0],
        source=row[1],
        kind=row[2],
        status=row[3],
        rows_read=row[4],
        total=Accounting(*row[5:11]),
        started_at=row[11],
        finished_at=row[12],
        data_as_of=row[13],
        message=row[14],
        replayed=replayed,
    )
