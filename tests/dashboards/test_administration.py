"""What administrators do in the browser: people, and the trail of all of it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dash import Dash

from dashboards.people import People
from dashboards.shell import create_app
from domain.scope import Scope
from store.state import sessions
from store.state.audit import entries
from store.state.people import person_named
from tests.dashboards.logging_in import PASSWORD, Visitor, add

EVERY = {"areas": "*", "organisations": "*"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("administration")
    add(home, "quantri", "administrator")
    return home


@pytest.fixture(scope="module")
def app(home: Path) -> Dash:
    return create_app(home)


@pytest.fixture
def administrator(app: Dash, home: Path) -> Visitor:
    people = app.server.extensions["ioc-people"]
    assert isinstance(people, People)
    token = sessions.begin(home, "quantri", "in", datetime.now(UTC), "127.0.0.1")
    visitor = Visitor(app)
    visitor.client.set_cookie("ioc", token, domain="localhost")
    return visitor


def test_somebody_new_gets_a_first_password_that_is_shown_once(
    app: Dash, home: Path, administrator: Visitor
) -> None:
    given = {"name": "Hoa", "shown": "Lê Hoa", "role": "department", "areas": "25, 01"}
    answer = administrator.submit("/people", "/people/new", organisations="H44.05", **given)
    found = re.search(r"<code>([^<]+)</code>", answer.text)
    assert found is not None
    assert found[1] not in administrator.get("/people").text
    kept = person_named(home, "hoa")
    assert kept is not None
    assert kept.scope == Scope(
        frozenset({"25@2025-07-01", "01@2025-07-01"}), frozenset({"H44.05"})
    ) or kept.scope == Scope(frozenset({"25@2025-07-01", "01@"}), frozenset({"H44.05"}))
    assert Visitor(app).log_in("hoa", found[1]).location == "/login"
    (entry,) = entries(home, sought="person.add", most=1)
    assert (entry.deed.actor, entry.deed.object) == ("quantri", "hoa")
    assert found[1] not in str(entry)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "a b"}, "không dùng làm tên đăng nhập được"),
        ({"role": "king"}, "Không có vai trò “king”"),
        ({"role": "kiosk"}, "Không có vai trò “kiosk”"),
        ({"areas": "99"}, "Không có địa bàn nào mang mã “99”"),
        ({"areas": " "}, "hoặc * cho tất cả"),
        ({"organisations": "xyz"}, "“xyz” không phải mã cơ quan"),
        ({"name": "quantri"}, "Đã có người dùng “quantri”"),
        ({"name": "quantri", "lang": "en"}, "There is a person &#x27;quantri&#x27; already"),
        ({"areas": "99", "lang": "en"}, "No area of today&#x27;s map has the code"),
    ],
)
def test_a_slip_is_said_and_nothing_is_done(
    home: Path, administrator: Visitor, given: dict[str, str], sentence: str
) -> None:
    whole = {"name": "ai.do", "role": "leader", **EVERY, **given}
    answer = administrator.submit("/people", "/people/new", **whole)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert person_named(home, "ai.do") is None


def test_people_are_disabled_let_in_and_given_other_rights(
    app: Dash, home: Path, administrator: Visitor
) -> None:
    add(home, "nam", "leader")
    administrator.submit("/people", "/people/nam/disable")
    assert Visitor(app).log_in("nam").location == "/login?why=refused"
    administrator.submit("/people", "/people/nam/unlock")
    assert Visitor(app).log_in("nam").location == "/"
    rights = {"role": "commune", "areas": "07900", "organisations": "*"}
    administrator.submit("/people", "/people/nam/rights", **rights)
    kept = person_named(home, "nam")
    assert kept is not None
    assert (kept.role, kept.scope.areas) == ("commune", frozenset({"07900@2025-07-01"}))
    administrator.submit("/people", "/people/nam/password")
    assert Visitor(app).log_in("nam", PASSWORD).location == "/login?why=refused"


def test_nobody_disables_themselves(home: Path, administrator: Visitor) -> None:
    answer = administrator.submit("/people", "/people/quantri/disable")
    assert "Không tự khóa" in answer.text
    kept = person_named(home, "quantri")
    assert kept is not None
    assert kept.disabled_at is None


def test_the_trail_is_searched_and_reading_it_is_kept(home: Path, administrator: Visitor) -> None:
    add(home, "binh", "leader")
    text = administrator.get("/audit?q=%3Cb%3E").text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    (entry,) = entries(home, sought="audit.read", most=1)
    assert (entry.deed.actor, entry.deed.object) == ("quantri", "<b>")


def test_names_from_forms_run_nothing(home: Path, administrator: Visitor) -> None:
    shown = "<script>alert(1)</script>"
    given = {"name": "xss", "shown": shown, "role": "leader", **EVERY}
    administrator.submit("/people", "/people/new", **given)
    text = administrator.get("/people").text
    assert shown not in text
    assert "&lt;script&gt;" in text
