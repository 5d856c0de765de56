"""Every classic wrong number, once: the tiny table that gives it, and the right one."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from domain.area import Boundaries, Level, register
from domain.errors import UnknownNameError
from domain.period import Grain, same_last_year
from domain.scope import EVERYTHING
from metrics import By, Selection, catalogue
from metrics.compare import Basis, compare
from store import Snapshot
from tests.metrics.asking import ask, days, value
from tests.metrics.collected import (
    LAM_THAO,
    OLD_PHU_THO,
    PHUNG_NGUYEN,
    SON_VI,
    Collected,
    at,
    document,
    dossier,
    observation,
)

CAO_BANG, HA_GIANG, KIEN_GIANG, TUYEN_QUANG = "04@", "02@", "91@", "08@"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One year of small provinces, each a trap; published on 1 July 2020."""
    home = Collected(tmp_path_factory.mktemp("traps"), with_dossiers=False)
    sent = [
        # Lâm Thao: 1 of 1 on time in Phùng Nguyên, 1 of 9 in Sơn Vi.
        dossier("P1", "2020-01-02", due="2020-01-10", finished="2020-01-09", area=PHUNG_NGUYEN),
        dossier("S1", "2020-01-02", due="2020-01-10", finished="2020-01-09", area=SON_VI),
        *(
            dossier(f"S{n}", "2020-01-02", due="2020-01-10", finished="2020-01-13", area=SON_VI)
            for n in range(2, 10)
        ),
        # Phú Thọ itself: ten open since January, one per day; two of them have no due date.
        *(
            dossier(f"O{n}", f"2020-01-{n:02}", **({"due": "2020-12-01"} if n > 2 else {}))
            for n in range(1, 11)
        ),
        # Cao Bằng: the hours and days at which mistakes are made.
        dossier("C1", "2020-02-29", due="2020-03-05", finished="2020-03-05 17:45", area=CAO_BANG),
        dossier("C2", "2020-03-31 23:59", due="2020-04-10", finished="2020-04-10", area=CAO_BANG),
        dossier("C3", "2020-04-01 00:01", due="2020-04-10", finished="2020-04-11", area=CAO_BANG),
        dossier("C4", "2019-02-28", due="2019-03-05", finished="2019-03-04", area=CAO_BANG),
        # Hà Giang: three dossiers, one of them late; and twelve in June, when half was over.
        *(
            dossier(
                f"H{n}",
                "2020-05-04",
                due="2020-05-10",
                finished=f"2020-05-{'11' if n == 0 else '08'}",
                area=HA_GIANG,
            )
            for n in range(3)
        ),
        *(
            dossier(f"J{n}", "2020-06-01", due="2020-06-10", finished="2020-06-05", area=HA_GIANG)
            for n in range(12)
        ),
        # Tuyên Quang: over Tết 2020, and its holidays are no working days.
        dossier("T1", "2020-01-20", due="2020-01-31", finished="2020-01-31", area=TUYEN_QUANG),
        # It receives one a month early, and in May one late: the half of June has had no such.
        *(
            dossier(f"M{day}", day, finished=day, area=TUYEN_QUANG)
            for day in ("2020-05-04", "2020-05-29", "2020-06-01")
        ),
        # Kiên Giang waits for supplements from its citizens, and is not late.
        dossier(
            "W1",
            "2020-03-02",
            due="2020-03-10",
            status=5,
            pauses=[{"start": at("2020-03-04"), "end": None}],
            area=KIEN_GIANG,
        ),
    ]
    home.deliver(sent, reaches="2020-06-15 18:00", known="2020-06-15 19:00")
    return home.published("2020-06-15 20:00")


NOW = at("2020-06-15 20:00")
JANUARY = days("2020-01-01", "2020-02-01")


def test_a_rate_is_never_the_mean_of_rates(year: Snapshot) -> None:
    # 1/1 and 1/9: 20 %, where the mean of 100 % and 11.1 % would say 55.6 %.
    communes = ask(year, "on_time_rate_resolved", LAM_THAO, JANUARY, by=By.AREA)["value"].dropna()
    assert communes.mean() == pytest.approx(55.56, abs=0.01)
    assert value(year, "on_time_rate_resolved", LAM_THAO, JANUARY) == 20


def test_a_rate_of_months_is_never_the_mean_of_months(year: Snapshot) -> None:
    months = ask(year, "on_time_rate_resolved", CAO_BANG, 2020, grain=Grain.MONTH)["value"]
    assert months.dropna().tolist() == [100, 50]
    assert value(year, "on_time_rate_resolved", CAO_BANG) == pytest.approx(100 * 2 / 3)


def test_a_stock_is_never_added_over_days(year: Snapshot) -> None:
    pending = ask(year, "dossiers_pending", "25", JANUARY, grain=Grain.DAY, level=Level.PROVINCE)[
        "value"
    ]
    assert pending.tolist()[:12] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]
    assert value(year, "dossiers_pending", "25", JANUARY, level=Level.PROVINCE) == 10


