"""One small published home for the whole room; nobody changes it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards.access import Access
from dashboards.data import Place, Visit
from dashboards.digests.ways import MailServer
from dashboards.shell import create_app
from domain.scope import EVERYTHING
from metrics.rules import rules
from metrics.snapshots import Snapshot, current_snapshot
from metrics.sources import sources_of
from tests.dashboards.made_up import made_up_copy
from tests.dashboards.mailbox import MailBox, mail_server

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up_copy(tmp_path_factory, "home")


@pytest.fixture(scope="session")
def snapshot(home: Path) -> Snapshot:
    return current_snapshot(home)


@pytest.fixture(scope="session")
def app(home: Path) -> Dash:
    return create_app(home)


@pytest.fixture(scope="session")
def access(app: Dash) -> Access:
    registered = app.server.extensions["ioc-access"]
    assert isinstance(registered, Access)
    return registered


@pytest.fixture
def client(app: Dash) -> Iterator[FlaskClient]:
    with app.server.test_client() as client:
        yield client


@pytest.fixture
def visit(home: Path, snapshot: Snapshot) -> Callable[..., Visit]:
    """A visit of a page: `visit("/area/25?grain=year", theme="dark", language="en")`."""

    def visited(address: str, **how: str) -> Visit:
        path, _, query = address.partition("?")
        place = Place.model_validate({"path": path, "search": query and f"?{query}", **how})
        by = rules(home / "config")
        states = sources_of(snapshot, NOW, by.calendar, snapshot.horizon)
        return Visit(place, snapshot, EVERYTHING, NOW, by, states)

    return visited


@pytest.fixture
def mailbox() -> Iterator[tuple[MailBox, MailServer]]:
    with mail_server() as found:
        yield found
