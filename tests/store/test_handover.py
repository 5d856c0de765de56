"""What is open in an area when it ends goes on in its heir's."""

from datetime import date
from pathlib import Path

import pytest

from store import Warehouse
from tests.store.landed import NO_RESERVE, NOW, dossier, land

OLD, NEW = "08518@", "08521@2025-07-01"  # Sơn Vi went into Phùng Nguyên
DISTRICT, PROVINCE = "237@", "25@2025-07-01"
REFORM = date(2025, 7, 1)


def stocks(warehouse: Warehouse, area_id: str, until: date) -> tuple[int, int]:
    """Pending and overdue dossiers of an area at the end of the day before `until`."""
    row = warehouse.connection.execute(
        """
        select
            coalesce(sum(dossiers_pending), 0)::int,
            coalesce(sum(dossiers_pending_overdue), 0)::int
        from dossier_delta join dimension using (dimension_id)
        where area_id = $area_id and day < $until
        """,
        {"area_id": area_id, "until": until},
    ).fetchone()
    assert row is not None
    return row


def late_results(warehouse: Warehouse) -> list[tuple[str, date, int]]:
    return warehouse.connection.execute(
        """
        select area_id, day, sum(dossiers_resolved_late)::int
        from dossier_delta join dimension using (dimension_id)
        group by all having sum(dossiers_resolved_late) <> 0
        """
    ).fetchall()


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (DISTRICT, PROVINCE)])
def test_an_open_dossier_goes_to_the_heir_on_the_day_its_area_ends(
    tmp_path: Path, old: str, new: str
) -> None:
    open_one = dossier(
        "A", receiving_area=old, competent_area=old, received_at="2025-06-20", due_at="2025-06-25"
    )
    with Warehouse.open(tmp_path, reserve=NO_RESERVE) as warehouse:
        warehouse.load(land(tmp_path, {"dossier": [open_one]}), NOW)
        assert stocks(warehouse, old, REFORM) == (1, 1)
        assert stocks(warehouse, old, date(2025, 7, 2)) == (0, 0)
        assert stocks(warehouse, new, REFORM) == (0, 0)
        assert stocks(warehouse, new, date(2025, 7, 2)) == (1, 1)


def test_a_result_after_the_end_counts_for_the_heir_and_leaves_no_stock(tmp_path: Path) -> None:
    late = dossier(
        "A",
        receiving_area=OLD,
        competent_area=OLD,
        received_at="2025-06-20",
        due_at="2025-06-25",
        finished_at="2025-07-03",
    )
    with Warehouse.open(tmp_path, reserve=NO_RESERVE) as warehouse:
        warehouse.load(land(tmp_path, {"dossier": [late]}), NOW)
        assert late_results(warehouse) == [(NEW, date(2025, 7, 3), 1)]
        assert stocks(warehouse, NEW, date(2025, 7, 3)) == (1, 1)
        assert stocks(warehouse, NEW, date(2025, 7, 4)) == (0, 0)


def test_a_correction_takes_back_what_was_handed_over(tmp_path: Path) -> None:
    areas = {"receiving_area": OLD, "competent_area": OLD}
    first = dossier("A", received_at="2025-06-20", due_at="2025-06-25", **areas)
    better = first | dossier("A", received_at="2025-06-20", finished_at="2025-06-24", **areas)
    with Warehouse.open(tmp_path, reserve=NO_RESERVE) as warehouse:
        warehouse.load(land(tmp_path, {"dossier": [first]}), NOW)
        warehouse.load(land(tmp_path, {"dossier": [better]}), NOW)
        for area_id in (OLD, NEW):
            assert stocks(warehouse, area_id, date(2026, 1, 1)) == (0, 0)
