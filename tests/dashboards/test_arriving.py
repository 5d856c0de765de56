"""Logging in at an identity provider: a real one on this machine, honest and then not."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from dash import Dash
from werkzeug.test import TestResponse

from dashboards.identity import read_identity
from dashboards.opening import Opening
from dashboards.shell import create_app
from domain.errors import IocError
from domain.scope import EVERYTHING, Scope
from store.state import sessions
from store.state.audit import entries
from store.state.people import change_password, change_rights, disable_person, people, person_named
from tests.dashboards.identity_provider import (
    CLIENT,
    SECRET,
    IdentityProvider,
    identity_provider,
    new_key,
)
from tests.dashboards.logging_in import KEPT, Visitor, add, deed

LAN = {
    "sub": "7f3a",
    "preferred_username": "lan",
    "name": "Trần Thị Lan",
    "groups": ["ioc-tu-phap"],
}
CONFIG = """
issuer = "{issuer}"
client_id = "{client}"
label = "tài khoản của tỉnh"
groups_claim = "{groups}"
second_factor = ["mfa"]

[[grant]]
group = "ioc-lanh-dao"
role = "leader"
areas = "*"

[[grant]]
group = "ioc-tu-phap"
role = "department"
areas = ["25"]
organisations = ["H44.05"]

[[grant]]
group = "ioc-noi-vu"
role = "department"
areas = ["25"]
organisations = ["H44.06"]

[[grant]]
group = "ioc-quan-tri"
role = "administrator"
areas = "*"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def honest(provider: IdentityProvider) -> Iterator[None]:
    yield
    provider.person, provider.spoil, provider.clock, provider.hung = {}, None, 0.0, 0.0
    provider.more = {}


def configured(home: Path, provider: IdentityProvider, groups: str = "groups") -> Path:
    (home / "config").mkdir(parents=True, exist_ok=True)
    text = CONFIG.format(issuer=provider.issuer, client=CLIENT, groups=groups)
    (home / "config" / "identity.toml").write_text(text, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, provider: IdentityProvider) -> Path:
    home = tmp_path_factory.mktemp("arriving")
    add(home, "lan", "administrator")  # a local account of the same name
    return configured(home, provider)


@pytest.fixture(scope="module")
def app(home: Path) -> Dash:
    return create_app(home, opening=Opening(identity_secret=SECRET))


@pytest.fixture
def visitor(app: Dash) -> Visitor:
    return Visitor(app)


def sent(visitor: Visitor, wanted: str = "") -> str:
    """Where the provider sends the browser back to, with a code."""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    there = visitor.get(f"/login/identity{query}").location
    assert there is not None
    answer = httpx.get(there, trust_env=False)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def arrive(
    visitor: Visitor, provider: IdentityProvider, wanted: str = "", **who: Any
) -> TestResponse:
    provider.person = {**LAN, **who}
    return visitor.get(sent(visitor, wanted))


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/api/v1/metrics").status_code == 200


# ---- the way in


def test_whom_the_provider_vouches_for_is_in_with_what_the_group_is_granted(
    home: Path, visitor: Visitor, provider: IdentityProvider
) -> None:
    assert "Đăng nhập bằng tài khoản của tỉnh" in visitor.get("/login").text
    answer = arrive(visitor, provider, "/area/25?grain=year")
    assert (answer.status_code, answer.location) == (303, "/area/25?grain=year")
    assert is_in(visitor)
    kept = person_named(home, "lan@sso")
    assert kept is not None
    assert (kept.role, kept.shown) == ("department", "Trần Thị Lan")
    assert kept.scope == Scope(frozenset({"25@2025-07-01"}), frozenset({"H44.05"}))
    assert [one.deed.event for one in entries(home, sought="lan@sso")][-2:] == [
        "login",
        "person.add",
    ]
    page = visitor.get("/account").text
    assert "được giữ và đổi ở máy chủ đăng nhập chung" in page
    assert "/session/password" not in page


