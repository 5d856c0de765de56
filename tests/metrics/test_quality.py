"""Findings: figures that cannot be right, and those that deserve a second look.

All cases lie in one home, each in a province of its own: what is found there is of that case.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.calendar import load_calendar
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from metrics import DefinitionError, Selection, catalogue
from metrics.quality import Finding, findings
from metrics.quality_rules import QualityRules, load_quality
from metrics.rules import rules
from store import Snapshot
from tests.metrics.asking import NOW, days
from tests.metrics.collected import SON_VI, Collected, dossier, observation

YEAR = ("2020-01-01", "2021-01-01")
WEEK = days("2020-08-03", "2020-08-10")
MAY, JUNE = days("2020-05-01", "2020-06-01"), days("2020-06-01", "2020-07-01")
QUANG_TRUNG = "00688@"

# By province: dossiers received on the same weekday of several weeks, the last day named, in one of
# its communes.
Weeks = tuple[list[int], str, str]
JUMP: Weeks = ([9, 10, 11, 10, 9, 10, 11, 10, 40], "2020-08-03", QUANG_TRUNG)
USUAL: dict[str, Weeks] = {
    # Less than three deviations.
    "04": ([9, 10, 11, 10, 9, 10, 11, 10, 19], "2020-08-03", "01267@"),
    # Far, and too few to matter.
    "06": ([0, 0, 1, 0, 0, 1, 0, 0, 8], "2020-08-03", "01834@"),
    # A place where every Monday is another.
    "08": ([2, 38, 5, 30, 12, 25, 8, 33, 40], "2020-08-03", "02200@"),
    # Too short a past.
    "10": ([10, 10, 10, 10, 40], "2020-08-03", "02635@"),
    # No more than chance: sqrt(64) = 8.
    "11": ([64, 64, 64, 64, 64, 64, 64, 64, 76], "2020-08-03", "03124@"),
}
# Wednesday 2 September 2020 is National Day, and nothing is received, as every year. It is not
# judged; and before 9 September four working Wednesdays are too few to know what is usual.
HOLIDAY: dict[str, Weeks] = {
    "12": ([40, 40, 40, 40, 40, 40, 40, 40, 0, 40], "2020-09-09", "03386@"),
    "33": ([40, 40, 40, 40, 0, 90], "2020-09-09", "11950@"),
}
NO_BURST = [("16:58:59", 12, "19@"), ("17:00:01", 12, "20@"), ("16:59:30", 9, "22@")]
"""Before the last minute, after it, and too few in it."""

# Where, how many were told anew, due when, and what else was told.
KEPT_PROMISES: list[tuple[str, int, str, dict[str, str]]] = [
    ("02@", 9, "2020-07-31", {}),  # fewer than ten, and less than a fifth
    ("04@", 50, "2020-06-12", {}),  # told again as they were
    ("06@", 50, "2020-06-10", {}),  # for earlier
    ("08@", 50, "2020-07-31", {"finished": "2020-06-11"}),  # done
]


def printed(metric: str, area: str, **figures: Any) -> dict[str, Any]:
    figures |= {"citation": "Báo Phú Thọ, 07/02/2021", "standalone": True}
    return observation(metric, area, *YEAR, **figures)


def weekly(counts: list[int], last: str, area: str) -> Iterator[dict[str, Any]]:
    """So many dossiers received on the same weekday of several weeks, the last day given."""
    for weeks, count in enumerate(reversed(counts)):
        day = date.fromisoformat(last) - timedelta(weeks=weeks)
        for number in range(count):
            yield dossier(f"{area}{day}{number}", day.isoformat(), area=area)


def nine_of_ten_resolved(area: str) -> Iterator[dict[str, Any]]:
    for number in range(10):
        finished = {"finished": "2020-03-10"} if number else {}
        yield dossier(f"{area}{number}", "2020-03-02", due="2020-03-20", area=area, **finished)


def backlog(growth: int, area: str) -> Iterator[dict[str, Any]]:
    """Twelve resolved in time in May 2020, and so many that fell overdue in it, unresolved."""
    for number in range(12):
        done = {"due": "2020-05-20", "finished": "2020-05-11"}
        yield dossier(f"{area}D{number}", "2020-05-04", area=area, **done)
    for number in range(growth):
        yield dossier(f"{area}O{number}", "2020-04-06", due="2020-05-15", area=area)


def closed_at(hour: str, many: int, area: str) -> Iterator[dict[str, Any]]:
    done = {"due": "2020-06-10 17:00", "finished": f"2020-06-10 {hour}", "area": area}
    for number in range(many):
        yield dossier(f"{area}{hour}-{number}", "2020-06-01", **done)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """What was printed and counted of 2020, published on 5 January 2021."""
    home = Collected(tmp_path_factory.mktemp("doubts"), with_dossiers=False)
    figures = [
        # The article's own counts give 98.13 %.
        printed("dossiers_received", "25@", value=296_931),
        printed("dossiers_resolved", "25@", value=291_384),
        printed("resolution_rate", "25@", value=98.3, as_reported=True),
        # Within a tenth; and another rate of the same counts: nothing printed says what it divides.
        printed("dossiers_received", "26@", value=296_931),
        printed("dossiers_resolved", "26@", value=291_384),
        printed("resolution_rate", "26@", value=98.1, as_reported=True),
        printed("on_time_rate_resolved", "26@", value=98.3, as_reported=True),
        printed("resolution_rate", "27@", value=95, as_reported=True),
        printed("dossiers_received", "30@", value=100),
        printed("dossiers_resolved", "30@", value=120),
    ]
    home.deliver(figures, kind="observation", source="press")
    sent = [
        *nine_of_ten_resolved("27@"),
        *(dossier(f"D{number}", "2019-12-02", area="30@") for number in range(10)),
        *(one for case in (JUMP, *USUAL.values(), *HOLIDAY.values()) for one in weekly(*case)),
        *(*backlog(5, "14@"), *backlog(4, "15@")),
        # Ten of twelve within the minute before 17:00 of 10 June, the others in the morning.
        *(*closed_at("16:59:30", 10, "17@"), *closed_at("09:00", 2, "17@")),
        *(one for afternoon in NO_BURST for one in closed_at(*afternoon)),
    ]
    home.deliver(sent)
    return home.published()


def found(
    snapshot: Snapshot, rule: str, span: Span | int, area: str, scope: Scope = EVERYTHING
) -> list[Finding]:
    """What one rule alone finds; a year is its whole span."""
    alone = tuple(one for one in rules().quality if one.id == rule)
    assert alone
    days = Span.of_year(span) if isinstance(span, int) else span
    selection = Selection(("dossiers_received",), days, area)
    by = replace(rules(), quality=QualityRules(alone, rule))
    return findings(selection, scope, snapshot, now=NOW, rules=by)


# ---- printed figures


def test_98_3_percent_is_not_what_291384_of_296931_give(snapshot: Snapshot) -> None:
    # T1. The article's own counts give 98.13 %, which is 0.17 points off.
    [one] = found(snapshot, "printed_rate", 2020, "25")
    assert (one.metric, one.area_name) == ("resolution_rate", "tỉnh Phú Thọ")
    assert (one.value, round(one.expected, 2)) == (98.3, 98.13)
    assert "in 98,30 %, tính từ số liệu in kèm 98,13 %" in one.words.vi
    assert one.words.vi.startswith("Tỷ lệ in khác tỷ lệ tính được. tỉnh Phú Thọ, 01/01/2020–")
    assert "printed 98.30%" in one.words.en
    assert one.citation == "Báo Phú Thọ, 07/02/2021"


def test_a_printed_rate_within_a_tenth_of_a_point_raises_nothing(snapshot: Snapshot) -> None:
    assert found(snapshot, "printed_rate", 2020, "26") == []


def test_a_printed_rate_is_held_against_the_counted_one(snapshot: Snapshot) -> None:
    # 9 of 10 were resolved; the report says 95 %.
    [one] = found(snapshot, "printed_rate", 2020, "27")
    assert (one.value, one.expected) == (95, 90)
    assert "tính từ hồ sơ 90,00 %" in one.words.vi


def test_more_resolved_than_carried_over_and_received_cannot_be(snapshot: Snapshot) -> None:
    # The report says 120 resolved; 10 were open and 100 came.
    [one] = found(snapshot, "resolved_over_workload", 2020, "30")
    assert (one.value, one.expected) == (120, 110)
    assert "120, nhiều hơn hồ sơ kỳ trước chuyển sang + hồ sơ tiếp nhận" in one.words.vi


def test_an_ordinary_year_raises_nothing_by_any_rule(year_2020: Snapshot) -> None:
    selection = Selection(("dossiers_received",), Span.of_year(2020), "25")
    assert findings(selection, EVERYTHING, year_2020, now=NOW) == []


def test_all_rules_together_find_what_each_finds_alone(snapshot: Snapshot) -> None:
    selection = Selection(("dossiers_received",), Span.of_year(2020), "30")
    [one] = findings(selection, EVERYTHING, snapshot, now=NOW)
    assert one.rule == "resolved_over_workload"


# ---- jumps


def test_a_day_far_from_its_weekdays_is_found_where_it_happened(snapshot: Snapshot) -> None:
    # Eight Mondays of 9, 10, 11 … and one of 40. The median is 10, the deviation of chance
    # sqrt(10) = 3.2; 40 is 9 of them away.
    one, *others = found(snapshot, "sudden_jump", WEEK, "024@")
    assert {jump.area_id for jump in (one, *others)} == {"024@", QUANG_TRUNG}
    assert (one.value, one.expected, one.span.start) == (40, 10, date(2020, 8, 3))
    assert "ngày 03/08/2020: 40, thường là 10" in one.words.vi


@pytest.mark.parametrize("area", USUAL)
def test_what_is_usual_or_too_little_is_no_jump(snapshot: Snapshot, area: str) -> None:
    assert found(snapshot, "sudden_jump", WEEK, area) == []


@pytest.mark.parametrize("area", HOLIDAY)
def test_a_holiday_is_neither_judged_nor_judged_by(snapshot: Snapshot, area: str) -> None:
    assert not load_calendar().is_working(date(2020, 9, 2))
    weeks = days("2020-08-31", "2020-09-14")
    assert found(snapshot, "sudden_jump", weeks, area) == []


# ---- full marks


def test_all_on_time_while_the_backlog_grows_is_found(snapshot: Snapshot) -> None:
    [one] = found(snapshot, "full_marks_growing_backlog", MAY, "14")
    assert (one.expected, one.value) == (0, 5)
    assert "100 %, trong khi hồ sơ đang giải quyết quá hạn tăng từ 0 lên 5" in one.words.vi


def test_a_backlog_that_hardly_grows_is_not(snapshot: Snapshot) -> None:
    assert found(snapshot, "full_marks_growing_backlog", MAY, "15") == []


# ---- the rules


def test_dossiers_closed_in_bulk_in_the_last_minute_are_found(snapshot: Snapshot) -> None:
    [one] = found(snapshot, "closing_burst", JUNE, "17")
    assert (one.metric, one.span) == ("last_minute_share", days("2020-06-10", "2020-06-11"))
    assert (round(one.value, 1), one.expected) == (83.3, 30)
    assert "10 trong 12 hồ sơ (83,3 %)" in one.words.vi


@pytest.mark.parametrize(("hour", "many", "area"), NO_BURST)
def test_a_good_afternoon_is_no_burst(snapshot: Snapshot, hour: str, many: int, area: str) -> None:
    assert found(snapshot, "closing_burst", JUNE, area) == []


# ---- promises put off


def promised(area: str, due: str, many: int, **more: Any) -> list[dict[str, Any]]:
    told = {"area": area, "competent_organisation": "H44.1", "channel": "online", **more}
    return [dossier(f"{area}{number}", "2020-06-01", due=due, **told) for number in range(many)]


@pytest.fixture(scope="module")
def put_off(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Of fifty dossiers in each place, due on 12 June, some were told anew on the 11th."""
    home = Collected(tmp_path_factory.mktemp("put_off"), with_dossiers=False)
    places = (SON_VI, *(area for area, *_ in KEPT_PROMISES))
    first = [one for area in places for one in promised(area, "2020-06-12", 50)]
    home.deliver(first, known="2020-06-02", reaches="2020-06-02")
    later = promised(SON_VI, "2020-07-31", 12)
    for area, many, due, more in KEPT_PROMISES:
        later += promised(area, due, many, **more)
    home.deliver(later, known="2020-06-11", reaches="2020-06-11")
    return home.published("2020-07-01 10:00")


