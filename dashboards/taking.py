"""Files to take away, from the web: asked for, waited for, fetched.

    POST /exports                       a panel or a pack (exports/wanted.py); answers its id
    GET  /exports/<id>                  how far it is
    GET  /exports/<id>/file             the file, once
    GET  /exports/<id>/pages/<number>   the picture of a page, of a preview

They are made by the builder, a process of its own. An id is known to who asked alone, is worth
nothing to anybody else, nor to them with another scope, and nothing after a day. That a file was
taken is in the audit trail before its first byte leaves.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import flask
from pydantic import ValidationError

from dashboards.access import EXPORT, Access, person
from dashboards.exports.builder import path_of
from dashboards.exports.forms import form_named
from dashboards.exports.wanted import Wanted, scope_written
from dashboards.people import note_deed
from dashboards.told import told
from domain.errors import IocError
from store.state import exports
from store.state.exports import Export

LARGEST = 64 * 1024


def register(access: Access, home: Path, start: Callable[[], None]) -> None:
    """The routes; `start` starts a builder unless there is one."""
    _asking(access, home, start)
    _fetching(access, home)


def _asking(access: Access, home: Path, start: Callable[[], None]) -> None:
    @access.route("/exports", EXPORT, "POST")
    def ask() -> flask.Response:
        try:
            wanted = Wanted.model_validate_json(flask.request.get_data(cache=False))
            form_named(wanted.form)
        except ValidationError as error:
            return _problem(400, f"{error.error_count()} fields cannot be read.")
        except IocError as error:
            return _problem(400, error.message)
        asking, now = person(), datetime.now(UTC)
        scope = scope_written(asking.scope)
        try:
            export_id = exports.ask(home, asking.name, scope, wanted.model_dump_json(), now)
        except exports.TooManyError as error:
            return _problem(429, told(error.message, wanted.language))
        start()
        return _told({"id": export_id}, 202)

    @access.route("/exports/<export_id>", EXPORT)
    def state(export_id: str) -> flask.Response:
        found = _own(home, export_id)
        if found is None:
            return _problem(404, "There is no such file.")
        if found.state in exports.OPEN:
            start()
        return _told(
            {
                "state": found.state,
                "ahead": exports.ahead_of(home, export_id) if found.state == "waiting" else 0,
                "made": found.made,
                "parts": found.parts,
                "message": found.message,
                "name": found.name,
                "pages": found.pages,
            }
        )


def _fetching(access: Access, home: Path) -> None:
    @access.route("/exports/<export_id>/file", EXPORT)
    def file(export_id: str) -> flask.Response:
        found = _own(home, export_id)
        if found is None or found.state != "done":
            return _problem(404, "There is no such file.")
        wanted = Wanted.model_validate_json(found.wanted)
        selection = wanted.address if wanted.what != "pack" else f"{wanted.area} {wanted.period}"
        what = f"{wanted.what} {wanted.form} {selection}"
        note_deed("export", what, f"{found.snapshot} sha256 {found.sha256}")
        answer = flask.Response(path_of(home, export_id).read_bytes(), mimetype=found.media)
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        return answer

    @access.route("/exports/<export_id>/pages/<number>", EXPORT)
    def page(export_id: str, number: str) -> flask.Response:
        found = _own(home, export_id)
        place = int(number) if number.isdecimal() and len(number) < 4 else -1
        if found is None or found.state != "done" or not 0 <= place < found.pages:
            return _problem(404, "There is no such page.")
        if place == 0:
            note_deed("export.preview", found.name, found.snapshot)
        return flask.Response(path_of(home, export_id, place).read_bytes(), mimetype="image/png")


def _own(home: Path, export_id: str) -> Export | None:
    asking = person()
    scope = scope_written(asking.scope)
    return exports.export_of(home, export_id, asking.name, scope, datetime.now(UTC))


def _told(document: dict[str, object], status: int = 200) -> flask.Response:
    answer = flask.jsonify(document)
    answer.status_code = status
    return answer


def _problem(status: int, detail: str) -> flask.Response:
    answer = _told({"title": "refused", "status": status, "detail": detail}, status)
    answer.mimetype = "application/problem+json"
    return answer
