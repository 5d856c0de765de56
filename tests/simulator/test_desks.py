from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from datasources.simulator.clock import date_of, day_number
from datasources.simulator.desks import FOREVER, Desk, desks_of, homes
from datasources.simulator.dropbox import organisations_csv
from datasources.simulator.world import World
from domain.area import Level, register
from domain.organisation import OrganisationRegister, load_organisations, normalise_code
from domain.period import Span

DESKS = [desk for home in homes() for desk in desks_of(home)]


@pytest.fixture(scope="module")
def organisations(tmp_path_factory: pytest.TempPathFactory) -> OrganisationRegister:
    path: Path = tmp_path_factory.mktemp("register") / "organisations.csv"
    path.write_text(organisations_csv(World(1)), encoding="utf-8")
    return load_organisations(path)


def some_days(desk: Desk) -> list[date]:
    """The first and the last day of a desk, within the years that are simulated."""
    first = max(desk.first, day_number(date(2020, 1, 1)))
    last = min(desk.until, day_number(date(2027, 1, 1))) - 1
    return [date_of(first), date_of(last)] if first <= last else []


def test_every_organisation_is_found_by_both_orders_of_its_code_on_its_first_and_last_day(
    organisations: OrganisationRegister,
) -> None:
    for desk in DESKS:
        for day in some_days(desk):
            for code in (desk.code, desk.old_code):
                found = organisations.by_code(code, day)
                assert (found.name, found.area_code) == (desk.name, desk.area_code)


def test_every_organisation_is_found_by_its_name_in_its_province(
    organisations: OrganisationRegister,
) -> None:
    for desk in DESKS:
        for day in some_days(desk):
            area = register().at(desk.area_code, day)
            province = register().ancestors(area.area_id, day)[Level.PROVINCE]
            found = organisations.by_name(desk.name, day, province.partition("@")[0])
            assert found.code == normalise_code(desk.code)


def test_every_organisation_acts_in_the_area_that_held_its_code_then() -> None:
    for desk in DESKS:
        for day in some_days(desk):
            assert register().at(desk.area_code, day).area_id == desk.area_id


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        # Phú Thọ, Vĩnh Phúc and Hòa Bình: 13 + 9 + 10 districts until the end of June 2025.
        (date(2025, 6, 30), {Level.PROVINCE: 3, Level.DISTRICT: 32, Level.COMMUNE: 479}),
        (date(2025, 7, 1), {Level.PROVINCE: 1, Level.COMMUNE: 148}),
    ],
)
def test_the_committees_of_a_day_are_those_of_the_areas_that_exist(
    day: date, counts: dict[Level, int]
) -> None:
    here = [d for d in desks_of("25") if d.first <= day_number(day) < d.until and not d.department]
    found = Counter(desk.level for desk in here)
    areas: Counter[Level] = Counter()
    for code in ("25", "26", "17") if day < date(2025, 7, 1) else ("25",):
        province = register().at(code, day).area_id
        for level in counts:
            span = Span(day, day + timedelta(days=1))
            areas[level] += len(register().descendants(province, level, span))
    assert found == areas == counts


def test_no_code_is_held_by_two_organisations_on_one_day() -> None:
    by_code: dict[str, list[Desk]] = {}
    for desk in DESKS:
        by_code.setdefault(desk.code, []).append(desk)
    for held in by_code.values():
        held.sort(key=lambda desk: desk.first)
        for earlier, later in pairwise(held):
            assert earlier.until <= later.first


def test_departments_change_with_the_reorganisation() -> None:
    names = {d.name: d for d in desks_of("04") if d.department}
    ended, begun = (
        names["Sở Tài nguyên và Môi trường tỉnh Cao Bằng"],
        "Sở Nông nghiệp và Môi trường",
    )
    assert date_of(ended.until) == date(2025, 7, 1)
    assert names[f"{begun} tỉnh Cao Bằng"].until == FOREVER
