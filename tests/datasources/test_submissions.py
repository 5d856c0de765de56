"""Promises of submissions: a form knows its rows, a doubt stands at its cell, bombs do no harm."""

import subprocess
import sys
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.config import read_sources
from datasources.kinds.submission_child import read_in_child
from datasources.kinds.submission_forms import (
    Form,
    Item,
    Place,
    period_key,
    period_of,
    recent_periods,
)
from datasources.kinds.submission_reading import Filled, read_filled
from datasources.kinds.submission_template import template
from datasources.kinds.submissions import Figure, Submission, SubmissionsConfig, is_period
from domain.errors import CatalogueError
from domain.period import Grain, ReportingCalendar, Span
from tests.datasources.filling import Value, filled, part, with_part
from tests.datasources.home import Home

LEVELS = ("province", "commune")
WORK = Item(
    "work_files_online_rate", "Hồ sơ công việc trên mạng", "%", "ratio", True, True, LEVELS,
    "hồ sơ xử lý trên mạng", "hồ sơ công việc", "Ý nghĩa", "Tử chia mẫu", "QĐ 942",
)  # fmt: skip
HOUSEHOLDS = Item(
    "household_businesses_active", "Hộ kinh doanh", "hộ", "count", False, True, LEVELS
)
SCORE = Item("dti_score", "Điểm DTI", "điểm", "score", False, False, ("province",))
RATE = Item("officials_pc_rate", "Cán bộ có máy tính", "%", "rate", True, True, LEVELS, "a", "b")
PROVINCE = Place("25@2025-07-01", "25", "Tỉnh Phú Thọ", "province")
COMMUNE = Place("08521@2025-07-01", "08521", "Xã Phùng Nguyên", "commune")
FORM = Form(
    "work", "Biểu thử", "Văn phòng", "2026-10", "Tháng 10/2026", "25-commune", "Cả tỉnh",
    (WORK, HOUSEHOLDS, SCORE, RATE), (PROVINCE, COMMUNE),
)  # fmt: skip
# The rows: 6 and 7 ratio, 8 and 9 count, 10 score, 11 and 12 rate.
GOOD: dict[str, Value] = {
    "D6": 95, "E6": 100, "D7": 0, "E7": 0, "D8": 12, "F10": 0.51, "F11": 98.5, "D12": 3, "E12": 4,
}  # fmt: skip
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "http://x.example")


def read(cells: dict[str, Value], form: Form = FORM) -> Filled:
    return read_filled(filled(template(form), cells), form)


def doubts(cells: dict[str, Value]) -> list[tuple[str, str]]:
    return [(one.cell, one.key) for one in read(cells).problems]


def test_a_template_has_one_row_for_each_metric_and_area_of_its_levels() -> None:
    rows = [(item.metric, place.code) for item, place in FORM.rows()]
    assert len(rows) == 7  # the score is asked of the province alone
    empty = read({})
    assert [(one.metric, one.row) for one in empty.rows][4] == ("dti_score", 10)
    assert (empty.problems, empty.absent) == ((), 0)
    assert all(one.is_empty for one in empty.rows)


