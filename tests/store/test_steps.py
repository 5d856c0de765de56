"""Steps reported about dossiers change their status, pauses and result, in any order of arrival."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from domain.dossier import Dossier, Pause
from store import Warehouse
from tests.store.judging import FLOWS, STOCKS, judged
from tests.store.landed import NO_RESERVE, NOW, dossier, land, local, step

Counted = dict[str, int]


def counted(warehouse: Warehouse, measure: str, until: str | None = None) -> int:
    """A stock at the end of a day, or a flow over all time."""
    day = date.fromisoformat(until) if until else date.max
    sql = f"select coalesce(sum({measure}), 0) from dossier_delta where day <= $day"
    row = warehouse.connection.execute(sql, {"day": day}).fetchone()
    assert row is not None
    return int(row[0])


def stock(warehouse: Warehouse, day: str) -> tuple[int, int, int]:
    """Pending, overdue and paused at the end of a day."""
    names = ("dossiers_pending", "dossiers_pending_overdue", "dossiers_paused")
    pending, overdue, paused = (counted(warehouse, name, day) for name in names)
    return pending, overdue, paused


RECEIVED = dossier("A", received_at="2026-07-01", due_at="2026-07-06", status=2)


def on_day(warehouse: Warehouse, day: date) -> dict[str, int]:
    """Every flow of a day, and every stock at its end."""
    sums = [f"sum({name}) filter (where day = $day)" for name in FLOWS]
    sums += [f"sum({name})" for name in STOCKS]
    sql = f"select {', '.join(sums)} from dossier_delta where day <= $day"
    row = warehouse.connection.execute(sql, {"day": day}).fetchone()
    assert row is not None
    return {name: int(found or 0) for name, found in zip((*FLOWS, *STOCKS), row, strict=True)}


def load(warehouse: Warehouse, home: Path, *batches: Mapping[str, Sequence[Any]]) -> None:
    for number, batch in enumerate(batches):
        warehouse.load(land(home, batch), NOW + timedelta(hours=number))


@pytest.mark.parametrize("first", ["dossier", "dossier_event"])
def test_a_step_may_arrive_before_or_after_its_dossier(
    warehouse: Warehouse, home: Path, first: str
) -> None:
    steps = [step("A", "2026-07-01", 2), step("A", "2026-07-03", 4), step("A", "2026-07-05", 9)]
    batches = [{"dossier": [RECEIVED]}, {"dossier_event": steps}]
    load(warehouse, home, *(batches if first == "dossier" else reversed(batches)))
    assert counted(warehouse, "dossiers_resolved_early") == 1
    assert stock(warehouse, "2026-07-04") == (1, 0, 0)
    assert stock(warehouse, "2026-07-05") == (0, 0, 0)


def test_a_dossier_waits_from_status_5_6_or_8_until_another_status(
    warehouse: Warehouse, home: Path
) -> None:
    steps = [
        step("A", "2026-07-03", 5),
        step("A", "2026-07-04", 6),
        step("A", "2026-07-08", 4),
        step("A", "2026-07-12", 9),
    ]
    load(warehouse, home, {"dossier": [RECEIVED], "dossier_event": steps})
    assert stock(warehouse, "2026-07-02") == (1, 0, 0)
    assert stock(warehouse, "2026-07-03") == (0, 0, 1)
    assert stock(warehouse, "2026-07-07") == (0, 0, 1)  # past its due day, but not overdue
    assert stock(warehouse, "2026-07-08") == (1, 1, 0)
    assert counted(warehouse, "dossiers_lapsed", "2026-07-07") == 0
    assert counted(warehouse, "dossiers_lapsed", "2026-07-08") == 1
    assert counted(warehouse, "dossiers_resolved_late") == 1


def test_a_dossier_still_waiting_waits_to_this_day(warehouse: Warehouse, home: Path) -> None:
    load(warehouse, home, {"dossier": [RECEIVED], "dossier_event": [step("A", "2026-07-03", 8)]})
    assert stock(warehouse, "2026-12-31") == (0, 0, 1)
    assert counted(warehouse, "dossiers_lapsed") == 0


def test_a_pause_the_record_left_open_ends_with_the_next_step(
    warehouse: Warehouse, home: Path
) -> None:
    waiting = RECEIVED | {
        "status": 5,
        "updated_at": local("2026-07-02"),
        "pauses": [{"start": local("2026-07-02"), "end": None}],
    }
    load(warehouse, home, {"dossier": [waiting]}, {"dossier_event": [step("A", "2026-07-09", 4)]})
    assert stock(warehouse, "2026-07-08") == (0, 0, 1)
    assert stock(warehouse, "2026-07-09") == (1, 1, 0)


@pytest.mark.parametrize("updated", [local("2026-07-06"), None])
def test_the_record_wins_over_steps_older_than_itself(
    warehouse: Warehouse, home: Path, updated: datetime | None
) -> None:
    # One that does not say when it last changed is as old as the last thing it tells.
    done = RECEIVED | {"status": 9, "finished_at": local("2026-07-06"), "updated_at": updated}
    load(warehouse, home, {"dossier": [done], "dossier_event": [step("A", "2026-07-03", 5)]})
    assert counted(warehouse, "dossiers_resolved_on_time") == 1
    assert stock(warehouse, "2026-07-05") == (0, 0, 1)  # it did wait since the third
    assert stock(warehouse, "2026-07-06") == (0, 0, 0)


def test_a_waiting_that_the_record_knows_is_over_ends_when_it_said_so(
    warehouse: Warehouse, home: Path
) -> None:
    resumed = RECEIVED | {"status": 4, "updated_at": local("2026-07-05")}
    load(warehouse, home, {"dossier": [resumed], "dossier_event": [step("A", "2026-07-03", 5)]})
    assert stock(warehouse, "2026-07-04") == (0, 0, 1)
    assert stock(warehouse, "2026-07-05") == (1, 0, 0)


def test_a_step_that_was_missed_does_not_lengthen_a_pause_the_record_knows(
    warehouse: Warehouse, home: Path
) -> None:
    # Work went on upon the 3rd; that step never came, the record of the 9th tells it.
    steps = [step("A", "2026-07-01", 2), step("A", "2026-07-02", 5), step("A", "2026-07-08", 9)]
    pauses = [{"start": local("2026-07-02"), "end": local("2026-07-03", 9)}]
    done = RECEIVED | {
        "status": 9,
        "finished_at": local("2026-07-08"),
        "updated_at": local("2026-07-09"),
        "pauses": pauses,
    }
    load(warehouse, home, {"dossier": [RECEIVED]}, {"dossier_event": steps}, {"dossier": [done]})
    assert stock(warehouse, "2026-07-02") == (0, 0, 1)
    assert stock(warehouse, "2026-07-03") == (1, 0, 0)
    assert stock(warehouse, "2026-07-07") == (1, 1, 0)
    # 3, 6, 7 and 8 July; the 4th and 5th were a weekend.
    assert counted(warehouse, "dossiers_working_days") == 4


def test_a_dossier_taken_up_again_is_pending_until_its_next_result(
    warehouse: Warehouse, home: Path
) -> None:
    done = RECEIVED | {"status": 9, "finished_at": local("2026-07-03")}
    reopened = [step("A", "2026-07-04", 4)]
    load(warehouse, home, {"dossier": [done]}, {"dossier_event": reopened})
    assert counted(warehouse, "dossiers_resolved") == 0
    assert stock(warehouse, "2026-07-07") == (1, 1, 0)
    load(warehouse, home, {"dossier_event": [step("A", "2026-07-09", 9)]})
    assert counted(warehouse, "dossiers_resolved_late") == 1


def test_handing_over_the_result_does_not_move_the_day_it_was_ready(
    warehouse: Warehouse, home: Path
) -> None:
    steps = [step("A", "2026-07-06", 9), step("A", "2026-07-20", 10)]
    load(warehouse, home, {"dossier": [RECEIVED]}, {"dossier_event": steps})
    assert counted(warehouse, "dossiers_resolved_on_time") == 1


@pytest.mark.parametrize(
    ("status", "measure"), [(3, "dossiers_refused"), (7, "dossiers_withdrawn")]
)
def test_a_step_may_refuse_or_withdraw_a_dossier(
    warehouse: Warehouse, home: Path, status: int, measure: str
) -> None:
    load(
        warehouse,
        home,
        {"dossier": [RECEIVED]},
        {"dossier_event": [step("A", "2026-07-04", status)]},
    )
    assert counted(warehouse, measure) == 1
    assert stock(warehouse, "2026-07-03") == (1, 0, 0)
    assert stock(warehouse, "2026-07-04") == (0, 0, 0)


def test_a_dossier_sent_but_not_accepted_is_received_by_the_step_that_accepts_it(
    warehouse: Warehouse, home: Path
) -> None:
    sent = dossier("A", submitted_at="2026-06-30", status=1)
    load(warehouse, home, {"dossier": [sent]}, {"dossier_event": [step("A", "2026-07-02", 2)]})
    assert counted(warehouse, "dossiers_received", "2026-07-01") == 0
    assert counted(warehouse, "dossiers_received", "2026-07-02") == 1


def history(
    chance: random.Random, code: str, day: date = date(2026, 7, 1), **fields: Any
) -> dict[str, list[dict[str, Any]]]:
    """A dossier's versions and steps, as they might be told."""
    told: dict[str, list[dict[str, Any]]] = {"dossier": [], "dossier_event": []}
    due = str(day + timedelta(days=7))
    record = dossier(
        code, received_at=str(day), due_at=due, status=2, updated_at=str(day), **fields
    )
    told["dossier"].append(record)
    finished = None
    for _ in range(chance.randint(1, 5)):
        day += timedelta(days=chance.randint(1, 3))
        status = chance.choice([2, 4, 4, 5, 6, 7, 8, 9, 9, 10])
        told["dossier_event"].append(step(code, str(day), status))
        finished = (finished or local(str(day))) if status in (9, 10) else None
        if chance.random() < 0.4:
            told["dossier"].append(
                record | {"status": status, "finished_at": finished, "updated_at": local(str(day))}
            )
    return told


