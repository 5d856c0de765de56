"""What a scope keeps from view: other areas, other organisations, and counts of few people."""

import math

import pandas as pd
import pytest

from domain.area import Level
from domain.errors import ScopeError
from domain.period import Grain
from domain.scope import EVERYTHING, Scope
from metrics import By
from store import Snapshot
from tests.metrics.asking import ask, days, value
from tests.metrics.collected import PHUNG_NGUYEN, SON_VI, Collected, dossier, observation

RECEIVED, RATE = "dossiers_received", "on_time_rate_resolved"
DESK = Scope(None, frozenset({"H44.18"}))  # resolved one dossier, ON, on time
OUTSIDE = Scope(None, None, 5)


def test_an_organisation_counts_only_what_it_did(year_2020: Snapshot) -> None:
    assert value(year_2020, RECEIVED) == 15
    assert value(year_2020, RECEIVED, scope=DESK) == 1
    assert value(year_2020, RATE, scope=DESK) == 100
    assert value(year_2020, RECEIVED, scope=Scope(None, frozenset({"H44"}))) == 15
    assert value(year_2020, RECEIVED, scope=Scope(None, frozenset({"H44.1"}))) == 0


def test_an_organisation_sees_no_other_however_it_asks(year_2020: Snapshot) -> None:
    frame = ask(year_2020, RECEIVED, by=By.ORGANISATION, scope=DESK)
    assert frame["dimension_value"].tolist() == ["H44.18"]
    own = (("organisation", "H44.18"),)
    assert value(year_2020, RECEIVED, scope=DESK, filters=own) == 1
    for foreign in ("H44.07", "H44", "H44.181", "' or true --"):
        with pytest.raises(ScopeError, match="outside the organisations"):
            ask(year_2020, RECEIVED, scope=DESK, filters=(*own, ("organisation", foreign)))


def test_the_past_and_lists_of_areas_are_narrowed_too(year_2020: Snapshot) -> None:
    listed = ask(year_2020, RECEIVED, by=By.AREA, level=Level.COMMUNE, scope=DESK)
    assert listed["value"].fillna(0).sum() == 0  # ON was resolved at the province
    months = ask(year_2020, RECEIVED, grain=Grain.MONTH, scope=DESK)
    assert months["value"].fillna(0).tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_a_figure_of_a_whole_area_is_no_organisations(collected: Collected) -> None:
    files = "work_files_online_rate"
    told = observation(files, "25@", "2020-01-01", "2020-02-01", numerator=40, denominator=50)
    snapshot = collected.deliver([told], kind="observation").published()
    january = days("2020-01-01", "2020-02-01")
    assert value(snapshot, files, "25", january) == 80
    assert math.isnan(value(snapshot, files, "25", january, scope=DESK))


# ---- small counts


def by_commune(snapshot: Snapshot, scope: Scope) -> pd.DataFrame:
    frame = ask(snapshot, RECEIVED, by=By.AREA, level=Level.COMMUNE, scope=scope)
    return frame[frame["value"].notna() | (frame["status_reason"] == "withheld")]


def test_small_counts_are_withheld_with_what_would_give_them_away(year_2020: Snapshot) -> None:
    open_ = by_commune(year_2020, EVERYTHING)
    assert sorted(open_.loc[open_["value"] > 0, "value"]) == [1, 9]
    seen = by_commune(year_2020, OUTSIDE)
    assert seen.loc[seen["area_id"] == PHUNG_NGUYEN, "value"].isna().all()
    # 1 alone would be what the total lacks; with the 9 it is not.
    assert seen.loc[seen["area_id"] == SON_VI, "status_reason"].tolist() == ["withheld"]
    assert value(year_2020, RECEIVED, scope=OUTSIDE) == 15


def test_a_series_gives_no_small_month_away(year_2020: Snapshot) -> None:
    months = ask(year_2020, RECEIVED, grain=Grain.MONTH, scope=OUTSIDE)
    withheld = (months["status_reason"] == "withheld").tolist()
    assert [n + 1 for n, one in enumerate(withheld) if one] == [2, 7, 8, 9, 12]  # 1 + 2 + 1 + 1 + 1
    assert months["value"].iloc[2] == 9


def test_a_ratio_goes_with_its_small_counts(year_2020: Snapshot) -> None:
    (row,) = ask(year_2020, RATE, scope=OUTSIDE).to_dict("records")
    # 3 of 11 in time
    assert math.isnan(row["value"])
    assert math.isnan(row["denominator"])
    assert (row["status"], row["status_reason"]) == ("unknown", "withheld")


def test_zero_is_not_small_and_enough_is_shown(collected: Collected) -> None:
    snapshot = collected.deliver([dossier(f"A{n}", "2020-03-02") for n in range(5)]).published()
    assert value(snapshot, RECEIVED, scope=OUTSIDE) == 5
    assert value(snapshot, "dossiers_paused", scope=OUTSIDE) == 0
