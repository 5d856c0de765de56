from datetime import date
from pathlib import Path

import numpy as np
import pytest

from domain.area import Level, register
from domain.period import Grain
from metrics import By, DefinitionError, catalogue, rules
from metrics.targets import COLUMNS, Target, Targets, load_targets
from store import Snapshot
from tests.metrics.asking import ask, days
from tests.metrics.collected import PHUNG_NGUYEN

FILES = "work_files_online_rate"
HEADER = ",".join(COLUMNS)
SHIPPED = rules().targets


def own(folder: Path, *lines: str) -> Path:
    path = folder / "targets.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def loaded(path: Path) -> Targets:
    return load_targets(catalogue(), register(), path)


def target(
    metric: str, area: str, level: Level, day: date, targets: Targets = SHIPPED
) -> Target | None:
    return targets.target(metric, area, level, day, register())


@pytest.mark.parametrize(
    ("area", "year", "expected"),
    [
        ("25@", 2020, [70, 60, 30]),
        ("25@", 2021, [85, 70, 40]),
        ("25@", 2022, [90, 80, 60]),
        ("93@", 2022, [90, 80, 60]),
        ("04@", 2020, [None, None, None]),
        ("04@", 2024, [90, 80, 60]),
    ],
)
def test_work_files_have_targets_by_level_province_and_year(
    area: str, year: int, expected: list[float | None]
) -> None:
    levels = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
    found = [target(FILES, area, level, date(year, 12, 31)) for level in levels]
    assert [one.value if one else None for one in found] == expected


def test_a_target_of_a_province_holds_for_its_communes() -> None:
    day = date(2021, 12, 31)
    found = target(FILES, PHUNG_NGUYEN, Level.COMMUNE, day)
    assert found is not None
    assert found.value == 40
    assert "tỉnh Phú Thọ" in found.decision.vi
    assert found.place == "targets.csv, line 26"


def test_a_target_of_the_old_province_is_none_of_the_new() -> None:
    found = target("online_dossier_rate", "25@2025-07-01", Level.PROVINCE, date(2021, 12, 31))
    assert found is None


def test_a_nearer_area_wins_over_a_level_and_a_level_over_the_country(tmp_path: Path) -> None:
    decided = "QĐ 1,Decision 1"
    targets = loaded(
        own(
            tmp_path,
            f"docs_signed_rate,,,2022-01-01,,50,{decided}",
            f"docs_signed_rate,commune,,2022-01-01,,60,{decided}",
            f"docs_signed_rate,,25,2022-01-01,,70,{decided}",
            f"docs_signed_rate,commune,25,2022-01-01,,80,{decided}",
            f"docs_electronic_rate,commune,,2022-01-01,,60,{decided}",
            f"docs_electronic_rate,,25,2022-01-01,,70,{decided}",
        )
    )

    def found(area: str, level: Level, metric: str = "docs_signed_rate") -> float | None:
        one = target(metric, area, level, date(2022, 6, 30), targets)
        return one.value if one else None

    assert found("04@", Level.PROVINCE) == 50
    assert found("04@", Level.COMMUNE) == 60
    assert found("25@", Level.PROVINCE) == 70
    assert found(PHUNG_NGUYEN, Level.COMMUNE) == 80
    assert found(PHUNG_NGUYEN, Level.COMMUNE, "docs_electronic_rate") == 70


def test_a_deployments_own_target_wins_over_the_shipped_one(tmp_path: Path) -> None:
    targets = loaded(own(tmp_path, "on_time_rate_resolved,,,2020-01-01,,95,QĐ 5,Decision 5"))
    before = target("on_time_rate_resolved", "25@", Level.PROVINCE, date(2019, 12, 31), targets)
    since = target("on_time_rate_resolved", "25@", Level.PROVINCE, date(2020, 1, 1), targets)
    assert before is not None
    assert since is not None
    assert (before.value, since.value) == (98, 95)
    assert targets.version != SHIPPED.version


def test_what_is_wrong_in_a_file_is_told_line_by_line(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        "on_time_rate_resolve,,,2020-01-01,,95,QĐ,D",
        "dossiers_received,,,2020-01-01,,95,QĐ,D",
        "docs_signed_rate,village,99,2020-01-01,,many,QĐ,D",
        "docs_signed_rate,,25,,,90,QĐ,D",
        "docs_signed_rate,,,2020-01-01,2019-01-01,90,QĐ,",
        "docs_signed_rate,,,2020-01-01,,,QĐ,D",
        "docs_signed_rate,,,2020-01-01,90",
        "docs_electronic_rate,,,2020-01-01,,90,QĐ,D",
        "docs_electronic_rate,,,2020-06-01,,91,QĐ,D",
    )
    with pytest.raises(DefinitionError) as problem:
        loaded(path)
    beginnings = [
        "line 2]: metric 'on_time_rate_resolve' is not in the catalogue. Did you mean 'on_time_",
        "line 3]: metric 'dossiers_received' is neutral: nothing is better or worse.",
        "line 4]: value is 'many'. Write a number such as 98.5.",
        "line 4]: level is 'village'. Leave it empty, or choose one of country, province, ",
        "line 4]: area_code is not known. No area has the code '99' on 01/01/2020.",
        "line 5]: valid_from is missing. An area's target says from when it holds.",
        "line 6]: decision is missing in a language. A target cites who set it.",
        "line 6]: valid_until is not after valid_from. It is the first day after.",
        "line 7]: value is missing.",
        "line 8] must have 8 fields. Quote a text with commas.",
        "line 10] holds at the same time as targets.csv, line 9.",
    ]
    for line, beginning in zip(problem.value.message.splitlines(), beginnings, strict=True):
        assert line.startswith(f"targets.csv: [{beginning}")


def test_a_file_without_its_heading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text("metric;value\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="must begin with the line metric,level"):
        loaded(path)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert rules(tmp_path).version == rules().version
    own(tmp_path, "on_time_rate_resolved,,,,,90,QĐ,D")
    assert rules(tmp_path).targets.of("on_time_rate_resolved")[-1].value == 90
    own(tmp_path, "on_time_rate_resolved,,,,,91.5,QĐ,D")
    assert rules(tmp_path).targets.of("on_time_rate_resolved")[-1].value == 91.5


def test_every_row_carries_its_target_and_who_decided_it(year_2020: Snapshot) -> None:
    frame = ask(
        year_2020,
        ("online_dossier_rate", "dossiers_received"),
        span=days("2020-10-01", "2021-04-01"),
        grain=Grain.QUARTER,
    )
    np.testing.assert_equal(frame["target"].to_numpy(), [20, 40, np.nan, np.nan])
    assert "vượt 10 điểm" in frame["target_decision"][0]
    assert "10 points above" in frame["target_decision_en"][0]
    assert frame["target_decision"][2] == ""


def test_areas_listed_have_the_targets_of_their_level(year_2020: Snapshot) -> None:
    frame = ask(year_2020, FILES, by=By.AREA, span=2021)
    assert set(frame["target"]) == {70}


def test_every_shipped_target_cites_its_decision() -> None:
    for one in (target for targets in SHIPPED.by_metric.values() for target in targets):
        assert one.decision.vi
        assert one.decision.en
        assert one.metric in catalogue()
