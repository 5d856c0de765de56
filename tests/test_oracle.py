"""The whole way, from a province's systems to the printed figure, against a second computation.

A simulated province is collected day after day by the real connectors, loaded, rolled up,
published and queried; every figure must be the one that `truth` counts dossier by dossier.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from datasources.config import read_sources
from datasources.running.job import Job
from datasources.running.worker import perform
from datasources.simulator.clock import end_of_day, instant_of
from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.dropbox import Dropbox
from datasources.simulator.office_files import OfficeFiles
from datasources.simulator.server import Simulator
from datasources.simulator.truth import Figures, truth
from datasources.simulator.truth_places import Cut
from datasources.simulator.world import World
from domain.area import Boundaries, Level, register
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from metrics import By, Selection, catalogue, query
from metrics.drill import MOST_ROWS, Page, Part, drill, why_not
from store import Reserve, Snapshot, Warehouse, publish

# How many dossiers of scale 1 there are in the province in those days.
DOSSIERS_AT_SCALE_1 = 1_600

Cells = Mapping[tuple[str, str, str, date], Figures]
Key = tuple[str, str, str, date]

ASKED = ["metric", "area_id", "period_start", "period_end", "numerator", "denominator", "value"]
DOSSIERS = (
    "dossiers_received", "dossiers_resolved", "dossiers_resolved_early",
    "dossiers_resolved_on_time", "dossiers_resolved_late", "dossiers_pending",
    "dossiers_pending_overdue", "dossiers_paused", "on_time_rate_resolved",
    "on_time_rate_qd766", "resolution_rate", "online_dossier_rate", "null_due_share",
    "supplement_rate", "digitised_component_rate", "reuse_rate", "online_payment_dossier_rate",
    "electronic_result_rate", "cross_boundary_share", "apology_letter_rate",
    "dossiers_near_due", "dossiers_carried_over", "overdue_rate", "on_time_rate_must_process",
    "on_time_rate_received", "on_time_rate_commitment", "avg_processing_days",
    "median_processing_days",
    "reception_late_rate", "postal_dossier_rate", "last_minute_share",
)  # fmt: skip
FEEDBACK = (
    "feedback_received", "feedback_pending", "feedback_pending_overdue", "feedback_on_time_rate",
    "feedback_satisfaction_rate", "feedback_rated_satisfied_rate", "feedback_reopened_rate",
)  # fmt: skip
PROCEDURES = (
    "procedures_total", "procedures_online_rate", "procedures_fully_online_rate",
    "procedures_linked_dvcqg_rate", "procedures_fee_payable_online_rate", "procedures_online",
    "procedures_whole", "procedures_partial", "procedures_level_4", "procedures_level_3",
)  # fmt: skip
DOCUMENTS = (
    "docs_sent", "docs_electronic_rate", "docs_parallel_paper_rate", "docs_signed_rate",
    "docs_signed_unverified", "docs_signature_invalid", "docs_received", "docs_refused",
    "docs_acceptance_minutes_median", "docs_accepted_within_day_rate",
)  # fmt: skip
REPORTS = (
    "work_files_online_rate", "units_exchanging_signed_rate", "reports_via_system_rate",
    "reports_on_time_rate", "tasks_on_time_rate",
)  # fmt: skip
FEEDS = (
    "water_exceedance_hours", "water_station_uptime", "household_businesses_active",
    "cashless_txn_value",
)  # fmt: skip
ATTENDANCE = ("feed_freshness_rate", "data_reminder_count")
"""What the collector counts of the sources: asked for in `test_oracle_attendance`."""
METRICS = (*DOSSIERS, *DOCUMENTS, *FEEDBACK, *PROCEDURES, *FEEDS, *REPORTS)
COUNTRYWIDE = (*DOSSIERS, *DOCUMENTS, *FEEDBACK, *FEEDS, *REPORTS[1:])


# Cao Bằng around the reorganisation, collected at the end of several days. The province is
# asked for by its code: until July 2025 that is the old one with its districts.
HOME = "04"
FIRST, LAST = date(2025, 5, 1), date(2025, 8, 20)
DAYS = (date(2025, 6, 10), date(2025, 6, 30), date(2025, 7, 2), LAST)
SPRING = Span(date(2025, 5, 1), date(2025, 7, 1))
SUMMER = Span(date(2025, 7, 1), date(2025, 9, 1))
LEVELS = {SPRING: (Level.DISTRICT, Level.COMMUNE), SUMMER: (Level.COMMUNE,)}


@cache
def counted(world: World, day: date) -> Cells:
    """Every figure of every month, counted one by one."""
    return truth(world, day)


class Clock:
    """A clock that stands where it is put."""

    now = 0

    def __call__(self) -> int:
        return self.now


# Other grains than months, in spans their periods fill, on each side of the reorganisation.
CUTS = {
    Grain.DAY: (
        Span(date(2025, 6, 28), date(2025, 7, 1)), Span(date(2025, 7, 1), date(2025, 7, 4)),
    ),
    Grain.WEEK: (
        Span(date(2025, 6, 2), date(2025, 6, 30)), Span(date(2025, 7, 7), date(2025, 8, 18)),
    ),
    Grain.QUARTER: (
        Span(date(2025, 4, 1), date(2025, 7, 1)), Span(date(2025, 7, 1), date(2025, 10, 1)),
    ),
    Grain.YEAR: (Span.of_year(2025),),
}  # fmt: skip
EVENTS = (*DOSSIERS, *DOCUMENTS, *FEEDBACK, *FEEDS[:2])
AS_OF = {
    Grain.DAY: DAYS[2], Grain.WEEK: DAYS[1], Grain.QUARTER: DAYS[2], Grain.YEAR: DAYS[1],
}  # fmt: skip
LONG = (Grain.QUARTER, Grain.YEAR)
"""The grains by which what offices report each month, and catalogues, are asked for too."""


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest) -> World:
    many = int(request.config.getoption("--oracle"))
    return World(7, [HOME], FIRST, LAST, scale=many / DOSSIERS_AT_SCALE_1)


@pytest.fixture(scope="module")
def snapshot(world: World, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home, clock = tmp_path_factory.mktemp("oracle"), Clock()
    with Simulator(world, clock) as simulator, Warehouse.open(home, reserve=Reserve(0, 0)) as store:
        fill(home, world, simulator.port)
        dropbox, offices = Dropbox(world, home / FOLDER), OfficeFiles(world, home / FOLDER)
        for day in DAYS:
            clock.now = end_of_day(day)
            dropbox.catch_up(clock.now)
            offices.catch_up(clock.now)
            collect(home, store, clock.now)
        return publish(store, home, instant_of(clock.now), free_mb=0)


NOTHING_YET = ("no file", "nothing was pushed")


def collect(home: Path, store: Warehouse, now: int, only: Collection[str] = ()) -> None:
    """One run of every source, as the scheduler orders it, in the last second of a day."""
    # A question ends before the second it is asked in; the day's last second belongs to it.
    asked, known = instant_of(now + 1), instant_of(now)
    for source in only or read_sources(home):
        cursor = store.cursor(source) or {}
        outcome = perform(Job(str(home), source, str(home / "landing"), asked, cursor=cursor))
        if outcome.folder is None and any(one in str(outcome.error) for one in NOTHING_YET):
            continue  # What begins with the reorganisation, or later, has told nothing yet.
        assert outcome.folder is not None, outcome.error
        store.load(Path(outcome.folder), known)


def printed(snapshot: Snapshot, metrics: tuple[str, ...], span: Span, **cut: Any) -> Iterator[Any]:
    """The rows of a query about Cao Bằng, monthly if no other grain is asked for."""
    selection = Selection(metrics, span, **{"grain": Grain.MONTH, **cut})
    now = instant_of(end_of_day(LAST))
    frame = query(selection, EVERYTHING, snapshot, now=now)
    # Only what is compared: turning every column of every row into Python's own takes seconds.
    return frame.loc[~frame["reported"], ASKED].itertuples()


@cache
def answered(snapshot: Snapshot, boundaries: str, as_of: date | None = None) -> dict[Key, Figures]:
    """Every figure the program gives: country, province, and all areas in it."""
    found: dict[Key, Figures] = {}
    for span, area in product(LEVELS, (None, HOME)):
        whole = {"area": area, "boundaries": Boundaries(boundaries), "as_of": as_of}
        cuts: list[dict[str, Any]] = [whole]
        if area is not None:
            levels = LEVELS[span] if boundaries == "then" else (Level.COMMUNE,)
            cuts += [whole | {"by": By.AREA, "level": level} for level in levels]
        for cut in cuts:
            # No work files are counted at the country's own level.
            asked = METRICS if area else COUNTRYWIDE
            for row in printed(snapshot, asked, span, **cut):
                key = (row.metric, boundaries, row.area_id, row.period_start)
                found[key] = figures(row.numerator, row.denominator, row.value)
    return found


def answered_by(
    snapshot: Snapshot, grain: Grain, boundaries: str, as_of: date | None = None
) -> dict[Key, Figures]:
    """What the program gives by another grain than months: country, province and all below."""
    found: dict[Key, Figures] = {}
    for span in CUTS[grain]:
        mode = {"boundaries": Boundaries(boundaries), "as_of": as_of, "grain": grain}
        two_levels = boundaries == "today" or span.end > date(2025, 7, 1)
        levels = (Level.COMMUNE,) if two_levels else (Level.DISTRICT, Level.COMMUNE)
        below = [{"area": HOME, "by": By.AREA, "level": level} for level in levels]
        cuts: list[dict[str, Any]] = [{"area": None}, {"area": HOME}, *below]
        for cut in cuts:
            asked = asked_by(grain, country=cut["area"] is None)
            for row in printed(snapshot, asked, span, **mode, **cut):
                key = (row.metric, boundaries, row.area_id, row.period_start)
                found[key] = figures(row.numerator, row.denominator, row.value)
    return found


def asked_by(grain: Grain, *, country: bool) -> tuple[str, ...]:
    """All metrics of a grain; no work files or catalogues are those of the country itself."""
    if grain not in LONG:
        return EVENTS
    return COUNTRYWIDE if country else METRICS


@cache
def counted_by(world: World, day: date, grain: Grain) -> dict[Key, Figures]:
    """What counting one by one gives in the same spans."""
    cells: dict[Key, Figures] = {}
    for span in CUTS[grain]:
        cells |= truth(world, day, Cut(grain, span))
    return {key: told for key, told in cells.items() if grain in LONG or key[0] in EVENTS}


def figures(*numbers: float) -> Figures:
    numerator, denominator, value = (None if math.isnan(one) else one for one in numbers)
    return Figures(numerator or 0, denominator, value)


def differences(expected: Cells, found: Cells, boundaries: str) -> dict[Key, object]:
    """Where the two computations do not say the same."""
    told = {key for key in expected if key[1] == boundaries}
    return {
        key: (expected.get(key), found.get(key))
        for key in told | found.keys()
        if not same(expected.get(key), found.get(key))
    }


def same(expected: Figures | None, found: Figures | None) -> bool:
    """The same numbers, and a value or none; where nothing happened, 0 and unknown are the same."""
    if expected is None or found is None:
        told = expected or found
        return told is None or not (told.numerator or told.denominator)
    if expected.denominator == 0:
        return not found.denominator and found.value is None
    pairs = zip(expected, found, strict=True)
    return all(a == b if a is None or b is None else math.isclose(a, b) for a, b in pairs)


@pytest.mark.parametrize("boundaries", ["then", "today"])
def test_every_figure_is_what_counting_dossier_by_dossier_gives(
    world: World, snapshot: Snapshot, boundaries: str
) -> None:
    expected = counted(world, LAST)
    found = answered(snapshot, boundaries)
    assert len(found) > 2_000
    assert differences(expected, found, boundaries) == {}


@pytest.mark.parametrize("boundaries", ["then", "today"])
@pytest.mark.parametrize("day", DAYS[1:-1], ids=str)
def test_a_past_report_gives_what_was_known_on_its_day(
    world: World, snapshot: Snapshot, day: date, boundaries: str
) -> None:
    expected = counted(world, day)
    found = answered(snapshot, boundaries, as_of=day)
    assert differences(expected, found, boundaries) == {}


@pytest.mark.parametrize("boundaries", ["then", "today"])
@pytest.mark.parametrize("grain", CUTS)
def test_every_grain_gives_what_counting_dossier_by_dossier_gives(
    world: World, snapshot: Snapshot, grain: Grain, boundaries: str
) -> None:
    for known in (LAST, AS_OF[grain]):
        as_of = None if known == LAST else known
        found = answered_by(snapshot, grain, boundaries, as_of)
        asked = {key[2] for key in found}
        cells = counted_by(world, known, grain)
        # A year asks for the areas there are at its end, everything else for those of its time.
        expected = {key: told for key, told in cells.items() if key[2] in asked}
        assert differences(expected, found, boundaries) == {}
        assert len({key[2] for key in expected}) > 50


@pytest.mark.parametrize("boundaries", ["then", "today"])
def test_behind_every_number_there_are_as_many_dossiers(
    snapshot: Snapshot, boundaries: str
) -> None:
    """Every metric of dossiers at every level, where it counts most; months take turns."""
    now, compared = instant_of(end_of_day(LAST)), 0
    known = catalogue().metrics.values()
    listed = [one.id for one in known if why_not(one) is None]
    for level, area in ((None, None), (None, HOME), (Level.DISTRICT, HOME), (Level.COMMUNE, HOME)):
        if level is Level.DISTRICT and boundaries == "today":
            continue
        span = SPRING if level is Level.DISTRICT else SUMMER
        cut = {"area": area, "boundaries": Boundaries(boundaries)}
        more = {"by": By.AREA, "level": level} if level else {}
        rows = list(printed(snapshot, tuple(listed), span, **cut, **more))
        for number, metric in enumerate(listed):
            cells = [row for row in rows if row.metric == metric and row.numerator > 0]
            months = sorted({row.period_start for row in cells})
            if not months:
                continue
            month = months[number % len(months)]
            row = max((one for one in cells if one.period_start == month), key=most)
            days = Span(row.period_start, row.period_end)
            one = Selection((metric,), days, row.area_id, boundaries=Boundaries(boundaries))
            part = Part.DENOMINATOR if number % 2 and row.denominator > 0 else Part.NUMERATOR
            found = drill(one, part, EVERYTHING, snapshot, now=now, page=Page(limit=MOST_ROWS))
            assert found.total == getattr(row, part) == sum(d.weight for d in found.rows), row
            assert found.is_complete
            compared += 1
    assert compared > 60


def most(row: Any) -> float:
    return float(row.numerator)


def test_the_past_was_corrected_since(world: World) -> None:
    """The test above is not the one before it: what was known then is not what is known now."""
    before, after = counted(world, DAYS[1]), counted(world, LAST)
    may = date(2025, 5, 1)
    changed = [key for key in before if key[3] == may and before[key] != after[key]]
    assert changed


def test_every_area_of_the_province_is_asked_for(world: World, snapshot: Snapshot) -> None:
    found = {key[2] for boundaries in ("then", "today") for key in answered(snapshot, boundaries)}
    desks = world.provinces[HOME].desks
    assert found == {desk.area_id for desk in desks} | {register().get("VN@").area_id}
