"""Whatever a department's browser is made to send, it sees its own, and so does everybody else.

`--faults 100` or more tries 500 forgeries and 100 selections; the ordinary run fewer.
"""

import random
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.shell import create_app
from domain.area import Level, register
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from store.state import sessions
from tests.dashboards.logging_in import Visitor, add, called, times

PHU_THO, COMMUNE = Scope(frozenset({"25@2025-07-01"})), Scope(frozenset({"07900@2025-07-01"}))
PEOPLE = {"leader": EVERYTHING, "department": PHU_THO, "commune": COMMUNE}
AREAS = register()
TODAY = Span.of_days(date(2026, 11, 1), date(2026, 11, 1))
PROVINCES = [one.code for one in AREAS.descendants("VN@", Level.PROVINCE, TODAY)]
# Made-up dossiers lie in these two provinces' communes; the department sees the first alone.
NEAR, FAR = "25", "04"
FAR_COMMUNES = [one.code for one in AREAS.children("04@", date(2026, 11, 1))][:8]
FIGURES = ("ioc-card", "ioc-ranking", "customdata", "ioc-unit")

codes = st.sampled_from(
    [*PROVINCES, *FAR_COMMUNES, "VN", "04@2025-06-30", "07900", "25'--", "%", "*", "25,04", "../04"]
)
searches = st.sampled_from(
    [
        "",
        "?boundaries=then",
        "?grain=day",
        "?metric=dossiers_received",
        "?from=2025-01-02&to=2025-06-30",
        "?area=04",
        "?scope=*",
        "?organisation=H04",
        "?by=area&level=commune",
    ]
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | codes | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "index", "path", "search", "area", "scope", "person"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)


def homes(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    for role, scope in PEOPLE.items():
        add(target, f"a.{role}", role, scope)
    return target


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return create_app(homes(home, tmp_path_factory.mktemp("forged") / "home"))


def visitor(app: Dash, role: str) -> Visitor:
    people = app.server.extensions["ioc-people"]
    token = sessions.begin(people.home, f"a.{role}", "in", datetime.now(UTC), "")
    found = Visitor(app)
    found.client.set_cookie("ioc", token, domain="localhost")
    found.how["headers"] = {"X-CSRFToken": people.form_token(token)}
    return found


def is_own(path: str) -> bool:
    """Whether an address leads to what the department may see."""
    code = path.removeprefix("/area/").partition("@")[0]
    try:
        area = AREAS.resolve(code, date(2026, 11, 1))
    except Exception:  # noqa: BLE001 - an address that leads nowhere shows nothing of anybody
        return False
    return path.startswith("/area/") and PHU_THO.allows(area.area_id, AREAS)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_forged_states_and_ids_show_nothing_of_others(
    app: Dash, pytestconfig: pytest.Config
) -> None:
    access = app.server.extensions["ioc-access"]
    who = visitor(app, "department")
    outputs = sorted(access.callbacks)
    drawing = [one for one in outputs if "area-head" in one or "page.children" in one]

    @settings(
        max_examples=times(pytestconfig, 60, 500),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        output=st.sampled_from(drawing) | st.sampled_from(outputs),
        code=codes,
        search=searches,
        forged=st.lists(junk, min_size=6, max_size=6),
        honest=st.sampled_from([True, True, False]),
    )
    def check(output: str, code: str, search: str, forged: list[Any], honest: bool) -> None:
        path = f"/area/{code}" if code != "VN" else "/"
        place = {"path": path, "search": search, "theme": "light", "language": "vi"}
        body = forged_body(app, output, place, forged, honest=honest)
        answer = who.client.post("/_dash-update-component", json=body, **who.how)
        assert answer.status_code < 500
        if not is_own(path):
            assert not [mark for mark in FIGURES if mark in answer.text], (output, path)

    check()


def forged_body(
    app: Dash, output: str, place: dict[str, str], forged: list[Any], *, honest: bool
) -> dict[str, Any]:
    """A callback's request whose place is what it says, and whose other values are anything."""
    entry, left = app.callback_map[output], iter(forged * 4)

    def valued(one: dict[str, Any]) -> dict[str, Any]:
        value = place if honest and one["id"] == "place" else next(left, None)
        return {**one, "value": value}

    outputs = [
        {"id": one.rpartition(".")[0], "property": one.rpartition(".")[2]}
        for one in output.strip(".").split("...")
    ]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [valued(one) for one in entry["inputs"]],
        "state": [valued(one) for one in entry["state"]],
        "changedPropIds": ["place.data"],
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_forged_parameters_of_the_api_show_nothing_of_others(
    app: Dash, pytestconfig: pytest.Config
) -> None:
    who = visitor(app, "department")

    @settings(
        max_examples=times(pytestconfig, 60, 500), suppress_health_check=[HealthCheck.too_slow]
    )
    @given(
        area=codes,
        by=st.sampled_from(["none", "area", "organisation", "procedure", "channel"]),
        level=st.sampled_from(["", "province", "commune"]),
        boundaries=st.sampled_from(["then", "today"]),
        narrow=st.sampled_from(["", "channel=online", "organisation=H04", "area=04", "scope=*"]),
    )
    def check(area: str, by: str, level: str, boundaries: str, narrow: str) -> None:
        asked = {"metric": "dossiers_received", "from": "2025-03-01", "to": "2026-03-01"}
        given_ = {"area": area, "by": by, "boundaries": boundaries, "level": level}
        query = {**asked, **given_, "filter": narrow}
        query = {name: text for name, text in query.items() if text}
        answer = who.client.get("/api/v1/query", query_string=query, **who.how)
        assert answer.status_code < 500, query
        for row in answer.get_json().get("values", []):
            assert PHU_THO.allows(row["area_id"], AREAS), (query, row)

    check()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_everybody_gets_from_the_shared_cache_what_they_would_get_alone(
    app: Dash, home: Path, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    alone = {
        role: create_app(homes(home, tmp_path_factory.mktemp(role) / "home")) for role in PEOPLE
    }
    together = {role: visitor(app, role) for role in PEOPLE}
    apart = {role: visitor(alone[role], role) for role in PEOPLE}
    chance, seen = random.Random(5), 0
    for _ in range(times(pytestconfig, 4, 100)):
        code = chance.choice(["25", "25", "07900", "04", *FAR_COMMUNES[:1]])
        grain = chance.choice(["month", "quarter", "year"])
        metric = chance.choice(["dossiers_received", "on_time_rate_resolved", "docs_sent"])
        place = (f"/area/{code}", f"?grain={grain}&metric={metric}")
        for role in chance.sample(list(PEOPLE), len(PEOPLE)):
            asked = ("redraw", "area-head.tree", *place)
            shared = called(together[role], app, *asked)
            own = called(apart[role], alone[role], *asked)
            assert (shared.status_code, shared.text) == (own.status_code, own.text), (role, place)
            seen += "ioc-card" in shared.text
    assert seen
