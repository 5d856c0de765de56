from datetime import date
from typing import Any

import numpy as np
import pytest

from domain.area import Boundaries, Level
from domain.errors import AreaError, SelectionError
from domain.period import Grain
from domain.scope import Scope
from metrics import By
from store import Snapshot
from tests.metrics.asking import ask, days, value
from tests.metrics.collected import NEW_PHU_THO, PHUNG_NGUYEN

TODAY = Boundaries.TODAY
SUMMER = days("2025-05-01", "2025-09-01")
NAN = np.nan


def monthly(snapshot: Snapshot, metric: str, area: str, **cut: Any) -> list[float]:
    return ask(snapshot, metric, area, SUMMER, grain=Grain.MONTH, **cut)["value"].tolist()


def test_a_series_of_the_day_begins_and_ends_with_the_area(reorganised: Snapshot) -> None:
    old = monthly(reorganised, "dossiers_received", "08521@2025-06-01")
    new = monthly(reorganised, "dossiers_received", "08521")
    np.testing.assert_equal(old, [NAN, 1, NAN, NAN])
    np.testing.assert_equal(new, [NAN, NAN, 1, 0])


def test_who_exists_on_the_day_answers_for_what_was_left_open(reorganised: Snapshot) -> None:
    # D1 came to old Phùng Nguyên and was finished on 10 July; D2 of Sơn Vi is open still.
    resolved = monthly(reorganised, "dossiers_resolved", "08521")
    pending = monthly(reorganised, "dossiers_pending", "08521")
    overdue = monthly(reorganised, "dossiers_pending_overdue", "08521")
    np.testing.assert_equal(resolved, [NAN, NAN, 2, 0])
    np.testing.assert_equal(pending, [NAN, NAN, 1, 1])
    np.testing.assert_equal(overdue, [NAN, NAN, 1, 1])
    np.testing.assert_equal(
        monthly(reorganised, "dossiers_pending", PHUNG_NGUYEN), [NAN, 1, NAN, NAN]
    )


def test_today_restates_history_onto_the_successor(reorganised: Snapshot) -> None:
    received = monthly(reorganised, "dossiers_received", "08521", boundaries=TODAY)
    np.testing.assert_equal(received, [NAN, 2, 1, 0])


def test_nothing_is_lost_between_the_maps(reorganised: Snapshot) -> None:
    for metric, total in (
        ("dossiers_received", 9),
        ("dossiers_resolved", 8),
        ("dossiers_pending", 2),
        ("dossiers_pending_overdue", 2),
    ):
        assert value(reorganised, metric, None, 2025) == total
        assert value(reorganised, metric, None, 2025, boundaries=TODAY) == total
        communes = ask(reorganised, metric, None, 2025, boundaries=TODAY, by=By.AREA)
        assert communes["value"].sum() == total


def test_a_code_used_again_is_another_area(reorganised: Snapshot) -> None:
    # 91 was Kiên Giang until 30 June 2025, and is An Giang, which took in Kiên Giang and 89.
    kien_giang = ask(reorganised, "dossiers_received", "91@2025-06-30", 2025)
    an_giang = ask(reorganised, "dossiers_received", "91", 2025)
    restated = ask(reorganised, "dossiers_received", "91", 2025, boundaries=TODAY)
    assert (kien_giang["area_name"][0], kien_giang["value"][0]) == ("Kiên Giang", 1)
    assert (an_giang["area_name"][0], an_giang["value"][0]) == ("An Giang", 2)
    assert (restated["area_name"][0], restated["value"][0]) == ("An Giang", 4)


def test_a_split_commune_goes_to_its_main_successor_and_is_estimated(
    reorganised: Snapshot,
) -> None:
    frame = ask(
        reorganised, "dossiers_received", "75", 2025, boundaries=TODAY, by=By.AREA
    ).set_index("area_id")
    main, other = frame.loc["26446@2025-07-01"], frame.loc["26359@2025-07-01"]
    assert (main["value"], main["estimated"]) == (1, True)
    assert (np.isnan(other["value"]), other["estimated"]) == (True, False)
    province = ask(reorganised, "dossiers_received", "75", 2025, boundaries=TODAY)
    assert province["estimated"].tolist() == [False]


