from collections.abc import Callable

from dashboards.data import Visit
from dashboards.search import found_areas


def found(visit: Visit, text: str) -> list[tuple[str, str]]:
    view, span = visit.view, visit.view.span(visit.snapshot.horizon)
    options = found_areas(text, view, visit.rules.register, span, visit.words)
    return [(option["label"], option["value"]) for option in options]


def test_a_name_is_found_without_its_accents(visit: Callable[..., Visit]) -> None:
    assert found(visit("/"), "phu tho")[0] == ("Tỉnh Phú Thọ", "/area/25")
    assert found(visit("/"), "PHÙNG NGUYÊN")[0] == (
        "Xã Phùng Nguyên, Tỉnh Phú Thọ",
        "/area/08521",
    )


def test_an_old_name_finds_the_old_area_and_says_what_it_is_today(
    visit: Callable[..., Visit],
) -> None:
    options = dict(found(visit("/"), "hau giang"))
    assert options["Tỉnh Hậu Giang → nay là Thành phố Cần Thơ"] == "/area/93@2025-06-30"


def test_an_ended_district_says_when_it_ended(visit: Callable[..., Visit]) -> None:
    options = dict(found(visit("/"), "huyen lam thao"))
    assert options["Huyện Lâm Thao, Tỉnh Phú Thọ (kết thúc năm 2025)"] == "/area/237@2025-06-30"


def test_a_code_finds_its_area(visit: Callable[..., Visit]) -> None:
    assert found(visit("/"), "20333")[0][1] == "/area/20333"


def test_what_was_chosen_stays_chosen(visit: Callable[..., Visit]) -> None:
    options = found(visit("/area/04?metric=dossiers_received&grain=year"), "phu tho")
    assert options[0][1] == "/area/25?grain=year&metric=dossiers_received"


def test_one_letter_is_not_searched(visit: Callable[..., Visit]) -> None:
    assert found(visit("/"), "p") == []
