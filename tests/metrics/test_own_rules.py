"""A province's own metrics, targets and thresholds: taken at once, and never half."""

import os
import re
from pathlib import Path

import pytest

from commands.doctor import findings
from dashboards.shell import create_app
from domain.errors import CatalogueError
from domain.period import Span
from domain.scope import EVERYTHING
from metrics import Selection, catalogue, query, rules
from metrics.describe import catalogue_document
from metrics.rules import KEPT, read_rules
from store import Snapshot
from tests.metrics.asking import NOW
from tests.metrics.collected import Collected, dossier

NEW = """
[dossiers_gone]
name.vi = "Hồ sơ rút hoặc bị từ chối"
name.en = "Dossiers withdrawn or refused"
short.vi = "Rút, từ chối"
short.en = "Withdrawn or refused"
meaning.vi = "Số hồ sơ rút hoặc bị từ chối trong kỳ."
meaning.en = "Dossiers withdrawn or refused in the period."
formula = "total"
numerator = ["dossiers_withdrawn", "dossiers_refused"]
denominator = []
unit = "dossier"
better = "neutral"
tolerance = 0
smallest_grain = "day"
levels = ["province", "commune"]
aggregation = "subtree"
legal_basis.vi = "Quyết định của tỉnh"
legal_basis.en = "Decision of the province"
owner = "Sở Nội vụ"
reviewed = 2026-11-01
version = 1
record = "dossier"
"""
HEADER = "metric,level,area_code,valid_from,valid_until,value,decision.vi,decision.en\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "metrics").mkdir(parents=True)
    return folder


def write(config: Path, text: str, name: str = "metrics/tinh.toml") -> None:
    """Write a file so that it is seen to have changed, as an editor does."""
    path = config / name
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_a_stanza_dropped_into_the_folder_is_a_metric_at_once(
    config: Path, year_2020: Snapshot
) -> None:
    before = rules(config)
    write(config, NEW)
    after = rules(config)
    assert "dossiers_gone" not in before.catalogue
    assert after.catalogue.metric("dossiers_gone").subject == "tinh"
    assert after.version != before.version
    assert "dossiers_gone" in {one["id"] for one in catalogue_document(after)["metrics"]}
    selection = Selection(("dossiers_gone",), Span.of_year(2020), "25")
    frame = query(selection, EVERYTHING, year_2020, now=NOW, rules=after)
    assert frame["value"].tolist() == [0]
    (config / "metrics" / "tinh.toml").unlink()
    assert rules(config).version == before.version


def test_a_shipped_metric_is_changed_in_the_fields_that_are_written(config: Path) -> None:
    write(config, '[on_time_rate_resolved]\ntolerance = 2\nshort.vi = "Đúng hẹn"\n')
    own, shipped = (
        one.catalogue.metric("on_time_rate_resolved") for one in (rules(config), rules())
    )
    assert (own.tolerance, own.short.vi, own.short.en) == (2, "Đúng hẹn", shipped.short.en)
    assert (own.meaning, own.subject) == (shipped.meaning, shipped.subject)
    assert list(rules(config).catalogue.metrics) == list(catalogue().metrics)


def test_own_targets_are_taken_without_a_restart(config: Path) -> None:
    assert rules(config).targets.of("null_due_share") == rules().targets.of("null_due_share")
    line = "null_due_share,,25,2026-01-01,,1,QĐ 9 của tỉnh,Decision 9\n"
    write(config, HEADER + line, "targets.csv")
    [*_, own] = rules(config).targets.of("null_due_share")
    assert (own.value, own.is_own) == (1, True)


