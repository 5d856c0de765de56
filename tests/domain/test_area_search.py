import pytest

from domain.area import AreaMatch, Level, register

AREAS = register()


def found(text: str, **options: object) -> list[str]:
    return [match.area.area_id for match in AREAS.search(text, **options)]  # type: ignore[arg-type]  # passed on


@pytest.mark.parametrize(
    "text", ["phung nguyen", "Phùng Nguyên", "PHÙNG NGUYÊN", "xã phung nguyen"]
)
def test_names_are_found_without_accents_and_case(text: str) -> None:
    assert found(text)[:2] == ["08521@2025-07-01", "08521@"]


@pytest.mark.parametrize("text", ["dak lak", "Đắk Lắk", "Dak Lak", "đak lak"])
def test_a_plain_d_finds_the_vietnamese_one(text: str) -> None:
    assert found(text)[0] == "66@2025-07-01"


def test_the_place_of_a_tone_does_not_matter() -> None:
    assert found("Hoà Bình", limit=50) == found("Hòa Bình", limit=50)
    assert found("Thuỷ Nguyên") == found("Thủy Nguyên")


def test_accents_that_were_typed_come_first() -> None:
    assert all(match.area.name.startswith("Hòa") for match in AREAS.search("Hoà", limit=5))
    assert all(match.area.name.startswith("Hóa") for match in AREAS.search("Hoá", limit=2))


def test_an_old_name_finds_the_old_area_and_says_what_it_became() -> None:
    hau_giang = AREAS.search("hau giang")[0]
    assert hau_giang == AreaMatch(AREAS.get("93@"), "tỉnh Hậu Giang", "92@2025-07-01", False)
    old_name = AREAS.search("Thừa Thiên Huế")[0]
    assert (old_name.area.area_id, old_name.name) == ("46@", "tỉnh Thừa Thiên Huế")
    assert old_name.successor_id == "46@2025-07-01"
    district = AREAS.search("thành phố Vĩnh Yên")[0]
    assert (district.area.area_id, district.successor_id) == ("243@", None)


def test_a_split_area_says_that_its_successor_is_an_estimate() -> None:
    match = next(m for m in AREAS.search("tien duong") if m.area.area_id == "00472@")
    assert (match.successor_id, match.estimated) == ("00466@2025-07-01", True)


def test_areas_that_still_are_come_before_those_that_ended() -> None:
    assert found("kien giang")[0] == "91@"  # the only province of that name
    assert found("an giang")[:2] == ["91@2025-07-01", "89@"]


def test_a_code_finds_all_who_held_it_and_them_first() -> None:
    assert found("25")[:2] == ["25@2025-07-01", "25@"]
    assert found("20333") == ["20333@2025-07-01"]


def test_words_may_add_what_an_area_lies_in() -> None:
    assert found("hoa binh vinh long", level=Level.COMMUNE)
    for match in AREAS.search("hoa binh vinh long", level=Level.COMMUNE):
        names = {AREAS.get(one).name for one in AREAS.belongs_to(match.area.area_id)}
        assert names & {"Vĩnh Long"}
    assert found("phuong 1 da lat")[0] == "24784@"


def test_a_search_may_stay_within_an_area_then_or_today() -> None:
    inside = found("vĩnh yên", within="25@2025-07-01")
    assert "243@" in inside  # the old city is on the new province's map
    assert found("vĩnh yên", within="25@") == []  # but never was in the old province
    assert found("phung nguyen", within="01@2025-07-01") == []


def test_a_level_and_a_limit_narrow_a_search() -> None:
    assert {m.area.level for m in AREAS.search("ha", level=Level.PROVINCE)} == {Level.PROVINCE}
    assert len(found("ha", limit=3)) == 3


@pytest.mark.parametrize("text", ["", "  ", "---", "zzzzz"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert found(text) == []


def test_an_area_is_found_once_however_many_names_it_had() -> None:
    ids = found("dong nai", limit=100)
    assert len(ids) == len(set(ids))
