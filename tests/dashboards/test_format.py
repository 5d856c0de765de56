import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import format as fmt


@pytest.mark.parametrize(
    ("value", "unit", "vietnamese", "english"),
    [
        (296931.0, "dossier", "296.931", "296,931"),
        (98.13, "percent", "98,1\u00a0%", "98.1%"),
        (0.0, "percent", "0,0\u00a0%", "0.0%"),
        (-1234.0, "dossier", "−1.234", "−1,234"),
        (None, "dossier", "—", "—"),
        (math.nan, "percent", "—", "—"),
    ],
)
def test_a_number_is_written_as_people_here_write_it(
    value: float | None, unit: str, vietnamese: str, english: str
) -> None:
    assert fmt.shown(value, unit, "vi") == vietnamese
    assert fmt.shown(value, unit, "en") == english


def test_what_is_not_quite_all_is_never_printed_as_all() -> None:
    assert fmt.shown(99.96, "percent") == "99,96\u00a0%"
    assert fmt.shown(100.0, "percent") == "100,0\u00a0%"


def test_a_value_below_its_target_never_looks_equal_to_it() -> None:
    assert fmt.figure(97.96, "percent", against=98.0) == "97,96"
    assert fmt.figure(98.0, "percent", against=98.0) == "98,0"


def test_a_target_has_the_digits_somebody_wrote() -> None:
    assert [fmt.goal(value, "percent") for value in (98.0, 37.5)] == ["98\u00a0%", "37,5\u00a0%"]
    assert fmt.goal(None, "percent") == "—"


def test_a_change_has_its_sign_unless_it_rounds_to_nothing() -> None:
    assert [fmt.signed(value, 1) for value in (2.34, -0.36, 0.04, -0.04)] == [
        "+2,3",
        "−0,4",
        "0,0",
        "0,0",
    ]


def test_instants_are_told_in_local_time() -> None:
    instant = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert fmt.instant(instant) == "08:00 22/11/2026"
    assert fmt.instant(instant, "en") == "08:00, 22 Nov 2026"
    assert fmt.clock(instant) == "08:00"


def test_a_day_is_written_day_first() -> None:
    assert fmt.day(date(2020, 12, 31)) == "31/12/2020"
    assert fmt.day(date(2020, 12, 31), "en") == "31 Dec 2020"
    assert fmt.day(None) == "—"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_both_languages_write_the_same_digits(value: float) -> None:
    vietnamese = fmt.number(value, 2, "vi").translate(str.maketrans(",.", ".,"))
    assert vietnamese == fmt.number(value, 2, "en")
