"""What happened is told beside the figures it touches, and nothing is told by half."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.errors import CatalogueError
from domain.period import Span
from metrics.annotations import COLUMNS, Annotation
from metrics.outages import Outage, ends, runs
from metrics.rules import Rules, read_rules, rules

HEADER = ",".join(COLUMNS) + "\n"
YEARS = Span.of_days(date(2025, 1, 1), date(2026, 12, 31))
NEW_PHU_THO, PHUNG_NGUYEN, NEW_CAO_BANG = "25@2025-07-01", "08521@2025-07-01", "04@"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def told(config: Path, lines: str) -> Rules:
    (config / "events.csv").write_text(HEADER + lines, encoding="utf-8")
    return read_rules(config)


def beside(found: Rules, area: str, metric: str, span: Span = YEARS) -> list[str]:
    known = found.catalogue.metric(metric)
    happened = found.annotations.of(area, known, span, found.register)
    return [one.text.vi for one in happened]


def test_a_decree_is_told_beside_the_metrics_of_its_subject_alone() -> None:
    shipped = read_rules(None)
    assert any("không phụ thuộc" in one for one in beside(shipped, "VN@", "dossiers_received"))
    assert beside(shipped, "VN@", "docs_sent") == []


def test_what_happened_in_a_province_is_told_in_its_communes_and_nowhere_else(config: Path) -> None:
    line = "2026-03-01,2026-03-08,25,docs_sent,Chuyển trụ sở,Offices moved,Công văn 12/UBND\n"
    found = told(config, line)
    assert beside(found, NEW_PHU_THO, "docs_sent") == ["Chuyển trụ sở"]
    assert beside(found, PHUNG_NGUYEN, "docs_sent") == ["Chuyển trụ sở"]
    assert beside(found, NEW_CAO_BANG, "docs_sent") == []
    assert beside(found, "VN@", "docs_sent") == []
    assert beside(found, NEW_PHU_THO, "docs_signed_rate") == []


def test_what_lasted_is_told_as_long_as_it_lasts(config: Path) -> None:
    found = told(config, "2026-03-01,2026-03-08,,docs_sent,Bảo trì,Maintenance,\n")

    def on(first: date, last: date) -> list[str]:
        return beside(found, "VN@", "docs_sent", Span.of_days(first, last))

    assert on(date(2026, 3, 5), date(2026, 3, 6)) == ["Bảo trì"]
    assert on(date(2026, 4, 1), date(2026, 4, 30)) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("01/03/2026,,,,Bảo trì,Maintenance,\n", "line 2.*day.*2026-01-31"),
        ("2026-03-01,2026-02-01,,,Bảo trì,Maintenance,\n", "until is not after day"),
        ("2026-03-01,,,docs_snt,Bảo trì,Maintenance,\n", "docs_snt.*docs_sent"),
        ("2026-03-01,,99,,Bảo trì,Maintenance,\n", "area_code is not known"),
        ("2026-03-01,,,,,Maintenance,\n", r"text\.vi has 0 characters"),
        ("2026-03-01,,,Bảo trì,Maintenance,\n", "must have 7 fields"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(
    config: Path, line: str, why: str
) -> None:
    with pytest.raises(CatalogueError, match=why):
        told(config, line)


def test_a_bad_file_keeps_what_held_and_says_so(config: Path) -> None:
    found = told(config, "2026-03-01,,,docs_sent,Bảo trì,Maintenance,\n")
    assert rules(config).annotations == found.annotations
    (config / "events.csv").write_text("day\n2026\n", encoding="utf-8")
    after = rules(config)
    assert after.annotations.all == found.annotations.all
    assert "events.csv" in after.problem
    assert after.version != found.version


def test_days_without_a_delivery_are_one_outage_until_a_promise_is_kept() -> None:
    came = datetime(2026, 3, 5, 2, tzinfo=UTC)
    promises = [
        ("a", date(2026, 3, 2), True, None),
        ("a", date(2026, 3, 3), False, came),
        ("a", date(2026, 3, 4), False, came),
        ("a", date(2026, 3, 5), True, None),
        ("a", date(2026, 3, 9), False, None),
        ("b", date(2026, 3, 9), False, None),
    ]
    found = runs(promises)
    assert found == (
        Outage("a", date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)),
        Outage("a", date(2026, 3, 9), date(2026, 3, 9), None),
        Outage("b", date(2026, 3, 9), date(2026, 3, 9), None),
    )
    assert [ends(one) for one in found] == [
        date(2026, 3, 6), date(2026, 3, 10), date(2026, 3, 10)
    ]  # fmt: skip


def test_an_annotation_about_nothing_in_particular_is_about_everything() -> None:
    shipped = read_rules(None)
    one = Annotation(date(2026, 1, 1), None, None, frozenset(), shipped.catalogue.metric(
        "docs_sent").name, "")  # fmt: skip
    touched = [m.id for m in shipped.catalogue if one.touches("VN@", m, shipped.register)]
    assert len(touched) == len(shipped.catalogue)
