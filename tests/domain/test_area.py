from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from domain.area import (
    COUNTRY_ID,
    AreaLink,
    AreaRegister,
    Boundaries,
    Level,
    level_of,
    register,
)
from domain.area_files import read_areas
from domain.errors import AreaError
from domain.period import Span

AREAS = register()
OLD, NEW, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 22)
HEADER = "code,valid_from,valid_until,kind,name,parent_code\n"


def valid(day: date) -> Counter[Level]:
    return Counter(area.level for area in AREAS.areas.values() if area.is_valid(day))


@pytest.fixture(scope="module")
def then() -> list[AreaLink]:
    return list(AREAS.closure(Boundaries.THEN))


@pytest.fixture(scope="module")
def today() -> list[AreaLink]:
    return list(AREAS.closure(Boundaries.TODAY))


def test_the_map_holds_as_many_areas_as_the_law_says() -> None:
    before = {Level.PROVINCE: 63, Level.DISTRICT: 696, Level.COMMUNE: 10_035}
    assert valid(OLD) == {Level.COUNTRY: 1} | before
    assert valid(NEW) == {Level.COUNTRY: 1, Level.PROVINCE: 34, Level.COMMUNE: 3_321}
    assert valid(TODAY) == valid(NEW)


def test_the_kinds_of_today_are_those_after_the_changes_of_2026() -> None:
    now = [area for area in AREAS.areas.values() if area.is_valid(TODAY)]
    provinces = Counter(area.kind for area in now if area.level is Level.PROVINCE)
    communes = Counter(area.kind for area in now if area.level is Level.COMMUNE)
    assert provinces == {"thành phố": 9, "tỉnh": 25}
    assert communes == {"xã": 2_599, "phường": 709, "đặc khu": 13}


def test_the_archipelagos_are_on_every_list() -> None:
    for code, name, province in (("20333", "Hoàng Sa", "48"), ("22736", "Trường Sa", "56")):
        area = AREAS.at(code, TODAY)
        assert area.full_name == f"đặc khu {name}"
        assert area in AREAS.children(AREAS.at(province, TODAY).area_id, TODAY)
    assert AREAS.at("498", OLD).full_name == "huyện Hoàng Sa"
    assert AREAS.today("498@").area_id == "20333@2025-07-01"


def test_a_code_is_another_territory_on_another_map() -> None:
    assert AREAS.at("91", date(2024, 6, 1)).full_name == "tỉnh Kiên Giang"
    assert AREAS.at("91", date(2026, 1, 1)).full_name == "tỉnh An Giang"
    assert AREAS.at("25", OLD).area_id == "25@"
    assert AREAS.at("25", NEW).area_id == "25@2025-07-01"


def test_a_code_given_again_after_a_gap_is_another_area() -> None:
    # Ward 24 ended with 2024; its code went to ward 14 in March 2025.
    assert AREAS.at("26929", date(2024, 12, 31)).full_name == "phường 24"
    assert AREAS.at("26929", date(2025, 3, 1)).area_id == "26929@2025-03-01"
    with pytest.raises(AreaError, match="It was phường 24 until 31/12/2024"):
        AREAS.at("26929", date(2025, 2, 1))
    assert AREAS.today("26929@").area_id is None


def test_a_new_name_or_kind_is_the_same_area() -> None:
    hue = AREAS.at("46", date(2020, 1, 1))
    assert (hue.area_id, hue.name) == ("46@", "Huế")
    assert hue.version(date(2024, 12, 31)).full_name == "tỉnh Thừa Thiên Huế"
    assert hue.version(date(2025, 1, 1)).full_name == "thành phố Huế"
    dong_nai = AREAS.at("75", TODAY)
    assert dong_nai is AREAS.at("75", NEW)
    assert dong_nai.version(date(2026, 4, 29)).kind == "tỉnh"
    assert dong_nai.version().kind == dong_nai.version(date(2026, 4, 30)).kind == "thành phố"


def test_outside_its_life_an_area_has_its_nearest_version() -> None:
    kien_giang = AREAS.get("91@")
    assert (kien_giang.valid_from, kien_giang.valid_until) == (None, NEW)
    assert kien_giang.version(TODAY).name == "Kiên Giang"
    assert AREAS.get("91@2025-07-01").version(date(2020, 1, 1)).name == "An Giang"


