"""What platforms, sectors and stations drop is read by the real kinds, and is what it should be."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from datasources.running.job import Job
from datasources.running.worker import perform
from datasources.simulator.clock import DAY, HOUR, end_of_day, instant_of
from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.dossiers import known
from datasources.simulator.feeds import STATION_DAYS, Drop, drops
from datasources.simulator.stations import sent_between, stations_of
from datasources.simulator.world import World
from domain.area import Level, register
from tests.datasources.home import Delivery

SEED, HOME = 7, "04"
START, LAST = date(2025, 12, 1), date(2026, 2, 11)
NOW = end_of_day(LAST)


@pytest.fixture(scope="module")
def world() -> World:
    return World(SEED, [HOME], START, LAST)


@pytest.fixture(scope="module")
def dropped(world: World) -> list[Drop]:
    return list(drops(world, 0, NOW))


@pytest.fixture(scope="module")
def home(world: World, dropped: Sequence[Drop], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feeds")
    fill(path, world, 8051)
    for one in dropped:
        file = path / FOLDER / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(one.text, encoding="utf-8")
        (file.parent / f"{file.name}.done").touch()
    return path


def collect(home: Path, source: str) -> Delivery:
    return Delivery(perform(Job(str(home), source, str(home / "landing"), instant_of(NOW))))


def documents(dropped: Sequence[Drop], folder: str) -> dict[str, Any]:
    return {
        one.path: json.loads(one.text)
        for one in dropped
        if one.path.startswith(folder) and one.path.endswith(".json")
    }


@pytest.mark.parametrize("source", ["lgsp", "bo_chi_so_766", "bao_cao_nganh", "quan_trac_nuoc"])
def test_the_real_kinds_read_everything_and_refuse_nothing(home: Path, source: str) -> None:
    delivery = collect(home, source)
    assert delivery.refusals == []
    assert sum(delivery.manifest["records_read"].values()) > 80
    assert delivery.manifest["simulated"]


def test_a_later_call_drops_what_has_happened_since_and_the_same_past_again(
    world: World, dropped: list[Drop]
) -> None:
    before = NOW - 40 * HOUR
    later = {one.path: one for one in drops(world, before, NOW)}
    whole = {one.path: one for one in dropped}
    assert all(whole[path] == one for path, one in later.items() if path in whole)
    assert {path for path, one in whole.items() if one.at >= before} <= later.keys()
    assert all(before <= one.at <= NOW for one in later.values())


def test_the_statistic_of_a_month_is_what_its_dossiers_say(
    world: World, dropped: list[Drop]
) -> None:
    [statistic] = [one for path, one in documents(dropped, "lgsp/2026").items() if "01-" in path]
    at = end_of_day(date(2026, 2, 3)) - DAY + 6 * HOUR + 1
    dossiers = world.dossiers(HOME, at)
    months = (known(dossiers, at).received // DAY).astype("datetime64[D]").astype("datetime64[M]")
    assert statistic["NewReception"] == int((months == np.datetime64("2026-01")).sum()) > 50
    assert statistic["Total"] == statistic["NewReception"] + statistic["PreExtisting"]
    assert statistic["SolvedInTime"] + statistic["SolvedLate"] == statistic["TotalSolved"] > 50


def test_scores_are_of_the_province_its_departments_and_all_its_communes(
    dropped: list[Drop],
) -> None:
    [export] = documents(dropped, "qd766/").values()
    told = export["data"]["evaluation"]
    communes = [one for one in told if one["departmentName"].startswith(("UBND xã", "UBND phường"))]
    assert len(communes) == 56
    assert sum(one["departmentCode"] == "H14" for one in told) == 1
    mean = sum(one["totalScore"] for one in communes) / len(communes)
    # A normal authority is near 60 of 100, and not near 90.
    assert 50 < mean < 75


def test_stations_stand_in_communes_of_today_and_read_every_quarter_of_an_hour(
    home: Path, dropped: list[Drop]
) -> None:
    stations = stations_of(HOME)
    assert len({one.area for one in stations}) == len(stations) == 3
    for one in stations:
        assert register().at(one.area, LAST).level is Level.COMMUNE
    rows = collect(home, "quan_trac_nuoc").rows("station_hour")
    # Each station from its first reading on, which a silence may have delayed.
    assert 0 <= len(stations) * (STATION_DAYS + 1) * 24 - len(rows) < 12
    shares = sum(row["readings"] for row in rows) / sum(row["expected"] for row in rows)
    assert 0.94 < shares < 0.995
    assert 0 < sum(row["exceeded"] for row in rows) < 0.05 * len(rows)


def test_some_readings_come_twice_some_late_and_the_same_every_time() -> None:
    since, until = 20_700 * DAY, 20_720 * DAY
    sent = list(sent_between(SEED, [HOME], since, until))
    assert sent == list(sent_between(SEED, [HOME], since, until))
    assert len({(one.station, one.at) for one in sent}) < len(sent)
    assert any(one.sent - one.at > HOUR for one in sent)
    halves = [
        *sent_between(SEED, [HOME], since, since + 10 * DAY),
        *sent_between(SEED, [HOME], since + 10 * DAY, until),
    ]
    assert sorted(halves) == sorted(sent)


def test_sectors_are_told_by_month_quarter_and_year(home: Path) -> None:
    rows = collect(home, "bao_cao_nganh").rows("observation")
    spans: dict[str, set[timedelta]] = {}
    for row in rows:
        spans.setdefault(row["metric"], set()).add(row["period_end"] - row["period_start"])
    assert spans["household_businesses_active"] == {timedelta(days=31)}
    assert spans["agencies_lan_rate"] == {timedelta(days=92)}
    assert spans["dti_score"] == {timedelta(days=365)}
    scores = [row["value"] for row in rows if row["metric"] == "dti_score"]
    assert len(scores) == 57
    assert 400 < min(scores) < max(scores) < 900
