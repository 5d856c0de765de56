"""The table of docs/access.md is what the running program does, role by role."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from dash import Dash

from dashboards.access import CALLBACKS_ENDPOINT, CODE, ENROL, LEAVE, PUSH, Access
from dashboards.matrix import allowed, matrix_markdown
from dashboards.roles import ROLES
from dashboards.shell import create_app
from dashboards.submitting import Desk
from store.state import sessions
from tests.dashboards.logging_in import Visitor, add

ROOT = Path(__file__).parents[2]
SAMPLES = {
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": (
        "/_dash-component-suites/dash/nothing.js"
    ),
    "_dash_assets.static": "/assets/app.css",
    "/<path:path>": "/area/25",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture(scope="module")
def full(home: Path) -> Dash:
    """Everything there is, and one person of each role."""
    for role in ROLES:
        add(home, f"a.{role}", role)
    return create_app(home, desk=cast("Desk", object()))


@pytest.fixture(params=["nobody", *ROLES])
def visitor(request: pytest.FixtureRequest, full: Dash, home: Path) -> Visitor:
    visitor = Visitor(full)
    visitor.role = request.param
    if visitor.role != "nobody":
        now = datetime.now(UTC)
        token = sessions.begin(home, f"a.{visitor.role}", "in", now, "")
        visitor.client.set_cookie("ioc", token, domain="localhost")
        own = full.server.extensions["ioc-people"].form_token(token)
        visitor.how["headers"] = {"X-CSRFToken": own}
    return visitor


def test_the_document_is_what_the_program_says() -> None:
    written = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    assert matrix_markdown() == written, "Write it anew: python app.py user matrix > docs/access.md"


def may(role: str, permission: str) -> bool:
    """What the table says; codes are told before a role is held, tokens by programs."""
    return permission == "" or (
        role in allowed(permission) and permission not in (CODE, ENROL, PUSH)
    )


def test_every_callback_is_answered_to_those_who_may_and_refused_to_others(
    visitor: Visitor, full: Dash
) -> None:
    access = cast("Access", full.server.extensions["ioc-access"])
    for output, permission in access.callbacks.items():
        body = {"output": output, "inputs": [], "state": [], "changedPropIds": []}
        status = visitor.client.post(CALLBACKS_ENDPOINT, json=body, **visitor.how).status_code
        passed = status not in (401, 403)
        assert passed == may(visitor.role, permission), (visitor.role, output, status)


def test_every_route_is_answered_to_those_who_may_and_refused_to_others(
    visitor: Visitor, full: Dash
) -> None:
    access = cast("Access", full.server.extensions["ioc-access"])
    methods = {
        rule.endpoint: "GET" if "GET" in (rule.methods or ()) else "POST"
        for rule in full.server.url_map.iter_rules()
    }
    for rule, permission in access.routes.items():
        if permission == LEAVE:
            continue  # it ends the session that the other rows need
        address = SAMPLES.get(rule, re.sub(r"<[^>]+>", "x", rule))
        answer: Any = visitor.client.open(address, method=methods[rule], **visitor.how)
        passed = answer.status_code not in (401, 403)
        assert passed == may(visitor.role, permission), (visitor.role, rule, answer.status_code)
        answer.close()
