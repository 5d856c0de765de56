from pathlib import Path

import pytest

from domain.errors import CatalogueError, UnknownNameError
from domain.measure import Additivity, Measure, measure, measures, read_measures


def test_every_measure_of_the_rollups_is_there() -> None:
    held = {
        record: {one.id for one in measures().values() if one.record == record}
        for record in ("dossier", "document", "observation")
    }
    received = {f"dossiers_received{of}" for of in ("", "_online", "_direct", "_postal", "_due")}
    resolved = {f"dossiers_resolved{of}" for of in ("", "_early", "_on_time", "_late")}
    stocks = {f"dossiers_{of}" for of in ("pending", "pending_overdue", "paused", "pending_due")}
    others = {f"dossiers_{of}" for of in ("null_due", "withdrawn", "refused", "lapsed")}
    assert held["dossier"] >= received | resolved | stocks | others
    assert held["document"] >= {
        f"docs_{of}" for of in ("sent", "electronic", "parallel", "signed", "revoked")
    }
    assert held["observation"] >= {"work_files_online", "work_files", "observed_value"}


def test_stocks_are_not_added_over_days_and_printed_figures_not_at_all() -> None:
    by_additivity = {
        additivity: {one.id for one in measures().values() if one.additivity is additivity}
        for additivity in Additivity
    }
    assert by_additivity[Additivity.LAST] >= {"dossiers_pending", "dossiers_paused"}
    assert by_additivity[Additivity.COHORT] == {"dossiers_lapsed", "feedback_lapsed"}
    assert measure("observed_value").additivity is Additivity.NONE
    assert measure("dossiers_resolved_late").additivity is Additivity.SUM


def test_an_observed_measure_names_its_metric_and_part() -> None:
    assert measure("work_files_online") == Measure(
        "work_files_online",
        "observation",
        Additivity.SUM,
        "work_file",
        "work_files_online_rate",
        "numerator",
    )
    assert measure("docs_sent").of is None


def test_an_unknown_measure_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'docs_signed'"):
        measure("doc_signed")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "measures.toml is not TOML"),
        ("a = 1", "measures.toml: [a] is not a stanza. Write [a] and its keys."),
        (
            '[a]\nrecord = "dossier"\nadditivty = "sum"\nunit = "x"',
            "measures.toml: [a]: additivty is not a key of a measure. Did you mean 'additivity'?",
        ),
        (
            '[a]\nrecord = "dossier"\nadditivity = "sum"\nunit = "x"\nof = "b"',
            "of is not a key of a measure. Known keys: record, additivity, unit, spread_over.",
        ),
        ('[a]\nrecord = "dossier"\nunit = "x"', "[a]: additivity is missing or not text."),
        (
            '[a]\nrecord = "dosier"\nadditivity = "sum"\nunit = "x"',
            (
                "[a]: record is 'dosier'. Choose one of dossier, document, receipt, observation, "
                "feedback, procedure, station_hour."
            ),
        ),
        (
            '[a]\nrecord = "dossier"\nadditivity = "add"\nunit = "x"',
            "[a]: additivity is 'add'. Choose one of sum, last, cohort, none.",
        ),
        (
            '[a]\nrecord = "dossier"\nadditivity = "sum"\nunit = "x"\nspread_over = "b"',
            "[a]: spread_over is 'b'. Choose one of a.",
        ),
        (
            '[a]\nrecord = "observation"\nadditivity = "sum"\nunit = "x"\nof = "b"\npart = "top"',
            "[a]: part is 'top'. Choose one of numerator, denominator, value.",
        ),
    ],
)
def test_a_wrong_stanza_is_named_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "measures.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        read_measures(path)
    assert message in error.value.message
