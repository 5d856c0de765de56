"""The tiles of values: their order, and what old figures lose."""

from collections.abc import Callable

import pytest

from dashboards.board import Board
from dashboards.data import Visit
from dashboards.text import words
from dashboards.wall.layout import Room
from dashboards.wall.value import Values

ROOM = Room(0, 0, 25.6, 18.8)
MISSED, OTHER = "work_files_online_rate", "on_time_rate_resolved"


@pytest.fixture
def board(visit: Callable[..., Visit]) -> Board:
    found = visit("/area/25")
    return Board(found.view, found.snapshot, found.rules, found.scope, found.now, (OTHER, MISSED))


def aged(board: Board, state: str) -> Values:
    """The same values, of which the missed one is as old as said."""
    headline = dict(board.headline)
    headline[MISSED] = headline[MISSED]._replace(freshness=state)
    board.__dict__["headline"] = headline
    return Values(board, words("vi"))


def test_what_is_missed_stands_first_and_in_red(board: Board) -> None:
    values = Values(board, words("vi"))
    assert values.order() == [MISSED, OTHER]
    assert values.red(MISSED)
    html = values.tile(MISSED, ROOM)
    assert "ioc-status--pill" in html
    assert "ioc-is-stale" not in html


@pytest.mark.parametrize("state", ["stale", "suspect", "down"])
def test_what_is_old_loses_its_colour_and_its_place(board: Board, state: str) -> None:
    values = aged(board, state)
    assert values.order() == [OTHER, MISSED]
    assert not values.red(MISSED)
    html = values.tile(MISSED, ROOM)
    assert "ioc-is-stale" in html
    assert "ioc-status--pill" not in html
    assert "Phụ trách" not in html
    assert words("vi")(f"freshness.{state}") in html


def test_missing_is_a_dash_with_its_reason_and_never_a_number(board: Board) -> None:
    headline = dict(board.headline)
    headline[MISSED] = headline[MISSED]._replace(value=None, status="unknown")
    board.__dict__["headline"] = headline
    html = Values(board, words("vi")).tile(MISSED, ROOM)
    assert ">—<" in html
    assert "Chưa có dữ liệu" in html
    assert "%" not in html


def test_a_number_is_as_large_as_its_room_allows(board: Board) -> None:
    values = Values(board, words("vi"))
    sizes = [
        float(values.tile(OTHER, room).split("--size:")[1].split("rem")[0])
        for room in (Room(0, 0, 17, 11.8), ROOM, Room(0, 0, 23.5, 16))
    ]
    assert sizes[0] >= 2.1
    assert sizes[1] > sizes[0]
    assert max(sizes) <= 7.0
