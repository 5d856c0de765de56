"""What a dossier tells beside its dates is counted where it is told, and nowhere else."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store import Warehouse
from tests.store.landed import COMMUNE, NOW, dossier, land

FLAGS = {
    "digitised": ("dossiers_digitised_told", "dossiers_digitised"),
    "reused": ("dossiers_reused_told", "dossiers_reused"),
}


def counted(warehouse: Warehouse, *names: str, table: str = "dossier") -> dict[str, list[Any]]:
    """Each measure that is not 0 on some day: (day, sum), in order."""
    found = {}
    for name in names:
        sql = f"""
            select day, sum({name}) from {table}_delta
            group by day having sum({name}) <> 0 order by day
        """
        rows = warehouse.connection.execute(sql).fetchall()
        found[name] = [(f"{day:%m-%d}", int(number)) for day, number in rows]
    return found


def load(warehouse: Warehouse, home: Path, **rows: list[dict[str, Any]]) -> None:
    warehouse.load(land(home, rows), NOW)


@pytest.mark.parametrize("flag", FLAGS)
def test_yes_no_and_not_told_are_kept_apart(warehouse: Warehouse, home: Path, flag: str) -> None:
    told = {"A": True, "B": False, "C": None}
    rows = [
        dossier(code, received_at="2026-07-01", **{flag: is_so}) for code, is_so in told.items()
    ]
    load(warehouse, home, dossier=rows)
    asked, said_yes = FLAGS[flag]
    assert counted(warehouse, asked, said_yes) == {asked: [("07-01", 2)], said_yes: [("07-01", 1)]}


def test_a_supplement_counts_a_dossier_once_however_often_it_was_asked_for(
    warehouse: Warehouse, home: Path
) -> None:
    rows = [
        dossier(code, received_at="2026-07-01", supplements=number)
        for code, number in {"A": 0, "B": 1, "C": 3, "D": None}.items()
    ]
    load(warehouse, home, dossier=rows)
    assert counted(warehouse, "dossiers_supplement_told", "dossiers_supplemented") == {
        "dossiers_supplement_told": [("07-01", 3)],
        "dossiers_supplemented": [("07-01", 2)],
    }


def test_only_what_costs_something_can_be_paid(warehouse: Warehouse, home: Path) -> None:
    cases = [(True, True), (True, False), (True, None), (False, True), (None, True)]
    rows = [
        dossier(str(number), received_at="2026-07-01", has_fee=fee, paid_online=paid)
        for number, (fee, paid) in enumerate(cases)
    ]
    load(warehouse, home, dossier=rows)
    names = ("dossiers_fee", "dossiers_payment_told", "dossiers_paid_online")
    assert [counted(warehouse, *names)[name][0][1] for name in names] == [3, 2, 1]


def test_a_result_counts_on_the_day_it_is_there(warehouse: Warehouse, home: Path) -> None:
    done = {"received_at": "2026-07-01", "finished_at": "2026-07-06", "status": 9}
    rows = [
        dossier("A", **done, electronic_result=True),
        dossier("B", **done, electronic_result=False),
        dossier("C", **done),
        dossier("D", received_at="2026-07-01", electronic_result=False),
    ]
    load(warehouse, home, dossier=rows)
    assert counted(warehouse, "dossiers_result_told", "dossiers_electronic_result") == {
        "dossiers_result_told": [("07-06", 2)],
        "dossiers_electronic_result": [("07-06", 1)],
    }


def test_a_counter_in_another_area_is_across_a_boundary(warehouse: Warehouse, home: Path) -> None:
    near = dossier("A", received_at="2026-07-01")
    far = dossier("B", received_at="2026-07-01", receiving_area="25@2025-07-01")
    load(warehouse, home, dossier=[near, far])
    assert far["competent_area"] == COMMUNE
    assert counted(warehouse, "dossiers_cross_boundary") == {
        "dossiers_cross_boundary": [("07-01", 1)]
    }


def test_an_apology_counts_on_the_day_the_term_ran_out(warehouse: Warehouse, home: Path) -> None:
    due = {"received_at": "2026-07-01", "due_at": "2026-07-03"}
    rows = [
        dossier("late result", **due, finished_at="2026-07-07", status=9, apology=True),
        dossier("still open", **due, apology=False),
        dossier("not told", **due, finished_at="2026-07-07", status=9),
        dossier("in time", **due, finished_at="2026-07-03", status=9, apology=False),
    ]
    load(warehouse, home, dossier=rows)
    assert counted(warehouse, "dossiers_late_told", "dossiers_late_apology") == {
        "dossiers_late_told": [("07-04", 2)],
        "dossiers_late_apology": [("07-04", 1)],
    }


def test_a_term_that_runs_out_in_a_pause_is_late_when_work_goes_on(
    warehouse: Warehouse, home: Path
) -> None:
    wait = dossier("x", start_at="2026-07-02", end_at="2026-07-08")
    row = dossier(
        "A",
        received_at="2026-07-01",
        due_at="2026-07-03",
        apology=True,
        pauses=[{"start": wait["start_at"], "end": wait["end_at"]}],
    )
    load(warehouse, home, dossier=[row])
    assert counted(warehouse, "dossiers_late_told") == {"dossiers_late_told": [("07-08", 1)]}


def test_what_was_not_told_and_is_told_later_moves_with_the_dossier(
    warehouse: Warehouse, home: Path
) -> None:
    load(warehouse, home, dossier=[dossier("A", received_at="2026-07-01")])
    load(warehouse, home, dossier=[dossier("A", received_at="2026-07-02", digitised=True)])
    assert counted(warehouse, "dossiers_digitised_told", "dossiers_received") == {
        "dossiers_digitised_told": [("07-02", 1)],
        "dossiers_received": [("07-02", 1)],
    }


def test_the_old_levels_stand_beside_the_new_ones_and_are_never_added(
    warehouse: Warehouse, home: Path
) -> None:
    levels = ["full", "full", "partial", "4", "3", "3", "3", "2", "information", ""]
    rows = [
        {
            "procedure_code": f"1.{number:06}",
            "owner_area": COMMUNE,
            "valid_from": date(2026, 7, 1),
            "service_level": level,
        }
        for number, level in enumerate(levels)
    ]
    load(warehouse, home, procedure=rows)
    wanted = {
        "procedures_whole": 2,
        "procedures_partial": 1,
        "procedures_level_4": 1,
        "procedures_level_3": 3,
        "procedures_online": 7,
        "procedures_level_told": 9,
    }
    assert counted(warehouse, *wanted, table="procedure") == {
        name: [("07-01", count)] for name, count in wanted.items()
    }
