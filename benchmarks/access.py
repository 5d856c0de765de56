"""What the gate costs a request of somebody who has logged in: finding who asks, what they may do.

    python -m benchmarks --only access

The gate is timed inside the program, on callbacks of a real page with a real session in a real
file: the time from the request's arrival to where the page's own work would begin.
"""

import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import flask

from dashboards import passwords
from dashboards.access import CALLBACKS_ENDPOINT, Access
from dashboards.people import People
from dashboards.shell import create_app
from domain.scope import Scope
from store.state import sessions
from store.state.audit import Deed
from store.state.people import add_person, change_password

BUDGET_MS = 2.0


def run(home: Path, requests: int) -> str:
    """The table: milliseconds of one passage through the gate."""
    home.mkdir(parents=True)
    now = datetime.now(UTC)
    deed, kept = Deed(now, "benchmark", "", "benchmark"), passwords.hashed("x")
    add_person(home, "lan", "Lan", "department", Scope(frozenset({"25@2025-07-01"})), kept, deed)
    change_password(home, "lan", kept, deed)
    app = create_app(home)
    access = cast("Access", app.server.extensions["ioc-access"])
    people = cast("People", app.server.extensions["ioc-people"])
    token = sessions.begin(home, "lan", "in", now, "127.0.0.1")
    output = next(one for one, name in access.names.items() if name == "show_frame")
    spent = [_passage(app.server, access, people, token, output) for _ in range(requests)]
    ranked = sorted(spent)
    return (
        f"| the gate, {requests:,} requests | ms |\n|---|---|\n"
        f"| median (budget {BUDGET_MS} ms) | {statistics.median(ranked):.2f} |\n"
        f"| 95 of 100 are below | {ranked[int(0.95 * len(ranked))]:.2f} |"
    )


def _passage(server: flask.Flask, access: Access, people: People, token: str, output: str) -> float:
    """Milliseconds of one passage; it must have let the request through."""
    body = {"output": output, "inputs": [], "state": [], "changedPropIds": ["place.data"]}
    headers = {
        "Host": "localhost",
        "Cookie": f"{people.session_cookie}={token}",
        "X-CSRFToken": people.form_token(token),
    }
    with server.test_request_context(CALLBACKS_ENDPOINT, method="POST", json=body, headers=headers):
        begun = time.perf_counter()
        refused = access.gate()
        spent = 1000 * (time.perf_counter() - begun)
    assert refused is None
    return spent