def test_what_was_filled_in_is_what_is_read() -> None:
    found = read(GOOD)
    assert found.problems == ()
    assert [(one.numerator, one.denominator, one.value) for one in found.rows] == [
        (95, 100, None),
        (0, 0, None),  # counted, and there was nothing
        (12, None, None),
        (None, None, None),  # not told, which is not 0
        (None, None, 0.51),
        (None, None, 98.5),
        (3, 4, None),
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"D7": 101, "E7": 100}, [("D7", "numerator_above")]),
        ({"D7": 5}, [("E7", "no_denominator")]),
        ({"E7": 5}, [("D7", "no_numerator")]),
        ({"D7": "mười", "E7": 10}, [("D7", "text")]),
        ({"D7": "1.234", "E7": 2000}, [("D7", "text")]),
        ({"D7": True, "E7": 10}, [("D7", "text")]),
        ({"D7": -1, "E7": 10}, [("D7", "negative")]),
        ({"D7": 1.5, "E7": 10}, [("D7", "not_whole")]),
        ({"D8": 1e300}, [("D8", "too_big")]),
        ({"E8": 5, "D8": 3}, [("E8", "not_asked")]),
        ({"F11": 101}, [("F11", "above_100")]),
        ({"F11": 50, "D11": 1, "E11": 2}, [("F11", "both")]),
        ({"C7": "08999", "D7": 1, "E7": 2}, [("C7", "strange_row")]),
        ({"H7": "no_metric", "D7": 1, "E7": 2}, [("H7", "strange_row")]),
        ({"C7": "25", "D7": 1, "E7": 2}, [("C7", "repeated")]),
    ],
)
def test_a_doubt_stands_at_its_cell(cells: dict[str, Value], told: list[tuple[str, str]]) -> None:
    assert doubts(cells) == told


def test_a_row_that_was_taken_out_is_missing_and_never_0() -> None:
    found = read({"C7": None, "H7": None, "D6": 1, "E6": 2})
    assert (found.absent, found.problems, len(found.rows)) == (1, (), 6)


def test_a_code_that_lost_its_first_0_is_still_the_code() -> None:
    assert read({"C7": 8521.0, "D7": 1, "E7": 2}).rows[1].numerator == 1


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"period": "2026-09"}, "other_period"),
        ({"area": "25"}, "other_area"),
        ({"source": "else"}, "other_source"),
    ],
)
def test_a_template_of_something_else_is_told_with_what_it_is_of(
    changes: dict[str, str], key: str
) -> None:
    other = msgspec.structs.replace(FORM, **changes)
    found = read_filled(filled(template(other), GOOD), FORM)
    assert [one.key for one in found.problems] == [key]
    assert found.other is not None
    assert changes.items() <= found.other.items()
    assert found.rows == ()


def test_texts_never_become_formulas() -> None:
    for text in FORMULAS:
        item = msgspec.structs.replace(WORK, name=text, numerator=text, meaning=text, basis=text)
        place = msgspec.structs.replace(PROVINCE, name=text)
        form = msgspec.structs.replace(
            FORM, title=text, owner=text, area_name=text, items=(item,), places=(place,)
        )
        book = template(form)
        sheets = b"".join(part(book, f"xl/worksheets/sheet{number}.xml") for number in (1, 2, 3))
        assert b"<f>" not in sheets
        assert b"hyperlink" not in sheets
        assert read_filled(book, form).problems == ()


def test_names_and_codes_are_locked_and_cells_for_figures_open() -> None:
    sheet = part(template(FORM), "xl/worksheets/sheet1.xml").decode()
    assert "<sheetProtection" in sheet
    assert 'state="frozen"' in sheet
    assert 'orientation="landscape"' in sheet
    assert sheet.count("<dataValidation ") >= 9
    assert b'state="veryHidden"' in part(template(FORM), "xl/workbook.xml")


# ---- files that are none --------------------------------------------------------------------


def bomb(size: int) -> bytes:
    """A workbook whose sheet unpacks to `size` spaces."""
    book = template(FORM)
    sheet = part(book, "xl/worksheets/sheet1.xml")
    return with_part(book, "xl/worksheets/sheet1.xml", b" " * size + sheet)


