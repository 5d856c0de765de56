"""The page of packs: what it may choose from, and the recipes people keep.

    GET  /recipes                  recipes, metrics, areas and periods to choose from
    POST /recipes/<name>           keep a recipe under a name
    POST /recipes/<name>/remove    forget one's own

What is chosen is asked for like any file to take away (dashboards/taking.py).
"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import flask
from dash import ClientsideFunction, Input, Output

from dashboards.access import EXPORT, Access, language, person
from dashboards.data import Figures
from dashboards.exports.periods import NAMED
from dashboards.exports.recipe import KINDS, WITH_METRIC, recipe_from, shipped
from dashboards.ids import part
from dashboards.pages.packs import NAME
from dashboards.people import note_deed
from dashboards.places import area_title
from dashboards.selection import Compare
from dashboards.text import Words
from domain.area import Area, AreaRegister
from domain.errors import ExportError
from domain.period import Grain
from domain.scope import Scope
from metrics.catalogue import Catalogue, subject_title
from store.state import recipes

NAMES = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def register(access: Access, figures: Figures) -> None:
    """The routes, and what draws the page in the browser."""

    @access.route("/recipes", EXPORT)
    def choices() -> flask.Response:
        say, scope = language(flask.request), person().scope
        day, rules = figures.snapshot.horizon, figures.rules
        found: dict[str, Any] = {
            "recipes": _recipes(figures, person().name),
            "kinds": {kind: say(f"pack.kind_{kind}") for kind in KINDS},
            "with_metric": WITH_METRIC,
            "metrics": _metrics(rules.catalogue, say),
            "areas": _areas(rules.register, scope, day, say),
            "periods": {name: say(f"pack.period_{name}") for name in NAMED},
            "compares": {one.value: say(f"compare.{one}") for one in Compare},
            "grains": {one.value: say(f"grain.{one}") for one in Grain},
        }
        return flask.Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")

    @access.route("/recipes/<name>", EXPORT, "POST")
    def keep(name: str) -> flask.Response:
        try:
            given = json.loads(flask.request.get_data(cache=False))
            recipe = recipe_from(given, name)
        except (ValueError, ExportError) as error:
            return _answer(400, str(error))
        if not NAMES.fullmatch(name) or name in shipped():
            return _answer(400, "That name cannot be taken.")
        now, body = datetime.now(UTC), recipe.model_dump_json()
        if not recipes.keep(figures.home, name, person().name, body, now):
            return _answer(409, "Somebody else keeps a recipe of that name.")
        note_deed("recipe.keep", name)
        return _answer(200, name)

    @access.route("/recipes/<name>/remove", EXPORT, "POST")
    def remove(name: str) -> flask.Response:
        if not recipes.remove(figures.home, name, person().name):
            return _answer(404, "You keep no recipe of that name.")
        note_deed("recipe.remove", name)
        return _answer(200, name)

    access.app.clientside_callback(
        ClientsideFunction("ioc", "packs"),
        Output(part(NAME, "desk"), "data-drawn"),
        Input(part(NAME, "words"), "data"),
    )


def _answer(status: int, detail: str) -> flask.Response:
    answer = flask.jsonify({"status": status, "detail": detail})
    answer.status_code = status
    return answer


def _recipes(figures: Figures, name: str) -> list[dict[str, Any]]:
    """Those that come with the program, then those people keep."""
    ours = [
        {"name": key, "own": False, "recipe": one.model_dump(mode="json")}
        for key, one in shipped().items()
    ]
    kept = [
        {"name": one.name, "own": one.person == name, "recipe": json.loads(one.body)}
        for one in recipes.recipes(figures.home)
    ]
    return [*ours, *kept]


def _metrics(catalogue: Catalogue, say: Words) -> list[dict[str, str]]:
    return [
        {
            "id": one.id,
            "name": one.name[say.language],
            "subject": subject_title(one.subject)[say.language],
        }
        for one in catalogue
    ]


def _areas(areas: AreaRegister, scope: Scope, day: date, say: Words) -> list[list[str]]:
    """Code and name of every area of a day that the person may see; communes say their province."""
    found = [["", say("area.country")]] if scope.areas is None else []
    for province in areas.roots(day):
        title = area_title(province, day)
        if scope.allows(province.area_id, areas):
            found.append([province.code, title])
        found += [
            [one.code, f"{area_title(one, day)}, {title}"]
            for one in _communes(areas, province, day)
            if scope.allows(one.area_id, areas)
        ]
    return found


def _communes(areas: AreaRegister, province: Area, day: date) -> tuple[Area, ...]:
    return tuple(areas.children(province.area_id, day))
