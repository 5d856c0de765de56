"""What stands before the gate: whose word about addresses is taken, and where administration is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from dash import Dash

from dashboards.office import Office, office_of
from dashboards.opening import Opening, opening_of
from dashboards.proxy import networks
from dashboards.security import security_text
from dashboards.shell import create_app
from domain.errors import IocError
from store.state import sessions
from store.state.audit import entries
from tests.dashboards.logging_in import Visitor, add

OURS = "127.0.0.1,10.0.0.5"


# ---- the proxy


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("doors")
    add(home, "quantri", "administrator")
    return home


@pytest.fixture(scope="module")
def behind(home: Path) -> Dash:
    return create_app(home, opening=Opening(proxies=networks(OURS, "")))


def seen_as(app: Dash, home: Path, peer: str, forwarded: str) -> str:
    """The address a wrong login is kept under."""
    visitor = Visitor(app, peer)
    visitor.how["headers"] = {"X-Forwarded-For": forwarded, "X-Real-IP": forwarded}
    page = visitor.get("/login").text
    token = page.partition('name="token" value="')[2][:64]
    fields = {"token": token, "name": "quantri", "password": "x"}
    answer = visitor.client.post("/session", data=fields, **visitor.how)
    assert answer.location == "/login?why=refused"
    return entries(home, sought="login", most=1)[0].deed.address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "10.7.0.1", "10.7.0.1"),
        ("10.0.0.5", "10.7.0.2", "10.7.0.2"),
        ("127.0.0.1", "1.2.3.4, 10.7.0.3", "10.7.0.3"),  # what the asker wrote stands before
        ("10.9.9.9", "10.7.0.4", "10.9.9.9"),  # past the proxy
        ("10.9.9.8", "127.0.0.1", "10.9.9.8"),
    ],
)
def test_only_our_proxy_says_who_asks(
    behind: Dash, home: Path, peer: str, forwarded: str, address: str
) -> None:
    assert seen_as(behind, home, peer, forwarded) == address


def test_without_a_proxy_nobody_says_so(home: Path) -> None:
    assert seen_as(create_app(home), home, "10.9.9.7", "10.7.0.5") == "10.9.9.7"


def test_tls_without_a_proxy_that_tells_who_asks_is_refused(home: Path) -> None:
    with pytest.raises(IocError, match="IOC_PROXIED=true"):
        opening_of(home, host="127.0.0.1", origins="https://ioc.example.gov.vn")
    opened = opening_of(home, host="127.0.0.1", origins="https://ioc.example.gov.vn", proxies=OURS)
    assert [str(one) for one in opened.proxies] == ["127.0.0.1/32", "10.0.0.5/32"]
    with pytest.raises(IocError, match="IOC_PROXIES: 'nginx'"):
        opening_of(home, host="127.0.0.1", proxies="nginx")


# ---- the office


def administrator(home: Path, office: Office, address: str = "10.1.0.7") -> Visitor:
    app = create_app(home, opening=Opening(office=office))
    token = sessions.begin(home, "quantri", "in", datetime.now(UTC), address)
    visitor = Visitor(app, address)
    visitor.client.set_cookie("ioc", token, domain="localhost")
    return visitor


def test_administration_keeps_to_its_port(home: Path) -> None:
    visitor = administrator(home, office_of(8052, "", ""))
    for path in ("/people", "/screens", "/audit"):
        answer = visitor.get(path)
        assert answer.status_code == 403
        assert "ở một địa chỉ riêng" in answer.text
    assert visitor.get("/account").status_code == 200
    visitor.how["base_url"] = "http://localhost:8052"
    visitor.client.set_cookie("ioc", visitor.cookie(), domain="localhost")
    assert visitor.get("/people").status_code == 200


def test_administration_keeps_to_its_addresses(home: Path) -> None:
    inside = office_of(None, "10.1.0.0/16, 127.0.0.1", "")
    assert administrator(home, inside).get("/people").status_code == 200
    answer = administrator(home, inside, "10.2.0.7").get("/people")
    assert "không được làm từ máy này" in answer.text


@pytest.mark.parametrize(
    ("hours", "clock", "is_open"),
    [
        ("07:00-19:00", "06:59", False),
        ("07:00-19:00", "07:00", True),
        ("07:00-19:00", "18:59", True),
        ("07:00-19:00", "19:00", False),
        ("22:00-05:00", "23:30", True),
        ("22:00-05:00", "04:59", True),
        ("22:00-05:00", "12:00", False),
        ("", "03:00", True),
    ],
)
def test_administration_keeps_to_its_hours_in_vietnam(
    home: Path, hours: str, clock: str, is_open: bool
) -> None:
    hour, minute = (int(part) for part in clock.split(":"))
    noon = datetime(2026, 11, 22, hour, minute, tzinfo=UTC) - timedelta(hours=7)
    with time_machine.travel(noon, tick=False):
        answer = administrator(home, office_of(None, "", hours)).get("/people")
    assert (answer.status_code == 200) == is_open
    assert ("Ngoài giờ" in answer.text) != is_open


@pytest.mark.parametrize("hours", ["7-19", "07:00", "25:00-26:00", "07:00-19:00x"])
def test_hours_that_are_none_are_refused(hours: str) -> None:
    with pytest.raises(IocError, match="IOC_ADMIN_HOURS"):
        office_of(None, "", hours)


# ---- security.txt


def test_whom_to_tell_of_a_weakness_is_told_to_anybody(home: Path) -> None:
    opening = Opening(origins=("https://ioc.example.gov.vn",), contact="mailto:attt@example.gov.vn")
    stranger = Visitor(create_app(home, opening=opening), "10.4.4.4")
    answer = stranger.get("/.well-known/security.txt")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert security_text(opening, now).splitlines() == [
        "Contact: mailto:attt@example.gov.vn",
        "Expires: 2027-05-21T00:00:00Z",
        "Preferred-Languages: vi, en",
        "Canonical: https://ioc.example.gov.vn/.well-known/security.txt",
    ]


def test_without_a_contact_nothing_is_said(home: Path) -> None:
    assert Visitor(create_app(home)).get("/.well-known/security.txt").status_code == 404
