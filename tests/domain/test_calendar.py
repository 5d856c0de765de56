import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar, load_calendar
from domain.errors import CalendarError

CALENDAR = load_calendar()
HEADER = "date,is_working,kind,note\n"
DAYS = st.dates(date(2015, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-02-11", 5, "2026-02-25"),  # Tết, 16 to 20 February
        ("2025-04-24", 5, "2025-05-05"),  # 26 April worked, 30 April to 2 May off
        ("2024-04-25", 5, "2024-05-06"),  # 29 April to 1 May off, 4 May worked
        ("2026-08-20", 5, "2026-08-26"),  # 22 August worked
        ("2026-01-01", 1, "2026-01-05"),  # 2 January exchanged for 10 January
        ("2020-07-15", 1, "2020-07-16"),  # an ordinary Wednesday
        ("2026-01-09", 1, "2026-01-10"),  # the Saturday that is worked for it
        ("2019-12-31", 0, "2019-12-31"),
        ("2026-01-05", -1, "2025-12-31"),
    ],
)
def test_terms_end_on_the_day_the_law_says(start: str, n: int, due: str) -> None:
    assert CALENDAR.add(date.fromisoformat(start), n) == date.fromisoformat(due)


def days_off(year: int, month: int, first: int, last: int) -> set[date]:
    return {date(year, month, day) for day in range(first, last + 1)}


@pytest.mark.parametrize(
    ("year", "off", "worked"),
    [
        (
            2014,
            {date(2014, 1, 1), date(2014, 4, 9), date(2014, 4, 30), date(2014, 9, 2)}
            | {*days_off(2014, 1, 28, 31), *days_off(2014, 2, 3, 5), *days_off(2014, 5, 1, 2)}
            | {date(2014, 9, 1)},
            {date(2014, 1, 25), date(2014, 2, 8), date(2014, 4, 26), date(2014, 9, 6)}
            | {date(2014, 12, 27)},
        ),
        (
            2020,
            {date(2020, 1, 1), date(2020, 4, 2), date(2020, 4, 30), date(2020, 5, 1)}
            | {*days_off(2020, 1, 23, 24), *days_off(2020, 1, 27, 29), date(2020, 9, 2)},
            set(),
        ),
        (
            2021,
            {date(2021, 1, 1), date(2021, 4, 21), date(2021, 4, 30), date(2021, 5, 3)}
            | {*days_off(2021, 2, 10, 12), *days_off(2021, 2, 15, 16), *days_off(2021, 9, 2, 3)},
            set(),
        ),
        (
            2023,
            {date(2023, 1, 2), date(2023, 1, 20), *days_off(2023, 1, 23, 26)}
            | {*days_off(2023, 5, 1, 3), date(2023, 9, 1), date(2023, 9, 4)},
            set(),
        ),
        (
            2025,
            {date(2025, 1, 1), *days_off(2025, 1, 27, 31), date(2025, 4, 7), date(2025, 4, 30)}
            | {*days_off(2025, 5, 1, 2), *days_off(2025, 9, 1, 2)},
            {date(2025, 4, 26)},
        ),
        (
            2026,
            {*days_off(2026, 1, 1, 2), *days_off(2026, 2, 16, 20), date(2026, 4, 27)}
            | {date(2026, 4, 30), date(2026, 5, 1), date(2026, 8, 31), *days_off(2026, 9, 1, 2)}
            | {date(2026, 11, 24)},
            {date(2026, 1, 10), date(2026, 8, 22)},
        ),
    ],
)
def test_a_year_differs_from_its_weekdays_only_where_it_was_decided(
    year: int, off: set[date], worked: set[date]
) -> None:
    days = [date.fromordinal(date(year, 1, 1).toordinal() + n) for n in range(365)]
    days = [day for day in days if day.year == year]
    assert {day for day in days if day.weekday() < 5 and not CALENDAR.is_working(day)} == off
    assert {day for day in days if day.weekday() > 4 and CALENDAR.is_working(day)} == worked


@given(DAYS, st.integers(-400, 400))
def test_counting_undoes_adding(start: date, n: int) -> None:
    assert CALENDAR.between(start, CALENDAR.add(start, n)) == n