def test_what_is_open_from_a_split_commune_is_estimated_as_long_as_it_counts(
    reorganised: Snapshot,
) -> None:
    xuan_hoa = monthly(reorganised, "dossiers_received", "26446", boundaries=TODAY)
    frame = ask(
        reorganised,
        ("dossiers_received", "dossiers_pending"),
        "26446",
        SUMMER,
        grain=Grain.MONTH,
        boundaries=TODAY,
    )
    np.testing.assert_equal(xuan_hoa, [NAN, 1, 0, 0])
    assert frame["estimated"].tolist() == [False, True, False, False, False, True, True, True]


def test_asking_today_for_an_area_that_ended_is_answered_by_its_successor(
    reorganised: Snapshot,
) -> None:
    frame = ask(reorganised, "dossiers_received", "08518@2025-06-01", 2025, boundaries=TODAY)
    assert frame["area_id"].tolist() == ["08521@2025-07-01"]
    assert frame["value"].tolist() == [3]
    note = frame.attrs["note"]
    assert "xã Sơn Vi (08518@) nay thuộc xã Phùng Nguyên (08521@2025-07-01)" in note.vi
    assert "is now" in note.en
    assert ask(reorganised, "dossiers_received", "25", 2025).attrs["note"] is None


def test_today_has_no_districts(reorganised: Snapshot) -> None:
    with pytest.raises(SelectionError, match="no districts: they ended on 30/06/2025"):
        ask(reorganised, "dossiers_received", "25", boundaries=TODAY, level=Level.DISTRICT)
    with pytest.raises(SelectionError, match="ended without one successor"):
        ask(reorganised, "dossiers_received", "237@2025-06-01", 2025, boundaries=TODAY)


def test_the_next_level_is_that_of_the_last_day(reorganised: Snapshot) -> None:
    before = ask(reorganised, "dossiers_received", "25@2025-06-30", 2024, by=By.AREA)
    after = ask(
        reorganised, "dossiers_received", "25", days("2025-07-01", "2025-08-01"), by=By.AREA
    )
    today = ask(reorganised, "dossiers_received", "25", 2024, by=By.AREA, boundaries=TODAY)
    assert (set(before["level"]), len(before)) == ({"district"}, 13)
    assert (set(after["level"]), len(after)) == ({"commune"}, 148)
    assert (set(today["level"]), len(today)) == ({"commune"}, 148)


def test_a_span_over_the_reorganisation_lists_the_provinces_of_both_maps(
    reorganised: Snapshot,
) -> None:
    frame = ask(reorganised, "dossiers_received", None, 2025, by=By.AREA)
    assert len(frame) == 63 + 34
    assert frame["value"].sum() == 9


def test_the_area_is_who_held_the_code_on_the_last_day(reorganised: Snapshot) -> None:
    assert ask(reorganised, "dossiers_received", "25", 2024)["area_id"][0] == "25@"
    assert ask(reorganised, "dossiers_received", "25", 2025)["area_id"][0] == NEW_PHU_THO
    with pytest.raises(AreaError, match="No area has the code '99'"):
        ask(reorganised, "dossiers_received", "99", 2025)


def test_who_may_see_a_new_area_may_see_what_it_was_made_of(reorganised: Snapshot) -> None:
    phu_tho = Scope(frozenset({NEW_PHU_THO}))
    assert value(reorganised, "dossiers_received", PHUNG_NGUYEN, 2025, scope=phu_tho) == 1


def test_a_name_is_that_of_the_day(reorganised: Snapshot) -> None:
    frame = ask(reorganised, "dossiers_received", "75", 2025)
    assert frame["area_name"].tolist() == ["Đồng Nai"]
    assert frame["period_start"].tolist() == [date(2025, 1, 1)]


