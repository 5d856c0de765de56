"""Editing playlists: tried by its author alone, kept whole, and nothing kept that is wrong."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dash import Dash

from dashboards.shell import create_app
from store.state import sessions
from store.state.audit import entries
from tests.dashboards.logging_in import Visitor, add

WHERE = "/screens/playlists"
GOOD = """
[hall]
title = "Sảnh"
[[hall.slides]]
[[hall.slides.tiles]]
kind = "text"
text = "Chào </textarea><script>"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("editing")
    for name, role in (("one", "operator"), ("two", "operator"), ("boss", "leader")):
        add(home, name, role)
    return home


@pytest.fixture(scope="module")
def app(home: Path) -> Dash:
    return create_app(home)


def visitor(app: Dash, home: Path, name: str) -> Visitor:
    found = Visitor(app)
    token = sessions.begin(home, name, "in", datetime.now(UTC), "127.0.0.1")
    found.client.set_cookie("ioc", token, domain="localhost")
    return found


def sent(who: Visitor, text: str, action: str = f"{WHERE}/keep") -> tuple[int, str]:
    """What editing the page's text and pressing a button answers."""
    page = who.get(WHERE).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = who.post(action, {**hidden, "text": text})
    return answer.status_code, answer.text


def test_a_draft_is_seen_by_its_author_and_by_nobody_else(app: Dash, home: Path) -> None:
    one, two = (visitor(app, home, name) for name in ("one", "two"))
    status, page = sent(one, GOOD, f"{WHERE}/preview")
    assert status == 200
    assert "/wall/hall?draft=1" in page
    assert "<title>Sảnh" in one.get("/wall/hall?draft=1").text
    for who, path in ((two, "/wall/hall?draft=1"), (one, "/wall/hall")):
        assert "<title>Sảnh" not in who.get(path).text
    assert not (home / "config" / "wall.toml").exists()


def test_what_is_kept_is_on_the_walls_and_in_the_trail(app: Dash, home: Path) -> None:
    one = visitor(app, home, "one")
    status, page = sent(one, GOOD.replace("\n", "\r\n"))
    assert (status, "Đã lưu" in page) == (200, True)
    assert (home / "config" / "wall.toml").read_text() == GOOD
    assert [path.name for path in (home / "config").iterdir()] == ["wall.toml"]
    assert "<title>Sảnh" in visitor(app, home, "boss").get("/wall/hall").text
    (entry,) = entries(home, sought="wall.edit", most=1)
    assert (entry.deed.actor, entry.deed.detail) == ("one", "hall")
    shown = one.get(WHERE).text
    assert "Chào &lt;/textarea&gt;&lt;script&gt;" in shown
    assert "<script>" not in shown.partition("<textarea")[2]


def test_a_slip_is_told_at_its_line_and_nothing_is_kept(app: Dash, home: Path) -> None:
    one = visitor(app, home, "one")
    before = (home / "config" / "wall.toml").read_text()
    status, page = sent(one, GOOD.replace("kind =", "kinds ="))
    assert status == 400
    assert "<b>Dòng 6</b> <code>kinds = &quot;text&quot;</code>" in page
    assert "không có khóa kinds ở đây" in page
    assert (home / "config" / "wall.toml").read_text() == before
    assert sent(one, "[hall", f"{WHERE}/preview")[0] == 400


def test_two_who_edit_at_once_do_not_overwrite_each_other(app: Dash, home: Path) -> None:
    one, two = (visitor(app, home, name) for name in ("one", "two"))
    page = one.get(WHERE).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert sent(two, GOOD.replace("Sảnh", "Của hai"))[0] == 200
    answer = one.post(f"{WHERE}/keep", {**hidden, "text": GOOD.replace("Sảnh", "Của một")})
    assert answer.status_code == 409
    assert "Của một" in answer.text
    assert "Của hai" in (home / "config" / "wall.toml").read_text()


def test_only_who_may_edits(app: Dash, home: Path) -> None:
    boss = visitor(app, home, "boss")
    assert boss.get(WHERE).status_code == 403
    for action in (f"{WHERE}/keep", f"{WHERE}/preview"):
        assert boss.post(action, {"text": GOOD}).status_code == 403
        assert visitor(app, home, "one").post(action, {"text": GOOD}).status_code == 403
