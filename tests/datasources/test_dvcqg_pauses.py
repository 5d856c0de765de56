"""Promises of pauses: what each policy does to the clock and to the due date, and odd steps."""

import json
from typing import Any

import pytest

from tests.datasources.home import Delivery, Home, payload
from tests.datasources.test_dvcqg import SOURCE, at, dossier

# Received on Monday 13 July 2020 with five working days; it waits from Wednesday to Monday.
RECEIVED, DUE = "20200713083000", "20200720170000"
ASKED, BROUGHT = "20200715090000", "20200720090000"


def waiting(home: Home, policy: str, *supplements: dict[str, Any], **fields: Any) -> Delivery:
    home.configure(SOURCE + (f'pause_policy = "{policy}"\n' if policy else ""))
    told = {
        "NgayTiepNhan": RECEIVED,
        "NgayHenTra": DUE,
        "NgayKetThucXuLy": "",
        "NgayTra": "",
        "TrangThaiHoSo": "4",
        "DanhSachHoSoBoSung": list(supplements),
        **fields,
    }
    home.write("incoming/0.json", json.dumps(dossier(**told), ensure_ascii=False))
    return home.collect("portal")


def supplement(**told: str) -> dict[str, Any]:
    return {"NgayBoSung": ASKED, "NgayTiepNhanBoSung": BROUGHT, **told}


@pytest.mark.parametrize("policy", ["", "stop_resume", "restart", "none"])
def test_the_due_date_of_the_source_holds_under_every_policy(home: Home, policy: str) -> None:
    assert waiting(home, policy, supplement()).column("due_at") == [at("2020-07-20 17:00")]


@pytest.mark.parametrize("policy", ["stop_resume", "restart"])
def test_a_new_due_date_takes_the_place_of_the_one_it_replaced(home: Home, policy: str) -> None:
    told = supplement(NgayHenTraTruoc=DUE, NgayHenTraMoi="20200722170000")
    assert waiting(home, policy, told).column("due_at") == [at("2020-07-22 17:00")]
    # A source that has moved its own date already is not moved once more.
    moved = waiting(home, policy, told, NgayHenTra="20200722170000")
    assert moved.column("due_at") == [at("2020-07-22 17:00")]


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        ("stop_resume", "2020-07-23 17:00"),  # three working days later
        ("restart", "2020-07-27 17:00"),  # five working days from the 20th
        ("none", "2020-07-20 17:00"),
    ],
)
def test_a_source_that_still_names_the_date_before_the_pause_is_moved_by_the_policy(
    home: Home, policy: str, due: str
) -> None:
    told = supplement(NgayHenTraTruoc=DUE, NgayHenTraMoi="")
    assert waiting(home, policy, told).column("due_at") == [at(due)]


def test_a_year_without_a_calendar_is_refused_where_it_would_be_counted_in(home: Home) -> None:
    told = {
        "NgayBoSung": "20310715090000",
        "NgayTiepNhanBoSung": "20310720090000",
        "NgayHenTraTruoc": "20310720170000",
    }
    delivery = waiting(home, "", told, NgayTiepNhan="20310713083000", NgayHenTra="20310720170000")
    [(_, field, rule, reason)] = delivery.refusals
    assert (field, rule) == ("DanhSachHoSoBoSung", "calendar")
    assert "not confirmed" in reason


@pytest.mark.parametrize("status", ["5", "6", "8"])
def test_where_no_clock_stops_a_dossier_that_waits_is_being_worked_on(
    home: Home, status: str
) -> None:
    delivery = waiting(home, "none", {"NgayBoSung": ASKED}, TrangThaiHoSo=status)
    assert delivery.column("status") == [4]
    assert delivery.column("pauses") == [[]]
    stopping = waiting(home, "", {"NgayBoSung": ASKED}, TrangThaiHoSo=status)
    assert stopping.column("status") == [int(status)]
    assert stopping.column("pauses") == [[{"start": at("2020-07-15 09:00"), "end": None}]]


def test_an_unknown_policy_is_refused(home: Home) -> None:
    assert "pause_policy" in waiting(home, "stop").error


def stepping(home: Home, policy: str, *statuses: int) -> Delivery:
    """A dossier that goes through some statuses, an hour apart."""
    home.configure(SOURCE + (f'pause_policy = "{policy}"\n' if policy else ""))
    first = payload("dvcqg_steps.json")
    steps = [
        {**first["data"][0], "TrangThai": str(status), "ThoiDiemXuLy": f"202007150{hour}0000"}
        for hour, status in enumerate(statuses)
    ]
    home.write("incoming/0.json", json.dumps({**first, "data": steps}))
    return home.collect("portal")


def jumps(delivery: Delivery) -> list[str]:
    return [one for one in delivery.manifest["contract"] if "dq_status_jump" in one]


@pytest.mark.parametrize(
    "statuses", [(2, 4, 5, 4, 9, 10), (1, 2, 6, 9), (1, 3), (2, 4, 4, 7), (2, 8), (5, 8)]
)
def test_steps_that_may_follow_each_other_are_told_nothing_of(
    home: Home, statuses: tuple[int, ...]
) -> None:
    assert jumps(stepping(home, "", *statuses)) == []


@pytest.mark.parametrize(
    ("statuses", "count"), [((3, 4), 1), ((1, 9), 1), ((9, 4, 10), 2), ((10, 2, 4), 1)]
)
def test_a_step_that_cannot_follow_is_believed_and_counted(
    home: Home, statuses: tuple[int, ...], count: int
) -> None:
    delivery = stepping(home, "", *statuses)
    assert delivery.column("status", "dossier_event") == list(statuses)
    told = f"dq_status_jump: {count} steps lead to a status that cannot follow."
    assert jumps(delivery) == [told]


def test_where_no_clock_stops_no_step_stops_it(home: Home) -> None:
    assert stepping(home, "none", 2, 5, 9).column("status", "dossier_event") == [2, 4, 9]