@pytest.mark.parametrize("as_of", [None, date(2025, 10, 5)])
@pytest.mark.parametrize("boundaries", Boundaries)
def test_what_is_narrowed_and_single_events_climb_as_the_rollups_do(
    reorganised: Snapshot, boundaries: Boundaries, as_of: date | None
) -> None:
    spring = days("2024-12-01", "2025-09-01")
    metrics = ("dossiers_received", "dossiers_resolved", "dossiers_pending")
    districts = ("219@", "224@2025-01-01") if boundaries is Boundaries.THEN else ()
    for area in ("25", "25@2025-06-01", "14@2025-06-01", None, *districts):
        whole = ask(reorganised, metrics, area, spring, grain=Grain.MONTH, boundaries=boundaries)
        direct = ask(
            reorganised,
            metrics,
            area,
            spring,
            grain=Grain.MONTH,
            boundaries=boundaries,
            filters=(("channel", "direct"),),
            as_of=as_of,
        )
        np.testing.assert_equal(direct["value"].to_numpy(), whole["value"].to_numpy())


def test_a_commune_counts_in_the_district_it_lay_in_on_the_day(reorganised: Snapshot) -> None:
    # Received in December in one district, resolved in May in the other.
    span = days("2024-12-01", "2025-06-01")
    flows = ("dossiers_received", "dossiers_resolved")
    before = ask(reorganised, flows, "219@", span)
    since = ask(reorganised, flows, "224@2025-01-01", span)
    assert before["value"].tolist() == [1, 0]
    assert since["value"].tolist() == [0, 1]


@pytest.mark.parametrize(
    "cut",
    [
        {},
        {"filters": (("channel", "direct"),)},
        {"as_of": date(2025, 10, 5)},
        {"as_of": date(2025, 10, 5), "filters": (("channel", "direct"),)},
        {"by": By.CHANNEL},
    ],
    ids=["rolled up", "filtered", "as of", "filtered as of", "by channel"],
)
@pytest.mark.parametrize("grain", [Grain.DAY, Grain.MONTH])
def test_what_is_open_in_a_commune_goes_with_it_into_another_district(
    reorganised: Snapshot, cut: dict[str, Any], grain: Grain
) -> None:
    # Open since December; the commune came to the other district on 1 January.
    span = (
        days("2024-12-31", "2025-01-03") if grain is Grain.DAY else days("2024-12-01", "2025-06-01")
    )
    found = {
        (area, metric): ask(reorganised, metric, area, span, grain=grain, **cut)["value"].tolist()
        for area in ("219@", "224@2025-01-01")
        for metric in ("dossiers_pending", "dossiers_carried_over")
    }
    after = [0, 0] if grain is Grain.DAY else [0, 0, 0, 0, 0]
    since = [NAN, 1, 1] if grain is Grain.DAY else [NAN, 1, 1, 1, 1, 0]
    opened = [NAN, 1, 1] if grain is Grain.DAY else [NAN, 1, 1, 1, 1, 1]
    carried = [1, *after] if grain is Grain.DAY else [0, *after]
    np.testing.assert_equal(found["219@", "dossiers_pending"], [1, *after])
    np.testing.assert_equal(found["219@", "dossiers_carried_over"], carried)
    np.testing.assert_equal(found["224@2025-01-01", "dossiers_pending"], since)
    np.testing.assert_equal(found["224@2025-01-01", "dossiers_carried_over"], opened)


def test_a_cohort_stays_with_the_area_it_came_in_to(reorganised: Snapshot) -> None:
    # D2 came to old Sơn Vi in June and lapsed in July, when Phùng Nguyên answered for it.
    frame = ask(reorganised, "on_time_rate_qd766", "08521", 2025)
    assert (frame["numerator"][0], frame["denominator"][0]) == (1, 1)
    restated = ask(reorganised, "on_time_rate_qd766", "08521", 2025, boundaries=TODAY)
    assert (restated["numerator"][0], restated["denominator"][0]) == (2, 3)
