"""What codes are called: the newest name, a catalogue's first, found without accents."""

from datetime import date
from pathlib import Path

import pytest

from domain.scope import EVERYTHING, Scope
from metrics.names import found, known, named
from metrics.selection import By
from store import Snapshot
from tests.metrics.collected import Collected, dossier


def organisation(code: str, name: str) -> dict[str, object]:
    return {"organisation_code": code, "valid_from": date.min, "name": name}


def two_dossiers(home: Path) -> Collected:
    """Two dossiers of two departments, one of which a catalogue names, below its province."""
    land = {"field_code": "DD", "field_name": "Đất đai", "procedure_code": "1.1"}
    first = dossier("A", "2020-07-01", competent_organisation="H44.05", channel="online", **land)
    second = dossier("B", "2020-07-02", competent_organisation="H44.06", procedure_code="1.2")
    names = [organisation("H44", "UBND tỉnh"), organisation("H44.05", "Sở Tư pháp")]
    collected = Collected(home, with_dossiers=False)
    return collected.deliver([first, second]).deliver(names, kind="organisation")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return two_dossiers(tmp_path_factory.mktemp("named")).published()


@pytest.fixture
def collected(tmp_path: Path) -> Collected:
    """The same, of which more may be told."""
    return two_dossiers(tmp_path)


def test_what_was_counted_is_listed_by_name_and_else_by_code(snapshot: Snapshot) -> None:
    listed = known(snapshot, By.ORGANISATION, EVERYTHING)
    assert [(one.code, one.name, one.within) for one in listed] == [
        ("H44.06", "H44.06", "UBND tỉnh"),
        ("H44.05", "Sở Tư pháp", "UBND tỉnh"),
    ]


def test_the_organisations_of_a_scope_alone_are_listed(snapshot: Snapshot) -> None:
    scope = Scope(None, frozenset({"H44.05"}))
    assert [one.code for one in known(snapshot, By.ORGANISATION, scope)] == ["H44.05"]


@pytest.mark.parametrize("text", ["so tu phap", "SỞ tư", "h44.05", "phap ubnd"])
def test_an_organisation_is_found_without_accents_and_by_its_code(
    snapshot: Snapshot, text: str
) -> None:
    listed = known(snapshot, By.ORGANISATION, EVERYTHING)
    assert [one.code for one in found(text, listed, 5)] == ["H44.05"]


def test_a_newer_name_takes_the_place_of_the_old_one(
    collected: Collected, snapshot: Snapshot
) -> None:
    assert named(snapshot, By.FIELD, "DD").name == "Đất đai"
    later = dossier("C", "2020-07-03", field_code="DD", field_name="Đất đai, môi trường")
    collected.deliver([later], known="2021-01-06")
    assert named(collected.published("2021-01-06 10:00"), By.FIELD, "DD").name == (
        "Đất đai, môi trường"
    )


def test_a_catalogues_name_goes_before_that_of_a_dossier(collected: Collected) -> None:
    procedure = {
        "procedure_code": "1.1",
        "owner_area": "25@",
        "valid_from": date(2020, 1, 1),
        "field_code": "DD",
        "field_name": "Đất đai (danh mục)",
    }
    collected.deliver([procedure], kind="procedure", known="2021-01-04")
    assert named(collected.published(), By.FIELD, "DD").name == "Đất đai (danh mục)"
