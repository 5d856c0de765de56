"""What a screen is told: one thing at a time, until its time, even while the file is unreadable."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import StoreError
from domain.scope import EVERYTHING
from store.state import screen_orders, screens
from store.state.audit import Deed, entries
from store.state.database import FILE
from store.state.screen_orders import Order, Orders

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def deed(event: str) -> Deed:
    return Deed(NOW, "van.hanh", "127.0.0.1", event, "s")


@pytest.fixture
def screen(tmp_path: Path) -> str:
    asked = screens.ask(tmp_path, NOW, "10.1.2.3")
    assert asked is not None
    what = ("Sảnh", "province", EVERYTHING, ("10.1.2.3/32",))
    return screens.confirm(tmp_path, asked[0], what, deed("screen.add"))


def order(screen: str, what: str, minutes: int = 5, kind: str = "message") -> Order:
    return Order(screen, kind, what, NOW, "van.hanh", NOW + timedelta(minutes=minutes))


def test_a_screen_is_told_one_thing_until_its_time(tmp_path: Path, screen: str) -> None:
    orders = Orders(tmp_path)
    assert orders.found(screen, NOW) is None
    screen_orders.send(tmp_path, order(screen, "một"), deed("screen.send"))
    screen_orders.send(tmp_path, order(screen, "hai"), deed("screen.send"))
    assert orders.found(screen, NOW) == order(screen, "hai")
    assert orders.found("other", NOW) is None
    assert orders.found(screen, NOW + timedelta(minutes=5)) is None
    screen_orders.recall(tmp_path, screen, deed("screen.recall"))
    assert orders.found(screen, NOW) is None
    assert len(entries(tmp_path, sought="screen.send", most=9)) == 2


def test_what_it_was_told_last_holds_while_the_file_cannot_be_read(
    tmp_path: Path, screen: str
) -> None:
    orders = Orders(tmp_path)
    screen_orders.send(tmp_path, order(screen, "một"), deed("screen.send"))
    assert orders.found(screen, NOW) == order(screen, "một")
    other = tmp_path / "other"
    other.write_bytes(b"no database at all" * 1000)
    other.replace(tmp_path / FILE)
    assert orders.found(screen, NOW) == order(screen, "một")
    assert orders.found(screen, NOW + timedelta(minutes=6)) is None


def test_a_screen_there_is_not_is_told_nothing(tmp_path: Path, screen: str) -> None:
    with pytest.raises(StoreError, match="There is no screen 'x' in use"):
        screen_orders.send(tmp_path, order("x", "một"), deed("screen.send"))
    screens.revoke(tmp_path, screen, deed("screen.revoke"))
    with pytest.raises(StoreError, match="in use"):
        screen_orders.assign(tmp_path, screen, "meeting", deed("screen.playlist"))
    assert entries(tmp_path, sought="screen.send", most=9) == []


def test_a_screen_plays_what_it_is_given(tmp_path: Path, screen: str) -> None:
    screen_orders.assign(tmp_path, screen, "meeting", deed("screen.playlist"))
    assert [one.playlist for one in screens.screens(tmp_path)] == ["meeting"]
