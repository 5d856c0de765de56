import shutil
from pathlib import Path

import pytest

from domain.errors import CatalogueError, UnknownNameError
from domain.measure import measures
from metrics import DefinitionError, catalogue
from metrics.catalogue import DEFINITIONS, SUBJECTS, load_catalogue, subject_title
from metrics.formula import FORMULAS, formula
from metrics.words import words

BAD = sorted((Path(__file__).parent / "bad_definitions").glob("*.toml"))

FIRST = {
    "dossiers_received", "dossiers_resolved", "dossiers_resolved_early",
    "dossiers_resolved_on_time", "dossiers_resolved_late", "on_time_rate_resolved",
    "on_time_rate_qd766", "resolution_rate", "dossiers_pending", "dossiers_pending_overdue",
    "dossiers_paused", "online_dossier_rate", "null_due_share", "docs_sent",
    "docs_electronic_rate", "docs_signed_rate", "units_exchanging_signed_rate",
    "work_files_online_rate",
}  # fmt: skip

WHOLE = """
    agencies_lan_rate agencies_wan_rate agency_rank apology_letter_rate
    applicant_satisfaction_rate avg_processing_days cashless_providers cashless_txn_value
    certificates_issued cross_boundary_share data_reminder_count digitised_component_rate
    docs_electronic_rate docs_overdue_rate docs_parallel_paper_rate docs_received docs_sent
    docs_signed_rate docs_signed_via_national_axis dossier_sync_lag_p95 dossier_sync_rate
    dossiers_carried_over dossiers_near_due dossiers_paused dossiers_pending
    dossiers_pending_overdue dossiers_received dossiers_resolved dossiers_resolved_early
    dossiers_resolved_late dossiers_resolved_on_time dti_pillar_rate dti_score
    electronic_result_rate feed_freshness_rate feedback_on_time_rate feedback_received
    feedback_satisfaction_rate fibre_household_rate health_software_rate hotline_answer_rate
    household_businesses_active leaders_certified_rate lgsp_services_connected lgsp_success_rate
    mobile_coverage_rate null_due_share officials_pc_rate on_time_rate_must_process
    on_time_rate_qd766 on_time_rate_resolved onestop_units_rate online_dossier_rate
    online_payment_dossier_rate online_payment_procedure_rate postal_dossier_rate
    procedures_fully_online_rate procedures_linked_dvcqg_rate procedures_online_rate
    procedures_total publish_on_time_rate qd766_group_score qd766_total_score
    qlvb_active_accounts qlvb_units_rate reception_late_rate reports_on_time_rate
    reports_via_system_rate resolution_rate reuse_rate services_with_online_dossier_rate
    smartphone_adult_rate sso_login_share supplement_rate tasks_on_time_rate
    units_exchanging_signed_rate vc_units_connected_rate water_exceedance_hours
    water_station_uptime work_files_online_rate
"""
"""What a province's leaders ask for, core and extended, each by the one name it has."""


def test_the_whole_catalogue_is_there() -> None:
    assert len(set(WHOLE.split())) == 80
    assert set(WHOLE.split()) - set(catalogue().metrics) == set()


def test_no_on_time_rate_counts_dossiers_without_a_due_date() -> None:
    told = {"dossiers_received", "dossiers_pending", "dossiers_paused", "dossiers_resolved"}
    for metric in catalogue():
        if metric.id.startswith("on_time_rate_"):
            assert told.isdisjoint(metric.denominator), metric.id


def test_the_first_metrics_are_there() -> None:
    assert set(catalogue().metrics) >= FIRST


def test_every_metric_speaks_both_languages() -> None:
    for metric in catalogue():
        for text in (metric.name, metric.short, metric.meaning, metric.legal_basis):
            assert text["vi"].strip()
            assert text["en"].strip()
        assert len(metric.short.vi) <= 34, metric.id
        assert metric.unit_name("vi")


def test_every_metric_explains_its_formula_in_words() -> None:
    metric = catalogue().metric("on_time_rate_resolved")
    assert metric.explanation("vi").startswith(
        "Tử số: hồ sơ giải quyết trước hạn + hồ sơ giải quyết đúng hạn. Mẫu số: hồ sơ"
    )
    assert "÷ denominator × 100" in metric.explanation("en")
    for one in catalogue():
        for language in ("vi", "en"):
            assert "{" not in one.explanation(language)


def test_every_measure_and_subject_has_words() -> None:
    assert set(words().measures) == set(measures())
    assert set(catalogue().subjects) == set(SUBJECTS)
    assert subject_title("my_own").vi == "my_own"


def test_the_dossiers_come_first() -> None:
    assert next(iter(catalogue())).id == "dossiers_received"
    assert len(catalogue()) == len(catalogue().metrics)
    assert "dossiers_received" in catalogue()


@pytest.mark.parametrize("bad", BAD, ids=lambda path: path.stem)
def test_a_bad_definition_is_refused_with_place_and_way_on(bad: Path, tmp_path: Path) -> None:
    expected = [
        line.removeprefix("# expect: ")
        for line in bad.read_text(encoding="utf-8").splitlines()
        if line.startswith("# expect: ")
    ]
    shutil.copy(bad, tmp_path)
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(tmp_path)
    told = refused.value.message.splitlines()
    assert len(told) == len(expected)
    for line, beginning in zip(told, expected, strict=True):
        assert line.startswith(beginning)


def test_the_same_metric_twice_is_refused(tmp_path: Path) -> None:
    shutil.copy(DEFINITIONS / "work.toml", tmp_path / "a.toml")
    shutil.copy(DEFINITIONS / "work.toml", tmp_path / "b.toml")
    with pytest.raises(DefinitionError, match=r"b.toml: .* is already in a.toml"):
        load_catalogue(tmp_path)


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    for bad in BAD:
        shutil.copy(bad, tmp_path)
    with pytest.raises(DefinitionError) as refused:
        load_catalogue(tmp_path)
    assert {problem.file for problem in refused.value.problems} == {bad.name for bad in BAD}


def test_a_changed_definition_changes_the_version(tmp_path: Path) -> None:
    shutil.copytree(DEFINITIONS, tmp_path, dirs_exist_ok=True)
    same = load_catalogue(tmp_path).version
    text = (tmp_path / "work.toml").read_text(encoding="utf-8")
    (tmp_path / "work.toml").write_text(text.replace("tolerance = 5", "tolerance = 4"), "utf-8")
    assert same == catalogue().version
    assert load_catalogue(tmp_path).version != same


def test_an_unknown_metric_or_formula_is_told_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no metric 'docs_signd_rate'. Did you mean 'docs"):
        catalogue().metric("docs_signd_rate")
    with pytest.raises(UnknownNameError, match=r"no formula 'ration'. Did you mean 'ratio'"):
        formula("ration")
    assert formula("ratio") is FORMULAS["ratio"]
