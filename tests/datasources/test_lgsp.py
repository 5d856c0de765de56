"""Promises of the platform's statistics: counts stand beside ours, contradictions are refused."""

import json
from datetime import date
from typing import Any

import pytest

from tests.datasources.home import PAYLOADS, Delivery, Home

SOURCE = """
[platform]
kind = "lgsp_statistics"
path = "lgsp/*.json"
"""
MONTH: dict[str, Any] = json.loads((PAYLOADS / "lgsp" / "month.json").read_text(encoding="utf-8"))
CALLS: dict[str, Any] = json.loads((PAYLOADS / "lgsp" / "calls.json").read_text(encoding="utf-8"))


def deliver(home: Home, document: object, keys: str = "") -> Delivery:
    home.configure(SOURCE + keys)
    home.write("lgsp/a.json", json.dumps(document))
    return home.collect("platform")


def figures(delivery: Delivery) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {
        row["metric"]: (row["numerator"], row["denominator"], row["value"])
        for row in delivery.rows("observation")
    }


def test_the_counts_of_a_month_are_those_of_its_area(home: Home) -> None:
    delivery = deliver(home, MONTH)
    assert figures(delivery) == {
        "dossiers_received": (1200, None, None),
        "dossiers_resolved": (1210, None, None),
        "dossiers_resolved_late": (21, None, None),
        "on_time_rate_resolved": (1189, 1210, None),
        "resolution_rate": (1210, 1200, None),
        "dossiers_pending": (75, None, None),
        "dossiers_pending_overdue": (5, None, None),
        "onestop_vote_rate": (None, None, 97.5),
    }
    assert set(delivery.column("area", "observation")) == {"238@"}
    [period] = {(row["period_start"], row["period_end"]) for row in delivery.rows("observation")}
    assert period == (date(2020, 12, 1), date(2021, 1, 1))


def test_counts_are_cited_and_never_added_to_dossiers(home: Home) -> None:
    rows = deliver(home, MONTH).rows("observation")
    assert all(row["standalone"] and "OpenCPS" in row["citation"] for row in rows)
    assert [row["metric"] for row in rows if row["as_reported"]] == ["onestop_vote_rate"]


def test_a_month_may_run_from_the_15th_to_the_14th(home: Home) -> None:
    delivery = deliver(home, MONTH, 'reporting = "15-14"')
    [period] = {(row["period_start"], row["period_end"]) for row in delivery.rows("observation")}
    assert period == (date(2020, 11, 15), date(2020, 12, 15))


def test_what_is_not_told_is_not_0(home: Home) -> None:
    told = {key: MONTH[key] for key in ("Month", "Year", "OrganizationInchargeIdlevel1")}
    delivery = deliver(home, {**told, "NewReception": None, "TotalSolved": 0, "TotalVoted": 0})
    assert figures(delivery) == {"dossiers_resolved": (0, None, None)}


@pytest.mark.parametrize(
    ("key", "value", "rule", "words"),
    [
        ("Total", 1286, "contradiction", "is not NewReception + PreExtisting"),
        ("SolvedLate", 22, "contradiction", "is not SolvedInTime + SolvedLate"),
        ("PendingLate", 4, "contradiction", "is not Pending + PendingLate"),
        ("PercentBad", 20, "contradiction", "not 100 %"),
        ("NewReception", -1, "shape", ">= 0"),
        ("NewReception", "ZQ03", "shape", "got `str`"),
        ("Month", 13, "shape", "<= 12"),
        ("Month", None, "shape", "got `null`"),
        ("IsMonthStatistic", False, "period", "only single months"),
        ("Year", 2026, "period", "not over yet"),
        ("OrganizationInchargeIdlevel1", "000.00.19.H44", "organisation", "Did you mean 'H44.18'"),
        ("OrganizationInchargeIdlevel1", "ZQ03", "organisation", "no organisation code"),
    ],
)
def test_what_contradicts_itself_is_refused_whole(
    home: Home, key: str, value: object, rule: str, words: str
) -> None:
    delivery = deliver(home, [MONTH, {**MONTH, key: value}])
    [(row, _, broken, reason)] = delivery.refusals
    assert (row, broken) == (2, rule)
    assert words in reason
    assert "ZQ03" not in reason
    assert len(delivery.rows("observation")) == 8


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("SolvedInTimePercent", 99.1, "printed percentage"), ("TotalPending", None, "")],
)
def test_a_printed_percentage_that_is_wrong_is_told_and_not_used(
    home: Home, key: str, value: object, words: str
) -> None:
    delivery = deliver(home, {**MONTH, key: value})
    assert figures(delivery)["on_time_rate_resolved"] == (1189, 1210, None)
    assert words in "".join(delivery.manifest["contract"])
    assert len(delivery.manifest["contract"]) == bool(words)


def test_a_total_that_leaves_something_out_is_told(home: Home) -> None:
    delivery = deliver(home, {**MONTH, "TotalPending": 70, "Pending": 65})
    assert any("solved and what is pending" in one for one in delivery.manifest["contract"])


def test_a_department_does_not_speak_for_its_province(home: Home) -> None:
    delivery = deliver(home, [MONTH, {**MONTH, "OrganizationInchargeIdlevel1": "H44.13"}])
    assert set(delivery.column("area", "observation")) == {"238@"}
    assert delivery.refusals == []
    assert "Departments report too" in delivery.manifest["contract"][0]


def test_calls_add_up_over_services_and_days(home: Home) -> None:
    rows = deliver(home, CALLS).rows("observation")
    told = {
        (row["metric"], row["period_start"].day): (row["numerator"], row["denominator"])
        for row in rows
    }
    assert told == {
        ("lgsp_success_rate", 30): (397, 400),
        ("lgsp_services_connected", 30): (2, None),
        ("lgsp_success_rate", 31): (98, 100),
        ("lgsp_services_connected", 31): (1, None),
    }
    assert not any(row["standalone"] for row in rows)
    assert {row["area"] for row in rows} == {"25@"}


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ({"Services": [{"calls": 3, "ok": 4}]}, "more good calls"),
        ({"Date": "2026-11-22"}, "not over"),
        ({"Date": "9999-12-31"}, "not over"),
        ({"Services": {}}, "expected `array`"),
    ],
)
def test_calls_that_cannot_be_are_refused(home: Home, calls: dict[str, object], words: str) -> None:
    good = CALLS["data"][1]
    [(row, _, _, reason)] = deliver(home, [good, {**good, **calls}]).refusals
    assert row == 2
    assert words in reason


@pytest.mark.parametrize("document", ["", "[", "null", "5", "[" * 5000])
def test_what_is_no_statistic_takes_nothing(home: Home, document: str) -> None:
    home.configure(SOURCE)
    home.write("lgsp/a.json", document)
    assert home.collect("platform").outcome.suspect
