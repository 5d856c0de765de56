"""The course of an alert, step by step, without a snapshot."""

from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import load_calendar
from metrics.alerts.course import Course
from metrics.alerts.look import Judgement, Verdict
from metrics.alerts.rules import AlertRule, Period
from metrics.alerts.thresholds import span_of, verdict_of
from metrics.rules import rules
from store.state.alert_rows import Alert, Key, Seen, Step
from tests.metrics.collected import at

KEY = Key("overdue", "dossiers_pending_overdue", "25@2025-07-01")
SEEN = Seen("ioc-1", value=3, bound=0, covered=5)
ALERT = Alert(
    1, KEY, "urgent", "open", at("2025-08-25"), at("2025-08-25"), at("2025-08-25"), None, None, 1,
    SEEN, None, "", None,
)  # fmt: skip


def rule() -> AlertRule:
    found = rules().alerts.get("overdue")
    assert found is not None
    return replace(found, calm_days=2, quiet_days=5, escalate_days=3)


def step(moment: str, verdict: Verdict, alert: Alert | None, seen: Seen = SEEN) -> Step | None:
    course = Course(rule(), at(moment), load_calendar())
    held = {} if alert is None else {KEY: alert}
    found = list(course.steps([Judgement(KEY, verdict, seen)], held))
    return found[0] if found else None


def test_what_is_not_wrong_and_never_was_is_nothing() -> None:
    for verdict in (Verdict.GOOD, Verdict.BETWEEN, Verdict.UNKNOWN):
        assert step("2025-08-26", verdict, None) is None


def test_fewer_areas_than_when_it_was_wrong_never_make_it_right() -> None:
    narrower = step("2025-08-26", Verdict.GOOD, ALERT, replace(SEEN, value=0, covered=4))
    assert narrower is not None
    assert (narrower.good_since, narrower.unknown_since) == (None, at("2025-08-26"))
    as_many = step("2025-08-26", Verdict.GOOD, ALERT, replace(SEEN, value=0, covered=5))
    assert as_many is not None
    assert as_many.good_since == at("2025-08-26")


@pytest.mark.parametrize(
    ("day", "act"),
    [("2025-08-28", ""), ("2025-08-29", "recover"), ("2025-08-30", "recover")],
)
def test_calm_days_are_working_days(day: str, act: str) -> None:
    # Well since Wednesday 27 August; two working days later it is Friday.
    done = step(day, Verdict.GOOD, replace(ALERT, good_since=at("2025-08-27")))
    assert done is not None
    assert done.act == act


@pytest.mark.parametrize("verdict", [Verdict.BAD, Verdict.BETWEEN, Verdict.UNKNOWN])
def test_anything_but_well_begins_the_calm_days_anew(verdict: Verdict) -> None:
    told = replace(ALERT, good_since=at("2025-08-27"), escalated_at=at("2025-08-27"))
    done = step("2025-08-29", verdict, told)
    assert done is not None
    assert done.good_since is None
    assert done.act == ("again" if verdict is Verdict.BAD else "")


@pytest.mark.parametrize(
    ("ended_by", "day", "act"),
    [
        # Closed on Monday 25 August; Monday and Tuesday of the next week are holidays.
        ("collector", "2025-08-26", "again"),
        ("collector", "2025-09-02", "again"),
        ("collector", "2025-09-03", "raise"),
        ("lan", "2025-08-26", ""),
        ("lan", "2025-09-02", ""),
        ("lan", "2025-09-03", "raise"),
    ],
)
def test_what_was_closed_rests_for_the_quiet_days(ended_by: str, day: str, act: str) -> None:
    closed = replace(ALERT, state="closed", ended_by=ended_by)
    done = step(day, Verdict.BAD, closed)
    assert done is not None
    assert (done.act, done.is_bad) == (act, True)


def test_an_alert_that_is_not_judged_any_more_stays() -> None:
    [done] = Course(rule(), at("2025-08-26"), load_calendar()).steps([], {KEY: ALERT})
    assert (done.act, done.unknown_since) == ("", at("2025-08-26"))


def test_what_is_explained_is_not_escalated() -> None:
    late = "2025-08-29"  # the fourth working day
    escalated = step(late, Verdict.BAD, ALERT)
    assert escalated is not None
    assert escalated.act == "escalate"
    seen = step(late, Verdict.BAD, replace(ALERT, state="acknowledged"))
    assert seen is not None
    assert seen.act == "escalate"
    explained = step(late, Verdict.BAD, replace(ALERT, state="explained"))
    assert explained is not None
    assert explained.act == ""


def test_a_year_without_a_confirmed_calendar_still_has_reminders() -> None:
    assert not load_calendar().is_confirmed(2030)
    old = replace(ALERT, state_at=at("2030-03-04"))
    done = step("2030-03-11", Verdict.BAD, old)
    assert done is not None
    assert done.act == "escalate"


@pytest.mark.parametrize(
    ("value", "denominator", "state", "verdict"),
    [
        (94.9, 100, "fresh", Verdict.BAD),
        (94.9, 100, "late", Verdict.BAD),
        (94.9, 100, "stale", Verdict.UNKNOWN),
        (94.9, 100, "down", Verdict.UNKNOWN),
        (94.9, 9, "fresh", Verdict.UNKNOWN),
        (95.0, 100, "fresh", Verdict.BETWEEN),
        (95.9, 100, "fresh", Verdict.BETWEEN),
        (96.0, 100, "fresh", Verdict.GOOD),
        (96.0, 100, "holiday", Verdict.GOOD),
        (96.0, 100, "late", Verdict.UNKNOWN),
        (96.0, 100, "never", Verdict.UNKNOWN),
        (float("nan"), 0, "fresh", Verdict.UNKNOWN),
    ],
)
def test_late_figures_may_be_wrong_and_are_never_right(
    value: float, denominator: float, state: str, verdict: Verdict
) -> None:
    low = rules().alerts.get("on_time_low")  # below 95, clear at 96
    assert low is not None
    row = {"value": value, "denominator": denominator, "freshness": state}
    assert verdict_of(low, row) is verdict


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, "2026-11-22", "2026-11-22"),
        (Period.LAST_DAY, "2026-11-21", "2026-11-21"),
        (Period.LAST_WEEK, "2026-11-09", "2026-11-15"),
        (Period.LAST_MONTH, "2026-10-01", "2026-10-31"),
        (Period.LAST_QUARTER, "2026-07-01", "2026-09-30"),
        (Period.MONTH, "2026-11-01", "2026-11-22"),
        (Period.QUARTER, "2026-10-01", "2026-11-22"),
        (Period.YEAR, "2026-01-01", "2026-11-22"),
    ],
)
def test_a_period_is_counted_from_the_last_day_that_is_told(
    period: Period, first: str, last: str
) -> None:
    span = span_of(period, date(2026, 11, 22))
    assert (span.start.isoformat(), span.last_day.isoformat()) == (first, last)
