"""The SQL that counts dossiers and `domain.dossier.verdict` are two ways to say the same.

Every combination of reception, due date, result, pauses, refusal and withdrawal around a few
days is counted by SQL, and judged one by one in Python, for every day.
"""

import dataclasses
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from domain.dossier import DeadlinePrecision, Dossier, Pause
from store import Warehouse
from tests.store.judging import FLOWS, STOCKS, judged
from tests.store.landed import COMMUNE, NOW, VIETNAM, land

FIRST = date(2026, 7, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(-1, 9)]


def instant(day: int | None, hour: int = 10) -> datetime | None:
    if day is None:
        return None
    moment = FIRST + timedelta(days=day)
    return datetime(moment.year, moment.month, moment.day, hour, tzinfo=VIETNAM)


def pause(start: int, end: int | None) -> Pause:
    begun = instant(start, 9)
    assert begun is not None
    return Pause(begun, instant(end, 16))


PAUSES: list[tuple[Pause, ...]] = [
    (),
    (pause(1, 3),),
    (pause(2, None),),
    (pause(0, 1), pause(3, 5)),
    (pause(1, 4), pause(3, 6)),  # overlapping
    (pause(1, 2), pause(2, 4)),  # touching
    (pause(2, 2),),  # within one day
    (pause(-1, 2),),  # begun before reception
]


def grid(precision: DeadlinePrecision) -> list[Dossier]:
    """Everything that may happen to a dossier received on the first day, and some besides."""
    by_day = precision is DeadlinePrecision.DAY
    hours, many_pauses = ((10,), PAUSES) if by_day else ((8, 10, 15), PAUSES[:3])
    found = [
        Dossier(
            received_at=instant(received),
            due_at=instant(due, hour),
            finished_at=instant(finished),
            refused_at=instant(refused),
            withdrawn_at=instant(withdrawn),
            updated_at=instant(updated),
            status=status,
            deadline_precision=precision,
            pauses=pauses,
        )
        for received, due, hour, finished, refused, withdrawn, updated, status, pauses in product(
            (None, 0, 1),
            (None, 0, 2, 4),
            hours,
            (None, 0, 2, 3, 5),
            (None, 3),
            (None, 2),
            (None, 4),
            (None, 2, 3, 5, 7, 9),
            many_pauses,
        )
    ]
    return list(dict.fromkeys(found))


def as_record(number: int, one: Dossier) -> dict[str, Any]:
    told = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
    pauses = [dataclasses.asdict(each) for each in one.pauses]
    area = {"receiving_area": COMMUNE, "competent_area": COMMUNE}
    return told | area | {"dossier_code": f"D{number}", "channel": "online", "pauses": pauses}


@pytest.mark.parametrize("precision", DeadlinePrecision)
def test_counting_in_sql_agrees_with_every_verdict_on_every_day(
    warehouse: Warehouse, home: Path, precision: DeadlinePrecision
) -> None:
    dossiers = grid(precision)
    warehouse.load(land(home, {"dossier": [as_record(*one) for one in enumerate(dossiers)]}), NOW)
    expected = judged(dossiers, DAYS)
    for day in DAYS:
        for name in FLOWS:
            assert (day, name, total(warehouse, f"sum({name})", "day = $day", day)) == (
                day,
                name,
                expected[day][name],
            )
        for name in STOCKS:
            assert (day, name, total(warehouse, f"sum({name})", "day <= $day", day)) == (
                day,
                name,
                expected[day][name],
            )


def total(warehouse: Warehouse, measure: str, where: str, day: date) -> int:
    sql = f"select coalesce({measure}, 0) from dossier_delta where {where}"
    row = warehouse.connection.execute(sql, {"day": day}).fetchone()
    assert row is not None
    return int(row[0])
