"""Rankings: ties, who is not ranked and why, moves, percentiles, and peers of one size."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from domain.area import Level, register
from domain.errors import SelectionError
from domain.period import Grain
from metrics import By, catalogue
from metrics.listing import in_order, with_successors
from metrics.metric import Better
from metrics.ranking import (
    Entry,
    Order,
    PeerGroup,
    peer_groups,
    ranking,
    standings,
)
from store import Snapshot
from tests.metrics.asking import NOW, ask, days
from tests.metrics.collected import LAM_THAO, PHUNG_NGUYEN, SON_VI, Collected, dossier

ON_TIME = catalogue().metric("on_time_rate_resolved")
RECEIVED = catalogue().metric("dossiers_received")
MARCH = days("2020-03-01", "2020-04-01")


def entry(name: str, value: float | None, **more: Any) -> Entry:
    return Entry(name, name, value, more.pop("denominator", 100.0), **more)


def placed(*entries: Entry, better: Better = Better.HIGHER, **cut: Any) -> list[tuple[Any, str]]:
    return [(one.rank, one.key) for one in standings(entries, better, **cut)]


def test_two_firsts_are_followed_by_a_third() -> None:
    three = (entry("Đông", 99.0), entry("An", 98.0), entry("Dân", 99.0))
    assert placed(*three) == [(1, "Dân"), (1, "Đông"), (3, "An")]
    assert placed(*three, order=Order.WORST) == [(3, "An"), (1, "Dân"), (1, "Đông")]


def test_less_is_better_where_it_is_and_rank_1_stays_the_best() -> None:
    three = (entry("A", 5.0), entry("B", 0.0), entry("C", 9.0))
    assert placed(*three, better=Better.LOWER) == [(1, "B"), (2, "A"), (3, "C")]
    worst = placed(*three, better=Better.LOWER, order=Order.WORST)
    assert worst == [(3, "C"), (2, "A"), (1, "B")]


@pytest.mark.parametrize(
    ("doubtful", "reason"),
    [
        (entry("X", None), "missing"),
        (entry("X", None, freshness="never"), "never"),
        (entry("X", 99.0, denominator=9.0), "small"),
        (entry("X", 99.0, freshness="late"), "late"),
        (entry("X", 99.0, freshness="stale"), "stale"),
        (entry("X", 99.0, freshness="suspect"), "suspect"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_cannot_be_believed_comes_last_without_a_rank(doubtful: Entry, reason: str) -> None:
    first, last = standings([doubtful, entry("A", 10.0)], Better.HIGHER)
    assert (first.key, first.rank, first.of) == ("A", 1, 1)
    assert (last.key, last.rank, last.not_ranked) == ("X", None, reason)


def test_ten_in_the_denominator_are_enough_and_a_holiday_is_no_doubt() -> None:
    [one] = standings([entry("X", 99.0, denominator=10.0, freshness="holiday")], Better.HIGHER)
    assert one.rank == 1
    assert one.percentile is None
    [few] = standings([entry("X", 99.0, denominator=10.0)], Better.HIGHER, minimum=50)
    assert few.not_ranked == "small"


def test_a_percentile_is_the_share_of_the_others_that_are_worse() -> None:
    five = [entry(name, value) for name, value in zip("ABCDE", (9, 7, 7, 5, 1), strict=True)]
    shares = {one.key: one.percentile for one in standings(five, Better.HIGHER)}
    assert shares == {"A": 100, "B": 50, "C": 50, "D": 25, "E": 0}


# ---- of frames


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two communes of Lâm Thao, ten dossiers each month: Phùng Nguyên resolves 9, then 5 of ten
    in time; Sơn Vi 8 each time."""
    home = Collected(tmp_path_factory.mktemp("ranking"), with_dossiers=False)
    sent = [
        dossier(
            f"{area}{month}{number}",
            f"2020-{month:02}-02",
            due=f"2020-{month:02}-20",
            finished=f"2020-{month:02}-{'10' if number < in_time else '25'}",
            area=area,
        )
        for area, month, in_time in (
            (PHUNG_NGUYEN, 2, 9),
            (SON_VI, 2, 8),
            (PHUNG_NGUYEN, 3, 5),
            (SON_VI, 3, 8),
        )
        for number in range(10)
    ]
    home.deliver(sent, reaches="2020-04-05", known="2020-04-05")
    return home.published("2020-04-06")


FEBRUARY = days("2020-02-01", "2020-03-01")


def test_a_rank_moves_against_the_period_compared_with(two_months: Snapshot) -> None:
    now = ask(two_months, ON_TIME.id, LAM_THAO, MARCH, by=By.AREA)
    before = ask(two_months, ON_TIME.id, LAM_THAO, FEBRUARY, by=By.AREA)
    found = ranking(now, ON_TIME, before=before)
    ranked = found[found["rank"].notna()]
    assert ranked["area_id"].tolist() == [SON_VI, PHUNG_NGUYEN]
    assert ranked["rank"].tolist() == [1, 2]
    assert ranked["rank_before"].tolist() == [2, 1]
    assert ranked["rank_change"].tolist() == [1, -1]
    assert ranked["value_before"].tolist() == [80, 90]
    others = found[found["rank"].isna()]
    assert set(others["not_ranked"]) == {"never"}
    assert others["rank_change"].isna().all()


