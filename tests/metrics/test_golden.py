"""Figures that were printed, or that can be worked out by hand, and what we make of them."""

from datetime import date

import numpy as np
import pytest

from domain.area import Level
from domain.calendar import load_calendar
from domain.deadline import due_after_pause, due_date
from domain.dossier import Pause
from domain.organisation import normalise_code
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from metrics import Selection
from metrics.index766 import index766
from store import Snapshot
from tests.metrics.asking import NOW, ask, days, value
from tests.metrics.collected import LAM_THAO, OLD_PHU_THO, Collected, at, dossier, observation

FILES = "work_files_online_rate"
EXCHANGE = "units_exchanging_signed_rate"


def test_phu_tho_2020_resolved_98_13_percent_and_not_98_3(collected: Collected) -> None:
    # T1. 296,931 received and 291,384 resolved, every one of them a record.
    received, resolved = 296_931, 291_384
    done = dossier("PT", "2020-06-01", due="2020-06-20", finished="2020-06-15")
    still_open = dossier("PT", "2020-06-01", due="2020-06-20")
    collected.deliver([done, still_open], copies=[resolved, received - resolved])
    printed = observation(
        "resolution_rate",
        OLD_PHU_THO,
        "2020-01-01",
        "2021-01-01",
        value=98.3,
        standalone=True,
        as_reported=True,
    )
    collected.deliver([printed], kind="observation", source="press")
    frame = ask(collected.published(), "resolution_rate")
    assert frame["numerator"].tolist()[0] == resolved
    assert frame["denominator"].tolist()[0] == received
    assert round(frame["value"][0], 2) == 98.13
    # The printed rate stands beside the counted one and is 0.17 points off.
    assert frame["reported"].tolist() == [False, True]
    assert frame["value"][1] - frame["value"][0] > 0.1


def test_207_of_225_communes_are_92_percent_and_miss_a_target_of_100(offices: Snapshot) -> None:
    # T2
    row = ask(offices, EXCHANGE, level=Level.COMMUNE).to_dict("records")[1]
    assert (row["numerator"], row["denominator"], row["value"]) == (207, 225, 92)
    assert (row["target"], row["status"]) == (100, "missed")
    assert row["denominator"] - row["numerator"] == 18


def test_hau_giang_99_1_percent_is_repeated_without_a_numerator(offices: Snapshot) -> None:
    # T3
    count, rate = ask(offices, ("dossiers_received", "on_time_rate_resolved"), "93").to_dict(
        "records"
    )
    assert count["value"] == 87_669
    assert (rate["value"], rate["as_reported"]) == (99.1, True)
    assert np.isnan(rate["numerator"])


def test_1681_of_1901_procedures_are_88_43_percent(offices: Snapshot) -> None:
    # T4
    assert round(value(offices, "procedures_linked_dvcqg_rate", "93"), 2) == 88.43


@pytest.mark.parametrize(("year", "targets"), [(2021, (85, 70, 40)), (2022, (90, 80, 60))])
def test_work_files_70_60_30_miss_the_targets_of_2021_and_of_2022(
    collected: Collected, year: int, targets: tuple[int, int, int]
) -> None:
    # T5
    levels = {Level.PROVINCE: 70, Level.DISTRICT: 60, Level.COMMUNE: 30}
    collected.deliver(
        (
            observation(
                FILES,
                OLD_PHU_THO,
                f"{year}-01-01",
                f"{year + 1}-01-01",
                level=level.value,
                value=rate,
                standalone=True,
            )
            for level, rate in levels.items()
        ),
        kind="observation",
        reaches="2023-01-01",
        known="2023-01-02",
    )
    snapshot = collected.published("2023-01-05")
    for (level, rate), target in zip(levels.items(), targets, strict=True):
        [row] = ask(snapshot, FILES, span=year, level=level).to_dict("records")
        assert (row["value"], row["target"], row["status"]) == (rate, target, "missed")


def test_fewer_communes_after_a_merger_are_no_worse_share(offices: Snapshot) -> None:
    # T6. 207 of 225, then all 207, then all 148: the numerator falls, the share does not.
    months = Span(date(2020, 12, 1), date(2021, 2, 1))
    before = ask(offices, EXCHANGE, span=months, grain=Grain.MONTH, level=Level.COMMUNE)
    before = before[~before["reported"]]
    after = ask(offices, EXCHANGE, "25", days("2025-08-01", "2025-09-01"), level=Level.COMMUNE)
    assert before["denominator"].tolist() + after["denominator"].tolist() == [225, 207, 148]
    assert before["value"].tolist() + after["value"].tolist() == [92, 100, 100]
    assert before["status"].tolist() + after["status"].tolist() == ["missed", "met", "met"]


def test_one_of_one_and_one_of_nine_are_20_percent_and_not_55_6(year_2020: Snapshot) -> None:
    # T7
    march = days("2020-03-01", "2020-04-01")
    [row] = ask(year_2020, "on_time_rate_resolved", LAM_THAO, march).to_dict("records")
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 10, 20)


def test_the_six_parts_of_766_are_61_86(collected: Collected) -> None:
    # T8
    parts = {
        "qd766_ckmb": 7.96,
        "qd766_tdgq": 17.68,
        "qd766_clgq": 8.56,
        "qd766_tttt": 6.67,
        "qd766_mdhl": 11.37,
        "qd766_mdsh": 9.62,
    }
    month = (OLD_PHU_THO, "2022-12-01", "2023-01-01")
    told = [observation(metric, *month, value=score) for metric, score in parts.items()]
    told.append(observation("qd766_total_score", *month, value=61.86))
    collected.deliver(
        told, kind="observation", source="qd766", reaches="2023-01-05", known="2023-01-05"
    )
    december = Selection(("dossiers_received",), days("2022-12-01", "2023-01-01"), "25")
    [found] = index766(december, EVERYTHING, collected.published("2023-01-06"), now=NOW)
    assert round(found.official_score or 0, 2) == 61.86
    assert found.published == 61.86


def test_a_supplement_from_15_to_20_july_moves_a_term_of_five_days_by_its_working_days() -> None:
    # T11. Due on Monday the 20th; the 15th, 16th and 17th are given back: Thursday the 23rd.
    calendar = load_calendar()
    due = due_date(date(2020, 7, 13), 5, calendar)
    pause = Pause(at("2020-07-15 10:00"), at("2020-07-20 14:00"))
    assert due == date(2020, 7, 20)
    assert due_after_pause(due, [pause], calendar) == date(2020, 7, 23)


def test_an_organisation_code_of_the_old_order_is_the_same_in_the_new() -> None:
    # T12
    assert normalise_code("000.00.18.H44") == "H44.18"


def test_done_at_17_45_on_the_due_day_is_on_time(year_2020: Snapshot) -> None:
    # T9
    july = days("2020-07-01", "2020-08-01")
    frame = ask(year_2020, ("dossiers_resolved_on_time", "dossiers_resolved_late"), span=july)
    assert frame["value"].tolist() == [1, 0]


def test_finished_on_2_january_is_pending_on_31_december(year_2020: Snapshot) -> None:
    # T10
    december = days("2020-12-01", "2021-01-01")
    january = days("2021-01-01", "2021-01-04")
    assert value(year_2020, "dossiers_resolved", "25", december) == 0
    assert value(year_2020, "dossiers_resolved", "25", january) == 1
    assert value(year_2020, "dossiers_pending", "25", december) == 3
    assert value(year_2020, "dossiers_pending", "25", january) == 2
