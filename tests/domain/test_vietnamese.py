from hypothesis import given
from hypothesis import strategies as st

from domain.vietnamese import canonical, folded, sort_key


def test_searching_ignores_accents_case_and_where_a_tone_is_put() -> None:
    assert folded("Đắk  Lắk") == folded("dak lak") == "dak lak"
    assert folded("Hoà Bình") == folded("Hòa Bình") == "hoa binh"
    assert folded("Thừa Thiên - Huế") == "thua thien hue"


def test_comparing_ignores_only_where_a_tone_is_put() -> None:
    assert canonical("Hoà") == canonical("Hòa") == canonical("Ho\u0300a".upper())
    assert canonical("Thuỷ") == canonical("Thủy")
    assert canonical("Hòa") != canonical("Hóa")
    assert canonical("Hòa") != canonical("Hoa")
    assert canonical("Đa") != canonical("Da")


def test_names_sort_as_a_vietnamese_dictionary_does() -> None:
    names = ["Đà Nẵng", "Ea Súp", "Dak", "An Giang", "Ấm", "Ăn", "Âm", "Ba", "Bả", "Bá", "Bạ"]
    assert sorted(names, key=sort_key) == [
        *("An Giang", "Ăn", "Âm", "Ấm", "Ba", "Bả", "Bá", "Bạ", "Dak", "Đà Nẵng", "Ea Súp"),
    ]


def test_numbers_sort_by_their_size_and_before_names() -> None:
    assert sorted(["10", "Tân", "2", "9"], key=sort_key) == ["2", "9", "10", "Tân"]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(), st.text())
def test_any_two_texts_can_be_sorted(a: str, b: str) -> None:
    assert (sort_key(a) < sort_key(b)) or (sort_key(b) <= sort_key(a))