def test_nobody_becomes_a_local_account_of_the_same_name(
    home: Path, app: Dash, visitor: Visitor, provider: IdentityProvider
) -> None:
    arrive(visitor, provider)
    local = person_named(home, "lan")
    assert local is not None
    assert (local.role, local.scope) == ("administrator", EVERYTHING)
    arrive(visitor, provider, sub="another", preferred_username="Lan@tinh.gov.vn")
    arrive(visitor, provider, sub="third", preferred_username="lan@sso")
    names = [one.name for one in people(home)]
    assert names == ["lan", "lan.2@sso", "lan.3@sso", "lan@sso"]
    assert Visitor(app).log_in("lan@sso", "").location == "/login?why=refused"


def test_the_same_subject_is_the_same_person_with_the_rights_of_today(
    home: Path, visitor: Visitor, provider: IdentityProvider
) -> None:
    before = len(people(home))
    arrive(visitor, provider)
    arrive(visitor, provider, preferred_username="lan.moi", groups=["ioc-tu-phap", "ioc-noi-vu"])
    kept = person_named(home, "lan@sso")
    assert kept is not None
    assert kept.scope.organisations == frozenset({"H44.05", "H44.06"})
    arrive(visitor, provider, groups=["ioc-noi-vu", "ioc-lanh-dao"])
    kept = person_named(home, "lan@sso")
    assert kept is not None
    assert (kept.role, kept.scope) == ("leader", EVERYTHING)
    told = [one.deed.detail for one in entries(home, sought="person.rights", most=2)]
    assert told == ["leader, all areas", "department, 25@2025-07-01, organisations H44.05, H44.06"]
    assert len(people(home)) == before


def test_who_is_in_no_group_of_ours_is_told_so(
    home: Path, visitor: Visitor, provider: IdentityProvider
) -> None:
    answer = arrive(visitor, provider, sub="nobody", groups=["other"])
    assert answer.location == "/login?why=no_grant"
    assert "chưa nhóm nào của bạn được cấp quyền" in visitor.get(answer.location).text
    assert not is_in(visitor)
    assert person_named(home, "nobody@sso") is None


def test_groups_may_lie_inside_another_claim(tmp_path: Path, provider: IdentityProvider) -> None:
    add(tmp_path, "one", "leader")
    visitor = Visitor(
        create_app(
            configured(tmp_path, provider, "realm_access.roles"),
            opening=Opening(identity_secret=SECRET),
        )
    )
    arrive(visitor, provider, groups=[], realm_access={"roles": ["ioc-lanh-dao"]})
    assert is_in(visitor)


def test_an_administrator_shows_a_second_factor_there_or_here(
    home: Path, app: Dash, provider: IdentityProvider
) -> None:
    visitor = Visitor(app)
    answer = arrive(visitor, provider, sub="chief", groups=["ioc-quan-tri"], amr=["pwd"])
    assert answer.location == "/login"
    assert not is_in(visitor)
    assert "Thiết lập mã xác thực" in visitor.get("/login").text
    answer = arrive(visitor, provider, sub="chief", groups=["ioc-quan-tri"], amr=["pwd", "mfa"])
    assert answer.location == "/"
    assert is_in(visitor)


def test_who_is_disabled_here_stays_out_whatever_the_provider_says(
    home: Path, visitor: Visitor, provider: IdentityProvider
) -> None:
    who = {"sub": "minh", "preferred_username": "minh"}
    arrive(visitor, provider, **who)
    assert is_in(visitor)
    disable_person(home, "minh@sso", deed())
    assert not is_in(visitor)
    assert arrive(visitor, provider, **who).location == "/login?why=not_let_in"
    assert not is_in(visitor)


def test_what_the_provider_keeps_is_not_changed_here(
    home: Path, visitor: Visitor, provider: IdentityProvider
) -> None:
    arrive(visitor, provider)
    with pytest.raises(IocError, match="logs in at the identity provider"):
        change_password(home, "lan@sso", KEPT, deed())
    with pytest.raises(IocError, match="Their groups say"):
        change_rights(home, "lan@sso", "leader", EVERYTHING, deed())


# ---- what is not believed


def forged(**changes: Any) -> Callable[[IdentityProvider, dict[str, Any]], str]:
    """A token signed well that says something else."""
    return lambda one, claims: one.signed({**claims, **changes})


