"""Boards are their owner's: in order, within limits, and put back for a day after being removed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.state import boards
from store.state.boards import MOST_BOARDS, MOST_PINS, Board

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def board_id(tmp_path: Path) -> str:
    """Lan's board with the pins a, b and c."""
    made = boards.add_board(tmp_path, "lan", "Giao ban", NOW)
    assert made is not None
    for title in "abc":
        assert boards.pin(tmp_path, "lan", made, "trend", "/area/25", title, NOW)
    return made


def seen(home: Path, board_id: str, person: str = "lan") -> Board:
    found = boards.board_of(home, board_id, person)
    assert found is not None
    return found


def titles(home: Path, board_id: str) -> list[str]:
    return [one.title for one in seen(home, board_id).pins]


def pin_named(home: Path, board_id: str, title: str) -> str:
    return next(one.pin_id for one in seen(home, board_id).pins if one.title == title)


def test_pins_are_moved_among_their_neighbours_and_not_past_the_ends(
    tmp_path: Path, board_id: str
) -> None:
    last = pin_named(tmp_path, board_id, "c")
    assert boards.move_pin(tmp_path, last, "lan", -1)
    assert titles(tmp_path, board_id) == ["a", "c", "b"]
    assert not boards.move_pin(tmp_path, pin_named(tmp_path, board_id, "a"), "lan", -1)
    assert not boards.move_pin(tmp_path, pin_named(tmp_path, board_id, "b"), "lan", 1)
    assert titles(tmp_path, board_id) == ["a", "c", "b"]


def test_what_is_removed_comes_back_where_it_was(tmp_path: Path, board_id: str) -> None:
    middle = pin_named(tmp_path, board_id, "b")
    assert boards.remove_pin(tmp_path, middle, "lan", NOW)
    assert titles(tmp_path, board_id) == ["a", "c"]
    assert not boards.remove_pin(tmp_path, middle, "lan", NOW)
    assert boards.remove_pin(tmp_path, middle, "lan", None)
    assert titles(tmp_path, board_id) == ["a", "b", "c"]


def test_after_a_day_it_is_gone_for_good(tmp_path: Path, board_id: str) -> None:
    pin_id = pin_named(tmp_path, board_id, "b")
    boards.remove_pin(tmp_path, pin_id, "lan", NOW)
    boards.add_board(tmp_path, "minh", "Khác", NOW + timedelta(hours=23))
    assert boards.remove_pin(tmp_path, pin_id, "lan", None)
    boards.remove_pin(tmp_path, pin_id, "lan", NOW)
    boards.add_board(tmp_path, "minh", "Khác nữa", NOW + timedelta(hours=25))
    assert not boards.remove_pin(tmp_path, pin_id, "lan", None)


def test_a_board_is_removed_with_its_pins_and_put_back_with_them(
    tmp_path: Path, board_id: str
) -> None:
    assert boards.remove_board(tmp_path, board_id, "lan", NOW)
    assert boards.boards_of(tmp_path, "lan") == []
    assert boards.remove_board(tmp_path, board_id, "lan", None)
    assert titles(tmp_path, board_id) == ["a", "b", "c"]


def test_nobody_else_sees_it_unless_it_is_shared_or_changes_it_ever(
    tmp_path: Path, board_id: str
) -> None:
    pin_id = pin_named(tmp_path, board_id, "a")
    assert boards.board_of(tmp_path, board_id, "minh") is None
    assert boards.change_board(tmp_path, board_id, "lan", shared=True)
    assert seen(tmp_path, board_id, "minh").title == "Giao ban"
    assert not boards.change_board(tmp_path, board_id, "minh", title="Của Minh")
    assert not boards.remove_board(tmp_path, board_id, "minh", NOW)
    assert not boards.rename_pin(tmp_path, pin_id, "minh", "x")
    assert not boards.move_pin(tmp_path, pin_id, "minh", 1)
    assert not boards.remove_pin(tmp_path, pin_id, "minh", NOW)
    assert boards.pin(tmp_path, "minh", board_id, "trend", "/", "", NOW) is None
    assert boards.boards_of(tmp_path, "minh") == []
    assert boards.change_board(tmp_path, board_id, "lan", shared=False)
    assert boards.board_of(tmp_path, board_id, "minh") is None
    assert titles(tmp_path, board_id) == ["a", "b", "c"]


def test_a_board_holds_so_many_pins_and_a_person_so_many_boards(
    tmp_path: Path, board_id: str
) -> None:
    first = pin_named(tmp_path, board_id, "a")
    boards.remove_pin(tmp_path, first, "lan", NOW)
    made = [
        boards.pin(tmp_path, "lan", board_id, "view", "/", "", NOW) for _ in range(MOST_PINS - 1)
    ]
    assert [one is not None for one in made] == [True] * (MOST_PINS - 2) + [False]
    assert not boards.remove_pin(tmp_path, first, "lan", None)
    more = [boards.add_board(tmp_path, "lan", str(n), NOW) for n in range(MOST_BOARDS)]
    assert [one is not None for one in more] == [True] * (MOST_BOARDS - 1) + [False]
    assert boards.add_board(tmp_path, "minh", "Một", NOW) is not None
