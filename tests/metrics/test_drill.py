"""Drilling: exactly the dossiers that a number counts, whichever way it is asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import isnan
from typing import Any

import pytest

from domain.area import Boundaries
from domain.calendar import load_calendar
from domain.dossier import Verdict
from domain.errors import ScopeError, SelectionError, UnknownNameError
from domain.period import Grain, Span
from domain.scope import EVERYTHING, Scope
from metrics import By, Selection, catalogue, query
from metrics.drill import FIRST_PAGE, Drilled, Page, Part, drill, why_not
from store import Snapshot
from tests.metrics.asking import NOW, days
from tests.metrics.collected import MOC_LY, PHUNG_NGUYEN, SON_VI

METRICS = tuple(one.id for one in catalogue().metrics.values() if why_not(one) is None)


def drilled(
    snapshot: Snapshot,
    metric: str,
    part: Part = Part.NUMERATOR,
    area: str | None = "25",
    span: Span | int = 2020,
    *,
    scope: Scope = EVERYTHING,
    page: Page = FIRST_PAGE,
    **cut: Any,
) -> Drilled:
    whole = Span.of_year(span) if isinstance(span, int) else span
    selection = Selection((metric,), whole, area, **cut)
    return drill(selection, part, scope, snapshot, now=NOW, page=page)


@pytest.mark.parametrize(
    ("area", "open_at_first", "open_at_last"),
    [("219@", [], []), ("224@2025-01-01", ["T1"], ["T1"])],
)
def test_what_is_open_is_listed_where_its_commune_lies(
    reorganised: Snapshot, area: str, open_at_first: list[str], open_at_last: list[str]
) -> None:
    # T1 came in December; its commune has lain in the other district since 1 January.
    january = days("2025-01-01", "2025-02-01")
    carried = drilled(reorganised, "dossiers_carried_over", area=area, span=january)
    pending = drilled(reorganised, "dossiers_pending", area=area, span=january)
    assert (codes(carried), codes(pending)) == (open_at_first, open_at_last)
    assert carried.is_complete
    assert pending.is_complete


def codes(found: Drilled) -> list[str]:
    return sorted(row.dossier_code for row in found.rows)


def cells(snapshot: Snapshot, selection: Selection) -> Iterator[tuple[Selection, Any]]:
    """Each figure of a selection, with the selection that asks for it alone."""
    frame = query(selection, EVERYTHING, snapshot, now=NOW)
    rows: Iterator[Any] = frame[~frame["reported"]].itertuples()
    for row in rows:
        span = Span(row.period_start, row.period_end)
        yield replace(selection, metrics=(row.metric,), span=span, area=row.area_id), row


def differences(snapshot: Snapshot, selection: Selection) -> tuple[int, list[object]]:
    """How many figures were compared with their lists, and where the two differ."""
    compared, wrong = 0, list[object]()
    for one, row in cells(snapshot, selection):
        for part in Part:
            count = getattr(row, part)
            if isnan(count):  # nobody knows it
                continue
            found = drill(one, part, EVERYTHING, snapshot, now=NOW, page=Page(limit=1000))
            compared += 1
            shares = sum(dossier.weight for dossier in found.rows)
            if (found.total, shares, found.is_complete) != (count, count, True):
                wrong.append((row.metric, part, count, found.total))
    return compared, wrong


@pytest.mark.parametrize("boundaries", Boundaries)
@pytest.mark.parametrize(
    ("area", "first", "end"),
    [
        (None, "2025-05-01", "2025-10-05"),
        ("08521@2025-07-01", "2025-07-01", "2025-08-01"),
        (MOC_LY, "2025-03-01", "2025-06-01"),
    ],
)
def test_every_list_is_as_long_as_its_number_where_areas_begin_and_end(
    reorganised: Snapshot, area: str | None, first: str, end: str, boundaries: Boundaries
) -> None:
    selection = Selection(METRICS, days(first, end), area, boundaries=boundaries)
    compared, wrong = differences(reorganised, selection)
    assert wrong == []
    assert compared >= 20


def test_every_list_is_as_long_as_its_number(year_2020: Snapshot) -> None:
    summer = days("2020-07-01", "2020-10-01")
    compared, wrong = differences(year_2020, Selection(METRICS, summer, "25"))
    assert wrong == []
    assert compared >= 20


def test_a_list_names_the_dossiers_that_a_reader_would_name(year_2020: Snapshot) -> None:
    late = drilled(year_2020, "on_time_rate_resolved", Part.DENOMINATOR, SON_VI)
    assert codes(late) == [f"S{n}" for n in range(1, 10)]
    early = drilled(year_2020, "on_time_rate_resolved", Part.NUMERATOR, SON_VI)
    assert codes(early) == ["S1"]
    assert codes(drilled(year_2020, "dossiers_pending_overdue")) == ["OVERDUE"]
    assert codes(drilled(year_2020, "dossiers_paused")) == ["PAUSED"]
    assert codes(drilled(year_2020, "null_due_share")) == ["NODUE"]


def test_a_complement_lists_what_is_left_of_its_denominator(year_2020: Snapshot) -> None:
    """Of 14 dossiers with a due date nine lapsed: eight late ones and one never finished."""
    left = drilled(year_2020, "on_time_rate_qd766")
    assert codes(left) == ["NEXT", "ON", "P1", "PAUSED", "S1"]
    assert drilled(year_2020, "on_time_rate_qd766", Part.DENOMINATOR).dossiers == 14


def test_days_late_are_working_days(year_2020: Snapshot) -> None:
    """Due on Tuesday 10 March, done on Thursday; overdue since 5 August 2020, seen in 2021."""
    rows = drilled(year_2020, "dossiers_resolved_late").rows
    assert {(row.days_late, row.verdict) for row in rows} == {(2, Verdict.LATE)}
    (early,) = [
        row
        for row in drilled(year_2020, "dossiers_resolved_early").rows
        if row.area_id == PHUNG_NGUYEN
    ]
    assert (early.days_late, early.verdict) == (-1, Verdict.EARLY)
    (overdue,) = drilled(year_2020, "dossiers_pending_overdue").rows
    calendar = load_calendar()
    assert overdue.days_late == calendar.between(date(2020, 8, 5), date(2021, 1, 5))
    assert overdue.verdict is Verdict.OVERDUE


def test_a_value_of_a_dimension_is_asked_for_by_a_filter(year_2020: Snapshot) -> None:
    filters: tuple[tuple[str, str], ...] = (("organisation", "H44.18"),)
    assert codes(drilled(year_2020, "dossiers_received", filters=filters)) == ["ON"]
    filters = (("procedure", "1.002"), ("channel", "direct"))
    assert drilled(year_2020, "dossiers_received", filters=filters).dossiers == 9


def test_pages_come_in_the_order_asked_for_and_know_the_whole(year_2020: Snapshot) -> None:
    first = drilled(year_2020, "dossiers_received", page=Page("code", 4))
    second = drilled(year_2020, "dossiers_received", page=Page("code", 4, 4))
    beyond = drilled(year_2020, "dossiers_received", page=Page("code", 4, 100))
    assert [row.dossier_code for row in first.rows] == ["NEXT", "NODUE", "ON", "OVERDUE"]
    assert [row.dossier_code for row in second.rows] == ["P1", "PAUSED", "S1", "S2"]
    assert {one.dossiers for one in (first, second, beyond)} == {15}
    assert len(beyond.rows) == 0


def test_a_scope_lists_only_its_own(year_2020: Snapshot) -> None:
    own = drilled(year_2020, "dossiers_received", scope=Scope(None, frozenset({"H44.18"})))
    assert codes(own) == ["ON"]
    commune = Scope(frozenset({SON_VI}))
    assert drilled(year_2020, "dossiers_received", area=SON_VI, scope=commune).dossiers == 9
    for refused in (commune, Scope(frozenset())):
        with pytest.raises(ScopeError):
            drilled(year_2020, "dossiers_received", scope=refused)
    with pytest.raises(ScopeError, match="small counts"):
        drilled(year_2020, "dossiers_received", scope=Scope(None, least=5))


def test_what_has_no_dossiers_behind_it_says_why(offices: Snapshot) -> None:
    for metric, why in (
        ("docs_sent", "does not count dossiers"),
        ("work_files_online_rate", "delivered as it is"),
        ("dti_score", "delivered as it is"),
    ):
        with pytest.raises(SelectionError, match=why):
            drilled(offices, metric)


def test_what_is_no_single_figure_is_refused(year_2020: Snapshot) -> None:
    cuts: list[dict[str, Any]] = [
        {"grain": Grain.MONTH},
        {"by": By.AREA},
        {"as_of": date(2020, 12, 1)},
    ]
    for cut in cuts:
        with pytest.raises(SelectionError):
            drilled(year_2020, "dossiers_received", **cut)
    with pytest.raises(SelectionError, match="no denominator"):
        drilled(year_2020, "dossiers_received", Part.DENOMINATOR)
    with pytest.raises(UnknownNameError, match="Did you mean 'late'"):
        drilled(year_2020, "dossiers_received", page=Page("lat"))
