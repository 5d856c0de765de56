"""What one person may see, another may not: whatever they send, and whatever is kept for both."""

import json
import random
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from dash import Dash
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.shell import create_app
from domain.area import Level, register
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from store.state import sessions
from store.state.audit import entries
from store.state.keys import keys, make_key, revoke_key
from tests.dashboards.logging_in import Visitor, add, called, deed, times

PHU_THO, COMMUNE = Scope(frozenset({"25@2025-07-01"})), Scope(frozenset({"07900@2025-07-01"}))
PEOPLE = {"leader": EVERYTHING, "department": PHU_THO, "commune": COMMUNE}
AREAS = register()
TODAY = Span.of_days(date(2026, 11, 1), date(2026, 11, 1))
PROVINCES = [one.code for one in AREAS.descendants("VN@", Level.PROVINCE, TODAY)]
SECRET = "outside the areas you may see"


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("scoped") / "home"
    shutil.copytree(home, own)
    for role, scope in PEOPLE.items():
        add(own, f"a.{role}", role, scope)
    return create_app(own)


def visitor(app: Dash, role: str) -> Visitor:
    people = app.server.extensions["ioc-people"]
    token = sessions.begin(people.home, f"a.{role}", "in", datetime.now(UTC), "")
    found = Visitor(app)
    found.client.set_cookie("ioc", token, domain="localhost")
    found.how["headers"] = {"X-CSRFToken": people.form_token(token)}
    return found


def asked(who: Visitor, **parameters: str) -> tuple[int, list[dict[str, Any]]]:
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", **parameters}
    answer = who.client.get("/api/v1/query", query_string=given, **who.how)
    return answer.status_code, json.loads(answer.data).get("values", [])


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [
        ("leader", "VN", 200),
        ("leader", "01", 200),
        ("department", "25", 200),
        ("department", "07900", 200),
        ("department", "26@2025-06-30", 200),  # Vĩnh Phúc, which Phú Thọ took in
        ("department", "VN", 403),
        ("department", "01", 403),
        ("commune", "07900", 200),
        ("commune", "25", 403),
        ("commune", "08521", 403),
    ],
)
def test_a_foreign_area_is_refused_and_ones_own_answered(
    app: Dash, role: str, area: str, status: int
) -> None:
    assert asked(visitor(app, role), area=area)[0] == status


def test_without_an_area_the_country_is_meant_and_refused(app: Dash) -> None:
    assert asked(visitor(app, "department"))[0] == 403


def test_a_list_holds_only_ones_own(app: Dash) -> None:
    status, rows = asked(visitor(app, "department"), area="VN", by="area", level="province")
    assert status == 200
    assert {row["area_id"] for row in rows} == {"25@2025-07-01"}
    status, rows = asked(visitor(app, "commune"), area="25", by="area")
    assert {row["area_id"] for row in rows} == {"07900@2025-07-01"}


def test_a_file_to_take_away_obeys_too(app: Dash) -> None:
    who = visitor(app, "department")
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", "area": "01"}
    assert who.client.get("/download", query_string=given, **who.how).status_code == 403


@pytest.mark.parametrize(
    ("role", "path", "denied"),
    [
        ("leader", "/", False),
        ("leader", "/area/01", False),
        ("department", "/", True),
        ("department", "/area/25", False),
        ("department", "/area/01", True),
        ("department", "/area/07900", False),
        ("commune", "/area/07900", False),
        ("commune", "/area/25", True),
    ],
)
def test_a_page_is_shown_or_refused_in_words(app: Dash, role: str, path: str, denied: bool) -> None:
    who = visitor(app, role)
    answer = called(who, app, "show_page", "page.children", path)
    assert answer.status_code == 200
    assert ("Không có quyền xem" in answer.text) == denied
    assert "Không lấy được số liệu" not in answer.text
    first = who.get(path).text
    picture = first[first.index('<div id="first">') : first.index('<div id="react-entry')]
    assert ("<h1" in picture) != denied


@pytest.mark.parametrize(("role", "is_led"), [("leader", False), ("department", True)])
def test_the_navigation_leads_nobody_to_a_page_that_is_closed_to_them(
    app: Dash, role: str, is_led: bool
) -> None:
    who = visitor(app, role)
    drawn = [who.get("/area/25").text, called(who, app, "show_frame", "header", "/area/25").text]
    named = [("Nộp số liệu" in text, "Nguồn số liệu" in text) for text in drawn]
    assert named == [(is_led, True)] * 2


@settings(max_examples=60)
@given(
    code=st.sampled_from([*PROVINCES, "VN", "", "25'--", "25@2026-01-01", "01@", "%", "../25"]),
    page=st.sampled_from(["overview", "area"]),
    search=st.sampled_from(["", "?boundaries=then", "?grain=day", "?metric=docs_sent", "?x=1"]),
)
def test_whatever_a_department_forges_it_sees_no_other_province(
    app: Dash, code: str, page: str, search: str
) -> None:
    who = visitor(app, "department")
    path = f"/area/{code}" if code else "/"
    answer = called(who, app, "redraw", f"{page}-head.tree", path, search)
    assert answer.status_code < 500
    if not code.startswith("25"):
        assert "ioc-card" not in answer.text
        assert "ioc-ranking" not in answer.text


def test_two_people_never_get_each_others_rows_from_the_cache(
    app: Dash, pytestconfig: pytest.Config
) -> None:
    chance = random.Random(5)
    people = {role: visitor(app, role) for role in PEOPLE}
    for _ in range(times(pytestconfig, 40, 100)):
        path = f"/area/{chance.choice(['25', '01', '07900', '08521'])}"
        grain = f"?grain={chance.choice(['month', 'year'])}"
        role = chance.choice(list(people))
        allowed = {
            "leader": True,
            "department": path != "/area/01",
            "commune": path.endswith("7900"),
        }
        answer = called(people[role], app, "show_page", "page.children", path, grain)
        assert ("Không có quyền xem" in answer.text) != allowed[role], (role, path)


