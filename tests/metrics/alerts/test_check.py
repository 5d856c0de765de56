"""Checking: what real small snapshots raise, and what ends an alert, and what never does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metrics.alerts.check import Checked, check, tried
from store.state.alerts import Alert, act_on, alerts, entries_of
from store.state.audit import Deed, entries, verified
from tests.metrics.collected import PHUNG_NGUYEN, SON_VI, Collected, at, dossier

NEW_PHUNG_NGUYEN = "08521@2025-07-01"
OFF = "".join(
    f"[{name}]\nenabled = false\n"
    for name in (
        "overdue",
        "source_silent",
        "reception_jump",
        "near_due_spike",
        "doubtful_figure",
        "on_time_low",
        "mass_rescheduling",
    )
)
OVERDUE = """
[backlog]
kind = "threshold"
name.vi = "Quá hạn"
name.en = "Overdue"
enabled = true
severity = "urgent"
metric = "dossiers_pending_overdue"
period = "today"
above = 2
clear = 1
by = "area"
levels = ["commune"]
within = ["25"]
calm_days = 1
quiet_days = 3
escalate_days = 2
"""


@pytest.fixture
def home(collected: Collected) -> Path:
    (collected.home / "config").mkdir()
    (collected.home / "config" / "alerts.toml").write_text(OFF + OVERDUE, encoding="utf-8")
    return collected.home


def open_dossiers(number: int, **fields: Any) -> Iterator[dict[str, Any]]:
    """So many of today's Phùng Nguyên, due on 20 August 2025 and never finished."""
    for n in range(number):
        yield dossier(f"D{n}", "2025-08-01", due="2025-08-20", area=NEW_PHUNG_NGUYEN, **fields)


def deliver(collected: Collected, number: int, day: str, done: int = 0) -> None:
    """On a day the commune tells of so many overdue dossiers, and of some that are done."""
    sent = list(open_dossiers(number))
    sent += [
        dossier(f"D{n}", "2025-08-01", due="2025-08-20", finished=day, area=NEW_PHUNG_NGUYEN)
        for n in range(number, number + done)
    ]
    collected.deliver(sent, reaches=f"{day} 09:00", known=f"{day} 09:05")
    collected.published(f"{day} 09:10")


def checked(home: Path, moment: str) -> Checked:
    return check(home, at(moment))


def under_way(home: Path) -> list[Alert]:
    return alerts(home)


def acts(home: Path, number: int = 1) -> list[str]:
    return [entry.act for entry in entries_of(home, number)]


def by(actor: str, moment: str) -> Deed:
    return Deed(at(moment), actor, "10.0.0.7", "alert.act")


# Monday 1 September 2025 and Tuesday 2 are holidays; 3 to 5 and 8 to 12 are worked.


def test_three_overdue_in_a_commune_are_one_alert_however_often_it_is_checked(
    collected: Collected, home: Path
) -> None:
    deliver(collected, 3, "2025-08-25")
    assert checked(home, "2025-08-25 10:00").news == 1
    assert checked(home, "2025-08-26 10:00").news == 0
    [one] = under_way(home)
    assert (one.key.area_id, one.key.metric) == (NEW_PHUNG_NGUYEN, "dossiers_pending_overdue")
    assert (one.state, one.severity, one.times) == ("open", "urgent", 1)
    assert (one.seen.value, one.seen.bound) == (3, 2)
    assert one.seen.snapshot.startswith("ioc-20250825")
    assert acts(home) == ["raise"]


def test_nothing_is_judged_twice_on_the_same_figures(collected: Collected, home: Path) -> None:
    deliver(collected, 3, "2025-08-25")
    assert checked(home, "2025-08-25 10:00").was_needed
    assert not checked(home, "2025-08-25 10:05").was_needed


def test_an_alert_ends_once_it_has_been_well_for_its_calm_days(
    collected: Collected, home: Path
) -> None:
    deliver(collected, 3, "2025-08-25")
    checked(home, "2025-08-25 10:00")
    deliver(collected, 1, "2025-08-26", done=2)  # 1 is well within: clear = 1
    checked(home, "2025-08-26 10:00")
    [one] = under_way(home)
    assert one.good_since == at("2025-08-26 10:00")
    checked(home, "2025-08-27 10:00")
    assert under_way(home) == []
    assert acts(home) == ["raise", "recover"]
    [ended] = alerts(home, ("closed",))
    assert ended.ended_by == "collector"


