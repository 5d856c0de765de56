"""Logging in with a real browser, and what an open page does when its session ends."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboards.opening import Opening
from domain.scope import Scope
from store.state import screens
from store.state.people import disable_person, unlock_person
from tests.browser.conftest import Watched, Web, watched
from tests.dashboards.identity_provider import CLIENT, SECRET, identity_provider
from tests.dashboards.logging_in import PASSWORD, add, deed

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEW = "/area/25?grain=quarter"


@pytest.fixture(scope="module")
def guarded(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The web of a home with people."""
    home = tmp_path_factory.mktemp("guarded") / "home"
    shutil.copytree(made_home, home)
    add(home, "lan", "leader")
    web = Web(home)
    web.start()
    yield web
    web.stop()


def log_in(visitor: Watched) -> None:
    page = visitor.page
    page.fill("input[name=name]", "lan")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    visitor.until("!document.getElementById('first') && document.querySelector('#page h1')")


@pytest.mark.parametrize(
    "how", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}]
)
def test_the_login_page_fits_and_is_quiet(
    browser: Browser, guarded: Web, how: dict[str, object]
) -> None:
    with watched(browser, guarded, **how) as visitor:
        visitor.page.goto(guarded.address + VIEW)
        assert visitor.page.url.startswith(guarded.address + "/login?next=")
        wide = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        dark = visitor.page.evaluate("document.documentElement.dataset.mantineColorScheme")
        assert dark == ("dark" if how.get("color_scheme") else "light")
        assert visitor.page.evaluate("document.activeElement.name") == "name"
        visitor.page.fill("input[name=name]", "lan")
        visitor.page.fill("input[name=password]", "sai")
        visitor.page.click("button[type=submit]")
        assert "Không đăng nhập được" in (visitor.page.text_content("[role=alert]") or "")
        visitor.check()


def test_an_ended_session_is_said_and_the_same_view_comes_back(
    browser: Browser, guarded: Web
) -> None:
    with watched(browser, guarded) as visitor:
        page = visitor.page
        page.goto(guarded.address + VIEW)
        log_in(visitor)
        assert page.url == guarded.address + VIEW
        visitor.until("document.querySelector('.ioc-whoami summary')?.textContent === 'Lan'")
        disable_person(guarded.home, "lan", deed())
        page.wait_for_url("**/login?**")
        assert "Phiên làm việc đã kết thúc" in (page.text_content("[role=alert]") or "")
        unlock_person(guarded.home, "lan", deed())
        log_in(visitor)
        assert page.url == guarded.address + VIEW
        visitor.complaints = [one for one in visitor.complaints if "401" not in one]
        visitor.check()


def test_logging_out_takes_one_click(browser: Browser, guarded: Web) -> None:
    with watched(browser, guarded) as visitor:
        page = visitor.page
        page.goto(guarded.address + VIEW)
        log_in(visitor)
        visitor.until("document.querySelector('.ioc-whoami summary')")
        page.click(".ioc-whoami summary")
        page.click("[data-action=leave]")
        page.wait_for_url("**/login?**")
        assert "Đã đăng xuất" in (page.text_content("[role=alert]") or "")
        page.goto(guarded.address + VIEW)
        assert "/login" in page.url
        visitor.check()


def test_the_provinces_login_leads_there_and_back(
    browser: Browser, made_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(made_home, home)
    add(home, "lan", "leader")
    with identity_provider() as provider:
        grant = '[[grant]]\ngroup = "ioc"\nrole = "leader"\nareas = "*"\n'
        (home / "config").mkdir(exist_ok=True)
        about = f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nlabel = "tài khoản tỉnh"\n'
        (home / "config" / "identity.toml").write_text(about + grant)
        provider.person = {"sub": "1", "name": "Lê Hoa", "groups": ["ioc"]}
        web = Web(home, opening=Opening(identity_secret=SECRET))
        web.start()
        with watched(browser, web) as visitor:
            page = visitor.page
            page.goto(web.address + VIEW)
            page.click("text=Đăng nhập bằng tài khoản tỉnh")
            visitor.until("document.querySelector('.ioc-whoami summary')?.textContent === 'Lê Hoa'")
            assert page.url == web.address + VIEW
            visitor.complaints = [one for one in visitor.complaints if provider.issuer not in one]
            visitor.check()
        web.stop()


def test_a_wall_outlives_a_restart_an_outage_and_a_new_token_and_is_dark_when_revoked(
    browser: Browser, made_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(made_home, home)
    add(home, "van.hanh", "operator")
    with identity_provider() as provider:
        grant = '[[grant]]\ngroup = "ioc"\nrole = "leader"\nareas = "*"\n'
        about = f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nlabel = "x"\n'
        (home / "config").mkdir(exist_ok=True)
        (home / "config" / "identity.toml").write_text(about + grant)
        web = Web(home, opening=Opening(identity_secret=SECRET))
        web.start()
        with watched(browser, web, viewport={"width": 1920, "height": 1080}) as visitor:
            page, places = visitor.page, list[str]()
            page.on("framenavigated", lambda frame: places.append(frame.url))
            page.goto(f"{web.address}/screen")
            code = page.text_content(".ioc-code") or ""
            where, scope = ("127.0.0.0/8",), Scope(None)
            number = screens.confirm(home, code, ("Sảnh", "", scope, where), deed("screen.add"))
            page.wait_for_url(f"{web.address}/")  # by itself
            page.wait_for_selector("#page h1")
            assert page.text_content(".ioc-whoami") == "Sảnh"
            provider.stop()  # an outage
            web.stop()  # a restart
            visitor.until("document.querySelector('.ioc-banner--offline')")
            web.start()
            visitor.until("!document.querySelector('.ioc-banner--offline')")
            old = token_of(visitor)
            with sqlite3.connect(home / "app.sqlite") as db:  # a day goes by
                db.execute("update screen_token set made_at = '2020-01-01'")
            db.close()
            while token_of(visitor) == old:
                page.wait_for_timeout(200)
            page.click("[data-action=theme]")
            visitor.until("document.querySelectorAll('.ioc-card').length")
            assert not [one for one in places if "/login" in one]
            (known,) = screens.screens(home)
            assert known.resolution == "1920x1080"
            screens.revoke(home, number, deed("screen.revoke"))
            page.wait_for_url("**/screen", timeout=60_000)
            assert page.query_selector(".ioc-card") is None
            assert page.query_selector(".ioc-code")
            assert not [one for one in places if "/login" in one]
        web.stop()


def token_of(visitor: Watched) -> str:
    cookies = visitor.page.context.cookies()
    return next(one["value"] for one in cookies if one["name"] == "ioc-screen")
