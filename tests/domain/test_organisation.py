from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.area import Level
from domain.errors import RecordError, UnknownNameError
from domain.organisation import (
    Organisation,
    OrganisationRegister,
    load_organisations,
    normalise_code,
)

HEADER = "code,name,area_code,level,kind,valid_from,valid_until\n"
DAY = date(2024, 6, 1)
ROWS = (
    HEADER + "000.00.18.H44,Sở Nội vụ,25,province,department,,2025-07-01\n"
    "H44.18,Sở Nội vụ,25,province,department,2025-07-01,\n"
    "H44.40.05,UBND xã Sơn Hùng,08521,commune,committee,,\n"
    "H14.18,Sở Nội vụ,04,province,department,,\n"
    "H10.25.05,UBND xã Lộc Thạnh,25280,commune,committee,,2025-07-01\n"
    "H10.25.11,UBND xã Lộc Thành,25294,commune,committee,,2025-07-01\n"
    "H15.99,UBND xã Vô Danh,99999,commune,committee,,\n"
)


@pytest.fixture
def organisations(tmp_path: Path) -> OrganisationRegister:
    path = tmp_path / "organisations.csv"
    path.write_text(ROWS, encoding="utf-8")
    return load_organisations(path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("000.00.18.H44", "H44.18"),
        ("H44.18", "H44.18"),
        (" h44.18 ", "H44.18"),
        ("000.00.00.H30", "H30"),
        ("H30", "H30"),
        ("28.22.H17", "H17.22.28"),
        ("G09.20", "G09.20"),
        ("H44.18.00.00", "H44.18"),
    ],
)
def test_both_orders_of_a_code_mean_the_same(text: str, code: str) -> None:
    assert normalise_code(text) == code


@pytest.mark.parametrize("text", ["", "44.18", "H4.18", "000.00.18", "H44-18", "18.H44.20"])
def test_what_is_in_neither_order_is_refused(text: str) -> None:
    with pytest.raises(RecordError, match="is not an organisation code"):
        normalise_code(text)


@given(st.lists(st.integers(1, 99), max_size=3), st.integers(10, 99))
def test_normalising_a_code_in_either_order_gives_one_that_stays(
    groups: list[int], owner: int
) -> None:
    parts = [f"{group:02}" for group in groups]
    code = ".".join([f"H{owner}", *parts])
    assert normalise_code(code) == code
    if parts:
        assert normalise_code(".".join([*reversed(parts), f"H{owner}"])) == code


def test_an_organisation_is_found_by_either_code_on_its_days(
    organisations: OrganisationRegister,
) -> None:
    before = organisations.by_code("000.00.18.H44", DAY)
    after = organisations.by_code("H44.18", date(2025, 7, 1))
    assert (before.valid_until, after.valid_from) == (date(2025, 7, 1), date(2025, 7, 1))
    with pytest.raises(UnknownNameError, match=r"no organisation 'H44.19'. Did you mean 'H44.18'"):
        organisations.by_code("H44.19", DAY)


def test_a_name_is_found_without_accents_and_with_ubnd_in_words(
    organisations: OrganisationRegister,
) -> None:
    found = organisations.by_name("Uỷ ban nhân dân xã Sơn Hùng", DAY)
    assert (found.code, found.level) == ("H44.40.05", Level.COMMUNE)


def test_a_name_that_repeats_needs_its_province(organisations: OrganisationRegister) -> None:
    with pytest.raises(
        RecordError, match=r"2 organisations are called 'Sở Nội vụ': H14.18, H44.18"
    ):
        organisations.by_name("Sở Nội vụ", DAY)
    assert organisations.by_name("Sở Nội vụ", DAY, within_province="04").code == "H14.18"
    with pytest.raises(UnknownNameError, match="no organisation 'Sở Nội vụ'"):
        organisations.by_name("Sở Nội vụ", DAY, within_province="01")


def test_an_organisation_of_an_unknown_area_is_in_no_province(
    organisations: OrganisationRegister,
) -> None:
    with pytest.raises(UnknownNameError):
        organisations.by_name("UBND xã Vô Danh", DAY, within_province="66")


def test_an_organisation_of_the_country_is_in_no_province() -> None:
    ministry = Organisation("G22", "Văn phòng Chính phủ", "VN", Level.COUNTRY, "ministry")
    with pytest.raises(UnknownNameError):
        OrganisationRegister([ministry]).by_name(ministry.name, DAY, within_province="01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,name\n", "the first line must read code,name,area_code"),
        (HEADER + "H44,UBND tỉnh\n", "line 2: a line has 7 fields"),
        (HEADER + "H44,a,25,province,k,,,x\n", "line 2: a line has 7 fields"),
        (HEADER + "H4,a,25,province,k,,\n", "line 2: 'H4' is not an organisation code"),
        (HEADER + "H44,a,25,tỉnh,k,,\n", "line 2: 'tỉnh' is not a valid Level"),
        (HEADER + "H44,a,25,province,k,soon,\n", "line 2: Invalid isoformat string"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "organisations.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError) as error:
        load_organisations(path)
    assert message in error.value.message


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UBND xã Lộc Thạnh", "H10.25.05"),
        ("Ủy ban nhân dân xã Lộc Thành", "H10.25.11"),
    ],
)
def test_names_that_differ_by_accents_alone_are_told_apart_by_them(
    organisations: OrganisationRegister, name: str, code: str
) -> None:
    assert organisations.by_name(name, DAY).code == code


def test_without_accents_they_cannot_be_told_apart(organisations: OrganisationRegister) -> None:
    with pytest.raises(RecordError, match="2 organisations"):
        organisations.by_name("UBND xa Loc Thanh", DAY)
