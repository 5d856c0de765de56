"""What somebody pins: their own, shown to others by a link, and then within the reader's scope."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards.pinned import KINDS
from dashboards.shell import create_app
from domain.scope import EVERYTHING
from tests.dashboards.logging_in import Visitor, add, called
from tests.dashboards.test_scoped import PHU_THO, visitor

PEOPLE = {"leader": EVERYTHING, "department": PHU_THO, "operator": EVERYTHING}


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("boards") / "home"
    shutil.copytree(home, own)
    for role, scope in PEOPLE.items():
        add(own, f"a.{role}", role, scope)
    return create_app(own)


@pytest.fixture
def guest(home: Path, tmp_path: Path) -> FlaskClient:
    shutil.copytree(home, tmp_path / "home")
    found: FlaskClient = create_app(tmp_path / "home").server.test_client()
    return found


def send(who: Visitor, path: str, body: dict[str, Any], lang: str = "vi") -> Any:
    return who.client.post(f"{path}?lang={lang}", json=body, **who.how)


def pinned(who: Visitor, kind: str, address: str, **more: str) -> dict[str, str]:
    answer = send(who, "/pins", {"kind": kind, "address": address, **more})
    assert answer.status_code == 201, answer.text
    told: dict[str, str] = answer.get_json()
    return told


def slot(app: Dash, who: Visitor, number: int, path: str) -> str:
    answer = called(who, app, "show_pin", f"my-pin{number}.", path)
    assert answer.status_code in (200, 204)
    return json.dumps(answer.get_json(silent=True), ensure_ascii=False)


def head(app: Dash, who: Visitor, path: str) -> str:
    return json.dumps(
        called(who, app, "show_board", "my-board", path).get_json(), ensure_ascii=False
    )


def test_a_pin_shows_what_its_page_shows_to_whoever_looks(app: Dash) -> None:
    leader, department = visitor(app, "leader"), visitor(app, "department")
    first = pinned(leader, "figure", "/area/25", metric="dossiers_received", new="Giao ban")
    country = pinned(leader, "figure", "/", metric="dossiers_received", board=first["board"])
    path = first["href"]
    assert country["board"] == first["board"]

    card = slot(app, leader, 0, path)
    assert "Hồ sơ tiếp nhận · Tỉnh Phú Thọ" in card
    page = called(leader, app, "show_page", "page.children", "/area/25").text
    value = card.split('"ioc-card__value"}, "')[1].split('"')[0]
    assert f'"ioc-card__value"}},"{value}"' in page

    assert "Không mở được bảng này" in head(app, department, path)
    assert "Hồ sơ tiếp nhận" not in slot(app, department, 0, path)

    assert send(leader, f"/boards/{first['board']}/share", {}).status_code == 200
    assert "do A.Leader chia sẻ" in head(app, department, path)
    assert slot(app, department, 0, path).split('"ioc-card__value"}, "')[1].split('"')[0] == value
    assert "Không có quyền xem" in slot(app, department, 1, path)
    assert "Không có quyền xem" not in slot(app, leader, 1, path)
    assert "data-pinned" in slot(app, leader, 0, path)
    assert "data-pinned" not in slot(app, department, 0, path)

    assert send(leader, f"/boards/{first['board']}/unshare", {}).status_code == 200
    assert "Không mở được bảng này" in head(app, department, path)


def test_nobody_changes_what_is_anothers(app: Dash) -> None:
    leader, department = visitor(app, "leader"), visitor(app, "department")
    made = pinned(leader, "view", "/area/25", new="Của tôi")
    send(leader, f"/boards/{made['board']}/share", {})
    for path in (
        f"/boards/{made['board']}/rename",
        f"/boards/{made['board']}/remove",
        f"/boards/{made['board']}/unshare",
        f"/pins/{made['pin']}/rename",
        f"/pins/{made['pin']}/down",
        f"/pins/{made['pin']}/remove",
    ):
        assert send(department, path, {"title": "x"}).status_code == 404
    wish = {"kind": "view", "address": "/", "board": made["board"]}
    assert send(department, "/pins", wish).status_code == 409
    own = department.client.get("/boards", **department.how).get_json()["boards"]
    assert made["board"] not in [one["id"] for one in own]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_in_words_or_as_a_chart(app: Dash, kind: str) -> None:
    leader = visitor(app, "leader")
    path = pinned(leader, kind, "/metric/dossiers_received?area=25", new=f"Mọi {kind}")["href"]
    shown = slot(app, leader, 0, path)
    assert "Hồ sơ tiếp nhận" in shown
    assert ("Graph" in shown) == (kind in ("trend", "map", "spread"))
    is_view = kind == "view"
    assert ("/download?" in shown) != is_view
    assert ("Cách tính" in shown) != is_view
    assert ("Bảng số liệu" in shown) == (kind in ("trend", "map", "spread"))
    assert ("data-take" in shown) == (kind in ("trend", "map", "ranking"))
    if "data-take" in shown:  # a file is of the page the pin is from
        assert '"data-address": "/metric/dossiers_received?area=25"' in shown
    send(leader, f"/boards/{path.removeprefix('/my/')}/remove", {})


def test_pins_are_renamed_moved_removed_and_put_back(app: Dash) -> None:
    leader = visitor(app, "leader")
    first = pinned(leader, "view", "/area/25", new="Sắp xếp")
    second = pinned(leader, "view", "/area/04", board=first["board"])
    path = first["href"]
    assert "Tỉnh Cao Bằng" in slot(app, leader, 1, path)
    send(leader, f"/pins/{second['pin']}/up", {})
    send(leader, f"/pins/{second['pin']}/rename", {"title": "  Biên\u200b giới "})
    assert "Biên giới" in slot(app, leader, 0, path)
    assert send(leader, f"/pins/{second['pin']}/remove", {}).status_code == 200
    assert "Tỉnh Phú Thọ" in slot(app, leader, 0, path)
    assert "Tỉnh" not in slot(app, leader, 1, path)
    assert send(leader, f"/pins/{second['pin']}/restore", {}).status_code == 200
    assert "Biên giới" in slot(app, leader, 0, path)


def test_a_page_of_a_subject_is_pinned_under_its_own_name(app: Dash) -> None:
    leader = visitor(app, "leader")
    path = pinned(leader, "view", "/subject/documents?area=25", new="Chuyên đề")["href"]
    assert "Văn bản" in slot(app, leader, 0, path)
    trend = pinned(leader, "trend", "/subject/documents?area=25", board=path.removeprefix("/my/"))
    assert trend["board"] == path.removeprefix("/my/")
    assert "Graph" in slot(app, leader, 1, path)


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "trend", "address": "/nowhere"},
        {"kind": "trend", "address": "/sources"},
        {"kind": "secrets", "address": "/"},
        {"kind": "figure", "address": "/", "metric": "no_such"},
        {"kind": "figure", "address": "/" * 501},
        {"kind": "view", "address": "/", "person": "a.leader"},
        {"kind": "view", "address": "/", "title": "x" * 81},
    ],
)
def test_what_cannot_be_read_is_not_pinned(app: Dash, wish: dict[str, str]) -> None:
    answer = send(visitor(app, "operator"), "/pins", wish)
    assert answer.status_code == 400
    assert answer.get_json()["detail"]
    assert send(visitor(app, "operator"), "/pins/0000000000000000/fly", {}).status_code == 404


def test_who_has_no_token_of_the_session_pins_nothing(app: Dash) -> None:
    leader = visitor(app, "leader")
    leader.how.pop("headers")
    assert send(leader, "/pins", {"kind": "view", "address": "/"}).status_code == 403


def test_a_full_board_says_so_in_the_readers_language(app: Dash) -> None:
    who = visitor(app, "operator")
    made = pinned(who, "view", "/", new="Đầy")
    for _ in range(11):
        pinned(who, "view", "/", board=made["board"])
    wish = {"kind": "view", "address": "/", "board": made["board"]}
    answer = send(who, "/pins", wish, lang="en")
    assert answer.status_code == 409
    assert answer.get_json()["detail"].startswith("The board holds 12 things already")


def test_a_guest_of_the_demo_keeps_pins_as_the_guest(guest: FlaskClient) -> None:
    made = guest.post("/pins", json={"kind": "view", "address": "/area/25"}).get_json()
    assert made["title"] == "Bảng của tôi"
    assert guest.get("/boards").get_json()["boards"][0]["pins"] == 1
    assert guest.get(made["href"]).status_code == 200
