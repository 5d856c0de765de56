"""A browser that logs in, as far as a test needs one: forms, cookies, addresses."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboards import passwords
from domain.scope import EVERYTHING, Scope
from store.state.audit import Deed
from store.state.people import add_person, change_password, set_totp

PASSWORD = "Mùa-xuân-2026-đẹp!"
KEPT = passwords.hashed(PASSWORD)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def deed(event: str = "test") -> Deed:
    return Deed(datetime.now(UTC), "test", "", event)


def add(home: Path, name: str, role: str, scope: Scope = EVERYTHING, *, fresh: bool = False) -> str:
    """Somebody with PASSWORD, who has logged in before unless `fresh`."""
    add_person(home, name, name.title(), role, scope, KEPT, deed())
    if not fresh:
        change_password(home, name, KEPT, deed())
        if role == "administrator":
            set_totp(home, name, SECRET, deed())
    return name


def times(config: pytest.Config, few: int, many: int) -> int:
    """How often chance strikes: few times, or many with `--faults 100` or more."""
    return many if int(config.getoption("faults")) >= 100 else few


class Visitor:
    """One browser at an address; `role` is whose it is, where a test wants to know."""

    role = ""

    def __init__(self, app: Dash, address: str = "127.0.0.1", scheme: str = "http") -> None:
        self.client: FlaskClient = app.server.test_client()
        self.how: dict[str, Any] = {
            "environ_base": {"REMOTE_ADDR": address},
            "base_url": f"{scheme}://localhost",
        }

    def get(self, path: str, **headers: str) -> TestResponse:
        how = dict(self.how)
        given = {"Accept": "text/html", **how.pop("headers", {}), **headers}
        return self.client.get(path, headers=given, **how)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> TestResponse:
        return self.client.post(path, data=fields, headers=headers, **self.how)

    def submit(self, page: str, action: str, **fields: str) -> TestResponse:
        """Fill in the form of a page and send it."""
        text = self.get(page).text
        token = re.search(r'name="token" value="([0-9a-f]+)"', text)
        assert token is not None, text
        assert f'action="{action}"' in text
        return self.post(action, {"token": token[1], **fields})

    def log_in(self, name: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.submit("/login", "/session", name=name, password=password, **fields)

    def tell_code(self, code: str | None = None) -> TestResponse:
        told = code or pyotp.TOTP(SECRET).now()
        return self.submit("/login", "/session/code", code=told)

    def cookie(self, name: str = "ioc") -> str:
        found = self.client.get_cookie(name)
        return "" if found is None else found.value


def called(who: Visitor, app: Dash, name: str, first: str, path: str, search: str = "") -> Any:
    """The answer of a page's callback, one of whose outputs is `first`, at a place of any shape."""
    access = app.server.extensions["ioc-access"]
    output = next(o for o, n in access.names.items() if n == name and first in o)
    entry = app.callback_map[output]
    place = {"path": path, "search": search, "theme": "light", "language": "vi"}
    values = {"place": place, "served": None, "page": ""}
    body = {
        "output": output,
        "outputs": [
            {"id": one.rpartition(".")[0], "property": one.rpartition(".")[2]}
            for one in output.strip(".").split("...")
        ],
        "inputs": [{**one, "value": values.get(one["id"])} for one in entry["inputs"]],
        "state": [{**one, "value": values.get(one["id"])} for one in entry["state"]],
        "changedPropIds": ["place.data"],
    }
    return who.client.post("/_dash-update-component", json=body, **who.how)
