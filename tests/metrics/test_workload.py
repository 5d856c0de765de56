"""What was carried over, and the on-time variants that count what is still open."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from datasources.config import read_sources
from datasources.running.job import Job
from datasources.running.worker import perform
from datasources.simulator.clock import end_of_day, instant_of
from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.dropbox import Dropbox
from datasources.simulator.server import Simulator
from datasources.simulator.world import World
from domain.area import Boundaries, Level
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from metrics import By, Selection, query
from store import Reserve, Snapshot, Warehouse, publish
from tests.metrics.asking import ask, counting_events, days, value
from tests.metrics.collected import Collected, at, dossier

VARIANTS = (
    "on_time_rate_resolved",
    "on_time_rate_qd766",
    "on_time_rate_must_process",
    "on_time_rate_received",
    "on_time_rate_commitment",
)
JUNE = days("2020-06-01", "2020-07-01")


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Phú Thọ, June 2020. Open when it begins: 6, of which one waits for its applicant and one
    has no due date. Received in it: 4, one without a due date.

    Of the 6: two are resolved in time, one late, one falls overdue and stays open.
    Of the 4: two are resolved in time, one falls overdue and stays open, one has no due date.
    """
    may = "2020-05-20"
    sent = [
        dossier("A1", may, due="2020-06-10", finished="2020-06-09"),
        dossier("A2", may, due="2020-06-10", finished="2020-06-10"),
        dossier("A3", may, due="2020-06-10", finished="2020-06-12"),
        dossier("A4", may, due="2020-06-10"),
        dossier("A5", may, due="2020-06-10", pauses=[{"start": at("2020-05-25"), "end": None}]),
        dossier("A6", may),
        dossier("B1", "2020-06-02", due="2020-06-20", finished="2020-06-19"),
        dossier("B2", "2020-06-02", due="2020-06-20"),
        dossier("B3", "2020-06-02", due="2020-07-20", finished="2020-06-25"),
        dossier("B4", "2020-06-02"),
        # Over before June began: nothing to do with it.
        dossier("Z1", "2020-05-04", due="2020-05-10", finished="2020-05-08"),
    ]
    home = Collected(tmp_path_factory.mktemp("june"), with_dossiers=False)
    return home.deliver(sent, reaches="2020-07-10", known="2020-07-10").published("2020-07-11")


def test_five_variants_of_on_time_are_five_numbers(june: Snapshot) -> None:
    frame = ask(june, VARIANTS, "25", JUNE)
    shown = zip(frame["numerator"], frame["denominator"], frame["value"].round(1), strict=True)
    assert dict(zip(frame["metric"], shown, strict=True)) == {
        "on_time_rate_resolved": (4, 5, 80),  # A1 A2 B1 B3 of these and A3
        "on_time_rate_qd766": (2, 3, 66.7),  # B1 B3 of B1 B2 B3
        "on_time_rate_must_process": (5, 8, 62.5),  # A1–A5 B1–B3, less A3 late, A4 B2 overdue
        "on_time_rate_received": (4, 3, 133.3),  # A1 A2 B1 B3 against B1 B2 B3
        "on_time_rate_commitment": (4, 7, 57.1),  # A1 A2 B1 B3 of these, A3, A4, B2
    }


def test_carried_over_is_what_was_open_when_the_period_began(june: Snapshot) -> None:
    assert value(june, "dossiers_carried_over", "25", JUNE) == 6
    months = ask(
        june, "dossiers_carried_over", "25", days("2020-05-01", "2020-08-01"), grain=Grain.MONTH
    )
    # May opens with nothing; July with A4 A5 A6 B2 B4.
    assert months["value"].tolist() == [0, 6, 5]
    assert value(june, "dossiers_carried_over", "25", days("2020-06-11", "2020-06-13")) == 8


def test_carried_over_can_be_cut_like_any_stock(june: Snapshot) -> None:
    frame = ask(june, "dossiers_carried_over", "25", JUNE, by=By.CHANNEL)
    assert frame["value"].tolist() == [6]
    postal = value(june, "dossiers_carried_over", "25", JUNE, filters=(("channel", "postal"),))
    assert postal == 0


