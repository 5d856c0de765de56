"""Promises of the portal's scores: as published, never worked out, asked for only with leave."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from datasources.config import read_source
from datasources.kinds.qd766 import COMPONENTS, GROUPS
from domain.errors import CatalogueError
from metrics import catalogue
from tests.datasources.home import PAYLOADS, Delivery, Home

SOURCE = """
[evaluation]
kind = "qd766"
path = "qd766"
"""
EXPORT: dict[str, Any] = json.loads(
    (PAYLOADS / "qd766" / "2022-12.json").read_text(encoding="utf-8")
)
PROVINCE = EXPORT["data"]["evaluation"][0]


def deliver(home: Home, document: object, name: str = "2022-12.json") -> Delivery:
    home.configure(SOURCE)
    home.write(f"qd766/{name}", json.dumps(document))
    return home.collect("evaluation")


def export(*evaluations: object) -> dict[str, Any]:
    return {"code": "OK", "data": {"evaluation": list(evaluations)}}


def figures(delivery: Delivery, area: str = "25@") -> dict[str, Any]:
    return {
        row["metric"]: row["value"] if row["numerator"] is None
        else (row["numerator"], row["denominator"])
        for row in delivery.rows("observation")
        if row["area"] == area
    }  # fmt: skip


def test_scores_are_those_that_were_published(home: Home) -> None:
    delivery = deliver(home, EXPORT)
    assert figures(delivery) == {
        "qd766_ckmb": 7.96,
        "qd766_tdgq": 17.68,
        "qd766_mdsh": 9.62,
        "qd766_clgq": 8.56,
        "qd766_tttt": 6.67,
        "qd766_mdhl": 11.37,
        "qd766_total_score": 61.86,
        "qd766_group_score": (61.86, 100),
        "dossier_sync_rate": (940, 1000),
        "on_time_rate_qd766": (11760, 12000),
        "online_dossier_rate": (9000, 12000),
    }
    assert all(row["standalone"] for row in delivery.rows("observation"))
    [period] = {(row["period_start"], row["period_end"]) for row in delivery.rows("observation")}
    assert period == (date(2022, 12, 1), date(2023, 1, 1))


def test_a_group_without_a_score_has_none_and_neither_has_the_total(home: Home) -> None:
    district = figures(deliver(home, EXPORT), "238@")
    assert district["qd766_ckmb"] == 0
    assert "qd766_clgq" not in district
    assert "qd766_total_score" not in district
    # What the other five groups gave is of 88 points, never of 100.
    assert district["qd766_group_score"][1] == 88


def test_a_department_is_scored_and_its_score_is_not_its_provinces(home: Home) -> None:
    delivery = deliver(home, EXPORT)
    assert delivery.refusals == []
    assert delivery.manifest["rows_read"] == 3
    assert "Departments are scored too" in delivery.manifest["contract"][0]


def test_the_original_is_kept_by_its_hash_alone(home: Home) -> None:
    [origin] = deliver(home, EXPORT).manifest["origins"]
    assert len(origin["sha256"]) == 64


def test_every_group_and_component_has_its_metric() -> None:
    known = set(catalogue().metrics)
    assert {metric for metric, _ in GROUPS.values()} | {"qd766_total_score"} <= known
    assert set(COMPONENTS.values()) <= known
    assert sum(highest for _, highest in GROUPS.values()) == 100


@pytest.mark.parametrize(
    ("request_", "start", "end"),
    [
        ({"timeType": "month", "year": 2024, "month": 2}, (2024, 2, 1), (2024, 3, 1)),
        ({"timeType": "quarter", "year": 2024, "quarter": 4}, (2024, 10, 1), (2025, 1, 1)),
        ({"timeType": "year", "year": 2026}, (2026, 1, 1), (2027, 1, 1)),
    ],
)
def test_the_question_kept_with_an_answer_names_its_period(
    home: Home, request_: object, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    delivery = deliver(home, {"request": request_, "answer": export(PROVINCE)}, "a.json")
    [period] = {(row["period_start"], row["period_end"]) for row in delivery.rows("observation")}
    assert period == (date(*start), date(*end))


def test_a_tree_of_parents_and_children_is_read(home: Home) -> None:
    tree = {
        "code": "OK",
        "data": {"parent": PROVINCE, "children": [EXPORT["data"]["evaluation"][1]]},
    }
    assert set(deliver(home, tree).column("area", "observation")) == {"25@", "238@"}


@pytest.mark.parametrize(
    ("document", "name", "words"),
    [
        ({**EXPORT, "code": "ERROR"}, "2022-12.json", "code is not OK"),
        (EXPORT["data"], "2022-12.json", "has no code"),
        ([EXPORT], "2022-12.json", "has no code"),
        (export(), "2022-12.json", "holds no evaluation"),
        (EXPORT, "2026-11.json", "ends on 30/11/2026"),
        (EXPORT, "diem.json", "names no period"),
        (EXPORT, "2022-13.json", "names no month"),
        (EXPORT, "2022-12_2023-01.json", "names no period"),
        ({"request": {"timeType": "month", "year": 2022}, "answer": EXPORT}, "a.json", "no period"),
    ],
)
def test_what_is_no_finished_answer_is_not_taken(
    home: Home, document: object, name: str, words: str
) -> None:
    assert words in deliver(home, document, name).error


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"totalScore": 62.86}, "is not the sum"),
        ({"groupScores": {**PROVINCE["groupScores"], "CKMB": 18.5}}, "is above 18"),
        ({"totalOnTime": 12001}, "more than the whole"),
        ({"metrics": [{"code": "DOSSIER_SYNC", "numerator": 2, "denominator": 1}]}, "more than"),
        (
            {"metrics": [{"code": "X", "numerator": 1, "denominator": 2, "ratio": 51}]},
            "is not numerator",
        ),
        ({"metrics": [{"code": "X", "score": 7, "maxScore": 6}]}, "above its maxScore"),
        ({"totalScore": "ZQ03"}, "got `str`"),
        ({"groupScores": {"ZQ03": "ZQ03"}}, "got `str`"),
        ({"departmentCode": "H99"}, "is no organisation"),
    ],
)
def test_scores_that_contradict_themselves_are_refused(
    home: Home, changed: dict[str, Any], words: str
) -> None:
    delivery = deliver(home, export(EXPORT["data"]["evaluation"][1], {**PROVINCE, **changed}))
    [(row, field, _, reason)] = delivery.refusals
    assert row == 2
    assert words in reason
    assert "ZQ03" not in field + reason
    assert set(delivery.column("area", "observation")) == {"238@"}


class Portal(BaseHTTPRequestHandler):
    """Answers as the portal does, with what it is told to."""

    status: ClassVar[int] = 201
    asked: ClassVar[list[tuple[str, str, dict[str, Any]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["User-Agent"], body))
        answer = json.dumps(export(PROVINCE)).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def portal(status: int) -> Iterator[tuple[str, list[tuple[str, str, dict[str, Any]]]]]:
    asked: list[tuple[str, str, dict[str, Any]]] = []
    handler = type("Handler", (Portal,), {"status": status, "asked": asked})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def live(url: str) -> str:
    return f"""
