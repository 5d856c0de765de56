"""Files from the web: asked for, made by the builder, fetched by who asked; all of it on record."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import flask
import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards.access import EXPORT, READ, Access, Person
from dashboards.exports import builder
from dashboards.exports.builder import Patience, build, is_at_work
from dashboards.exports.wanted import scope_read, scope_written
from dashboards.shell import create_app
from domain.scope import EVERYTHING, Scope
from store.state import audit, exports
from tests.dashboards.exports import reading

AT_ONCE = Patience(linger=0.01)
TREND = {"what": "trend", "form": "xlsx", "address": "/area/25?from=2026-01-01&to=2026-11-21"}
NOBODY = {
    "../../etc/passwd",
    "..",
    "%2e%2e%2fapp.sqlite",
    "0" * 32,
    "app.sqlite",
    "builder.lock",
    "a/b",
    "x\r\nSet-Cookie: a=b",
}


@pytest.fixture(scope="module")
def place(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room's home once more, with people's doings of its own."""
    folder = tmp_path_factory.mktemp("taking") / "home"
    for name in ("snapshots", "config"):
        if (home / name).exists():
            copytree(home / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def started() -> list[str]:
    return []


@pytest.fixture(scope="module")
def taking(place: Path, started: list[str]) -> Dash:
    return create_app(place, workshop=lambda: started.append("started"))


@pytest.fixture
def browser(taking: Dash) -> Iterator[FlaskClient]:
    with taking.server.test_client() as client:
        yield client


def as_person(
    app: Dash, monkeypatch: pytest.MonkeyPatch, name: str, scope: Scope = EVERYTHING, *rights: str
) -> None:
    access: Access = app.server.extensions["ioc-access"]
    asking = Person(name, frozenset(rights or (READ, EXPORT)), scope)
    monkeypatch.setattr(access, "person_of", lambda: asking)


def ask(client: FlaskClient, **changes: Any) -> flask.Response:
    return client.post("/exports", data=json.dumps(TREND | changes))  # type: ignore[return-value]


def told(client: FlaskClient, export_id: str) -> dict[str, Any]:
    answer = client.get(f"/exports/{export_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_a_panel_is_asked_for_made_and_fetched_and_the_trail_says_so(
    browser: FlaskClient, place: Path, started: list[str]
) -> None:
    export_id = ask(browser).get_json()["id"]
    assert started
    assert told(browser, export_id)["state"] == "waiting"
    assert browser.get(f"/exports/{export_id}/file").status_code == 404
    assert build(place, patience=AT_ONCE) == 1
    state = told(browser, export_id)
    assert (state["state"], state["message"]) == ("done", "")
    answer = browser.get(f"/exports/{export_id}/file")
    assert reading.sheet_rows(answer.data)[0][0] == "Kỳ"
    name = answer.headers["Content-Disposition"]
    assert "ty-le-giai-quyet-truoc-va-dung-han-tinh-phu-tho-" in name
    assert name.endswith('.xlsx"')
    last = audit.entries(place)[0].deed
    assert (last.actor, last.event) == ("guest", "export")
    assert "trend xlsx /area/25" in last.object
    assert hashlib.sha256(answer.data).hexdigest() in last.detail


def test_a_pack_tells_how_far_it_is_and_shows_its_pages_before_it_is_taken(
    browser: FlaskClient, place: Path
) -> None:
    sections = [{"kind": "figures"}, {"kind": "trend", "metric": "dossiers_received"}]
    recipe = {"title": "Thử", "period": "2026-10", "sections": sections}
    export_id = ask(
        browser, what="pack", form="pdf", recipe=recipe, area="25", pictures=True
    ).get_json()["id"]
    build(place, patience=AT_ONCE)
    state = told(browser, export_id)
    assert (state["state"], state["made"], state["parts"]) == ("done", 2, 2)
    assert state["pages"] == len(reading.pdf_pages(browser.get(f"/exports/{export_id}/file").data))
    picture = browser.get(f"/exports/{export_id}/pages/0")
    assert picture.data.startswith(b"\x89PNG")
    assert browser.get(f"/exports/{export_id}/pages/{state['pages']}").status_code == 404


def test_what_cannot_be_made_says_why_in_a_sentence(browser: FlaskClient, place: Path) -> None:
    export_id = ask(browser, address="/area/25?metric=no_such").get_json()["id"]
    build(place, patience=AT_ONCE)
    state = told(browser, export_id)
    assert state["state"] == "failed"
    assert "no_such" in state["message"]


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"form": "exe"}, "no form of export 'exe'"),
        ({"what": "secrets"}, "fields cannot be read"),
        ({"person": "boss"}, "fields cannot be read"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused(
    browser: FlaskClient, changes: dict[str, str], detail: str
) -> None:
    answer = ask(browser, **changes)
    assert answer.status_code == 400
    assert detail in answer.get_json()["detail"]


# ---- who gets what


def test_a_file_is_nobody_elses_and_not_theirs_with_another_scope(
    browser: FlaskClient, taking: Dash, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phu_tho = Scope(frozenset({"25@2025-07-01"}))
    as_person(taking, monkeypatch, "lan", phu_tho)
    export_id = ask(browser).get_json()["id"]
    build(place, patience=AT_ONCE)
    assert browser.get(f"/exports/{export_id}/file").status_code == 200
    as_person(taking, monkeypatch, "minh", phu_tho)
    assert browser.get(f"/exports/{export_id}").status_code == 404
    assert browser.get(f"/exports/{export_id}/file").status_code == 404
    as_person(taking, monkeypatch, "lan", Scope(frozenset({"04@2025-07-01"})))
    assert browser.get(f"/exports/{export_id}/file").status_code == 404


def test_whoever_may_not_export_gets_nothing(
    browser: FlaskClient, taking: Dash, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person(taking, monkeypatch, "man-hinh", EVERYTHING, READ)
    assert ask(browser).status_code == 403
    assert browser.get("/exports/" + "0" * 32 + "/file").status_code == 403


def test_an_area_outside_the_scope_is_in_no_file(
    browser: FlaskClient, taking: Dash, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person(taking, monkeypatch, "lan", Scope(frozenset({"04@2025-07-01"})))
    export_id = ask(browser).get_json()["id"]
    build(place, patience=AT_ONCE)
    state = told(browser, export_id)
    assert state["state"] == "failed"
    assert "25" in state["message"] or "Phú Thọ" in state["message"]


@pytest.mark.parametrize("name", sorted(NOBODY))
def test_no_name_leads_to_another_file(browser: FlaskClient, name: str) -> None:
    for address in (f"/exports/{name}", f"/exports/{name}/file", f"/exports/{name}/pages/0"):
        answer = browser.get(address)
        is_shell = answer.status_code == 200 and b"_dash-config" in answer.data
        assert answer.status_code == 404 or is_shell
        assert "Set-Cookie" not in answer.headers.get("Content-Disposition", "")


def test_a_file_is_gone_after_a_day(
    browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = ask(browser).get_json()["id"]
    build(place, patience=AT_ONCE)
    lies = builder.path_of(place, export_id)
    assert lies.exists()
    monkeypatch.setattr(exports, "KEPT", timedelta(seconds=0))
    assert browser.get(f"/exports/{export_id}/file").status_code == 404
    build(place, patience=AT_ONCE)
    assert not lies.exists()


def test_a_scope_is_the_same_once_written_and_read() -> None:
    for scope in (EVERYTHING, Scope(frozenset({"25@"}), frozenset({"H44"}), 5), Scope(frozenset())):
        assert scope_read(scope_written(scope)) == scope


# ---- the builder


def test_twenty_wishes_of_three_people_are_all_made_and_taken_in_turns(
    taking: Dash, browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, count in (("an", 10), ("binh", 5), ("chi", 5)):
        as_person(taking, monkeypatch, name)
        for _ in range(count):
            assert ask(browser, form="csv").status_code == 202
    order = []
    while (found := exports.take(place, datetime.now(UTC))) is not None:
        order.append(found.person)
    assert len(order) == 20
    assert set(order[:3]) == {"an", "binh", "chi"}
    assert sorted(order[:6]) == ["an", "an", "binh", "binh", "chi", "chi"]
    assert build(place, patience=AT_ONCE) == 20


def test_who_waits_is_told_how_many_files_are_made_before(
    taking: Dash, browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, list[str]] = {}
    for name, count in (("em", 3), ("giang", 1), ("hoa", 1)):
        as_person(taking, monkeypatch, name)
        found[name] = [ask(browser, form="csv").get_json()["id"] for _ in range(count)]
    ahead = {name: [exports.ahead_of(place, one) for one in ids] for name, ids in found.items()}
    assert ahead == {"em": [0, 3, 4], "giang": [1], "hoa": [2]}
    assert told(browser, found["hoa"][0])["ahead"] == 2
    taken = exports.take(place, datetime.now(UTC))
    assert taken is not None
    assert taken.export_id == found["em"][0]
    assert exports.ahead_of(place, found["giang"][0]) == 1  # the one being made
    order = []
    while (one := exports.take(place, datetime.now(UTC))) is not None:
        order.append(one.person)
    assert order == ["giang", "hoa", "em", "em"]
    build(place, patience=AT_ONCE)


def test_nobody_takes_more_than_fifty_files_a_day(
    taking: Dash, browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person(taking, monkeypatch, "kim")
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    scope = scope_written(EVERYTHING)
    exports.ask(place, "kim", scope, "{}", yesterday)  # counts no more
    for number in range(exports.MOST_A_DAY):
        exports.fail(place, exports.ask(place, "kim", scope, "{}", datetime.now(UTC)), str(number))
    answer = ask(browser, form="csv")
    assert answer.status_code == 429
    assert "50 tệp trong một ngày" in answer.get_json()["detail"]
    as_person(taking, monkeypatch, "lam")
    assert ask(browser, form="csv").status_code == 202
    build(place, patience=AT_ONCE)


def test_a_person_with_ten_files_waiting_has_to_take_some_first(
    taking: Dash, browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person(taking, monkeypatch, "dung")
    assert [ask(browser, form="csv").status_code for _ in range(11)] == [202] * 10 + [429]
    build(place, patience=AT_ONCE)
    assert ask(browser, form="csv").status_code == 202
    build(place, patience=AT_ONCE)


def test_what_takes_too_long_is_given_up_and_the_next_is_made(
    browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = ask(browser, form="csv").get_json()["id"]

    def endless(*_: Any) -> None:
        while True:
            pass

    with monkeypatch.context() as slow:
        slow.setattr(builder, "_made", endless)
        build(place, patience=Patience(seconds=1, linger=0.01))
    assert told(browser, export_id)["state"] == "failed"
    assert "longer than 1 seconds" in told(browser, export_id)["message"]
    export_id = ask(browser, form="csv").get_json()["id"]
    build(place, patience=AT_ONCE)
    assert told(browser, export_id)["state"] == "done"


def test_what_a_dead_builder_left_is_made_by_the_next_and_given_up_the_second_time(
    browser: FlaskClient, place: Path
) -> None:
    export_id = ask(browser, form="csv").get_json()["id"]
    assert exports.take(place, datetime.now(UTC)) is not None
    exports.recover(place, "gone")
    assert told(browser, export_id)["state"] == "waiting"
    assert exports.take(place, datetime.now(UTC)) is not None
    exports.recover(place, "gone")
    assert told(browser, export_id) | {"made": 0} == {
        "state": "failed", "ahead": 0, "made": 0, "parts": 0, "message": "gone", "name": "",
        "pages": 0,
    }  # fmt: skip


def test_there_is_one_builder_of_a_home(place: Path) -> None:
    assert not is_at_work(place)
    with builder._only_one(place) as is_ours:
        assert is_ours
        assert is_at_work(place)
        assert build(place, patience=AT_ONCE) == 0
