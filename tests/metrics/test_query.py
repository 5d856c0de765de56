from datetime import date

import numpy as np
import pytest

from domain.area import Level
from domain.errors import ScopeError, SelectionError, UnknownNameError
from domain.period import Grain, ReportingCalendar
from domain.scope import Scope
from metrics import COLUMNS, By, catalogue
from store import Snapshot
from tests.metrics.asking import ask, days, value
from tests.metrics.collected import LAM_THAO, OLD_PHU_THO, PHUNG_NGUYEN, SON_VI, Collected, dossier

YEAR_2020 = {
    "dossiers_received": 15,
    "dossiers_resolved": 11,
    "dossiers_resolved_early": 1,
    "dossiers_resolved_on_time": 2,
    "dossiers_resolved_late": 8,
    "dossiers_pending": 3,
    "dossiers_pending_overdue": 1,
    "dossiers_paused": 1,
}


@pytest.mark.parametrize(("metric", "count"), YEAR_2020.items())
def test_every_count_of_the_year_is_the_one_counted_by_hand(
    year_2020: Snapshot, metric: str, count: int
) -> None:
    assert value(year_2020, metric) == count


@pytest.mark.parametrize(
    ("metric", "numerator", "denominator"),
    [
        ("on_time_rate_resolved", 3, 11),
        # Of 14 with a due date nine had lapsed: eight finished late, one never finished.
        ("on_time_rate_qd766", 5, 14),
        ("resolution_rate", 11, 15),
        ("online_dossier_rate", 1, 15),
        ("null_due_share", 1, 15),
    ],
)
def test_a_rate_shows_what_it_divides(
    year_2020: Snapshot, metric: str, numerator: int, denominator: int
) -> None:
    [row] = ask(year_2020, metric).to_dict("records")
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)
    assert row["value"] == pytest.approx(100 * numerator / denominator)


def test_a_term_that_lapses_counts_only_in_a_period_the_dossier_came_in_too(
    year_2020: Snapshot,
) -> None:
    # OVERDUE came on 31 July and lapsed on 6 August.
    august = ask(year_2020, "on_time_rate_qd766", span=days("2020-08-01", "2020-09-01"))
    weeks = ask(year_2020, "on_time_rate_qd766", span=days("2020-07-27", "2020-08-10"))
    assert (august["numerator"][0], august["denominator"][0]) == (0, 0)
    assert (weeks["numerator"][0], weeks["denominator"][0]) == (0, 1)


def test_a_day_ends_at_midnight_in_vietnam(year_2020: Snapshot) -> None:
    # One at 23:30 on 31 July and one at 00:10 on 1 August: both still 31 July in London.
    summer = days("2020-07-01", "2020-09-01")
    frame = ask(year_2020, "dossiers_received", span=summer, grain=Grain.MONTH)
    assert frame["value"].tolist() == [2, 1]


def test_every_cell_asked_for_is_there_and_gaps_are_missing(year_2020: Snapshot) -> None:
    frame = ask(year_2020, ("dossiers_received", "on_time_rate_resolved"), grain=Grain.MONTH)
    assert len(frame) == 24
    received, on_time = frame["value"][:12].to_numpy(), frame["value"][12:].to_numpy()
    # Nothing was delivered before the first dossier, on 29 February; after it nothing is zero.
    nan = np.nan
    np.testing.assert_equal(received, [nan, 1, 9, 0, 0, 0, 2, 1, 1, 0, 0, 1])
    np.testing.assert_equal(on_time, [nan, nan, 20, nan, nan, nan, 100, nan, nan, nan, nan, nan])
    assert frame["status_reason"][0] == "missing"


def test_after_the_last_delivery_nothing_is_known(year_2020: Snapshot) -> None:
    frame = ask(year_2020, "dossiers_received", span=2021, grain=Grain.QUARTER)
    assert frame["value"].isna().tolist() == [False, True, True, True]


@pytest.mark.parametrize("grain", [None, *Grain])
def test_however_the_year_is_cut_its_parts_add_up(year_2020: Snapshot, grain: Grain | None) -> None:
    frame = ask(year_2020, "dossiers_received", grain=grain)
    assert frame["value"].sum() == 15


