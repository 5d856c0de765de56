from domain.area import register
from domain.scope import EVERYTHING, Scope

AREAS = register()
PHU_THO = Scope(frozenset({"25@2025-07-01"}))


def test_a_scope_allows_its_areas_and_what_lies_in_them() -> None:
    assert PHU_THO.allows("25@2025-07-01", AREAS)
    assert PHU_THO.allows("08521@2025-07-01", AREAS)
    assert not PHU_THO.allows("01@2025-07-01", AREAS)
    assert not PHU_THO.allows("VN@", AREAS)


def test_a_scope_allows_the_history_that_its_areas_took_in() -> None:
    assert PHU_THO.allows("26@", AREAS)  # Vĩnh Phúc
    assert PHU_THO.allows("237@", AREAS)
    assert not PHU_THO.allows("93@", AREAS)


def test_a_commune_sees_neither_its_province_nor_its_neighbours() -> None:
    commune = Scope(frozenset({"08521@2025-07-01"}))
    assert commune.allows("08521@", AREAS)
    assert not commune.allows("25@2025-07-01", AREAS)
    assert not commune.allows("07900@2025-07-01", AREAS)


def test_a_scope_includes_what_shows_no_more() -> None:
    justice = Scope(PHU_THO.areas, frozenset({"H44.05"}))
    commune = Scope(frozenset({"08521@2025-07-01"}), frozenset({"H44.05.1"}))
    assert EVERYTHING.includes(PHU_THO, AREAS)
    assert PHU_THO.includes(justice, AREAS)
    assert justice.includes(commune, AREAS)
    assert not PHU_THO.includes(EVERYTHING, AREAS)
    assert not justice.includes(PHU_THO, AREAS)
    assert not commune.includes(justice, AREAS)


def test_everything_allows_all_and_no_area_allows_nothing() -> None:
    assert EVERYTHING.allows("VN@", AREAS)
    assert not Scope(frozenset()).allows("25@", AREAS)


def test_the_key_tells_scopes_apart_and_is_always_the_same() -> None:
    assert Scope(frozenset({"b@", "a@"})).key == Scope(frozenset({"a@", "b@"})).key == "a@,b@/*/0"
    assert len({EVERYTHING.key, Scope(frozenset()).key, PHU_THO.key}) == 3


def test_an_organisation_sees_itself_and_what_lies_below_it() -> None:
    department = Scope(None, frozenset({"H44.05"}))
    assert department.allows_organisation("H44.05")
    assert department.allows_organisation("H44.05.12")
    assert not department.allows_organisation("H44.051")
    assert not department.allows_organisation("H44")
    assert EVERYTHING.allows_organisation("H44.05")


def test_organisations_and_withheld_counts_are_part_of_the_key() -> None:
    assert (
        len(
            {
                PHU_THO.key,
                Scope(PHU_THO.areas, frozenset({"H44.05"})).key,
                Scope(PHU_THO.areas, frozenset()).key,
                Scope(PHU_THO.areas, None, 5).key,
            }
        )
        == 4
    )
