"""A province writes a metric of its own while the web runs: it is there, everywhere, at once."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from tests.metrics.collected import NEW_PHU_THO, Collected, dossier
from tests.metrics.test_own_rules import NEW

ROOT = Path(__file__).parents[1]
OWN, NAME = "dossiers_gone", "Hồ sơ rút hoặc bị từ chối"
MARCH = {"area": "25", "from": "2026-03-01", "to": "2026-04-01"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One dossier, which was withdrawn in March."""
    collected = Collected(tmp_path)
    gone = dossier("A", "2026-03-02", withdrawn="2026-03-10", status=7, area=NEW_PHU_THO)
    collected.deliver([gone], simulated=True, reaches="2026-11-20", known="2026-11-21")
    collected.published("2026-11-21 10:00")
    (tmp_path / "config" / "metrics").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def web(home: Path) -> Iterator[httpx.Client]:
    """The web as it is run in earnest: processes of its own, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    given = {"IOC_HOME": str(home), "IOC_PORT": str(port), "IOC_OPEN": "loopback"}
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py", "serve"], cwd=ROOT, env=kept | given, stdout=log, stderr=log
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait_for(client)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(client: httpx.Client) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < end, "the web did not start"
        time.sleep(0.1)


def offered(client: httpx.Client) -> str:
    """What the picker of metrics on the page of comparisons offers, as the browser gets it."""
    [entry] = [
        one
        for one in client.get("/_dash-dependencies").json()
        if "compare-metrics.data" in one["output"]
    ]
    place = {"path": "/compare", "search": "", "theme": "light", "language": "vi"}
    values: dict[str, Any] = {"place": place, "served": None, "page": ""}
    names = [one.rpartition(".") for one in entry["output"].strip(".").split("...")]
    body = {
        "output": entry["output"],
        "outputs": [{"id": name, "property": part} for name, _, part in names],
        "inputs": [{**one, "value": values.get(one["id"])} for one in entry["inputs"]],
        "state": [{**one, "value": values.get(one["id"])} for one in entry["state"]],
        "changedPropIds": ["place.data"],
    }
    return client.post("/_dash-update-component", json=body).text


def workbook(client: httpx.Client) -> list[list[Any]]:
    """The sheets of the metric's page as a workbook, made by the builder, all rows in one."""
    address = f"/metric/{OWN}?area=25&from=2026-01-01&to=2026-11-20"
    wanted = {"what": "trend", "form": "xlsx", "address": address}
    export = client.post("/exports", json=wanted).json()["id"]
    end = time.monotonic() + 120
    while (state := client.get(f"/exports/{export}").json())["state"] != "done":
        assert state["state"] in ("waiting", "running"), state
        assert time.monotonic() < end, state
        time.sleep(0.1)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/exports/{export}/file").content))
    return [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]


@pytest.mark.timeout(300)
def test_a_stanza_is_in_catalogue_pickers_api_and_exports_without_a_restart(
    home: Path, web: httpx.Client
) -> None:
    asked = {"metric": OWN, **MARCH}
    assert web.get("/api/v1/query", params=asked).status_code == 400
    assert NAME not in web.get("/methodology").text
    assert NAME not in offered(web)
    (home / "config" / "metrics" / "tinh.toml").write_text(NEW, encoding="utf-8")
    for _ in range(6):  # several processes answer, and each has to see it
        [value] = web.get("/api/v1/query", params=asked).json()["values"]
        assert (value["metric"], value["value"], value["area"]) == (OWN, 1, "25")
    assert OWN in {one["id"] for one in web.get("/api/v1/metrics").json()["metrics"]}
    assert NAME in web.get("/methodology").text
    assert NAME in web.get(f"/metric/{OWN}?area=25").text
    assert OWN in offered(web)
    assert f"\n{OWN},25@2025-07-01,25,Phú Thọ," in web.get("/download", params=asked).text
    assert any(NAME in str(cell) for row in workbook(web) for cell in row)
