"""Logging in, being logged out, and what an attacker can do about either."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from dash import Dash

from dashboards.opening import Opening
from dashboards.shell import create_app
from domain.scope import Scope
from store.state.audit import entries
from store.state.people import disable_person, unlock_person
from tests.dashboards.logging_in import KEPT, PASSWORD, SECRET, Visitor, add, deed

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PHU_THO = Scope(frozenset({"25@2025-07-01"}))
REFUSED = "/login?why=refused"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def app(home: Path) -> Dash:
    add(home, "somebody", "leader")  # from now on everybody has to log in
    return create_app(home)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def visitor(app: Dash) -> Visitor:
    return Visitor(app)


# ---- the way in


def test_whoever_has_not_logged_in_is_led_to_where_they_can(visitor: Visitor) -> None:
    answer = visitor.get("/area/25?grain=year")
    assert (answer.status_code, answer.location) == (
        302,
        "/login?next=%2Farea%2F25%3Fgrain%3Dyear",
    )
    assert visitor.get("/_dash-layout", Accept="*/*").status_code == 401
    assert visitor.get("/api/v1/metrics").status_code == 401
    assert visitor.get("/login").status_code == 200


def test_the_login_page_speaks_vietnamese_and_english_on_request(visitor: Visitor) -> None:
    assert "Tên đăng nhập" in visitor.get("/login").text
    assert "User name" in visitor.get("/login?lang=en").text


def test_who_logs_in_returns_to_the_page_they_wanted(home: Path, visitor: Visitor) -> None:
    add(home, "lan", "leader")
    answer = visitor.log_in("lan", next="/area/25?grain=year")
    assert (answer.status_code, answer.location) == (303, "/area/25?grain=year")
    assert visitor.get("/api/v1/metrics").status_code == 200
    assert [one.deed.event for one in entries(home, sought="lan", most=1)] == ["login"]


def test_who_has_one_province_begins_there(home: Path, visitor: Visitor) -> None:
    add(home, "phuc", "department", PHU_THO)
    assert visitor.log_in("Phuc ").location == "/area/25"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/x"],
)
def test_nobody_is_led_to_another_site(home: Path, app: Dash, wanted: str) -> None:
    name = add(home, f"n{abs(hash(wanted))}", "leader")
    assert Visitor(app).log_in(name, next=wanted).location == "/"


def test_a_first_password_must_be_changed_before_anything_else(
    home: Path, visitor: Visitor
) -> None:
    add(home, "moi", "leader", fresh=True)
    visitor.log_in("moi")
    assert visitor.get("/api/v1/metrics").status_code == 401
    assert visitor.get("/").location == "/login"

    def change(password: str, again: str | None = None) -> str:
        sent = {"password": password, "again": again or password}
        return str(visitor.submit("/login", "/session/password", **sent).location)

    assert change("Ngắn-1a!") == "/login?why=too_short"
    assert change("chỉ có chữ thường thôi") == "/login?why=too_plain"
    assert change("Mới-mẻ-2026-moi!") == "/login?why=has_name"
    assert change(PASSWORD) == "/login?why=used_before"
    assert change("Mùa-thu-2026-xanh!", "Mùa-thu-2026-đỏ!") == "/login?why=different"
    half = visitor.cookie()
    assert change("Mùa-thu-2026-xanh!") == "/"
    assert visitor.cookie() != half
    assert visitor.get("/api/v1/metrics").status_code == 200


# ---- the second factor


def test_an_administrator_needs_a_code_and_each_code_is_good_once(home: Path, app: Dash) -> None:
    add(home, "quantri", "administrator")
    first, second = Visitor(app), Visitor(app)
    first.log_in("quantri")
    assert first.get("/api/v1/metrics").status_code == 401
    half, code = first.cookie(), pyotp.TOTP(SECRET).now()
    assert first.tell_code("000000").location == "/login?why=wrong_code"
    assert first.tell_code(code).location == "/"
    assert first.cookie() != half
    assert first.get("/api/v1/metrics").status_code == 200
    second.log_in("quantri")
    assert second.tell_code(code).location == "/login?why=wrong_code"
    assert second.get("/api/v1/metrics").status_code == 401


def test_an_administrator_without_a_second_factor_sets_one_up_first(
    home: Path, visitor: Visitor
) -> None:
    add(home, "mới.quantri".replace("ớ", "o"), "administrator", fresh=True)
    visitor.log_in("moi.quantri")
    new = "dài-hơn-tám"
    visitor.submit("/login", "/session/password", password=new, again=new)
    page = visitor.get("/login").text
    secret = next(
        line.removeprefix("<p>").removesuffix("</p>").replace(" ", "")
        for line in page.splitlines()
        if line.startswith("<p>") and line[3:7].isupper() and line[7:8] == " "
    )
    assert visitor.get("/api/v1/metrics").status_code == 401
    answer = visitor.submit("/login", "/session/enrol", code=pyotp.TOTP(secret).now())
    assert answer.location == "/"
    assert visitor.get("/api/v1/metrics").status_code == 200


# ---- sessions


def test_a_session_put_into_a_browser_beforehand_is_worth_nothing(
    home: Path, visitor: Visitor
) -> None:
    add(home, "codinh", "leader")
    visitor.client.set_cookie("ioc", "planted-by-somebody-else", domain="localhost")
    visitor.log_in("codinh")
    assert visitor.cookie() != "planted-by-somebody-else"


def test_a_stolen_cookie_is_dead_after_logout(home: Path, app: Dash) -> None:
    add(home, "ra", "leader")
    owner, thief = Visitor(app), Visitor(app)
    owner.log_in("ra")
    thief.client.set_cookie("ioc", owner.cookie(), domain="localhost")
    assert thief.get("/api/v1/metrics").status_code == 200
    answer = owner.submit("/account", "/logout")
    assert answer.location == "/login?why=left"
    assert thief.get("/api/v1/metrics").status_code == 401
    assert [one.deed.event for one in entries(home, sought="ra", most=1)] == ["logout"]


def test_who_does_nothing_for_a_quarter_of_an_hour_is_logged_out(
    home: Path, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    add(home, "nghi", "leader")
    visitor.log_in("nghi")
    clock.shift(timedelta(minutes=14))
    assert visitor.get("/api/v1/metrics").status_code == 200
    clock.shift(timedelta(minutes=14))
    assert session_of(visitor) == "live"
    clock.shift(timedelta(minutes=2))
    assert session_of(visitor) == "ended"
    assert visitor.get("/api/v1/metrics").status_code == 401


def test_an_open_page_that_polls_and_redraws_keeps_nobody_logged_in(
    home: Path, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    add(home, "mo", "leader")
    visitor.log_in("mo")
    statuses = []
    for _ in range(4):
        clock.shift(timedelta(minutes=4))
        visitor.get("/version")
        statuses.append(called(visitor, ["served.data"]))
    assert statuses == [200, 200, 200, 401]


def session_of(visitor: Visitor) -> str:
    """What an open page is told of its session."""
    return str(visitor.get("/version").get_json()["session"])


def called(visitor: Visitor, changed: list[str]) -> int:
    """The status of a page's callback, as the browser asks for it."""
    access = visitor.client.application.extensions["ioc-access"]
    output = next(one for one, name in access.names.items() if name == "show_frame")
    token = {"X-CSRFToken": visitor.cookie("_csrf_token")}
    body = {"output": output, "changedPropIds": changed, "inputs": [], "state": []}
    answer = visitor.client.post("/_dash-update-component", json=body, headers=token, **visitor.how)
    return 200 if answer.status_code in (200, 204, 500) else answer.status_code


