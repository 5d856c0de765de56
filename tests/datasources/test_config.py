"""Promises of sources.toml: what is wrong is named by file, stanza, key and the right key."""

from datetime import time

import pytest

from datasources.config import known_sources, read_sources, source_named
from domain.errors import CatalogueError, UnknownNameError
from tests.datasources.home import Home

GOOD = """
[permits]
kind = "csv"
record = "dossier"
path = "/data/permits/*.csv"
schedule = "*/15 * * * *"
expected_by = "17:00"
time_zone = "Asia/Ho_Chi_Minh"
deadline_precision = "day"
[permits.columns]
dossier_code = "case:concept:name"
competent_area = "case:department"
[permits.values.competent_area]
"*" = "25"
"""
PORTAL = """
[portal]
kind = "dvcqg"
url = "https://dichvucong.example.vn/dongbo"
agency = "H44"
username = "ioc"
password_file = "config/password"
"""


def complaint(home: Home, sources: str) -> str:
    home.configure(sources)
    with pytest.raises(CatalogueError) as refusal:
        read_sources(home.path)
    return refusal.value.message


def test_the_example_of_the_manual_is_read(home: Home) -> None:
    home.configure(GOOD)
    permits = read_sources(home.path)["permits"]
    assert permits.expected_by == time(17)
    assert permits.schedule == "*/15 * * * *"
    assert permits.title is None


def test_a_source_is_frozen(home: Home) -> None:
    home.configure(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        read_sources(home.path)["permits"].owner = "somebody"  # type: ignore[misc]


def test_the_printed_figures_are_a_source_of_every_home(home: Home) -> None:
    home.configure(GOOD)
    assert list(known_sources(home.path)) == ["press", "permits"]


@pytest.mark.parametrize(
    ("stands", "written", "words"),
    [
        ("schedule = ", "schedul = ", ["schedul is no key", "Did you mean 'schedule'?"]),
        ('kind = "csv"', 'kind = "cvs"', ["kind", "'cvs'", "Did you mean 'csv'?"]),
        ('record = "dossier"', 'record = "dosier"', ["record", "'dossier'"]),
        ("dossier_code = ", "dosier_code = ", ["dosier_code", "Did you mean 'dossier_code'"]),
        ("17:00", "17:60", ["expected_by"]),
        ("Asia/Ho_Chi_Minh", "Asia/HoChiMinh", ["time_zone", "'Asia/Ho_Chi_Minh'"]),
        ("*/15 * * * *", "*/15 * * * 1", ["schedule", "weekday number"]),
        ('precision = "day"', 'precision = "days"', ["deadline_precision", "'day' or 'second'"]),
        ('path = "/data/permits/*.csv"\n', "", ["path is missing. See: source new csv"]),
        ("\ncompetent_area = ", "\ncompetent_aera = ", ["'competent_area'"]),
        ("values.competent_area]", "values.area]", ["values.area is no field of a dossier"]),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_nearest_right_key(
    home: Home, stands: str, written: str, words: list[str]
) -> None:
    assert stands in GOOD
    told = complaint(home, GOOD.replace(stands, written))
    assert told.startswith("config/sources.toml: [permits]")
    for word in words:
        assert word in told


def test_a_title_has_two_languages(home: Home) -> None:
    told = complaint(home, GOOD.replace("[permits]\n", '[permits]\ntitle.vi = "Hồ sơ"\n'))
    assert "title.en is missing" in told


def test_an_unknown_language_is_named_beside_the_known_ones(home: Home) -> None:
    title = 'title = { vi = "Hồ sơ", en = "Dossiers", fr = "Dossiers" }\n'
    told = complaint(home, GOOD.replace("[permits]\n", f"[permits]\n{title}"))
    assert "title.fr is no key" in told
    assert "vi, en" in told


def test_a_dossier_must_lie_somewhere(home: Home) -> None:
    told = complaint(
        home, GOOD.replace('competent_area = "case:department"\n', "").split("[permits.v")[0]
    )
    assert "columns lacks a place: one of competent_area" in told


def test_an_observation_needs_its_period(home: Home) -> None:
    observed = GOOD.split("[permits.columns]", maxsplit=1)[0].replace("dossier", "observation")
    columns = '[permits.columns]\nmetric = "m"\narea = "a"\nperiod_start = "s"\n'
    assert "columns lacks period_end, which every observation has" in complaint(
        home, observed + columns
    )


def test_picking_needs_groups_and_groups_their_key(home: Home) -> None:
    picking = GOOD + '[permits.pick]\ncompetent_area = "last"\n'
    assert 'add group_by = "dossier_code"' in complaint(home, picking)
    grouping = GOOD.replace("[permits.columns]", 'group_by = "competent_area"\n[permits.columns]')
    assert "group_by can only be dossier_code" in complaint(home, grouping)


def test_a_date_format_with_foreign_letters_is_refused(home: Home) -> None:
    told = complaint(
        home, GOOD.replace("[permits.columns]", 'formats = ["%d.%m.%Y"]\n[permits.columns]')
    )
    assert "formats" in told
    assert "letters other than yyyy MM dd" in told


@pytest.mark.parametrize("key", ["agency", "username", "password_file"])
def test_a_system_that_is_asked_needs_an_account(home: Home, key: str) -> None:
    lines = [line for line in PORTAL.splitlines() if not line.startswith(key)]
    assert "url needs agency, username and password_file" in complaint(home, "\n".join(lines))


def test_a_dossier_system_is_read_from_files_or_asked_and_not_both(home: Home) -> None:
    assert "either path" in complaint(home, PORTAL + 'path = "incoming"\n')


def test_a_password_does_not_stand_in_the_configuration_and_is_not_repeated(home: Home) -> None:
    told = complaint(home, PORTAL + 'password = "hunter2"\n')
    assert "password is no key" in told
    assert "Did you mean 'password_file'" in told
    assert "hunter2" not in told


def test_a_broken_file_and_a_missing_one_are_said_to_be_so(home: Home) -> None:
    assert "is not TOML" in complaint(home, "[permits\n")
    (home.path / "config" / "sources.toml").unlink()
    with pytest.raises(CatalogueError, match="does not exist"):
        read_sources(home.path)


@pytest.mark.parametrize("name", ["Permits", '"giấy_phép"', '"../x"', "1st"])
def test_an_id_is_small_letters_for_it_names_folders(home: Home, name: str) -> None:
    assert "is no source id" in complaint(home, GOOD.replace("[permits", f"[{name}"))


def test_press_is_taken(home: Home) -> None:
    assert "printed figures" in complaint(home, GOOD.replace("permits", "press"))


def test_an_unknown_source_is_told_the_nearest(home: Home) -> None:
    home.configure(GOOD)
    with pytest.raises(UnknownNameError, match="Did you mean 'permits'"):
        source_named(read_sources(home.path), "permit")