@pytest.mark.parametrize("grain", [None, *Grain])
def test_however_the_year_is_cut_its_last_stock_is_the_same(
    year_2020: Snapshot, grain: Grain | None
) -> None:
    frame = ask(year_2020, ("dossiers_pending", "dossiers_paused"), grain=grain)
    last = frame.groupby("metric")["value"].last()
    assert last.to_dict() == {"dossiers_paused": 1, "dossiers_pending": 3}


def test_the_reporting_month_runs_from_the_15th_to_the_14th(year_2020: Snapshot) -> None:
    spring = days("2020-02-15", "2020-04-15")
    frame = ask(
        year_2020,
        "dossiers_received",
        span=spring,
        grain=Grain.MONTH,
        reporting=ReportingCalendar.ND09,
    )
    assert frame["period_start"].tolist() == [date(2020, 2, 15), date(2020, 3, 15)]
    assert frame["value"].tolist() == [10, 0]


def test_a_district_is_what_lies_in_it(year_2020: Snapshot) -> None:
    frame = ask(year_2020, "dossiers_received", LAM_THAO, by=By.AREA)
    told = frame[frame["value"] > 0].set_index("area_id")["value"]
    assert told.to_dict() == {PHUNG_NGUYEN: 1, SON_VI: 9}
    assert len(frame) == 12
    assert set(frame["level"]) == {"commune"}


def test_areas_are_sorted_as_vietnamese_sorts_them(year_2020: Snapshot) -> None:
    names = ask(year_2020, "dossiers_received", by=By.AREA)["area_name"].tolist()
    assert names.index("Cẩm Khê") < names.index("Đoan Hùng") < names.index("Hạ Hoà")


def test_a_level_narrows_to_what_was_counted_there(year_2020: Snapshot) -> None:
    everything = ask(year_2020, "dossiers_received")
    communes = ask(year_2020, "dossiers_received", level=Level.COMMUNE)
    assert (everything["value"][0], everything["level"][0]) == (15, "province")
    assert (communes["value"][0], communes["level"][0]) == (10, "commune")


def test_a_dimension_lists_its_values(year_2020: Snapshot) -> None:
    frame = ask(year_2020, ("dossiers_received", "dossiers_pending"), by=By.CHANNEL)
    by_channel = frame.pivot_table("value", "dimension_value", "metric")
    assert by_channel["dossiers_received"].to_dict() == {"direct": 13, "online": 1, "postal": 1}
    assert by_channel["dossiers_pending"].to_dict() == {"direct": 1, "online": 1, "postal": 1}
    assert set(frame["dimension"]) == {"channel"}


def test_filters_of_a_name_are_alternatives_and_names_all_hold(year_2020: Snapshot) -> None:
    either = (("channel", "online"), ("channel", "postal"))
    both = (("channel", "direct"), ("procedure", "1.002"))
    assert value(year_2020, "dossiers_received", filters=either) == 2
    assert value(year_2020, "dossiers_received", filters=both) == 9
    assert value(year_2020, "dossiers_received", filters=(("organisation", "H44.18"),)) == 1


def test_a_filter_that_nothing_fits_gives_zero_where_the_area_reports(year_2020: Snapshot) -> None:
    frame = ask(year_2020, "dossiers_received", grain=Grain.MONTH, filters=(("channel", "online"),))
    np.testing.assert_equal(frame["value"].to_numpy()[:3], [np.nan, 0, 0])


def test_areas_rolled_up_and_single_events_tell_the_same(year_2020: Snapshot) -> None:
    metrics = tuple(metric.id for metric in catalogue() if metric.subject == "dossiers")
    whole = ask(year_2020, metrics, grain=Grain.MONTH)
    cuts = {"channel": ("direct", "online", "postal"), "procedure": ("1.001", "1.002")}
    for name, values in cuts.items():
        parts = [
            ask(year_2020, metrics, grain=Grain.MONTH, filters=((name, value),)) for value in values
        ]
        total = np.sum([part["numerator"].fillna(0) for part in parts], axis=0)
        np.testing.assert_allclose(total, whole["numerator"].fillna(0))


