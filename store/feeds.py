"""Who delivers, who should, and who was late: by source, and by area or organisation within it.

What a batch brings is noted for its areas and organisations as it is loaded. What was due is
judged by the collector, which knows the working calendar; here it is only kept and counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from domain.freshness import SourceClock
from store.accounting import Moment
from store.connection import Connection
from store.sql import run

# Of each kind of record: where it comes from, who tells it, and how far it reaches. Kinds that
# only tell more about others are left out.
REACHES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "dossier": (
            "competent_area",
            "competent_organisation",
            "greatest(updated_at, submitted_at, received_at, finished_at, returned_at)",
        ),
        "document": ("sender_area", "sender_organisation", "sent_at"),
        "observation": ("area", "''", "cast(period_end as timestamptz)"),
        "feedback": ("area", "organisation", "greatest(updated_at, received_at, answered_at)"),
        "procedure": ("owner_area", "owner_organisation", "$now"),
        "station_hour": ("area", "''", "hour"),
    }
)

HEAR = """
create or replace temp table heard as
select
    coalesce({area}, '') as area_id,
    coalesce({organisation}, '') as organisation,
    max(least({reach}, $now)) as reaches
from fresh_{kind}
group by all;

update feed set told_at = $now, reaches = greatest(feed.reaches, heard.reaches)
from heard
where feed.source = $source
and feed.area_id = heard.area_id
and feed.organisation = heard.organisation;

insert into feed
select $source, area_id, organisation, false, $now, reaches
from heard
where not exists (
    from feed
    where feed.source = $source
    and feed.area_id = heard.area_id
    and feed.organisation = heard.organisation
);
"""

FORGET = "update feed set expected = false where source = $source and expected"
EXPECT = """
insert into feed
select $source, area_id, organisation, false, null, null
from (select unnest($areas) as area_id, unnest($organisations) as organisation) as wanted
where not exists (
    from feed
    where feed.source = $source
    and feed.area_id = wanted.area_id
    and feed.organisation = wanted.organisation
);

update feed set expected = true
where source = $source
and (area_id, organisation) in (
    select (area_id, organisation)
    from (select unnest($areas) as area_id, unnest($organisations) as organisation)
);
"""

# An area is heard of through any of its organisations, an organisation through any area.
EXPECTED = """
select wanted.area_id, wanted.organisation, max(heard.told_at), max(heard.reaches)
from feed as wanted
left join feed as heard
on heard.source = wanted.source
and (wanted.area_id = '' or heard.area_id = wanted.area_id)
and (wanted.organisation = '' or heard.organisation = wanted.organisation)
where wanted.source = $source
and wanted.expected
group by wanted.area_id, wanted.organisation
order by wanted.area_id, wanted.organisation
"""

CLOCK = """
select
    coalesce(up, false), last_attempt_at, last_success_at, data_as_of,
    expected_by, expected_every_s, grace_s, hard_max_s, suspect
from source
where source = $source
"""
SINCE = "select min(started_at) from batch where source = $source"

# What was judged, all of it at once: a province may expect thousands of places to deliver.
JUDGED = """
create or replace temp table judged as
select
    unnest($areas) as area_id,
    unnest($organisations) as organisation,
    cast(unnest($days) as date) as due_day,
    unnest($kept) as kept,
    unnest($states) as state,
    cast(unnest($reaches) as date) as reaches;

update promise set delivered_at = $now
from judged
where promise.source = $source
and promise.area_id = judged.area_id
and promise.organisation = judged.organisation
and promise.due_day <= judged.reaches
and not promise.kept
and promise.delivered_at is null;

