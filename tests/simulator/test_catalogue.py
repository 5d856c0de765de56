"""The simulated catalogues and the simulated feedback: whole lives, and told only when due."""

import json
from collections import defaultdict
from datetime import date

import pytest

from datasources.simulator.catalogue import (
    THREE_WORDS,
    Version,
    entry_answer,
    known_versions,
    list_answer,
    versions,
)
from datasources.simulator.clock import DAY, end_of_day
from datasources.simulator.desks import System, systems
from datasources.simulator.dropbox import Dropbox
from datasources.simulator.feedback import WEEK, files, last_file, shown
from datasources.simulator.procedures import procedures
from datasources.simulator.world import World

SYSTEM = next(system for system in systems() if system.code == "H14")


def by_procedure(system: System) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = defaultdict(list)
    for version in versions(system):
        found[version.procedure.code].append(version)
    return found


def test_each_version_begins_on_the_day_the_one_before_it_ends() -> None:
    told = by_procedure(SYSTEM)
    assert len(told) == len(procedures())
    for line in told.values():
        assert [one.ends for one in line[:-1]] == [one.begins for one in line[1:]]
        assert line[-1].ends is None


def test_a_procedure_only_ever_goes_up_and_is_renamed_in_august_2022() -> None:
    for line in by_procedure(SYSTEM).values():
        assert [one.level for one in line] == sorted(one.level for one in line)
        assert any(one.begins == THREE_WORDS for one in line)


def test_nothing_is_known_of_a_version_before_it_begins() -> None:
    day = date(2022, 8, 14)
    told = known_versions(SYSTEM, day)
    assert max(one.begins for one in told) <= day
    assert all(one.ends is None or one.ends <= day for one in told)
    listed = json.loads(list_answer(SYSTEM, day))["result"]
    entries = json.loads(entry_answer(SYSTEM, listed[0]["MATTHC"], day))["result"]
    assert next(one["MUCDO"] for one in entries if not one["NGAYHETHIEULUC"]) in {"2", "3", "4"}


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, ["04"], date(2025, 6, 1), date(2025, 8, 31), scale=2)


def test_the_same_reports_come_in_however_the_world_is_asked(world: World) -> None:
    again = World(7, ["04"], date(2025, 6, 1), date(2025, 8, 31), scale=2)
    at = end_of_day(date(2025, 7, 15))
    piecemeal = [again.feedback("04", at - days * DAY) for days in (30, 3, 0)][-1]
    assert piecemeal == world.feedback("04", at)
    assert len({one.code for one in piecemeal}) == len(piecemeal) > 50


def test_what_is_shown_of_a_report_never_runs_ahead(world: World) -> None:
    at = end_of_day(date(2025, 7, 31))
    for report in world.feedback("04", at):
        one = shown(report, at)
        assert one.updated <= at
        assert one.stars is None or report.rated <= at
        later = shown(report, at + 400 * DAY)
        assert later.updated >= one.updated


def test_weekly_files_hold_every_change_once_and_the_words_of_people(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("feedback")
    now = end_of_day(date(2025, 8, 31))
    Dropbox(world, folder).catch_up(now)
    told = [path.read_text() for path in sorted((folder / "feedback").rglob("*.*"))]
    assert len(told) > 20
    assert all("Kính gửi" in text for text in told)
    everything = "".join(told)
    missing = [one for one in world.feedback("04", last_file(now)) if one.code not in everything]
    assert missing == []
    days = files(0, now)[-2:]
    assert days[1] - days[0] == WEEK
    assert date.fromordinal(719163 + days[1] // DAY).weekday() == 0  # a Monday


def test_the_catalogue_of_organisations_is_written_anew_at_the_reorganisation(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("organisations")
    dropbox = Dropbox(world, folder)
    dropbox.catch_up(end_of_day(date(2025, 6, 15)))
    path = folder / "organisations" / "danh-muc.json"
    before = json.loads(path.read_text())
    dropbox.catch_up(end_of_day(date(2025, 7, 15)))
    after = json.loads(path.read_text())
    assert len(after) > len(before)
    assert not any(one["NgayHetHieuLuc"] for one in before)
    assert any(one["NgayHetHieuLuc"] == "2025-07-01" for one in after)