def test_a_source_that_goes_silent_ends_no_alert(collected: Collected, home: Path) -> None:
    # The last good figure would be well; then nothing comes for a week.
    deliver(collected, 3, "2025-08-25")
    checked(home, "2025-08-25 10:00")
    collected.promise("permits", expected_every_s=3600, hard_max_s=86400)
    deliver(collected, 0, "2025-08-26", done=3)
    checked(home, "2025-08-28 10:00")  # two days later: stale
    checked(home, "2025-09-05 10:00")
    [one] = under_way(home)
    assert (one.good_since, one.unknown_since) == (None, at("2025-08-28 10:00"))
    assert one.state == "open"


def test_a_flapping_value_stays_one_alert_and_is_counted(collected: Collected, home: Path) -> None:
    deliver(collected, 3, "2025-08-25")
    checked(home, "2025-08-25 10:00")
    deliver(collected, 0, "2025-08-26", done=3)
    checked(home, "2025-08-26 10:00")
    deliver(collected, 3, "2025-08-26")
    checked(home, "2025-08-26 11:00")
    [one] = under_way(home)
    assert (one.alert_id, one.times, one.state) == (1, 2, "open")
    assert acts(home) == ["raise", "again"]


def test_what_a_person_closed_rests_for_the_quiet_days_and_is_then_an_alert_anew(
    collected: Collected, home: Path
) -> None:
    deliver(collected, 3, "2025-08-25")
    checked(home, "2025-08-25 10:00")
    act_on(home, 1, "close", "Đã biết, chờ hệ thống.", by("lan", "2025-08-25 11:00"))
    for day in ("26", "27"):
        checked(home, f"2025-08-{day} 10:00")
    assert under_way(home) == []
    [rests] = alerts(home, ("closed",))
    assert rests.bad_at == at("2025-08-27 10:00")  # and still it is known to hold
    checked(home, "2025-08-28 10:00")  # the third working day
    [one] = under_way(home)
    assert (one.alert_id, one.follows) == (2, 1)


