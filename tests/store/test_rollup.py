"""Counts rolled up to every level, on the map of the day and on today's."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.area import Boundaries, Level, register
from store import Snapshot, Warehouse
from tests.store.landed import COMMUNE, NO_RESERVE, NOW, document, dossier, land
from tests.store.prepared import prepare, publish_figures

OLD_COMMUNE, DISTRICT, OLD_PROVINCE = "08518@", "237@", "25@"
HEIR, PROVINCE, COUNTRY = "08521@2025-07-01", "25@2025-07-01", "VN@"
SPLIT, MAIN_PART = "00007@", "00008@2025-07-01"


def received(snapshot: Snapshot, boundaries: str, area: str, until: str = "2026-11-22") -> int:
    (row,) = snapshot.rows(
        "select coalesce(sum(dossiers_received), 0) from dossier_area_day"
        " where boundaries = $boundaries and area_id = $area and day <= $until",
        {"boundaries": boundaries, "area": area, "until": date.fromisoformat(until)},
    )
    return int(row[0])


def published(warehouse: Warehouse, *records: dict[str, Any], kind: str = "dossier") -> Snapshot:
    warehouse.load(land(warehouse.home, {kind: records}), NOW)
    return publish_figures(warehouse)


def there(area: str, code: str, day: str, **fields: Any) -> dict[str, Any]:
    return dossier(code, receiving_area=area, competent_area=area, received_at=day, **fields)


def test_on_the_map_of_the_day_a_dossier_counts_for_all_it_lay_in(warehouse: Warehouse) -> None:
    snapshot = published(warehouse, there(OLD_COMMUNE, "A", "2025-06-30"))
    for area in (OLD_COMMUNE, DISTRICT, OLD_PROVINCE, COUNTRY):
        assert received(snapshot, "then", area) == 1
    for area in (HEIR, PROVINCE):
        assert received(snapshot, "then", area) == 0


def test_on_todays_map_its_history_belongs_to_what_it_became(warehouse: Warehouse) -> None:
    snapshot = published(warehouse, there(OLD_COMMUNE, "A", "2025-06-30"))
    for area in (HEIR, PROVINCE, COUNTRY):
        assert received(snapshot, "today", area) == 1
    for area in (OLD_COMMUNE, DISTRICT, OLD_PROVINCE):
        assert received(snapshot, "today", area) == 0


def test_what_happened_before_an_area_began_counts_where_it_lay_first(
    warehouse: Warehouse,
) -> None:
    snapshot = published(warehouse, there(COMMUNE, "A", "2025-06-01"))
    for boundaries in Boundaries:
        for area in (COMMUNE, PROVINCE, COUNTRY):
            assert received(snapshot, boundaries, area) == 1


def test_the_history_of_a_split_commune_is_marked_as_estimated(warehouse: Warehouse) -> None:
    snapshot = published(warehouse, there(SPLIT, "A", "2025-06-30"))
    marks = snapshot.rows(
        "select boundaries, level, area_id, max(estimated) from dossier_area_day"
        " where level in ('commune', 'country') group by all order by all"
    )
    assert ("today", "commune", MAIN_PART, 1) in marks
    assert ("then", "commune", SPLIT, 0) in marks
    assert ("today", "country", COUNTRY, 0) in marks


def test_days_after_the_horizon_are_in_the_deltas_and_not_in_the_rollups(
    warehouse: Warehouse,
) -> None:
    due = there(COMMUNE, "A", "2026-11-20", due_at="2026-11-30")
    snapshot = published(warehouse, due)
    assert snapshot.horizon == date(2026, 11, 22)
    overdue = "select coalesce(sum(dossiers_pending_overdue), 0) from"
    assert snapshot.rows(f"{overdue} dossier_area_day") == [(0,)]
    assert snapshot.rows(f"{overdue} dossier_delta") == [(1,)]


def test_the_horizon_is_the_day_in_vietnam(warehouse: Warehouse) -> None:
    snapshot = publish_figures(warehouse, datetime(2026, 11, 22, 18, tzinfo=UTC))
    assert snapshot.horizon == date(2026, 11, 23)


def test_documents_count_where_their_sender_is(warehouse: Warehouse) -> None:
    snapshot = published(
        warehouse,
        document("A", "2026-07-01"),
        document("B", "2026-07-01", paper=True, signed=False),
        document("C", "2026-07-02", business=1),
        kind="document",
    )
    found = snapshot.rows(
        "select month, docs_sent, docs_electronic, docs_parallel, docs_signed, docs_revoked"
        " from document_area_month where area_id = $area and boundaries = 'then'",
        {"area": COMMUNE},
    )
    assert found == [(date(2026, 7, 1), 2, 1, 1, 1, 1)]


def observed(metric: str, area: str, **fields: Any) -> dict[str, Any]:
    span = {"period_start": date(2020, 1, 1), "period_end": date(2020, 4, 1)}
    return {"metric": metric, "area": area, "level": "", **span, **fields}


def test_observations_that_add_up_are_rolled_up_by_the_level_of_their_units(
    warehouse: Warehouse,
) -> None:
    rate = "work_files_online_rate"
    snapshot = published(
        warehouse,
        observed(rate, OLD_PROVINCE, numerator=70.0, denominator=100.0),
        observed(rate, OLD_PROVINCE, level="commune", numerator=30.0, denominator=100.0),
        observed(rate, DISTRICT, numerator=6.0, denominator=10.0),
        observed(rate, DISTRICT, level="commune", value=98.3, as_reported=True),
        observed("smartphone_adult_rate", OLD_PROVINCE, value=86.0),
        kind="observation",
    )
    found = snapshot.rows(
        "select leaf_level, measure, day, origin_day, value from observation_area_day"
        " where boundaries = 'then' and area_id = $area order by all",
        {"area": OLD_PROVINCE},
    )
    end, start = date(2020, 3, 31), date(2020, 1, 1)
    assert found == [
        ("commune", "work_files", end, start, 100.0),
        ("commune", "work_files_online", end, start, 30.0),
        ("district", "work_files", end, start, 10.0),
        ("district", "work_files_online", end, start, 6.0),
        ("province", "work_files", end, start, 100.0),
        ("province", "work_files_online", end, start, 70.0),
    ]
    assert snapshot.rows("select count(*) from observation") == [(5,)]
    assert snapshot.rows("select area_id from observation where standalone") == [(DISTRICT,)]


def some_dossiers(chance: random.Random, number: int) -> list[dict[str, Any]]:
    """Dossiers of areas of all levels and both editions, received while these were."""
    areas = [area for area in register().areas.values() if area.level is not Level.COUNTRY]
    found = []
    for one in range(number):
        area = chance.choice(areas)
        first = area.valid_from or date(2019, 1, 1)
        last = (area.valid_until or date(2026, 11, 1)) - timedelta(days=1)
        day = first + timedelta(days=chance.randint(0, max(0, (last - first).days)))
        done = str(day + timedelta(days=chance.randint(0, 60))) if chance.random() < 0.8 else None
        found.append(
            there(
                area.area_id,
                f"D{one}",
                str(day),
                due_at=str(day + timedelta(days=15)),
                finished_at=done,
                channel=chance.choice(["online", "direct", "postal"]),
                field_code=chance.choice(["DD", "TP", ""]),
            )
        )
    return found


def is_open(one: dict[str, Any]) -> bool:
    return one["finished_at"] is None or one["finished_at"].date() > date(2026, 11, 22)


@pytest.fixture(scope="module")
def dossiers() -> list[dict[str, Any]]:
    return some_dossiers(random.Random(7), 3000)


@pytest.fixture(scope="module")
def snapshot(dossiers: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """All of them, published."""
    home = prepare(tmp_path_factory.mktemp("everywhere"))
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        return published(warehouse, *dossiers)


def test_every_area_of_every_level_counts_what_lay_in_it_and_no_more(
    snapshot: Snapshot, dossiers: list[dict[str, Any]]
) -> None:
    for boundaries in Boundaries:
        held: dict[str, list[Any]] = {}
        for link in register().closure(boundaries):
            held.setdefault(link.area_id, []).append(link)
        expected: Counter[tuple[str, str]] = Counter()
        for one in dossiers:
            day = one["received_at"].date()
            for link in held[one["competent_area"]]:
                if (link.valid_from or day) <= day and (
                    not link.valid_until or day < link.valid_until
                ):
                    expected[link.level, link.ancestor_id] += 1
        found = snapshot.rows(
            "select level, area_id, sum(dossiers_received)::int from dossier_area_day"
            " where boundaries = $boundaries group by all having sum(dossiers_received) <> 0",
            {"boundaries": str(boundaries)},
        )
        assert {(level, area): number for level, area, number in found} == expected
    keys = "boundaries, area_id, leaf_level, source, day, origin_day"
    twice = f"select {keys} from dossier_area_day where boundaries = 'then' group by all"
    assert snapshot.rows(f"{twice} having count(*) > 1") == []


def test_no_dossier_is_lost_or_doubled_on_the_way_to_the_country(
    snapshot: Snapshot, dossiers: list[dict[str, Any]]
) -> None:
    names = ("dossiers_received", "dossiers_resolved", "dossiers_pending", "dossiers_lapsed")
    sums = ", ".join(f"sum({name})::int" for name in names)
    (total,) = snapshot.rows(f"select {sums} from dossier_delta where day <= '2026-11-22'")
    assert total[0] == len(dossiers)
    assert total[2] == sum(is_open(one) for one in dossiers)
    for boundaries in Boundaries:
        for table in ("dossier_area_day", "dossier_area_month", "dossier_area_cut_month"):
            where = f"boundaries = '{boundaries}' and level = 'country'"
            assert snapshot.rows(f"select {sums} from {table} where {where}") == [total]


def test_a_month_is_the_sum_of_its_days(snapshot: Snapshot, dossiers: list[dict[str, Any]]) -> None:
    keys = "boundaries, level, area_id, leaf_level, source"
    sums = "sum(dossiers_received)::int, sum(dossiers_pending)::int, sum(dossiers_lapsed)::int"
    days = snapshot.rows(
        f"select {keys}, date_trunc('month', day)::date, date_trunc('month', origin_day)::date,"
        f" {sums} from dossier_area_day group by all order by all"
    )
    months = snapshot.rows(
        f"select {keys}, month, origin_month, {sums} from dossier_area_month"
        " group by all order by all"
    )
    assert days == months


def test_the_fields_and_channels_of_a_month_add_up_to_the_month(
    snapshot: Snapshot, dossiers: list[dict[str, Any]]
) -> None:
    names = ("dossiers_received", "dossiers_resolved", "dossiers_pending", "dossiers_lapsed")
    sums = ", ".join(f"sum({name})::int as {name}" for name in names)
    some = " or ".join(f"sum({name}) <> 0" for name in names)
    keys = "boundaries, level, area_id, leaf_level, source, month, origin_month"
    months, cuts = (
        snapshot.rows(f"select {keys}, {sums} from {table} group by all having {some} order by all")
        for table in ("dossier_area_month", "dossier_area_cut_month")
    )
    assert months == cuts
    expected = Counter((one["field_code"], one["channel"]) for one in dossiers)
    found = snapshot.rows(
        "select field_code, channel, sum(dossiers_received)::int from dossier_area_cut_month"
        " where boundaries = 'today' and level = 'country' group by all"
    )
    assert {(field, channel): number for field, channel, number in found} == expected


def test_by_dimension_and_by_area_the_same_is_counted(
    snapshot: Snapshot, dossiers: list[dict[str, Any]]
) -> None:
    by_channel = snapshot.rows(
        "select channel, sum(dossiers_received) from dossier_delta group by all"
    )
    (row,) = snapshot.rows(
        "select sum(dossiers_received_online), sum(dossiers_received_direct),"
        " sum(dossiers_received_postal) from dossier_area_day"
        " where boundaries = 'today' and level = 'country'"
    )
    assert dict(by_channel) == dict(zip(("online", "direct", "postal"), row, strict=True))