def test_a_stock_is_added_over_areas(year: Snapshot) -> None:
    parts = ask(year, "dossiers_pending", None, JANUARY, by=By.AREA)["value"].sum()
    assert parts == value(year, "dossiers_pending", None, JANUARY) == 10


def test_a_half_month_is_not_compared_with_a_whole_one(year: Snapshot) -> None:
    frame = ask(
        year,
        "on_time_rate_resolved",
        HA_GIANG,
        days("2020-05-01", "2020-06-16"),
        grain=Grain.MONTH,
        now=NOW,
    )
    assert frame["open"].tolist() == [False, True]
    assert frame["status_reason"].tolist() == ["small", "open"]
    # One against one: as many working days of May have had one, all of May had two.
    june = Selection(("dossiers_received",), days("2020-06-01", "2020-07-01"), TUYEN_QUANG)
    found = compare(june, Basis.PREVIOUS, EVERYTHING, year, now=NOW)
    assert (found.value, found.other) == (1, 1)
    assert value(year, "dossiers_received", TUYEN_QUANG, days("2020-05-01", "2020-06-01")) == 2


def test_few_dossiers_are_not_judged(year: Snapshot) -> None:
    # Three dossiers, one late: 66.7 % says nothing.
    [row] = ask(
        year, "on_time_rate_resolved", HA_GIANG, days("2020-05-01", "2020-06-01"), now=NOW
    ).to_dict("records")
    assert round(row["value"], 1) == 66.7
    assert (row["status"], row["status_reason"]) == ("unknown", "small")


def test_a_code_that_is_used_again_is_not_the_same_place(year: Snapshot) -> None:
    # 91 was Kiên Giang and is An Giang: its history under the new code is not An Giang's own.
    old = ask(year, "dossiers_received", "91", 2020)
    new = ask(year, "dossiers_received", "91@2025-07-01", 2020)
    assert (old["area_name"][0], old["value"][0]) == ("Kiên Giang", 1)
    assert new["area_name"][0] == "An Giang"
    assert np.isnan(new["value"][0])


def test_a_dossier_without_a_due_date_is_in_no_on_time_rate(year: Snapshot) -> None:
    frame = ask(
        year,
        ("on_time_rate_qd766", "null_due_share"),
        "25",
        JANUARY,
        level=Level.PROVINCE,
    )
    assert frame["denominator"].tolist() == [8, 10]
    assert frame["numerator"].tolist() == [8, 2]


def test_the_whole_due_day_is_in_time(year: Snapshot) -> None:
    march = days("2020-03-01", "2020-04-01")
    assert value(year, "dossiers_resolved_on_time", CAO_BANG, march) == 1
    assert value(year, "dossiers_resolved_late", CAO_BANG, march) == 0


def test_months_end_at_midnight_in_vietnam(year: Snapshot) -> None:
    spring = days("2020-03-01", "2020-05-01")
    frame = ask(year, "dossiers_received", CAO_BANG, spring, grain=Grain.MONTH)
    assert frame["value"].tolist() == [1, 1]


def test_29_february_is_a_day_and_compares_with_28_february(year: Snapshot) -> None:
    leap_day = days("2020-02-29", "2020-03-01")
    before = same_last_year(leap_day)
    assert value(year, "dossiers_received", CAO_BANG, leap_day) == 1
    assert (before.start.isoformat(), before.days) == ("2019-02-28", 1)
    assert value(year, "dossiers_received", CAO_BANG, before) == 1
    # What ends before the 29th is compared with all of February a year earlier, the 28th too.
    month = same_last_year(days("2020-02-01", "2020-02-29"))
    assert value(year, "dossiers_received", CAO_BANG, month) == 1


def test_missing_is_not_zero_and_zero_is_not_missing(year: Snapshot) -> None:
    frame = ask(year, "dossiers_received", HA_GIANG, 2020, grain=Grain.MONTH, now=NOW)
    nan = np.nan
    np.testing.assert_equal(frame["value"].to_numpy(), [nan] * 4 + [3, 12] + [nan] * 6)
    overdue = ask(year, "dossiers_pending_overdue", HA_GIANG, days("2020-05-01", "2020-06-01"))
    assert overdue["value"].tolist() == [0]
    assert overdue["status"].tolist() == ["met"]
    elsewhere = ask(year, "dossiers_pending_overdue", "01", days("2020-05-01", "2020-06-01"))
    assert elsewhere["status"].tolist() == ["unknown"]


def test_who_waits_for_the_citizen_is_not_overdue(year: Snapshot) -> None:
    april = days("2020-04-01", "2020-05-01")
    frame = ask(
        year,
        ("dossiers_paused", "dossiers_pending", "dossiers_pending_overdue"),
        KIEN_GIANG,
        april,
    )
    assert frame["value"].tolist() == [1, 0, 0]


