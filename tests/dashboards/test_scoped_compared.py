"""Figures beside others, rankings, findings, the index and lists of dossiers obey the scope too."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from dashboards.shell import create_app
from domain.scope import Scope
from tests.dashboards.logging_in import add
from tests.dashboards.test_scoped import visitor

PHU_THO, COMMUNE = "25@2025-07-01", "08521@2025-07-01"
OWN_OFFICE, OTHER_OFFICE = "H44.08521", "H44.08515"
PEOPLE = {
    "department": Scope(frozenset({PHU_THO})),
    "commune": Scope(frozenset({COMMUNE})),
    "operator": Scope(frozenset({PHU_THO}), frozenset({OWN_OFFICE})),
    "leader": Scope(frozenset({PHU_THO}), frozenset({OWN_OFFICE})),
}
ALONE = ("compare", "restated", "quality", "index766", "dossiers")
"""What asks about one area; a ranking lists those of one's own."""
ASKED = {
    "metric": "dossiers_received",
    "from": "2026-03-01",
    "to": "2026-04-01",
    "as_of": "2026-11-20",
}


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("compared") / "home"
    shutil.copytree(home, own)
    for role, scope in PEOPLE.items():
        add(own, f"a.{role}", role, scope)
    return create_app(own)


def asked(app: Dash, role: str, what: str, **parameters: str) -> Any:
    given = {**ASKED, **parameters}
    if what == "dossiers":
        del given["as_of"]
    who = visitor(app, role)
    return who.client.get(f"/api/v1/{what}", query_string=given, **who.how)


@pytest.mark.parametrize("what", ALONE)
@pytest.mark.parametrize(
    ("role", "area", "status"),
    [
        ("department", "25", 200),
        ("department", "26@2025-06-30", 200),  # Vĩnh Phúc, which Phú Thọ took in
        ("department", "01", 403),
        ("department", "VN", 403),
        ("commune", "08521", 200),
        ("commune", "25", 403),
        ("commune", "08515", 403),
    ],
)
def test_a_foreign_area_is_refused_wherever_it_is_asked_for(
    app: Dash, what: str, role: str, area: str, status: int
) -> None:
    answer = asked(app, role, what, area=area)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("what", ALONE)
def test_without_an_area_the_country_is_meant_and_refused(app: Dash, what: str) -> None:
    assert asked(app, "department", what).status_code == 403


def test_a_ranking_holds_only_ones_own(app: Dash) -> None:
    provinces = asked(app, "department", "ranking", area="VN", level="province").json["values"]
    assert [row["area_id"] for row in provinces] == [PHU_THO]
    communes = asked(app, "commune", "ranking", area="25").json["values"]
    assert [row["area_id"] for row in communes] == [COMMUNE]
    assert asked(app, "department", "ranking", area="01").status_code == 403


def test_what_a_value_is_compared_with_is_ones_own_too(app: Dash) -> None:
    told = asked(app, "department", "compare", area="25", metric="on_time_rate_resolved").json
    found = {one["basis"]: one for one in told["comparisons"]}
    for basis in ("parent", "peers"):
        assert (found[basis]["other"], bool(found[basis]["obstacle"])) == (None, True)


@pytest.mark.parametrize("what", ["compare", "restated", "ranking"])
def test_a_foreign_organisation_is_refused_and_ones_own_answered(app: Dash, what: str) -> None:
    for office, status in ((OWN_OFFICE, 200), (OTHER_OFFICE, 403)):
        answer = asked(app, "operator", what, area="25", filter=f"organisation={office}")
        assert answer.status_code == status, answer.text


def test_dossiers_of_a_foreign_organisation_are_refused(app: Dash) -> None:
    for office, status in ((OWN_OFFICE, 200), (OTHER_OFFICE, 403)):
        answer = asked(app, "leader", "dossiers", area="25", filter=f"organisation={office}")
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("what", ["quality", "index766"])
def test_what_is_of_whole_areas_is_not_narrowed_in_silence(app: Dash, what: str) -> None:
    answer = asked(app, "operator", what, area="25", filter=f"organisation={OTHER_OFFICE}")
    assert answer.status_code == 400
    assert "Leave out the filter" in answer.text
