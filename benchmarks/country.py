"""A whole country: the map of every commune, the ranking of provinces and the trend.

Sixty million dossiers take hours to draw and to load. So a million are loaded as always, all
over the country, and what they added to the counts is appended again and again, some weeks
earlier each time. From there on all is the program's own: `publish` rolls up and writes every
table of the snapshot, and checks every total.
"""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.forms import land
from benchmarks.page import COUNTRY
from benchmarks.province import dossiers
from benchmarks.query import AGAIN, FEW, answers, build, compared
from benchmarks.report import Line, table
from domain.area import COUNTRY_ID, Level, register
from domain.dossier import local_day
from domain.period import Span
from store import Limits, Warehouse, publish

LOADED = 1_000_000
WEEKS = 8
REFORM = date(2025, 7, 1)
ROOM = Limits(memory="9GB")

MULTIPLY = """
insert into dossier_tally
select
    tally.batch_id,
    tally.known_day,
    tally.day - 7 * (copy % $weeks),
    tally.origin_day - 7 * (copy % $weeks),
    tally.dimension_id,
    tally.effect_id
from dossier_tally as tally
cross join (select cast(unnest(range(1, $times)) as integer) as copy)
"""

NOTES = (
    "Map: two figures for every commune over a year. Ranking: the same for every province.",
    "Trend: twelve figures over twelve months. First, again, bare: as for a page.",
    "The figures of both sides were compared and are equal.",
)


def run(folder: Path, number: int, pairs: int, times: int = AGAIN) -> str:
    """Build, ask and compare; returns the report."""
    home, used = folder / "country", folder / "used-country"
    build(used, FEW)
    built = build_country(home, number)
    lines: list[Line] = []
    for name, page in COUNTRY.items():
        lines += compared(page, *answers((home, used), name, pairs, times))
    return table("A country's figures", lines, (f"{built} {pairs} pairs of processes.", *NOTES))


def build_country(home: Path, number: int) -> str:
    """A home with a snapshot of so many dossiers in every commune; says what it took."""
    now = datetime.now(UTC)
    today = local_day(now)
    span = Span(REFORM + timedelta(weeks=WEEKS), today)
    communes = tuple(register().descendants(COUNTRY_ID, Level.COMMUNE, span))
    loaded = min(number, LOADED)
    home.mkdir(parents=True)
    with Warehouse.open(home, limits=ROOM) as warehouse:
        found = dossiers(loaded, span, today, places=communes)
        warehouse.load(land(found, home / "landing", "onestop", now), now)
        copies = {"times": number // loaded, "weeks": WEEKS}
        warehouse.connection.execute(MULTIPLY, copies)
        started = time.perf_counter()
        # Behind multiplied figures there are no dossiers.
        published = publish(warehouse, home, now, with_dossiers=False)
        spent = time.perf_counter() - started
    return (
        f"{number // loaded * loaded:,} dossiers in {len(communes):,} communes; publishing took "
        f"{spent:.0f} s, the snapshot has {published.entry.bytes / 1e6:,.0f} MB."
    )
