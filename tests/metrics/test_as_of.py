from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.area import Level
from domain.period import Grain
from metrics import By
from store import Snapshot
from tests.metrics.asking import ask, days, value
from tests.metrics.collected import OLD_PHU_THO, PHUNG_NGUYEN, Collected, dossier, observation

JULY = days("2020-07-01", "2020-08-01")
FILES = "work_files_online_rate"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """In August a source tells that a dossier it had called open was finished on 5 July."""
    home = Collected(tmp_path_factory.mktemp("corrected"), with_dossiers=False)
    open_still = dossier("X", "2020-07-01", due="2020-07-10", area=PHUNG_NGUYEN)
    finished = dossier(
        "X", "2020-07-01", due="2020-07-10", finished="2020-07-05", area=PHUNG_NGUYEN
    )
    month = (PHUNG_NGUYEN, "2020-07-01", "2020-08-01")
    home.deliver([open_still], known="2020-07-20", reaches="2020-07-20")
    home.deliver([finished], known="2020-08-10", reaches="2020-08-10")
    home.deliver(
        [observation(FILES, *month, numerator=1, denominator=4)],
        kind="observation",
        source="work",
        known="2020-08-02",
        reaches="2020-08-02",
    )
    home.deliver(
        [
            observation(FILES, *month, numerator=3, denominator=4),
            observation("dti_score", OLD_PHU_THO, "2020-07-01", "2020-08-01", value=500),
        ],
        kind="observation",
        source="work",
        known="2020-08-10",
        reaches="2020-08-10",
    )
    return home.published("2020-09-01")


@pytest.mark.parametrize(
    ("as_of", "pending", "overdue", "resolved"),
    [("2020-07-31", 1, 1, 0), ("2020-08-09", 1, 1, 0), ("2020-08-10", 0, 0, 1), (None, 0, 0, 1)],
)
def test_a_past_report_is_told_as_it_was_known(
    corrected: Snapshot, as_of: str | None, pending: int, overdue: int, resolved: int
) -> None:
    day = date.fromisoformat(as_of) if as_of else None
    frame = ask(
        corrected,
        ("dossiers_pending", "dossiers_pending_overdue", "dossiers_resolved"),
        span=JULY,
        as_of=day,
    )
    assert frame["value"].tolist() == [pending, overdue, resolved]


def test_before_anything_was_known_everything_is_missing(corrected: Snapshot) -> None:
    frame = ask(corrected, ("dossiers_received", FILES), span=JULY, as_of=date(2020, 7, 19))
    assert frame["value"].isna().all()


def test_days_after_the_as_of_day_do_not_count(corrected: Snapshot) -> None:
    frame = ask(
        corrected,
        "dossiers_pending_overdue",
        span=days("2020-07-18", "2020-07-24"),
        grain=Grain.DAY,
        as_of=date(2020, 7, 21),
    )
    np.testing.assert_equal(frame["value"].to_numpy(), [1, 1, 1, 1, np.nan, np.nan])
    assert frame["open"].tolist() == [False, False, False, False, True, True]


def test_observations_too_are_told_as_they_were_known(corrected: Snapshot) -> None:
    def rate(day: date | None) -> float:
        return value(corrected, FILES, PHUNG_NGUYEN, JULY, as_of=day)

    assert np.isnan(rate(date(2020, 8, 1)))
    assert rate(date(2020, 8, 2)) == 25
    assert rate(date(2020, 8, 10)) == rate(None) == 75


def test_delivered_scores_are_told_as_they_were_known(corrected: Snapshot) -> None:
    assert np.isnan(value(corrected, "dti_score", "25", JULY, as_of=date(2020, 8, 9)))
    assert value(corrected, "dti_score", "25", JULY, as_of=date(2020, 8, 10)) == 500


def test_as_of_goes_with_levels_filters_and_dimensions(corrected: Snapshot) -> None:
    past: dict[str, Any] = {"span": JULY, "as_of": date(2020, 7, 31)}
    assert value(corrected, "dossiers_pending", level=Level.COMMUNE, **past) == 1
    filtered = value(corrected, "dossiers_pending", filters=(("channel", "postal"),), **past)
    assert filtered == 0
    by_channel = ask(corrected, "dossiers_pending", by=By.CHANNEL, **past)
    assert by_channel["dimension_value"].tolist() == ["direct"]
    assert by_channel["value"].tolist() == [1]


def test_what_was_open_of_each_procedure_on_a_past_day(tmp_path: Path) -> None:
    def open_one(code: str, procedure: str, **more: Any) -> dict[str, Any]:
        return dossier(code, "2020-07-01", due="2020-07-10", procedure_code=procedure, **more)

    home = Collected(tmp_path, with_dossiers=False)
    first = [open_one("A1", "1.A"), open_one("A2", "1.A"), open_one("B1", "2.B")]
    home.deliver(first, known="2020-07-20", reaches="2020-07-20")
    # A1 had long been finished, and A2 was another procedure: both told later.
    later = [open_one("A1", "1.A", finished="2020-07-05"), open_one("A2", "2.B")]
    home.deliver(later, known="2020-08-10", reaches="2020-08-10")
    snapshot = home.published("2020-09-01")

    def stock(as_of: date | None) -> dict[str, float]:
        frame = ask(snapshot, "dossiers_pending", span=JULY, by=By.PROCEDURE, as_of=as_of)
        told = zip(frame["dimension_value"], frame["value"], strict=True)
        return {name: value for name, value in told if value}

    assert stock(date(2020, 7, 31)) == {"1.A": 2, "2.B": 1}
    assert stock(None) == {"2.B": 2}
