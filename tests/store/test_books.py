"""The books tell how every source is doing, and what its last batches brought."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from store import Accounting, SourceInfo, Warehouse
from tests.store.landed import NOW, dossier, land

PERMITS = SourceInfo(
    source="permits",
    kind="csv",
    records=("dossier",),
    title_vi="Cấp phép",
    title_en="Permits",
    owner="TTPVHCC",
    schedule="*/15 * * * *",
    expected_by=time(17),
    grace_s=900,
    hard_max_s=86400,
)
TOMORROW = NOW + timedelta(days=1)


def source(warehouse: Warehouse) -> dict[str, Any]:
    result = warehouse.connection.execute("from source")
    row = result.fetchone()
    assert row is not None
    return dict(zip([column[0] for column in result.description or ()], row, strict=True))


def test_a_configured_source_that_was_never_tried_is_neither_up_nor_down(
    warehouse: Warehouse,
) -> None:
    warehouse.register_sources([PERMITS])
    told = source(warehouse)
    assert told["up"] is None
    assert told["title_vi"] == "Cấp phép"
    assert told["expected_by"] == time(17)
    assert told["records"] == "dossier"


def test_a_loaded_batch_says_the_source_is_up_and_how_far_its_data_reach(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.register_sources([PERMITS])
    warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW)
    told = source(warehouse)
    assert (told["up"], told["last_success_at"]) == (True, NOW)
    assert told["data_as_of"] == datetime(2026, 11, 21, 17, tzinfo=UTC)


def test_a_failed_collection_keeps_what_was_known_and_says_why_it_failed(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW)
    result = warehouse.fail("permits", "csv", NOW, "permits: no file matches.", TOMORROW)
    told = source(warehouse)
    assert (told["up"], told["up_reason"]) == (False, "permits: no file matches.")
    assert (told["last_attempt_at"], told["last_success_at"]) == (TOMORROW, NOW)
    assert (result.status, result.total) == ("failed", Accounting())
    assert warehouse.last_batches() == [result]


def test_how_far_data_reach_never_goes_back(warehouse: Warehouse, home: Path) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW)
    warehouse.load(
        land(home, {"dossier": [dossier("B")]}, data_as_of="2026-01-01T00:00:00+00:00"), TOMORROW
    )
    warehouse.load(land(home, {"dossier": [dossier("C")]}, data_as_of=None), TOMORROW)
    assert source(warehouse)["data_as_of"] == datetime(2026, 11, 21, 17, tzinfo=UTC)


def test_a_doubtful_batch_makes_the_source_suspect_until_a_sound_one(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.fail("permits", "csv", NOW, "Half the usual rows.", NOW, suspect=True)
    assert source(warehouse)["suspect"] is True
    warehouse.load(land(home, {"dossier": [dossier("A")]}), TOMORROW)
    assert source(warehouse)["suspect"] is False


def test_the_last_batch_of_each_source_is_known(warehouse: Warehouse, home: Path) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW)
    warehouse.load(land(home, {"dossier": [dossier("A")]}, source="other"), NOW)
    last = warehouse.load(land(home, {"dossier": [dossier("B")]}), TOMORROW)
    found = {batch.source: batch.batch_id for batch in warehouse.last_batches()}
    assert found == {"permits": last.batch_id, "other": 2}


def test_configuring_a_source_again_leaves_how_it_is_doing(
    warehouse: Warehouse, home: Path
) -> None:
    warehouse.load(land(home, {"dossier": [dossier("A")]}), NOW)
    warehouse.register_sources([PERMITS])
    assert (source(warehouse)["up"], source(warehouse)["owner"]) == (True, "TTPVHCC")