def test_a_rule_that_cannot_be_judged_is_told_and_stops_no_other(
    collected: Collected, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = OVERDUE.replace("[backlog]", "[aaa_broken]")
    (home / "config" / "alerts.toml").write_text(OFF + broken + OVERDUE, encoding="utf-8")
    deliver(collected, 3, "2025-08-25")
    from metrics.alerts import judging
    from metrics.alerts.rules import Kind

    ways = dict(judging._WAYS)
    whole = ways[Kind.THRESHOLD]

    def breaking(rule: Any, look: Any) -> Any:
        if rule.id == "aaa_broken":
            raise ZeroDivisionError
        return whole(rule, look)

    monkeypatch.setattr(judging, "_WAYS", ways | {Kind.THRESHOLD: breaking})
    done = checked(home, "2025-08-25 10:00")
    assert done.news == 1
    assert list(done.problems) == ["aaa_broken"]
    assert "ZeroDivisionError" in done.problems["aaa_broken"]


def test_old_boundaries_raise_nothing_twice(collected: Collected, home: Path) -> None:
    # Sơn Vi lies in today's Phùng Nguyên: two in each are four in one commune of today.
    sent = [
        dossier(f"{area}{n}", "2025-05-05", due="2025-05-20", area=area)
        for area in (PHUNG_NGUYEN, SON_VI)
        for n in range(2)
    ]
    collected.deliver(sent, reaches="2025-08-25 09:00", known="2025-08-25 09:05")
    collected.published("2025-08-25 09:10")
    checked(home, "2025-08-25 10:00")
    assert [(one.key.area_id, one.seen.value) for one in under_way(home)] == [(NEW_PHUNG_NGUYEN, 4)]


# ---- silence, jumps, doubts


def only(home: Path, name: str, text: str = "") -> None:
    """This shipped rule alone, with some keys changed."""
    stanza = f"[{name}]\nenabled = true\n{text}"
    off = OFF.replace(f"[{name}]\nenabled = false\n", "")
    (home / "config" / "alerts.toml").write_text(off + stanza, encoding="utf-8")


def test_a_silent_source_is_told_after_its_hours_and_ends_when_it_is_heard_again(
    collected: Collected, home: Path
) -> None:
    only(home, "source_silent")
    collected.promise("permits", expected_every_s=3600, hard_max_s=864000)
    deliver(collected, 1, "2025-08-25")
    assert checked(home, "2025-08-25 10:30").news == 0  # late for half an hour: it may come
    assert checked(home, "2025-08-25 13:00").news == 1
    [one] = under_way(home)
    assert (one.key.source, one.seen.freshness) == ("permits", "late")
    deliver(collected, 1, "2025-08-26")
    checked(home, "2025-08-26 09:30")
    deliver(collected, 1, "2025-08-27")
    checked(home, "2025-08-27 09:30")
    assert under_way(home) == []


def test_a_source_never_heard_of_has_its_hours_from_when_the_home_began(
    collected: Collected, home: Path
) -> None:
    only(home, "source_silent")
    collected.promise("portal", expected_every_s=3600)
    collected.promise("permits")
    deliver(collected, 1, "2025-08-25")  # the first ever, at 09:05
    assert checked(home, "2025-08-25 10:30").news == 0
    assert checked(home, "2025-08-25 11:30").news == 1
    assert [one.key.source for one in under_way(home)] == ["portal"]


def test_a_source_that_promises_nothing_is_not_missed_before_it_comes(
    collected: Collected, home: Path
) -> None:
    only(home, "source_silent")
    collected.promise("archive")
    deliver(collected, 1, "2025-08-25")
    assert checked(home, "2025-12-25 10:00").news == 0


def test_a_jump_is_an_alert_of_its_area_until_its_days_have_passed(
    collected: Collected, home: Path
) -> None:
    only(home, "reception_jump")
    # Eight Mondays of 10 and one of 60.
    mondays = ["2025-06-23", "2025-06-30", *(f"2025-07-{d}" for d in ("07", "14", "21", "28"))]
    counts = dict.fromkeys([*mondays, "2025-08-04", "2025-08-11"], 10) | {"2025-08-18": 60}
    sent = [
        dossier(f"{day}{n}", day, area="25@2025-07-01" if day >= "2025-07" else "25@")
        for day, count in counts.items()
        for n in range(count)
    ]
    collected.deliver(sent, reaches="2025-08-19 09:00", known="2025-08-19 09:05")
    collected.published("2025-08-19 09:10")
    assert checked(home, "2025-08-19 10:00").news >= 1
    jumped = {one.key.area_id: one for one in under_way(home)}
    assert (jumped["25@2025-07-01"].seen.value, jumped["25@2025-07-01"].seen.bound) == (60, 10)
    assert "60, thường là 10" in jumped["25@2025-07-01"].seen.told_vi


def test_dossiers_put_off_in_bulk_are_an_alert_that_names_who_how_many_and_the_batch(
    collected: Collected, home: Path
) -> None:
    only(home, "mass_rescheduling")
    deliver(collected, 40, "2025-08-18")
    assert checked(home, "2025-08-18 10:00").news == 0
    later = [
        dossier(f"D{n}", "2025-08-01", due="2025-09-30", area=NEW_PHUNG_NGUYEN) for n in range(12)
    ]
    collected.deliver(later, reaches="2025-08-19 09:00", known="2025-08-19 09:05")
    collected.published("2025-08-19 09:10")
    assert checked(home, "2025-08-19 10:00").news == 1
    [one] = under_way(home)
    assert (one.key.area_id, one.key.metric) == (NEW_PHUNG_NGUYEN, "dossiers_pending_overdue")
    assert one.seen.value == 12
    assert "12 hồ sơ đang mở được hẹn lại muộn hơn (30 % của 40)" in one.seen.told_vi
    assert "ngày hẹn cũ 20/08/2025, mới 30/09/2025; lô permits 2" in one.seen.told_vi


def test_trying_the_rules_keeps_nothing(collected: Collected, home: Path) -> None:
    deliver(collected, 3, "2025-08-25")
    found = tried(home, at("2025-08-25 10:00"))
    assert {name: len(some) for name, some in found.items()} == {"backlog": 1}
    assert under_way(home) == []


def test_every_change_stands_in_the_trail_with_who_and_the_hash_of_the_word(
    collected: Collected, home: Path
) -> None:
    deliver(collected, 3, "2025-08-25")
    checked(home, "2025-08-25 10:00")
    act_on(home, 1, "acknowledge", "Đang rà soát.", by("lan", "2025-08-25 11:00"))
    trail = [(one.deed.actor, one.deed.object) for one in entries(home)]
    assert trail == [("lan", "alert 1"), ("collector", "alert 1")]
    assert entries(home)[0].deed.detail.startswith("text ")
    assert "rà soát" not in str(entries(home))
    assert verified(home).problem is None
