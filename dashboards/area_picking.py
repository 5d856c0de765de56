"""What the picker of areas asks: areas by what was typed, what lies in one, or the tree.

    GET /areas?path=…&search=…&q=phu+tho        found, best first
    GET /areas?path=…&search=…&under=25@2025…   what lies directly in one
    GET /areas?path=…&search=…                  the country, open down to where the visitor is

`path` and `search` are the page's address, which every answer's addresses go on from.
"""

from typing import Any

import flask
from pydantic import ValidationError

from dashboards.access import READ, Access, person
from dashboards.area_tree import AreaTree
from dashboards.data import Figures, Visit
from dashboards.search import found_areas
from domain.errors import AreaError, StoreError

LONGEST = 100
"""Letters of a name; whoever types more is not looking for an area."""


def register(access: Access, figures: Figures) -> None:
    """The route."""

    @access.route("/areas", READ)
    def areas() -> flask.Response:
        asked = flask.request.args
        place = {
            "path": asked.get("path", "/"),
            "search": asked.get("search", ""),
            "language": asked.get("lang", "vi"),
        }
        try:
            visit = figures.visit(place, person().scope)
            return _told(_answer(visit, asked.get("q", ""), asked.get("under", "")))
        except ValidationError:
            return _told({"said": "This is no place a page could be at."}, 400)
        except AreaError as error:
            return _told({"said": error.message}, 404)
        except StoreError as error:
            return _told({"said": error.message}, 503)


def _answer(visit: Visit, text: str, under: str) -> dict[str, Any]:
    tree, say = AreaTree(visit), visit.words
    if under:
        return {"nodes": tree.under(under)}
    if not text.strip():
        return {"nodes": tree.top()}
    view = tree.view
    span = view.span(visit.snapshot.horizon)
    found = found_areas(text[:LONGEST], view, visit.rules.register, span, say, visit.scope)
    said = say("search.count", count=len(found)) if found else say("search.none")
    return {"found": found, "said": said}


def _told(document: dict[str, Any], status: int = 200) -> flask.Response:
    answer = flask.jsonify(document)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
