"""Rules of alerts: every key is checked, and a province's own hold at once, or not at all."""

from pathlib import Path

import pytest

from domain.freshness import Freshness
from metrics.alerts.rules import AlertRule, Kind
from metrics.rules import read_rules, rules
from metrics.stanza import DefinitionError
from tests.metrics.test_own_rules import write

NEW = """
[few_online]
kind = "threshold"
name.vi = "Ít hồ sơ trực tuyến"
name.en = "Few dossiers online"
enabled = true
severity = "warning"
metric = "online_dossier_rate"
period = "last_month"
below = 50
clear = 55
by = "area"
levels = ["commune"]
within = ["25"]
calm_days = 2
quiet_days = 5
escalate_days = 5
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "config" / "alerts").mkdir(parents=True)
    return tmp_path / "config"


def rule_of(config: Path, name: str) -> AlertRule | None:
    return read_rules(config).alerts.get(name)


def test_every_shipped_rule_can_be_read_and_its_metric_is_in_the_catalogue() -> None:
    ours = rules()
    assert {rule.kind for rule in ours.alerts} == set(Kind)
    assert all(rule.metric in ours.catalogue for rule in ours.alerts if rule.metric)


@pytest.mark.parametrize("name", ["alerts.toml", "alerts-tinh.toml", "alerts/mot-cua.toml"])
def test_a_rule_dropped_into_the_folder_holds_at_once(config: Path, name: str) -> None:
    assert rules(config).alerts.get("few_online") is None
    write(config, NEW, name)
    found = rules(config).alerts.get("few_online")
    assert found is not None
    assert (found.below, found.clear, found.within) == (50, 55, ("25",))


def test_a_shipped_rule_is_changed_in_the_keys_that_are_written(config: Path) -> None:
    write(config, "[overdue]\nbelow = 3\nclear = 4\n[source_silent]\nenabled = false\n"
          '[on_time_low]\nname.vi = "Chậm"\nname.en = "Late"\n', "alerts.toml")  # fmt: skip
    overdue = rule_of(config, "overdue")
    assert overdue is not None
    assert (overdue.above, overdue.below, overdue.metric) == (None, 3, "dossiers_pending_overdue")
    silent = rule_of(config, "source_silent")
    assert silent is not None
    assert not silent.enabled
    assert Freshness.LATE in silent.states
    late = rule_of(config, "on_time_low")
    assert late is not None
    assert late.name["vi"] == "Chậm"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[overdu]\nabove = 3\n", r"alerts.toml: \[overdu\] .*Did you mean \[overdue\]"),
        ("[overdue]\nabov = 3\n", r"\[overdue\]: abov is not a key .* Did you mean 'above'"),
        ("[overdue]\nabove = 3\nbelow = 1\n", "exactly one"),
        ("[overdue]\nclear = 1\n", "clear must lie on the good side"),
        ("[on_time_low]\nclear = 90\n", "clear must lie on the good side"),
        ('[overdue]\nmetric = "dossiers_overdue"\n', "metric is 'dossiers_overdue'"),
        ('[overdue]\nperiod = "yesterday"\n', "period is 'yesterday'"),
        ('[overdue]\nlevels = ["district"]\n', "levels has|levels is 'district'"),
        ('[overdue]\nlevels = []\n', "levels names the levels"),
        ('[overdue]\nby = "organisation"\n', "levels names the levels"),
        ('[overdue]\nwithin = ["9999"]\n', "within has '9999'"),
        ('[overdue]\nseverity = "high"\n', "severity is 'high'"),
        ("[overdue]\ncalm_days = -1\n", "calm_days must be a whole number from 0"),
        ('[overdue]\nenabled = "no"\n', "enabled must be true or false"),
        ('[overdue]\nname = "Quá hạn"\n', "name must have .vi and .en"),
        ('[source_silent]\nstates = ["fresh"]\n', "states is 'fresh'"),
        ('[doubtful_figure]\nrules = ["suden_jump"]\n', "Did you mean 'sudden_jump'"),
        ('[doubtful_figure]\nrules = []\n', "rules must be a list"),
        ("[reception_jump]\nweeks = 2\n", "weeks must be a whole number from 5"),
        ("[overdue\n", "alerts.toml is not TOML"),
        ("overdue = 3\n", "is not a stanza"),
        ('[mine]\nkind = "limit"\n', "is no shipped rule|kind is 'limit'"),
        (NEW.replace("clear = 55\n", ""), "clear is missing"),
        (NEW.replace("below = 50\n", ""), "exactly one"),
        (NEW.replace('"last_month"', '"today"').replace("online_dossier_rate", "dti_score"),
         "period is finer than 'dti_score'"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_its_place(config: Path, text: str, told: str) -> None:
    write(config, text, "alerts.toml")
    with pytest.raises(DefinitionError, match=told):
        read_rules(config)


def test_a_rule_stands_in_one_own_file_only(config: Path) -> None:
    write(config, NEW, "alerts.toml")
    write(config, NEW, "alerts/more.toml")
    with pytest.raises(DefinitionError, match=r"more.toml: \[few_online\] is already in alerts"):
        read_rules(config)


def test_while_a_rule_is_wrong_the_last_good_ones_hold(config: Path) -> None:
    write(config, "[overdue]\nabove = 7\nclear = 5\n", "alerts.toml")
    assert (rules(config).alerts.get("overdue") or AlertRule).above == 7
    write(config, "[overdue]\nabove = oops\n", "alerts.toml")
    kept = rules(config)
    assert "alerts.toml is not TOML" in kept.problem
    assert (kept.alerts.get("overdue") or AlertRule).above == 7
