"""What machines ask: is the web alive, can it show figures, which ones, and how old they are.

/healthz   200 while the process answers
/readyz    200 while there is a snapshot that can be read, else 503 with the reason; `detail`
           tells of a configuration that was not taken
/version   snapshot, state of the sources, build, and whether whoever asks is still logged in:
           every open page asks this all the time, and it keeps nobody logged in
/metrics   for Prometheus
"""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import flask
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboards.access import OPEN, Access
from dashboards.data import Figures
from dashboards.people import People
from domain.errors import StoreError

SECONDS_STATES_ARE_KEPT = 5.0


def register(access: Access, figures: Figures, versions: "Versions", people: People) -> None:
    """The routes; they tell no figures."""
    registry = CollectorRegistry()
    registry.register(SnapshotCollector(figures))

    @access.route("/healthz", OPEN)
    def healthz() -> flask.Response:
        return flask.jsonify({"status": "ok"})

    @access.route("/readyz", OPEN)
    def readyz() -> tuple[flask.Response, int]:
        try:
            snapshot = figures.snapshot
            snapshot.rows("select version from meta")
        except StoreError as error:
            return flask.jsonify({"status": "unavailable", "detail": error.message}), 503
        detail = " ".join(part for part in (snapshot.notice, figures.rules.problem) if part)
        return flask.jsonify({"status": "ok", "snapshot": snapshot.version, "detail": detail}), 200

    @access.route("/version", OPEN)
    def version() -> flask.Response:
        return flask.jsonify({**versions.now(), "session": people.state()})

    @access.route("/metrics", OPEN)
    def metrics() -> flask.Response:
        return flask.Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Versions:
    """What is served now. States change with the clock, so they are kept for seconds only."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._kept: tuple[str, float, str] = ("", 0.0, "")
        self._lock = threading.Lock()

    def now(self) -> dict[str, str]:
        """Snapshot, states and build; an empty snapshot while there is none."""
        try:
            snapshot = self._figures.snapshot.version
            states = self._states(snapshot)
        except StoreError:
            snapshot, states = "", ""
        return {"snapshot": snapshot, "states": states, "build": self._figures.build}

    def _states(self, snapshot: str) -> str:
        with self._lock:
            version, at, states = self._kept
            if version != snapshot or time.monotonic() - at > SECONDS_STATES_ARE_KEPT:
                states = self._figures.states()
                self._kept = (snapshot, time.monotonic(), states)
            return states


class SnapshotCollector(Collector):
    """Gauges read from the snapshot at each scrape, so every web process tells the same."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        ready = GaugeMetricFamily("ioc_snapshot_ready", "Whether there is a snapshot to show.")
        try:
            snapshot = self._figures.snapshot
        except StoreError:
            ready.add_metric([], 0)
            yield ready
            return
        ready.add_metric([], 1)
        yield ready
        now = datetime.now(UTC)
        age = GaugeMetricFamily("ioc_snapshot_age_seconds", "Time since the snapshot was built.")
        age.add_metric([], (now - snapshot.built_at).total_seconds())
        yield age
        up = GaugeMetricFamily(
            "ioc_source_up", "Whether the last collection succeeded.", labels=["source"]
        )
        reach = GaugeMetricFamily(
            "ioc_source_data_age_seconds", "Time since the end of the data.", labels=["source"]
        )
        state = GaugeMetricFamily(
            "ioc_source_state", "1 for the state the source is in.", labels=["source", "state"]
        )
        failures = GaugeMetricFamily(
            "ioc_source_failures", "Failed collections in a row.", labels=["source"]
        )
        doubted = GaugeMetricFamily(
            "ioc_source_doubted",
            "Whether a batch is held until somebody decides.",
            labels=["source"],
        )
        rows = snapshot.sources
        for row in rows:
            up.add_metric([row["source"]], float(row["up"] is True))
            failures.add_metric([row["source"]], float(row["failures"]))
            doubted.add_metric([row["source"]], float(row["doubt"] != ""))
        for source in self._figures.sources(now).all:
            state.add_metric([source.id, source.state.value], 1)
            if source.data_as_of is not None:
                reach.add_metric([source.id], (now - source.data_as_of).total_seconds())
        yield from (up, reach, state, failures, doubted)