def test_two_people_at_once_for_200_interactions_each_get_what_they_asked_for(
    app: Dash, home: Path, tmp_path: Path
) -> None:
    """The same pages, asked for one after the other and by both at once of a web of its own."""
    shutil.copytree(home, tmp_path / "home")
    for role in ("leader", "department"):
        add(tmp_path / "home", f"a.{role}", role, PEOPLE[role])
    other = create_app(tmp_path / "home")
    paths = ("/area/25", "/area/08521", "/metric/dossiers_received", "/ranking", "/subject/work")
    searches = ("?area=25&grain=month&period=last_month", "?area=25&grain=quarter&period=this_year")
    asked = [
        (path, search.replace("area=25&", "") if "/area" in path else search)
        for path in paths
        for search in searches
    ]

    def answer(who: Visitor, of: Dash, place: tuple[str, str]) -> Any:
        return json.loads(called(who, of, "show_page", "page.children", *place).text)

    with time_machine.travel(datetime(2026, 11, 22, 2, tzinfo=UTC), tick=False):
        alone = {
            role: {place: answer(visitor(app, role), app, place) for place in asked}
            for role in ("leader", "department")
        }

        def interact(role: str) -> list[tuple[str, str]]:
            who, chance = visitor(other, role), random.Random(role)
            chosen = [chance.choice(asked) for _ in range(100)]
            return [one for one in chosen if answer(who, other, one) != alone[role][one]]

        with ThreadPoolExecutor(2) as both:
            assert list(both.map(interact, alone)) == [[], []]
    assert len({json.dumps(one) for one in alone["leader"].values()}) == len(asked)


def test_who_takes_figures_away_is_kept_before_they_leave(app: Dash) -> None:
    who = visitor(app, "department")
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", "area": "25"}
    assert who.client.get("/download", query_string=given, **who.how).status_code == 200
    home = app.server.extensions["ioc-people"].home
    (entry,) = entries(home, sought="export", most=1)
    assert entry.deed.actor == "a.department"
    assert '"dossiers_received"' in entry.deed.object
    assert entry.deed.detail.startswith("ioc-")


def test_nothing_leaves_where_it_cannot_be_kept(app: Dash, tmp_path: Path) -> None:
    who = visitor(app, "department")
    home = app.server.extensions["ioc-people"].home
    with sqlite3.connect(home / "app.sqlite", timeout=1) as other:
        other.execute(
            "create trigger full before insert on audit begin select raise(abort, 'x'); end"
        )
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", "area": "25"}
    answer = who.client.get("/download", query_string=given, **who.how)
    with sqlite3.connect(home / "app.sqlite") as other:
        other.execute("drop trigger full")
    other.close()
    assert answer.status_code == 503


# ---- programs


def with_key(app: Dash, key: str, area: str) -> int:
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", "area": area}
    headers = {"Authorization": f"Bearer {key}"}
    client = app.server.test_client()
    answer = client.get("/api/v1/query", query_string=given, headers=headers)
    return int(answer.status_code)


def test_a_program_sees_what_its_key_is_for_while_it_is_good(app: Dash) -> None:
    home = app.server.extensions["ioc-people"].home
    now = datetime.now(UTC)
    key = make_key(home, "statistics office", PHU_THO, now + timedelta(days=30), deed())
    (kept,) = keys(home)
    assert key not in (home / "app.sqlite").read_bytes().decode("latin-1")
    assert kept.used_at is None
    assert with_key(app, key, "25") == 200
    assert with_key(app, key, "01") == 403
    assert with_key(app, f"{key}x", "25") == 401
    assert keys(home)[0].used_at is not None
    with time_machine.travel(now + timedelta(days=31)):
        assert with_key(app, key, "25") == 401
    revoke_key(home, kept.key_id, deed())
    assert with_key(app, key, "25") == 401


def test_a_key_reads_alerts_only_where_it_was_made_for_that(app: Dash) -> None:
    home, now = app.server.extensions["ioc-people"].home, datetime.now(UTC)
    until, client = now + timedelta(days=1), app.server.test_client()
    for rights, status in (((), 403), (("alerts.read",), 200), (("alerts.handle",), 403)):
        key = make_key(home, "x", PHU_THO, until, deed(), rights)
        headers = {"Authorization": f"Bearer {key}"}
        for path in ("/api/v1/alerts", "/api/v1/explanations"):
            assert client.get(path, headers=headers).status_code == status


def test_a_key_opens_the_api_and_nothing_else(app: Dash) -> None:
    home = app.server.extensions["ioc-people"].home
    until = datetime.now(UTC) + timedelta(days=1)
    headers = {"Authorization": f"Bearer {make_key(home, 'x', EVERYTHING, until, deed())}"}
    client = app.server.test_client()
    assert client.get("/api/v1/metrics", headers=headers).status_code == 200
    for path in ("/download", "/account", "/_dash-layout"):
        assert client.get(path, headers=headers).status_code == 401


def test_a_refusal_is_a_problem_document_that_names_no_figure(app: Dash) -> None:
    who = visitor(app, "department")
    given = {"metric": "dossiers_received", "from": "2026-01-01", "to": "2026-02-01", "area": "01"}
    answer = who.client.get("/api/v1/query", query_string=given, **who.how)
    assert answer.mimetype == "application/problem+json"
    assert SECRET in answer.get_json()["detail"]
