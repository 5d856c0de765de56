"""Figures beside others, asked of the API and of the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.command_line import ask

MARCH = {"area": "25", "from": "2026-03-01", "to": "2026-04-01"}
WORDS = ("--area", "25", "--from", "2026-03-01", "--to", "2026-04-01")


def printed(home: Path, *words: str) -> Any:
    done = ask(home, *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def asked(client: FlaskClient, what: str, **more: str) -> Any:
    answer = client.get(f"/api/v1/{what}", query_string={**MARCH, **more})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_one_value_is_compared_on_every_basis(client: FlaskClient, home: Path) -> None:
    found = asked(client, "compare", metric="on_time_rate_resolved")["comparisons"]
    assert found == printed(home, "compare", "on_time_rate_resolved", *WORDS)
    bases = {one["basis"]: one for one in found}
    assert list(bases) == ["previous", "last_year", "year_to_date", "target", "parent", "peers"]
    before = bases["previous"]
    assert (before["other_start"], before["other_end"]) == ("2026-02-01", "2026-03-01")
    assert before["difference"] == pytest.approx(before["value"] - before["other"])
    assert bases["target"]["other"] == 98


def test_values_are_told_as_they_were_and_as_they_are(client: FlaskClient, home: Path) -> None:
    told = asked(client, "restated", metric="dossiers_resolved", as_of="2026-03-10")
    words = ("restated", "dossiers_resolved", *WORDS, "--as-of", "2026-03-10")
    assert told == printed(home, *words)
    [value] = told["values"]
    # The made-up province was collected at once, in November: in March nobody knew anything.
    assert (value["value_then"], value["why"]) == (None, "unknown")
    assert value["words"]["en"] == "Nothing was known by 10/03/2026."
    answer = client.get("/api/v1/restated", query_string={**MARCH, "metric": "dossiers_resolved"})
    assert answer.status_code == 400
    assert "as_of=2026-06-30" in answer.text


def test_areas_are_ranked_with_the_worst_first(client: FlaskClient, home: Path) -> None:
    more = {"metric": "on_time_rate_resolved", "level": "commune"}
    told = asked(client, "ranking", **more)
    words = ("ranking", "on_time_rate_resolved", *WORDS, "--level", "commune", "--order", "worst")
    assert told == printed(home, *words)
    ranks = [one["rank"] for one in told["values"] if one["rank"]]
    assert ranks == sorted(ranks, reverse=True)
    assert all(one["rank"] or one["not_ranked"] for one in told["values"])


def test_doubts_and_the_index_need_no_metric(client: FlaskClient, home: Path) -> None:
    doubts = asked(client, "quality")["findings"]
    assert doubts == printed(home, "quality", *WORDS, "--json")
    assert all(one["rule"] and one["words"]["vi"] for one in doubts)
    index = asked(client, "index766")["indexes"]
    assert index == printed(home, "index766", *WORDS)
    assert index[0]["area_name"]


@pytest.mark.parametrize("what", ["compare", "restated", "ranking", "quality", "index766"])
def test_each_is_described_and_says_in_a_sentence_what_is_wrong(
    client: FlaskClient, what: str
) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    assert described["paths"][f"/api/v1/{what}"]["get"]["summary"]
    wrong = {**MARCH, "metric": "dossiers_resolved", "area": "99", "as_of": "2026-03-10"}
    answer = client.get(f"/api/v1/{what}", query_string=wrong)
    assert answer.status_code == 400
    assert "No area has the code '99'" in answer.text
