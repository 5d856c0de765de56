"""The index of Decision 766: what is published, what we count, and where points are lost."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import CatalogueError
from domain.scope import EVERYTHING
from metrics import By, Selection, catalogue
from metrics.index766 import Index766, document, index766
from metrics.scheme766 import SCHEME_FILE, load_scheme, scheme
from store import Snapshot
from tests.metrics.asking import NOW, days
from tests.metrics.collected import (
    NEW_PHU_THO,
    Collected,
    dossier,
    observation,
)

AUGUST = days("2025-08-01", "2025-09-01")
MONTH = ("2025-08-01", "2025-09-01")
# Six groups as the portal shows them for a province: an ordinary one stands near 60.
PUBLISHED = {
    "qd766_ckmb": 7.96,
    "qd766_tdgq": 17.68,
    "qd766_clgq": 8.56,
    "qd766_tttt": 6.67,
    "qd766_mdhl": 11.37,
    "qd766_mdsh": 9.62,
}
COMMUNE = "08521@2025-07-01"


def told(metric: str, area: str = NEW_PHU_THO, **figures: Any) -> dict[str, Any]:
    return observation(metric, area, *MONTH, **figures)


def published(home: Collected, *records: dict[str, Any]) -> Snapshot:
    home.deliver(
        records, kind="observation", source="portal", reaches="2025-09-10", known="2025-09-10"
    )
    return home.published("2025-09-11")


def index(snapshot: Snapshot, area: str = "25", **cut: Any) -> Index766:
    selection = Selection(("dossiers_received",), AUGUST, area, **cut)
    return index766(selection, EVERYTHING, snapshot, now=NOW)[0]


def test_the_published_groups_add_up_to_61_86(collected: Collected) -> None:
    # T8
    snapshot = published(collected, *(told(name, value=score) for name, score in PUBLISHED.items()))
    found = index(snapshot)
    assert found.official == pytest.approx(61.86)
    assert found.official_judged == 100
    assert found.words.vi == "61,86 trên tối đa 100 điểm (chính thức)"
    assert found.band is not None
    assert found.band.vi == "trung bình"


def test_five_groups_are_of_80_points_and_never_of_100(collected: Collected) -> None:
    five = {name: score for name, score in PUBLISHED.items() if name != "qd766_tdgq"}
    snapshot = published(collected, *(told(name, value=score) for name, score in five.items()))
    found = index(snapshot)
    assert found.official is None
    assert found.official_score == pytest.approx(44.18)
    assert found.official_judged == 80
    assert found.words.vi == "44,18 trên tối đa 80 điểm (5 nhóm đã công bố)"
    assert found.band is None


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Ten dossiers of the province in August 2025: four online, eight in time; portal figures
    for two components; every dossier in time at the commune."""
    home = Collected(tmp_path_factory.mktemp("counted"), with_dossiers=False)
    sent = [
        dossier(
            f"D{n}",
            "2025-08-04",
            due="2025-08-20",
            finished="2025-08-25" if n < 2 else "2025-08-19",
            area=NEW_PHU_THO,
            channel="online" if n < 4 else "direct",
        )
        for n in range(10)
    ]
    sent.append(dossier("C", "2025-08-04", due="2025-08-20", finished="2025-08-19", area=COMMUNE))
    home.deliver(sent, reaches="2025-09-10", known="2025-09-10")
    return published(
        home,
        told("publish_on_time_rate", numerator=3, denominator=4, standalone=True),
        told("procedures_online_rate", numerator=60, denominator=100, standalone=True),
        told("qd766_tdgq", value=16.36),
        told("qd766_total_score", value=58.5),
    )


def components(found: Index766) -> dict[str, Any]:
    return {one.component.code: one for group in found.groups for one in group.components}


def test_points_follow_from_shares_and_stop_at_the_most(counted: Snapshot) -> None:
    parts = components(index(counted))
    # 9 of 11 in time: 20 x 9/11. 4 of 11 online, all points at 50 %: 6 x (4/11)/0.5.
    assert parts["ON_TIME"].score == pytest.approx(20 * 9 / 11)
    assert parts["ONLINE_DOSSIERS"].score == pytest.approx(6 * (4 / 11) / 0.5)
    assert parts["PUBLISH_ON_TIME"].score == pytest.approx(4.5)
    assert parts["PUBLISH_ON_TIME"].is_reported
    # 60 of 100 procedures: 2 x 0.6/0.8.
    assert parts["ONLINE_SERVICES"].score == pytest.approx(1.5)
    full = parts["ONLINE_SERVICES"].component
    assert full.score(80) == full.score(100) == 2