def test_own_thresholds_of_doubt_are_taken_too(config: Path) -> None:
    write(config, "[sudden_jump]\nsigmas = 6\n", "quality.toml")
    found = {rule.id: rule.sigmas for rule in rules(config).quality}
    assert found["sudden_jump"] == 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[on_time_rate_resolved]\ntolerence = 2\n",
            (
                "tinh.toml: [on_time_rate_resolved]: tolerence is not a key of a metric. "
                "Did you mean 'tolerance'?"
            ),
        ),
        (
            "[on_time_rate_resolvd]\ntolerance = 2\n",
            (
                "tinh.toml: [on_time_rate_resolvd] is no shipped metric to change. "
                "Did you mean [on_time_rate_resolved]?"
            ),
        ),
        (
            NEW.replace("dossiers_withdrawn", "dossiers_withdrwn"),
            (
                "tinh.toml: [dossiers_gone]: numerator is 'dossiers_withdrwn'. "
                "Did you mean 'dossiers_withdrawn'?"
            ),
        ),
        (
            NEW.replace('unit = "dossier"\n', ""),
            "tinh.toml: [dossiers_gone]: unit is missing. Every field is written out.",
        ),
        ("[dossiers_received\n", "tinh.toml is not TOML"),
    ],
    ids=["key", "name", "measure", "missing", "toml"],
)
def test_what_is_wrong_is_told_by_file_stanza_key_and_suggestion(
    config: Path, text: str, told: str
) -> None:
    write(config, text)
    with pytest.raises(CatalogueError, match=f"^{re.escape(told)}"):
        read_rules(config)
    assert rules(config).problem.startswith(told)


def test_a_broken_change_leaves_the_last_good_rules_in_force(config: Path) -> None:
    write(config, "[on_time_rate_resolved]\ntolerance = 2\n")
    good = rules(config)
    write(config, "[on_time_rate_resolved]\ntolerance = 'two'\n")
    kept = rules(config)
    assert kept.catalogue.metric("on_time_rate_resolved").tolerance == 2
    assert "tolerance must be a number" in kept.problem
    assert "the last good rules hold" in kept.problem
    assert kept.version != good.version  # pages must say so
    write(config, "[on_time_rate_resolved]\ntolerance = 3\n")
    assert rules(config).catalogue.metric("on_time_rate_resolved").tolerance == 3
    assert rules(config).problem == ""


def test_a_process_started_after_the_mistake_has_the_same_last_good_rules(config: Path) -> None:
    write(config, NEW)
    write(config, HEADER + "null_due_share,,,,,1,QĐ 9,Decision 9\n", "targets.csv")
    rules(config)
    write(config, "nonsense\n", "targets.csv")
    kept = config.parent.joinpath(*KEPT)
    assert sorted(file.name for file in kept.rglob("*.*")) == ["targets.csv", "tinh.toml"]
    fresh = rules(config)  # this state of the files was never seen before
    assert "dossiers_gone" in fresh.catalogue
    assert fresh.targets.of("null_due_share")[-1].is_own


def test_without_anything_good_the_shipped_rules_hold(config: Path) -> None:
    write(config, "[x\n")
    found = rules(config)
    assert found.catalogue.version == catalogue().version
    assert "is not TOML" in found.problem


def test_a_folder_without_own_files_is_left_as_it_is(config: Path) -> None:
    assert rules(config).problem == ""
    assert not config.parent.joinpath(*KEPT).exists()


def test_the_doctor_says_what_was_not_taken(config: Path) -> None:
    write(config, "[on_time_rate_resolvd]\ntolerance = 2\n")
    told = [one.sentence for one in findings(config.parent) if one.state == "bad"]
    assert any("Did you mean [on_time_rate_resolved]?" in sentence for sentence in told)


def test_a_running_web_takes_a_stanza_and_tells_of_a_broken_one(tmp_path: Path) -> None:
    home = Collected(tmp_path)
    home.deliver([dossier("A", "2020-06-01")], simulated=True).published("2021-01-05")
    config = tmp_path / "config"
    (config / "metrics").mkdir(parents=True)
    with create_app(tmp_path).server.test_client() as web:
        write(config, NEW)
        listed = web.get("/api/v1/metrics").json["metrics"]
        assert "dossiers_gone" in {one["id"] for one in listed}
        year = "from=2020-01-01&to=2021-01-01&area=25"
        [value] = web.get(f"/api/v1/query?metric=dossiers_gone&{year}").json["values"]
        assert value["value"] == 0
        write(config, NEW.replace('"dossiers_refused"', '"dossiers_refusd"'))
        ready = web.get("/readyz")
        assert ready.status_code == 200
        assert "Did you mean 'dossiers_refused'" in ready.json["detail"]
        assert web.get(f"/api/v1/query?metric=dossiers_gone&{year}").status_code == 200
