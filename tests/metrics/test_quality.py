"""Findings: figures that cannot be right, and those that deserve a second look."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.calendar import load_calendar
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from metrics import DefinitionError, Selection, catalogue
from metrics.quality import Finding, findings
from metrics.quality_rules import load_quality
from store import Snapshot
from tests.metrics.asking import NOW, days
from tests.metrics.collected import OLD_PHU_THO, SON_VI, Collected, dossier, observation

YEAR = ("2020-01-01", "2021-01-01")


def found(snapshot: Snapshot, rule: str, span: Span, area: str = "25") -> list[Finding]:
    selection = Selection(("dossiers_received",), span, area)
    every = findings(selection, EVERYTHING, snapshot, now=NOW)
    return [one for one in every if one.rule == rule]


def printed(metric: str, **figures: Any) -> dict[str, Any]:
    figures |= {"citation": "Báo Phú Thọ, 07/02/2021", "standalone": True}
    return observation(metric, OLD_PHU_THO, *YEAR, **figures)


# ---- printed figures


def test_98_3_percent_is_not_what_291384_of_296931_give(collected: Collected) -> None:
    # T1. The article's own counts give 98.13 %, which is 0.17 points off.
    collected.deliver(
        [
            printed("dossiers_received", value=296_931),
            printed("dossiers_resolved", value=291_384),
            printed("resolution_rate", value=98.3, as_reported=True),
        ],
        kind="observation",
        source="press",
    )
    [one] = found(collected.published(), "printed_rate", Span.of_year(2020))
    assert (one.metric, one.area_name) == ("resolution_rate", "tỉnh Phú Thọ")
    assert (one.value, round(one.expected, 2)) == (98.3, 98.13)
    assert "in 98,30 %, tính từ số liệu in kèm 98,13 %" in one.words.vi
    assert one.words.vi.startswith("Tỷ lệ in khác tỷ lệ tính được. tỉnh Phú Thọ, 01/01/2020–")
    assert "printed 98.30%" in one.words.en
    assert one.citation == "Báo Phú Thọ, 07/02/2021"


def test_a_printed_rate_within_a_tenth_of_a_point_raises_nothing(collected: Collected) -> None:
    collected.deliver(
        [
            printed("dossiers_received", value=296_931),
            printed("dossiers_resolved", value=291_384),
            printed("resolution_rate", value=98.1, as_reported=True),
            # Another rate of the same counts: nothing printed says what it divides.
            printed("on_time_rate_resolved", value=98.3, as_reported=True),
        ],
        kind="observation",
        source="press",
    )
    assert found(collected.published(), "printed_rate", Span.of_year(2020)) == []


def test_a_printed_rate_is_held_against_the_counted_one(collected: Collected) -> None:
    # 9 of 10 were resolved; the report says 95 %.
    sent = [
        dossier(
            f"D{n}",
            "2020-03-02",
            due="2020-03-20",
            **({"finished": "2020-03-10"} if n else {}),
        )
        for n in range(10)
    ]
    collected.deliver(sent)
    collected.deliver(
        [printed("resolution_rate", value=95, as_reported=True)],
        kind="observation",
        source="press",
    )
    [one] = found(collected.published(), "printed_rate", Span.of_year(2020))
    assert (one.value, one.expected) == (95, 90)
    assert "tính từ hồ sơ 90,00 %" in one.words.vi


def test_more_resolved_than_carried_over_and_received_cannot_be(collected: Collected) -> None:
    # The report says 120 resolved; 10 were open and 100 came.
    sent = [dossier(f"D{n}", "2019-12-02") for n in range(10)]
    collected.deliver(sent)
    collected.deliver(
        [printed("dossiers_received", value=100), printed("dossiers_resolved", value=120)],
        kind="observation",
        source="press",
    )
    snapshot = collected.published()
    [one] = found(snapshot, "resolved_over_workload", Span.of_year(2020))
    assert (one.value, one.expected) == (120, 110)
    assert "120, nhiều hơn hồ sơ kỳ trước chuyển sang + hồ sơ tiếp nhận" in one.words.vi


def test_an_ordinary_year_raises_nothing(year_2020: Snapshot) -> None:
    selection = Selection(("dossiers_received",), Span.of_year(2020), "25")
    assert findings(selection, EVERYTHING, year_2020, now=NOW) == []


# ---- jumps


def weekly(counts: list[int], last: str, area: str) -> Iterator[dict[str, Any]]:
    """So many dossiers received on the same weekday of several weeks, the last day given."""
    for weeks, count in enumerate(reversed(counts)):
        day = date.fromisoformat(last) - timedelta(weeks=weeks)
        for number in range(count):
            yield dossier(f"{area}{day}{number}", day.isoformat(), area=area)


def test_a_day_far_from_its_weekdays_is_found_where_it_happened(collected: Collected) -> None:
    # Eight Mondays of 9, 10, 11 … and one of 40. The median is 10, the deviation of chance
    # sqrt(10) = 3.2; 40 is 9 of them away.
    collected.deliver(weekly([9, 10, 11, 10, 9, 10, 11, 10, 40], "2020-08-03", SON_VI))
    week = days("2020-08-03", "2020-08-10")
    one, *others = found(collected.published(), "sudden_jump", week, "237@")
    assert {jump.area_id for jump in (one, *others)} == {"237@", SON_VI}
    assert (one.value, one.expected, one.span.start) == (40, 10, date(2020, 8, 3))
    assert "ngày 03/08/2020: 40, thường là 10" in one.words.vi


@pytest.mark.parametrize(
    "counts",
    [
        [9, 10, 11, 10, 9, 10, 11, 10, 19],  # less than three deviations
        [0, 0, 1, 0, 0, 1, 0, 0, 8],  # far, and too few to matter
        [2, 38, 5, 30, 12, 25, 8, 33, 40],  # a place where every Monday is another
        [10, 10, 10, 10, 40],  # too short a past
        [64, 64, 64, 64, 64, 64, 64, 64, 76],  # no more than chance: sqrt(64) = 8
    ],
    ids=["within", "few", "restless", "young", "chance"],
)
def test_what_is_usual_or_too_little_is_no_jump(collected: Collected, counts: list[int]) -> None:
    collected.deliver(weekly(counts, "2020-08-03", SON_VI))
    assert found(collected.published(), "sudden_jump", days("2020-08-03", "2020-08-10")) == []


def test_a_holiday_is_neither_judged_nor_judged_by(collected: Collected) -> None:
    # Wednesday 2 September 2020 is National Day: nothing is received, as every year.
    holiday = date(2020, 9, 2)
    assert not load_calendar().is_working(holiday)
    weeks = days("2020-08-31", "2020-09-14")
    collected.deliver(weekly([40, 40, 40, 40, 40, 40, 40, 40, 0, 40], "2020-09-09", SON_VI))
    assert found(collected.published(), "sudden_jump", weeks) == []


def test_weeks_with_a_holiday_tell_nothing_of_what_is_usual(collected: Collected) -> None:
    # Before 9 September four working Wednesdays and one holiday: too few to know.
    collected.deliver(weekly([40, 40, 40, 40, 0, 90], "2020-09-09", SON_VI))
    assert found(collected.published(), "sudden_jump", days("2020-09-07", "2020-09-14")) == []


# ---- full marks


def backlog(growth: int) -> Iterator[dict[str, Any]]:
    """Twelve resolved in time in May 2020, and so many that fell overdue in it, unresolved."""
    for number in range(12):
        yield dossier(f"D{number}", "2020-05-04", due="2020-05-20", finished="2020-05-11")
    for number in range(growth):
        yield dossier(f"O{number}", "2020-04-06", due="2020-05-15")


def test_all_on_time_while_the_backlog_grows_is_found(collected: Collected) -> None:
    collected.deliver(backlog(5))
    may = days("2020-05-01", "2020-06-01")
    [one] = found(collected.published(), "full_marks_growing_backlog", may)
    assert (one.expected, one.value) == (0, 5)
    assert "100 %, trong khi hồ sơ đang giải quyết quá hạn tăng từ 0 lên 5" in one.words.vi


def test_a_backlog_that_hardly_grows_is_not(collected: Collected) -> None:
    collected.deliver(backlog(4))
    may = days("2020-05-01", "2020-06-01")
    assert found(collected.published(), "full_marks_growing_backlog", may) == []


# ---- the rules


def closed_at(hour: str, many: int) -> list[dict[str, Any]]:
    return [
        dossier(f"{hour}-{n}", "2020-06-01", due="2020-06-10 17:00", finished=f"2020-06-10 {hour}")
        for n in range(many)
    ]


def test_dossiers_closed_in_bulk_in_the_last_minute_are_found(collected: Collected) -> None:
    # Ten of twelve within the minute before 17:00 of 10 June, the others in the morning.
    collected.deliver([*closed_at("16:59:30", 10), *closed_at("09:00", 2)])
    [one] = found(collected.published(), "closing_burst", days("2020-06-01", "2020-07-01"))
    assert (one.metric, one.span) == ("last_minute_share", days("2020-06-10", "2020-06-11"))
    assert (round(one.value, 1), one.expected) == (83.3, 30)
    assert "10 trong 12 hồ sơ (83,3 %)" in one.words.vi


@pytest.mark.parametrize(
    ("hour", "many"),
    [("16:58:59", 12), ("17:00:01", 12), ("16:59:30", 9)],  # before it, after it, too few
)
def test_a_good_afternoon_is_no_burst(collected: Collected, hour: str, many: int) -> None:
    collected.deliver(closed_at(hour, many))
    assert found(collected.published(), "closing_burst", days("2020-06-01", "2020-07-01")) == []


# ---- promises put off


def promised(due: str, codes: range, **more: Any) -> list[dict[str, Any]]:
    told = {"area": SON_VI, "competent_organisation": "H44.1", **more}
    return [dossier(f"P{number}", "2020-06-01", due=due, **told) for number in codes]


def put_off(home: Collected, many: int, **more: Any) -> Snapshot:
    """Of fifty dossiers due on 12 June, so many told anew on the 11th, due at the end of July."""
    home.deliver(promised("2020-06-12", range(50)), known="2020-06-02", reaches="2020-06-02")
    later = promised("2020-07-31", range(many), **more)
    home.deliver(later, known="2020-06-11", reaches="2020-06-11")
    return home.published("2020-07-01 10:00")


@pytest.mark.parametrize("area", ["25@2020-06-11", SON_VI])
def test_dossiers_put_off_in_bulk_are_found(collected: Collected, area: str) -> None:
    snapshot = put_off(collected, 12)
    [one] = found(snapshot, "mass_rescheduling", days("2020-06-01", "2020-07-01"), area)
    assert (one.metric, one.area_id, one.value) == ("dossiers_pending_overdue", SON_VI, 12)
    assert one.span == days("2020-06-11", "2020-06-12")
    assert "12 hồ sơ đang mở được hẹn lại muộn hơn (24 % của 50)" in one.words.vi
    assert "ngày hẹn cũ 12/06/2020, mới 31/07/2020; lô permits 2" in one.words.vi
    assert one.words.en.startswith("Rescheduled in bulk. H44.1 (xã Sơn Vi), on 11/06/2020: 12 open")


@pytest.mark.parametrize(
    ("many", "more"),
    [
        (9, {}),  # fewer than ten, and less than a fifth
        (50, {"due": "2020-06-12"}),  # told again as they were
        (50, {"due": "2020-06-10"}),  # for earlier
        (50, {"finished": "2020-06-11"}),  # done
    ],
)
def test_what_is_not_put_off_in_bulk_raises_nothing(
    collected: Collected, many: int, more: dict[str, Any]
) -> None:
    more = {"channel": "online", **more}
    collected.deliver(promised("2020-06-12", range(50)), known="2020-06-02", reaches="2020-06-02")
    later = promised(more.pop("due", "2020-07-31"), range(many), **more)
    collected.deliver(later, known="2020-06-11", reaches="2020-06-11")
    snapshot = collected.published("2020-07-01 10:00")
    june = days("2020-06-01", "2020-07-01")
    assert found(snapshot, "mass_rescheduling", june, "25@2020-06-11") == []


def test_who_sees_one_organisation_sees_no_others_put_off(collected: Collected) -> None:
    snapshot = put_off(collected, 12)
    selection = Selection(("dossiers_received",), days("2020-06-01", "2020-07-01"), SON_VI)
    for office, many in (("H44.1", 1), ("H44.2", 0)):
        scope = Scope(frozenset({SON_VI}), frozenset({office}))
        told = [one.rule for one in findings(selection, scope, snapshot, now=NOW)]
        assert told.count("mass_rescheduling") == many


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