def in_batches(
    chance: random.Random, histories: list[dict[str, list[dict[str, Any]]]], number: int
) -> list[dict[str, list[dict[str, Any]]]]:
    """All records dealt at random into so many batches."""
    batches: list[dict[str, list[dict[str, Any]]]] = [
        {"dossier": [], "dossier_event": []} for _ in range(number)
    ]
    for told in histories:
        for kind, records in told.items():
            for record in records:
                chance.choice(batches)[kind].append(record)
    return batches


def as_known_in_the_end(told: dict[str, list[dict[str, Any]]]) -> Dossier:
    """The dossier that all its steps together describe."""
    steps = sorted(told["dossier_event"], key=lambda one: one["at"])
    last = steps[-1]
    reopened = [one["at"] for one in steps if one["status"] not in (9, 10)]
    done = [one["at"] for one in steps if not reopened or one["at"] > max(reopened)]
    pauses = [
        Pause(one["at"], after["at"] if after else None)
        for one, after in zip_longest(steps, steps[1:])
        if one["status"] in (5, 6, 8)
    ]
    record = told["dossier"][0]
    return Dossier(
        received_at=record["received_at"],
        due_at=record["due_at"],
        finished_at=min(done, default=None),
        withdrawn_at=last["at"] if last["status"] == 7 else None,
        status=last["status"],
        pauses=tuple(pauses),
    )


