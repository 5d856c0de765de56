"""A wall: how it becomes ours, what it may show, and what it outlives."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from dash import Dash

from dashboards.shell import create_app
from domain.scope import Scope
from store.state import screens, sessions
from store.state.audit import entries
from store.state.database import FILE
from store.state.screens import Screen
from tests.dashboards.logging_in import Visitor, add

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PHU_THO = Scope(frozenset({"25@2025-07-01"}))
WALL = "10.1.2.7"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("screens")
    add(home, "van.hanh", "operator")
    add(home, "phu.tho", "operator", PHU_THO)
    add(home, "lanh.dao", "leader")
    return home


@pytest.fixture(scope="module")
def app(home: Path) -> Dash:
    return create_app(home)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def operator(app: Dash, name: str = "van.hanh") -> Visitor:
    people = app.server.extensions["ioc-people"]
    visitor = Visitor(app)
    token = sessions.begin(people.home, name, "in", datetime.now(UTC), "127.0.0.1")
    visitor.client.set_cookie("ioc", token, domain="localhost")
    return visitor


def code_on(wall: Visitor) -> str:
    shown = re.search(r'class="ioc-code"[^>]*>([A-Z0-9]{4} [A-Z0-9]{4})<', wall.get("/screen").text)
    assert shown is not None
    return shown[1]


def confirmed(app: Dash, wall: Visitor, **more: str) -> str:
    """The name of a screen that an operator confirmed."""
    fields = {"code": code_on(wall), "name": "Sảnh", "areas": "25", "organisations": "*", **more}
    who = operator(app)
    answer = who.submit("/screens", "/screens/new", **fields)
    assert "Đã thêm màn hình" in answer.text, answer.text
    assert wall.get("/screen").location == "/screen"  # it has its token now
    playlist = more.get("playlist")
    assert wall.get("/screen").location == (f"/wall/{playlist}" if playlist else "/area/25")
    return fields["name"]


def shows(wall: Visitor) -> bool:
    return wall.get("/_dash-layout", Accept="*/*").status_code == 200


def state(wall: Visitor, query: str = "") -> str:
    return str(wall.get(f"/version{query}").get_json()["session"])


def kept(home: Path, name: str) -> Screen:
    return next(one for one in screens.screens(home) if one.name == name)


# ---- becoming one of ours


def test_a_wall_shows_a_code_until_somebody_who_may_says_which_it_is(home: Path, app: Dash) -> None:
    wall = Visitor(app, WALL)
    assert not shows(wall)
    code = code_on(wall)
    assert code_on(wall) == code
    assert 'http-equiv="refresh"' in wall.get("/screen").text
    confirmed(app, wall, name="Phòng họp", playlist="meeting")
    assert shows(wall)
    assert state(wall) == "live"
    found = kept(home, "Phòng họp")
    assert (found.scope, found.addresses, found.playlist) == (PHU_THO, (f"{WALL}/32",), "meeting")
    (entry,) = entries(home, sought="screen.add", most=1)
    assert entry.deed.actor == "van.hanh"
    assert entry.deed.object.endswith("Phòng họp")


def test_a_code_is_good_for_one_screen_once_and_for_ten_minutes(
    app: Dash, clock: time_machine.Traveller
) -> None:
    wall = Visitor(app, "10.1.2.8")
    code = code_on(wall)
    who = operator(app)
    fields = {"name": "x", "areas": "*", "organisations": "*"}
    clock.shift(601)
    assert (
        "Không có màn hình nào" in who.submit("/screens", "/screens/new", code=code, **fields).text
    )
    fresh = code_on(wall)
    assert fresh != code
    typed = fresh.lower().replace(" ", "-")
    assert "Đã thêm" in who.submit("/screens", "/screens/new", code=typed, **fields).text
    again = who.submit("/screens", "/screens/new", code=fresh, **fields)
    assert again.status_code == 400
    thief = Visitor(app, "10.1.2.8")
    assert not shows(thief)
    assert code_on(thief) != fresh


@pytest.mark.parametrize("role", ["lanh.dao"])
def test_who_may_not_confirms_nothing(app: Dash, role: str) -> None:
    who = operator(app, role)
    assert who.get("/screens").status_code == 403
    assert who.post("/screens/new", {"code": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "Hãy đặt tên"),
        ({"areas": ""}, "Hãy ghi mã"),
        ({"areas": "99"}, "Không có địa bàn nào mang mã “99”"),
        ({"organisations": "<b>"}, "không phải mã cơ quan"),
        ({"addresses": "10.1.2"}, "không phải địa chỉ"),
        ({"addresses": "0.0.0.0/0"}, "không phải địa chỉ"),
        ({"code": "AAAAAAAA"}, "Không có màn hình nào đang hiện mã ấy"),
        ({"playlist": "<b>"}, "Không có danh sách phát “&lt;b&gt;”"),
    ],
)
def test_a_slip_is_said_in_words_and_nothing_is_made(
    home: Path, app: Dash, change: dict[str, str], said: str
) -> None:
    wall = Visitor(app, "10.9.9.9")
    before = len(screens.screens(home))
    given = {"code": code_on(wall), "name": "x", "areas": "*", "organisations": "*", **change}
    answer = operator(app).submit("/screens", "/screens/new", **given)
    assert answer.status_code == 400
    assert said in answer.text
    assert len(screens.screens(home)) == before
    with sqlite3.connect(home / FILE) as db:
        db.execute("delete from enrolment")
    db.close()


def test_nobody_gives_a_screen_more_than_they_see(app: Dash) -> None:
    wall = Visitor(app, "10.1.2.10")
    who = operator(app, "phu.tho")
    given = {"code": code_on(wall), "name": "x", "organisations": "*"}
    for areas in ("*", "01"):
        answer = who.submit("/screens", "/screens/new", areas=areas, **given)
        assert "không được xem rộng hơn" in answer.text
    assert "Đã thêm" in who.submit("/screens", "/screens/new", areas="25", **given).text


def test_whoever_asks_for_codes_without_end_fills_nothing(tmp_path: Path) -> None:
    add(tmp_path, "one", "leader")
    app = create_app(tmp_path)
    told = [Visitor(app, "10.3.3.3").get("/screen").status_code for _ in range(9)]
    assert told == [200] * 8 + [429]
    assert "Quá nhiều màn hình đang chờ" in Visitor(app, "10.3.3.3").get("/screen").text
    assert Visitor(app, "10.3.3.4").get("/screen").status_code == 200


# ---- being one


def test_a_screen_looks_and_does_nothing_else(app: Dash) -> None:
    wall = Visitor(app, WALL)
    confirmed(app, wall, name="Chỉ xem")
    for path in ("/account", "/people", "/screens", "/audit", "/download", "/download/rejected"):
        assert wall.get(path).status_code == 403, path
    assert wall.post("/logout", {}).status_code == 403
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01"}
    foreign = wall.client.get("/api/v1/query", query_string={**given, "area": "01"}, **wall.how)
    assert foreign.status_code in (403, 503)  # there is no snapshot in this home


def test_a_screen_asks_from_its_addresses_alone(app: Dash) -> None:
    wall = Visitor(app, "10.1.5.7")
    confirmed(app, wall, name="Dải", addresses="10.1.5.0/24, 2001:db8::/64")
    token = wall.cookie("ioc-screen")
    for address, good in (("10.1.5.200", True), ("2001:db8::7", True), ("10.1.6.7", False)):
        other = Visitor(app, address)
        other.client.set_cookie("ioc-screen", token, domain="localhost")
        assert shows(other) == good
        assert state(other) == ("live" if good else "dark")


def test_it_is_known_when_a_screen_was_there_with_what(home: Path, app: Dash) -> None:
    wall = Visitor(app, WALL)
    confirmed(app, wall, name="Biết")
    with sqlite3.connect(home / FILE) as db:
        db.execute("update screen set seen_at = null")
    db.close()
    state(wall, "?build=abc123&size=3840x2160")
    found = kept(home, "Biết")
    assert found.seen_at is not None
    assert (found.seen_from, found.build, found.resolution) == (WALL, "abc123", "3840x2160")
    state(wall, "?build=<script>&size='or1=1")
    assert kept(home, "Biết").resolution == "3840x2160"
    page = operator(app).get("/screens").text
    assert "3840 × 2160" in page
    assert "abc123" in page


def test_a_token_is_exchanged_every_day_and_a_restart_in_between_logs_nobody_out(
    home: Path, app: Dash, clock: time_machine.Traveller
) -> None:
    wall = Visitor(app, WALL)
    confirmed(app, wall, name="Đổi khóa")
    first = wall.cookie("ioc-screen")
    clock.shift(DAY - timedelta(minutes=1))
    assert (state(wall), wall.cookie("ioc-screen")) == ("live", first)
    clock.shift(timedelta(minutes=2))
    lost = Visitor(app, WALL)  # its answer never arrives
    lost.client.set_cookie("ioc-screen", first, domain="localhost")
    assert state(lost) == "live"
    assert lost.cookie("ioc-screen") != first
    again = create_app(home)  # a restart
    wall.client = again.server.test_client()
    wall.client.set_cookie("ioc-screen", first, domain="localhost")
    clock.shift(timedelta(hours=3))
    assert shows(wall)
    second = wall.cookie("ioc-screen")
    assert second != first
    assert shows(wall)  # the new one is used: the old ones end soon
    for token, minutes, good in ((first, 9, True), (first, 2, False), (second, 0, True)):
        clock.shift(timedelta(minutes=minutes))
        other = Visitor(app, WALL)
        other.client.set_cookie("ioc-screen", token, domain="localhost")
        assert shows(other) == good
        assert other.cookie("ioc-screen") == token  # and none of them is exchanged now


def test_requests_at_once_are_given_one_new_token(app: Dash, clock: time_machine.Traveller) -> None:
    wall = Visitor(app, WALL)
    confirmed(app, wall, name="Cùng lúc")
    first = wall.cookie("ioc-screen")
    clock.shift(DAY)
    given = set()
    for _ in range(5):
        other = Visitor(app, WALL)
        other.client.set_cookie("ioc-screen", first, domain="localhost")
        assert shows(other)
        given.add(other.cookie("ioc-screen"))
    assert len(given - {first}) == 1


def test_a_screen_that_was_off_for_a_month_is_enrolled_again(
    app: Dash, clock: time_machine.Traveller
) -> None:
    wall = Visitor(app, WALL)
    confirmed(app, wall, name="Tháng")
    clock.shift(timedelta(days=29))
    assert shows(wall)
    clock.shift(timedelta(days=31))
    assert state(wall) == "dark"
    assert code_on(wall)


def test_a_revoked_screen_is_dark_and_shows_a_code(home: Path, app: Dash) -> None:
    wall = Visitor(app, WALL)
    name = confirmed(app, wall, name="Thu hồi")
    number = kept(home, name).screen_id
    who = operator(app)
    assert "Thu hồi" in who.submit("/screens", f"/screens/{number}/revoke").text
    assert state(wall) == "dark"
    assert not shows(wall)
    assert wall.get("/area/25").location == "/screen"
    assert code_on(wall)
    (entry,) = entries(home, sought="screen.revoke", most=1)
    assert (entry.deed.actor, entry.deed.object) == ("van.hanh", number)
    assert f"/screens/{number}/revoke" not in who.get("/screens").text


def test_somebody_who_logs_in_at_a_wall_leaves_it_running(app: Dash) -> None:
    wall = Visitor(app, WALL)
    confirmed(app, wall, name="Đăng nhập")
    wall.client.set_cookie("ioc", "a session that ended", domain="localhost")
    assert shows(wall)
    assert state(wall) == "live"


# ---- what it plays, and what it is sent


def on(wall: Visitor, path: str = "/wall/province") -> dict[str, Any]:
    return dict(wall.get(f"{path}/state", Accept="application/json").get_json())


def test_a_screen_plays_its_own_playlist_whatever_it_asks_for(home: Path, app: Dash) -> None:
    wall = Visitor(app, WALL)
    name = confirmed(app, wall, name="Phát", playlist="meeting")
    asked = "/wall/province", "/wall/meeting", "/wall/nowhere"
    titles = [wall.get(path).text.partition("<title>")[2].partition(" ·")[0] for path in asked]
    assert titles == ["Giao ban"] * 3
    number = kept(home, name).screen_id
    answer = operator(app).submit("/screens", f"/screens/{number}/playlist", playlist="province")
    assert "Đã đổi danh sách phát" in answer.text
    assert "Toàn cảnh điều hành" in wall.get("/wall/meeting").text
    assert wall.get("/screen").location == "/wall/province"
    (entry,) = entries(home, sought="screen.playlist", most=1)
    assert (entry.deed.object, entry.deed.detail) == (number, "province")
    wrong = operator(app).submit("/screens", f"/screens/{number}/playlist", playlist="none")
    assert wrong.status_code == 400


def test_a_message_fills_one_screen_until_its_time_or_until_it_is_called_back(
    home: Path, app: Dash, clock: time_machine.Traveller
) -> None:
    one, other = Visitor(app, WALL), Visitor(app, WALL)
    number = kept(home, confirmed(app, one, name="Nhận", playlist="meeting")).screen_id
    confirmed(app, other, name="Không nhận", playlist="meeting")
    send, words = f"/screens/{number}/send", "8:30 họp <b>giao ban</b> tại phòng 201"
    answer = operator(app).submit("/screens", send, text=words, slide="", minutes="15")
    assert "Đã gửi đến màn hình" in answer.text
    assert on(one)["message"] == {"text": words, "by": "Vận hành gửi lúc 09:00 22/11/2026"}
    assert on(other).get("message") is None
    (entry,) = entries(home, sought="screen.send", most=1)
    assert (entry.deed.actor, entry.deed.object) == ("van.hanh", number)
    assert entry.deed.detail == f"message, 15 min: {words}"
    clock.shift(timedelta(minutes=14, seconds=59))
    assert on(one)["message"]
    clock.shift(1)
    assert on(one).get("message") is None
    operator(app).submit("/screens", send, text="Lần hai", slide="", minutes="15")
    assert on(one)["message"]["text"] == "Lần hai"
    operator(app).submit("/screens", f"/screens/{number}/recall")
    assert on(one).get("message") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": " "}, "Hãy ghi lời, hoặc chọn một trang"),
        ({"text": "", "slide": "province/99"}, "Hãy ghi lời, hoặc chọn một trang"),
        ({"minutes": "0"}, "Số phút từ 1 đến 480"),
        ({"minutes": "481"}, "Số phút từ 1 đến 480"),
        ({"minutes": "²"}, "Số phút từ 1 đến 480"),
    ],
)
def test_a_slip_sends_nothing(home: Path, app: Dash, change: dict[str, str], said: str) -> None:
    wall = Visitor(app, WALL)
    number = kept(home, confirmed(app, wall, name="Sai", playlist="meeting")).screen_id
    given = {"text": "x", "slide": "", "minutes": "5", **change}
    answer = operator(app).submit("/screens", f"/screens/{number}/send", **given)
    assert answer.status_code == 400
    assert said in answer.text
    assert on(wall).get("message") is None
    operator(app).submit("/screens", f"/screens/{number}/revoke")


def test_nobody_but_operators_sends_anything(home: Path, app: Dash) -> None:
    wall = Visitor(app, WALL)
    number = kept(home, confirmed(app, wall, name="Của vận hành")).screen_id
    for who in (operator(app, "lanh.dao"), wall):
        for action in ("send", "recall", "playlist"):
            assert who.post(f"/screens/{number}/{action}", {"text": "x"}).status_code == 403
    answer = operator(app).submit("/screens", f"/screens/{number}/playlist", playlist="")
    assert answer.status_code == 200
    gone = operator(app).post("/screens/none/recall", {})
    assert gone.status_code == 403  # without the token of its session


# ---- while nothing can be looked up


def test_a_wall_goes_on_while_the_file_cannot_be_used_and_nobody_logs_in(
    home: Path, app: Dash
) -> None:
    wall, stranger = Visitor(app, WALL), Visitor(app, WALL)
    confirmed(app, wall, name="Khóa tệp")
    assert shows(wall)
    form = stranger.get("/login").text
    token = re.search(r'name="token" value="([0-9a-f]+)"', form)
    assert token is not None
    with broken(home / FILE):
        assert shows(wall)
        assert state(wall) == "live"
        fields = {"token": token[1], "name": "lanh.dao", "password": "x"}
        refused = stranger.post("/session", fields, Accept="text/html")
        assert refused.status_code == 503
        assert "Không đọc được dữ liệu tài khoản" in refused.text
        visitor = Visitor(app)
        visitor.client.set_cookie("ioc", "somebody", domain="localhost")
        assert visitor.get("/people").status_code == 503
    assert shows(wall)


@contextmanager
def broken(path: Path) -> Iterator[None]:
    """The file's place is taken by one that is no database."""
    with sqlite3.connect(path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    kept, other = path.with_suffix(".kept"), path.with_suffix(".other")
    kept.hardlink_to(path)
    other.write_bytes(b"no database at all" * 1000)
    other.replace(path)
    try:
        yield
    finally:
        kept.replace(path)
