"""What a wall is told: which slides are on, what they show, and whom."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from dash import Dash

from dashboards.access import Person
from dashboards.shell import create_app
from dashboards.whoami import with_open_pages
from domain.scope import EVERYTHING, Scope
from store.state import screen_orders, screens, sessions
from store.state.screen_orders import Order
from tests.dashboards.logging_in import Visitor, add, called, deed

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 14:00 in Vietnam
VALUES, MAP, SOURCES = 1, 2, 6
TEXT = """
[hall]
title = "Sảnh"
[[hall.slides]]
[[hall.slides.tiles]]
kind = "text"
text = "Chào mừng <b>quý vị</b>"
[[hall.slides.tiles]]
kind = "values"
area = "25"
metrics = ["dossiers_received"]
"""


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("wall") / "home"
    shutil.copytree(home, own)
    (own / "config").mkdir(exist_ok=True)
    return create_app(own)


@pytest.fixture
def wall(app: Dash) -> Visitor:
    return Visitor(app)


def told(who: Visitor, path: str) -> Any:
    answer = who.get(path, Accept="application/json")
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)


def keys(who: Visitor, name: str = "province", more: str = "") -> dict[int, str]:
    state = told(who, f"/wall/{name}/state?area=25{more}")
    return {one["place"]: one["key"] for one in state["slides"]}


def slide(who: Visitor, place: int, name: str = "province", more: str = "&area=25") -> Any:
    return told(who, f"/wall/{name}/slide/{place}?ratio=1.778{more}")


def tiles(found: Any) -> list[dict[str, str]]:
    return [tile for page in found["pages"] for tile in page]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")


@time_machine.travel(NOW, tick=False)
def test_the_state_names_the_slides_of_the_hour_and_draws_nothing(wall: Visitor) -> None:
    state = told(wall, "/wall/province/state?area=25")
    assert [one["place"] for one in state["slides"]] == [1, 2, 3, 4, 5, 6]
    assert {one["seconds"] for one in state["slides"]} == {20}
    assert state["days"]["2026-11-23"] == ["Thứ Hai, 23/11/2026", "15 tháng 10 năm Bính Ngọ"]
    assert state["night"] == "21:30-05:30"
    assert len(json.dumps(state)) < 2500
    assert keys(wall) == {one["place"]: one["key"] for one in state["slides"]}


@time_machine.travel(NOW, tick=False)
def test_a_value_on_the_wall_is_the_one_that_query_answers(wall: Visitor) -> None:
    asked = "metric=online_dossier_rate&area=25&from=2026-01-01&to=2026-11-23"
    (value,) = told(wall, f"/api/v1/query?{asked}")["values"]
    (tile,) = [one for one in tiles(slide(wall, VALUES)) if "online_dossier_rate" in one["key"]]
    shown = words_of(tile["html"])
    for number, digits in ((value["value"], 1), (value["numerator"], 0), (value["denominator"], 0)):
        text = f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,"))
        assert f" {text} " in shown
    assert "Chỉ tiêu ≥ 80 %" in shown
    assert "07:50 22/11/2026" in shown


@time_machine.travel(NOW, tick=False)
def test_what_is_missed_stands_first_with_its_owner_and_since_when(wall: Visitor) -> None:
    found = slide(wall, VALUES)
    classes = [re.search(r"ioc-tile--(\w+)", one["html"]) for one in tiles(found)]
    states = [one[1] for one in classes if one]
    order = ["missed", "near", "met", "unknown"]
    assert states == sorted(states, key=order.index)
    assert states[0] == "missed"
    first = words_of(tiles(found)[0]["html"])
    assert "Chưa đạt" in first
    assert "Phụ trách: Trung tâm Phục vụ hành chính công" in first
    assert re.search(r"Chưa đạt (ít nhất )?từ Tháng \d+/\d{4}", first)
    assert found["reds"]
    assert found["simulated"] is True


def test_a_slide_is_drawn_anew_when_its_figures_could_have_changed(wall: Visitor) -> None:
    with time_machine.travel(NOW, tick=False):
        before = keys(wall)
        assert keys(wall) == before
        assert keys(wall, more="&lang=en") != before
        assert keys(wall, "meeting").keys() != before.keys()
    with time_machine.travel(NOW + timedelta(days=120), tick=False):  # a source is late
        assert not set(keys(wall).values()) & set(before.values())


def test_only_the_tile_that_changed_has_another_digest(app: Dash, wall: Visitor) -> None:
    file = app.server.extensions["ioc-people"].home / "config" / "wall.toml"
    file.write_text(TEXT)
    try:
        with time_machine.travel(NOW, tick=False):
            first, key = slide(wall, 0, "hall", ""), keys(wall, "hall")
            assert "&lt;b&gt;quý vị&lt;/b&gt;" in str(first)
            file.write_text(TEXT.replace("Chào mừng", "Xin chào"))
            second = slide(wall, 0, "hall", "")
            assert keys(wall, "hall") != key
            digests = [{one["key"]: one["digest"] for one in tiles(two)} for two in (first, second)]
            same = {name for name in digests[0] if digests[0][name] == digests[1][name]}
            assert same == {"1-dossiers_received"}
            file.write_text("[hall")
            assert slide(wall, 0, "hall", "") == second  # a slip changes nothing
    finally:
        file.unlink()


def test_the_wall_of_an_area_is_reached_from_its_page(app: Dash, wall: Visitor) -> None:
    header, ended = (
        called(wall, app, "show_frame", "header", path).json["response"]["header"]["tree"]
        for path in ("/area/25", "/area/227")  # a district until 2025
    )
    assert '"/wall?area=25"' in json.dumps(header)
    assert '"/wall"' in json.dumps(ended)
    blind = Person("nobody", frozenset(), EVERYTHING)
    assert "/wall" not in json.dumps(with_open_pages(header, blind))
    led = wall.get("/wall?area=25&lang=en")
    assert led.headers["Location"] == "/wall/province?area=25&lang=en"


def test_what_waits_for_the_server_keeps_no_figure_and_speaks_both_languages(wall: Visitor) -> None:
    for place in ("/wall", "/screen"):
        answer = wall.get(f"{place}/worker.js")
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Service-Worker-Allowed"] == place
        assert "Đang chờ máy chủ…" in answer.text
        assert "Waiting for the server…" in answer.text
        assert "caches" not in answer.text


@time_machine.travel(NOW, tick=False)
def test_a_playlist_there_is_not_says_so_and_the_page_stays(wall: Visitor) -> None:
    assert wall.get("/wall/nowhere").status_code == 200
    state = told(wall, "/wall/nowhere/state")
    assert state["slides"] == []
    assert "“nowhere”" in state["problem"]
    assert wall.get("/wall/nowhere/slide/0").status_code == 404
    assert wall.get("/wall/province/slide/99").status_code == 404
    assert "<b>" not in told(wall, "/wall/%3Cb%3E/state")["problem"]


def test_nobody_looks_without_being_known(app: Dash) -> None:
    stranger = Visitor(app, "10.7.7.7")
    for path in ("/wall/province/state", "/wall/province/slide/0", "/wall-image/x.png"):
        assert stranger.get(path, Accept="application/json").status_code == 401
    assert "/login" in stranger.get("/wall/province").location


def test_pictures_come_from_their_folder_only(app: Dash, wall: Visitor) -> None:
    folder = app.server.extensions["ioc-people"].home / "config" / "wall"
    folder.mkdir()
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder.parent / "secret.png").write_bytes(b"secret")
    with wall.get("/wall-image/logo.png") as picture:
        assert picture.data == b"\x89PNG"
    for name in ("wall.toml", "none.png", ".png", "..png"):
        assert wall.get(f"/wall-image/{name}").status_code == 404
    for name in ("..%2Fsecret.png", "%2e%2e/secret.png"):
        assert wall.get(f"/wall-image/{name}").data != b"secret"


@time_machine.travel(NOW, tick=False)
def test_a_wall_shows_what_who_looks_may_see_and_no_more(app: Dash) -> None:
    people = app.server.extensions["ioc-people"]
    add(people.home, "cao.bang", "department", Scope(frozenset({"04@"})))
    who = Visitor(app)
    token = sessions.begin(people.home, "cao.bang", "in", datetime.now(UTC), "")
    who.client.set_cookie("ioc", token, domain="localhost")
    own = slide(who, VALUES, more="")
    assert own["place"] == "Tỉnh Cao Bằng"
    foreign = slide(who, VALUES)
    assert [words_of(one["html"]).strip() for one in tiles(foreign)] == [
        "Phần này ngoài phạm vi được xem."
    ]
    assert foreign["reds"] == []


@time_machine.travel(NOW, tick=False)
def test_a_slide_sent_to_a_screen_takes_the_place_of_its_playlist(app: Dash) -> None:
    home = app.server.extensions["ioc-people"].home
    asked = screens.ask(home, NOW, "10.1.2.7")
    assert asked is not None
    code, secret = asked
    what = ("Sảnh", "meeting", Scope(frozenset({"25@2025-07-01"})), ("10.1.2.7/32",))
    number = screens.confirm(home, code, what, deed("screen.add"))
    token = screens.receive(home, secret, NOW)
    assert token is not None
    screen = Visitor(app, "10.1.2.7")
    screen.client.set_cookie("ioc-screen", token, domain="localhost")
    before = told(screen, "/wall/meeting/state")
    assert [one["place"] for one in before["slides"]] == [0, 1, 2, 3, 4]
    until = NOW + timedelta(minutes=5)
    order = Order(number, "slide", f"province/{SOURCES}", NOW, "van.hanh", until)
    screen_orders.send(home, order, deed("screen.send"))
    now = told(screen, "/wall/meeting/state")
    assert [one["place"] for one in now["slides"]] == [SOURCES]
    assert now["theme"] == "dark"
    shown = slide(screen, SOURCES, "meeting", "")
    assert shown["title"] == "Nguồn số liệu"
    assert shown["place"] == "Tỉnh Phú Thọ"
    screen_orders.recall(home, number, deed("screen.recall"))
    assert told(screen, "/wall/meeting/state")["slides"] == before["slides"]
    screens.revoke(home, number, deed("screen.revoke"))
    assert screen.get("/wall/meeting/state", Accept="application/json").status_code == 401
    by_worker = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "empty"}
    assert screen.get("/wall/meeting", **by_worker).location == "/screen"
    assert screen.get("/version").get_json()["session"] == "dark"