@pytest.mark.parametrize(
    ("text", "last_day", "area_id"),
    [
        ("25", OLD, "25@"),
        ("25", TODAY, "25@2025-07-01"),
        ("25@2020-12-31", TODAY, "25@"),
        ("25@2025-07-01", OLD, "25@2025-07-01"),
        ("25@", TODAY, "25@"),
        ("VN", TODAY, COUNTRY_ID),
        ("VN@", TODAY, COUNTRY_ID),
    ],
)
def test_a_code_is_resolved_on_the_last_day_or_on_its_own(
    text: str, last_day: date, area_id: str
) -> None:
    assert AREAS.resolve(text, last_day).area_id == area_id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("93", "It was tỉnh Hậu Giang until 30/06/2025. It is part of 92 (thành phố Cần Thơ)"),
        ("98", "Did you mean 96 (tỉnh Cà Mau) or 92 (thành phố Cần Thơ) or 91 (tỉnh An Giang)?"),
        ("Hậu Giang", "Did you mean 92 (thành phố Cần Thơ)"),
        ("phu tho", "Did you mean 25 (tỉnh Phú Thọ)"),
        ("25@2020-31-12", "'2020-31-12' is not a date. Write 25@YYYY-MM-DD."),
        ("25@x", "'x' is not a date"),
        ("99@", "There is no area '99@'"),
        ("qqqqqqq", "No area has the code 'qqqqqqq' on 22/11/2026."),
    ],
)
def test_an_area_that_is_not_there_is_answered_with_the_way_on(text: str, message: str) -> None:
    with pytest.raises(AreaError) as error:
        AREAS.resolve(text, TODAY)
    assert message in error.value.message


def test_an_unknown_id_is_answered_with_the_ids_of_its_code() -> None:
    with pytest.raises(AreaError, match="Did you mean 25@ or 25@2025-07-01"):
        AREAS.get("25@2020-01-01")


def test_the_length_of_a_code_tells_its_level() -> None:
    assert [level_of(code) for code in ("VN", "25", "227", "07900")] == list(Level)
    assert [level.depth for level in Level] == [0, 1, 2, 3]
    for code in ("1", "0790", "2A", "²⁵"):
        with pytest.raises(AreaError, match="is not an area code"):
            level_of(code)


def test_children_are_those_of_the_day_and_sorted_as_vietnamese_sorts() -> None:
    names = [area.name for area in AREAS.roots(TODAY)]
    assert len(names) == 34
    assert names[0] == "An Giang"
    assert names.index("Cao Bằng") < names.index("Cần Thơ")  # a before â
    assert names.index("Đà Nẵng") < names.index("Gia Lai")
    assert names.index("Điện Biên") > names.index("Cần Thơ")
    assert len(AREAS.roots(OLD)) == 63
    assert {area.level for area in AREAS.children("25@", OLD)} == {Level.DISTRICT}
    assert len(AREAS.children("25@", OLD)) == 13
    assert len(AREAS.children("25@2025-07-01", TODAY)) == 148
    assert AREAS.children("25@", TODAY) == ()


def test_wards_with_numbers_sort_by_their_size() -> None:
    numbered = [a.name for a in AREAS.children("774@", date(2024, 1, 1)) if a.name.isdecimal()]
    assert numbered == sorted(numbered, key=int)
    assert len(numbered) > 9


def test_ancestors_are_those_of_the_day() -> None:
    assert AREAS.ancestors("08521@", OLD) == {
        Level.COUNTRY: "VN@",
        Level.PROVINCE: "25@",
        Level.DISTRICT: "237@",
        Level.COMMUNE: "08521@",
    }
    assert AREAS.ancestors("08521@2025-07-01", TODAY) == {
        Level.COUNTRY: "VN@",
        Level.PROVINCE: "25@2025-07-01",
        Level.COMMUNE: "08521@2025-07-01",
    }


def test_a_commune_that_changed_its_district_lies_in_each_on_its_days() -> None:
    # Nghi Phong passed from huyện Nghi Lộc (429) to thành phố Vinh (412) with 2025.
    moved, day, eve = AREAS.get("17902@"), date(2025, 1, 1), date(2024, 12, 31)
    assert AREAS.ancestors(moved.area_id, eve)[Level.DISTRICT] == "429@"
    assert AREAS.ancestors(moved.area_id, day)[Level.DISTRICT] == "412@"
    assert moved in AREAS.children("429@", eve)
    assert moved not in AREAS.children("429@", day)
    assert moved in AREAS.children("412@", day)
    assert moved not in AREAS.children("412@", eve)
    assert moved in AREAS.descendants("429@", Level.COMMUNE, Span(eve, OLD))
    assert moved in AREAS.descendants("412@", Level.COMMUNE, Span(eve, OLD))
    assert moved not in AREAS.descendants("412@", Level.COMMUNE, Span(eve, day))