[evaluation]
kind = "qd766"
live = true
consent = "VPCP, công văn 12/VPCP-KSTT ngày 02/11/2026"
url = "{url}"
allow_http = true
department = "019d"
"""


def test_with_leave_the_portal_is_asked_once_for_the_month_that_is_over(home: Home) -> None:
    with portal(201) as (url, asked):
        home.configure(live(url))
        first = home.collect("evaluation")
        again = home.collect("evaluation", cursor=first.cursor)
    [(path, _, question)] = asked
    assert path == "/api/v1/reporting/evaluation/service-results"
    assert (question["timeType"], question["year"], question["month"]) == ("month", 2026, 10)
    assert first.manifest["rows_read"] == 1
    assert set(first.column("period_start", "observation")) == {date(2026, 10, 1)}
    assert again.manifest["rows_read"] == 0


@pytest.mark.parametrize("status", [403, 429, 200, 500])
def test_after_a_refusal_nothing_is_asked_again(home: Home, status: int) -> None:
    with portal(status) as (url, asked):
        home.configure(live(url))
        assert f"answers {status}" in home.collect("evaluation").error
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"live": True, "url": "https://a.vn", "department": "x"}, "needs consent"),
        ({"live": True, "consent": "VPCP 12/2026 ok"}, "needs url and department"),
        ({}, "path is missing"),
    ],
)
def test_without_leave_the_portal_cannot_be_asked(keys: dict[str, object], words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        read_source("evaluation", {"kind": "qd766", **keys})
    assert read_source("evaluation", {"kind": "qd766", "path": "a"}).model_dump()["live"] is False
