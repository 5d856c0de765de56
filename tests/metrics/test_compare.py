"""Comparisons of like with like, and the reasons where there is none."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from domain.area import Boundaries, register
from domain.calendar import load_calendar
from domain.errors import CalendarError, PeriodError, SelectionError
from domain.period import Grain, Span
from domain.scope import EVERYTHING, Scope
from metrics import Selection, catalogue
from metrics.compare import Basis, Compared, compare, comparisons
from metrics.schemes import schemes
from metrics.spans import pair
from store import Snapshot
from tests.metrics.asking import NOW, days
from tests.metrics.collected import (
    LAM_THAO,
    OLD_PHU_THO,
    PHUNG_NGUYEN,
    SON_VI,
    Collected,
    at,
    dossier,
    observation,
)

CALENDAR = load_calendar()


def compared(
    snapshot: Snapshot,
    metric: str,
    area: str | None,
    span: Span,
    basis: Basis,
    *,
    scope: Scope = EVERYTHING,
    now: datetime = NOW,
    **cut: Any,
) -> Compared:
    selection = Selection((metric,), span, area, **cut)
    return compare(selection, basis, scope, snapshot, now=now)


# ---- which days are compared


def test_an_unfinished_month_is_cut_to_as_many_working_days_of_the_other() -> None:
    # June 2026 told to the end of Friday 12: ten working days (1-5 and 8-12). May 2026 begins
    # on Friday with a holiday; its ten first working days end on Friday 15.
    june, may = days("2026-06-01", "2026-07-01"), days("2026-05-01", "2026-06-01")
    found = pair(june, may, date(2026, 6, 13), CALENDAR)
    assert found.working_days == 10
    assert found.now == days("2026-06-01", "2026-06-13")
    assert found.other == days("2026-05-01", "2026-05-16")
    assert found.words.vi == "10 ngày làm việc đầu kỳ (01/05/2026–15/05/2026)"
    # Told to the end of Sunday 14, the weekend after the tenth day belongs to both.
    assert pair(june, may, date(2026, 6, 15), CALENDAR).other.last_day == date(2026, 5, 17)


def test_tet_moves_and_the_same_working_days_move_with_it() -> None:
    # Tết 2026 holds 16-20 February, that of 2025 had ended on 2 February.
    february, before = days("2026-02-01", "2026-03-01"), days("2025-02-01", "2025-03-01")
    found = pair(february, before, date(2026, 2, 26), CALENDAR)
    assert found.working_days == CALENDAR.between(date(2026, 1, 31), date(2026, 2, 25))
    assert CALENDAR.between(date(2025, 1, 31), found.other.last_day) == found.working_days
    assert found.other.last_day < date(2025, 2, 25)


def test_a_finished_period_is_compared_whole() -> None:
    june, may = days("2026-06-01", "2026-07-01"), days("2026-05-01", "2026-06-01")
    assert pair(june, may, date(2026, 7, 1), CALENDAR).other == may
    assert pair(june, may, date(2026, 7, 1), CALENDAR).working_days is None


def test_a_period_without_a_whole_working_day_is_not_compared() -> None:
    # Saturday 1 August 2026: on Monday morning no working day is over.
    august, july = days("2026-08-01", "2026-09-01"), days("2026-07-01", "2026-08-01")
    for told_until in (date(2026, 8, 1), date(2026, 8, 3)):
        with pytest.raises(PeriodError):
            pair(august, july, told_until, CALENDAR)
    with pytest.raises(CalendarError):
        pair(Span.of_year(2035), Span.of_year(2034), date(2035, 6, 1), CALENDAR)


# ---- periods


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Old Phú Thọ, one dossier received on every day of May and of 1-10 June 2020; known until
    10 June, 12:00. All of May's are late; of June's all are resolved on time at once."""
    home = Collected(tmp_path_factory.mktemp("months"), with_dossiers=False)
    may = [
        dossier(f"M{n}", f"2020-05-{n:02}", due="2020-06-01", finished="2020-06-02")
        for n in range(1, 32)
    ]
    june = [
        dossier(f"J{n}", f"2020-06-{n:02}", due="2020-06-30", finished=f"2020-06-{n:02}")
        for n in range(1, 11)
    ]
    home.deliver([*may, *june], known="2020-06-10 12:00", reaches="2020-06-10 12:00")
    return home.published("2020-06-10 12:30")