def test_a_late_source_takes_its_areas_out_of_the_ranking(two_months: Snapshot) -> None:
    frame = ask(two_months, ON_TIME.id, LAM_THAO, MARCH, by=By.AREA).assign(freshness="late")
    found = ranking(frame, ON_TIME)
    assert found["rank"].isna().all()
    assert set(found[found["value"].notna()]["not_ranked"]) == {"late"}


def test_the_order_is_chosen_and_the_list_is_cut(two_months: Snapshot) -> None:
    frame = ask(two_months, (ON_TIME.id, RECEIVED.id), LAM_THAO, MARCH, by=By.AREA)
    listed = in_order(frame, catalogue(), "worst", 1)
    assert listed["area_id"].tolist() == [PHUNG_NGUYEN, PHUNG_NGUYEN]
    assert listed["metric"].tolist() == [ON_TIME.id, RECEIVED.id]
    assert listed.attrs == frame.attrs
    with pytest.raises(SelectionError, match=r"no order 'wrost'\. Did you mean 'worst'"):
        in_order(frame, catalogue(), "wrost")


def test_a_ranking_is_of_one_period(two_months: Snapshot) -> None:
    frame = ask(two_months, ON_TIME.id, LAM_THAO, 2020, by=By.AREA, grain=Grain.MONTH)
    with pytest.raises(SelectionError, match="is of one period"):
        ranking(frame, ON_TIME)


def test_a_printed_figure_beside_a_counted_one_is_not_a_second_line(offices: Snapshot) -> None:
    frame = ask(offices, "units_exchanging_signed_rate", None, 2020, by=By.AREA)
    metric = catalogue().metric("units_exchanging_signed_rate")
    assert not ranking(frame, metric)["area_id"].duplicated().any()


# ---- peers


def test_peers_are_of_one_kind_and_one_third_by_volume() -> None:
    communes = register().children("25@2025-07-01", date(2026, 1, 1))
    assert {one.version().kind for one in communes} == {"xã", "phường"}
    frame = pd.DataFrame(
        {"area_id": [one.area_id for one in communes], "period_end": date(2026, 1, 1)}
    )
    volumes = {one.area_id: float(number) for number, one in enumerate(communes)}
    groups = peer_groups(frame, register(), volumes)
    xa = [groups[one.area_id].band for one in communes if one.version().kind == "xã"]
    assert xa == sorted(xa)  # listed by volume
    assert (
        max(xa.count(band) for band in (1, 2, 3)) - min(xa.count(band) for band in (1, 2, 3)) <= 1
    )
    assert PeerGroup("commune", "xã", 3).words.vi == "xã, nhiều hồ sơ"
    even = peer_groups(frame, register(), dict.fromkeys(volumes, 5.0))
    assert {group.band for group in even.values()} == {1}


def test_a_rank_among_peers_stands_beside_the_rank_among_all(two_months: Snapshot) -> None:
    frame = ask(two_months, ON_TIME.id, LAM_THAO, MARCH, by=By.AREA)
    small, large = PeerGroup("commune", "xã", 1), PeerGroup("commune", "xã", 3)
    found = ranking(frame, ON_TIME, groups={PHUNG_NGUYEN: small, SON_VI: large})
    rows = {row["area_id"]: row for row in found.to_dict("records")}
    own = rows[PHUNG_NGUYEN]
    assert (own["rank"], own["peer_rank"], own["peer_ranked"]) == (2, 1, 1)
    assert rows[SON_VI]["peers"] == "xã, nhiều hồ sơ"


def test_few_areas_of_a_kind_are_all_of_one_size(two_months: Snapshot) -> None:
    frame = ask(two_months, ON_TIME.id, "25", MARCH, by=By.AREA)
    groups = peer_groups(frame[frame["area_id"] == LAM_THAO], register(), {})
    assert groups == {LAM_THAO: PeerGroup("district", "huyện", 0)}


# ---- what ended areas became


def test_todays_areas_that_hold_the_old_ones_are_named(reorganised: Snapshot) -> None:
    june = days("2025-06-30", "2025-07-01")
    frame = ask(
        reorganised, "dossiers_pending", None, june, by=By.AREA, level=Level.COMMUNE, now=NOW
    )
    found = with_successors(frame, register()).set_index("area_id")
    assert found.loc[SON_VI, "today_area_id"] == "08521@2025-07-01"
    assert found.loc[SON_VI, "today_area_name"] == "xã Phùng Nguyên"
    assert not found.loc[SON_VI, "today_estimated"]
    assert found.loc["26449@", "today_estimated"]  # Xuân Tâm was split
