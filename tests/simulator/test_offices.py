"""The offices' systems, read by the collector's own readers as the demo configures them."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.office_files import OfficeFiles
from datasources.simulator.offices import ON_TIME, VIA_SYSTEM, desks_of, means, reports, tasks
from datasources.simulator.reporting import TOKEN
from datasources.simulator.server import Simulator
from datasources.simulator.world import World
from domain.area import Level, register
from tests.datasources.home import Delivery, Home
from tests.simulator.asking import SEED, Clock, second

JULY, AUGUST, SEPTEMBER = (date(2025, month, 1) for month in (7, 8, 9))
NOW = "2025-10-06 10:00"


@pytest.fixture(scope="module")
def cao_bang() -> World:
    return World(SEED, ["04"], date(2025, 5, 1), date(2025, 12, 31))


@pytest.fixture
def demo(cao_bang: World, tmp_path: Path) -> Home:
    """A home filled for the demo, with all that offices left behind until October."""
    OfficeFiles(cao_bang, tmp_path / FOLDER).catch_up(second(NOW))
    return Home(tmp_path)


def observed(delivery: Delivery) -> list[tuple[Any, ...]]:
    return sorted(
        (one["metric"], one["area"], one["period_start"], one["numerator"], one["denominator"])
        for one in delivery.rows("observation")
    )


def identified(code: str) -> str:
    return register().at(code, date(2025, 9, 30)).area_id


def test_reports_come_page_by_page_through_the_service_and_are_the_true_ones(
    cao_bang: World, demo: Home
) -> None:
    with Simulator(cao_bang, Clock(second(NOW))) as simulator:
        fill(demo.path, cao_bang, simulator.port)
        delivery = demo.collect("bao_cao_dinh_ky")
        again = demo.collect("bao_cao_dinh_ky", cursor=delivery.cursor)
    desks = desks_of(cao_bang, "04")
    truth = [one for month in (JULY, AUGUST, SEPTEMBER) for one in reports(SEED, desks, month)]
    assert len(truth) == 3 * 57 * 2
    assert observed(delivery) == sorted(
        (one.metric, identified(one.area), one.period_start, one.numerator, one.denominator)
        for one in truth
    )
    assert Counter(one.metric for one in truth) == {VIA_SYSTEM: 171, ON_TIME: 171}
    # The last month was told last, within the overlap.
    assert len(again.rows("observation")) == 57 * 2


def test_the_service_lets_nobody_in_without_its_token_and_gives_no_more_than_its_page(
    cao_bang: World,
) -> None:
    with Simulator(cao_bang, Clock(second(NOW))) as simulator:
        url = simulator.url.replace("/dvcqg", "/bao-cao/v1/chi-tieu")
        assert httpx.get(url).status_code == 401
        headers = {"Authorization": f"Bearer {TOKEN}"}
        page = httpx.get(url, params={"so_dong": 9999}, headers=headers).json()
        assert (page["tong"], len(page["du_lieu"])) == (342, 342)
        assert httpx.get(url, params={"trang": "x"}, headers=headers).status_code == 400
        elsewhere = url.replace("chi-tieu", "khac")
        assert httpx.get(elsewhere, headers=headers).status_code == 404


def test_a_month_is_told_on_the_third_of_the_next(cao_bang: World) -> None:
    clock = Clock(second("2025-08-03 07:59"))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with Simulator(cao_bang, clock) as simulator:
        url = simulator.url.replace("/dvcqg", "/bao-cao/v1/chi-tieu")
        assert httpx.get(url, headers=headers).json()["tong"] == 0
        clock.now = second("2025-08-03 08:00")
        assert httpx.get(url, headers=headers).json()["tong"] == 57 * 2


def test_tasks_are_counted_by_the_query_of_the_demo_as_by_hand(cao_bang: World, demo: Home) -> None:
    fill(demo.path, cao_bang, 8051)
    today = date(2025, 10, 6)
    due: Counter[tuple[str, date]] = Counter()
    good: Counter[tuple[str, date]] = Counter()
    for month in (JULY, AUGUST, SEPTEMBER, date(2025, 10, 1)):
        for one in tasks(SEED, desks_of(cao_bang, "04"), month, today):
            cell = identified(one.area), one.due.replace(day=1)
            if one.due < date(2025, 10, 1):
                due[cell] += 1
                good[cell] += one.done is not None and one.done <= one.due
    assert observed(demo.collect("nhiem_vu")) == sorted(
        ("tasks_on_time_rate", area, month, good[area, month], count)
        for (area, month), count in due.items()
    )
    assert 0.6 < sum(good.values()) / sum(due.values()) < 0.95


def test_tasks_written_day_by_day_are_those_written_at_once(
    cao_bang: World, demo: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    slowly = Home(tmp_path_factory.mktemp("slowly"))
    files = OfficeFiles(cao_bang, slowly.path / FOLDER)
    for day in range(1, 32):
        files.catch_up(second(f"2025-07-{day:02} 10:00"))
    for stamp in ("2025-08-20 10:00", "2025-09-30 10:00", NOW):
        OfficeFiles(cao_bang, slowly.path / FOLDER).catch_up(second(stamp))
    for home in (slowly, demo):
        fill(home.path, cao_bang, 8051)
    assert observed(slowly.collect("nhiem_vu")) == observed(demo.collect("nhiem_vu"))


def test_the_quarters_workbook_holds_what_offices_have_and_its_total_is_no_record(
    cao_bang: World, demo: Home
) -> None:
    fill(demo.path, cao_bang, 8051)
    delivery = demo.collect("phuong_tien")
    truth = list(means(SEED, desks_of(cao_bang, "04"), JULY))
    rates, counts = (
        [one for one in truth if bool(one.denominator) is rate] for rate in (True, False)
    )
    rows = delivery.rows("observation")
    assert [one for one in observed(delivery) if one[4]] == sorted(
        (one.metric, identified(one.area), JULY, one.numerator, one.denominator) for one in rates
    )
    found = sorted((one["area"], one["value"]) for one in rows if one["value"] is not None)
    assert found == sorted((identified(one.area), one.numerator) for one in counts)
    assert len(rows) == len(truth) == 57 * 2 + 3
    connected = [one for one in truth if one.metric == "vc_units_connected_rate"]
    assert [(one.area, one.denominator) for one in connected] == [("04", 56)]
    assert delivery.refusals == []
    assert delivery.manifest["contract"] == [
        "2025-q3.xlsx: 1 rows that begin with Tổng cộng passed over."
    ]


def test_writing_the_same_past_again_changes_nothing(cao_bang: World, demo: Home) -> None:
    folder = demo.path / FOLDER
    before = {path: path.read_bytes() for path in folder.rglob("*.xlsx")}
    OfficeFiles(cao_bang, folder).catch_up(second(NOW))
    assert {path: path.read_bytes() for path in folder.rglob("*.xlsx")} == before
    for path in before:
        path.unlink()
    OfficeFiles(cao_bang, folder).catch_up(second(NOW))
    assert {path: path.read_bytes() for path in folder.rglob("*.xlsx")} == before


def test_offices_are_those_of_the_two_levels(cao_bang: World) -> None:
    areas = {one.area for one in reports(SEED, desks_of(cao_bang, "04"), JULY)}
    levels = Counter(register().at(code, JULY).level for code in areas)
    assert levels == {Level.PROVINCE: 1, Level.COMMUNE: 56}
    assert list(reports(SEED, desks_of(cao_bang, "04"), date(2025, 6, 1))) == []
