"""Single dossiers through the API: as many as the number says, for who may, and in the trail."""

import csv
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards.roles import ROLES
from dashboards.shell import create_app
from domain.scope import EVERYTHING, Scope
from metrics.dossiers import COLUMNS
from store.state import sessions
from store.state.audit import entries
from tests.command_line import ask
from tests.dashboards.logging_in import Visitor, add
from tests.metrics.collected import NEW_PHU_THO, Collected, dossier

ASKED = {"metric": "dossiers_received", "area": "25", "from": "2026-01-01", "to": "2026-02-01"}
PHU_THO = Scope(frozenset({NEW_PHU_THO}))
MAY = {"leader", "department", "commune", "steward"}


@pytest.fixture(scope="module")
def peopled(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("dossiers") / "home"
    shutil.copytree(home, own)
    for role in ROLES:
        add(own, f"a.{role}", role, PHU_THO if role == "department" else EVERYTHING)
    return create_app(own)


def visitor(peopled: Dash, role: str) -> Visitor:
    people = peopled.server.extensions["ioc-people"]
    token = sessions.begin(people.home, f"a.{role}", "in", datetime.now(UTC), "")
    found = Visitor(peopled)
    found.client.set_cookie("ioc", token, domain="localhost")
    return found


def asked(who: Visitor, path: str = "/api/v1/dossiers", **parameters: Any) -> Any:
    return who.client.get(path, query_string={**ASKED, **parameters}, **who.how)


def test_the_list_is_as_long_as_the_number_of_the_same_question(client: FlaskClient) -> None:
    for metric, part in (
        ("dossiers_received", "numerator"),
        ("on_time_rate_resolved", "numerator"),
        ("on_time_rate_resolved", "denominator"),
    ):
        question = {**ASKED, "metric": metric}
        (value,) = client.get("/api/v1/query", query_string=question).json["values"]  # type: ignore[index]
        listed: Any = client.get("/api/v1/dossiers", query_string={**question, "part": part}).json
        assert listed["dossiers"] == listed["expected"] == value[part] > 0
        assert listed["complete"] is True
        assert listed["simulated"] is True
        assert set(listed["rows"][0]) == set(COLUMNS)


def test_pages_together_are_the_whole_list(client: FlaskClient) -> None:
    whole: Any = client.get("/api/v1/dossiers", query_string={**ASKED, "limit": "1000"}).json
    codes = []
    for offset in range(0, whole["dossiers"], 20):
        page = {**ASKED, "order": "code", "limit": "20", "offset": str(offset)}
        rows: Any = client.get("/api/v1/dossiers", query_string=page).json
        codes += [row["dossier_code"] for row in rows["rows"]]
    assert codes == sorted(row["dossier_code"] for row in whole["rows"])


@pytest.mark.parametrize("role", ROLES)
def test_only_who_works_on_dossiers_or_answers_for_them_sees_any(peopled: Dash, role: str) -> None:
    for path in ("/api/v1/dossiers", "/download/dossiers"):
        assert asked(visitor(peopled, role), path).status_code == (200 if role in MAY else 403)


@pytest.mark.parametrize(
    "foreign",
    [{"area": "04"}, {"area": "VN"}, {"area": "04@2025-06-30"}, {"area": "01"}],
)
def test_a_foreign_area_is_refused(peopled: Dash, foreign: dict[str, str]) -> None:
    assert asked(visitor(peopled, "department")).status_code == 200
    for path in ("/api/v1/dossiers", "/download/dossiers"):
        assert asked(visitor(peopled, "department"), path, **foreign).status_code == 403


def test_every_list_is_in_the_audit_trail_before_it_is_seen(peopled: Dash) -> None:
    home = peopled.server.extensions["ioc-people"].home
    before = sum(entry.deed.event == "dossiers" for entry in entries(home))
    asked(visitor(peopled, "leader"), limit="3")
    deeds = [entry.deed for entry in entries(home) if entry.deed.event == "dossiers"]
    assert len(deeds) == before + 1
    newest = max(deeds, key=lambda deed: deed.at)
    assert newest.actor == "a.leader"
    assert "dossiers_received" in newest.object
    assert "numerator, 3 of " in newest.detail


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"limit": "1001"}, "less than or equal to 1000"),
        ({"limit": "0"}, "greater than or equal to 1"),
        ({"offset": "-1"}, "greater than or equal to 0"),
        ({"order": "late; drop table dossier"}, "order"),
        ({"part": "both"}, "part"),
        ({"by": "area"}, "one area"),
        ({"grain": "month", "to": "2026-04-01"}, "one period"),
        ({"as_of": "2026-01-05"}, "as of a past day"),
        ({"metric": "docs_sent"}, "does not count dossiers"),
        ({"parts": "numerator"}, "Did you mean 'part'"),
    ],
)
def test_what_cannot_be_listed_is_said_in_a_sentence(
    client: FlaskClient, wrong: dict[str, str], why: str
) -> None:
    answer = client.get("/api/v1/dossiers", query_string={**ASKED, **wrong})
    assert answer.status_code == 400
    assert why in answer.json["detail"]  # type: ignore[index]


def test_a_code_is_never_a_formula_in_a_file(tmp_path: Path) -> None:
    codes = ["=1+1", "+SUM(A1)", "-2", "@cmd", "H44.26-0001"]
    rows = [dossier(code, "2026-01-05", area=NEW_PHU_THO) for code in codes]
    home = Collected(tmp_path).deliver(rows, reaches="2026-02-01", simulated=True)
    home.published("2026-02-01 08:00")
    with create_app(tmp_path).server.test_client() as client:
        text = client.get("/download/dossiers", query_string=ASKED).data.decode("utf-8-sig")
        api = client.get("/api/v1/dossiers", query_string={**ASKED, "format": "csv"}).text
    for answer in (text, api):
        found = [row["dossier_code"] for row in csv.DictReader(io.StringIO(answer))]
        assert sorted(found) == sorted([*("'" + code for code in codes[:4]), codes[4]])


def test_the_command_line_prints_what_the_api_answers(client: FlaskClient, home: Path) -> None:
    words = ["dossiers_received", "--area", "25", "--from", "2026-01-01", "--to", "2026-02-01"]
    words += ["--order", "code", "--limit", "5", "--format", "json"]
    done = ask(home, "dossiers", *words)
    page = {**ASKED, "order": "code", "limit": "5"}
    assert json.loads(done.stdout) == client.get("/api/v1/dossiers", query_string=page).json
    assert any("command line" in entry.deed.actor for entry in entries(home))