def test_received_is_online_direct_and_postal(year: Snapshot) -> None:
    parts = ask(year, "dossiers_received", None, by=By.CHANNEL)["value"].sum()
    assert parts == value(year, "dossiers_received", None)


def test_what_was_open_and_what_came_is_what_went_and_what_is_open(year: Snapshot) -> None:
    flows = ("dossiers_received", "dossiers_resolved")
    stocks = ("dossiers_pending", "dossiers_paused")
    frame = ask(year, flows + stocks, None, days("2019-01-01", "2020-06-01"), grain=Grain.MONTH)
    table = frame.pivot_table("value", "period_start", "metric").reindex(columns=flows + stocks)
    still_open = table[list(stocks)].sum(axis=1)
    change = table["dossiers_received"] - table["dossiers_resolved"]
    assert (still_open.diff().iloc[1:] == change.iloc[1:]).all()


def test_every_commune_code_that_was_given_again_names_two_places(tmp_path: Path) -> None:
    areas = [one for one in register().areas.values() if one.level is Level.COMMUNE]
    before, after = (
        {one.code for one in areas if one.is_valid(day)}
        for day in (date(2025, 6, 30), date(2025, 7, 1))
    )
    assert len(before & after) == 3_316
    # 08521 was Phùng Nguyên, and is a Phùng Nguyên three times as large.
    home = Collected(tmp_path, with_dossiers=False)
    old, new = PHUNG_NGUYEN, "08521@2025-07-01"
    home.deliver(
        [dossier("A", "2025-06-02", area=old), dossier("B", "2025-07-02", area=new)],
        reaches="2025-08-01",
        known="2025-08-01",
    )
    snapshot = home.published("2025-08-02")
    year = days("2025-01-01", "2025-12-31")
    assert value(snapshot, "dossiers_received", old, year) == 1
    assert value(snapshot, "dossiers_received", new, year) == 1
    assert value(snapshot, "dossiers_received", new, year, boundaries=Boundaries.TODAY) == 2


def test_what_belongs_to_a_dossier_does_not_count_it_again(tmp_path: Path) -> None:
    """Two versions, two pauses and three steps are joined to one dossier, which counts once."""
    home = Collected(tmp_path, with_dossiers=False)
    first = dossier("F", "2020-06-01", due="2020-06-20")
    pauses = [{"start": at(f"2020-06-0{day}"), "end": at(f"2020-06-0{day + 1}")} for day in (2, 4)]
    done = first | {"status": 9, "finished_at": at("2020-06-12"), "pauses": pauses}
    steps = [
        {"dossier_code": "F", "at": at(day), "status": status}
        for day, status in (("2020-06-01", 2), ("2020-06-02", 5), ("2020-06-03", 4))
    ]
    home.deliver([first], known="2020-06-05", reaches="2020-06-05")
    home.deliver(steps, kind="dossier_event", known="2020-06-06", reaches="2020-06-06")
    home.deliver([done], known="2020-06-20", reaches="2020-06-20")
    snapshot = home.published("2020-06-21")
    june = days("2020-06-01", "2020-07-01")
    asked = ("dossiers_received", "dossiers_resolved", "dossiers_pending")
    assert ask(snapshot, asked, "25", june)["value"].tolist() == [1, 1, 0]
    # Of the nine working days after the first two were pauses: 2 and 4 June.
    assert value(snapshot, "avg_processing_days", "25", june) == 7


def test_a_document_within_a_province_is_sent_once_however_many_receive_it(tmp_path: Path) -> None:
    home = Collected(tmp_path, with_dossiers=False)
    receivers = {"H44.18": "227@", "H44.19": "228@", "H44.20": "230@"}
    letter = document(1, "2020-03-02", receivers=3, receiver_organisations=";".join(receivers))
    told = [
        {"document_id": "D1", "organisation": one, "area": area, "status": status, "at": at(day)}
        for one, area in receivers.items()
        for status, day in (("01", "2020-03-02"), ("03", "2020-03-03"), ("06", "2020-03-05"))
    ]
    home.deliver([letter], kind="document", source="qlvb")
    home.deliver(told, kind="document_status", source="qlvb")
    snapshot = home.published()
    assert value(snapshot, "docs_sent", "25", 2020) == 1
    # Three received it, each once, whatever became of it there: another figure, never added.
    assert value(snapshot, "docs_received", "25", 2020) == 3
    assert value(snapshot, "docs_received", "227", 2020) == 1
    assert not any({"docs_sent", "docs_received"} <= {*one.numerator} for one in catalogue())