def test_descendants_are_those_of_any_day_of_the_span() -> None:
    year = Span.of_year(2024)
    assert len(AREAS.descendants(COUNTRY_ID, Level.PROVINCE, year)) == 63
    assert len(AREAS.descendants(COUNTRY_ID, Level.PROVINCE, Span.of_year(2025))) == 63 + 34
    assert len(AREAS.descendants("25@", Level.COMMUNE, Span(OLD, NEW))) == 207
    assert AREAS.descendants("25@", Level.PROVINCE, year) == (AREAS.get("25@"),)
    assert AREAS.descendants("25@", Level.COMMUNE, Span.of_year(2026)) == ()
    assert AREAS.descendants("08521@", Level.PROVINCE, year) == ()


def test_what_an_area_became_names_the_law_and_the_main_part_first() -> None:
    (link,) = AREAS.successors("93@")
    assert (link.old_id, link.new_id) == ("93@", "92@2025-07-01")
    assert (link.change_kind, link.part, link.legal_basis) == ("merge", "full", "202/2025/QH15")
    assert link.effective_from == NEW
    assert {link.old_id for link in AREAS.predecessors("25@2025-07-01")} == {"25@", "26@", "17@"}
    assert AREAS.successors("25@2025-07-01") == ()
    assert AREAS.successors("237@")[0].new_id is None


def test_a_change_of_kind_only_is_a_change_but_no_successor() -> None:
    same = [change for change in AREAS.changes if change.old_id == change.new_id]
    assert len(same) == 25
    assert ("75@2025-07-01", "30/2026/QH16") in {(one.old_id, one.legal_basis) for one in same}
    assert AREAS.successors("75@2025-07-01") == ()
    assert len(AREAS.changes) == 11_350


def test_a_split_commune_goes_to_its_main_successor_and_is_estimated() -> None:
    split = AREAS.at("00472", OLD)  # xã Tiên Dương
    first, second = AREAS.successors(split.area_id)
    assert (first.is_default, second.is_default) == (True, False)
    assert first.share_note == "remainder of area and population"
    link = AREAS.today(split.area_id)
    assert (link.area_id, link.estimated) == ("00466@2025-07-01", True)
    estimated = [area for area in AREAS.areas if AREAS.today(area).estimated]
    assert len(estimated) == 441


def test_an_area_of_today_is_its_own_and_a_district_has_none() -> None:
    assert AREAS.today("08521@2025-07-01").area_id == "08521@2025-07-01"
    assert AREAS.today(COUNTRY_ID).area_id == COUNTRY_ID
    assert AREAS.today("237@").area_id is None
    assert AREAS.today("91@").area_id == "91@2025-07-01"


def covered_once(links: list[AreaLink], start: date | None, end: date | None) -> bool:
    """Whether the links, each to another area than the last, follow each other from `start` to
    `end` without gap or overlap.
    """
    held = sorted(links, key=lambda link: link.valid_from or date.min)
    ends = [link.valid_until for link in held[:-1]]
    return all(one.ancestor_id != after.ancestor_id for one, after in pairwise(held)) and (
        bool(held)
        and held[0].valid_from == start
        and held[-1].valid_until == end
        and ends == [link.valid_from for link in held[1:]]
    )


def test_then_every_area_has_one_ancestor_of_each_level_on_each_day(then: list[AreaLink]) -> None:
    links: dict[tuple[str, Level], list[AreaLink]] = defaultdict(list)
    for link in then:
        links[link.area_id, link.level].append(link)
    for area in AREAS.areas.values():
        levels = [level for level in Level if level.depth <= area.level.depth]
        if area.level is Level.COMMUNE and area.valid_from == NEW:
            levels.remove(Level.DISTRICT)
        for level in levels:
            held = links.pop((area.area_id, level))
            assert covered_once(held, area.valid_from, area.valid_until), (area, level)
    assert not links


