"""Plans: which days are meant, what of them falls on days off, and to whom they may go."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from dashboards.digests.recipients import Recipient
from dashboards.mailings.plan import Plan, plan_from, plan_kept
from domain.calendar import load_calendar
from domain.dossier import VIETNAM
from domain.errors import ExportError

CALENDAR = load_calendar()
TO = ["vp@tinh.example.vn"]


def planned(**fields: Any) -> Plan:
    return plan_from({"recipe": "giao-ban-tuan", "to": TO, **fields})


def days_of(plan: Plan, after: date, count: int) -> list[date]:
    found, moment = [], datetime.combine(after, time(12), VIETNAM)
    for _ in range(count):
        moment = plan.next_at(moment, CALENDAR)
        assert moment.time() == plan.at
        found.append(moment.date())
    return found


def test_working_days_leave_out_weekends_and_holidays() -> None:
    # Thursday 20/8/2026; Saturday 22/8 is worked, 31/8 to 2/9 is off: National Day.
    found = days_of(planned(), date(2026, 8, 20), 9)
    assert [day.day for day in found] == [21, 22, 24, 25, 26, 27, 28, 3, 4]


def test_a_weeks_day_that_is_off_goes_on_the_next_working_day_and_two_never_fall_together() -> None:
    # Monday 31/8/2026 is off, and so are 1/9 and 2/9: it goes on Thursday 3/9.
    found = days_of(planned(on="mon"), date(2026, 8, 24), 3)
    assert found == [date(2026, 9, 3), date(2026, 9, 7), date(2026, 9, 14)]


def test_a_months_day_is_the_last_one_of_a_shorter_month() -> None:
    found = days_of(planned(on="31"), date(2026, 9, 10), 3)
    assert found == [date(2026, 9, 30), date(2026, 11, 2), date(2026, 11, 30)]  # 31/10: Saturday


def test_an_hour_that_is_still_to_come_is_todays() -> None:
    before = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)  # Monday 06:59 in Vietnam
    assert planned().next_at(before, CALENDAR) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert planned().next_at(datetime(2026, 11, 23, tzinfo=UTC), CALENDAR).day == 25  # 24/11 is off


def test_late_data_are_waited_for_45_minutes_unless_told_otherwise() -> None:
    assert planned(at="09:00").until == time(9, 45)
    assert planned(at="23:30").until == time(23, 59)
    assert planned(at="09:00", until="11:00").until == time(11, 0)
    assert plan_kept(planned(at="09:00").written) == planned(at="09:00")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"on": "sunday"}, "on: 'sunday' is not workdays"),
        ({"on": "32"}, "on: '32' is not"),
        ({"at": "25:00"}, "at: "),
        ({"at": "09:00", "until": "08:00"}, "until is before at"),
        ({"at": "09:00+07:00"}, "until is before at"),
        ({"to": []}, "to: "),
        ({"to": ["a b@c.vn"]}, "neither an e-mail address"),
        ({"to": ["a@b.vn\nBcc: c@d.vn"]}, "neither an e-mail address"),
        ({"to": [f"a{n}@b.vn" for n in range(21)]}, "to: "),
        ({"forms": ["exe"]}, "forms: "),
        ({"forms": []}, "forms: "),
        ({"person": "boss"}, "person: "),
        ({"language": "fr"}, "language: "),
    ],
)
def test_what_is_no_plan_is_refused_with_its_key(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ExportError, match=told):
        planned(**fields)


def test_names_stand_for_the_addresses_of_the_operators_file() -> None:
    office = Recipient(name="VP", email=("vp@tinh.example.vn", "ct@tinh.example.vn"), id="vp")
    plan = planned(to=["vp", "vp@tinh.example.vn", "an@tinh.example.vn"])
    assert plan.addresses([office]) == (
        "vp@tinh.example.vn", "ct@tinh.example.vn", "an@tinh.example.vn",
    )  # fmt: skip
    with pytest.raises(ExportError, match="names no 'vp'"):
        plan.addresses([])