def test_a_report_that_ended_before_the_result_counts_the_dossier_as_open(year: Snapshot) -> None:
    # C3 was finished on 11 April: a report up to the 10th has it pending, as does one of that day.
    until = days("2020-04-01", "2020-04-11")
    asked = ("dossiers_resolved", "dossiers_pending")
    assert ask(year, asked, CAO_BANG, until)["value"].tolist() == [1, 1]
    april = days("2020-04-01", "2020-05-01")
    assert ask(year, asked, CAO_BANG, april)["value"].tolist() == [2, 0]


def test_tet_is_no_time_to_work(year: Snapshot) -> None:
    # From Monday 20 to Friday 31 January 2020: 21, 22, 30 and 31; 23 to 29 January were Tết.
    january = days("2020-01-01", "2020-02-01")
    assert value(year, "avg_processing_days", TUYEN_QUANG, january) == 4
    assert value(year, "dossiers_near_due", TUYEN_QUANG, days("2020-01-22", "2020-01-23")) == 0
    assert value(year, "dossiers_near_due", TUYEN_QUANG, days("2020-01-30", "2020-01-31")) == 1


def test_a_saturday_that_is_worked_counts(tmp_path: Path) -> None:
    # Saturday 26 April 2025 was worked for Friday 2 May, which was off.
    home = Collected(tmp_path, with_dossiers=False)
    sent = dossier("W", "2025-04-24", due="2025-05-05", finished="2025-05-05")
    home.deliver([sent], reaches="2025-05-06", known="2025-05-06")
    snapshot = home.published("2025-05-07")
    spring = days("2025-04-01", "2025-06-01")
    # 25, 26, 28 and 29 April, 5 May: five days, as the term of five promised.
    assert value(snapshot, "avg_processing_days", "25", spring) == 5


def test_late_data_are_never_green(tmp_path: Path) -> None:
    sent = (
        dossier(f"D{n}", "2020-12-01", due="2020-12-10", finished="2020-12-05") for n in range(20)
    )
    home = Collected(tmp_path, with_dossiers=False).deliver(
        sent, reaches="2020-12-30 17:00", known="2020-12-30 17:00"
    )
    home.promise("permits", expected_every_s=3600, hard_max_s=86400)
    snapshot = home.published("2020-12-30 17:01")
    december = days("2020-12-01", "2020-12-31")
    seen = {
        now: ask(snapshot, "on_time_rate_resolved", "25", december, now=at(now))["status"][0]
        for now in ("2020-12-30 17:05", "2020-12-30 20:00", "2021-01-02 08:00")
    }
    assert list(seen.values()) == ["met", "unknown", "unknown"]


def test_a_split_commune_is_told_as_an_estimate(tmp_path: Path) -> None:
    # Xuân Tâm went to Xuân Hòa and to Xuân Đông; the law gives no shares.
    home = Collected(tmp_path, with_dossiers=False)
    home.deliver(
        [dossier("E", "2025-06-02", area="26449@")],
        reaches="2025-08-01",
        known="2025-08-01",
    )
    snapshot = home.published("2025-08-01 12:00")
    frame = ask(snapshot, "dossiers_received", "75", 2025, by=By.AREA, boundaries=Boundaries.TODAY)
    told = frame[frame["value"] > 0]
    assert told["area_name"].tolist() == ["Xuân Hòa"]
    assert told["estimated"].tolist() == [True]


def test_units_that_merge_raise_no_alarm(tmp_path: Path) -> None:
    # 207 of 225, 207 of 207, 148 of 148: fewer units exchange, and none is left out.
    exchange = "units_exchanging_signed_rate"
    home = Collected(tmp_path, with_dossiers=False)
    home.deliver(
        (
            observation(
                exchange,
                area,
                start,
                end,
                level="commune",
                numerator=some,
                denominator=of_all,
            )
            for area, start, end, some, of_all in (
                (OLD_PHU_THO, "2020-12-01", "2021-01-01", 207, 225),
                (OLD_PHU_THO, "2021-01-01", "2021-02-01", 207, 207),
                ("25@2025-07-01", "2025-07-01", "2025-08-01", 148, 148),
            )
        ),
        kind="observation",
        reaches="2025-08-01",
        known="2025-08-01",
    )
    snapshot = home.published("2025-08-02")
    winter = days("2020-12-01", "2021-02-01")
    old = ask(snapshot, exchange, "25", winter, grain=Grain.MONTH, level=Level.COMMUNE)
    new = ask(snapshot, exchange, "25", days("2025-07-01", "2025-08-01"), level=Level.COMMUNE)
    assert old["value"].tolist() + new["value"].tolist() == [92, 100, 100]
    assert old["status"].tolist() + new["status"].tolist() == ["missed", "met", "met"]


def test_a_misspelt_metric_is_never_an_empty_answer(year: Snapshot) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'on_time_rate_resolved'"):
        ask(year, "on_time_rate_resolvd")