def test_then_an_ancestor_is_valid_while_it_is_one(then: list[AreaLink]) -> None:
    for link in then:
        ancestor = AREAS.get(link.ancestor_id)
        assert ancestor.level is link.level
        assert ancestor.valid_from is None or (link.valid_from or date.min) >= ancestor.valid_from
        until = ancestor.valid_until or date.max
        assert (link.valid_until or date.max) <= until
        assert not link.estimated


def test_today_every_area_counts_once_towards_todays_province(today: list[AreaLink]) -> None:
    provinces = {area.area_id for area in AREAS.roots(TODAY)}
    by_level: dict[Level, Counter[str]] = defaultdict(Counter)
    for link in today:
        by_level[link.level][link.area_id] += 1
        ancestor, area = AREAS.get(link.ancestor_id), AREAS.get(link.area_id)
        assert ancestor.valid_until is None
        assert (link.valid_from, link.valid_until) == (area.valid_from, area.valid_until)
        assert link.level is not Level.PROVINCE or link.ancestor_id in provinces
    everything = set(AREAS.areas)
    assert by_level[Level.COUNTRY] == Counter(everything)
    assert by_level[Level.PROVINCE] == Counter(everything - {COUNTRY_ID})
    assert Level.DISTRICT not in by_level
    assert max(by_level[Level.COMMUNE].values()) == 1


def test_today_old_communes_stay_in_the_province_theirs_became(today: list[AreaLink]) -> None:
    province = {link.area_id: link.ancestor_id for link in today if link.level is Level.PROVINCE}
    for area in AREAS.areas.values():
        if area.level in (Level.DISTRICT, Level.COMMUNE):
            old = AREAS.ancestors(area.area_id)[Level.PROVINCE]
            assert province[area.area_id] == province[old]
    assert province["91@"] == "91@2025-07-01"
    assert province["89@"] == "91@2025-07-01"


def test_today_only_the_commune_of_a_split_commune_is_estimated(today: list[AreaLink]) -> None:
    estimated = [link for link in today if link.estimated]
    assert len(estimated) == 441
    assert {link.level for link in estimated} == {Level.COMMUNE}


def test_today_a_commune_that_ended_without_a_link_keeps_its_province(
    today: list[AreaLink],
) -> None:
    links = {link.level: link.ancestor_id for link in today if link.area_id == "26929@"}
    assert links == {Level.PROVINCE: "79@2025-07-01", Level.COUNTRY: COUNTRY_ID}


def test_an_area_belongs_to_what_it_lay_in_and_what_that_became() -> None:
    assert AREAS.belongs_to("08521@") == {
        *("VN@", "25@", "237@", "08521@", "25@2025-07-01", "08521@2025-07-01"),
    }


def test_a_parent_that_no_area_held_is_said(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(HEADER + "00001,,,xã,Một,001\n", encoding="utf-8")
    with pytest.raises(AreaError, match="00001@ lies in '001', which held no area then"):
        AreaRegister(read_areas(path)).ancestors("00001@")


def test_an_ended_area_of_which_nothing_more_is_known_counts_nowhere_today(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(HEADER + "25,,2025-07-01,tỉnh,Phú Thọ,\n", encoding="utf-8")
    areas = AreaRegister(read_areas(path))
    links = list(areas.closure(Boundaries.TODAY))
    assert [link.area_id for link in links] == [COUNTRY_ID]


def test_a_wrong_line_is_named_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(HEADER + "25,,,tỉnh,Phú Thọ,\n26,soon,,tỉnh,Vĩnh Phúc,\n", encoding="utf-8")
    with pytest.raises(AreaError, match=r"areas\.csv, line 3: Invalid isoformat"):
        list(read_areas(path))
    path.write_text(HEADER, encoding="utf-8")
    assert list(read_areas(path)) == []


def test_what_is_open_when_an_area_ends_has_an_heir() -> None:
    areas = register()
    new_phu_tho = "25@2025-07-01"
    assert areas.heir(new_phu_tho) is None
    assert areas.heir("08518@").area_id == "08521@2025-07-01"  # type: ignore[union-attr]
    lam_thao = areas.heir("237@")  # a district: nobody took its place, so the province does
    assert lam_thao is not None
    assert lam_thao.area_id == "25@"
    assert areas.heir("25@") == areas.get(new_phu_tho)