JUNE = days("2020-06-01", "2020-07-01")


def test_the_open_month_stands_against_the_same_working_days(months: Snapshot) -> None:
    # 1-9 June holds 7 working days (1-5, 8, 9). May 2020 began on a holiday; its seventh
    # working day was Tuesday 12 May. So 9 dossiers stand against 12, and not 10 against 31.
    found = compared(months, "dossiers_received", "25", JUNE, Basis.PREVIOUS)
    assert (found.value, found.other, found.difference) == (9, 12, -3)
    assert found.change == pytest.approx(-25)
    assert found.with_what.vi == "kỳ trước: 7 ngày làm việc đầu kỳ (01/05/2020–12/05/2020)"
    assert found.is_better is None  # more dossiers are neither good nor bad


def test_a_finished_month_stands_against_the_whole_month_before(months: Snapshot) -> None:
    may = days("2020-05-01", "2020-06-01")
    found = compared(months, "dossiers_received", "25", may, Basis.PREVIOUS)
    assert (found.value, found.other) == (31, None)
    assert found.obstacle is not None
    assert found.obstacle.vi == "Kỳ so sánh không có số liệu."


def test_a_rate_moves_in_points_and_for_the_better_or_worse(year_2020: Snapshot) -> None:
    # March: 2 of 10 in time; July: 1 of 1.
    july, march = days("2020-07-01", "2020-08-01"), days("2020-03-01", "2020-04-01")
    selection = Selection(("on_time_rate_resolved",), july, "25")
    found = compare(selection, Basis.TARGET, EVERYTHING, year_2020, now=NOW)
    assert (found.value, found.other, found.difference) == (100, 98, 2)
    missed = compare(replace(selection, span=march), Basis.TARGET, EVERYTHING, year_2020, now=NOW)
    assert (missed.difference, missed.is_better, missed.change) == (-78, False, None)


def test_a_target_of_zero_is_a_target(year_2020: Snapshot) -> None:
    found = compared(
        year_2020, "dossiers_pending_overdue", "25", days("2020-08-01", "2020-09-01"), Basis.TARGET
    )
    assert (found.value, found.other, found.is_better) == (1, 0, False)
    nobody = compared(year_2020, "null_due_share", "25", Span.of_year(2020), Basis.TARGET)
    if nobody.other is None:
        assert nobody.obstacle is not None


def test_the_year_to_date_stands_against_last_years_same_days(tmp_path_factory: Any) -> None:
    home = Collected(tmp_path_factory.mktemp("years"), with_dossiers=False)
    last_year = [dossier(f"A{n}", f"2019-0{n}-10") for n in range(1, 7)]
    this_year = [dossier(f"B{n}", f"2020-0{n}-10") for n in (1, 2, 3)]
    home.deliver([*last_year, *this_year], known="2020-04-20", reaches="2020-04-20")
    snapshot = home.published("2020-04-20 12:00")
    march = days("2020-03-01", "2020-04-01")
    found = compared(snapshot, "dossiers_received", "25", march, Basis.YEAR_TO_DATE)
    assert (found.value, found.other) == (3, 3)
    assert found.span == days("2020-01-01", "2020-04-01")
    year = compared(snapshot, "dossiers_received", "25", Span.of_year(2020), Basis.LAST_YEAR)
    # Open until 19 April; the same working days of 2019 end before 10 May.
    assert (year.value, year.other) == (3, 4)


# ---- what cannot be compared


def test_an_area_is_not_compared_with_what_it_was_not_yet(reorganised: Snapshot) -> None:
    july = days("2025-07-01", "2025-08-01")
    then = compared(reorganised, "dossiers_received", "08521", july, Basis.PREVIOUS)
    assert then.other is None
    assert then.obstacle is not None
    assert "từ 01/07/2025" in then.obstacle.vi
    today = compared(
        reorganised,
        "dossiers_received",
        "08521",
        july,
        Basis.PREVIOUS,
        boundaries=Boundaries.TODAY,
    )
    assert (today.value, today.other, today.obstacle) == (1, 2, None)


