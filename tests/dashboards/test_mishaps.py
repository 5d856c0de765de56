import logging
import re
from pathlib import Path

import pytest

from dashboards.access import CALLBACKS_ENDPOINT
from dashboards.shell import create_app
from metrics.snapshots import Snapshot


@pytest.fixture
def broken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots that fail in a way that is nobody's plan."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret inside")

    monkeypatch.setattr(Snapshot, "frame", fail)


def test_the_api_tells_a_number_and_the_log_the_rest(
    home: Path, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    address = "/api/v1/query?metric=dossiers_received&from=2026-01-01&to=2026-02-01"
    with create_app(home).server.test_client() as client, caplog.at_level(logging.ERROR):
        answer = client.get(address)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    number = re.search(r"logged as ([0-9a-f]{8})", answer.text)
    assert number is not None
    assert number[1] in caplog.text
    assert "a secret inside" in caplog.text


def test_a_page_tells_a_number_in_place_of_its_figures(home: Path, broken: None) -> None:
    # Days that no other test has drawn: what is kept of a page cannot fail.
    search = "?from=2026-02-03&to=2026-02-05"
    place = {"path": "/area/25", "search": search, "theme": "light", "language": "vi"}
    output = "..page.children...page.data-page.."
    body = {
        "output": output,
        "outputs": [
            {"id": "page", "property": "children"},
            {"id": "page", "property": "data-page"},
        ],
        "inputs": [
            {"id": "place", "property": "data", "value": place},
            {"id": "served", "property": "data", "value": None},
        ],
        "state": [{"id": "page", "property": "data-page"}],
        "changedPropIds": ["place.data"],
    }
    with create_app(home).server.test_client() as client:
        answer = client.post(CALLBACKS_ENDPOINT, json=body)
    assert answer.status_code == 200
    assert "đã ghi nhật ký với mã" in answer.text
    assert "secret" not in answer.text