@pytest.mark.parametrize("area", ["25@2020-06-11", SON_VI])
def test_dossiers_put_off_in_bulk_are_found(put_off: Snapshot, area: str) -> None:
    [one] = found(put_off, "mass_rescheduling", JUNE, area)
    assert (one.metric, one.area_id, one.value) == ("dossiers_pending_overdue", SON_VI, 12)
    assert one.span == days("2020-06-11", "2020-06-12")
    assert "12 hồ sơ đang mở được hẹn lại muộn hơn (24 % của 50)" in one.words.vi
    assert "ngày hẹn cũ 12/06/2020, mới 31/07/2020; lô permits 2" in one.words.vi
    assert one.words.en.startswith("Rescheduled in bulk. H44.1 (xã Sơn Vi), on 11/06/2020: 12 open")


@pytest.mark.parametrize("area", [area for area, *_ in KEPT_PROMISES])
def test_what_is_not_put_off_in_bulk_raises_nothing(put_off: Snapshot, area: str) -> None:
    assert found(put_off, "mass_rescheduling", JUNE, f"{area}2020-06-11") == []


def test_who_sees_one_organisation_sees_no_others_put_off(put_off: Snapshot) -> None:
    for office, many in (("H44.1", 1), ("H44.2", 0)):
        scope = Scope(frozenset({SON_VI}), frozenset({office}))
        assert len(found(put_off, "mass_rescheduling", JUNE, SON_VI, scope)) == many