def test_an_administrator_is_logged_out_after_five_minutes(
    home: Path, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    add(home, "q5", "administrator")
    visitor.log_in("q5")
    visitor.tell_code()
    clock.shift(timedelta(minutes=4))
    assert visitor.get("/api/v1/metrics").status_code == 200
    clock.shift(timedelta(minutes=6))
    assert visitor.get("/api/v1/metrics").status_code == 401


def test_no_session_lasts_longer_than_eight_hours(
    home: Path, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    add(home, "dai", "leader")
    visitor.log_in("dai")
    for _ in range(47):
        clock.shift(timedelta(minutes=10))
        assert visitor.get("/api/v1/metrics").status_code == 200
    clock.shift(timedelta(minutes=10))
    assert visitor.get("/api/v1/metrics").status_code == 401


def test_whoever_is_disabled_is_out_at_once(home: Path, visitor: Visitor) -> None:
    add(home, "bo", "leader")
    visitor.log_in("bo")
    disable_person(home, "bo", deed())
    assert visitor.get("/api/v1/metrics").status_code == 401
    assert visitor.log_in("bo").location == REFUSED
    unlock_person(home, "bo", deed())
    assert visitor.log_in("bo").location == "/"


def test_a_new_password_ends_every_other_session(home: Path, app: Dash) -> None:
    add(home, "hai", "leader")
    one, other = Visitor(app), Visitor(app)
    one.log_in("hai")
    other.log_in("hai")
    new = "Mùa-đông-2026-trắng!"
    sent = {"password": new, "again": new}
    wrong = one.submit("/account", "/session/password", old="x", **sent)
    assert wrong.location == "/account?why=wrong_password"
    one.submit("/account", "/session/password", old=PASSWORD, **sent)
    assert one.get("/api/v1/metrics").status_code == 200
    assert other.get("/api/v1/metrics").status_code == 401


def test_who_has_not_come_for_45_days_has_to_be_let_in_again(
    home: Path, app: Dash, clock: time_machine.Traveller
) -> None:
    add(home, "vang", "leader")
    clock.shift(timedelta(days=44))
    assert Visitor(app).log_in("vang").location == "/"
    clock.shift(timedelta(days=46))
    assert Visitor(app).log_in("vang").location == REFUSED


# ---- attempts


def attempts(app: Dash, name: str, number: int, address: str = "10.0.0.66") -> list[str]:
    visitor = Visitor(app, address)
    return [str(visitor.log_in(name, f"sai-{one}").location) for one in range(number)]


def test_five_wrong_passwords_lock_and_nobody_is_told(
    home: Path, app: Dash, clock: time_machine.Traveller
) -> None:
    add(home, "khoa", "leader")
    assert set(attempts(app, "khoa", 5)) == {REFUSED}
    again = Visitor(app, "10.0.0.66")
    assert again.log_in("khoa").location == REFUSED  # the right one
    assert "lock" in [one.deed.event for one in entries(home, sought="khoa")]
    clock.shift(timedelta(hours=12, minutes=1))
    assert again.log_in("khoa").location == "/"


def test_a_stranger_locks_nobody_out_but_himself(home: Path, app: Dash) -> None:
    add(home, "chu.tich", "leader")
    attempts(app, "chu.tich", 10)
    assert Visitor(app, "10.0.0.66").log_in("chu.tich").location == REFUSED
    assert Visitor(app, "10.0.0.1").log_in("chu.tich").location == "/"


def test_many_strangers_do_not_lock_out_the_browser_the_person_uses(home: Path, app: Dash) -> None:
    add(home, "chu.tich2", "leader")
    own = Visitor(app, "10.0.0.1")
    own.log_in("chu.tich2")
    own.submit("/account", "/logout")
    for host in range(1, 6):
        attempts(app, "chu.tich2", 5, f"10.9.9.{host}")
    assert Visitor(app, "10.0.0.2").log_in("chu.tich2").location == REFUSED
    assert own.log_in("chu.tich2").location == "/"


def test_an_administrator_can_unlock(home: Path, app: Dash) -> None:
    add(home, "mo.khoa", "leader")
    attempts(app, "mo.khoa", 5)
    unlock_person(home, "mo.khoa", deed())
    assert Visitor(app, "10.0.0.66").log_in("mo.khoa").location == "/"


def test_a_name_that_does_not_exist_gets_the_same_answer_and_the_same_work(
    home: Path, app: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(home, "co.that", "leader")
    known, unknown = (Visitor(app, "10.1.1.1") for _ in range(2))
    one = known.log_in("co.that", "sai")
    other = unknown.log_in("khong.co", "sai")
    assert (one.status_code, one.location) == (other.status_code, other.location)
    assert set(one.headers.keys()) == set(other.headers.keys())


def test_an_unknown_name_is_worked_out_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    from dashboards import passwords

    asked: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # so named there
            asked.append(str(kept).split("$")[3])
            return bool(super().verify(kept, password))

    monkeypatch.setattr(passwords, "HASHER", Watched(3, 64 * 1024, 4))
    assert not passwords.fits(None, "sai")
    assert not passwords.fits(KEPT, "sai")
    assert asked == ["m=65536,t=3,p=4"] * 2


# ---- requests that are not the person's own


def test_a_form_without_its_token_is_refused(home: Path, visitor: Visitor) -> None:
    add(home, "gia", "leader")
    visitor.get("/login")
    sent = {"name": "gia", "password": PASSWORD}
    assert visitor.post("/session", sent).location == "/login?why=ended"
    other = visitor.post("/session", {**sent, "token": "0" * 64})
    assert other.location == "/login?why=ended"
    assert visitor.cookie() == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.localhost"},
    ],
)
def test_no_other_site_can_post(visitor: Visitor, headers: dict[str, str]) -> None:
    assert visitor.post("/session", {}, **headers).status_code == 403


def test_a_session_without_its_token_cannot_post(home: Path, visitor: Visitor) -> None:
    add(home, "thieu", "leader")
    visitor.log_in("thieu")
    assert visitor.post("/logout", {}).status_code == 403
    assert visitor.post("/logout", {"token": "0" * 64}).status_code == 403
    visitor.client.set_cookie("_csrf_token", "x", domain="localhost")
    assert called(visitor, []) == 403
    assert visitor.get("/api/v1/metrics").status_code == 200


def test_a_forged_cookie_is_nobody(visitor: Visitor) -> None:
    visitor.client.set_cookie("ioc", "ăâđ' or 1=1 --", domain="localhost")
    assert visitor.get("/api/v1/metrics").status_code == 401


def test_behind_tls_cookies_belong_to_this_host_alone(home: Path) -> None:
    add(home, "tls", "leader")
    opening = Opening(guests=False, origins=("https://ioc.example.gov.vn",))
    visitor = Visitor(create_app(home, opening=opening), scheme="https")
    visitor.how["base_url"] = "https://ioc.example.gov.vn"
    answer = visitor.log_in("tls")
    cookies = answer.headers.getlist("Set-Cookie")
    session = next(one for one in cookies if one.startswith("__Host-ioc="))
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in session
    assert "Domain" not in session
    assert "Strict-Transport-Security" in answer.headers
    visitor.how["base_url"] = "https://evil.example"
    assert visitor.get("/").status_code == 400


# ---- guests


def test_guests_are_gone_as_soon_as_anybody_has_an_account(tmp_path: Path) -> None:
    visitor = Visitor(create_app(tmp_path))
    assert visitor.get("/api/v1/metrics").status_code == 200
    assert session_of(visitor) == "guest"
    add(tmp_path, "dau.tien", "administrator")
    assert visitor.get("/api/v1/metrics").status_code == 401
    assert session_of(visitor) == "ended"


def test_a_guest_is_at_this_machine_and_comes_through_no_proxy(tmp_path: Path) -> None:
    app = create_app(tmp_path)
    assert Visitor(app, "10.0.0.7").get("/api/v1/metrics").status_code == 401
    through = Visitor(app).get("/api/v1/metrics", **{"X-Forwarded-For": "10.0.0.7"})
    assert through.status_code == 401
