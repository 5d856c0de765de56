"""Strings that break out of SQL, HTML, paths and headers, sent through everything that is read.

Whatever is sent: no failure of ours, and no row that a plain question would not have had.
"""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dash import Dash

from dashboards.shell import create_app
from domain.scope import Scope
from store.state import sessions
from tests.dashboards.logging_in import Visitor, add, called, times

ROOTS = (
    "' or '1'='1",
    "'; drop table meta; --",
    "' union select * from source --",
    "1) or (1=1",
    '" or ""="',
    "$end",
    "$$ $$",
    "read_csv('/etc/passwd')",
    "'; copy meta to '/tmp/x'; --",
    "'; attach '/etc/passwd' as x; --",
    "'; install httpfs; --",
    "(select 1)",
    "{record}",
    "{0.__class__}",
    "%s%n%x",
    "../../etc/passwd",
    "..\\..\\windows",
    "/dev/null",
    "file:///etc/passwd",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\r\nSet-Cookie: a=b",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "ﷺ" * 30,
    "é" * 300,
    "-1",
    "9" * 40,
    "1e309",
    "NaN",
    "0000-00-00",
    "9999-12-31",
    "2026-02-30",
    "25@",
    "@2026-01-01",
    "25@2026-01-01@",
    "VN@",
    "null",
    "None",
    "[]",
    "{}",
    "=1+1",
    "*",
    "_",
    "%25%27",
    "＇ or 1=1",
    "ʼ; --",
    "\u202e25",
    "\u200b25",
)
WRAPS = (
    "{}",
    "25{}",
    "{}25",
    "dossiers_received{}",
    "channel={}",
    "2026-01-01{}",
    "{0}{0}",
    "'{}'",
    "({})",
    "{} ",
)
CORPUS = [wrap.replace("{0}", "{}").replace("{}", root) for root in ROOTS for wrap in WRAPS]
PLAIN = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", "area": "25"}
PARAMETERS = (*PLAIN, "grain", "by", "level", "boundaries", "as_of", "filter", "calendar", "format")


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("injection") / "home"
    shutil.copytree(home, own)
    add(own, "lan", "department", Scope(frozenset({"25@2025-07-01"})))
    return create_app(own)


@pytest.fixture(scope="module")
def visitor(app: Dash) -> Visitor:
    people = app.server.extensions["ioc-people"]
    token = sessions.begin(people.home, "lan", "in", datetime.now(UTC), "")
    visitor = Visitor(app)
    visitor.client.set_cookie("ioc", token, domain="localhost")
    visitor.how["headers"] = {"X-CSRFToken": people.form_token(token)}
    return visitor


def test_there_are_500_strings() -> None:
    assert len(set(CORPUS)) == 500


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_of_the_api_breaks_nothing_and_shows_no_more(
    visitor: Visitor, parameter: str, pytestconfig: pytest.Config
) -> None:
    chance = random.Random(parameter)
    few = 500 if parameter in ("area", "filter", "metric") else 60
    for text in chance.sample(CORPUS, times(pytestconfig, few, 500)):
        answer = visitor.client.get(
            "/api/v1/query", query_string={**PLAIN, parameter: text}, **visitor.how
        )
        assert answer.status_code < 500, ascii((parameter, text))
        if answer.status_code == 200 and answer.mimetype == "application/json":
            rows = answer.get_json()["values"]
            assert {row["area"] for row in rows} <= {"25"}, ascii((parameter, text))


@pytest.mark.slow
@pytest.mark.parametrize("parameter", ["area", "filter", "part", "order", "offset", "metric"])
def test_a_parameter_of_a_list_of_dossiers_shows_none_of_another_area(
    visitor: Visitor, parameter: str, pytestconfig: pytest.Config
) -> None:
    chance = random.Random(parameter)
    for text in chance.sample(CORPUS, times(pytestconfig, 30, 500)):
        answer = visitor.client.get(
            "/api/v1/dossiers", query_string={**PLAIN, parameter: text}, **visitor.how
        )
        assert answer.status_code < 500, ascii((parameter, text))
        if answer.status_code == 200:
            assert answer.get_json()["area"] == "25", ascii((parameter, text))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_address_breaks_nothing(
    visitor: Visitor, app: Dash, pytestconfig: pytest.Config
) -> None:
    chance = random.Random(7)
    for text in chance.sample(CORPUS, times(pytestconfig, 40, 500)):
        for path, search in ((f"/area/{text}", ""), ("/area/25", f"?metric={text}"), ("/", text)):
            answer = called(visitor, app, "show_page", "page.children", path[:500], search[:2000])
            said = ascii((path, search))
            assert answer.status_code < 500, said
            assert "Có lỗi ngoài dự kiến" not in answer.text, said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_names_and_cookies_break_nothing(app: Dash) -> None:
    stranger = Visitor(app, "10.7.7.7")
    for text in CORPUS[::25]:
        answer = stranger.submit("/login", "/session", name=text, password=text, next=text)
        assert answer.status_code == 303
        assert str(answer.location).startswith("/login?why=refused")
        assert "Set-Cookie: a=b" not in str(answer.headers)
    for text in CORPUS[::10]:
        answer = stranger.client.get(
            "/api/v1/metrics", headers={"Authorization": "Bearer x"}, **stranger.how
        )
        assert answer.status_code == 401
        assert stranger.get("/login", **{"X-Forwarded-For": "1"}).status_code == 200
        assert stranger.client.get("/login", query_string={"next": text}).status_code == 200
