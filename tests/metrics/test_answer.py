import csv
import io
import json
from typing import Any

import pytest

from domain.area import Boundaries, Level
from domain.period import Grain
from metrics import COLUMNS, By, as_csv, as_table, document
from store import Snapshot
from tests.metrics.asking import ask

FIXED = {
    "metric", "area", "area_name", "level", "period_start", "period_end", "numerator",
    "denominator", "value", "unit", "target", "status", "freshness", "coverage", "as_reported",
    "estimated", "formula", "definition_version",
}  # fmt: skip


def test_the_document_holds_what_was_promised_to_others(year_2020: Snapshot) -> None:
    answer = document(ask(year_2020, ("on_time_rate_resolved", "dossiers_received")))
    assert (answer["snapshot"], answer["boundaries"]) == (year_2020.version, "then")
    assert (answer["simulated"], answer["note"]) == (False, None)
    rate, count = answer["values"]
    assert FIXED <= rate.keys() == COLUMNS.keys()
    assert rate["area"] == "25"
    assert rate["area_name"] == "Phú Thọ"
    assert (rate["period_start"], rate["period_end"]) == ("2020-01-01", "2021-01-01")
    assert (rate["numerator"], rate["denominator"], rate["target"]) == (3, 11, 98)
    assert (rate["status"], rate["freshness"]) == ("missed", "fresh")
    assert rate["data_as_of"] == "2021-01-05T09:00:00+07:00"
    assert (count["denominator"], count["target"]) == (None, None)


@pytest.mark.parametrize("cut", [{}, {"by": By.AREA}, {"by": By.CHANNEL}, {"grain": Grain.MONTH}])
def test_missing_is_null_and_never_nan(year_2020: Snapshot, cut: dict[str, Any]) -> None:
    frame = ask(year_2020, ("on_time_rate_resolved", "dossiers_pending"), **cut)
    text = json.dumps(document(frame), allow_nan=False, ensure_ascii=False)
    assert len(json.loads(text)["values"]) == len(frame)
    months = ask(year_2020, "dossiers_received", grain=Grain.MONTH)
    assert document(months)["values"][0]["value"] is None


def test_the_note_tells_who_answers(reorganised: Snapshot) -> None:
    frame = ask(
        reorganised, "dossiers_received", "08518@2025-06-01", 2025, boundaries=Boundaries.TODAY
    )
    answer = document(frame)
    assert answer["simulated"] is True
    assert answer["note"]["en"].startswith("xã Sơn Vi (08518@) is now xã Phùng Nguyên")
    assert as_table(frame).splitlines()[-1].startswith("xã Sơn Vi (08518@) nay thuộc")


def test_csv_says_the_same_as_json(offices: Snapshot) -> None:
    frame = ask(offices, ("work_files_online_rate", "dossiers_received"), level=Level.COMMUNE)
    rows = list(csv.DictReader(io.StringIO(as_csv(frame))))
    for row, value in zip(rows, document(frame)["values"], strict=True):
        plain = {name: "" if one is None else str(one) for name, one in value.items()}
        assert row == plain


def test_no_cell_of_a_csv_is_a_formula(offices: Snapshot) -> None:
    frame = ask(offices, "dossiers_received")
    frame["area_name"], frame["value"] = "=1+1", -3.0
    [row] = csv.DictReader(io.StringIO(as_csv(frame)))
    assert (row["area_name"], row["value"]) == ("'=1+1", "-3")


def test_a_table_is_aligned_and_marks_what_is_special(offices: Snapshot) -> None:
    lines = as_table(ask(offices, "work_files_online_rate")).splitlines()
    assert lines[0].split()[:4] == ["metric", "area", "area_name", "level"]
    assert "dimension_value" not in lines[0]
    column = lines[0].index("value")
    assert [line[column:].split()[0] for line in lines[1:]] == ["90", "70"]
    assert lines[2].endswith("reported as_reported")
    assert "-" in lines[2]


def test_an_unjudged_value_says_why_in_the_table(year_2020: Snapshot) -> None:
    table = as_table(ask(year_2020, "dossiers_received"))
    assert "unknown (no_target)" in table
