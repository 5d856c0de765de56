"""The oracle: a handful of dossiers that a reader can follow by hand, and its own identities."""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import pytest

from datasources.simulator.clock import NEVER, end_of_day
from datasources.simulator.dossiers import DIRECT, ONLINE, Dossiers
from datasources.simulator.truth import Figures, truth
from datasources.simulator.world import World
from tests.simulator.asking import END, SEED, second

JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)
OLD, NEW = "01290@", "01290@2025-07-01"  # thị trấn Pác Miầu, and xã Bảo Lâm that took it in
DISTRICT, OLD_PROVINCE, PROVINCE = "042@", "04@", "04@2025-07-01"


@dataclass
class HandMade(World):
    """Cao Bằng with nothing but the dossiers given."""

    rows: list[dict[str, int]]

    def __post_init__(self) -> None:
        super().__init__(SEED, ["01290"], date(2025, 6, 1), END, scale=0.0)

    def dossiers(self, home: str, at: int) -> Dossiers:
        assert home == "04"
        columns = {
            each.name: np.array([row.get(each.name, NEVER) for row in self.rows])
            for each in fields(Dossiers)
        }
        return Dossiers(**columns).rows(columns["submitted"] <= at)

    def row_of(self, area_id: str) -> int:
        areas = [desk.area_id for desk in self.provinces["04"].desks]
        return areas.index(area_id)


def dossier(world: HandMade, area_id: str, received: str, due: str, **more: str | int) -> None:
    """Add one dossier that came to the counter; times are "2025-06-02 09:00", in Vietnam."""
    promised = second(due) if due else NEVER
    row = {
        "desk": world.row_of(area_id),
        "receiving": world.row_of(area_id),
        "first_channel": DIRECT,
        "channel": DIRECT,
        "submitted": second(received),
        "received": second(received),
        "due": promised,
        "due_1": promised,
        "due_2": promised,
        "pause_status": 5,
    }
    row |= {name: second(what) if isinstance(what, str) else what for name, what in more.items()}
    row.setdefault("right_finished", row.get("finished", NEVER))
    world.rows.append(row)


@pytest.fixture
def hand_made() -> HandMade:
    """Six dossiers of June at the old commune, and one of July at the new.

    early, on time after hours, late, withdrawn, without a due date, handed over on 1 July;
    and one that waited for its applicant over its due day.
    """
    world = HandMade([])
    june = "2025-06-02 09:00"
    dossier(world, OLD, june, "2025-06-05 17:00", finished="2025-06-04 10:00")
    dossier(world, OLD, june, "2025-06-05 17:00", finished="2025-06-05 17:45", channel=ONLINE)
    dossier(world, OLD, june, "2025-06-05 17:00", finished="2025-06-09 10:00")
    dossier(world, OLD, june, "2025-06-05 17:00", withdrawn="2025-06-03 10:00")
    dossier(world, OLD, june, "", finished="2025-06-20 10:00")
    dossier(world, OLD, "2025-06-27 09:00", "2025-07-01 17:00", finished="2025-07-03 10:00")
    dossier(
        world,
        NEW,
        "2025-07-02 09:00",
        "2025-07-07 17:00",
        due_1="2025-07-18 17:00",
        pause_1="2025-07-04 09:00",
        resume_1="2025-07-15 09:00",
        finished="2025-07-17 10:00",
        first_channel=ONLINE,
    )
    return world


def cell(world: World, metric: str, area_id: str, month: date, day: str, **more: str) -> Figures:
    boundaries = more.get("boundaries", "then")
    return truth(world, date.fromisoformat(day))[metric, boundaries, area_id, month]


