"""The lunar date as Vietnam has it: Tết by public announcement, leap months, names of years."""

from datetime import date, timedelta

import pytest

from domain.lunar import EARLIEST, LATEST, LunarDay, lunar_day


@pytest.mark.parametrize(
    "tet",
    [
        date(1985, 1, 21),  # a month before China
        date(2007, 2, 17),  # a day before China
        date(2020, 1, 25),
        date(2021, 2, 12),
        date(2022, 2, 1),
        date(2023, 1, 22),
        date(2024, 2, 10),
        date(2025, 1, 29),
        date(2026, 2, 17),
        date(2027, 2, 6),
        date(2028, 1, 26),
        date(2030, 2, 2),  # a day before China
    ],
)
def test_tet_is_on_the_day_it_was_announced_for(tet: date) -> None:
    assert lunar_day(tet) == LunarDay(tet.year, 1, 1)
    eve = lunar_day(tet - timedelta(days=1))
    assert (eve.year, eve.month) == (tet.year - 1, 12)
    assert eve.day in (29, 30)


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (date(2020, 5, 23), LunarDay(2020, 4, 1, leap=True)),
        (date(2023, 3, 22), LunarDay(2023, 2, 1, leap=True)),
        (date(2025, 7, 25), LunarDay(2025, 6, 1, leap=True)),
        (date(2026, 4, 26), LunarDay(2026, 3, 10)),  # giỗ Tổ Hùng Vương, a public holiday
        (date(2025, 4, 7), LunarDay(2025, 3, 10)),
        (date(2024, 4, 18), LunarDay(2024, 3, 10)),
        (date(2033, 12, 22), LunarDay(2033, 11, 1, leap=True)),
        (date(2026, 11, 22), LunarDay(2026, 10, 14)),
    ],
)
def test_a_day_has_its_lunar_date(day: date, lunar: LunarDay) -> None:
    assert lunar_day(day) == lunar


@pytest.mark.parametrize(
    ("year", "name"), [(1984, "Giáp Tý"), (2025, "Ất Tỵ"), (2026, "Bính Ngọ"), (2027, "Đinh Mùi")]
)
def test_a_year_has_its_name(year: int, name: str) -> None:
    assert lunar_day(date(year, 7, 1)).year_name == name


def test_days_follow_each_other_for_two_hundred_years() -> None:
    day, before = date(1901, 1, 1), lunar_day(date(1900, 12, 31))
    while day.year < 2101:
        now = lunar_day(day)
        if now.day == 1:
            assert before.day in (29, 30), day
            follows = (before.month % 12 + 1, False), (before.month, True)
            assert (now.month, now.leap) in follows, day
            assert now.year == before.year + (before.month == 12 and now.month == 1), day
        else:
            assert now == LunarDay(before.year, before.month, before.day + 1, before.leap), day
        day, before = day + timedelta(days=1), now


@pytest.mark.parametrize("day", [EARLIEST - timedelta(days=1), LATEST + timedelta(days=1)])
def test_what_the_formulas_do_not_reach_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match="lunar calendar"):
        lunar_day(day)