def without(name: str) -> Callable[[IdentityProvider, dict[str, Any]], str]:
    return lambda one, claims: one.signed({k: v for k, v in claims.items() if k != name})


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def unsigned(_: IdentityProvider, claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return f"{'.'.join(encoded(json.dumps(part).encode()) for part in parts)}."


def signed_with_the_public_key(one: IdentityProvider, claims: dict[str, Any]) -> str:
    parts = [{"alg": "HS256", "kid": one.key.kid}, claims]
    told = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    mac = hmac.digest(one.key.as_pem(private=False), told.encode(), "sha256")
    return f"{told}.{encoded(mac)}"


def tampered(one: IdentityProvider, claims: dict[str, Any]) -> str:
    head, _, tail = one.signed(claims).split(".")
    other = json.dumps({**claims, "groups": ["ioc-quan-tri"]}).encode()
    return f"{head}.{encoded(other)}.{tail}"


NOW = int(time.time())
BAD = {
    "no signature at all": (unsigned, "unsupported_algorithm"),
    "the public key used as a shared secret": (signed_with_the_public_key, "unsupported_algorithm"),
    "another algorithm than ours": (
        lambda one, claims: one.signed(claims, alg="RS512"),
        "unsupported_algorithm",
    ),
    "a key nobody publishes": (
        lambda one, claims: one.signed(claims, new_key("other"), kid="other"),
        "invalid_key_id",
    ),
    "another key under a published name": (
        lambda one, claims: one.signed(claims, new_key("first"), kid="first"),
        "bad_signature",
    ),
    "a payload changed after signing": (tampered, "bad_signature"),
    "another issuer": (forged(iss="https://evil.example"), "iss"),
    "for somebody else": (forged(aud="another-program"), "aud"),
    "passed on from somebody else": (forged(aud=[CLIENT, "other"], azp="other"), "azp"),
    "long expired": (forged(exp=NOW - 3600), "expired_token"),
    "not valid yet": (forged(nbf=NOW + 3600), "not yet valid"),
    "for another login": (forged(nonce="0" * 64), "nonce"),
    "for no login": (without("nonce"), "nonce"),
    "about nobody": (without("sub"), "sub"),
    "about an empty name": (forged(sub=""), "sub"),
    "without an end": (without("exp"), "exp"),
    "no token": (lambda *_: "abc", "decode"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_token_lets_nobody_in_and_its_reason_is_kept(
    what: str, home: Path, visitor: Visitor, provider: IdentityProvider
) -> None:
    spoil, reason = BAD[what]
    provider.spoil = spoil
    before = [one.name for one in people(home)]
    answer = arrive(visitor, provider)
    assert answer.location.startswith("/login?why=provider_")
    assert not is_in(visitor)
    assert [one.name for one in people(home)] == before
    (entry,) = entries(home, sought="login", most=1)
    assert entry.deed.outcome == "refused"
    assert reason in entry.deed.detail.lower()


def test_a_code_is_good_once(app: Dash, provider: IdentityProvider) -> None:
    visitor = Visitor(app)
    provider.person = {**LAN, "groups": ["ioc-tu-phap"]}
    back = sent(visitor)
    held = visitor.cookie("ioc-arrival")
    assert visitor.get(back).location == "/area/25"
    thief = Visitor(app)
    thief.client.set_cookie("ioc-arrival", held, domain="localhost")
    assert thief.get(back).location == "/login?why=ended"
    assert not is_in(thief)


def test_a_code_of_another_login_is_worth_nothing(app: Dash, provider: IdentityProvider) -> None:
    """The code of somebody else, brought into one's own login: PKCE and nonce stop it."""
    provider.person = {**LAN, "groups": ["ioc-tu-phap"]}
    stolen = parse_qs(urlsplit(sent(Visitor(app))).query)["code"][0]
    thief = Visitor(app)
    own = parse_qs(urlsplit(sent(thief)).query)
    mixed = urlencode({"code": stolen, "state": own["state"][0]})
    assert thief.get(f"/login/identity/done?{mixed}").location == "/login?why=ended"
    assert not is_in(thief)


@pytest.mark.parametrize("change", ["state", "cookie", "no cookie", "issuer"])
def test_only_the_browser_that_began_can_end(
    change: str, app: Dash, provider: IdentityProvider
) -> None:
    provider.person = {**LAN, "groups": ["ioc-tu-phap"]}
    visitor = Visitor(app)
    back = sent(visitor)
    if change == "state":
        back = back.replace("state=", "state=0")
    elif change == "issuer":
        back = f"{back.partition('&iss=')[0]}&iss=https%3A%2F%2Fevil.example"
    elif change == "cookie":
        token, at, language, _ = visitor.cookie("ioc-arrival").split(".")
        wish = base64.urlsafe_b64encode(b"/people").decode()
        visitor.client.set_cookie(
            "ioc-arrival", f"{token}.{at}.{language}.{wish}", domain="localhost"
        )
    else:
        visitor.client.delete_cookie("ioc-arrival", domain="localhost")
    assert visitor.get(back).location.startswith("/login?why=")
    assert not is_in(visitor)


def test_a_login_begun_long_ago_has_to_begin_again(app: Dash, provider: IdentityProvider) -> None:
    import time_machine

    provider.person = {**LAN, "groups": ["ioc-tu-phap"]}
    visitor = Visitor(app)
    back = sent(visitor)
    with time_machine.travel(time.time() + 601):
        assert visitor.get(back).location == "/login?why=ended"


def test_nobody_is_sent_to_another_site_afterwards(
    visitor: Visitor, provider: IdentityProvider
) -> None:
    assert arrive(visitor, provider, "https://evil.example/").location == "/"
    assert arrive(visitor, provider, "//evil.example").location == "/"


# ---- a provider with troubles


def test_a_new_key_is_looked_for(home: Path, provider: IdentityProvider) -> None:
    app, first = create_app(home, opening=Opening(identity_secret=SECRET)), provider.key
    arrive(Visitor(app), provider)
    provider.key = new_key("second")
    visitor = Visitor(app)
    arrive(visitor, provider)
    provider.key = first
    assert is_in(visitor)
    assert provider.asked.count("/keys") >= 2


def test_while_the_provider_is_down_sessions_live_on_and_the_login_page_says_why(
    home: Path, app: Dash, provider: IdentityProvider
) -> None:
    visitor, other = Visitor(app), Visitor(app)
    arrive(visitor, provider)
    back = sent(other)
    provider.stop()
    try:
        assert is_in(visitor)
        assert other.get(back).location == "/login?why=provider_down"
        page = other.get("/login?why=provider_down").text
        assert "Máy chủ đăng nhập chung không trả lời" in page
        fresh = Visitor(create_app(home, opening=Opening(identity_secret=SECRET)))
        answer = fresh.get("/login/identity?next=%2Farea%2F25&lang=en")
        assert answer.location == "/login?why=provider_down&next=%2Farea%2F25&lang=en"
        assert "does not answer" in fresh.get(answer.location).text
        local = Visitor(app)
        assert local.log_in("lan").location == "/login"  # the code is asked for next
        assert local.tell_code().location == "/"
    finally:
        provider.start()


def test_a_provider_that_hangs_is_left_alone_for_a_moment(
    tmp_path: Path, provider: IdentityProvider
) -> None:
    path = configured(tmp_path, provider) / "config" / "identity.toml"
    path.write_text(f"timeout_seconds = 1\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    add(tmp_path, "one", "leader")
    visitor = Visitor(create_app(tmp_path))
    provider.hung = 1.5
    assert visitor.get("/login/identity").location == "/login?why=provider_down"
    provider.hung, asked = 0.0, len(provider.asked)
    assert visitor.get("/login/identity").location == "/login?why=provider_down"
    assert len(provider.asked) == asked


def test_clocks_that_differ_are_named(visitor: Visitor, provider: IdentityProvider) -> None:
    provider.clock = -5 * 60 - 300
    answer = arrive(visitor, provider)
    assert answer.location == "/login?why=provider_clock"
    assert "Đồng hồ" in visitor.get(answer.location).text
    provider.clock = 3600.0
    assert arrive(visitor, provider).location == "/login?why=provider_clock"
    provider.clock = 30.0
    assert arrive(visitor, provider).location == "/area/25"


def test_a_refusal_of_the_provider_is_said(visitor: Visitor, provider: IdentityProvider) -> None:
    state = parse_qs(urlsplit(sent(visitor)).query)["state"][0]
    answer = visitor.get(f"/login/identity/done?error=access_denied&state={state}")
    assert answer.location == "/login?why=provider_refused"


def test_a_wrong_secret_lets_nobody_in(home: Path, provider: IdentityProvider) -> None:
    visitor = Visitor(create_app(home, opening=Opening(identity_secret="wrong")))
    assert arrive(visitor, provider).location == "/login?why=ended"
    assert not is_in(visitor)


# ---- configuration


def test_without_a_file_there_is_no_provider(tmp_path: Path) -> None:
    add(tmp_path, "one", "leader")
    visitor = Visitor(create_app(tmp_path))
    assert "/login/identity" not in visitor.get("/login").text
    assert visitor.get("/login/identity").status_code == 404
    assert visitor.get("/login/identity/done?code=1").status_code == 404


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("issuer = ", "isuer = ", "isuer"),
        ("http://127.0.0.1", "http://10.0.0.1", "https"),
        ('"mfa"', "1", "second_factor"),
        ('role = "leader"', 'role = "leder"', "Did you mean 'leader'"),
        ('role = "leader"', 'role = "kiosk"', "enrolled"),
        ('areas = ["25"]', 'areas = ["99"]', "99"),
        ('areas = ["25"]', "areas = []", '"*" for all'),
        ("second_factor", 'algorithms = ["HS256"]\nsecond_factor', "HS256"),
        ("second_factor", 'algorithms = ["none"]\nsecond_factor', "none"),
        ("second_factor", 'ca_file = "/nowhere.pem"\nsecond_factor', "identity.toml"),
        ("label", "[label", "identity.toml"),
    ],
)
def test_a_slip_in_the_file_is_named_and_nothing_starts(
    tmp_path: Path, provider: IdentityProvider, old: str, new: str, said: str
) -> None:
    home = configured(tmp_path, provider)
    path = home / "config" / "identity.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(IocError, match=r"identity\.toml") as slip:
        read_identity(home)
    assert said in slip.value.message


def test_who_shares_a_desk_is_shown_the_way_out_of_the_provider_too(
    home: Path, provider: IdentityProvider
) -> None:
    """Else whoever sits down next is in as the last one with one click."""
    provider.more = {"end_session_endpoint": f"{provider.issuer}/logout?realm=tinh"}
    app = create_app(home, opening=Opening(identity_secret=SECRET, origins=("http://localhost",)))
    left = Visitor(app).get("/login?why=left_here")
    assert "Đăng xuất cả ở tài khoản của tỉnh" in left.text
    assert 'href="/login/identity/leave"' in left.text
    there = urlsplit(Visitor(app).get("/login/identity/leave").location or "")
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{provider.issuer}/logout"
    assert parse_qs(there.query) == {
        "realm": ["tinh"],
        "client_id": [CLIENT],
        "post_logout_redirect_uri": ["http://localhost/login"],
    }


@pytest.mark.parametrize("endpoint", [None, "https:///nowhere", "javascript:alert(1)", "http://a"])
def test_a_provider_without_a_safe_way_out_is_told_of(
    home: Path, provider: IdentityProvider, endpoint: str | None
) -> None:
    provider.more = {} if endpoint is None else {"end_session_endpoint": endpoint}
    app = create_app(home, opening=Opening(identity_secret=SECRET))
    assert Visitor(app).get("/login/identity/leave").location == "/login?why=no_way_out"


def test_a_session_from_there_ends_like_any_other(
    home: Path, app: Dash, visitor: Visitor, provider: IdentityProvider
) -> None:
    arrive(visitor, provider)
    token = visitor.cookie()
    found = sessions.Sessions(home, {}).found(token, datetime.now(UTC), active=False)
    assert found is None  # an unknown role has no time to do nothing
    csrf = app.server.extensions["ioc-people"].form_token(token)
    assert visitor.post("/logout", {"token": csrf}).location == "/login?why=left_here"
    assert not is_in(visitor)
