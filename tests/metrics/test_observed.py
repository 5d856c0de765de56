import numpy as np
import pandas as pd
import pytest

from domain.area import Boundaries, Level
from domain.period import Grain
from metrics import By, answer
from store import Snapshot
from tests.metrics.asking import ask, days, value
from tests.metrics.collected import (
    LAM_THAO,
    OLD_PHU_THO,
    PHUNG_NGUYEN,
    SON_VI,
    Collected,
    observation,
)

FILES = "work_files_online_rate"
EXCHANGE = "units_exchanging_signed_rate"
JANUARY = days("2020-01-01", "2020-02-01")


def test_documents_are_counted_and_a_revocation_is_none(offices: Snapshot) -> None:
    march = days("2020-03-01", "2020-04-01")
    frame = ask(
        offices,
        ("docs_sent", "docs_electronic_rate", "docs_parallel_paper_rate", "docs_signed_rate"),
        span=march,
    )
    assert frame["numerator"].tolist() == [3, 2, 1, 2]
    assert frame["denominator"].tolist()[1:] == [3, 3, 3]


def test_each_level_counts_its_own_work_files(offices: Snapshot) -> None:
    province = ask(offices, FILES, span=JANUARY)
    communes = ask(offices, FILES, span=JANUARY, level=Level.COMMUNE)
    assert (province["numerator"][0], province["denominator"][0]) == (90, 100)
    # 8/10 and 3/5 are 11/15 = 73.3 %, and not the mean 70 %.
    assert (communes["numerator"][0], communes["denominator"][0]) == (11, 15)
    assert communes["value"][0] == pytest.approx(100 * 11 / 15)
    assert communes["coverage_reported"][0] == 2


def test_areas_listed_each_show_their_own(offices: Snapshot) -> None:
    frame = ask(offices, FILES, LAM_THAO, JANUARY, by=By.AREA).set_index("area_id")
    assert frame["value"].dropna().to_dict() == {PHUNG_NGUYEN: 80, SON_VI: 60}
    assert frame.loc["08539@", "status_reason"] == "never"


def test_a_period_takes_the_observations_that_lie_whole_in_it(offices: Snapshot) -> None:
    february = ask(offices, FILES, LAM_THAO, days("2020-02-01", "2020-03-01"))
    half = ask(offices, FILES, LAM_THAO, days("2020-02-15", "2020-04-01"))
    assert (february["numerator"][0], february["denominator"][0]) == (1, 2)
    assert (half["numerator"][0], half["denominator"][0]) == (3, 2)


def test_a_total_beside_its_parts_is_not_added_to_them(offices: Snapshot) -> None:
    # February 1/2, March 3/2, and a report of both together: 5/9.
    both = ask(offices, FILES, LAM_THAO, days("2020-02-01", "2020-04-01"))
    assert (both["numerator"][0], both["denominator"][0]) == (5, 9)


def test_units_are_counted_at_the_last_report_and_never_added_over_time(
    offices: Snapshot,
) -> None:
    year = ask(offices, EXCHANGE, grain=Grain.QUARTER, level=Level.COMMUNE)
    [last] = year[(year["period_start"] == days("2020-10-01", "2021-01-01").start)].to_dict(
        "records"
    )
    assert (last["numerator"], last["denominator"]) == (207, 225)


def test_what_nobody_observed_is_missing(offices: Snapshot) -> None:
    frame = ask(offices, FILES, "26", JANUARY)
    assert np.isnan(frame["value"][0])
    assert frame["coverage"][0] == 0


def test_a_score_is_its_own_areas_and_is_never_restated(offices: Snapshot) -> None:
    assert value(offices, "dti_score") == 512.5
    restated = ask(offices, "dti_score", "25", boundaries=Boundaries.TODAY)
    country = ask(offices, "dti_score", None)
    assert np.isnan(restated["value"][0])
    assert np.isnan(country["value"][0])


