"""Promises of the desk: what was shown is what is taken, once, by whom, and its fate is told."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.submission_desk import SubmissionDesk
from dashboards.submitting import Choice, Preview, Refused
from datasources.running.scheduler import Collector
from domain.scope import EVERYTHING, Scope
from metrics.rules import rules
from store import current_snapshot
from tests.datasources.filling import Value, filled
from tests.store.prepared import prepare

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SOURCES = """
[work]
kind = "submissions"
title.vi = "Hồ sơ công việc"
title.en = "Work files"
metrics = ["work_files_online_rate", "officials_pc_rate"]
grain = "quarter"
areas = ["25", "25/commune"]

[wrong]
kind = "submissions"
metrics = ["on_time_rate_resolve"]
grain = "month"
areas = ["25"]
"""
COMMUNE = Choice("work", "2026-Q3", "08521")
ALL = Choice("work", "2026-Q3", "25-commune")
OF_COMMUNE = Scope(frozenset({"08521@2025-07-01"}))
GOOD: dict[str, Value] = {"D6": 95.0, "E6": 100.0, "F7": 98.5}
WHOLE = "select metric, area_id, numerator, denominator, value, citation from observation"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def desk(home: Path) -> SubmissionDesk:
    return SubmissionDesk(home, lambda: rules(home / "config"), lambda: NOW)


def shown(
    desk: SubmissionDesk,
    cells: dict[str, Value],
    choice: Choice = COMMUNE,
    person: str = "lan",
    scope: Scope = EVERYTHING,
) -> Preview:
    book = filled(desk.template(choice, scope), cells)
    return desk.preview(choice, book, person, scope, "vi")


def handed_in(desk: SubmissionDesk, cells: dict[str, Value]) -> str:
    return desk.confirm(shown(desk, cells).draft, "lan", EVERYTHING)


def collect(home: Path) -> list[str]:
    told: list[str] = []
    Collector(prepare(home), now=lambda: NOW, tell=told.append).run_once(["work"])
    return told


def observed(home: Path) -> list[tuple[object, ...]]:
    return current_snapshot(home).rows(f"{WHOLE} where source = 'work' order by metric")


def fates(desk: SubmissionDesk) -> list[str]:
    return [one.fate for one in desk.entries("work", EVERYTHING, "vi", 10)]


def test_a_form_offers_its_periods_and_the_areas_that_submit_it(desk: SubmissionDesk) -> None:
    form, wrong = desk.forms("vi")
    assert (form.name, form.problem) == ("Hồ sơ công việc", "")
    assert wrong.problem == "metrics: there is no metric 'on_time_rate_resolve'."
    assert [one.name for one in desk.periods("work", "vi")][:2] == ["Quý IV/2026", "Quý III/2026"]
    assert desk.usual_period("work") == "2026-Q3"
    areas = desk.areas("work", "2026-Q3", EVERYTHING, "vi")
    assert areas[0].name == "Tỉnh Phú Thọ: tất cả 148 xã, phường, đặc khu"
    assert (areas[1].key, len(areas)) == ("25", 150)
    assert desk.asked(ALL, EVERYTHING, "vi").rows == 296
    # The third quarter of 2025 begins with the new map; before it there were districts.
    assert len(desk.areas("work", "2025-Q2", EVERYTHING, "vi")) > 150


def test_who_may_see_one_commune_submits_for_it_alone(desk: SubmissionDesk) -> None:
    assert [one.key for one in desk.areas("work", "2026-Q3", OF_COMMUNE, "vi")] == ["08521"]
    for forbidden in (Choice("work", "2026-Q3", "25"), ALL):
        with pytest.raises(Refused, match="no_area"):
            desk.template(forbidden, OF_COMMUNE)
        with pytest.raises(Refused, match="no_area"):
            desk.preview(forbidden, b"x", "lan", OF_COMMUNE, "vi")
    draft = shown(desk, {"D6": 1.0, "E6": 2.0}, Choice("work", "2026-Q3", "25")).draft
    with pytest.raises(Refused, match="no_area"):
        desk.confirm(draft, "lan", OF_COMMUNE)
    # A scope may have become smaller since the file was read.
    wide = shown(desk, {"D6": 1.0, "E6": 2.0}, ALL).draft
    with pytest.raises(Refused, match="no_area"):
        desk.confirm(wide, "lan", Scope(frozenset({"08521@2025-07-01", "08527@2025-07-01"})))
    handed_in(desk, GOOD)
    desk.confirm(wide, "lan", EVERYTHING)
    assert len(desk.entries("work", EVERYTHING, "vi", 10)) == 2
    assert len(desk.entries("work", OF_COMMUNE, "vi", 10)) == 1


@pytest.mark.parametrize(
    ("choice", "key"),
    [
        (Choice("none", "2026-Q3", "25"), "no_form"),
        (Choice("wrong", "2026-10", "25"), "misfit"),
        (Choice("work", "2026-10", "25"), "no_period"),
        (Choice("work", "1999-Q1", "25"), "no_period"),
        (Choice("work", "2027-Q1", "25"), "no_period"),
        (Choice("work", "2026-Q3", "04"), "no_area"),
        (Choice("work", "2026-Q3", "../../etc"), "no_area"),
    ],
)
def test_a_choice_that_is_none_is_refused(desk: SubmissionDesk, choice: Choice, key: str) -> None:
    with pytest.raises(Refused, match=key):
        desk.template(choice, EVERYTHING)


def test_what_was_confirmed_becomes_figures_that_cite_the_file(
    desk: SubmissionDesk, home: Path
) -> None:
    book = filled(desk.template(COMMUNE, EVERYTHING), GOOD)
    seen = desk.preview(COMMUNE, book, "lan", EVERYTHING, "vi")
    assert [row.change for row in seen.rows] == ["new", "new"]
    assert not list(home.rglob("inbox/**/*.json"))  # nothing yet
    desk.confirm(seen.draft, "lan", EVERYTHING)
    assert fates(desk) == ["received"]
    assert collect(home)[0].startswith("work: 2 rows, 2 records = 2 new + 0 changed")
    digest = hashlib.sha256(book).hexdigest()
    rate, files = observed(home)
    assert rate[:5] == ("officials_pc_rate", "08521@2025-07-01", None, None, 98.5)
    assert files[:5] == ("work_files_online_rate", "08521@2025-07-01", 95, 100, None)
    assert files[5] == (
        f"Biểu Hồ sơ công việc, kỳ quý III/2026, nộp 10:00 22/11/2026, tệp sha256 {digest[:16]}"
    )
    (entry,) = desk.entries("work", EVERYTHING, "vi", 10)
    assert (entry.person, entry.sha256, entry.bytes) == ("lan", digest, len(book))
    assert (entry.fate, entry.settled_at, entry.figures) == ("loaded", NOW, 2)


def test_no_name_and_no_workbook_reach_the_warehouse_or_the_landing(
    desk: SubmissionDesk, home: Path
) -> None:
    desk.confirm(shown(desk, GOOD, person="canary-person").draft, "canary-person", EVERYTHING)
    collect(home)
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert not [path for path in kept if path.suffix == ".xlsx"]
    holding = [path.name for path in kept if b"canary-person" in path.read_bytes()]
    assert {name.removesuffix("-wal") for name in holding} <= {"app.sqlite"}


def test_a_later_submission_is_compared_and_replaces_the_figures(
    desk: SubmissionDesk, home: Path
) -> None:
    handed_in(desk, GOOD)
    collect(home)
    seen = shown(desk, {"D6": 97.0, "E6": 100.0, "F7": 98.5})
    assert [(row.change, row.old) for row in seen.rows] == [
        ("changed", (95, 100, None)),
        ("unchanged", (None, None, 98.5)),
    ]
    desk.confirm(seen.draft, "lan", EVERYTHING)
    assert "2 records = 0 new + 2 changed" in collect(home)[0]  # the citation changes too
    assert [row[2] for row in observed(home)] == [None, 97]
    assert fates(desk) == ["loaded", "loaded"]


def test_an_empty_cell_takes_nothing_back(desk: SubmissionDesk, home: Path) -> None:
    handed_in(desk, GOOD)
    seen = shown(desk, {"D6": 96.0, "E6": 100.0})
    assert [row.change for row in seen.rows] == ["changed", "empty"]
    desk.confirm(seen.draft, "lan", EVERYTHING)
    collect(home)
    assert [row[2:5] for row in observed(home)] == [(None, None, 98.5), (96, 100, None)]


@pytest.mark.parametrize(
    ("cells", "cell"),
    [({"D6": 101.0, "E6": 100.0}, "D6"), ({"D6": "x", "E6": 1.0}, "D6"), ({"F7": 101.0}, "F7")],
)
def test_what_has_a_doubt_cannot_be_confirmed(
    desk: SubmissionDesk, cells: dict[str, Value], cell: str
) -> None:
    seen = shown(desk, cells)
    assert seen.draft == ""
    assert [one.cell for row in seen.rows for one in row.problems] == [cell]


def test_an_empty_form_is_nothing_to_submit(desk: SubmissionDesk) -> None:
    seen = shown(desk, {})
    assert ([one.key for one in seen.problems], seen.draft) == (["nothing"], "")


def test_a_file_of_another_period_leads_there(desk: SubmissionDesk) -> None:
    other = Choice("work", "2026-Q2", "08521")
    book = filled(desk.template(other, EVERYTHING), GOOD)
    seen = desk.preview(COMMUNE, book, "lan", EVERYTHING, "vi")
    assert (seen.other, seen.draft, seen.rows) == (other, "", ())
    assert [one.key for one in seen.problems] == ["other_period"]


def test_a_draft_is_its_persons_alone_and_is_submitted_once(
    desk: SubmissionDesk, home: Path
) -> None:
    draft = shown(desk, GOOD).draft
    with pytest.raises(Refused, match="gone"):
        desk.confirm(draft, "minh", EVERYTHING)
    desk.cancel(draft, "minh")
    assert desk.confirm(draft, "lan", EVERYTHING) == desk.confirm(draft, "lan", EVERYTHING)
    desk.cancel(draft, "lan")  # too late: it is submitted
    assert fates(desk) == ["received"]
    collect(home)
    desk.confirm(draft, "lan", EVERYTHING)
    assert collect(home) == []
    withdrawn = shown(desk, GOOD).draft
    desk.cancel(withdrawn, "lan")
    with pytest.raises(Refused, match="gone"):
        desk.confirm(withdrawn, "lan", EVERYTHING)


def test_a_form_that_asks_for_something_else_meanwhile_tells_why_it_took_nothing(
    desk: SubmissionDesk, home: Path
) -> None:
    handed_in(desk, GOOD)
    fewer = SOURCES.replace('"work_files_online_rate", ', "")
    (home / "config" / "sources.toml").write_text(fewer, encoding="utf-8")
    collect(home)
    (entry,) = desk.entries("work", EVERYTHING, "vi", 10)
    assert entry.fate == "failed"
    assert "is no metric of this form" in entry.detail
    # What was given up is no longer what was submitted last.
    assert shown(desk, {"F6": 98.5}).rows[0].old is None


NUMBERS = st.one_of(st.none(), st.integers(0, 300).map(float), st.sampled_from(["x", -1.0, 2.5]))


@settings(max_examples=12, deadline=None)
@given(st.lists(NUMBERS, min_size=6, max_size=6))
def test_every_row_is_counted_whatever_is_filled_in(
    tmp_path_factory: pytest.TempPathFactory, values: list[Value]
) -> None:
    home = tmp_path_factory.mktemp("desk")
    (home / "config").mkdir()
    (home / "config" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    desk = SubmissionDesk(home, lambda: rules(home / "config"), lambda: NOW)
    seen = shown(desk, dict(zip(("D6", "E6", "F6", "D7", "E7", "F7"), values, strict=True)))
    assert sum(seen.count(one) for one in ("wrong", "new", "empty")) == len(seen.rows) == 2
    assert bool(seen.draft) == (seen.count("wrong") == 0 and seen.count("new") > 0)
    if seen.draft:
        desk.confirm(seen.draft, "lan", EVERYTHING)
        number = seen.count("new")
        told = f"{number} rows, {number} records = {number} new + 0 changed + 0 unchanged"
        assert told in collect(home)[0]
