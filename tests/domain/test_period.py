from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import PeriodError
from domain.period import (
    Grain,
    ReportingCalendar,
    Span,
    add_months,
    label,
    period_end,
    period_start,
    periods,
    previous,
    same_last_year,
)

ND09 = ReportingCalendar.ND09
MONTH = ReportingCalendar.MONTH
DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))
SPANS = st.builds(
    lambda start, length: Span(start, start + timedelta(days=length)),
    DAYS,
    st.integers(1, 800),
)
GRAINS = st.sampled_from([None, *Grain])
CALENDARS = st.sampled_from(ReportingCalendar)


@given(SPANS, GRAINS, CALENDARS)
def test_periods_cover_a_span_without_gap_or_overlap(
    span: Span, grain: Grain | None, reporting: ReportingCalendar
) -> None:
    cut = periods(span, grain, reporting)
    assert cut[0].start == span.start
    assert cut[-1].end == span.end
    assert all(one.end == following.start for one, following in pairwise(cut))


@given(DAYS, st.sampled_from(Grain), CALENDARS)
def test_every_day_of_a_period_has_the_same_period(
    day: date, grain: Grain, reporting: ReportingCalendar
) -> None:
    start, end = period_start(day, grain, reporting), period_end(day, grain, reporting)
    assert start <= day < end
    assert period_start(end - timedelta(days=1), grain, reporting) == start
    assert period_start(end, grain, reporting) == end


def test_the_first_and_the_last_period_are_clipped_to_the_span() -> None:
    assert periods(Span.of_days(date(2020, 1, 20), date(2020, 3, 5)), Grain.MONTH) == [
        Span(date(2020, 1, 20), date(2020, 2, 1)),
        Span(date(2020, 2, 1), date(2020, 3, 1)),
        Span(date(2020, 3, 1), date(2020, 3, 6)),
    ]


def test_weeks_begin_on_monday() -> None:
    assert period_start(date(2026, 11, 22), Grain.WEEK) == date(2026, 11, 16)
    assert period_start(date(2026, 11, 16), Grain.WEEK) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("day", "grain", "start", "end", "text"),
    [
        # the reporting month of July runs from 15 June to 14 July
        (date(2020, 6, 14), Grain.MONTH, date(2020, 5, 15), date(2020, 6, 15), "Tháng 6/2020"),
        (date(2020, 6, 15), Grain.MONTH, date(2020, 6, 15), date(2020, 7, 15), "Tháng 7/2020"),
        (date(2020, 12, 15), Grain.MONTH, date(2020, 12, 15), date(2021, 1, 15), "Tháng 1/2021"),
        (date(2020, 12, 15), Grain.QUARTER, date(2020, 12, 15), date(2021, 3, 15), "Quý I/2021"),
        (date(2020, 12, 14), Grain.YEAR, date(2019, 12, 15), date(2020, 12, 15), "Năm 2020"),
    ],
)
def test_the_decrees_month_runs_from_the_15th_and_is_named_after_its_end(
    day: date, grain: Grain, start: date, end: date, text: str
) -> None:
    span = Span(period_start(day, grain, ND09), period_end(day, grain, ND09))
    assert span == Span(start, end)
    assert label(span, grain, "vi", ND09) == text


def test_a_span_must_hold_a_day() -> None:
    with pytest.raises(PeriodError, match="holds no day"):
        Span(date(2020, 1, 2), date(2020, 1, 2))


def test_a_span_counts_its_days_and_excludes_its_end() -> None:
    january = Span(date(2020, 1, 1), date(2020, 2, 1))
    assert (january.days, january.last_day) == (31, date(2020, 1, 31))
    assert january.contains(date(2020, 1, 31))
    assert not january.contains(date(2020, 2, 1))


def test_clipping_gives_the_shared_days_or_nothing() -> None:
    year = Span.of_year(2020)
    assert year.clip(Span(date(2020, 12, 1), date(2021, 2, 1))) == Span(
        date(2020, 12, 1), date(2021, 1, 1)
    )
    assert year.clip(Span.of_year(2021)) is None


@pytest.mark.parametrize(
    ("span", "before"),
    [
        # whole months compare with whole months, however long
        (Span(date(2020, 3, 1), date(2020, 4, 1)), Span(date(2020, 2, 1), date(2020, 3, 1))),
        (Span(date(2020, 6, 15), date(2020, 7, 15)), Span(date(2020, 5, 15), date(2020, 6, 15))),
        (Span.of_year(2020), Span.of_year(2019)),
        # other spans with as many days
        (Span(date(2020, 3, 2), date(2020, 3, 9)), Span(date(2020, 2, 24), date(2020, 3, 2))),
        (Span(date(2020, 1, 31), date(2020, 3, 31)), Span(date(2019, 12, 2), date(2020, 1, 31))),
    ],
)
def test_the_previous_span_ends_where_this_one_begins(span: Span, before: Span) -> None:
    assert previous(span) == before


@pytest.mark.parametrize(
    ("span", "last_year"),
    [
        (Span.of_year(2020), Span.of_year(2019)),
        # February is compared whole, with or without its 29th
        (Span(date(2020, 2, 1), date(2020, 3, 1)), Span(date(2019, 2, 1), date(2019, 3, 1))),
        (Span(date(2021, 2, 1), date(2021, 3, 1)), Span(date(2020, 2, 1), date(2020, 3, 1))),
        (Span(date(2020, 2, 29), date(2020, 3, 1)), Span(date(2019, 2, 28), date(2019, 3, 1))),
        (Span(date(2020, 2, 28), date(2020, 2, 29)), Span(date(2019, 2, 28), date(2019, 3, 1))),
    ],
)
def test_the_same_days_last_year_survive_29_february(span: Span, last_year: Span) -> None:
    assert same_last_year(span) == last_year


@given(SPANS)
def test_the_same_span_last_year_is_about_as_long(span: Span) -> None:
    assert abs(same_last_year(span).days - span.days) <= 1


def test_months_are_added_to_the_end_of_short_months() -> None:
    assert add_months(date(2020, 1, 31), 1) == date(2020, 2, 29)
    assert add_months(date(2020, 1, 15), -1) == date(2019, 12, 15)


@pytest.mark.parametrize(
    ("grain", "vi", "en"),
    [
        (Grain.DAY, "31/12/2020", "31 Dec 2020"),
        (Grain.WEEK, "Tuần 53/2020", "Week 53, 2020"),
        (Grain.MONTH, "Tháng 12/2020", "December 2020"),
        (Grain.QUARTER, "Quý IV/2020", "Q4 2020"),
        (Grain.YEAR, "Năm 2020", "2020"),
        (None, "31/12/2020 – 31/12/2020", "31 Dec 2020 – 31 Dec 2020"),
    ],
)
def test_periods_are_called_as_people_call_them(grain: Grain | None, vi: str, en: str) -> None:
    day = Span(date(2020, 12, 31), date(2021, 1, 1))
    assert label(day, grain) == vi
    assert label(day, grain, "en") == en
