"""One set of rules for every shape of screen: nothing overlaps and nothing is left out."""

from itertools import pairwise, product

import pytest

from dashboards.wall.layout import LINES, Part, Room, Sheet, pages

SHAPES = {"1920x1080": 16 / 9, "3840x2160": 16 / 9, "2560x1080": 64 / 27, "1080x1920": 9 / 16}
MIXES = [(3, 0, 0), (6, 0, 0), (12, 0, 0), (0, 1, 0), (0, 2, 0), (0, 6, 0), (3, 2, 0), (6, 2, 1)]


def mixed(small: int, large: int, tickers: int) -> list[Part]:
    sizes = ["small"] * small + ["large"] * large + ["ticker"] * tickers
    return [Part(str(number), size) for number, size in enumerate(sizes)]


def overlap(one: Room, other: Room) -> bool:
    beside = one.x + one.width <= other.x + 0.01 or other.x + other.width <= one.x + 0.01
    return not (beside or one.y + one.height <= other.y + 0.01 or other.y + other.height <= one.y)


@pytest.mark.parametrize(("shape", "mix"), list(product(SHAPES, MIXES)))
def test_every_part_has_a_room_of_its_own(shape: str, mix: tuple[int, int, int]) -> None:
    sheet = Sheet.of(SHAPES[shape], 1.0)
    stage = sheet.stage
    laid = pages(mixed(*mix), sheet)
    placed = {part.key for page in laid for part, _ in page}
    assert len(placed) == sum(mix)
    for page in laid:
        rooms = [room for _, room in page]
        for room in rooms:
            assert room.x >= stage.x - 0.01
            assert room.y >= stage.y - 0.01
            assert room.x + room.width <= stage.x + stage.width + 0.05
            assert room.y + room.height <= stage.y + stage.height + 0.05
        assert not any(overlap(one, other) for one, other in pairwise(rooms))


def test_a_screen_is_45_lines_high_whatever_its_pixels() -> None:
    assert Sheet.of(SHAPES["1920x1080"], 1.0) == Sheet.of(SHAPES["3840x2160"], 1.0)
    assert Sheet.of(16 / 9, 1.0) == Sheet(80.0, LINES)
    assert Sheet.of(16 / 9, 1.25) == Sheet(64.0, 36.0)  # everything a quarter larger


def test_six_values_stand_three_by_two_and_on_an_upright_screen_two_by_two_pages() -> None:
    wide, upright = (
        pages(mixed(6, 0, 0), Sheet.of(SHAPES[one], 1.0))
        for one in (
            "1920x1080",
            "1080x1920",
        )
    )
    (page,) = wide
    assert len({room.x for _, room in page}) == 3
    assert [len(page) for page in upright] == [2, 2, 2]