@pytest.mark.parametrize("seed", range(2))
def test_steps_dealt_at_random_give_what_the_whole_story_gives(
    warehouse: Warehouse, home: Path, seed: int
) -> None:
    chance = random.Random(seed)
    histories = [history(chance, f"D{number}") for number in range(300)]
    load(warehouse, home, *in_batches(chance, histories, 4))
    days = [date(2026, 6, 30) + timedelta(days=number) for number in range(20)]
    expected = judged([as_known_in_the_end(told) for told in histories], days)
    for day in days:
        found = on_day(warehouse, day)
        assert (day, found) == (day, {name: expected[day][name] for name in (*FLOWS, *STOCKS)})


def all_counts(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Every count by day, whenever it became known."""
    sums = ", ".join(f"sum({measure})" for measure in (*FLOWS, *STOCKS))
    sql = (
        f"select day, origin_day, area_id, {sums} from dossier_delta "
        "join dimension using (dimension_id) group by day, origin_day, area_id order by all"
    )
    found = warehouse.connection.execute(sql).fetchall()
    return [row for row in found if any(row[3:])]


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_arrival_ends_in_the_same_counts(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    histories = [history(chance, f"D{number}") for number in range(60)]
    results = []
    for number in (1, 5):
        home = tmp_path / str(number)
        with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
            load(warehouse, home, *in_batches(chance, histories, number))
            results.append(all_counts(warehouse))
    assert results[0] == results[1]
    assert results[0]