def test_a_new_area_opens_with_what_those_before_it_left(reorganised: Snapshot) -> None:
    # Phùng Nguyên began on 1 July 2025 with D1 and D2 of the communes it took in.
    new = "08521@2025-07-01"
    july, year = days("2025-07-01", "2025-08-01"), Span.of_year(2025)
    for span in (july, year):
        assert value(reorganised, "dossiers_carried_over", new, span) == 2
        load = ask(reorganised, "on_time_rate_must_process", new, span)
        assert load["denominator"].tolist() == [3]
    today = {"boundaries": Boundaries.TODAY}
    assert value(reorganised, "dossiers_carried_over", new, july, **today) == 2
    assert value(reorganised, "dossiers_carried_over", new, year, **today) == 0


# ---- the identities, in a made-up province around the reorganisation

FIRST, LAST = (
    Span.of_year(2025).start.replace(month=5),
    Span.of_year(2025).start.replace(month=8, day=20),
)
CAO_BANG = "04"
PARTS = (
    "dossiers_carried_over", "dossiers_received", "dossiers_resolved", "dossiers_resolved_early",
    "dossiers_resolved_on_time", "dossiers_resolved_late", "dossiers_pending",
    "dossiers_pending_overdue", "dossiers_paused", *VARIANTS,
)  # fmt: skip


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Cao Bằng from May to August 2025, collected once by the real connectors."""
    world = World(11, [CAO_BANG], FIRST, LAST, scale=2)
    home, now = tmp_path_factory.mktemp("identities"), end_of_day(LAST)
    with (
        Simulator(world, lambda: now) as simulator,
        Warehouse.open(home, reserve=Reserve(0, 0)) as store,
    ):
        fill(home, world, simulator.port)
        Dropbox(world, home / FOLDER).catch_up(now)
        for source in read_sources(home):
            job = Job(str(home), source, str(home / "landing"), instant_of(now + 1), cursor={})
            outcome = perform(job)
            if outcome.folder is not None:
                store.load(Path(outcome.folder), instant_of(now))
        return publish(store, home, instant_of(now), free_mb=0)


def tables(snapshot: Snapshot, boundaries: Boundaries) -> pd.DataFrame:
    """The parts of every area of the province, one row per area and month, months in order."""
    frames = []
    for span in (Span(FIRST, FIRST.replace(month=7)), Span(FIRST.replace(month=7), LAST)):
        cuts: list[dict[str, Any]] = [{}, {"by": By.AREA, "level": Level.COMMUNE}]
        if boundaries is Boundaries.THEN and span.start == FIRST:
            cuts.append({"by": By.AREA, "level": Level.DISTRICT})
        for cut in cuts:
            asked = Selection(PARTS, span, CAO_BANG, Grain.MONTH, boundaries=boundaries, **cut)
            frame = query(asked, EVERYTHING, snapshot, now=instant_of(end_of_day(LAST)))
            frames.append(frame[~frame["reported"]])
    whole = pd.concat(frames)
    whole["below"] = whole["denominator"]
    table: pd.DataFrame = whole.pivot_table(
        ["value", "below"], ["area_id", "period_start"], "metric", dropna=False
    )
    told: pd.DataFrame = table[table["value"]["dossiers_received"].notna()]
    return told


@pytest.mark.parametrize("boundaries", list(Boundaries))
def test_the_identities_hold_for_every_area_and_month(
    province: Snapshot, boundaries: Boundaries
) -> None:
    table = tables(province, boundaries)
    assert len(table) > 200
    counts, below = table["value"], table["below"]
    still_open = counts["dossiers_pending"] + counts["dossiers_paused"]
    load = counts["dossiers_carried_over"] + counts["dossiers_received"]
    assert (counts["dossiers_resolved"] <= load).all()
    # What was open or came is resolved, still open, or was refused or withdrawn.
    gone = load - counts["dossiers_resolved"] - still_open
    lives_on = still_open.notna()
    assert lives_on.sum() > 200
    assert (gone[lives_on] >= 0).all()
    assert gone[lives_on].sum() < 0.2 * load[lives_on].sum()
    with_due = sum(counts[f"dossiers_resolved_{how}"] for how in ("early", "on_time", "late"))
    assert (with_due <= counts["dossiers_resolved"]).all()
    overdue = counts["dossiers_pending_overdue"][lives_on]
    assert (overdue <= counts["dossiers_pending"][lives_on]).all()
    # The same load without the dossiers nobody promised a day for.
    assert (below["on_time_rate_must_process"] <= load).all()
    assert 0.8 * load.sum() < below["on_time_rate_must_process"].sum() < load.sum()
    kept = with_due[lives_on] + overdue
    np.testing.assert_array_equal(below["on_time_rate_commitment"][lives_on], kept)


@pytest.mark.parametrize("boundaries", list(Boundaries))
def test_a_month_opens_with_what_the_month_before_left_open(
    province: Snapshot, boundaries: Boundaries
) -> None:
    table = tables(province, boundaries)["value"]
    still_open = table["dossiers_pending"] + table["dossiers_paused"]
    compared = 0
    for _, months in table.groupby(level="area_id"):
        for before, after in pairwise(months.index):
            assert still_open[before] == table["dossiers_carried_over"][after]
            compared += 1
    assert compared > 100


@pytest.mark.parametrize("boundaries", list(Boundaries))
def test_a_rate_of_the_period_own_dossiers_is_between_0_and_100(
    province: Snapshot, boundaries: Boundaries
) -> None:
    rates = tables(province, boundaries)["value"]
    for name in VARIANTS:
        told = rates[name].dropna()
        assert len(told) > 100
        assert (told >= 0).all()
        if name != "on_time_rate_received":  # its parts are not the same dossiers
            assert (told <= 100).all()


def test_what_is_received_is_online_direct_or_postal(province: Snapshot) -> None:
    span = Span(FIRST, LAST)
    cut: dict[str, Any] = {"grain": Grain.MONTH, "boundaries": Boundaries.TODAY}
    whole = ask(province, "dossiers_received", CAO_BANG, span, **cut)
    parts = ask(province, "dossiers_received", CAO_BANG, span, by=By.CHANNEL, **cut)
    assert set(parts["dimension_value"]) == {"online", "direct", "postal"}
    summed = parts.groupby("period_start")["value"].sum()
    assert summed.tolist() == whole["value"].tolist()


@pytest.fixture(scope="module")
def by_events(province: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return counting_events(province, tmp_path_factory.mktemp("by_events"))


NARROWED = (*PARTS, "avg_processing_days", "feedback_received", "feedback_pending_overdue")
SUMMER = Span(FIRST, FIRST.replace(month=9))


@pytest.mark.parametrize("boundaries", list(Boundaries))
@pytest.mark.parametrize("by", [By.NONE, By.AREA, By.FIELD, By.CHANNEL])
def test_by_field_and_channel_a_month_counts_what_single_events_do(
    province: Snapshot, by_events: Snapshot, by: By, boundaries: Boundaries
) -> None:
    fields = ask(province, "dossiers_received", CAO_BANG, SUMMER, by=By.FIELD)
    field = ("field", str(fields["dimension_value"][fields["value"].argmax()]))
    narrowed = ((("channel", "online"), ("channel", "postal")), (field, ("channel", "direct")))
    around = Span(FIRST.replace(month=6), LAST)
    for area in (CAO_BANG, f"{CAO_BANG}@2025-06-30"):
        for span, grain, filters in (
            (SUMMER, Grain.MONTH, narrowed[0]),
            (around, None, narrowed[1]),
            (around, None, () if by in (By.FIELD, By.CHANNEL) else (field,)),
        ):
            cut: dict[str, Any] = {"boundaries": boundaries, "by": by, "filters": filters}
            told, events = (
                ask(one, NARROWED, area, span, grain=grain, **cut) for one in (province, by_events)
            )
            pd.testing.assert_frame_equal(told, events)


def test_the_parts_of_the_province_make_the_whole(province: Snapshot) -> None:
    # In August: in July the districts, which had ended, still opened with what they had left.
    august = days("2025-08-01", "2025-09-01")
    whole = value(province, "dossiers_carried_over", CAO_BANG, august)
    communes = ask(province, "dossiers_carried_over", CAO_BANG, august, by=By.AREA)["value"].sum()
    own = value(province, "dossiers_carried_over", CAO_BANG, august, level=Level.PROVINCE)
    assert whole == communes + own > 0