def test_a_province_sets_its_own_thresholds(tmp_path: Path) -> None:
    own = tmp_path / "quality.toml"
    own.write_text("[sudden_jump]\nsigmas = 5\n[printed_rate]\nenabled = false\n")
    rules = {rule.id: rule for rule in load_quality(catalogue().metrics, own)}
    assert (rules["sudden_jump"].sigmas, rules["sudden_jump"].weeks) == (5, 8)
    assert not rules["printed_rate"].enabled
    assert (
        load_quality(catalogue().metrics, own).version != load_quality(catalogue().metrics).version
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[suden_jump]\nsigmas = 5\n", r"quality.toml: \[suden_jump\] .*'sudden_jump'"),
        ("[sudden_jump]\nsigma = 5\n", r"\[sudden_jump\]: sigma .* Did you mean 'sigmas'"),
        ("[sudden_jump]\nsigmas = 0\n", "sigmas must be a number above 0"),
        ("[sudden_jump]\nweeks = 2\n", "weeks must be a whole number from 5"),
        ('[sudden_jump]\nmetrics = ["docs_snt"]\n', "Did you mean 'docs_sent'"),
        ("[sudden_jump\n", "is not TOML"),
    ],
)
def test_a_wrong_threshold_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "quality.toml"
    own.write_text(text)
    with pytest.raises(DefinitionError, match=told):
        load_quality(catalogue().metrics, own)
