"""Promises of push: nothing taken without its token, nothing taken twice, every fate told."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, html
from flask.testing import FlaskClient

from dashboards import ingest
from dashboards.access import Access
from datasources.running.scheduler import Collector
from store import current_snapshot
from store.state import make_token, revoke_tokens, tokens_of
from tests.store.prepared import prepare

SOURCES = """
[desk]
kind = "csv"
record = "dossier"
push = true
expected_by = "17:00"
[desk.columns]
dossier_code = "code"
received_at = "at"
competent_area = "area"

[other]
kind = "csv"
record = "dossier"
push = true
[other.columns]
dossier_code = "code"
competent_area = "area"
"""
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
GOOD = b"code,at,area\n1,15/07/2020,25\n2,15/07/2020,25\n"
LYING = b"code,at,place\n3,15/07/2020,25\n"
WHERE = "/api/v1/ingest/desk"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(SOURCES)
    return tmp_path


@pytest.fixture
def client(home: Path) -> Iterator[FlaskClient]:
    app = Dash("small")
    app.layout = html.Div()
    ingest.register(Access(app), home)
    app.server.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    with app.server.test_client() as client:
        yield client


@pytest.fixture
def token(home: Path) -> str:
    return make_token(home, "desk", "tester", NOW)


def push(
    client: FlaskClient, token: str, body: bytes = GOOD, where: str = WHERE, **more: Any
) -> Any:
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    kind = more.pop("content_type", "text/csv")
    return client.post(where, data=body, headers=headers, content_type=kind, **more)


def collect(home: Path) -> list[str]:
    told: list[str] = []
    Collector(prepare(home), now=lambda: NOW, tell=told.append).run_once(["desk"])
    return told


def received(home: Path) -> int:
    rows = current_snapshot(home).rows("select sum(dossiers_received) from dossier_delta")
    return int(rows[0][0] or 0)


def originals(home: Path) -> list[Path]:
    return [path for path in (home / "inbox").rglob("*") if path.is_file()]


def test_a_pushed_document_becomes_figures_and_the_original_is_gone(
    client: FlaskClient, home: Path, token: str
) -> None:
    answer = push(client, token)
    assert answer.status_code == 202
    receipt = answer.json
    assert receipt["sha256"] == hashlib.sha256(GOOD).hexdigest()
    assert (receipt["bytes"], receipt["state"]) == (len(GOOD), "received")
    assert [path.read_bytes() for path in originals(home)] == [GOOD]
    collect(home)
    assert received(home) == 2
    assert originals(home) == []
    fate = client.get(answer.headers["Location"], headers={"Authorization": f"Bearer {token}"})
    assert fate.get_json()["state"] == "loaded"
    assert "2 records = 2 new" in fate.get_json()["detail"]


def test_the_same_key_gives_the_same_receipt_and_lands_once(
    client: FlaskClient, home: Path, token: str
) -> None:
    first = push(client, token, headers={"Idempotency-Key": "k1"})
    again = push(client, token, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json) == (202, first.json)
    assert len(originals(home)) == 1
    other = push(client, token, LYING, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 409
    assert len(originals(home)) == 1


def test_an_unknown_source_a_wrong_token_and_a_revoked_one_get_the_same_answer(
    client: FlaskClient, home: Path, token: str
) -> None:
    revoked = make_token(home, "desk", "tester", NOW)
    assert revoke_tokens(home, "desk", "tester", NOW, revoked.split("_")[1]) == 1
    of_another = make_token(home, "other", "tester", NOW)
    asked = [
        push(client, token, where="/api/v1/ingest/nowhere"),
        push(client, token, where="/api/v1/ingest/..%2f..%2fetc"),
        push(client, "tc_00000000_wrong"),
        push(client, revoked),
        push(client, of_another),
        push(client, token[:-1]),
        client.post(WHERE, data=GOOD, content_type="text/csv"),
        client.get(f"{WHERE}/x", headers={"Authorization": "Bearer nothing"}),
    ]
    told = {(one.status_code, one.data, one.content_type) for one in asked}
    assert len(told) <= 2  # the second has a slash in it, and so no address at all
    assert {one.status_code for one in asked} <= {401, 404}
    assert [one.status_code for one in asked].count(401) >= 7
    assert originals(home) == []


def test_a_token_is_kept_as_a_hash_alone(home: Path, token: str) -> None:
    kept = b"".join(path.read_bytes() for path in home.glob("app.sqlite*"))
    assert token.split("_", 2)[2].encode() not in kept
    assert hashlib.sha256(token.encode()).hexdigest().encode() in kept
    assert [one.source for one in tokens_of(home)] == ["desk"]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"content_type": "application/zip"}, 415),
        ({"headers": {"Content-Encoding": "gzip"}}, 415),
        ({"headers": {"Idempotency-Key": "a b"}}, 400),
        ({"headers": {"Origin": "https://evil.example"}}, 403),
        ({"body": b""}, 400),
    ],
)
def test_what_is_no_document_is_refused_and_nothing_is_kept(
    client: FlaskClient, home: Path, token: str, more: dict[str, Any], status: int
) -> None:
    assert push(client, token, **more).status_code == status
    assert originals(home) == []


def test_a_document_may_be_larger_than_a_page_asks_but_not_endless(
    client: FlaskClient, home: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert push(client, token, GOOD + b"x" * 1024**2).status_code == 202
    monkeypatch.setattr(ingest, "LARGEST", 1024**2)
    assert push(client, token, GOOD + b"x" * 1024**2).status_code == 413
    assert len(originals(home)) == 1


def test_too_many_documents_a_minute_are_put_off(
    client: FlaskClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_A_MINUTE", 2)
    answers = [push(client, token) for _ in range(3)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    assert answers[2].headers["Retry-After"] == "60"


def test_one_bad_document_spoils_no_other_and_its_sender_is_told(
    client: FlaskClient, home: Path, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    where = [push(client, token, body).headers["Location"] for body in (LYING, GOOD)]
    collect(home)
    fates = [client.get(one, headers=headers).get_json() for one in where]
    assert [one["state"] for one in fates] == ["failed", "loaded"]
    assert "has no column 'area'" in fates[0]["detail"]
    assert received(home) == 2
    assert originals(home) == []


def test_a_receipt_is_told_to_its_own_source_alone(
    client: FlaskClient, home: Path, token: str
) -> None:
    receipt = push(client, token).json["receipt"]
    other = make_token(home, "other", "tester", NOW)
    headers = {"Authorization": f"Bearer {other}"}
    assert client.get(f"/api/v1/ingest/other/{receipt}", headers=headers).status_code == 404
    assert client.get(f"{WHERE}/{receipt}", headers=headers).status_code == 401


def test_what_came_while_no_collector_ran_is_read_when_one_does(
    client: FlaskClient, home: Path, token: str
) -> None:
    for number in range(5):
        push(client, token, f"code,at,area\n{number},15/07/2020,25\n".encode())
    collect(home)
    assert received(home) == 5
    assert collect(home) == []