def test_a_merged_province_has_the_mean_of_the_old_ones_and_says_it_is_nobodys_score(
    collected: Collected,
) -> None:
    """Phú Thọ is made of Phú Thọ, Vĩnh Phúc and Hòa Bình; An Giang of itself and Kiên Giang."""
    told = {
        ("25@", 2024): 500, ("26@", 2024): 600, ("17@", 2024): 640,
        ("25@", 2023): 400, ("26@", 2023): 500,
        ("25@2025-07-01", 2025): 610,
        ("89@", 2024): 700,
    }  # fmt: skip
    scores = [
        observation(
            "dti_score", area, f"{year}-01-01", f"{year + 1}-01-01", value=score, citation="QĐ 1"
        )
        for (area, year), score in told.items()
    ]
    collected.deliver(scores, kind="observation", reaches="2026-02-01", known="2026-02-01")
    snapshot = collected.published("2026-02-02")

    def course(area: str, boundaries: Boundaries) -> pd.DataFrame:
        years = days("2023-01-01", "2026-01-01")
        return ask(snapshot, "dti_score", area, years, grain=Grain.YEAR, boundaries=boundaries)

    frame = course("25", Boundaries.TODAY)
    # Of 2023 one of the three is missing: there is no mean of two. Of 2025 it has its own.
    assert frame["value"].fillna(-1).tolist() == [-1, 580, 610]
    assert frame["averaged"].tolist() == [False, True, False]
    words = "Trung bình cộng của Hoà Bình, Phú Thọ, Vĩnh Phúc; không phải điểm được công bố; QĐ 1"
    assert frame["citation"].tolist() == ["", words, "QĐ 1"]
    assert words in answer.as_csv(frame)
    assert answer.document(frame)["values"][1]["averaged"] is True
    assert "averaged" in answer.as_table(frame)
    assert course("91", Boundaries.TODAY)["value"].isna().all()
    assert course("25@2024-12-31", Boundaries.THEN)["value"].fillna(-1).tolist() == [400, 500, -1]
    listed = ask(snapshot, "dti_score", None, 2024, by=By.AREA, boundaries=Boundaries.TODAY)
    assert listed.loc[listed["averaged"], "area_id"].tolist() == ["25@2025-07-01"]


def test_a_printed_figure_answers_where_nothing_was_counted(offices: Snapshot) -> None:
    [row] = ask(offices, "dossiers_received", "93").to_dict("records")
    assert row["value"] == 87669
    assert row["reported"] is True
    assert row["citation"] == "Phú Thọ, 07/02/2021"
    assert row["sources"] == "press"


def test_a_printed_rate_has_no_numerator(offices: Snapshot) -> None:
    [row] = ask(offices, "on_time_rate_resolved", "93").to_dict("records")
    assert (row["value"], row["as_reported"], row["reported"]) == (99.1, True, True)
    assert np.isnan(row["numerator"])
    assert np.isnan(row["denominator"])


def test_a_printed_figure_is_for_its_level(offices: Snapshot) -> None:
    own = ask(offices, FILES)
    assert own["value"].tolist() == [90, 70]
    assert own["reported"].tolist() == [False, True]
    for level, printed in ((Level.DISTRICT, 60), (Level.COMMUNE, 30)):
        frame = ask(offices, FILES, level=level)
        assert frame[frame["reported"]]["value"].tolist() == [printed]


def test_a_printed_figure_follows_the_counted_one_in_a_row_of_its_own(
    offices: Snapshot, collected: Collected
) -> None:
    frame = ask(offices, (EXCHANGE, "docs_sent"), level=Level.COMMUNE)
    assert frame["metric"].tolist() == [EXCHANGE, EXCHANGE, "docs_sent"]
    assert frame["reported"].tolist() == [False, True, False]
    assert frame["denominator"].tolist()[:2] == [225, 225]


def test_printed_figures_do_not_answer_what_is_filtered_or_of_another_period(
    offices: Snapshot,
) -> None:
    filtered = ask(offices, "dossiers_received", "93", filters=(("channel", "online"),))
    first_half = ask(offices, "dossiers_received", "93", days("2020-01-01", "2020-07-01"))
    assert filtered["value"].isna().all()
    assert first_half["value"].isna().all()


def test_two_prints_of_one_figure_are_both_shown(collected: Collected) -> None:
    figures = [
        observation(
            "dossiers_received",
            OLD_PHU_THO,
            "2020-01-01",
            "2021-01-01",
            value=count,
            standalone=True,
            citation=paper,
        )
        for count, paper in ((5, "A"), (6, "B"))
    ]
    collected.deliver(figures[:1], kind="observation", source="paper_a")
    collected.deliver(figures[1:], kind="observation", source="paper_b")
    frame = ask(collected.published(), "dossiers_received")
    assert frame["value"].tolist() == [5, 6]
    assert frame["citation"].tolist() == ["A", "B"]
