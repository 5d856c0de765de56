"""The page of packs: what may be chosen, and recipes that are kept for next week."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import flask
import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards.access import EXPORT, READ, Access, Person
from dashboards.exports.recipe import shipped
from dashboards.shell import create_app
from domain.scope import EVERYTHING, Scope
from store.state import audit, recipes

MINE: dict[str, Any] = {
    "title": "Giao ban thứ Hai",
    "period": "last_week",
    "sections": [{"kind": "trend", "metric": "dossiers_received", "comment": "Xem lại."}],
}


@pytest.fixture(scope="module")
def place(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packing") / "home"
    copytree(home / "snapshots", folder / "snapshots")
    return folder


@pytest.fixture(scope="module")
def packing(place: Path) -> Dash:
    return create_app(place)


@pytest.fixture
def browser(packing: Dash) -> Iterator[FlaskClient]:
    with packing.server.test_client() as client:
        yield client


def become(app: Dash, patch: pytest.MonkeyPatch, name: str, scope: Scope = EVERYTHING) -> None:
    access: Access = app.server.extensions["ioc-access"]
    patch.setattr(access, "person_of", lambda: Person(name, frozenset({READ, EXPORT}), scope))


def keep(client: FlaskClient, name: str, recipe: dict[str, Any]) -> flask.Response:
    return client.post(f"/recipes/{name}", data=json.dumps(recipe))  # type: ignore[return-value]


def chosen_from(client: FlaskClient, language: str = "vi") -> dict[str, Any]:
    return dict(client.get(f"/recipes?lang={language}").get_json())


def test_shipped_recipes_metrics_periods_and_areas_can_be_chosen(browser: FlaskClient) -> None:
    found = chosen_from(browser)
    assert [one["name"] for one in found["recipes"]][: len(shipped())] == list(shipped())
    assert found["periods"]["last_week"] == "Tuần trước"
    assert ["25", "Tỉnh Phú Thọ"] in found["areas"]
    assert len(found["areas"]) == 1 + 34 + 3321
    english = chosen_from(browser, "en")
    assert english["kinds"]["ranking"] == "Ranking"


def test_a_person_may_choose_only_among_their_own_areas(
    packing: Dash, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(packing, monkeypatch, "lan", Scope(frozenset({"25@2025-07-01"})))
    areas = chosen_from(browser)["areas"]
    assert areas[0] == ["25", "Tỉnh Phú Thọ"]
    assert len(areas) == 1 + 148


def test_a_kept_recipe_is_there_for_everyone_and_only_its_keeper_changes_or_forgets_it(
    packing: Dash, browser: FlaskClient, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(packing, monkeypatch, "lan")
    assert keep(browser, "thu-hai", MINE).status_code == 200
    assert audit.entries(place)[0].deed.event == "recipe.keep"
    become(packing, monkeypatch, "minh")
    theirs = next(one for one in chosen_from(browser)["recipes"] if one["name"] == "thu-hai")
    assert (theirs["own"], theirs["recipe"]["title"]) == (False, "Giao ban thứ Hai")
    assert keep(browser, "thu-hai", MINE | {"title": "Khác"}).status_code == 409
    assert browser.post("/recipes/thu-hai/remove").status_code == 404
    become(packing, monkeypatch, "lan")
    assert keep(browser, "thu-hai", MINE | {"title": "Mới"}).status_code == 200
    kept = recipes.recipe_kept(place, "thu-hai")
    assert kept is not None
    assert json.loads(kept.body)["title"] == "Mới"
    assert browser.post("/recipes/thu-hai/remove").status_code == 200
    assert recipes.recipes(place) == []


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("giao-ban-tuan", MINE),
        ("Tên Lạ", MINE),
        ("x" * 61, MINE),
        ("thu-hai", {"title": "", "sections": []}),
        ("thu-hai", MINE | {"person": "boss"}),
        ("thu-hai", MINE | {"sections": [{"kind": "trend"}]}),
    ],
)
def test_what_is_no_recipe_or_has_a_name_that_is_taken_is_not_kept(
    browser: FlaskClient, place: Path, name: str, recipe: dict[str, Any]
) -> None:
    assert keep(browser, name, recipe).status_code == 400
    assert recipes.recipes(place) == []
