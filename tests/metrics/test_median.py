"""The median of an area is the middle of all its dossiers, however it is asked for."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.area import Boundaries, Level
from domain.period import Grain
from domain.scope import EVERYTHING
from metrics import By, Selection
from metrics.drill import Part, drill
from store import Snapshot
from tests.metrics.asking import NOW, ask, days
from tests.metrics.collected import PHUNG_NGUYEN, SON_VI, Collected, at, dossier

MEDIAN = "median_processing_days"
JUNE = days("2020-06-01", "2020-07-01")
# Working days from Monday 1 June 2020: the 2nd is the first, Friday the 12th the ninth.
FEW = (("A1", "2020-06-01", "2020-06-02"), ("A2", "2020-06-01", "2020-06-02"),
       ("A3", "2020-06-01", "2020-06-03"))  # fmt: skip
MANY = (("B1", "2020-06-01", "2020-06-12"), ("B2", "2020-06-05", "2020-06-12"),
        ("B3", "2020-06-05", "2020-06-12"))  # fmt: skip


def told(area: str, rows: Any, **fields: Any) -> list[dict[str, Any]]:
    return [
        dossier(code, since, finished=f"{until} 16:00", area=area, **fields)
        for code, since, until in rows
    ]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Days taken: 1, 1, 2 in Sơn Vi, and 9, 5, 5 in Phùng Nguyên, first told as direct ones."""
    home = Collected(tmp_path_factory.mktemp("median"))
    home.deliver([*told(SON_VI, FEW), *told(PHUNG_NGUYEN, MANY)], known="2020-06-20")
    home.published("2020-06-20 21:00")
    home.deliver(told(PHUNG_NGUYEN, MANY, channel="online"), known="2020-07-02")
    return home.published("2020-07-02 21:00")


def test_days_of_waiting_are_nobodys(tmp_path: Path) -> None:
    # 9 and 4 working days up to the 12th; the first waited on the 2nd, the 4th and the 5th: 6.
    waits = [
        {"start": at("2020-06-02"), "end": at("2020-06-03")},
        {"start": at("2020-06-04"), "end": at("2020-06-06")},
    ]
    rows = told(SON_VI, (("W", "2020-06-01", "2020-06-12"),), pauses=waits)
    home = Collected(tmp_path)
    home.deliver([*rows, *told(SON_VI, (("X", "2020-06-08", "2020-06-12"),))], known="2020-06-20")
    snapshot = home.published("2020-06-20 21:00")
    assert middle(snapshot) == middle(snapshot, filters=(("channel", "direct"),)) == [(5, 1, 2)]
    assert ask(snapshot, "avg_processing_days", "25", JUNE)["value"].tolist() == [5]
    within = drill(Selection((MEDIAN,), JUNE, "25"), Part.NUMERATOR, EVERYTHING, snapshot, now=NOW)
    assert ([row.dossier_code for row in within.rows], within.is_complete) == (["X"], True)


def middle(snapshot: Snapshot, area: str | None = "25", **cut: Any) -> list[tuple[float, ...]]:
    frame = ask(snapshot, MEDIAN, area, cut.pop("span", JUNE), **cut)
    return list(frame[["value", "numerator", "denominator"]].itertuples(index=False, name=None))


def test_a_province_has_the_middle_of_all_its_dossiers_and_not_of_its_communes(
    snapshot: Snapshot,
) -> None:
    # 1 1 2 | 5 5 9: half way between 2 and 5. The medians of the two communes are 1 and 5.
    assert middle(snapshot) == [(3.5, 3, 6)]
    assert middle(snapshot, SON_VI) == [(1, 2, 3)]
    assert middle(snapshot, PHUNG_NGUYEN) == [(5, 2, 3)]
    assert middle(snapshot, boundaries=Boundaries.TODAY) == [(3.5, 3, 6)]
    communes = ask(snapshot, MEDIAN, "25", JUNE, by=By.AREA, level=Level.COMMUNE)
    assert sorted(communes["value"].dropna()) == [1, 5]


def test_the_middle_is_that_of_the_days_asked_for(snapshot: Snapshot) -> None:
    first = days("2020-06-01", "2020-06-11")
    assert middle(snapshot, span=first) == [(1, 2, 3)]
    weeks = ask(snapshot, MEDIAN, "25", days("2020-06-01", "2020-06-15"), grain=Grain.WEEK)
    assert weeks["value"].tolist() == [1, 5]
    assert ask(snapshot, MEDIAN, "25", 2020, grain=Grain.QUARTER)["value"].tolist()[1] == 3.5


def test_a_correction_of_several_at_once_keeps_every_amount(snapshot: Snapshot) -> None:
    # 9, 5 and 5 were taken back and told again together; they are no 6, 6 and 6.
    assert middle(snapshot, filters=(("channel", "online"),)) == [(5, 2, 3)]
    assert middle(snapshot, filters=(("channel", "direct"),)) == [(1, 2, 3)]
    by_channel = ask(snapshot, MEDIAN, "25", JUNE, by=By.CHANNEL)
    assert by_channel["value"].tolist() == [1, 5]


def test_a_past_day_has_the_middle_that_was_known_then(snapshot: Snapshot) -> None:
    then = date(2020, 6, 30)
    assert middle(snapshot, as_of=then) == [(3.5, 3, 6)]
    assert middle(snapshot, as_of=then, filters=(("channel", "direct"),)) == [(3.5, 3, 6)]
    assert middle(snapshot, as_of=date(2020, 7, 2)) == [(3.5, 3, 6)]


def test_behind_a_median_are_the_dossiers_that_took_no_longer(snapshot: Snapshot) -> None:
    selection = Selection((MEDIAN,), JUNE, "25")
    within = drill(selection, Part.NUMERATOR, EVERYTHING, snapshot, now=NOW)
    assert sorted(row.dossier_code for row in within.rows) == ["A1", "A2", "A3"]
    whole = drill(selection, Part.DENOMINATOR, EVERYTHING, snapshot, now=NOW)
    assert (within.is_complete, whole.is_complete, whole.dossiers) == (True, True, 6)