def far() -> bytes:
    """A workbook with one cell a million rows down."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Số liệu").write(1_048_575, 16_383, 1)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "damaged"),
        (b"%PDF-1.7", "damaged"),
        (template(FORM)[:2000], "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "locked"),
        (bomb(300 * 1024**2), "too_large"),
        (far(), "too_large"),
        (with_part(template(FORM), "xl/worksheets/sheet3.xml", None), "damaged"),
    ],
    ids=["empty", "pdf", "cut off", "old", "bomb", "far", "without a part"],
)
def test_what_is_no_form_is_refused_with_a_reason(content: bytes, key: str) -> None:
    found = read_in_child(content, FORM)
    assert [one.key for one in found.problems] == [key]
    assert found.rows == ()


def test_another_workbook_is_no_form() -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Số liệu").write(0, 0, "x")
    assert [one.key for one in read_filled(file.getvalue(), FORM).problems] == ["no_template"]


def test_a_child_that_takes_too_long_is_ended_and_told() -> None:
    found = read_in_child(template(FORM), FORM, seconds=0.01)
    assert [one.key for one in found.problems] == ["unreadable"]


ANY_VALUE = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20), st.integers(-5, 2000),
)  # fmt: skip
CELLS = st.dictionaries(
    st.builds("{}{}".format, st.sampled_from("ABCDEFGH"), st.integers(5, 12)), ANY_VALUE, max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS)
def test_whatever_stands_in_the_cells_is_read_or_told(cells: dict[str, Any]) -> None:
    found = read({key: float(v) if type(v) is int else v for key, v in cells.items()})
    assert isinstance(msgspec.json.encode(found), bytes)
    assert all(one.key for one in found.problems)
    if not found.problems:
        assert len(found.rows) + found.absent == 7


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.binary(min_size=1, max_size=30))
def test_damaged_files_end_in_a_sentence(place: int, noise: bytes) -> None:
    book = bytearray(template(FORM))
    at = place % len(book)
    book[at : at + len(noise)] = noise
    assert isinstance(read_filled(bytes(book), FORM), Filled)


# ---- periods --------------------------------------------------------------------------------


@pytest.mark.parametrize("calendar", ReportingCalendar)
@pytest.mark.parametrize("grain", [Grain.MONTH, Grain.QUARTER, Grain.YEAR])
def test_the_key_of_a_period_leads_back_to_it(grain: Grain, calendar: ReportingCalendar) -> None:
    spans = recent_periods(date(2026, 11, 22), grain, calendar, 12)
    keys = [period_key(span, grain, calendar) for span in spans]
    assert len(set(keys)) == 12
    assert [period_of(key, grain, calendar) for key in keys] == spans
    assert all(later.start == earlier.end for earlier, later in zip(spans[1:], spans, strict=False))


@pytest.mark.parametrize("key", ["", "2026", "2026-13", "2026-1", "x", "2026-10-01", "２０２６-10"])
def test_what_is_no_month_is_none(key: str) -> None:
    assert period_of(key, Grain.MONTH, ReportingCalendar.MONTH) is None


# ---- what the collector takes ---------------------------------------------------------------

SOURCES = """
[work]
kind = "submissions"
title.vi = "Hồ sơ công việc"
title.en = "Work files"
metrics = ["work_files_online_rate", "officials_pc_rate"]
grain = "month"
areas = ["25", "25/commune"]
"""
SENT = Submission(
    "work",
    date(2026, 10, 1),
    date(2026, 11, 1),
    "ab" * 32,
    datetime(2026, 11, 22, 1, 30, tzinfo=UTC),
    [
        Figure("work_files_online_rate", "08521@2025-07-01", 7, 95, 100),
        Figure("officials_pc_rate", "25@2025-07-01", 11, None, None, 98.5, as_reported=True),
    ],
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.configure(SOURCES)
    return home


def sent(home: Home, told: Submission | bytes, name: str = "a.json") -> None:
    content = told if isinstance(told, bytes) else msgspec.json.encode(told)
    home.write(f"inbox/work/ready/{name}", content)


def test_a_submission_becomes_observations_that_cite_form_time_and_file(home: Home) -> None:
    sent(home, SENT)
    landed = home.collect("work")
    first, second = landed.rows("observation")
    assert (first["area"], first["numerator"], first["denominator"]) == (
        "08521@2025-07-01", 95, 100,
    )  # fmt: skip
    assert (first["period_start"], first["period_end"]) == (date(2026, 10, 1), date(2026, 11, 1))
    assert (first["as_reported"], first["standalone"]) == (False, False)
    assert (second["value"], second["as_reported"], second["standalone"]) == (98.5, True, True)
    assert first["citation"] == (
        "Biểu Hồ sơ công việc, kỳ tháng 10/2026, nộp 08:30 22/11/2026, tệp sha256 abababababababab"
    )
    assert landed.manifest["rows_read"] == 2
    assert landed.manifest["records_read"] == {"observation": 2}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"metric": "dossiers_received"}, "is no metric of this form"),
        ({"area": "04@2025-07-01"}, "does not submit this form for the period"),
        ({"numerator": -1.0}, "is below 0"),
        ({"numerator": None, "denominator": None}, "and numerator are both empty"),
    ],
)
def test_a_figure_that_the_form_does_not_ask_for_is_refused(
    home: Home, changes: dict[str, Any], reason: str
) -> None:
    bad = msgspec.structs.replace(SENT.figures[0], **changes)
    sent(home, msgspec.structs.replace(SENT, figures=[bad, *SENT.figures[1:]]))
    assert reason in home.collect("work").error


@pytest.mark.parametrize(
    ("told", "fact"),
    [
        (b"{}", "is no submission"),
        (b"\xff\x00", "is no submission"),
        (msgspec.json.encode(SENT).replace(b'"work"', b'"other"', 1), "of something else"),
        (msgspec.json.encode(SENT).replace(b"2026-10-01", b"2026-10-02", 1), "is no month"),
        (msgspec.json.encode(SENT).replace(b"2026-11-01", b"2026-09-01", 1), "of something else"),
    ],
)
def test_a_document_that_is_no_submission_of_the_form_is_refused(
    home: Home, told: bytes, fact: str
) -> None:
    sent(home, told)
    assert fact in home.collect("work").error


def test_the_inbox_needs_no_configuration_and_a_path_is_refused(home: Home) -> None:
    config = read_sources(home.path)["work"]
    assert isinstance(config, SubmissionsConfig)
    assert config.push
    assert is_period(Span(date(2026, 2, 1), date(2026, 3, 1)), config)
    assert not is_period(Span(date(2026, 2, 1), date(2026, 4, 1)), config)
    home.configure(f"{SOURCES}push = true\n")
    assert read_sources(home.path)["work"] == config
    home.configure(f'{SOURCES}path = "x"\n')
    with pytest.raises(CatalogueError, match="path is no key of this kind"):
        read_sources(home.path)


@pytest.mark.parametrize(
    ("key", "value", "fact"),
    [
        ("areas", '["Phú Thọ"]', "neither a code such as 25"),
        ("areas", '["25/village"]', "neither a code such as 25"),
        ("metrics", '["a", "a"]', "asked for twice"),
        ("metrics", "[]", "at least 1"),
        ("grain", '"day"', "'month', 'quarter' or 'year'"),
        ("push", "false", "True"),
    ],
)
def test_a_stanza_that_cannot_be_is_refused_by_its_key(
    home: Home, key: str, value: str, fact: str
) -> None:
    lines = [line for line in SOURCES.splitlines() if not line.startswith(f"{key} ")]
    home.configure("\n".join([*lines, f"{key} = {value}"]))
    with pytest.raises(CatalogueError, match=fact) as refused:
        read_sources(home.path)
    assert refused.value.key.startswith(key)


def test_the_child_has_little_memory_and_few_files() -> None:
    start = "from datasources.kinds.submission_child import _limit; _limit(); "
    greedy, many = "bytearray(2 * 1024**3)", "[open('/dev/null') for _ in range(100)]"
    for program, told in ((greedy, "MemoryError"), (many, "Too many open files")):
        ended = subprocess.run(
            [sys.executable, "-c", start + program], capture_output=True, text=True, check=False
        )
        assert ended.returncode != 0
        assert told in ended.stderr