@given(DAYS, DAYS)
def test_counting_is_the_number_of_working_days_passed(a: date, b: date) -> None:
    first, last = sorted((a, b))
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    passed = sum(CALENDAR.is_working(day) for day in days if day != a)
    assert CALENDAR.between(a, b) == (passed if a <= b else -passed)


def test_adding_days_ends_on_a_working_day() -> None:
    saturday = date(2020, 7, 18)
    assert CALENDAR.add(saturday, 1) == date(2020, 7, 20)
    assert CALENDAR.between(saturday, date(2020, 7, 19)) == 0


def test_a_year_nobody_has_decided_refuses_loudly() -> None:
    assert not CALENDAR.is_confirmed(2027)
    with pytest.raises(CalendarError, match="2027: calendar not confirmed"):
        CALENDAR.is_working(date(2027, 3, 1))
    with pytest.raises(CalendarError, match="2027"):
        CALENDAR.between(date(2026, 12, 1), date(2027, 1, 2))
    with pytest.raises(CalendarError, match=r"2027.*config/calendar\.csv"):
        CALENDAR.add(date(2026, 12, 30), 5)
    with pytest.raises(CalendarError, match="2008"):
        CALENDAR.add(date(2009, 1, 5), -5)


def test_a_gap_between_confirmed_years_is_never_jumped() -> None:
    calendar = WorkingCalendar([], [2020, 2022])
    with pytest.raises(CalendarError, match="2021"):
        calendar.add(date(2020, 12, 31), 1)
    with pytest.raises(CalendarError, match="2021"):
        calendar.between(date(2020, 12, 1), date(2022, 1, 10))


def test_predictions_tell_whether_a_source_may_rest_but_no_deadline() -> None:
    assert not CALENDAR.is_likely_working(date(2027, 2, 5))
    assert CALENDAR.is_likely_working(date(2027, 3, 1))


def test_a_day_off_has_its_name() -> None:
    assert CALENDAR.holiday_name(date(2026, 2, 17)) == "Tết Nguyên Đán"
    assert CALENDAR.holiday_name(date(2026, 1, 2)) == "Ngày nghỉ (thay cho ngày 10/01/2026)"
    assert CALENDAR.holiday_name(date(2026, 1, 10)) is None
    assert CALENDAR.holiday_name(date(2026, 3, 3)) is None


def test_a_province_confirms_a_year_and_corrects_a_day(tmp_path: Path) -> None:
    extra = tmp_path / "calendar.csv"
    extra.write_text(
        HEADER + "2027,,confirmed,TB 1/TB-BNV\n2027-03-01,0,holiday,Ngày hội của tỉnh\n"
        "2026-04-27,1,swap_work,Trực theo phân công\n",
        encoding="utf-8",
    )
    calendar = load_calendar(extra)
    assert calendar.confirmed_years[-1] == 2027
    assert calendar.add(date(2027, 2, 26), 1) == date(2027, 3, 2)
    assert calendar.holiday_name(date(2027, 3, 1)) == "Ngày hội của tỉnh"
    assert not calendar.is_working(date(2026, 1, 2))
    assert calendar.is_working(date(2026, 4, 27))  # the last word on a shipped holiday


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    extra = tmp_path / "calendar.csv"
    assert not load_calendar(extra).is_confirmed(2027)
    for year in (2027, 2028):
        extra.write_text(HEADER + f"{year},,confirmed,\n", encoding="utf-8")
        os.utime(extra, ns=(year, year))
        assert load_calendar(extra).confirmed_years[-1] == year


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,works\n", "the first line must read date,is_working,kind,note"),
        (HEADER + "2027-01-01,0,holiday,x\n01/02/2027,0,holiday,x\n", "line 3: '01/02/2027'"),
        (HEADER + "2027-01-01,no,holiday,x\n", "line 2: is_working is 'no'. Write 1 or 0."),
        (HEADER + "2027-01-01,0\n", "line 2: a line has four fields"),
        (HEADER + "2027-01-01,0,holiday,a,b\n", "line 2: a line has four fields"),
        (HEADER + "27,,confirmed,x\n", "line 2: '27' is not a year"),
        (HEADER + "2027-01-01,0,a,b\n2027-01-01,1,a,b\n", "line 3: 2027-01-01 is there twice"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, text: str, message: str) -> None:
    extra = tmp_path / "calendar.csv"
    extra.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError) as error:
        load_calendar(extra)
    assert message in error.value.message