def test_a_split_area_is_compared_as_an_estimate(reorganised: Snapshot) -> None:
    # Xuân Hòa's history is Xuân Tâm's, which was split.
    [xuan_hoa] = [
        change.new_id
        for change in register().successors("26449@")
        if change.is_default and change.new_id
    ]
    july = days("2025-07-01", "2025-08-01")
    found = compared(
        reorganised,
        "dossiers_received",
        xuan_hoa,
        july,
        Basis.PREVIOUS,
        boundaries=Boundaries.TODAY,
    )
    assert (found.value, found.other) == (0, 1)
    assert found.caveat is not None
    assert found.caveat.vi.startswith("Ước tính")


def test_scores_of_two_schemes_are_not_compared(collected: Collected) -> None:
    collected.deliver(
        [
            observation("dti_score", "04@", "2021-01-01", "2022-01-01", value=500),
            observation("dti_score", "04@", "2022-01-01", "2023-01-01", value=600),
            observation("dti_score", "04@", "2023-01-01", "2024-01-01", value=650),
        ],
        kind="observation",
        reaches="2024-02-01",
        known="2024-02-01",
    )
    snapshot = collected.published("2024-02-02")
    changed = compared(snapshot, "dti_score", "04", Span.of_year(2022), Basis.LAST_YEAR)
    assert (changed.value, changed.other) == (600, None)
    assert changed.obstacle is not None
    assert "Quyết định 922" in changed.obstacle.vi
    same = compared(snapshot, "dti_score", "04", Span.of_year(2023), Basis.LAST_YEAR)
    assert (same.difference, same.change) == (50, None)


def test_every_metric_with_schemes_is_in_the_catalogue() -> None:
    assert set(schemes()) <= set(catalogue().metrics)
    for held in schemes().values():
        assert list(held) == sorted(held, key=lambda one: one.since)


# ---- the area above, and peers


def test_a_rate_is_compared_with_the_rate_above_and_a_count_is_a_share(
    year_2020: Snapshot,
) -> None:
    # Sơn Vi: 1 of 9 in time; the district it lies in: 2 of 10.
    march = days("2020-03-01", "2020-04-01")
    rate = compared(year_2020, "on_time_rate_resolved", SON_VI, march, Basis.PARENT)
    assert (round(rate.value or 0, 1), rate.other, rate.is_better) == (11.1, 20, False)
    assert rate.with_what.vi == "huyện Lâm Thao"
    count = compared(year_2020, "dossiers_resolved", SON_VI, march, Basis.PARENT)
    assert (count.value, count.other, count.share) == (9, 10, 90)
    top = compared(year_2020, "dossiers_resolved", None, march, Basis.PARENT)
    assert top.obstacle is not None


def test_peers_are_summed_then_divided_and_ranked(year_2020: Snapshot) -> None:
    # Received in March in Lâm Thao's communes: nine in Sơn Vi, none in Phùng Nguyên.
    year = Span.of_year(2020)
    own = compared(year_2020, "on_time_rate_resolved", SON_VI, year, Basis.PEERS)
    # Phùng Nguyên's one of one is too little to be ranked, and is still what the peers have.
    assert (own.other, own.rank, own.of) == (100, None, 0)
    few = compared(year_2020, "dossiers_received", SON_VI, year, Basis.PEERS)
    assert (few.value, few.other, few.rank) == (9, 1, 1)


def test_nobody_sees_the_area_above_by_comparing(year_2020: Snapshot) -> None:
    mine = Scope(frozenset({SON_VI}))
    for basis in (Basis.PARENT, Basis.PEERS):
        found = compared(
            year_2020, "dossiers_received", SON_VI, Span.of_year(2020), basis, scope=mine
        )
        assert found.other is None
        assert found.obstacle is not None


def test_what_each_level_has_of_its_own_is_not_compared_with_the_level_above(
    offices: Snapshot,
) -> None:
    january = days("2020-01-01", "2020-02-01")
    found = compared(offices, "work_files_online_rate", PHUNG_NGUYEN, january, Basis.PARENT)
    assert found.value == 80
    assert found.obstacle is not None


def test_one_value_is_compared_at_a_time(year_2020: Snapshot) -> None:
    months = Selection(("dossiers_received",), Span.of_year(2020), OLD_PHU_THO, Grain.MONTH)
    with pytest.raises(SelectionError, match="One value is compared at a time"):
        compare(months, Basis.PREVIOUS, EVERYTHING, year_2020, now=NOW)
    one = replace(months, grain=None, area=LAM_THAO)
    found = comparisons(one, EVERYTHING, year_2020, now=at("2021-01-05 10:00"))
    assert [compared.basis for compared in found] == list(Basis)