def test_what_nobody_tells_costs_no_points_and_is_said(counted: Snapshot) -> None:
    found = index(counted)
    parts = components(found)
    untold = parts["DOSSIER_SYNC"]
    assert (untold.score, untold.lost, untold.why) == (None, None, "missing")
    nobody = parts["ELECTRONIC_CERTIFIED_COPY"]
    assert (nobody.score, nobody.why) == (None, "missing")
    judged = sum(one.component.max for one in parts.values() if one.score is not None)
    assert found.judged == judged < 100
    assert found.score == pytest.approx(sum(one.score for one in parts.values() if one.score))


def test_what_would_win_most_back_comes_first_and_says_how_many(counted: Snapshot) -> None:
    found = index(counted)
    losses = [(one.component.code, one.missing) for one in found.losses]
    # Lost: on time 3.64, online 1.64, published 1.5, services 0.5.
    assert losses[:4] == [
        ("ON_TIME", 2),  # all 11
        ("ONLINE_DOSSIERS", 2),  # 5.5 of 11, so 6
        ("PUBLISH_ON_TIME", 1),
        ("ONLINE_SERVICES", 20),  # 80 of 100
    ]
    lost = [one.lost or 0 for one in found.losses]
    assert lost == sorted(lost, reverse=True)


def test_the_published_score_is_authoritative_and_ours_stands_beside_it(
    counted: Snapshot,
) -> None:
    found = index(counted)
    assert found.official == 58.5
    assert found.words.en == "58.50 of 100 points (official)"
    progress = next(group for group in found.groups if group.group.code == "TDGQ")
    # 20 x 9/11 = 16.3636 against the printed 16.36: the same but for rounding.
    assert progress.difference == pytest.approx(0.0036, abs=1e-4)
    assert progress.agrees(scheme().tolerance) is True
    partly = next(group for group in found.groups if group.group.code == "CKMB")
    assert partly.score == pytest.approx(4.5)
    assert (partly.judged, partly.difference) == (6, None)


def test_every_commune_has_an_index_of_its_own(counted: Snapshot) -> None:
    selection = Selection(("dossiers_received",), AUGUST, "25", by=By.AREA)
    found = {one.area_id: one for one in index766(selection, EVERYTHING, counted, now=NOW)}
    assert len(found) == 148
    own = found[COMMUNE]
    assert components(own)["ON_TIME"].score == 20
    assert own.official is None
    assert "tính lại" in own.words.vi
    silent = next(one for one in found.values() if one.area_id != COMMUNE)
    assert (silent.score, silent.words.vi) == (None, "Chưa có số liệu.")


def test_without_feedback_its_points_are_full_and_without_dossiers_satisfaction_is_zero() -> None:
    parts = {one.code: one for group in scheme().groups for one in group.components}
    assert parts["PETITION_PROCESSING_ON_TIME"].score_of_nothing == 6
    assert parts["PETITION_HANDLING_SATISFACTION"].score_of_nothing == 6
    assert parts["DOSSIER_RECEIVING_SATISFACTION"].score_of_nothing == 0
    assert parts["DOSSIER_SYNC"].score_of_nothing is None


def test_an_index_is_a_document(counted: Snapshot) -> None:
    [one] = document([index(counted)])
    assert one["scheme"] == "qd766_2022 v1"
    assert "Bản tính lại" in one["note"]["vi"]
    assert [group["max"] for group in one["groups"]] == [18, 20, 22, 12, 10, 18]


# ---- the scheme


def test_the_groups_are_18_20_22_12_10_18() -> None:
    ours = scheme()
    assert {group.code: group.max for group in ours.groups} == {
        "CKMB": 18, "TDGQ": 20, "MDSH": 22, "CLGQ": 12, "TTTT": 10, "MDHL": 18,
    }  # fmt: skip
    assert ours.max == 100
    assert [ours.band(score).vi for score in (90, 89.9, 70, 49.9)] == [
        "xuất sắc", "tốt", "khá", "yếu",
    ]  # fmt: skip
    assert {ours.total, *(group.official for group in ours.groups)} <= set(catalogue().metrics)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("max = 20", "max = 21", r"\[TDGQ\]: max is 21, and its components add up to 20"),
        ("full_at = 50", "full_ta = 50", r"\[ONLINE_DOSSIERS\]: full_ta .* Did you mean 'full_at'"),
        ('when_nothing = "zero"', 'when_nothing = "0"', "Choose unknown, zero, full"),
        ("full_at = 50", "full_at = 0", "must be a share above 0"),
        ("tolerance = 0.015", "", "tolerance is missing"),
    ],
)
def test_a_wrong_scheme_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = SCHEME_FILE.read_text(encoding="utf-8")
    path = tmp_path / "scheme.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=told):
        load_scheme(path)