def test_the_columns_are_the_documented_ones(year_2020: Snapshot) -> None:
    frame = ask(year_2020, "dossiers_received")
    assert list(frame.columns) == list(COLUMNS)
    [row] = frame.to_dict("records")
    assert row["area_id"] == OLD_PHU_THO
    assert row["area"] == "25"
    assert row["period_end"] == date(2021, 1, 1)
    assert row["unit"] == "dossier"
    assert row["formula"] == "total"
    assert row["sources"] == "permits"
    assert row["snapshot"] == year_2020.version
    assert row["data_as_of"].isoformat() == "2021-01-05T09:00:00+07:00"
    assert row["numerator"] == row["value"]
    assert np.isnan(row["denominator"])


def test_a_misspelt_metric_is_told_the_nearest(year_2020: Snapshot) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'on_time_rate_resolved'"):
        ask(year_2020, "on_time_rate_resolve")


def test_a_grain_finer_than_the_metric_is_known_is_refused(year_2020: Snapshot) -> None:
    with pytest.raises(SelectionError, match="known by month at the finest"):
        ask(year_2020, "work_files_online_rate", grain=Grain.DAY)


def test_a_dimension_that_a_metric_lacks_is_refused(year_2020: Snapshot) -> None:
    with pytest.raises(SelectionError, match=r"broken down by procedure. It can be by area, org"):
        ask(year_2020, "docs_sent", by=By.PROCEDURE)
    with pytest.raises(SelectionError, match="cannot be filtered by channel"):
        ask(year_2020, "docs_sent", filters=(("channel", "online"),))


def test_a_commune_has_nothing_to_list(year_2020: Snapshot) -> None:
    with pytest.raises(SelectionError, match="holds no areas"):
        ask(year_2020, "dossiers_received", PHUNG_NGUYEN, by=By.AREA)
    with pytest.raises(SelectionError, match="holds no areas of the level 'province'"):
        ask(year_2020, "dossiers_received", PHUNG_NGUYEN, by=By.AREA, level=Level.PROVINCE)


def test_nobody_sees_outside_their_scope(year_2020: Snapshot) -> None:
    lam_thao = Scope(frozenset({LAM_THAO}))
    assert value(year_2020, "dossiers_received", PHUNG_NGUYEN, scope=lam_thao) == 1
    for elsewhere in ("25", None, "235@"):
        with pytest.raises(ScopeError, match="outside the areas you may see"):
            ask(year_2020, "dossiers_received", elsewhere, scope=lam_thao)


def test_a_list_holds_only_what_the_scope_allows(year_2020: Snapshot) -> None:
    lam_thao = Scope(frozenset({LAM_THAO}))
    frame = ask(year_2020, "dossiers_received", by=By.AREA, scope=lam_thao)
    assert frame["area_id"].tolist() == [LAM_THAO]
    with pytest.raises(ScopeError):
        ask(year_2020, "dossiers_received", "26", by=By.AREA, scope=lam_thao)


def test_an_empty_answer_has_its_shape_too(year_2020: Snapshot) -> None:
    nothing = ask(year_2020, "dossiers_received", "26", by=By.CHANNEL)
    assert nothing.empty
    assert list(nothing.columns) == list(COLUMNS)


def test_without_any_source_everything_is_missing(collected: Collected) -> None:
    frame = ask(collected.published(), ("dossiers_received", "docs_sent", "dti_score"))
    assert frame["value"].isna().all()
    assert set(frame["freshness"]) == {"never"}
    assert set(frame["status_reason"]) == {"never"}


def test_coverage_counts_the_communes_that_have_begun(year_2020: Snapshot) -> None:
    frame = ask(year_2020, "dossiers_received", LAM_THAO, grain=Grain.MONTH)
    reported = frame["coverage_reported"].tolist()
    assert reported[:4] == [0, 1, 2, 2]
    assert set(frame["coverage_expected"]) == {12}
    assert frame["coverage"][3] == pytest.approx(2 / 12)
    assert ask(year_2020, "dossiers_received", PHUNG_NGUYEN)["coverage"][0] == 1


def test_simulated_figures_say_so(collected: Collected) -> None:
    collected.deliver([dossier("A", "2020-05-05")], simulated=True)
    assert ask(collected.published(), "dossiers_received")["simulated"].tolist() == [True]
