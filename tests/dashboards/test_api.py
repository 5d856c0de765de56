import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from flask.testing import FlaskClient

from commands.published import published
from dashboards.shell import create_app
from domain.errors import StoreError
from settings import settings
from store import Limits, Warehouse, publish
from tests.command_line import ask
from tests.store.landed import NO_RESERVE, NOW, dossier, land
from tests.store.prepared import prepare

ASKED = {
    "metric": "on_time_rate_resolved,dossiers_received",
    "area": "25",
    "from": "2026-01-01",
    "to": "2026-04-01",
    "grain": "month",
}


def command_line(home: Path, *words: str) -> str:
    done = ask(home, "query", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_api_answers_what_the_command_line_prints(
    client: FlaskClient, home: Path, form: str
) -> None:
    words = ["on_time_rate_resolved", "dossiers_received", "--area", "25", "--from", "2026-01-01"]
    words += ["--to", "2026-04-01", "--grain", "month", "--format", form]
    printed = command_line(home, *words)
    answer = client.get("/api/v1/query", query_string={**ASKED, "format": form}).text
    if form == "json":
        assert json.loads(answer) == json.loads(printed)
    else:
        assert list(csv.reader(io.StringIO(answer))) == list(
            csv.reader(io.StringIO(printed.strip()))
        )


def test_a_metric_may_be_repeated_or_listed(client: FlaskClient) -> None:
    listed = client.get("/api/v1/query", query_string=ASKED).json
    metrics = ["on_time_rate_resolved", "dossiers_received"]
    repeated = client.get("/api/v1/query", query_string={**ASKED, "metric": metrics}).json
    assert listed == repeated
    assert listed is not None
    assert len(listed["values"]) == 6


@pytest.mark.parametrize(
    ("wrong", "detail"),
    [
        ({"metric": "on_time_rate_resolve"}, "Did you mean 'on_time_rate_resolved'"),
        ({"metrik": "x"}, "There is no parameter 'metrik'. Did you mean 'metric'?"),
        ({"area": "99"}, "No area has the code '99'"),
        ({"to": "2026-01-01"}, "holds no day"),
        ({"grain": "mnth"}, "grain: Input should be"),
        ({"from": "yesterday"}, "from: Input should be a valid date"),
        ({"filter": "channel"}, "a filter is NAME=VALUE"),
        ({"filter": "chanel=online"}, "There is no filter 'chanel'. Did you mean 'channel'?"),
        ({"from": "1990-01-01"}, "may span 30 years"),
        ({"by": "area", "level": "commune", "grain": "day", "area": "VN"}, "coarser grain"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_sentence(
    client: FlaskClient, wrong: dict[str, str], detail: str
) -> None:
    answer = client.get("/api/v1/query", query_string={**ASKED, **wrong})
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert detail in answer.json["detail"]


def test_a_parameter_is_given_once(client: FlaskClient) -> None:
    answer = client.get("/api/v1/query?metric=x&from=2026-01-01&from=2026-02-01&to=2026-03-01")
    assert answer.json is not None
    assert answer.json["detail"] == "The parameter 'from' is given 2 times."


def test_a_download_opens_in_excel_as_vietnamese(client: FlaskClient) -> None:
    answer = client.get("/download", query_string=ASKED)
    assert answer.data.startswith(b"\xef\xbb\xbfmetric,")
    name = "toan-canh-20260101-20260401.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Phú Thọ" in answer.data.decode("utf-8-sig")


def test_refused_records_can_be_taken_away_without_their_values_in_the_readers_words(
    tmp_path: Path,
) -> None:
    refused = {"row": 7, "field": "due_at", "rule": "date", "reason": "is no date in a known form"}
    records, read = {"dossier": [dossier("A")]}, {"dossier": 2}
    with Warehouse.open(prepare(tmp_path), reserve=NO_RESERVE) as warehouse:
        warehouse.load(land(tmp_path, records, read=read, rejected=[refused]), NOW)
        publish(warehouse, tmp_path, NOW)
    client = create_app(tmp_path).server.test_client()
    reasons = {"": "không phải ngày giờ theo dạng đã biết", "?lang=en": refused["reason"]}
    for asked, reason in reasons.items():
        text = client.get(f"/download/rejected{asked}").data.decode("utf-8-sig")
        header, line = text.splitlines()
        assert header == "source,batch_id,finished_at,row_number,field,rule,reason"
        assert line.endswith(f",7,due_at,date,{reason}")


def test_the_description_names_every_parameter_and_metric(client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    query = described["paths"]["/api/v1/query"]["get"]
    parameters = {one["name"]: one for one in query["parameters"]}
    assert {"metric", "from", "to", "area", "by", "as_of", "filter", "format"} <= set(parameters)
    assert [name for name, one in parameters.items() if one["required"]] == ["metric", "from", "to"]
    assert "on_time_rate_resolved" in parameters["metric"]["schema"]["items"]["enum"]
    assert parameters["grain"]["schema"]["enum"][0] == "day"
    assert "value" in described["components"]["schemas"]["Value"]["properties"]


def test_without_a_snapshot_the_api_says_how_to_get_one(tmp_path: Path) -> None:
    from dashboards.shell import create_app

    with create_app(tmp_path).server.test_client() as client:
        answer = client.get("/api/v1/query", query_string=ASKED)
    assert answer.status_code == 503
    assert answer.json is not None
    assert "collect --once" in answer.json["detail"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Variables that settings are read from; nothing stays of them."""
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def test_the_settings_say_what_a_query_may_use(
    home: Path, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    own = copytree(home, tmp_path / "own")
    for name, value in (("HOME", str(own)), ("MEMORY_LIMIT", "300MB"), ("QUERY_TIMEOUT_MS", "90")):
        environment.setenv(f"IOC_{name}", value)
    snapshot = published()
    assert snapshot.rows("select current_setting('memory_limit')") == [("286.1 MiB",)]
    with pytest.raises(StoreError, match=r"stopped after 0\.09 s"):
        snapshot.rows("select count(*) from range(10_000_000) a, range(10_000_000) b")


@pytest.mark.parametrize(("memory", "status"), [("1KB", 503), ("300MB", 200)])
def test_the_web_keeps_to_the_memory_it_is_given(
    home: Path, tmp_path: Path, memory: str, status: int
) -> None:
    app = create_app(copytree(home, tmp_path / "own"), limits=Limits(memory=memory))
    answer = app.server.test_client().get("/api/v1/query", query_string=ASKED)
    assert answer.status_code == status
