"""The page of dossiers: its lists are what figures count; only who may see them sees any."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from dashboards.roles import ROLES
from dashboards.selection import Listed
from dashboards.shell import create_app
from domain.scope import EVERYTHING, Scope
from store.state import sessions
from store.state.audit import entries
from tests.dashboards.logging_in import Visitor, add, called
from tests.dashboards.reading import elements, text_of
from tests.metrics.collected import NEW_PHU_THO

MAY = {"leader", "department", "commune", "steward"}
METRICS = {
    "near": "dossiers_near_due",
    "overdue": "dossiers_pending_overdue",
    "paused": "dossiers_paused",
    "reception": "reception_late_rate",
}


@pytest.fixture(scope="module")
def peopled(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("lists") / "home"
    shutil.copytree(home, own)
    for role in ROLES:
        scope = Scope(frozenset({NEW_PHU_THO})) if role == "department" else EVERYTHING
        add(own, f"a.{role}", role, scope)
    return create_app(own)


def visitor(peopled: Dash, role: str) -> Visitor:
    people = peopled.server.extensions["ioc-people"]
    token = sessions.begin(people.home, f"a.{role}", "in", datetime.now(UTC), "")
    found = Visitor(peopled)
    found.client.set_cookie("ioc", token, domain="localhost")
    found.how["headers"] = {"X-CSRFToken": people.form_token(token)}
    return found


def shown(app: Dash, address: str, who: Visitor | None = None) -> tuple[Any, Any]:
    """The tabs and the body at an address."""
    path, _, search = address.partition("?")
    search = f"?{search}" if search else ""
    answer = called(who or Visitor(app), app, "show_dossiers", "dossiers-tabs", path, search)
    assert answer.status_code == 200, answer.text
    told = json.loads(answer.data)["response"]
    return told["dossiers-tabs"]["tree"], told["dossiers-body"]["tree"]


def rows_of(body: Any) -> list[str]:
    """The rows of the list, each as a reader reads it."""
    (table,) = elements(body, "ioc-docket__table")
    return [text_of(row) for row in table[-1][2:]]


def number_after(text: str, name: str) -> int:
    found = re.search(rf"{name} \(([\d.]+)\)", text)
    assert found is not None, text
    return int(found[1].replace(".", ""))


def test_every_tab_has_the_number_the_api_gives(app: Dash) -> None:
    tabs, _ = shown(app, "/dossiers?area=25")
    text = text_of(tabs)
    day = {"area": "25", "from": "2026-01-01", "to": "2026-11-23", "boundaries": "today"}
    client = Visitor(app).client
    for one, name in (
        ("near", "Sắp đến hạn"),
        ("overdue", "Quá hạn"),
        ("paused", "Tạm dừng"),
        ("reception", "Tiếp nhận chậm"),
    ):
        asked = {**day, "metric": METRICS[one]}
        (value,) = client.get("/api/v1/query", query_string=asked).json["values"]  # type: ignore[index]
        if value["numerator"] is not None:
            assert number_after(text, name) == value["numerator"]


def test_the_overdue_list_is_sorted_by_working_days(app: Dash) -> None:
    _, body = shown(app, "/dossiers?list=overdue")
    rows = rows_of(body)
    days = [int(found[1]) for row in rows if (found := re.search(r"muộn (\d+) ngày", row))]
    assert len(days) > 5
    assert days == sorted(days, reverse=True)
    assert all("Quá hạn" in row for row in rows)


def test_a_long_list_comes_in_pages(app: Dash) -> None:
    _, body = shown(app, "/dossiers?metric=dossiers_received")
    _, second = shown(app, "/dossiers?metric=dossiers_received&p=2")
    first, next_ = rows_of(body), rows_of(second)
    assert len(first) == len(next_) == 50
    assert not set(first) & set(next_)
    assert "1–50 trong " in text_of(body)
    assert "51–100 trong " in text_of(second)


def test_the_list_says_whether_it_explains_its_number(app: Dash) -> None:
    _, body = shown(app, "/dossiers?metric=on_time_rate_resolved&part=denominator&area=25")
    text = text_of(body)
    count = re.search(r"^([\d.]+) hồ sơ", text)
    assert count is not None
    assert f"Khớp với con số: {count[1]}." in text


def test_a_group_narrows_the_list_to_itself(app: Dash) -> None:
    _, body = shown(app, "/dossiers?metric=dossiers_received&area=25")
    (groups,) = elements(body, "ioc-docket__groups")
    links = [link for link in _links(groups) if "procedure=" in link[1]["href"]]
    path = links[0][1]["href"]
    counts = {text_of(row[2]): text_of(row[3]) for row in _rows(groups)}
    _, narrowed = shown(app, path)
    assert text_of(narrowed).startswith(f"{counts[text_of(links[0])]} hồ sơ")


def _links(tree: Any) -> list[Any]:
    return [one for one in _all(tree) if one[0] == "a"]


def _rows(tree: Any) -> list[Any]:
    return [one for one in _all(tree) if one[0] == "tr" and len(one) > 3]


def _all(tree: Any) -> list[Any]:
    if not isinstance(tree, list) or not tree:
        return []
    if isinstance(tree[0], list):
        return [found for one in tree for found in _all(one)]
    return [tree, *(found for one in tree[2:] for found in _all(one))]


def test_a_dossier_is_shown_down_to_its_batch_file_and_rules(app: Dash) -> None:
    _, body = shown(app, "/dossiers?list=overdue&sort=code")
    (table,) = elements(body, "ioc-docket__table")
    link = _links(table[-1])[0]
    assert link[1]["href"].startswith("/dossiers/dich_vu_cong/")
    _, life = shown(app, link[1]["href"])
    text = text_of(life)
    for told in ("Được tiếp nhận", "Hẹn trả kết quả", "Quá hạn", "số 1", "SHA-256 của tệp gốc"):
        assert told in text
    assert "Phiên bản quy tắc đếm" in text


def test_an_unknown_dossier_and_a_foreign_one_are_answered_alike(peopled: Dash) -> None:
    leader, department = visitor(peopled, "leader"), visitor(peopled, "department")
    _, body = shown(peopled, "/dossiers?metric=dossiers_received&area=04", leader)
    (table,) = elements(body, "ioc-docket__table")
    foreign = _links(table[-1])[0][1]["href"].partition("?")[0]
    code = foreign.rpartition("/")[2]
    _, own = shown(peopled, foreign, leader)
    assert "Được tiếp nhận" in text_of(own)
    _, refused = shown(peopled, foreign, department)
    _, unknown = shown(peopled, "/dossiers/dich_vu_cong/NOTHING", department)
    assert text_of(refused).replace(code, "X") == text_of(unknown).replace("NOTHING", "X")


@pytest.mark.parametrize("role", ROLES)
def test_the_page_is_answered_to_the_roles_of_the_table_alone(peopled: Dash, role: str) -> None:
    who = visitor(peopled, role)
    answer = called(
        who, peopled, "show_dossiers", "dossiers-tabs", "/dossiers", "?list=overdue&area=25"
    )
    assert answer.status_code == (200 if role in MAY else 403)


def test_a_foreign_area_shows_no_dossier(peopled: Dash) -> None:
    _, body = shown(peopled, "/dossiers?list=overdue&area=04", visitor(peopled, "department"))
    assert not elements(body, "ioc-docket__table")
    assert "outside the areas you may see" in text_of(body)


def test_every_look_is_in_the_audit_trail(peopled: Dash) -> None:
    home = peopled.server.extensions["ioc-people"].home
    shown(peopled, "/dossiers?list=overdue&area=25", visitor(peopled, "steward"))
    deeds = [one.deed for one in entries(home) if one.deed.actor == "a.steward"]
    assert deeds[0].event == "dossiers"
    assert "dossiers_pending_overdue" in deeds[0].object


def test_no_list_is_kept_in_the_cache(app: Dash, home: Path) -> None:
    _, body = shown(app, "/dossiers?list=overdue&sort=code")
    (table,) = elements(body, "ioc-docket__table")
    code = text_of(_links(table[-1])[0])
    kept = [path for path in (home / "cache").rglob("*") if path.is_file()]
    assert not [path for path in kept if code.encode() in path.read_bytes()]


def test_the_lists_are_those_of_the_morning() -> None:
    assert {*METRICS, "waiting"} == set(Listed)
