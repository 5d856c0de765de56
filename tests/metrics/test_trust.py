from datetime import time

import numpy as np
import pytest

from domain.period import Grain
from store import Snapshot
from tests.metrics.asking import ask, days
from tests.metrics.collected import Collected, at, dossier

RATE = "on_time_rate_resolved"
DECEMBER = days("2020-12-01", "2021-01-01")
NOVEMBER = days("2020-11-01", "2020-12-01")


def month(name: str, late: int = 0) -> list[dict[str, object]]:
    """Ten dossiers finished in a month, some of them late."""
    return [
        dossier(
            f"{name}-{n}",
            f"{name}-02",
            due=f"{name}-10",
            finished=f"{name}-{'12' if n < late else '09'}",
        )
        for n in range(10)
    ]


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A source that answers every hour, last at 08:00 on 31 December; all dossiers on time."""
    home = Collected(tmp_path_factory.mktemp("hourly"), with_dossiers=False)
    home.deliver(
        month("2020-11") + month("2020-12"), reaches="2020-12-31 08:00", known="2020-12-31 08:00"
    )
    home.promise("permits", expected_every_s=3600, grace_s=600, hard_max_s=86400)
    return home.published("2020-12-31 08:05")


@pytest.mark.parametrize(
    ("now", "freshness", "status", "reason"),
    [
        ("2020-12-31 08:30", "fresh", "met", ""),
        ("2020-12-31 12:00", "late", "unknown", "late"),
        ("2021-01-02 12:00", "stale", "unknown", "stale"),
        ("2020-12-31 07:00", "future", "unknown", "future"),
    ],
)
def test_late_or_stale_is_never_green(
    hourly: Snapshot, now: str, freshness: str, status: str, reason: str
) -> None:
    [row] = ask(hourly, RATE, span=DECEMBER, now=at(now)).to_dict("records")
    assert row["value"] == 100
    assert (row["freshness"], row["status"], row["status_reason"]) == (freshness, status, reason)


def test_history_is_not_made_stale_by_todays_outage(hourly: Snapshot) -> None:
    [row] = ask(hourly, RATE, span=NOVEMBER, now=at("2021-03-01")).to_dict("records")
    assert (row["freshness"], row["status"]) == ("fresh", "met")


def test_a_late_source_still_shows_what_was_missed(collected: Collected) -> None:
    collected.deliver(
        month("2020-12", late=5), reaches="2020-12-31 08:00", known="2020-12-31 08:00"
    )
    collected.promise("permits", expected_every_s=3600, hard_max_s=86400)
    snapshot = collected.published("2020-12-31 08:05")
    [row] = ask(snapshot, RATE, span=DECEMBER, now=at("2020-12-31 12:00")).to_dict("records")
    assert (row["freshness"], row["status"]) == ("late", "missed")


def test_a_source_that_failed_is_down_and_not_judged(collected: Collected) -> None:
    collected.deliver(month("2020-12"), reaches="2020-12-31 08:00", known="2020-12-31 08:00")
    collected.fail("permits", "2020-12-31 09:00")
    snapshot = collected.published("2020-12-31 09:05")
    [row] = ask(snapshot, RATE, span=DECEMBER, now=at("2020-12-31 09:05")).to_dict("records")
    assert (row["freshness"], row["status"], row["status_reason"]) == ("down", "unknown", "down")


def test_the_worst_source_speaks_for_the_sum(collected: Collected) -> None:
    morning = "2020-12-31 08:00"
    collected.deliver(month("2020-12"), source="good", reaches=morning, known=morning)
    late = month("2020-12", late=2)
    collected.deliver(late, source="slow", reaches=morning, known=morning)
    collected.promise("slow", expected_every_s=60)
    snapshot = collected.published("2020-12-31 08:05")
    [row] = ask(snapshot, RATE, span=DECEMBER, now=at("2020-12-31 10:00")).to_dict("records")
    assert (row["numerator"], row["denominator"]) == (18, 20)
    assert row["sources"] == "good, slow"
    assert row["freshness"] == "late"


def test_a_day_off_is_no_fault_of_a_working_day_source(collected: Collected) -> None:
    # 1 January 2021 was a Friday and a holiday.
    collected.deliver(month("2020-12"), reaches="2020-12-31 18:00", known="2020-12-31 18:00")
    collected.promise("permits", expected_by=time(17))
    snapshot = collected.published("2021-01-01 09:00")
    new_year = days("2020-12-01", "2021-01-02")
    [row] = ask(snapshot, RATE, span=new_year, now=at("2021-01-01 09:00")).to_dict("records")
    assert (row["freshness"], row["status"]) == ("holiday", "met")


def test_an_open_period_is_not_judged(hourly: Snapshot) -> None:
    frame = ask(
        hourly,
        RATE,
        span=days("2020-11-01", "2020-12-31"),
        grain=Grain.MONTH,
        now=at("2020-12-31 08:05"),
    )
    # The span ends on the 30th, yet December is not over: half a month is not a month.
    assert frame["open"].tolist() == [False, True]
    assert frame["status"].tolist() == ["met", "unknown"]
    assert frame["status_reason"].tolist() == ["", "open"]


def test_the_day_of_publishing_is_not_over(hourly: Snapshot) -> None:
    last_days = days("2020-12-30", "2021-01-01")
    assert ask(hourly, RATE, span=last_days, grain=Grain.DAY)["open"].tolist() == [False, True]


def test_one_source_that_ended_does_not_end_the_sum(collected: Collected) -> None:
    collected.deliver(month("2020-11"), source="archive", reaches="2020-11-30 18:00")
    collected.deliver(month("2020-12"), source="live", reaches="2020-12-31 18:00")
    frame = ask(collected.published(), "dossiers_received", span=2020, grain=Grain.MONTH)
    np.testing.assert_equal(frame["value"].to_numpy()[9:], [np.nan, 10, 10])
    assert frame["sources"].tolist()[9:] == ["archive, live"] * 3