def test_june_can_be_counted_by_hand(hand_made: HandMade) -> None:
    for area_id in (OLD, DISTRICT, OLD_PROVINCE, "VN@"):
        found = {
            metric: figures
            for (metric, boundaries, area, month), figures in truth(
                hand_made, date(2025, 6, 30)
            ).items()
            if (boundaries, area, month) == ("then", area_id, JUNE)
        }
        assert found["dossiers_received"] == (6, None, 6)
        assert found["dossiers_resolved"] == (4, None, 4)
        assert found["dossiers_resolved_early"] == (1, None, 1)
        assert found["dossiers_resolved_on_time"] == (1, None, 1)
        assert found["dossiers_resolved_late"] == (1, None, 1)
        assert found["on_time_rate_resolved"] == Figures(2, 3, 100 * 2 / 3)
        # Five have a due date; the term of the late one ran out in June.
        assert found["on_time_rate_qd766"] == (4, 5, 80)
        assert found["resolution_rate"] == Figures(4, 6, 100 * 4 / 6)
        assert found["dossiers_pending"] == (1, None, 1)
        assert found["dossiers_pending_overdue"] == (0, None, 0)
        assert found["null_due_share"] == Figures(1, 6, 100 / 6)


def test_a_report_knows_only_what_was_known_on_its_day(hand_made: HandMade) -> None:
    assert cell(hand_made, "dossiers_resolved", OLD, JUNE, "2025-06-08").value == 2
    assert cell(hand_made, "dossiers_pending", OLD, JUNE, "2025-06-08").value == 2
    assert cell(hand_made, "dossiers_pending_overdue", OLD, JUNE, "2025-06-08").value == 1
    assert cell(hand_made, "dossiers_pending_overdue", OLD, JUNE, "2025-06-09").value == 0
    assert cell(hand_made, "on_time_rate_qd766", OLD, JUNE, "2025-06-05")[:2] == (4, 4)
    assert cell(hand_made, "on_time_rate_qd766", OLD, JUNE, "2025-06-06")[:2] == (3, 4)


def test_a_correction_changes_the_past_from_the_day_it_is_made() -> None:
    world = HandMade([])
    dossier(
        world,
        OLD,
        "2025-06-02 09:00",
        "2025-06-05 17:00",
        first_channel=ONLINE,
        finished="2025-06-09 10:00",
        right_finished="2025-06-05 10:00",
        corrected="2025-06-20 10:00",
    )
    assert cell(world, "on_time_rate_resolved", OLD, JUNE, "2025-06-19").value == 0
    assert cell(world, "online_dossier_rate", OLD, JUNE, "2025-06-19").value == 100
    assert cell(world, "on_time_rate_resolved", OLD, JUNE, "2025-06-20").value == 100
    assert cell(world, "online_dossier_rate", OLD, JUNE, "2025-06-20").value == 0


def test_a_term_does_not_run_out_while_work_has_to_wait(hand_made: HandMade) -> None:
    assert cell(hand_made, "dossiers_paused", NEW, JULY, "2025-07-10").value == 1
    # The file of the old commune is finished by then; this one waits past its first due day.
    assert cell(hand_made, "on_time_rate_qd766", NEW, JULY, "2025-07-10")[:2] == (1, 1)
    assert cell(hand_made, "dossiers_resolved_early", NEW, JULY, "2025-07-31").value == 1
    assert cell(hand_made, "dossiers_paused", NEW, JULY, "2025-07-31").value == 0


def test_what_was_open_at_an_ended_commune_is_finished_by_its_successor(
    hand_made: HandMade,
) -> None:
    cells = truth(hand_made, date(2025, 7, 31))
    for area_id in (NEW, PROVINCE, "VN@"):
        assert cells["dossiers_received", "then", area_id, JULY].value == 1
        assert cells["dossiers_resolved", "then", area_id, JULY].value == 2
        assert cells["dossiers_resolved_late", "then", area_id, JULY].value == 1
    assert cell(hand_made, "dossiers_pending", NEW, JULY, "2025-07-02").value == 2


def test_restated_history_begins_before_the_area_did(hand_made: HandMade) -> None:
    cells = truth(hand_made, date(2025, 7, 31))
    assert cells["dossiers_received", "today", NEW, JUNE].value == 6
    assert ("dossiers_received", "then", NEW, JUNE) not in cells
    assert ("dossiers_received", "then", OLD, JULY) not in cells
    assert ("dossiers_received", "today", DISTRICT, JUNE) not in cells