delete from promise using judged
where promise.source = $source
and promise.area_id = judged.area_id
and promise.organisation = judged.organisation
and promise.due_day = judged.due_day
and promise.kept
and not judged.kept;
"""

# A lateness of several deliveries on end is one until it has gone on for another five.
NOTE = """
insert into promise
with fresh as (
    from judged
    where not exists (
        from promise
        where promise.source = $source
        and promise.area_id = judged.area_id
        and promise.organisation = judged.organisation
        and promise.due_day = judged.due_day
    )
),
earlier as (
    select fresh.area_id, fresh.organisation, promise.due_day, promise.kept, promise.reminder
    from fresh
    join promise using (area_id, organisation)
    where promise.source = $source
    and promise.due_day < fresh.due_day
),
spell as (
    select area_id, organisation, max(due_day) filter (kept) as last_kept
    from earlier
    group by area_id, organisation
),
counted as (
    select
        earlier.area_id,
        earlier.organisation,
        count(*) filter (due_day > coalesce(last_kept, date '0001-01-01')) as missed,
        count(*) filter (reminder > 0 and year(due_day) = $year) as reminders
    from earlier
    join spell using (area_id, organisation)
    group by earlier.area_id, earlier.organisation
)
select
    $source, area_id, organisation, due_day, $now, kept, state,
    case
        when kept or coalesce(missed, 0) % $patience <> 0 then 0
        else 1 + coalesce(reminders, 0)
    end,
    null
from fresh
left join counted using (area_id, organisation);
"""
PATIENCE = 5
"""A lateness that goes on brings another reminder after so many more missed deliveries."""


@dataclass(frozen=True)
class Member:
    """One who delivers through a source: an area, an organisation, or with neither all of it."""

    area_id: str = ""
    organisation: str = ""
    told_at: datetime | None = None
    reaches: datetime | None = None


@dataclass(frozen=True)
class Due:
    """One delivery that was due, and whether it was there. `reaches` is the last day there is."""

    member: Member
    due_day: date
    kept: bool
    state: str
    reaches: date | None


def hear(connection: Connection, kinds: Iterable[str], moment: Moment) -> None:
    """Note who told something in the batch that was just merged, and how far it reaches."""
    for kind in kinds:
        if kind in REACHES:
            area, organisation, reach = REACHES[kind]
            run(
                connection,
                HEAR,
                vars(moment),
                kind=kind,
                area=area,
                organisation=organisation,
                reach=reach,
            )


def expect(connection: Connection, source: str, members: Sequence[Member]) -> None:
    """Expect these to deliver through a source, and nobody else."""
    params = {
        "source": source,
        "areas": [one.area_id for one in members],
        "organisations": [one.organisation for one in members],
    }
    run(connection, FORGET, params)
    if members:
        run(connection, EXPECT, params)


def expected(connection: Connection, source: str) -> list[Member]:
    """Who is expected to deliver through a source, and what was heard of them."""
    rows = connection.execute(EXPECTED, {"source": source}).fetchall()
    return [Member(*row) for row in rows]


def clock_of(connection: Connection, source: str) -> SourceClock | None:
    """How a source is doing and what it promises; None for one that was never met."""
    row = connection.execute(CLOCK, {"source": source}).fetchone()
    return None if row is None else SourceClock(*row)


def first_attempt(connection: Connection, source: str) -> datetime | None:
    """When a source was first tried: nothing was due before."""
    row = connection.execute(SINCE, {"source": source}).fetchone()
    return None if row is None else row[0]


def note(connection: Connection, source: str, due: Sequence[Due], now: datetime) -> None:
    """Keep what was due, once each; and note late deliveries that have come after all.

    All of one call were due on the same day.
    """
    params: dict[str, Any] = {
        "source": source,
        "now": now,
        "year": due[0].due_day.year,
        "patience": PATIENCE,
        "areas": [one.member.area_id for one in due],
        "organisations": [one.member.organisation for one in due],
        "days": [one.due_day for one in due],
        "kept": [one.kept for one in due],
        "states": [one.state for one in due],
        "reaches": [one.reaches for one in due],
    }
    run(connection, JUDGED, params)
    run(connection, NOTE, params)
