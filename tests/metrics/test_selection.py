from datetime import date

import pytest

from domain.area import Boundaries, Level
from domain.errors import SelectionError
from domain.period import Grain, ReportingCalendar, Span
from metrics import By, Selection
from metrics.window import window

YEAR = Span.of_year(2020)
FULL = Selection(
    ("dossiers_received", "dossiers_pending"),
    YEAR,
    "25",
    Grain.MONTH,
    By.AREA,
    Level.COMMUNE,
    Boundaries.TODAY,
    date(2020, 12, 31),
    (("channel", "online"),),
    ReportingCalendar.ND09,
)


def test_a_selection_needs_metrics_and_each_once() -> None:
    with pytest.raises(SelectionError, match="at least one metric"):
        Selection((), YEAR)
    with pytest.raises(SelectionError, match="each metric once"):
        Selection(("dossiers_received", "dossiers_received"), YEAR)


def test_an_unknown_filter_is_told_the_nearest() -> None:
    with pytest.raises(SelectionError, match=r"no filter 'chanel'. Did you mean 'channel'\?"):
        Selection(("dossiers_received",), YEAR, filters=(("chanel", "online"),))
    with pytest.raises(SelectionError, match=r"no filter 'x'. There are: organisation, "):
        Selection(("dossiers_received",), YEAR, filters=(("x", "online"),))


def test_different_questions_have_different_keys() -> None:
    others = [
        Selection(("dossiers_received",), YEAR),
        Selection(("dossiers_pending",), YEAR),
        Selection(("dossiers_received",), Span.of_year(2021)),
        Selection(("dossiers_received",), YEAR, "25"),
        Selection(("dossiers_received",), YEAR, grain=Grain.YEAR),
        Selection(("dossiers_received",), YEAR, filters=(("channel", "a"), ("channel", "b"))),
        Selection(("dossiers_received",), YEAR, filters=(("channel", 'a"],["channel","b'),)),
        Selection(("dossiers_received",), YEAR, as_of=date(2020, 1, 1)),
        FULL,
    ]
    assert len({selection.key for selection in others}) == len(others)
    assert FULL.key == Selection(*(getattr(FULL, name) for name in FULL.__match_args__)).key


def test_a_window_ends_with_the_horizon_and_knows_what_is_open() -> None:
    by_month = Selection(("dossiers_received",), YEAR, grain=Grain.MONTH)
    seen = window(by_month, date(2020, 11, 20))
    assert seen.end == date(2020, 11, 21)
    assert seen.is_open.tolist() == [False] * 10 + [True, True]
    assert seen.is_whole_months


def test_a_past_as_of_day_is_over() -> None:
    by_day = Selection(
        ("dossiers_received",),
        Span(date(2020, 11, 20), date(2020, 11, 22)),
        grain=Grain.DAY,
        as_of=date(2020, 11, 20),
    )
    assert window(by_day, date(2020, 12, 1)).is_open.tolist() == [False, True]
    assert window(by_day, date(2020, 11, 20)).is_open.tolist() == [True, True]


@pytest.mark.parametrize(
    ("span", "grain", "whole"),
    [
        (YEAR, None, True),
        (YEAR, Grain.WEEK, False),
        (Span(date(2020, 1, 15), date(2020, 3, 1)), Grain.MONTH, False),
        (Span(date(2020, 1, 1), date(2020, 3, 15)), Grain.MONTH, False),
        (Span(date(2020, 1, 1), date(2020, 12, 31)), Grain.MONTH, True),
    ],
)
def test_only_whole_months_are_read_from_months(
    span: Span, grain: Grain | None, whole: bool
) -> None:
    selection = Selection(("dossiers_received",), span, grain=grain)
    assert window(selection, date(2020, 12, 20)).is_whole_months is whole