@pytest.fixture(scope="module")
def cells(world: World) -> dict[tuple[str, str, str, date], Figures]:
    return truth(world, END)


COUNTS = (
    "dossiers_received", "dossiers_resolved", "dossiers_resolved_late", "dossiers_pending",
    "dossiers_paused", "dossiers_pending_overdue", "docs_sent",
)  # fmt: skip


def test_the_two_maps_and_all_levels_agree_on_the_whole(
    cells: dict[tuple[str, str, str, date], Figures],
) -> None:
    """Nothing is lost or counted twice at the reorganisation: every month, on both maps."""
    for month in (date(2025, number, 1) for number in (5, 6, 7, 8)):
        province = OLD_PROVINCE if month < JULY else PROVINCE
        for metric in COUNTS:
            whole = cells[metric, "then", "VN@", month].value
            assert cells[metric, "today", "VN@", month].value == whole
            assert cells[metric, "today", PROVINCE, month].value == whole
            assert cells[metric, "then", province, month].value == whole


def test_what_came_in_is_resolved_or_open_or_has_left(
    world: World, cells: dict[tuple[str, str, str, date], Figures]
) -> None:
    """Received since the world began = resolved + open + withdrawn, on the last day."""
    months = [date(2025, number, 1) for number in (5, 6, 7, 8)]
    received, resolved = (
        sum(cells[metric, "then", "VN@", month].numerator for month in months)
        for metric in ("dossiers_received", "dossiers_resolved")
    )
    last = months[-1]
    still = sum(
        cells[metric, "then", "VN@", last].numerator
        for metric in ("dossiers_pending", "dossiers_paused")
    )
    drawn = world.dossiers("04", end_of_day(END))
    withdrawn = int((drawn.withdrawn <= end_of_day(END)).sum())
    assert received == resolved + still + withdrawn


def test_the_communes_of_a_district_add_up_to_it_with_its_own_desks(
    world: World, cells: dict[tuple[str, str, str, date], Figures]
) -> None:
    desks = world.provinces["04"].desks
    communes = {d.area_id for d in desks if len(d.parts) == 2 and d.parts[0] == 21}
    drawn = world.dossiers("04", end_of_day(END))
    own = next(row for row, d in enumerate(desks) if d.parts == (21,))
    here = drawn.received[drawn.desk == own]
    start, end = end_of_day(date(2025, 4, 30)) + 1, end_of_day(date(2025, 5, 31))
    at_district = int(((here >= start) & (here <= end)).sum())
    may = date(2025, 5, 1)
    below = sum(
        cells["dossiers_received", "then", one, may].numerator
        for one in communes
        if ("dossiers_received", "then", one, may) in cells
    )
    whole = cells["dossiers_received", "then", desks[own].area_id, may]
    assert whole.numerator == below + at_district > below > 0


def test_rates_lie_between_0_and_100_and_have_no_value_over_nothing(
    cells: dict[tuple[str, str, str, date], Figures],
) -> None:
    rates = [figures for figures in cells.values() if figures.denominator is not None]
    assert len(rates) > 1000
    for figures in rates:
        assert figures.numerator >= 0
        if figures.denominator == 0:
            assert figures.value is None


@pytest.mark.parametrize("metric", ["work_files_online_rate", "units_exchanging_signed_rate"])
def test_reports_are_there_only_once_they_are_delivered(world: World, metric: str) -> None:
    before, after = truth(world, date(2025, 8, 2)), truth(world, date(2025, 8, 3))
    assert (metric, "then", PROVINCE, JULY) not in before
    assert (metric, "then", PROVINCE, JULY) in after


def test_work_files_of_a_level_are_not_added_into_another(
    cells: dict[tuple[str, str, str, date], Figures],
) -> None:
    places = {area for metric, _, area, _ in cells if metric == "work_files_online_rate"}
    assert "VN@" not in places
    assert PROVINCE in places
    assert NEW in places
