"""What province-wide platforms tell: monthly statistics and calls of the LGSP, scores of 766."""

import json
from datetime import date
from functools import cache
from math import exp

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts, bell, fraction
from datasources.simulator.clock import DAY, NEVER, date_of, day_number, work_days
from datasources.simulator.desks import Desk, systems
from datasources.simulator.dossiers import known
from datasources.simulator.world import World
from domain.area import Level
from domain.period import add_months

GROUPS = {"CKMB": 18, "TDGQ": 20, "MDSH": 22, "CLGQ": 12, "TTTT": 10, "MDHL": 18}
USUAL = {"CKMB": 0.5, "TDGQ": 0.87, "MDSH": 0.48, "CLGQ": 0.68, "TTTT": 0.64, "MDHL": 0.62}
"""The share of each group's points that an average authority gets."""

SERVICES = (
    "dmdc", "hotich", "csdldc", "baohiem", "dkdn", "thue", "giaypheplaixe", "lyLichTuPhap",
    "buuchinh", "thanhtoan", "camdoan", "datdai",
)  # fmt: skip


def _waits(paused: Counts, resumed: Counts, at: int) -> NDArray[np.bool_]:
    """Whose clock stands still at an instant."""
    return np.asarray((paused < at) & (resumed >= at))


def statistic_json(world: World, home: str, month: date, at: int) -> str:
    """The month's statistic of a province's one-stop system, as it knows it at an instant."""
    dossiers = world.dossiers(home, at)
    shown = known(dossiers, at)
    start, end = day_number(month) * DAY, day_number(add_months(month, 1)) * DAY
    closed = np.minimum(np.minimum(shown.finished, shown.withdrawn), shown.refused)
    solved = _within(shown.finished, start, end) & (shown.finished <= closed)
    late = solved & (shown.due < NEVER) & (shown.finished // DAY > shown.due // DAY)
    waits = _waits(shown.pause_1, shown.resume_1, end) | _waits(shown.pause_2, shown.resume_2, end)
    open_then = (shown.received < end) & (closed >= end) & (dossiers.stopped >= end) & ~waits
    overdue = open_then & (shown.due // DAY < end // DAY - 1)
    new, done = int(_within(shown.received, start, end).sum()), int(solved.sum())
    pending, missed = int(open_then.sum()), int(late.sum())
    statistic = {
        "Month": month.month,
        "Year": month.year,
        "IsMonthStatistic": True,
        "OrganizationInchargeIdlevel1": _committee(world, home, at).old_code,
        "OrganizationInchargeName": _committee(world, home, at).name,
        "NewReception": new,
        "PreExtisting": max(pending + done - new, 0),
        "Total": new + max(pending + done - new, 0),
        "TotalSolved": done,
        "SolvedInTime": done - missed,
        "SolvedInTimePercent": _percent(done - missed, done),
        "SolvedLate": missed,
        "SolvedLatePercent": _percent(missed, done),
        "TotalPending": pending,
        "Pending": pending - int(overdue.sum()),
        "PendingLate": int(overdue.sum()),
        "Note": "Số liệu mô phỏng",
        **_votes(f"{world.seed} {home} {month}"),
    }
    return json.dumps(statistic, ensure_ascii=False)


def calls_json(world: World, day: int, at: int) -> str:
    """What went over the platform of each province on a day."""
    told = [_calls(world, home, day, at) for home in world.provinces]
    return json.dumps({"data": told}, ensure_ascii=False)


def scores_json(world: World, home: str, month: date, at: int) -> str:
    """The export of a month's evaluation: the province and its communes."""
    desks = [desk for desk in _desks(world, home, at) if desk.level is not Level.DISTRICT]
    told = [_evaluation(world.seed, desk, month) for desk in desks]
    answer = {"code": "OK", "data": {"overview": {}, "evaluation": told}}
    return json.dumps(answer, ensure_ascii=False)


@cache
def code_of(home: str) -> str:
    """The code of a province's own system today: H14."""
    return next(one.code for one in systems() if one.joins == home and one.stanza)


def _within(moments: Counts, start: int, end: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (start <= moments) & (moments < end)
    return found


def _desks(world: World, home: str, at: int) -> list[Desk]:
    province = world.provinces[home]
    day = at // DAY
    simulated = {province.desks[row].area_id for row in province.rows}
    return [
        desk
        for desk in province.desks
        if desk.first <= day < desk.until
        and (desk.area_id in simulated or desk.level is Level.PROVINCE)
    ]


def _committee(world: World, home: str, at: int) -> Desk:
    """The committee of the province that is called by its code of today."""
    desks = (
        desk
        for desk in _desks(world, home, at)
        if desk.level is Level.PROVINCE and not desk.department
    )
    return next(desk for desk in desks if desk.system == code_of(home))


def _calls(world: World, home: str, day: int, at: int) -> dict[str, object]:
    name = f"{world.seed} lgsp {home}"
    years = (day - day_number(date(2020, 1, 1))) / 365.25
    services = SERVICES[: min(3 + int(1.3 * years), len(SERVICES))]
    busy = 1.0 if work_days().works(np.array([day]))[0] else 0.12
    bad = fraction(f"{name} {day} bad") < 0.03
    told = []
    for service in services:
        own = f"{name} {service} {day}"
        calls = round(400 * busy * exp(0.9 * bell(f"{name} {service}") + 0.2 * bell(own)))
        share = (0.9 if bad else 0.996) - 0.004 * abs(bell(f"{own} failed"))
        told.append(
            {
                "service_code": service,
                "calls": calls,
                "ok": round(calls * share),
                "p95_ms": 80 + round(60 * abs(bell(f"{own} slow"))),
            }
        )
    return {
        "Date": date_of(day).isoformat(),
        "OrganizationInchargeIdlevel1": _committee(world, home, at).code,
        "Services": told,
    }


def _evaluation(seed: int, desk: Desk, month: date) -> dict[str, object]:
    name = f"{seed} 766 {desk.area_id} {desk.department}"
    months = (month.year - 2022) * 12 + month.month
    better = 0.05 * bell(name) + 0.0025 * (months - 48)
    scores = {}
    for group, highest in GROUPS.items():
        share = USUAL[group] + better + 0.05 * bell(f"{name} {group}")
        share += 0.015 * bell(f"{name} {group} {month}")
        scores[group] = round(highest * min(max(share, 0.03), 1.0), 2)
    received = max(1, round(300 * exp(0.8 * bell(f"{name} size"))))
    published = round(20 * (0.9 + 0.1 * fraction(f"{name} {month} published")))
    synced = round(received * min(1.0, 0.93 + 0.07 * fraction(f"{name} {month} synced")))
    return {
        "departmentId": f"019d-{desk.code}",
        "departmentName": desk.name,
        "departmentCode": desk.code,
        "childGroup": "AGENCY" if desk.department else "COMMUNE",
        "totalScore": round(sum(scores.values()), 2),
        "scoreDelta": 0.0,
        "groupScores": scores,
        "metrics": [
            _component("DOSSIER_SYNC", synced, received, 6),
            _component("PUBLISH_ON_TIME", published, 20, 6),
        ],
    }


def _component(code: str, numerator: int, denominator: int, highest: int) -> dict[str, object]:
    share = numerator / denominator
    return {
        "code": code,
        "numerator": numerator,
        "denominator": denominator,
        "ratio": round(100 * share, 2),
        "score": round(highest * share, 2),
        "maxScore": highest,
    }


def _votes(name: str) -> dict[str, float | int]:
    good = round(20 + 15 * fraction(f"{name} good"), 1)
    bad = round(4 * fraction(f"{name} bad"), 1)
    voted = 40 + int(200 * fraction(f"{name} voted"))
    return {
        "TotalVoted": voted,
        "PercentVeryGood": round(100 - good - bad, 1),
        "PercentGood": good,
        "PercentBad": bad,
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
