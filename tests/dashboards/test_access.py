import json
from typing import Any

import pytest
from dash import Dash, Input, Output, html
from flask.testing import FlaskClient

from dashboards.access import (
    ALERTS,
    AUDIT,
    BOARDS,
    CALLBACKS_ENDPOINT,
    CODE,
    DOSSIERS,
    ENROL,
    EXPORT,
    LEAVE,
    OPEN,
    OWN,
    PEOPLE,
    PUSH,
    READ,
    SCREENS,
    SUBMIT,
    Access,
    Person,
)
from dashboards.matrix import registered
from dashboards.roles import ROLES
from domain.scope import EVERYTHING

NOBODY = Person("nobody", frozenset(), EVERYTHING)

ROUTES = {
    "/": READ,
    "/<path:path>": READ,
    "/_dash-layout": READ,
    "/_dash-dependencies": READ,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": OPEN,
    "_dash_assets.static": OPEN,
    "/api/v1/query": READ,
    "/api/v1/dossiers": DOSSIERS,
    "/api/v1/compare": READ,
    "/api/v1/restated": READ,
    "/api/v1/ranking": READ,
    "/api/v1/quality": READ,
    "/api/v1/index766": READ,
    "/api/v1/metrics": READ,
    "/api/v1/alerts": ALERTS,
    "/api/v1/explanations": ALERTS,
    "/api/v1/openapi.json": OPEN,
    "/api/v1/ingest/<source>": PUSH,
    "/api/v1/ingest/<source>/<receipt>": PUSH,
    "/download": EXPORT,
    "/download/dossiers": DOSSIERS,
    "/download/rejected": EXPORT,
    "/submissions/<form>/<period>/<area>": SUBMIT,
    "/submissions/<form>/<period>/<area>/bieu.xlsx": SUBMIT,
    "/recipes": EXPORT,
    "/recipes/<name>": EXPORT,
    "/recipes/<name>/remove": EXPORT,
    "/areas": READ,
    "/boards": BOARDS,
    "/boards/new": BOARDS,
    "/boards/<board_id>/<deed>": BOARDS,
    "/pins": BOARDS,
    "/pins/<pin_id>/<deed>": BOARDS,
    "/schedules": EXPORT,
    "/schedules/new": EXPORT,
    "/schedules/<number>/<action>": EXPORT,
    "/exports": EXPORT,
    "/exports/<export_id>": EXPORT,
    "/exports/<export_id>/file": EXPORT,
    "/exports/<export_id>/pages/<number>": EXPORT,
    "/login": OPEN,
    "/login/identity": OPEN,
    "/login/identity/done": OPEN,
    "/login/identity/leave": OPEN,
    "/session": OPEN,
    "/session/code": CODE,
    "/session/enrol": ENROL,
    "/session/password": OWN,
    "/logout": LEAVE,
    "/account": OWN,
    "/screen": OPEN,
    "/screens": SCREENS,
    "/screens/new": SCREENS,
    "/screens/<screen_id>/<action>": SCREENS,
    "/screens/playlists": SCREENS,
    "/screens/playlists/keep": SCREENS,
    "/screens/playlists/preview": SCREENS,
    "/wall": READ,
    "/wall/<name>": READ,
    "/wall/<name>/state": READ,
    "/wall/<name>/slide/<int:place>": READ,
    "/wall-image/<name>": READ,
    "/wall/worker.js": OPEN,
    "/screen/worker.js": OPEN,
    "/screens/<screen_id>/revoke": SCREENS,
    "/people": PEOPLE,
    "/people/new": PEOPLE,
    "/people/<name>/<action>": PEOPLE,
    "/audit": AUDIT,
    "/.well-known/security.txt": OPEN,
    "/healthz": OPEN,
    "/readyz": OPEN,
    "/version": OPEN,
    "/metrics": OPEN,
}


def asked(client: FlaskClient, output: str, **more: Any) -> Any:
    body = {"output": output, "outputs": [], "inputs": [], "state": [], "changedPropIds": []}
    return client.post(CALLBACKS_ENDPOINT, json={**body, **more})


def small_app(person: Person | None = None) -> tuple[Dash, Access]:
    app = Dash("small", suppress_callback_exceptions=True)
    app.layout = html.Div([html.Div(id="a"), html.Div(id="b"), html.Div(id="c")])
    access = Access(app) if person is None else Access(app, lambda: person)
    return app, access


def test_every_server_callback_has_a_permission(access: Access) -> None:
    assert access.unregistered == []
    assert access.callbacks
    held = frozenset[str]().union(*(role.permissions for role in ROLES.values()))
    assert set(access.callbacks.values()) <= held


def test_the_routes_are_those_on_the_list_and_no_others() -> None:
    assert registered().routes == ROUTES


def test_a_callback_registered_the_ordinary_way_is_refused() -> None:
    app, access = small_app()

    @app.callback(Output("a", "children"), Input("b", "children"))
    def sneak(_: str) -> str:
        return "secret"

    with app.server.test_client() as client:
        answer = asked(client, "a.children")
    assert answer.status_code == 403
    assert b"secret" not in answer.data
    assert access.unregistered == ["a.children"]


def test_a_callback_needs_its_permission() -> None:
    app, access = small_app(NOBODY)

    @access.callback(READ, output=Output("a", "children"), inputs=[Input("b", "children")])
    def show(_: str) -> str:
        return "figures"

    with app.server.test_client() as client:
        assert asked(client, "a.children").status_code == 403
        assert client.get("/").status_code == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"output": 3}', b"{"])
def test_a_request_that_names_no_callback_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post(CALLBACKS_ENDPOINT, data=body, content_type="application/json")
    assert answer.status_code == 403


def test_background_jobs_cannot_be_reached(client: FlaskClient, access: Access) -> None:
    output = next(iter(access.callbacks))
    answer = client.post(f"{CALLBACKS_ENDPOINT}?cancelJob=1", json={"output": output})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_a_request_from_another_site_is_refused(
    client: FlaskClient, access: Access, headers: dict[str, str]
) -> None:
    output = next(iter(access.callbacks))
    answer = client.post(CALLBACKS_ENDPOINT, json={"output": output}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in json.loads(answer.data)["detail"]


@pytest.mark.parametrize("address", ["/_reload-hash", "/_favicon.ico", "/static/x", "/_mcp"])
def test_what_is_not_on_the_list_is_not_served(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (403, 404) or b"react-entry-point" in answer.data


def test_an_unknown_address_of_the_api_is_no_page(client: FlaskClient) -> None:
    assert client.get("/api/v1/nothing").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:8050", 200), ("[::1]:8050", 200), ("evil.example", 400)],
)
def test_a_server_on_this_machine_answers_to_this_machines_names_only(
    client: FlaskClient, host: str, status: int
) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == status


def test_a_request_with_too_many_values_is_refused(client: FlaskClient, access: Access) -> None:
    output = next(iter(access.callbacks))
    values = [{"id": f"a{number}", "value": 1} for number in range(1001)]
    body = {"output": output, "inputs": [values]}
    assert client.post(CALLBACKS_ENDPOINT, json=body).status_code == 403


def test_a_request_that_is_too_large_is_refused(client: FlaskClient, access: Access) -> None:
    output = next(iter(access.callbacks))
    body = {"output": output, "inputs": ["x" * 300_000]}
    assert client.post(CALLBACKS_ENDPOINT, json=body).status_code in (403, 413)
