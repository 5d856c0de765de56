"""Promises of feedback: one shape for every channel, who answers, in time, and how it was taken."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.datasources.home import PAYLOADS, Delivery, Home, payload

SOURCE = """
[pakn]
kind = "feedback"
path = "incoming"
"""


def at(text: str) -> datetime:
    """An instant from the time in Vietnam."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def deliver(home: Home, *reports: dict[str, Any], stanza: str = "") -> Delivery:
    home.configure(SOURCE + stanza)
    home.write("incoming/0.json", json.dumps({"data": reports}, ensure_ascii=False))
    return home.collect("pakn")


def report(**told: Any) -> dict[str, Any]:
    return {**payload("feedback/feedback.json")["data"][0], **told}


def test_a_report_is_read_key_by_key(home: Home) -> None:
    first = deliver(home, *payload("feedback/feedback.json")["data"]).rows("feedback")[0]
    assert first == {
        "feedback_code": "PA-2023-000123",
        "channel": "zalo",
        "field_code": "moi_truong",
        "field_name": "Môi trường",
        "organisation": "H44.18.01",
        "area": "08563@",
        "received_at": at("2023-08-31 08:10"),
        "due_at": at("2023-09-08 17:00"),
        "answered_at": at("2023-09-06 10:00"),
        "status": "answered",
        "satisfied": True,
        "reopened": False,
        "updated_at": None,
    }


def test_every_channel_and_every_way_to_write_a_date_is_read(home: Home) -> None:
    delivery = deliver(home, *payload("feedback/feedback.json")["data"])
    assert delivery.column("channel", "feedback") == ["zalo", "hotline", "app", "other"]
    assert delivery.column("area", "feedback") == ["08563@", "08572@", "238@", "25@"]
    assert delivery.column("received_at", "feedback")[1:3] == [
        at("2023-09-01 07:00"),
        at("2023-09-02 08:00"),
    ]
    # A due day without an hour lasts until its end.
    assert delivery.column("due_at", "feedback")[1].astimezone(UTC).hour == 16


def test_statuses_become_ours_and_a_second_report_reopens(home: Home) -> None:
    delivery = deliver(home, *payload("feedback/feedback.json")["data"])
    expected = ["answered", "processing", "processing", "refused"]
    assert delivery.column("status", "feedback") == expected
    assert delivery.column("reopened", "feedback") == [False, None, True, None]
    assert delivery.column("satisfied", "feedback") == [True, None, False, None]


def test_what_lies_nowhere_or_is_misshapen_is_refused_by_its_key(home: Home) -> None:
    delivery = deliver(home, *payload("feedback/feedback.json")["data"])
    assert delivery.manifest["records_read"] == {"feedback": 6}
    told = sorted((row, field, rule) for row, field, rule, _ in delivery.refusals)
    assert told == [(5, "unit_code", "organisation"), (6, "", "shape")]


@pytest.mark.parametrize(
    ("told", "field", "rule"),
    [
        ({"feedback_id": ""}, "feedback_id", "missing"),
        ({"received_at": None}, "received_at", "missing"),
        ({"due_at": "31/02/2023"}, "due_at", "date"),
        ({"status": "12"}, "status", "value"),
        ({"reopened": "perhaps"}, "reopened", "value"),
        ({"commune_code": "99999"}, "commune_code", "area"),
    ],
)
def test_what_cannot_be_is_refused(home: Home, told: dict[str, Any], field: str, rule: str) -> None:
    [(_, named, broken, _)] = deliver(home, report(**told)).refusals
    assert (named, broken) == (field, rule)


@pytest.mark.parametrize(
    ("rating", "satisfied"),
    [(1, False), (2, False), (3, True), ("5", True), (0, None), ("x", None)],
)
def test_stars_tell_whether_somebody_was_content(
    home: Home, rating: object, satisfied: bool | None
) -> None:
    assert deliver(home, report(rating=rating)).column("satisfied", "feedback") == [satisfied]


def test_a_stanza_may_ask_for_more_stars_and_give_codes_other_words(home: Home) -> None:
    stanza = 'satisfied_from = 5\n[pakn.values]\nstatus = { "xong" = "answered" }\n'
    [row] = deliver(home, report(status="xong"), stanza=stanza).rows("feedback")
    assert (row["satisfied"], row["status"]) == (False, "answered")


def test_what_is_said_in_so_many_words_goes_before_stars(home: Home) -> None:
    assert deliver(home, report(satisfied="no")).column("satisfied", "feedback") == [False]


def test_a_csv_of_the_same_shape_is_read_too(home: Home) -> None:
    home.configure(SOURCE)
    home.write("incoming/a.csv", (PAYLOADS / "feedback/feedback.csv").read_bytes())
    delivery = home.collect("pakn")
    assert delivery.refusals == []
    assert delivery.column("channel", "feedback") == ["hotline", ""]
    assert delivery.column("satisfied", "feedback") == [False, None]
    assert any("sender_name" in note for note in delivery.manifest["contract"])


def test_reports_of_no_area_at_all_are_refused_one_by_one(home: Home) -> None:
    home.configure(SOURCE)
    home.write("incoming/a.csv", b"feedback_id,received_at\n1,31/08/2023 08:00\n")
    delivery = home.collect("pakn")
    assert delivery.refusals == [(2, "commune_code", "area", "lies in no known area")]
    assert delivery.manifest["records_read"] == {"feedback": 1}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b'{"data": [{"feedback_id": "ZQ99"', "is broken or cut off"),
        ("a.json", b'{"items": []}', "has no list of reports"),
        ("a.json", b'{"data": {}}', "has no list of reports"),
        ("a.csv", b"id,when\n1,2\n", "feedback_id"),
    ],
)
def test_a_file_that_is_no_list_of_reports_is_said_to_be_so(
    home: Home, name: str, content: bytes, words: str
) -> None:
    home.configure(SOURCE)
    home.write(f"incoming/{name}", content)
    error = home.collect("pakn").error
    assert words in error
    assert "ZQ99" not in error


def test_a_bare_list_will_do(home: Home) -> None:
    home.configure(SOURCE)
    home.write("incoming/0.json", json.dumps([report()]))
    assert home.collect("pakn").column("feedback_code", "feedback") == ["PA-2023-000123"]
